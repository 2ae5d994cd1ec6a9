"""How often somebody may do something."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from threading import Lock

MANY = 10_000  # of whom something is known; then those of whom nothing more needs to be known are forgotten


class Pace:
    """So many times within so many seconds, for each of those who do it."""

    def __init__(self, times: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.times = times
        self.seconds = seconds
        self._clock = clock
        self._lock = Lock()
        self._done: dict[str, deque[float]] = {}

    def wait(self, who: str) -> int:
        """The seconds, as whole ones, until they may do it again; 0 where they may do it now."""
        with self._lock:
            done = self._recent(who)
            if len(done) < self.times:
                return 0
            return max(1, math.ceil(done[-self.times] + self.seconds - self._clock()))

    def note(self, who: str) -> None:
        """They did it."""
        with self._lock:
            self._done[who] = self._recent(who)
            self._done[who].append(self._clock())
            if len(self._done) > MANY:
                self._done = {each: done for each in list(self._done) if (done := self._recent(each))}

    def forgive(self, who: str) -> None:
        """The last time that they did it does not count."""
        with self._lock:
            if done := self._done.get(who):
                done.pop()

    def take(self, who: str) -> int:
        """As `wait`, and where they may do it now, they did."""
        seconds = self.wait(who)
        if not seconds:
            self.note(who)
        return seconds

    def _recent(self, who: str) -> deque[float]:
        """When they did it lately: what is longer ago is forgotten."""
        done, oldest = self._done.get(who, deque()), self._clock() - self.seconds
        while done and done[0] <= oldest:
            done.popleft()
        return done
