"""How often somebody may do something, by the library `limits`: a window that moves with the time."""

from __future__ import annotations

import math
import time

MANY = 10_000  # of whom something is known; then those of whom nothing more needs to be known are forgotten


class RateLimit:
    """So many times within so many seconds, for each of those who do it. Several threads may ask at once."""

    def __init__(self, times: int, seconds: int) -> None:
        from limits import RateLimitItemPerSecond
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        self._storage = MemoryStorage()
        self._limiter = MovingWindowRateLimiter(self._storage)
        self._item = RateLimitItemPerSecond(times, seconds)

    def wait(self, *who: str) -> int:
        """The seconds, as whole ones, until they may do it again; 0 where they may do it now."""
        if self._limiter.test(self._item, *who):
            return 0
        reset = self._limiter.get_window_stats(self._item, *who).reset_time
        return max(1, math.ceil(reset - time.time()))

    def take(self, *who: str) -> int:
        """Same as `wait`, but where they may do it now, it counts as done."""
        if len(self._storage.events) > MANY:
            self._forget()
        return 0 if self._limiter.hit(self._item, *who) else max(1, self.wait(*who))

    def _forget(self) -> None:
        """Forgets those who did nothing lately: the library keeps their names, which nobody could bound."""
        for who, events in tuple(self._storage.events.items()):
            with self._storage.locks[who]:
                if not events or events[0].expiry <= time.time():
                    self._storage.events.pop(who, None)
