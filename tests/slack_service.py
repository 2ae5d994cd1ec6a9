"""The Slack bot for tests: the real Bolt app over a real index, and the fake Slack on loopback."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.alerts.watch import Watches, news
from bot.errors import Reason
from bot.history import History
from bot.history.file import FILE
from bot.slack.app import build_app, running
from bot.slack.clients import client_of_one
from bot.slack.http import asgi
from bot.slack.pace import SlackRateLimit
from bot.slack.service import SlackService
from bot.slack.settings import Allowed, ChannelSettings
from bot.slack.socket import connected
from bot.slack.store import SlackStore
from bot.types import (
    Answer,
    Cancellation,
    Citation,
    Event,
    EvidenceReady,
    Report,
    Sentence,
    State,
    Status,
    Turn,
    Words,
)
from index import Index
from index.fingerprint import version
from index.types import Filters, Hit, Hits, Passage
from tests import loopback
from tests.conftest import WordEmbeddings
from tests.fake_slack import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, FakeSlack
from tests.small_news import ARTICLES, BRIDGE

QUESTION = "When did the bridge reopen?"
QUOTE = "The old bridge in Vellmar reopened on 3 May 2021 after two years of repairs."
CLAIM = "The bridge reopened on 3 May 2021."
CITATION = Citation(
    mark=1,
    article_id=BRIDGE.id,
    start=0,
    end=len(QUOTE),
    quote=QUOTE,
    title=BRIDGE.title,
    author=BRIDGE.author,
    outlet=BRIDGE.outlet,
    published=BRIDGE.published,
    kind=BRIDGE.kind,
    url=BRIDGE.url,
    version=version(BRIDGE.text),
)
HITS = Hits((Hit(Passage(BRIDGE.id, 0, len(BRIDGE.text), BRIDGE.text), 0.9, 0.9, 0.9),))
ANSWERED = Answer(
    question=QUESTION,
    status=Status.ANSWERED,
    text=f"{CLAIM} [1]",
    model="scripted",
    sentences=(Sentence(CLAIM, 0, len(CLAIM), State.SUPPORTED, support=0.9, citations=(1,)),),
    citations=(CITATION,),
    hits=HITS,
)
REFUSED = Answer(
    QUESTION, Status.REFUSED, "The articles do not say.", "scripted", reason=Reason(text="Not found: tram.")
)
FAILED = Answer(QUESTION, Status.FAILED, "", "scripted", reason=Reason(text="The model gave no words."))


@dataclass
class Script:
    """A stream that gives the same events to every question, and keeps what it was asked."""

    answer: Answer = ANSWERED
    error: Exception | None = None
    before: Callable[[Cancellation | None], object] = lambda _: None  # is called when the evidence was shown
    asked: list[tuple[str, tuple[Turn, ...], Filters]] = field(default_factory=list)

    def __call__(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters = Filters(),
        *,
        cancel: Cancellation | None = None,
    ) -> Generator[Event]:
        self.asked.append((question, tuple(history), filters))
        yield EvidenceReady(HITS, ())
        self.before(cancel)
        if self.error is not None:
            raise self.error
        for each in self.answer.sentences:
            cited = tuple(one for one in self.answer.citations if one.mark in each.citations)
            yield Words(each.text, cited, each.answering)
        yield replace(self.answer, question=question)

    @property
    def questions(self) -> list[str]:
        return [question for question, *_ in self.asked]


def checked(text: str, _filters: Filters, _cancel: Cancellation) -> Generator[Report]:
    """A check that finds a text of one sentence supported."""
    report = Report(text, 1)
    yield report
    sentence = Sentence(text, 0, len(text), State.SUPPORTED, support=0.9, citations=(1,))
    yield replace(report, sentences=(sentence,), citations=(CITATION,))


def filled(folder: Path) -> Index:
    index = Index.open(folder, embedder=WordEmbeddings())
    index.add(ARTICLES)
    return index


def service_of(slack: FakeSlack, folder: Path, index: Index, stream: Any, **changes: Any) -> SlackService:
    """What the bot may ask, with its files in a folder."""
    watches = Watches(folder)
    made = SlackService(
        stream=stream,
        verify=checked,
        library=index,
        openers=lambda: (QUESTION,),
        client=client_of_one(BOT_TOKEN, slack.url),
        history=History(folder / FILE, 90),
        store=SlackStore(folder),
        watches=watches,
        news=lambda watch: news(changes["bot"], watches, [watch]),
        pace=SlackRateLimit(1_000, 10_000),
        allowed=Allowed(),
        usual=ChannelSettings(),
    )
    return replace(made, **{name: value for name, value in changes.items() if name != "bot"})


@contextmanager
def over(slack: FakeSlack, service: SlackService, transport: str, count: int = 4) -> Iterator[None]:
    """The bot, connected by Socket Mode or reached over HTTP. On leaving, what it had begun is answered."""
    with running(service, count) as workers:
        if transport == "socket":
            with connected(build_app(service, workers, BOT_TOKEN, base_url=slack.url), APP_TOKEN):
                yield
            return
        app = build_app(service, workers, BOT_TOKEN, signing_secret=SIGNING_SECRET, base_url=slack.url)
        with loopback.running(asgi(app, SIGNING_SECRET), timeout_graceful_shutdown=None) as address:
            slack.http(f"{address}/slack/events")
            yield
