"""A value that is fetched when it is first needed, and now and then again."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from bot.auth.oidc.errors import ProviderUnreachable

FRESH = 3600.0  # seconds after which it is fetched again
OLDEST = 24 * 3600.0  # seconds for which it serves where it cannot be fetched
PAUSE = 30.0  # seconds between two tries, whoever asks for one

T = TypeVar("T")


class Renewed(Generic[T]):
    """A value of the provider. Several threads may ask for it; one of them fetches it."""

    def __init__(self, fetch: Callable[[], T], clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._lock = Lock()
        self._found: tuple[T, float] | None = None  # with the time
        self._failed: ProviderUnreachable | None = None  # how the last try did
        self._tried = float("-inf")

    def value(self, newer: bool = False) -> T:
        """The value; `newer` asks for one that is fetched now, and gets the last where that is too soon.

        Raises ProviderUnreachable.
        """
        with self._lock:
            now = self._clock()
            age = now - self._found[1] if self._found else float("inf")
            if (newer or age > FRESH) and now - self._tried > PAUSE:
                self._renew(now)
                age = now - self._found[1] if self._found else float("inf")
            if self._found and age <= OLDEST:
                return self._found[0]
            assert self._failed, "without a value, the last try has failed"
            raise self._failed

    def _renew(self, now: float) -> None:
        self._tried = now
        try:
            self._found, self._failed = (self._fetch(), now), None
        except ProviderUnreachable as error:
            self._failed = error
