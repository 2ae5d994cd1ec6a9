"""The threads on which jobs are done, apart from those that take Slack's events."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from secrets import token_hex
from threading import Event, Thread
from types import TracebackType
from typing import Self

from bot.errors import ShownError
from bot.slack.store import Job, Store
from bot.types import Cancellation

WORKERS = 4
LOOK = 1.0  # seconds between two looks for jobs of workers that died, and for answers that are to be stopped

Do = Callable[[Job, Cancellation], None]

_log = logging.getLogger(__name__)


class Workers:
    """Does the jobs of a store, some at a time, and notices on a thread of their own.

    Leaving it ends the jobs that are being done; those in line are done when Byline is started again.
    """

    def __init__(self, store: Store, do: Do, count: int = WORKERS) -> None:
        """`do` handles whatever goes wrong in it."""
        self._store = store
        self._do = do
        self._name = token_hex(8)
        self._doing: dict[str, Cancellation] = {}
        self._come = Event()
        self._over, self._done = Event(), Event()
        light = Thread(target=self._work, args=(True,), name="slack-notice", daemon=True)
        heavy = [Thread(target=self._work, args=(False,), name=f"slack-{each}", daemon=True) for each in range(count)]
        self._threads = [light, *heavy]
        self._renewing = Thread(target=self._renew, name="slack-lease", daemon=True)

    def wake(self) -> None:
        """There is a new job."""
        self._come.set()

    def look(self) -> None:
        """Renews the leases, and stops what is not wanted any more."""
        doing = dict(self._doing)
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
        self._done.set()  # not before: a job whose lease ended would be done twice
        self._renewing.join()

    def _work(self, light: bool) -> None:
        while not self._over.is_set():
            self._come.clear()  # before the look: what comes after it sets this again
            job = self._taken(light)
            if job is None:
                self._come.wait(LOOK)
                continue
            cancel = self._doing[job.id] = Cancellation()
            try:
                self._do(job, cancel)
            finally:
                self._doing.pop(job.id, None)
                with suppress(ShownError):
                    self._store.finished(job.id)

    def _taken(self, light: bool) -> Job | None:
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
