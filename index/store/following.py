"""Threads that keep a replica up to what is published, and tell the ledger that it is there."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from threading import Event, Thread

from index.errors import FollowingBroken, ShownError

EVERY = 0.5  # seconds between two looks
LASTING = 30.0  # seconds after which an error is none that goes by itself

_log = logging.getLogger(__name__)


class Following:
    """Follows until it is closed. An error is kept until a look ends well, and the next look comes anyway. Each new one
    is in the log, a bug with its traceback."""

    def __init__(self, look: Callable[[], None], every: float = EVERY) -> None:
        self.error: ShownError | None = None
        self._since: float | None = None  # when the looks began to fail, by the monotonic clock
        self._look = look
        self._every = every  # seconds
        self._caught = Event()
        self._looked = Event()
        self._ended = Event()
        self._thread = Thread(target=self._run, name="byline-replica", daemon=True)
        self._thread.start()

    def caught_up(self, patience: float) -> bool:
        """Whether it ever was up to what was published then; that is waited for. Raises what the last look raised."""
        self._looked.wait(patience)
        if not self._caught.is_set() and self.error:
            raise self.error
        return self._caught.wait(patience)

    def require_running(self, lasting: float = LASTING) -> None:
        """Raises what the last look raised, where all have failed for so many seconds."""
        error, since = self.error, self._since
        if error and since is not None and time.monotonic() - since >= lasting:
            raise error

    def end(self) -> None:
        """No look begins any more."""
        self._ended.set()

    def close(self) -> None:
        """A look that has begun is ended first: it may be writing."""
        self.end()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self._look()
            except ShownError as error:
                self._failed(error)
            except Exception as bug:  # what ended the thread would never be looked at again
                self._failed(FollowingBroken(), bug)
            else:
                self.error = self._since = None
                self._caught.set()
            self._looked.set()
            self._ended.wait(self._every)

    def _failed(self, error: ShownError, bug: Exception | None = None) -> None:
        if str(error) != str(self.error) and not self._ended.is_set():
            _log.error("%s", error, exc_info=bug)
        if self._since is None:
            self._since = time.monotonic()
        self.error = error
