"""Who may import whom. Imports inside functions and under `TYPE_CHECKING` count; a module that is not here fails."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent

# A module or a package, and what of ours it may import. A package stands for all its modules, which may import each
# other. `index` and `bot` alone mean the names that they give to others.
INDEX_VALUES = {"index.types", "index.errors", "index.extras", "index.invalid", "index.surrogates"}
VALUES = {"bot.types", "bot.errors", *INDEX_VALUES}
TEXT = {"index.script", "index.sentence", "index.fingerprint", "index.words"}
SURFACE = {"bot.answer", "bot.history", "bot.render", *VALUES}
KEEPING = {"bot.export", "bot.history.since"}
SLACK_VIEWS = {
    f"bot.slack.{name}"
    for name in (
        "blocks",
        "check",
        "choices",
        "elements",
        "home",
        "modal",
        "pages",
        "shape",
        "sources",
        "text",
        "watches",
    )
}
OURS = {
    "index": {"index.embed", "index.errors", "index.index", "index.store", "index.types", "index.fingerprint"},
    "index.types": set(),
    "index.errors": {"index.extras"},
    "index.extras": set(),
    "index.invalid": set(),
    "index.surrogates": set(),
    "index.script": set(),
    "index.words": {"index.script"},
    "index.figures": {"index.periods", "index.words"},
    "index.quiet": set(),
    "index.remote": set(),
    "index.sql": {"index.errors", "index.surrogates"},
    "index.fingerprint": {"index.types"},
    "index.sentence": INDEX_VALUES,
    "index.chunk": {"index.sentence", *INDEX_VALUES},
    "index.byline": INDEX_VALUES,
    "index.embed": {"index.quiet", "index.remote", *INDEX_VALUES},
    "index.load": {"index.byline", *INDEX_VALUES},
    "index.migrations": {"index.sql"},
    "index.store": {
        *("index.copies", "index.quiet", "index.fingerprint", "index.migrations", "index.sql", "index.words"),
        *INDEX_VALUES,
    },
    "index.periods": {"index.words"},
    "index.understand": {"index.periods", "index.words", *INDEX_VALUES},
    "index.search": {"index.store", *INDEX_VALUES},
    "index.rerank": {"index.quiet", "index.search", *INDEX_VALUES},
    "index.copies": {"index.words", *INDEX_VALUES},
    "index.revise": {"index.fingerprint", "index.sentence", *INDEX_VALUES},
    "index.batch": {"index.copies", "index.store", *INDEX_VALUES},
    "index.passages": {"index.chunk", "index.embed", *INDEX_VALUES},
    "index.remake": {"index.embed", "index.passages", "index.store", *INDEX_VALUES},
    "index.intake": {
        *("index.batch", "index.embed", "index.fingerprint", "index.passages", "index.revise", "index.store"),
        *INDEX_VALUES,
    },
    "index.bulk": {"index.intake", "index.load", "index.passages", "index.quiet", *INDEX_VALUES},
    "index.index": {
        "index.passages",
        *("index.embed", "index.intake", "index.remake", "index.rerank", "index.revise", "index.search", "index.store"),
        *("index.understand", *TEXT, *INDEX_VALUES),
    },
    "bot": {"bot.answer", "bot.errors", "bot.types"},
    "bot.__main__": {"bot.cli"},
    "bot.types": {"index.types"},
    "bot.errors": {"index.errors"},
    "bot.config": {"bot.errors", "index.invalid"},
    "bot.attribute": {"bot.wording", "index.words", *VALUES},
    "bot.condense": {"bot.calibrate", "bot.config", "bot.model", "bot.ngrams", "bot.prompt", *TEXT, *VALUES},
    "bot.translate": {
        *("bot.condense", "bot.config", "bot.model", "bot.prompt", "index.byline", "index.figures"),
        *TEXT,
        *VALUES,
    },
    "bot.judge": {
        *("index.embed", "index.figures", "index.quiet", "index.remote", "index.sentence", "index.words"),
        *VALUES,
    },
    "bot.inference": {
        "bot.awaiting",
        "bot.bug",
        "bot.ending",
        "bot.judge",
        "bot.listening",
        "index.embed",
        "index.quiet",
        "index.remote",
        *VALUES,
    },
    "bot.ngrams": set(),
    "bot.orders": {"bot.ngrams"},
    "bot.evidence": {"bot.attribute", "bot.judge", "bot.orders", *TEXT, *VALUES},
    "bot.calibrate": set(),
    "bot.request": {"bot.ngrams", "bot.types", "index.embed", "index.surrogates", "index.words"},
    "bot.talk": set(),
    "bot.days": set(),
    "bot.fields": {"index.invalid"},
    "bot.library": {
        *("bot.find", "bot.refuse", "bot.render", "bot.talk", "bot.wording", "index.index", "index.words", *VALUES),
    },
    "bot.sides": set(),
    "bot.clauses": {"bot.sides", "index.words"},
    "bot.shape": {"bot.wording", "index.periods", *VALUES},
    "bot.breadth": {
        "bot.attribute",
        *("bot.calibrate", "bot.decide", "bot.evidence", "bot.find", "bot.request", "bot.stages", "index.index"),
        *("index.sentence", "index.words", *VALUES),
    },
    "bot.compose": {
        *("bot.breadth", "bot.cite", "bot.evidence", "bot.judge", "bot.model", "bot.prompt", "bot.prove", "bot.shape"),
        *("bot.speak", "bot.stages", "bot.write", *VALUES),
    },
    "bot.suggest": {
        *(
            "bot.condense",
            "bot.config",
            "bot.evidence",
            "bot.find",
            "bot.model",
            "bot.openers",
            "bot.prompt",
            "index.index",
            *TEXT,
            *VALUES,
        ),
    },
    "bot.idle": VALUES,
    "bot.examples": set(),
    "bot.openers": {
        *("bot.condense", "bot.refuse", "bot.request", "bot.talk", "bot.wording", "index.periods", "index.words"),
        *VALUES,
    },
    "bot.offers": {"bot.answer", "bot.examples", "bot.openers", "bot.suggest", *VALUES},
    "bot.sqlite": {"index.sql", *VALUES},
    "bot.postgresql": {"bot.sqlite", "index.migrations", "index.sql", *VALUES},
    "bot.migrations": set(),
    "bot.tables": {"bot.postgresql", "bot.sqlite", "index.sql", *VALUES},
    "bot.decide": {"bot.attribute", "bot.calibrate", "bot.evidence", "bot.stages", *TEXT, *VALUES},
    "bot.prompt": VALUES,
    "bot.write": {"bot.attribute", "bot.evidence", "bot.orders", "bot.stages", *TEXT, *VALUES},
    "bot.prove": {
        *("bot.attribute", "bot.evidence", "bot.judge", "bot.orders", "bot.write", "index.figures", "index.words"),
        *VALUES,
    },
    "bot.quoting": {
        *("bot.evidence", "bot.judge", "bot.prove", "bot.stages", "index.figures", "index.words"),
        *VALUES,
    },
    "bot.conflict": {"bot.evidence", "bot.judge", "bot.stages", "index.figures", "index.words", *VALUES},
    "bot.cite": {
        *("bot.attribute", "bot.judge", "bot.prove", "bot.request"),
        *("index.fingerprint", "index.sentence", "index.words", *VALUES),
    },
    "bot.refuse": {"bot.talk", "index.figures", "index.sentence", "index.words", *VALUES},
    "bot.render": {"bot.attribute", *VALUES},
    "bot.wording": {"bot.bug", *INDEX_VALUES},
    "bot.facts": {"bot.render", "bot.wording", *VALUES},
    "bot.disagreement": {"bot.render", "index.figures", *VALUES},
    "bot.reference": {"bot.attribute", "bot.facts", "bot.render", "bot.html.words", *VALUES},
    "bot.history": {
        *(
            "bot.bug",
            "bot.history.since",
            "bot.history.redact",
            "bot.history.reread",
            "bot.render",
            "bot.sqlite",
            "bot.tables",
        ),
        *("index.sql", *VALUES),
    },
    "bot.history.reread": VALUES,
    "bot.history.redact": {"bot.render", *VALUES},
    "bot.history.since": {"bot.render", "index.fingerprint", *VALUES},
    "bot.export": {
        *("bot.attribute", "bot.facts", "bot.history", "bot.history.since", "bot.reference", "bot.render"),
        *("bot.html.sheet", "bot.html.words", *VALUES),
    },
    "bot.users": {"bot.errors", "index.surrogates"},
    "bot.gaps": {
        *("bot.answer", "bot.history", "bot.render", "index.embed", "index.index", "index.sql", "index.words", *VALUES)
    },
    "bot.mishap": {"bot.bug", "bot.html.words"},
    "bot.jobs": {"bot.mishap", "index.index", "index.load", *VALUES},
    "bot.principal": {"bot.users", *VALUES},
    "bot.oidc": {"bot.principal", "bot.users", *VALUES},
    "bot.keys": {"bot.principal", "bot.sqlite", "bot.tables", "bot.users", *VALUES},
    "bot.pace": set(),
    "bot.ending": set(),
    "bot.service": {"bot.answer", "bot.awaiting", "bot.history", "bot.jobs", "bot.pace", "bot.principal", *VALUES},
    "bot.limits": {"bot.render", "index.index", *VALUES},
    "bot.asking": {"bot.answer", "bot.find", "bot.history", "bot.limits", "bot.principal", "bot.service", *VALUES},
    "bot.paging": VALUES,
    "bot.gate": {"bot.keys", "bot.oidc", "bot.principal", "bot.service", *VALUES},
    "bot.serve": {
        "bot.api",
        "bot.config",
        "bot.gate",
        "bot.keys",
        "bot.mcp",
        "bot.service",
        "bot.slack",
        "bot.telemetry",
    },  # joins surfaces
    "bot.telemetry": {"bot.gate", "bot.model", "bot.principal", "bot.service", "bot.users", *VALUES},
    "bot.watch": {
        *(
            "bot.answer",
            "bot.bug",
            "bot.history",
            "bot.history.reread",
            "bot.render",
            "bot.sqlite",
            "bot.tables",
            "index.index",
        ),
        *("index.sql", *VALUES),
    },
    "bot.model": {"bot.awaiting", "index.quiet", *VALUES},
    "bot.langchain": {"bot.answer", "bot.awaiting", "bot.fields", "bot.model", "bot.render", "index.index", *VALUES},
    "bot.stages": {"bot.attribute", "bot.model", *VALUES},
    "bot.find": {"bot.evidence", "bot.judge", "bot.stages", "index.index", *VALUES},
    "bot.speak": {
        *("bot.calibrate", "bot.cite", "bot.clauses", "bot.conflict", "bot.decide", "bot.evidence", "bot.judge"),
        *("bot.model", "bot.prompt", "bot.prove", "bot.quoting", "bot.stages", "bot.write", *TEXT, *VALUES),
    },
    "bot.answer": {
        *("bot.bug", "bot.calibrate", "bot.condense", "bot.config", "bot.decide", "bot.find", "bot.judge", "bot.model"),
        *(
            "bot.breadth",
            "bot.compose",
            "bot.library",
            "bot.orders",
            "bot.refuse",
            "bot.request",
            "bot.shape",
            "bot.sides",
        ),
        *("bot.idle", "bot.speak", "bot.stages", "bot.talk", "bot.translate", "bot.verify", "index.embed"),
        *("index.index", *VALUES),
    },
    "bot.verify": {
        *("bot.attribute", "bot.cite", "bot.evidence", "bot.find", "bot.judge", "bot.prove", "bot.write"),
        *("index.index", "index.sentence", *VALUES),
    },
    "bot.awaiting": VALUES,
    "bot.bug": {"index.errors"},
    "bot.listening": VALUES,
    "bot.web": {
        "bot.awaiting",
        "bot.attribute",
        "bot.bug",
        "bot.ending",
        "bot.examples",
        "bot.gaps",
        "bot.jobs",
        "bot.listening",
        "bot.mishap",
        "bot.gate",
        "bot.offers",
        "bot.oidc",
        "bot.pace",
        "bot.principal",
        "bot.reference",
        "bot.request",
        "bot.service",
        "bot.sqlite",
        "bot.suggest",
        "bot.tables",
        "bot.telemetry",
        "bot.users",
        "bot.verify",
        *("bot.days", "bot.disagreement", "bot.facts", "bot.html.bylines", "bot.html.markup", "bot.html.pictures"),
        *("bot.html.prose", "bot.html.sheet", "bot.html.words", "bot.wording"),
        "index.fingerprint",
        "index.index",
        "index.load",
        "index.quiet",
        *KEEPING,
        *SURFACE,
    },
    "bot.html": set(),
    "bot.html.words": {"bot.bug", "bot.wording", *INDEX_VALUES},
    "bot.html.markup": {"index.surrogates"},
    "bot.html.prose": {"bot.html.markup"},
    "bot.html.bylines": {"bot.facts", "bot.render", "bot.html.markup", "bot.html.words"},
    "bot.html.pictures": {"bot.html.markup", "bot.html.words"},
    "bot.html.sheet": {
        "index.surrogates",
        *("bot.facts", "bot.render", "bot.html.bylines", "bot.html.markup", "bot.html.prose", "bot.html.words"),
    },
    "bot.slack": {
        *(
            "bot.bug",
            "bot.config",
            "bot.ending",
            "bot.history.feedback",
            "bot.history.since",
            "bot.listening",
            "bot.pace",
            "bot.request",
            "bot.slack.settings",
        ),
        *("bot.slack.words", "bot.sqlite", "bot.tables", "bot.watch", "index.sql", *SLACK_VIEWS, *SURFACE),
    },
    "bot.slack.settings": {"bot.config", "bot.history.reread", "bot.render", *VALUES},
    "bot.slack.words": {"bot.slack.settings", "bot.wording"},
    **{
        view: {
            *("bot.facts", "bot.history", "bot.history.feedback", "bot.render", "bot.wording"),
            *("bot.slack.settings", "bot.slack.words", *SLACK_VIEWS, *VALUES),
        }
        for view in SLACK_VIEWS
    },
    "bot.api": {
        *(
            "bot.asking",
            "bot.awaiting",
            "bot.bug",
            "bot.fields",
            "bot.history.responses",
            "bot.limits",
            "bot.paging",
            "bot.principal",
            "bot.service",
            "bot.sqlite",
            "bot.verify",
        ),
        *("bot.gaps", "bot.history.feedback", "bot.jobs", "bot.users", "index.fingerprint", "index.index"),
        *("index.load", *SURFACE),
    },
    "bot.evaluate": {
        *("bot.attribute", "bot.history.reread", "bot.prompt", "bot.request", "index.periods"),
        *(*TEXT, *SURFACE),
    },
    "bot.mcp": {
        *(
            "bot.asking",
            "bot.awaiting",
            "bot.bug",
            "bot.export",
            "bot.fields",
            "bot.paging",
            "bot.principal",
            "bot.reference",
            "bot.service",
            "bot.users",
        ),
        *("bot.html.words", *SURFACE),
    },
    "bot.cli": {
        "bot.days",
        "bot.ending",
        "bot.config",
        "bot.evaluate",
        "bot.gaps",
        "bot.gate",
        "bot.inference",
        "bot.judge",
        "bot.keys",
        "bot.limits",
        "bot.model",
        "bot.offers",
        "bot.oidc",
        "bot.postgresql",
        "bot.request",
        "bot.serve",
        "bot.mcp",
        "bot.service",
        "bot.slack",
        "bot.slack.settings",
        "bot.sqlite",
        "bot.telemetry",
        "bot.users",
        "bot.verify",
        "bot.watch",
        "bot.web",
        "index",
        "index.bulk",
        "index.embed",
        "index.load",
        *KEEPING,
        *SURFACE,
    },  # it starts the others
}

# A library, and its one place. A library that is not here may not be used.
VENDORS = {
    "Stemmer": {"index.words"},
    "alembic": {"bot.migrations", "index.migrations"},
    "annotated_types": {"bot.config"},
    "argon2": {"bot.users"},
    "anyio": {"bot.mcp"},
    "authlib": {"bot.oidc"},
    "babel": {"bot.translate", "bot.wording", "index.byline", "index.figures"},
    "charset_normalizer": {"index.load"},
    "chromadb": {"index.store"},
    "cn2an": {"index.figures", "index.periods"},
    "cryptography": {"bot.slack"},
    "datasketch": {"index.copies"},
    "dateparser": {"index.byline"},
    "fastapi": {"bot.api", "bot.web"},
    "feedparser": {"index.load"},
    "filelock": {"bot.model", "index.store"},
    "frontmatter": {"index.load"},
    "gradio": {"bot.web"},
    "httpcore": {"index.load"},
    "httpx": {"bot.model", "bot.oidc", "index.load", "index.remote", "index.store"},
    "jinja2": {"bot.api", "bot.model", "bot.html.sheet"},
    "joserfc": {"bot.oidc"},
    "jsonschema": {"bot.evaluate"},
    "langchain": {"bot.model"},
    "langchain_core": {"bot.langchain", "bot.model"},
    "limits": {"bot.pace"},
    "llama_cpp": {"bot.model"},
    "lxml": {"index.byline", "index.load"},
    "markdown": {"index.load"},
    "markdown_it": {"index.load"},
    "markitdown": {"index.load"},
    "markupsafe": {"bot.api", "bot.export", "bot.html.sheet"},
    "mcp": {"bot.mcp"},
    "mcp_types": {"bot.mcp"},
    "numpy": {
        "bot.clauses",
        "bot.condense",
        "bot.evidence",
        "bot.gaps",
        "bot.inference",
        "bot.judge",
        "bot.model",
        "bot.ngrams",
        "bot.orders",
        "bot.request",
        "bot.sides",
        "index.bulk",
        "index.embed",
        "index.passages",
        "index.store",
    },
    "onnxruntime": {"index.embed"},
    "opencc": {"index.script"},
    "openpyxl": {"index.load"},
    "opentelemetry": {"bot.telemetry"},
    "pathspec": {"index.load"},
    "platformdirs": {"bot.model"},
    "prometheus_client": {"bot.telemetry"},
    "protego": {"index.load"},
    "py3langid": {"index.byline"},
    "pydantic": {
        *("bot.api", "bot.cli", "bot.config", "bot.evaluate", "bot.inference", "bot.langchain", "bot.mcp"),
        *("bot.fields", "bot.model", "index.load"),
    },
    "pypdf": {"index.load"},
    "pytest": {"bot.cli"},
    "rapidfuzz": {"bot.evaluate"},
    "ray": {"index.bulk"},
    "rich": {"bot.cli"},
    "rjieba": {"index.words"},
    "safetensors": {"bot.judge", "index.embed"},
    "sentence_transformers": {"bot.judge", "index.embed", "index.rerank"},
    "slack_bolt": {"bot.slack"},
    "slack_sdk": {"bot.slack"},
    "sqlalchemy": {"index.sql"},
    "starlette": {"bot.api", "bot.gate", "bot.inference", "bot.mcp", "bot.slack", "bot.telemetry", "bot.web"},
    "tantivy": {"index.store"},
    "text_to_num": {"index.figures"},
    "tokenizers": {"bot.judge", "index.embed"},
    "trafilatura": {"index.load"},
    "typer": {"bot.cli"},
    "uvicorn": {"bot.inference", "bot.slack", "bot.web"},
    "yaml": {"bot.evaluate", "bot.history", "bot.slack", "index.load"},
}
# Imported inside the function that needs them, never while a module is read...
HEAVY = {
    *(
        "argon2",
        "authlib",
        "babel",
        "chromadb",
        "cn2an",
        "cryptography",
        "datasketch",
        "dateparser",
        "fastapi",
        "gradio",
        "jinja2",
    ),
    *(
        "langchain",
        "langchain_core",
        "limits",
        "llama_cpp",
        "markupsafe",
        "mcp",
        "mcp_types",
        "numpy",
        "opencc",
        "opentelemetry",
        "prometheus_client",
        "psycopg",
        "ray",
        "rich",
        "rjieba",
        "sqlalchemy",
        "text_to_num",
    ),
    *("feedparser", "joserfc", "jsonschema", "lxml", "markitdown", "protego", "openpyxl", "pathspec", "pypdf"),
    *(
        "onnxruntime",
        "py3langid",
        "safetensors",
        "sentence_transformers",
        "slack_bolt",
        "slack_sdk",
        "tantivy",
        "tokenizers",
    ),
    *("torch", "trafilatura", "uvicorn"),
}
# ...but for modules with a class of the library's kind; they are imported inside functions themselves.
SUBCLASSES = {
    "bot.langchain": {"langchain_core"},
    "bot.model.local": {"langchain_core"},
    "bot.slack.installs": {"slack_sdk"},
}

# Steps that are functions of their arguments: no input, no output, no clock.
PURE = {
    *(
        "index.byline",
        "index.chunk",
        "index.copies",
        "index.errors",
        "index.figures",
        "index.fingerprint",
        "index.invalid",
    ),
    *("index.periods", "index.revise", "index.search", "index.sentence", "index.types"),
    *("index.understand", "index.words"),
    *("bot.attribute", "bot.cite", "bot.conflict", "bot.decide", "bot.errors", "bot.evidence"),
    *("bot.history.redact", "bot.history.reread", "bot.history.since", "bot.ngrams", "bot.prompt", "bot.prove"),
    *("bot.facts", "bot.refuse", "bot.render", "bot.types", "bot.write"),
    *SLACK_VIEWS,
}
IO = {
    *("asyncio", "http", "io", "os", "shutil", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading"),
    *("time", "urllib"),
}
EXTRAS = ("local", "oidc", "otel", "postgres", "providers", "pytest", "ray", "serve", "slack")
ENVIRONMENT = {"bot.config", "index.quiet"}
SURFACES = {"bot.api", "bot.web", "bot.slack", "bot.mcp", "bot.evaluate", "bot.cli"}


@cache
def modules() -> dict[str, Path]:
    files = [path for package in ("index", "bot") for path in (ROOT / package).rglob("*.py")]
    return {name_of(path): path for path in files}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def canonical(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def line_of(module: str) -> str | None:
    """The line of the table that `module` stands under: its own, or its package's, but never the whole of bot or index.

    >>> line_of("index.store.ledger"), line_of("index.nothing")
    ('index.store', None)
    """
    while module not in OURS:
        module = module.rpartition(".")[0]
        if "." not in module:
            return None
    return module


def imports(module: str, nodes: Iterable[ast.AST]) -> Iterator[str]:
    """What the nodes import, as whole module names where they are ours."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports relatively"
            source = node.module or ""
            inner = (f"{source}.{alias.name}" for alias in node.names)
            yield from (name if name in modules() else source for name in inner)


def all_imports(module: str) -> Iterator[str]:
    return imports(module, nodes_of(module))


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


@cache
def nodes_of(module: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree_of(module)))


def wrong_in_modules(found: Callable[[str], set[str]]) -> dict[str, set[str]]:
    """What is found in each module where anything is."""
    return {module: wrong for module in modules() if (wrong := found(module))}


def at_module_level(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when the module is read: not what is in functions or under `TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from at_module_level(child)


def test_every_module_stands_in_the_table() -> None:
    assert [module for module in modules() if line_of(module) is None] == []


def test_the_table_has_no_line_without_a_module() -> None:
    assert set(OURS) <= set(modules())


def test_every_vendor_of_the_table_is_used_in_each_of_its_places() -> None:
    used = {(found.split(".")[0], line_of(module)) for module in modules() for found in all_imports(module)}
    assert [
        (vendor, place) for vendor, places in VENDORS.items() for place in places if (vendor, place) not in used
    ] == []


def test_a_module_imports_of_ours_only_what_it_may() -> None:
    def too_much(module: str) -> set[str]:
        line = str(line_of(module))
        ours = {line_of(found) or found for found in all_imports(module) if found.split(".")[0] in ("bot", "index")}
        return ours - OURS.get(line, set()) - {line}

    assert wrong_in_modules(too_much) == {}


def test_no_modules_import_each_other_in_a_circle() -> None:
    imported = {module: {each for each in all_imports(module) if each in modules()} - {module} for module in modules()}
    try:
        TopologicalSorter(imported).prepare()
        circle = []
    except CycleError as error:
        circle = error.args[1]
    assert circle == []


def test_a_vendor_is_used_in_its_one_place() -> None:
    known = sys.stdlib_module_names | {"bot", "index"}

    def out_of_place(module: str) -> set[str]:
        vendors = {found.split(".")[0] for found in all_imports(module)} - known
        return {vendor for vendor in vendors if line_of(module) not in VENDORS.get(vendor, set())}

    assert wrong_in_modules(out_of_place) == {}


def test_a_vendor_is_a_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = [
        *project["dependencies"],
        *(each for extra in EXTRAS for each in project["optional-dependencies"][extra]),
    ]
    declared = {canonical(re.split(r"[\s<>=~!\[;]", each, maxsplit=1)[0]) for each in requirements}
    sources = packages_distributions()
    unsourced = [
        vendor
        for vendor in VENDORS
        if vendor in sources and not declared & {canonical(each) for each in sources[vendor]}
    ]
    assert unsourced == []


def test_a_heavy_vendor_is_imported_by_the_function_that_needs_it() -> None:
    def at_once(module: str) -> set[str]:
        vendors = {found.split(".")[0] for found in imports(module, at_module_level(tree_of(module)))}
        return vendors & HEAVY - SUBCLASSES.get(module, set())

    assert wrong_in_modules(at_once) == {}


def test_a_pure_step_does_no_input_or_output() -> None:
    taking_apart = {"urllib.parse"}  # of addresses: it opens none

    def impure(module: str) -> set[str]:
        if line_of(module) not in PURE:
            return set()
        calls = (node.func for node in nodes_of(module) if isinstance(node, ast.Call))
        called = {each.id for each in calls if isinstance(each, ast.Name)}
        imported = {found.split(".")[0] for found in set(all_imports(module)) - taking_apart}
        return imported & IO | called & {"open", "print", "input"}

    assert wrong_in_modules(impure) == {}


def test_the_environment_is_read_in_one_place() -> None:
    readers = {"os.environ", "os.getenv", "os.putenv", "environ", "getenv"}

    def read(module: str) -> set[str]:
        if module in ENVIRONMENT:
            return set()
        return readers & {ast.unparse(node) for node in nodes_of(module) if isinstance(node, ast.Attribute | ast.Name)}

    assert wrong_in_modules(read) == {}


def test_index_never_imports_bot() -> None:
    assert [
        line for line, allowed in OURS.items() if line.startswith("index") for name in allowed if name[:3] == "bot"
    ] == []


def test_surfaces_do_not_import_each_other() -> None:
    """But for the command line, which starts them."""
    assert [line for line in SURFACES - {"bot.cli"} if OURS[line] & SURFACES] == []


def test_only_the_command_line_and_the_one_server_import_a_surface() -> None:
    assert {line for line, allowed in OURS.items() if allowed & SURFACES} <= {"bot.cli", "bot.serve", "bot.__main__"}
