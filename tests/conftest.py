"""One fake a seam, and each is real code. Under `BYLINE_NO_SKIP` nothing is skipped; `BYLINE_SKIPPED` names a file for
the ids of what was."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit
from zlib import crc32

import hypothesis
import numpy as np
import pytest

from bot.answering.bot import Bot
from bot.classifiers.calibration import Calibration
from bot.errors import Cancelled, Reason
from bot.judge import Judge
from bot.judge.judge import FEATURES, Thresholds
from bot.judge.judgement import Logits, Pairs
from bot.model.meter import Meter
from bot.types import Cancellation, Model, Prompt, Usage
from index.index import Index
from index.text.words import acronyms, content_terms, vocabulary
from tests.postgres import database_url as database_url
from tests.postgres import postgres as postgres
from tests.serving import CHROMIUM, NO_CHROMIUM, browsing, serving
from tests.small_news import ARTICLES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from index.embed import Precision, Vectors


# How fast a test is says nothing on a busy machine.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

# A shell that runs the tests in the background lets them and their children ignore Ctrl-C, which some tests press.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


MEMORY, ROOM = Path("/dev/shm"), 2 * 1024**3  # bytes; all that the tests write at once is far less


def pytest_configure() -> None:
    """Temporary folders in memory where there is room: a store waits for a disk many times in each test."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


class WordEmbeddings:
    """Vectors of hashed words: texts that share words are near each other. Reads any language."""

    name = "words"
    dimension = 256
    limit = 254
    languages: frozenset[str] | None = None
    precision: Precision = "float32"

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.full((len(texts), self.dimension), 1e-3, dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for term in content_terms(text):
                row[crc32(term.encode()) % self.dimension] += 1
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


@pytest.fixture
def words() -> WordEmbeddings:
    return WordEmbeddings()


class Scripted:
    """A language model that does what `says` does now, and tells that each call `uses` so much."""

    says: Callable[[], Iterator[str]]

    def __init__(self, uses: Usage | None = None) -> None:
        self.uses, self.meter = uses or Usage(), Meter()

    def complete(self, prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:  # noqa: ARG002
        self.meter.add(self.uses, cancel or Cancellation())
        yield from self.says()


SUPPORTED, CONTRADICTED, NOT_STATED = Logits(9.0, -9.0), Logits(-9.0, 9.0), Logits(-9.0, -9.0)
ANSWERS, NO_ANSWER = Logits(answers=9.0), Logits(answers=-9.0)
Told = Mapping[tuple[str, str], Logits | None]


class ScriptedScorer:
    """A judge's model with a script, by words of a text and of a claim, and by words of a question and of a text.

    What the script does not name: a text supports a claim all of whose terms it has, and answers a question half of
    whose terms it has. It keeps the pairs that it was asked.
    """

    name = "scripted"

    def __init__(self, entailment: Told | None = None, answers: Told | None = None) -> None:
        self._entailment, self._answers = entailment or {}, answers or {}
        self.asked: list[tuple[str, str]] = []

    def entailment(self, pairs: Pairs, cancel: Cancellation | None = None) -> list[Logits | None]:
        def says(text: str, claim: str) -> Logits:
            return SUPPORTED if _share(claim, text) == 1 else NOT_STATED

        return [self._told(self._entailment, pair, cancel, says) for pair in pairs]

    def answers(self, pairs: Pairs, cancel: Cancellation | None = None) -> list[Logits | None]:
        def says(question: str, text: str) -> Logits:
            return ANSWERS if _share(question, text) >= 0.5 else NO_ANSWER

        return [self._told(self._answers, pair, cancel, says) for pair in pairs]

    def _told(
        self, script: Told, pair: tuple[str, str], cancel: Cancellation | None, says: Callable[[str, str], Logits]
    ) -> Logits | None:
        if cancel and cancel.is_set():
            raise Cancelled
        self.asked.append(pair)
        return next((told for (one, two), told in script.items() if one in pair[0] and two in pair[1]), says(*pair))


def _share(of: str, text: str) -> float:
    """The share of the terms of one text that another has."""
    wanted = set(content_terms(of))
    return len(wanted & vocabulary(text, acronyms(of))) / len(wanted) if wanted else 0.0


def _calibrated(bias: float, weighed: str, weight: float) -> dict[str, dict[str, float]]:
    """A calibration by which the features whose names begin so count, and no others."""
    weights = {name: weight * name.startswith(weighed) for name in FEATURES}
    return {head: {"bias": bias, "threshold": 0.5, **weights} for head in Thresholds.__slots__}


# What the model says as it says it; and without one, yes where all the terms are there.
AS_TOLD = {"named": _calibrated(0.0, "logit", 1.0), "coverage": _calibrated(-9.0, "coverage", 10.0)}


def scripted_judge(entailment: Told | None = None, answers: Told | None = None) -> Judge:
    """A judge that says what the script says, without a calibration of its own."""
    return Judge(ScriptedScorer(entailment, answers), AS_TOLD)


# It answers where the judge finds that a sentence of the evidence does, and one that is written, which is supported.
_DECIDES = {
    "quoted": Calibration(-5.0, {"answers": 10.0}, 0.5),
    "written": Calibration(-25.0, {"answers": 10.0, "proved": 10.0, "relevant": 10.0}, 0.5),
    "probed": Calibration(-2.0, {"probed": 1.0, "proved": 4.0}, 0.5),
}
DECIDES = {f"{way}-{language}": each for way, each in _DECIDES.items() for language in ("read", "unread")}


def answering(index: Index, *models: Model, judge: Judge | None = None, **options: Any) -> Bot:
    """A bot whose judgements and decisions do not depend on what was fitted."""
    bot = Bot(index, *models, judge=judge or scripted_judge(), **options)
    bot.pipeline = replace(bot.pipeline, generator=replace(bot.pipeline.generator, calibrations=DECIDES))
    return bot


@pytest.fixture(scope="module")
def script() -> Scripted:
    return Scripted()


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The small town's articles, with the real embedder."""
    with Index.open(tmp_path_factory.mktemp("news") / "store") as opened:
        opened.add(ARTICLES)
        yield opened


@pytest.fixture(scope="module")
def quoting(news: Index) -> Iterator[str]:
    """A page that answers in the articles' own sentences."""
    with serving(Bot(news)) as address:
        yield address


@pytest.fixture(scope="module")
def writing(news: Index, script: Scripted) -> Iterator[str]:
    """A page whose answers are written by `script`."""
    with serving(
        Bot(news, Model("scripted", script.complete), notice=Reason(text="There is no better model here."))
    ) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    with browsing() as opened:
        yield opened


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page; at the end nothing but this machine was asked for anything, and no script has broken."""
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    page = context.new_page()
    page.set_default_timeout(60_000)
    asked: list[str] = []
    broken: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: broken.append(str(error)))
    yield page
    context.close()
    hosts = {urlsplit(url).hostname for url in asked if urlsplit(url).scheme not in ("data", "blob")}
    assert hosts == {"127.0.0.1"}
    assert broken == []


Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
MAY_BE_SKIPPED = (
    "shared/seeds",  # a page that is not part of this repository
    "nothing may be mounted",  # an image is built in layers, which some containers may not mount
)


def no_skip(report: Report) -> Report:
    """The report, or under `BYLINE_NO_SKIP` a failure in the place of a skip, with the skip's reason."""
    if os.environ.get("BYLINE_NO_SKIP") and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not any(each in reason for each in MAY_BE_SKIPPED):
            report.outcome, report.longrepr = "failed", f"nothing may be skipped here, and this was: {reason}"
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _note_skip(report)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    _note_skip(report)


def _note_skip(report: Report) -> None:
    """Writes the id of what was skipped to the file `BYLINE_SKIPPED`, where there is one: a later run takes just these.

    Reports of worker processes come together in the first process, which alone writes.
    """
    file = os.environ.get("BYLINE_SKIPPED")
    if file and report.skipped and not hasattr(report, "wasxfail") and "PYTEST_XDIST_WORKER" not in os.environ:
        with Path(file).open("a", encoding="utf-8") as ids:
            ids.write(f"{report.nodeid}\n")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return no_skip((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return no_skip((yield))


@pytest.fixture(params=["sqlite", "postgresql"])
def kept_in(request: pytest.FixtureRequest) -> str | None:
    """The address of a database of the test's own, or None for files: for what is to be the same in both."""
    return None if request.param == "sqlite" else str(request.getfixturevalue("database_url"))
