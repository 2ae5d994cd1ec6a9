"""The dependencies of the Slack bot: functions and stores of Byline and of Slack."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.classifiers.intent import Classified, classify
from bot.history import History
from bot.slack.settings import Allowed, ChannelSettings
from bot.slack.store import SlackStore
from bot.types import Answer, Cancellation, Event, Report, Turn
from index.types import Article, ArticleCollection, Filters, Inventory, Snapshot

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.alerts.watch import News, Watch, Watches
    from bot.slack.pace import SlackRateLimit

Verify = Callable[[str, Filters, Cancellation], Generator[Report]]


class Streaming(Protocol):
    """The type of `Bot.stream`."""

    def __call__(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters = ...,
        *,
        cancel: Cancellation | None = None,
    ) -> Generator[Event]: ...


class Library(Protocol):
    """The part of an index that Slack needs."""

    @property
    def snapshot(self) -> Snapshot: ...

    def article(self, article_id: str) -> Article: ...

    def collections(self) -> Sequence[ArticleCollection]: ...

    def inventory(self, filters: Filters = ...) -> Inventory: ...


class ClientOf(Protocol):
    """The client of a workspace, or of its organisation; None without an installation.

    Without `retry` it never waits at a rate limit: for dispensable calls.
    """

    def __call__(self, team: str, enterprise: str, /, retry: bool = True) -> WebClient | None: ...


@dataclass(frozen=True, slots=True)
class SlackService:
    """The dependencies of listeners and workers."""

    stream: Streaming
    verify: Verify
    library: Library
    openers: Callable[[], Sequence[str]]  # suggested first questions
    client: ClientOf
    history: History
    store: SlackStore
    watches: Watches
    news: Callable[[Watch], Generator[News]]  # of one watch; news that were taken count as posted
    pace: SlackRateLimit
    allowed: Allowed
    usual: ChannelSettings  # of a channel without settings of its own
    classify: Callable[[str], Classified] = classify  # the kind of request
    observe: Callable[[Answer], None] = lambda _: None  # gets each finished answer

    def settings(self, team: str, channel: str) -> ChannelSettings:
        """The settings in force in a channel."""
        return self.store.settings(team, channel) or self.usual
