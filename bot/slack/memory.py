"""What the bot remembers while it runs: the events it has seen, and what was said in each thread."""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from threading import Lock

from bot.slack.message import Thread
from bot.types import Turn

SEEN_SECONDS = 600.0  # Slack's last retry comes about five minutes after the event
THREADS = 1000
TURNS = 8


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


class Threads:
    """The last turns of the threads that were used last."""

    def __init__(self, threads: int = THREADS, turns: int = TURNS) -> None:
        self._threads = threads
        self._turns = turns
        self._said: OrderedDict[Thread, deque[Turn]] = OrderedDict()
        self._lock = Lock()

    def turns(self, thread: Thread) -> tuple[Turn, ...]:
        """What was said in `thread`, oldest first."""
        with self._lock:
            return tuple(self._said.get(thread, ()))

    def add(self, thread: Thread, turn: Turn) -> None:
        with self._lock:
            self._said.setdefault(thread, deque(maxlen=self._turns)).append(turn)
            self._said.move_to_end(thread)
            if len(self._said) > self._threads:
                self._said.popitem(last=False)
