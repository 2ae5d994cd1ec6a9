"""The worker threads for jobs, apart from the threads for Slack's events."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from secrets import token_hex
from threading import Event, Thread
from types import TracebackType
from typing import Self

from bot.errors import ShownError
from bot.slack.store import SlackJob, SlackStore
from bot.types import Cancellation

WORKERS = 4
LOOK = 1.0  # seconds between two checks for expired leases and for stopped answers

Do = Callable[[SlackJob, Cancellation], None]

_log = logging.getLogger(__name__)


class Workers:
    """Does the jobs of a store on `count` threads, and notices on a further thread.

    Leaving it completes the running jobs. Queued jobs wait for the next start.
    """

    def __init__(self, store: SlackStore, do: Do, count: int = WORKERS) -> None:
        """`do` must not raise."""
        self._store = store
        self._do = do
        self._name = token_hex(8)
        self._running: dict[str, Cancellation] = {}
        self._unmarked: set[str] = set()  # done jobs that the store could not be told of yet
        self._woken = Event()
        self._over, self._done = Event(), Event()
        light = Thread(target=self._work, args=(True,), name="slack-notice", daemon=True)
        heavy = [Thread(target=self._work, args=(False,), name=f"slack-{each}", daemon=True) for each in range(count)]
        self._threads = [light, *heavy]
        self._renewing = Thread(target=self._renew, name="slack-lease", daemon=True)

    def wake(self) -> None:
        """Wakes the workers for a new job."""
        self._woken.set()

    def look(self) -> None:
        """Renews the leases, and cancels stopped jobs. Raises ShownError."""
        for job_id in tuple(self._unmarked):
            self._store.finished(job_id)
            self._unmarked.discard(job_id)
        doing = dict(self._running)
        wanted = self._store.renew(self._name)
        for job_id, cancel in doing.items():
            if job_id not in wanted:
                cancel.set()

    def __enter__(self) -> Self:
        for thread in (*self._threads, self._renewing):
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self.wake()
        for thread in self._threads:
            thread.join()
        self._done.set()  # only now: a job with an expired lease would be done twice
        self._renewing.join()

    def _work(self, light: bool) -> None:
        while not self._over.is_set():
            self._woken.clear()  # before the check for a job, so that a later one sets it again
            job = self._taken(light)
            if job is None:
                self._woken.wait(LOOK)
                continue
            cancel = self._running[job.id] = Cancellation()
            try:
                self._do(job, cancel)
            finally:
                self._running.pop(job.id, None)
                self._finished(job.id)

    def _finished(self, job_id: str) -> None:
        try:
            self._store.finished(job_id)
        except ShownError:
            self._unmarked.add(job_id)  # else it would be done again after a restart

    def _taken(self, light: bool) -> SlackJob | None:
        try:
            return self._store.take(self._name, light=light)
        except ShownError as error:
            _log.error("No question can be taken from the line: %s", error)
            self._over.wait(LOOK)
            return None

    def _renew(self) -> None:
        while not self._done.wait(LOOK):
            with suppress(ShownError):
                self.look()
