"""News of standing questions, posted to their channels."""

from __future__ import annotations

import logging
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from secrets import token_hex
from threading import Event, Thread
from types import TracebackType
from typing import Self

from bot.alerts.watch import Watch
from bot.errors import ShownError
from bot.history import Place
from bot.slack import blocks
from bot.slack.answering import words_for
from bot.slack.delivery import To, attempt, gone, post
from bot.slack.elements import note
from bot.slack.service import SlackService
from bot.slack.store import SentAnswer
from bot.types import Answer

LOOK = 60.0  # seconds between two searches for due watches
RETRY = 900.0  # seconds until the next try of a watch whose news could not be posted
END = 5.0  # seconds to wait for a running search at the end; its news are posted after the next start

_log = logging.getLogger(__name__)


class Notifier:
    """Searches for news on a thread of its own, while it is entered."""

    def __init__(self, service: SlackService, every: float = LOOK) -> None:
        self._service, self._every = service, every
        self._over = Event()
        self._retries: dict[str, float] = {}  # the earliest time of a retry, by the id of the watch (monotonic seconds)
        self._thread = Thread(target=self._work, name="slack-news", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(END)

    def _work(self) -> None:
        while not self._over.wait(self._every):
            try:
                self.look()
            except Exception:
                _log.exception("Looking for news broke; it is tried again.")

    def look(self) -> None:
        """Posts the news of all due watches. A watch whose news cannot be posted is retried later."""
        for watch in self._service.watches.due("slack"):
            if self._over.is_set():
                return
            if self._retries.get(watch.id, 0.0) > time.monotonic():
                continue
            self._retries.pop(watch.id, None)
            try:
                posted = tell(self._service, watch)
            except Exception:
                _log.exception("News could not be posted; that is tried again.")
                posted = False
            if not posted:
                self._retries[watch.id] = time.monotonic() + RETRY


def tell(service: SlackService, watch: Watch) -> bool:
    """Posts the news of a watch, if any. Gives whether the search worked.

    The watch is paused if its channel is gone, or may not get news.
    """
    _, channel = watch.place.owner.key.split("/", 1)
    if not service.allowed.tells(channel):
        service.watches.pause(watch.place, watch.id)
        return True
    asked = service.history.clock()
    with closing(service.news(watch)) as found:
        for news in found:
            if news.answer is None:
                _log.warning("A standing question was not answered: %s", news.failure)
                return False
            try:
                _post(service, watch, news.answer, asked)
            except Exception as error:
                if not gone(error):
                    raise
                _log.warning("A standing question is paused: its channel, or the app there, is gone.")
                service.watches.pause(watch.place, watch.id)
    return True


def _post(service: SlackService, watch: Watch, answer: Answer, asked: float) -> None:
    """Posts the answer below its question, and keeps it for quotes and feedback.

    `asked` is in seconds since 1970. An answer that is posted and cannot be kept is not posted again.
    """
    team, channel = watch.place.owner.key.split("/", 1)
    client = service.client(team, watch.place.name)
    if client is None:
        service.watches.pause(watch.place, watch.id)
        return
    words, key = words_for(watch.question, service.settings(team, channel)), token_hex(8)
    head = note(words("watch.news", question=watch.question))
    to = To(client, client, channel, "", False, "", words, service.library.article)
    top, *more = blocks.replies(answer, words, key=key, head=head)
    first = post(to, top)
    name = f"watch {watch.id} {datetime.now(UTC):%Y-%m-%d %H:%M}"
    try:
        number = service.history.keep(Place(watch.place.owner, name), watch.question, answer, asked)
        if number is not None:
            service.store.sent(SentAnswer(key, number, team, channel, first, "", False, watch.place.owner.key, name))
    except ShownError as error:
        _log.error("News that is posted could not be kept: %s", error)
    for each in more:
        attempt(post, replace(to, root=first, in_thread=True), each)
