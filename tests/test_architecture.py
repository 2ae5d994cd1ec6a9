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

# A folder, or a module beside them, and which others it may import. The modules of a folder may import each other.
# Everything may import the values: types and errors.
VALUES = ("index.types", "index.errors", "index.extras", "index.invalid", "index.text", "bot.types", "bot.errors")
OURS = {
    "index": ("embed", "index", "store", "fingerprint"),
    "index.types": (),
    "index.errors": (),
    "index.extras": (),
    "index.invalid": (),
    "index.fingerprint": (),
    "index.http_errors": (),
    "index.quiet": (),
    "index.remote": (),
    "index.sql": (),
    "index.text": (),
    "index.byline": (),
    "index.migrations": ("sql",),
    "index.embed": ("http_errors", "quiet", "remote"),
    "index.load": ("byline",),
    "index.store": ("fingerprint", "migrations", "quiet", "sql"),
    "index.search": ("quiet", "remote", "store"),
    "index.ingest": ("embed", "fingerprint", "load", "quiet", "store"),
    "index.index": ("embed", "ingest", "search", "store"),
    "bot": ("answering",),
    "bot.__main__": ("cli",),
    "bot.types": (),
    "bot.errors": (),
    "bot.config": (),
    "bot.runtime": (),
    "bot.wording": ("runtime",),
    "bot.tables": ("index.migrations", "index.sql"),
    "bot.judge": ("classifiers", "index"),
    "bot.classifiers": ("index.embed",),
    "bot.inference": ("judge", "runtime", "index"),
    "bot.model": ("runtime", "index.http_errors", "index.quiet"),
    "bot.answering": ("classifiers", "config", "judge", "model", "runtime", "wording", "index"),
    "bot.render": ("answering", "runtime", "wording"),
    "bot.history": ("render", "runtime", "tables", "wording", "index.fingerprint", "index.sql"),
    "bot.alerts": ("answering", "classifiers", "history", "render", "runtime", "tables", "wording", "index"),
    "bot.suggestions": ("answering", "classifiers", "config", "model", "wording", "index"),
    "bot.auth": ("tables",),
    "bot.service": ("answering", "auth", "history", "render", "runtime", "index"),
    "bot.telemetry": ("auth", "model", "service"),
    "bot.langchain": ("answering", "render", "runtime", "service", "index"),
    "bot.evaluate": ("answering", "classifiers", "history", "model", "render", "wording", "index"),
    "bot.web": (
        *("alerts", "answering", "auth", "classifiers", "history", "render", "runtime", "service", "suggestions"),
        *("tables", "telemetry", "wording", "index"),
    ),
    "bot.slack": (
        *("alerts", "answering", "classifiers", "config", "history", "render", "runtime", "tables", "wording"),
        "index.sql",
    ),
    "bot.api": ("alerts", "answering", "auth", "history", "render", "runtime", "service", "tables", "wording", "index"),
    "bot.mcp": ("answering", "auth", "history", "render", "runtime", "service", "wording"),
    "bot.training": (
        *("alerts", "answering", "classifiers", "config", "evaluate", "judge", "model"),
        "index",
    ),  # nothing but `byline fit` loads it
    "bot.cli": ("bot", "index"),  # it starts the others
}

# A library, and its one place. A library that is not here may not be used.
VENDORS = {
    "Stemmer": {"index.text.words"},
    "alembic": {"bot.tables", "index.migrations"},
    "annotated_types": {"bot.config"},
    "argon2": {"bot.auth.users"},
    "anyio": {"bot.mcp"},
    "authlib": {"bot.auth.oidc"},
    "babel": {"bot.answering.translate", "bot.wording", "index.byline", "index.text.figures"},
    "charset_normalizer": {"index.load"},
    "chromadb": {"index.store"},
    "cn2an": {"index.text.figures", "index.text.periods"},
    "cryptography": {"bot.slack"},
    "datasketch": {"index.text.copies"},
    "dateparser": {"index.byline"},
    "fastapi": {"bot.api", "bot.web"},
    "feedparser": {"index.load"},
    "filelock": {"bot.model", "index.store"},
    "frontmatter": {"index.load"},
    "gguf": {"bot.training"},
    "gradio": {"bot.web"},
    "httpcore": {"index.load"},
    "httpx": {"bot.model", "bot.auth.oidc", "index.load", "index.remote", "index.store"},
    "jinja2": {"bot.api", "bot.model", "bot.render.html.sheet"},
    "joserfc": {"bot.auth.oidc"},
    "jsonschema": {"bot.evaluate"},
    "langchain": {"bot.model", "index.embed.provider"},
    "langchain_core": {"bot.langchain", "bot.model", "index.embed.provider", "index.search.rerank_provider"},
    "limits": {"bot.runtime.rate_limit"},
    "llama_cpp": {"bot.model"},
    "lxml": {"index.byline", "index.load"},
    "markdown": {"index.load"},
    "markdown_it": {"index.load"},
    "markitdown": {"index.load"},
    "markupsafe": {"bot.api", "bot.history.export", "bot.render.html.sheet"},
    "mcp": {"bot.mcp"},
    "mcp_types": {"bot.mcp"},
    "numpy": {
        "bot.answering.evidence",
        "bot.inference",
        "bot.judge",
        "bot.model",
        "bot.classifiers",
        "bot.training",
        "index.ingest.bulk",
        "index.embed",
        "index.ingest.passages",
        "index.store",
    },
    "onnxruntime": {"index.embed"},
    "opencc": {"index.text.script"},
    "openai": {"bot.model.provider"},
    "openpyxl": {"index.load"},
    "opentelemetry": {"bot.telemetry"},
    "pathspec": {"index.load"},
    "platformdirs": {"bot.model"},
    "prometheus_client": {"bot.telemetry"},
    "protego": {"index.load"},
    "py3langid": {"index.byline"},
    "pydantic": {
        *("bot.api", "bot.cli", "bot.config", "bot.evaluate", "bot.inference", "bot.langchain", "bot.mcp"),
        *("bot.service.fields", "bot.model", "index.load"),
    },
    "pypdf": {"index.load"},
    "pytest": {"bot.cli"},
    "rapidfuzz": {"bot.evaluate"},
    "ray": {"index.ingest.bulk"},
    "rich": {"bot.cli", "bot.training"},
    "rjieba": {"index.text.words"},
    "safetensors": {"bot.classifiers", "bot.judge", "bot.training", "index.embed"},
    "scipy": {"bot.training"},
    "sentence_transformers": {"bot.judge", "index.embed", "index.search.rerank"},
    "sklearn": {"bot.alerts.gaps", "bot.training"},
    "slack_bolt": {"bot.slack"},
    "slack_sdk": {"bot.slack"},
    "sqlalchemy": {"index.sql"},
    "starlette": {
        "bot.api",
        "bot.service.middleware",
        "bot.inference",
        "bot.mcp",
        "bot.slack",
        "bot.telemetry",
        "bot.web",
    },
    "tantivy": {"index.store"},
    "text_to_num": {"index.text.figures"},
    "tokenizers": {"bot.judge", "bot.training", "index.embed"},
    "torch": {"bot.training"},
    "trafilatura": {"index.load"},
    "transformers": {"bot.training"},
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
        "openai",
        "py3langid",
        "safetensors",
        "sentence_transformers",
        "sklearn",
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
    *("index.byline", "index.errors", "index.fingerprint", "index.ingest.chunk", "index.ingest.revision"),
    *(
        "index.invalid",
        "index.text.periods",
        "index.search.fusion",
        "index.search.understand",
        "index.text",
        "index.types",
    ),
    *("bot.answering.attribute", "bot.answering.cite", "bot.answering.conflict", "bot.answering.decide"),
    *("bot.answering.evidence", "bot.answering.prove", "bot.answering.refuse", "bot.answering.write"),
    *("bot.classifiers.features", "bot.errors", "bot.model.prompt", "bot.render.text", "bot.types"),
    *("bot.history.redact", "bot.history.reread", "bot.history.since", "bot.wording.facts"),
    *("bot.slack.blocks", "bot.slack.check", "bot.slack.choices", "bot.slack.elements", "bot.slack.home"),
    *("bot.slack.modal", "bot.slack.pages", "bot.slack.shape", "bot.slack.sources", "bot.slack.text"),
    "bot.slack.watches",
}
IO = {
    *("asyncio", "http", "io", "os", "shutil", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading"),
    *("time", "urllib"),
}
EXTRAS = ("local", "oidc", "otel", "postgres", "providers", "pytest", "ray", "serve", "slack", "train")
ENVIRONMENT = {"bot.config", "index.quiet"}


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
    """The line of the table that a module stands under: its own, or that of its folder.

    >>> line_of("index.store.ledger"), line_of("index.nothing")
    ('index.store', None)
    """
    while module not in OURS:
        module = module.rpartition(".")[0]
        if "." not in module:
            return None
    return module


def within(module: str, places: Iterable[str]) -> bool:
    """Whether a module is one of some places, or in one of these folders."""
    return any(module == place or module.startswith(f"{place}.") for place in places)


def allowed(line: str) -> tuple[str, ...]:
    """The folders that those of a line may import, by their whole names."""
    top = line.partition(".")[0]
    return (line, *VALUES, *(each if within(each, ("index", "bot")) else f"{top}.{each}" for each in OURS[line]))


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
    used: dict[str, set[str]] = {}
    for module in modules():
        for found in all_imports(module):
            used.setdefault(found.split(".")[0], set()).add(module)
    places = ((vendor, place) for vendor, places in VENDORS.items() for place in places)
    assert [
        (vendor, place) for vendor, place in places if not any(within(each, (place,)) for each in used.get(vendor, ()))
    ] == []


def test_a_module_imports_of_ours_only_what_it_may() -> None:
    def too_much(module: str) -> set[str]:
        ours = {found for found in all_imports(module) if found.split(".")[0] in ("bot", "index")}
        return {each for each in ours if not within(each, allowed(str(line_of(module))))}

    assert wrong_in_modules(too_much) == {}


def test_folders_import_each_other_in_no_circle() -> None:
    imported = {
        line: {
            found for each in modules() if line_of(each) == line for found in map(line_of, all_imports(each)) if found
        }
        for line in OURS
    }
    tuple(TopologicalSorter({line: found - {line, "bot", "index"} for line, found in imported.items()}).static_order())


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
        return {vendor for vendor in vendors if not within(module, VENDORS.get(vendor, ()))}

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
        if within(module, ("bot.training",)):  # its modules are loaded when something is fitted
            return set()
        vendors = {found.split(".")[0] for found in imports(module, at_module_level(tree_of(module)))}
        return vendors & HEAVY - SUBCLASSES.get(module, set())

    assert wrong_in_modules(at_once) == {}


def test_a_pure_step_does_no_input_or_output() -> None:
    taking_apart = {"urllib.parse"}  # of addresses: it opens none

    def impure(module: str) -> set[str]:
        if not within(module, PURE):
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
    assert (
        wrong_in_modules(lambda module: {each for each in all_imports(module) if module[:3] != each[:3] == "bot"}) == {}
    )


def test_only_the_command_that_fits_loads_what_fits() -> None:
    def loads(module: str) -> set[str]:
        return {each for each in all_imports(module) if within(each, ("bot.training",))}

    loading = {module for module in modules() if loads(module) and not within(module, ("bot.training",))}
    assert loading == {"bot.cli.fit"}


def test_surfaces_do_not_import_each_other() -> None:
    """But for the command line, which starts them, and for fits, which read scripted prompts."""
    others = ("bot.__main__", "bot.cli", "bot.training")
    surfaces = {"bot.api", "bot.web", "bot.slack", "bot.mcp", "bot.evaluate", "bot.cli"}

    def surface(module: str) -> set[str]:
        found = {each for each in all_imports(module) if within(each, surfaces)}
        return set() if within(module, others) else {each for each in found if line_of(each) != line_of(module)}

    assert wrong_in_modules(surface) == {}


def test_few_modules_lie_beside_the_folders() -> None:
    assert (
        len([each for each in modules() if each.count(".") == 1 and each.startswith("bot.") and not _folder(each)]) <= 8
    )


def _folder(module: str) -> bool:
    return modules()[module].name == "__init__.py"


def test_a_docstring_begins_with_a_noun_or_a_verb() -> None:
    """But for those of routes and of their models, which users read as descriptions."""
    others = re.compile(r"(What|Whatever|Which|Those|These|That|It|Its|As|Of)\b")

    def shown(node: ast.AST) -> bool:
        above = [*getattr(node, "decorator_list", ()), *getattr(node, "bases", ())]
        return any(re.match(r"(routes|BaseModel|KnownFields)\b", ast.unparse(each)) for each in above)

    def wrong(module: str) -> set[str]:
        kinds = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        documented = (node for node in nodes_of(module) if isinstance(node, kinds) and not shown(node))
        return {found for node in documented if others.match(found := ast.get_docstring(node) or "")}

    assert wrong_in_modules(wrong) == {}


def test_no_public_class_has_the_name_of_another() -> None:
    places: dict[str, list[str]] = {}
    for module in modules():
        for node in nodes_of(module):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(module)
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_a_function_is_at_most_fifty_lines_long() -> None:
    def long(module: str) -> set[str]:
        functions = (each for each in nodes_of(module) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
        return {each.name for each in functions if (each.end_lineno or 0) - each.lineno >= 50}

    assert wrong_in_modules(long) == {}
