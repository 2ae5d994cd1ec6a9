"""What the bot remembers: the events it has seen while it runs, and what was said in each thread, in the history."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from bot.history import Owner, Place
from bot.slack.message import Thread

SEEN_SECONDS = 600.0  # Slack's last retry comes about five minutes after the event


class Seen:
    """The keys of the last ten minutes, so that an event which Slack sends again is answered once."""

    def __init__(self, seconds: float = SEEN_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._times: OrderedDict[str, float] = OrderedDict()
        self._lock = Lock()

    def first(self, key: str) -> bool:
        """Whether `key` is new, and remember it."""
        with self._lock:
            now = self._clock()
            while self._times and next(iter(self._times.values())) <= now - self._seconds:
                self._times.popitem(last=False)
            if key in self._times:
                return False
            self._times[key] = now
            return True


def place_of(thread: Thread) -> Place:
    """Where its conversation is held: whoever reads the channel may read it."""
    return Place(Owner("slack", f"{thread.team}/{thread.channel}"), thread.root)
