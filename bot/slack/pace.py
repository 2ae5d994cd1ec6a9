"""How many questions a person and a workspace may ask, by the library `limits`, a window that moves with the time."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wait:
    """That a question may not be asked now."""

    seconds: int
    workspace: bool  # whether all of the workspace has to wait


class Pace:
    """So many questions a minute of each person, and of each workspace. Several threads may ask at once."""

    def __init__(self, person: int, workspace: int) -> None:
        from limits import RateLimitItemPerMinute
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._person, self._workspace = RateLimitItemPerMinute(person), RateLimitItemPerMinute(workspace)

    def wait(self, team: str, person: str) -> Wait | None:
        """Counts a question; where it may not be asked now, how long that is so, and for whom."""
        own, shared = ("person", team, person), ("workspace", team)
        for item, names in ((self._person, own), (self._workspace, shared)):
            if not self._limiter.test(item, *names):
                reset = self._limiter.get_window_stats(item, *names).reset_time
                return Wait(max(1, math.ceil(reset - time.time())), workspace=names is shared)
        self._limiter.hit(self._person, *own)
        self._limiter.hit(self._workspace, *shared)
        return None
