"""An answer on its way to a person in Slack, shown while it is made.

In a channel: a message at once, which is updated at most every two seconds. A native stream is seen live there by one
person alone, so it is used in direct messages only. What Slack refuses is done in a simpler way: a stream becomes
updates of its message, and updates become one message.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any, Protocol

from bot.slack import blocks, chunks
from bot.slack.blocks import Reply
from bot.slack.clients import retries
from bot.slack.text import markdown
from bot.slack.words import SlackWords
from bot.types import Answer, EvidenceReady, Words
from index.errors import ArticleMissing
from index.types import Article

if TYPE_CHECKING:
    from slack_sdk import WebClient

EVERY = 2.0  # seconds between two updates of a message: `chat.update` allows some fifty a minute
STREAMED = 10_000  # characters of a stream; a longer answer is posted in several messages
TO_A_COMMAND = 5  # messages that Slack takes for a command, within half an hour

GONE = frozenset(  # Slack's errors where a channel, or the app in a workspace, is no longer there
    {
        *("channel_not_found", "is_archived", "not_in_channel", "restricted_action"),
        *("account_inactive", "token_revoked", "invalid_auth"),
    }
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class To:
    """Where an answer goes, and in which words."""

    client: WebClient  # tries again where Slack asks it to wait
    no_retry: WebClient  # never waits: for calls that may be left out
    channel: str
    root: str  # the timestamp of the thread's first message; '' outside of threads
    in_thread: bool  # whether the thread is there already: elsewhere nobody sees an ephemeral message in it
    person: str
    words: SlackWords
    article: Callable[[str], Article]


class Delivery(Protocol):
    """Shows an answer while it is made. `ended` or `told` comes last, and once. All may raise SlackApiError."""

    @property
    def ts(self) -> str:
        """The timestamp of the message that shows the answer, '' before there is one."""
        ...

    def begun(self) -> None: ...

    def found(self, event: EvidenceReady) -> None: ...

    def said(self, words: Words) -> None: ...

    def ended(self, answer: Answer, key: str | None) -> str:
        """The finished answer, with the key by which its buttons find it; gives the timestamp of its message, or ''."""
        ...

    def told(self, reply: Reply) -> None:
        """What is said in the place of an answer: that it failed, or was stopped."""
        ...


class Posted:
    """One message at the end, or several where it is long."""

    shareable = False

    def __init__(self, to: To) -> None:
        self._to = to
        self.ts = ""

    def begun(self) -> None: ...

    def found(self, event: EvidenceReady) -> None: ...

    def said(self, words: Words) -> None: ...

    def ended(self, answer: Answer, key: str | None) -> str:
        return self._all(blocks.replies(answer, self._to.words, key=key, shareable=self.shareable))

    def told(self, reply: Reply) -> None:
        self._all((reply,))

    def _all(self, replies: Sequence[Reply]) -> str:
        first, *_ = [post(self._to, each) for each in replies]
        return first


class Ephemeral(Posted):
    """For the person who asked to see, and nobody else. Slack lets no such message be updated."""

    shareable = True

    def _all(self, replies: Sequence[Reply]) -> str:
        for each in replies:
            self._to.client.chat_postEphemeral(
                channel=self._to.channel,
                user=self._to.person,
                thread_ts=self._to.root if self._to.in_thread else None,
                text=each.text,
                blocks=list(each.blocks),
            )
        return ""


class Responded(Posted):
    """What a command gets, for its person alone. The answer may replace the words of the acknowledgement."""

    shareable = True

    def __init__(self, to: To, url: str) -> None:
        super().__init__(to)
        self._url = url

    def _all(self, replies: Sequence[Reply]) -> str:
        """By the address of the command; once that is no longer good, as messages that its person alone sees."""
        shown = bounded(replies, TO_A_COMMAND, self._to.words)
        if not self._sent(shown[0], replace=True):
            return Ephemeral(self._to)._all(replies)
        for each in shown[1:]:
            self._sent(each)
        return ""

    def _sent(self, reply: Reply, replace: bool = False) -> bool:
        from slack_sdk.webhook import WebhookClient

        webhook = WebhookClient(self._url, retry_handlers=retries())
        values = {"text": reply.text, "blocks": list(reply.blocks), "replace_original": replace}
        sent = attempt(webhook.send, response_type="ephemeral", **values)
        return sent is not None and sent.status_code == 200


class Updated(Posted):
    """A message at once, updated as the answer grows."""

    def __init__(self, to: To, begun: Callable[[str], object], ts: str = "") -> None:
        """`begun` gets the timestamp of the message; `ts` is that of one which is there already."""
        super().__init__(to)
        self._begun, self.ts = begun, ts
        self._said: list[Words] = []
        self._throttle = Throttle(EVERY)

    def begun(self) -> None:
        if not self.ts:
            self.ts = post(self._to, blocks.searching(self._to.words))
            self._begun(self.ts)

    def found(self, event: EvidenceReady) -> None:
        self._said.clear()
        self._show(blocks.reading(event, articles(event, self._to), self._to.words))

    def said(self, words: Words) -> None:
        self._said.append(words)
        self._show(blocks.writing(self._said, self._to.words))

    def _show(self, reply: Reply) -> None:
        self._throttle(lambda: attempt(update, self._to.no_retry, self._to.channel, self.ts, reply))

    def _all(self, replies: Sequence[Reply]) -> str:
        self._throttle.close()
        first, *more = replies
        if not (self.ts and attempt(update, self._to.client, self._to.channel, self.ts, first)):
            self.ts = post(self._to, first)
        for each in more:
            post(self._to, each)
        return self.ts


class Streamed:
    """Slack's own stream, with what is being done as tasks; where Slack refuses it, updates of a message.

    Slack ends a stream some five minutes after its beginning, whatever is appended: its message is updated then.
    """

    def __init__(self, to: To, begun: Callable[[str], object]) -> None:
        self._to, self._begun = to, begun
        self.ts = ""
        self._length = 0
        self._pending: list[chunks.Chunk] = []  # what Slack has not taken yet
        self._fallback: Updated | None = None

    def begun(self) -> None:
        to = self._to
        started = attempt(
            to.client.chat_startStream,
            channel=to.channel,
            thread_ts=to.root,
            task_display_mode="timeline",
            chunks=chunks.begun(to.words),
        )
        if started and started.get("ts"):
            self.ts = str(started["ts"])
            self._begun(self.ts)
        else:
            self._fallback = Updated(to, self._begun)
            self._fallback.begun()

    def found(self, event: EvidenceReady) -> None:
        if self._fallback:
            self._fallback.found(event)
        else:
            self._append(chunks.found(event, self._to.words))

    def said(self, words: Words) -> None:
        if self._fallback:
            self._fallback.said(words)
            return
        text = markdown(words)
        self._length += len(text)
        if self._length <= STREAMED:
            self._append(chunks.said(text))

    def ended(self, answer: Answer, key: str | None) -> str:
        if not self._fallback and self._length <= STREAMED and not _has_table(answer):
            below, *more = blocks.tail(answer, self._to.words, key=key) or (Reply("", ()),)
            last = chunks.ended(answer, self._to.words, streamed=self._length > 0)
            if self._stop(last, below):
                for each in more:
                    post(self._to, each)
                return self.ts
        return self._fall_back().ended(answer, key)

    def told(self, reply: Reply) -> None:
        if self._fallback or not self._stop(chunks.broken(self._to.words), reply):
            self._fall_back().told(reply)

    def _append(self, parts: list[chunks.Chunk]) -> None:
        """What Slack does not take now goes with what comes next, or with the end."""
        self._pending += parts
        appended = attempt(
            self._to.no_retry.chat_appendStream, channel=self._to.channel, ts=self.ts, chunks=self._pending
        )
        if appended is not None:
            self._pending = []

    def _stop(self, parts: Sequence[chunks.Chunk], below: Reply) -> bool:
        stopped = attempt(
            self._to.client.chat_stopStream,
            channel=self._to.channel,
            ts=self.ts,
            chunks=[*self._pending, *parts],
            blocks=list(below.blocks),
            session_status="active",
        )
        return stopped is not None

    def _fall_back(self) -> Updated:
        if self._fallback is None:
            settle(self._to, self.ts)
            self._fallback = Updated(self._to, self._begun, self.ts)
        return self._fallback


class Throttle:
    """Makes calls, at most one in so many seconds; of several in between, the last one when its time has come."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._lock = Lock()
        self._last = clock()  # something was shown just now
        self._next: Callable[[], object] | None = None
        self._timer: Timer | None = None
        self._closed = False

    def __call__(self, call: Callable[[], object]) -> None:
        with self._lock:
            self._next = call
            left = self._last + self._seconds - self._clock()
            if left <= 0:
                self._make()
            elif self._timer is None:
                self._timer = Timer(left, self._due)
                self._timer.daemon = True
                self._timer.start()

    def close(self) -> None:
        """Waits for a call that is being made; none is made after it."""
        with self._lock:
            self._closed = True
            if self._timer:
                self._timer.cancel()

    def _due(self) -> None:
        with self._lock:
            self._timer = None
            self._make()

    def _make(self) -> None:
        call, self._next = self._next, None
        if call and not self._closed:
            call()
            self._last = self._clock()


def settle(to: To, ts: str) -> None:
    """Ends a stream that may go on or have expired, and the session in which its stop button is shown."""
    if attempt(to.client.chat_stopStream, channel=to.channel, ts=ts, session_status="active") is None:
        attempt(to.client.agents_sessions_setStatus, channel_id=to.channel, thread_ts=to.root, status="active")


def bounded(replies: Sequence[Reply], most: int, words: SlackWords) -> Sequence[Reply]:
    """So many messages at most, the last of which says that there are more."""
    return replies if len(replies) <= most else (*replies[: most - 1], blocks.sentence(words("answer.rest")))


def _has_table(answer: Answer) -> bool:
    """Whether it is a table, which a message can show and a stream cannot."""
    return any(each.kind == "row" for each in answer.shape)


def articles(event: EvidenceReady, to: To) -> list[Article]:
    """The first articles that were found."""
    found: list[Article] = []
    for article_id in list(dict.fromkeys(hit.passage.article_id for hit in event.hits))[: blocks.NEAREST]:
        with suppress(ArticleMissing):
            found.append(to.article(article_id))
    return found


def post(to: To, reply: Reply) -> str:
    """Posts a message, in its thread; gives its timestamp. Raises SlackApiError."""
    posted = to.client.chat_postMessage(
        channel=to.channel,
        thread_ts=to.root or None,
        text=reply.text,
        blocks=list(reply.blocks),
        unfurl_links=False,
        unfurl_media=False,
    )
    return str(posted["ts"])


def update(client: WebClient, channel: str, ts: str, reply: Reply) -> Any:
    return client.chat_update(channel=channel, ts=ts, text=reply.text, blocks=list(reply.blocks))


def gone(error: Exception) -> bool:
    """Whether Slack refused something for there is nobody left to be told it."""
    from slack_sdk.errors import SlackApiError

    return isinstance(error, SlackApiError) and error.response["error"] in GONE


def attempt(call: Callable[..., Any], *values: Any, **named: Any) -> Any:
    """What a call to Slack gives; None where Slack refuses it or cannot be reached, which goes to the log."""
    from slack_sdk.errors import SlackApiError, SlackClientError

    try:
        return call(*values, **named)
    except SlackApiError as error:
        _log.debug("Slack refused: %s", error.response["error"])
    except (SlackClientError, OSError) as error:
        _log.debug("Slack was not reached: %s", type(error).__name__)
    return None
