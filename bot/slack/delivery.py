"""The delivery of an answer to Slack, while it grows.

A channel gets a message at once, with at most one update in two seconds. Direct messages get a native stream, which
only one person sees live. Each way has a fallback. A refused stream becomes updates of its message, and refused updates
become one message.
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
from bot.slack.blocks import SlackMessage
from bot.slack.clients import retries
from bot.slack.text import markdown
from bot.slack.words import SlackWords
from bot.types import Answer, EvidenceReady, Words
from index.errors import ArticleMissing
from index.types import Article

if TYPE_CHECKING:
    from slack_sdk import WebClient

EVERY = 2.0  # seconds between two updates of a message: `chat.update` allows some fifty a minute
STREAMED = 10_000  # characters of a stream, at most; a longer answer is posted in several messages
TO_A_COMMAND = 5  # messages that Slack accepts for a command, within half an hour

GONE = frozenset(  # errors of Slack for a missing channel, or a removed app
    {
        *("channel_not_found", "is_archived", "not_in_channel", "restricted_action"),
        *("account_inactive", "token_revoked", "invalid_auth"),
    }
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class To:
    """The destination of an answer, and the wording."""

    client: WebClient  # waits and retries if Slack asks for it
    no_retry: WebClient  # never waits: for dispensable calls
    channel: str
    root: str  # the timestamp of the thread's first message; '' outside of threads
    in_thread: bool  # whether the thread exists: an ephemeral message in a new thread is invisible
    person: str
    words: SlackWords
    article: Callable[[str], Article]


class Delivery(Protocol):
    """Shows an answer while it grows. The last call is `finish` or `show_message`. All may raise SlackApiError."""

    @property
    def ts(self) -> str:
        """The timestamp of the message that shows the answer, '' before there is one."""
        ...

    def begin(self) -> None: ...

    def show_evidence(self, event: EvidenceReady) -> None: ...

    def show_sentence(self, words: Words) -> None: ...

    def finish(self, answer: Answer, key: str | None) -> str:
        """Shows the finished answer; `key` is for its buttons. Gives the timestamp of its message, or ''."""
        ...

    def show_message(self, reply: SlackMessage) -> None:
        """Shows a message in place of an answer: an error, or a stop."""
        ...


class Posted:
    """One message at the end, or several for a long answer."""

    shareable = False

    def __init__(self, to: To) -> None:
        self._to = to
        self.ts = ""

    def begin(self) -> None: ...

    def show_evidence(self, event: EvidenceReady) -> None: ...

    def show_sentence(self, words: Words) -> None: ...

    def finish(self, answer: Answer, key: str | None) -> str:
        return self._all(blocks.replies(answer, self._to.words, key=key, shareable=self.shareable))

    def show_message(self, reply: SlackMessage) -> None:
        self._all((reply,))

    def _all(self, replies: Sequence[SlackMessage]) -> str:
        first, *_ = [post(self._to, each) for each in replies]
        return first


class Ephemeral(Posted):
    """Messages for the person who asked alone. Slack allows no updates of them."""

    shareable = True

    def _all(self, replies: Sequence[SlackMessage]) -> str:
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
    """Responses to a command, for its person alone. The answer replaces the acknowledgement."""

    shareable = True

    def __init__(self, to: To, url: str) -> None:
        super().__init__(to)
        self._url = url

    def _all(self, replies: Sequence[SlackMessage]) -> str:
        """Sends to the address of the command; once that has expired, posts ephemeral messages."""
        shown = bounded(replies, TO_A_COMMAND, self._to.words)
        if not self._sent(shown[0], replace=True):
            return Ephemeral(self._to)._all(replies)
        for each in shown[1:]:
            self._sent(each)
        return ""

    def _sent(self, reply: SlackMessage, replace: bool = False) -> bool:
        from slack_sdk.webhook import WebhookClient

        webhook = WebhookClient(self._url, retry_handlers=retries())
        values = {"text": reply.text, "blocks": list(reply.blocks), "replace_original": replace}
        sent = attempt(webhook.send, response_type="ephemeral", **values)
        return sent is not None and sent.status_code == 200


class Updated(Posted):
    """A message at once, with updates as the answer grows."""

    def __init__(self, to: To, on_begin: Callable[[str], object], ts: str = "") -> None:
        """`on_begin` gets the timestamp of the message. `ts` is the timestamp of an existing message, or ''."""
        super().__init__(to)
        self._on_begin, self.ts = on_begin, ts
        self._streamed: list[Words] = []
        self._throttle = Throttle(EVERY)

    def begin(self) -> None:
        if not self.ts:
            self.ts = post(self._to, blocks.searching(self._to.words))
            self._on_begin(self.ts)

    def show_evidence(self, event: EvidenceReady) -> None:
        self._streamed.clear()
        self._show(blocks.reading(event, articles(event, self._to), self._to.words))

    def show_sentence(self, words: Words) -> None:
        self._streamed.append(words)
        self._show(blocks.writing(self._streamed, self._to.words))

    def _show(self, reply: SlackMessage) -> None:
        self._throttle(lambda: attempt(update, self._to.no_retry, self._to.channel, self.ts, reply))

    def _all(self, replies: Sequence[SlackMessage]) -> str:
        self._throttle.close()
        first, *more = replies
        if not (self.ts and attempt(update, self._to.client, self._to.channel, self.ts, first)):
            self.ts = post(self._to, first)
        for each in more:
            post(self._to, each)
        return self.ts


class Streamed:
    """Slack's native stream, with tasks of progress; updates of a message if Slack refuses it.

    Slack ends a stream after some five minutes. Then its message is updated.
    """

    def __init__(self, to: To, on_begin: Callable[[str], object]) -> None:
        self._to, self._on_begin = to, on_begin
        self.ts = ""
        self._length = 0
        self._pending: list[chunks.Chunk] = []  # chunks that Slack has not accepted yet
        self._fallback: Updated | None = None

    def begin(self) -> None:
        to = self._to
        started = attempt(
            to.client.chat_startStream,
            channel=to.channel,
            thread_ts=to.root,
            task_display_mode="timeline",
            chunks=chunks.search_started(to.words),
        )
        if started and started.get("ts"):
            self.ts = str(started["ts"])
            self._on_begin(self.ts)
        else:
            self._fallback = Updated(to, self._on_begin)
            self._fallback.begin()

    def show_evidence(self, event: EvidenceReady) -> None:
        if self._fallback:
            self._fallback.show_evidence(event)
        else:
            self._append(chunks.search_done(event, self._to.words))

    def show_sentence(self, words: Words) -> None:
        if self._fallback:
            self._fallback.show_sentence(words)
            return
        text = markdown(words)
        self._length += len(text)
        if self._length <= STREAMED:
            self._append(chunks.text(text))

    def finish(self, answer: Answer, key: str | None) -> str:
        if not self._fallback and self._length <= STREAMED and not _has_table(answer):
            below, *more = blocks.tail(answer, self._to.words, key=key) or (SlackMessage("", ()),)
            last = chunks.finished(answer, self._to.words, streamed=self._length > 0)
            if self._stop(last, below):
                for each in more:
                    post(self._to, each)
                return self.ts
        return self._fall_back().finish(answer, key)

    def show_message(self, reply: SlackMessage) -> None:
        if self._fallback or not self._stop(chunks.failed(self._to.words), reply):
            self._fall_back().show_message(reply)

    def _append(self, parts: list[chunks.Chunk]) -> None:
        """Appends chunks. Refused chunks are sent with the next ones, or with the end."""
        self._pending += parts
        appended = attempt(
            self._to.no_retry.chat_appendStream, channel=self._to.channel, ts=self.ts, chunks=self._pending
        )
        if appended is not None:
            self._pending = []

    def _stop(self, parts: Sequence[chunks.Chunk], below: SlackMessage) -> bool:
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
            self._fallback = Updated(self._to, self._on_begin, self.ts)
        return self._fallback


class Throttle:
    """Makes at most one call in some seconds. Of several calls in between, only the last one is made."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._lock = Lock()
        self._last = clock()  # as if a call was made now
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
        """Waits for a running call, and prevents later ones."""
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
    """Ends a stream, expired or not, and the session with its stop button."""
    if attempt(to.client.chat_stopStream, channel=to.channel, ts=ts, session_status="active") is None:
        attempt(to.client.agents_sessions_setStatus, channel_id=to.channel, thread_ts=to.root, status="active")


def bounded(replies: Sequence[SlackMessage], most: int, words: SlackWords) -> Sequence[SlackMessage]:
    """At most `most` messages; if some are left out, the last one says so."""
    return replies if len(replies) <= most else (*replies[: most - 1], blocks.sentence(words("answer.rest")))


def _has_table(answer: Answer) -> bool:
    """Whether the answer has a table, which a stream cannot show."""
    return any(each.kind == "row" for each in answer.shape)


def articles(event: EvidenceReady, to: To) -> list[Article]:
    """The first articles of the hits."""
    found: list[Article] = []
    for article_id in event.hits.article_ids[: blocks.NEAREST]:
        with suppress(ArticleMissing):
            found.append(to.article(article_id))
    return found


def post(to: To, reply: SlackMessage) -> str:
    """Posts a message in the thread, and gives its timestamp. Raises SlackApiError."""
    posted = to.client.chat_postMessage(
        channel=to.channel,
        thread_ts=to.root or None,
        text=reply.text,
        blocks=list(reply.blocks),
        unfurl_links=False,
        unfurl_media=False,
    )
    return str(posted["ts"])


def update(client: WebClient, channel: str, ts: str, reply: SlackMessage) -> Any:
    return client.chat_update(channel=channel, ts=ts, text=reply.text, blocks=list(reply.blocks))


def gone(error: Exception) -> bool:
    """Whether Slack refused a call because the channel or the app is gone."""
    from slack_sdk.errors import SlackApiError

    return isinstance(error, SlackApiError) and error.response["error"] in GONE


def attempt(call: Callable[..., Any], *values: Any, **named: Any) -> Any:
    """The result of a call to Slack; None, with a line in the log, if it is refused or fails."""
    from slack_sdk.errors import SlackApiError, SlackClientError

    try:
        return call(*values, **named)
    except SlackApiError as error:
        _log.debug("Slack refused: %s", error.response["error"])
    except (SlackClientError, OSError) as error:
        _log.debug("Slack was not reached: %s", type(error).__name__)
    return None
