"""What new articles say about standing questions, posted where each was asked."""

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

from bot.history import Place
from bot.slack import blocks
from bot.slack.answering import words_for
from bot.slack.delivery import To, attempt, gone, post
from bot.slack.elements import note
from bot.slack.service import Service
from bot.slack.store import Sent
from bot.types import Answer
from bot.watch import Watch

LOOK = 60.0  # seconds between two looks for watches that are due
AGAIN = 900.0  # seconds until a watch is looked at again whose news could not be told
END = 5.0  # seconds that the end waits for a look; what it found is told at the next start

_log = logging.getLogger(__name__)


class Notifier:
    """Looks for news from when it is entered until it is left, on a thread of its own."""

    def __init__(self, service: Service, every: float = LOOK) -> None:
        self._service, self._every = service, every
        self._over = Event()
        self._again: dict[str, float] = {}  # when a watch may be looked at again, by its id
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
        """Posts the news of all watches that are due. What cannot be posted stays due, and is tried again later."""
        for watch in self._service.watches.due("slack"):
            if self._over.is_set():
                return
            if self._again.get(watch.id, 0.0) > time.monotonic():
                continue
            self._again.pop(watch.id, None)
            try:
                told = tell(self._service, watch)
            except Exception:
                _log.exception("News could not be posted; that is tried again.")
                told = False
            if not told:
                self._again[watch.id] = time.monotonic() + AGAIN


def tell(service: Service, watch: Watch) -> bool:
    """Posts the news of a watch, if there are any. Gives whether it was looked at.

    Where its channel is gone, or news may not be posted there, the watch is paused.
    """
    _, channel = watch.place.owner.key.split("/", 1)
    if not service.allowed.tells(channel):
        service.watches.pause(watch.place, watch.id)
        return True
    with closing(service.news(watch)) as found:
        for news in found:
            if news.answer is None:
                _log.warning("A standing question was not answered: %s", news.failure)
                return False
            try:
                _post(service, watch, news.answer)
            except Exception as error:
                if not gone(error):
                    raise
                _log.warning("A standing question is paused: its channel, or the app there, is gone.")
                service.watches.pause(watch.place, watch.id)
    return True


def _post(service: Service, watch: Watch, answer: Answer) -> None:
    """The answer with its question above it, then kept: it can be shown in context and judged."""
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
    number = service.history.keep(Place(watch.place.owner, name), watch.question, answer)
    if number is not None:
        service.store.sent(Sent(key, number, team, channel, first, "", False, watch.place.owner.key, name))
    for each in more:
        attempt(post, replace(to, root=first, in_thread=True), each)
