"""What the Slack bot asks of Byline and of Slack: functions and stores, put together by whoever starts it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.history import History
from bot.request import Classified, classify
from bot.slack.settings import Allowed, ChannelSettings
from bot.slack.store import Store
from bot.types import Answer, Cancellation, Event, Report, Turn
from index.types import Article, ArticleCollection, Filters, Inventory, Snapshot

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.slack.pace import Pace
    from bot.watch import News, Watch, Watches

Verify = Callable[[str, Filters, Cancellation], Generator[Report]]


class Stream(Protocol):
    """`Bot.stream`."""

    def __call__(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters = ...,
        *,
        cancel: Cancellation | None = None,
    ) -> Generator[Event]: ...


class Library(Protocol):
    """What Slack shows of an index."""

    @property
    def snapshot(self) -> Snapshot: ...

    def article(self, article_id: str) -> Article: ...

    def collections(self) -> Sequence[ArticleCollection]: ...

    def inventory(self, filters: Filters = ...) -> Inventory: ...


class ClientOf(Protocol):
    """The client of a workspace, or of the organisation that it belongs to; None where the app is not installed.

    Without `retry`, it never waits where Slack asks it to: for calls that may be left out.
    """

    def __call__(self, team: str, enterprise: str, /, retry: bool = True) -> WebClient | None: ...


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that a listener or a worker may use."""

    stream: Stream
    verify: Verify
    library: Library
    openers: Callable[[], Sequence[str]]  # questions to begin with
    client: ClientOf
    history: History
    store: Store
    watches: Watches
    news: Callable[[Watch], Generator[News]]  # of one watch; what was taken counts as told
    pace: Pace
    allowed: Allowed
    usual: ChannelSettings  # of a channel in which nobody has chosen any
    classify: Callable[[str], Classified] = classify  # what kind of request a text is
    observe: Callable[[Answer], None] = lambda _: None  # is told each answer as it ends

    def settings(self, team: str, channel: str) -> ChannelSettings:
        """Those in force in a channel."""
        return self.store.settings(team, channel) or self.usual
