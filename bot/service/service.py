"""The service of Byline for programs, whatever way they come by: the API, MCP. The composition root makes it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from secrets import token_hex
from threading import Condition
from typing import TYPE_CHECKING, TypeVar

from bot.auth.principal import Principal
from bot.errors import ShownError
from bot.history import ConversationMissing, Owner, Place
from bot.runtime.rate_limit import RateLimit
from bot.runtime.threads import awaited
from bot.service.jobs import Jobs
from bot.types import Answer, Cancellation
from index.errors import ArticleMissing
from index.types import Article, Filters

if TYPE_CHECKING:
    from bot.answering.bot import Bot
    from bot.history import History

Piece = TypeVar("Piece")

SURFACE = "api"  # conversations of programs, whichever way they ask
MINUTE = 60  # seconds
BUSY_FOR = 2  # seconds after which it is worth to ask again
LARGEST = 50_000_000  # bytes
STOPPED_FOR = 10  # seconds after which another server may be there
LONGEST = 600.0  # seconds of one answer


class Surface(StrEnum):
    """By what way a question comes."""

    WEB = "web"
    API = "api"
    MCP = "mcp"
    SLACK = "slack"


class TooManyRequests(ShownError):
    """Something that may be asked again after `seconds`: HTTP's 429 with Retry-After."""

    def __init__(self, sentence: str, seconds: int) -> None:
        super().__init__(sentence)
        self.seconds = seconds


class TooOften(TooManyRequests):
    def __init__(self, name: str, seconds: int) -> None:
        super().__init__(f"{name} asked too often. Ask again in {seconds} seconds.", seconds)


class Busy(TooManyRequests):
    def __init__(self, at_once: int) -> None:
        super().__init__(
            f"Byline is giving {at_once} answers, as many as it may at once. Ask again in {BUSY_FOR} seconds.", BUSY_FOR
        )


class Starting(TooManyRequests):
    """The bot is not open yet: HTTP's 503."""

    def __init__(self) -> None:
        super().__init__(f"Byline is being opened. Ask again in {BUSY_FOR} seconds.", BUSY_FOR)


class Stopping(TooManyRequests):
    """The server ends: HTTP's 503."""

    def __init__(self) -> None:
        super().__init__(f"Byline is being stopped. Ask again in {STOPPED_FOR} seconds.", STOPPED_FOR)


class ConversationNotGiven(ConversationMissing):
    wording = ""

    def __init__(self, name: str) -> None:
        ShownError.__init__(
            self,
            f"There is no conversation {name!r} here. Without a key, leave the name out, "
            "or take the name that an answer of `/v1/ask` has.",
        )


class Slots:
    """So many answers at a time. One that is over is given back by whatever thread ends it."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._held = 0
        self.refused = 0  # requests for which none was free
        self._closed = False
        self._changed = Condition()

    @property
    def held(self) -> int:
        return self._held

    @property
    def closed(self) -> bool:
        return self._closed

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Raises Busy where none is free, Stopping after `close`."""
        with self._changed:
            if self._closed:
                raise Stopping
            if self._held >= self.count:
                self.refused += 1
                raise Busy(self.count)
            self._held += 1
        try:
            yield
        finally:
            with self._changed:
                self._held -= 1
                self._changed.notify_all()

    def close(self, patience: float = 0) -> bool:
        """Begins no more; whether all that was begun ended within `patience` seconds."""
        with self._changed:
            self._closed = True
            return self._changed.wait_for(lambda: not self._held, patience)


def unobserved(_surface: Surface, _answer: Answer) -> None:
    """Tells nobody of an answer."""


@dataclass(frozen=True, slots=True)
class Service:
    """The service that programs may ask, and how often."""

    bot: Callable[[], Bot]  # waits until it is open
    history: History
    pace: Callable[[Principal], int]  # counts a question: seconds to wait, 0 where it may be asked
    slots: Slots
    jobs: Jobs = field(default_factory=Jobs)  # the page's, too
    largest: int = LARGEST  # bytes of articles that are sent at a time
    observe: Callable[[Surface, Answer], None] = unobserved  # is told each answer as it ends
    opened: Callable[[], bool] = lambda: True  # whether `bot` would not wait
    seconds: float = LONGEST  # of one answer or check

    @contextmanager
    def answering(self, principal: Principal) -> Iterator[None]:
        """Around one answer, check or search, from its beginning to its end. Raises TooOften, Busy, Stopping."""
        with self.slots.slot():
            if seconds := self.pace(principal):
                raise TooOften(principal.name, seconds)
            yield

    def making(self, principal: Principal, work: Callable[[Cancellation], Generator[Piece]]) -> AsyncGenerator[Piece]:
        """The pieces of one answer, check or search, which a thread makes; none is begun for what is turned away.
        Leaving them stops the work. Raises TooOften, Busy, Stopping, TookTooLong, and what the work raises."""
        cancel = Cancellation()
        return awaited(work(cancel), cancel, self.answering(principal), self.seconds)

    def article(self, principal: Principal, article_id: str) -> Article:
        """Raises ArticleMissing, also for one that the principal may not read: it is not told apart."""
        self.filters(principal, Filters(article=(article_id,)))
        return shown(principal, self.bot().index.article(article_id))

    def filters(self, principal: Principal, asked: Filters) -> Filters:
        """The filters within what a principal may read.

        Raises ScopeForbidden; ArticleMissing, also for an article that they may not read, as `article` does;
        CollectionMissing, whatever the article is, where a collection that they are limited to is gone.
        """
        within = principal.scoped(asked)
        if principal.collections and asked.article:
            index = self.bot().index
            index.require(Filters(collection=principal.collections))
            for article_id in asked.article:
                if not index.count(Filters(article=(article_id,), collection=principal.collections)):
                    raise ArticleMissing(article_id)
        return within

    def place(self, principal: Principal, conversation: str | None) -> Place:
        """Where a question is kept: in the conversation of that name, or in a new one.

        Whoever is anonymous shares an owner with others, so that only a name that cannot be guessed keeps them apart.
        Raises ConversationNotGiven where they name a conversation that is not there.
        """
        place = Place(Owner(SURFACE, principal.owner), conversation or token_hex(16))
        if conversation and principal.anonymous and not self.history.records(place):
            raise ConversationNotGiven(conversation)
        return place


def shown(principal: Principal, article: Article) -> Article:
    """An article as a principal may see it."""
    # Where else it was published may lie outside of the collections, and nothing tells copies apart by them.
    return replace(article, also=()) if principal.collections else article


def pace_of(questions_a_minute: int) -> Callable[[Principal], int]:
    """The pace of a server: each principal's questions are counted, by their key's limit or else the server's."""
    paced = cache(lambda times: RateLimit(times, MINUTE))

    def wait(principal: Principal) -> int:
        pace: RateLimit = paced(principal.questions_a_minute or questions_a_minute)
        return pace.take(principal.counted)

    return wait
