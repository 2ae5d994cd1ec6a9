"""The threads that answers are made on, apart from those that take Slack's events."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore
from types import TracebackType
from typing import Self

WORKERS = 4
WAITING = 32


class Pool:
    """Runs `workers` jobs at a time, with at most `waiting` more in line. Leaving it waits for all of them."""

    def __init__(self, workers: int = WORKERS, waiting: int = WAITING) -> None:
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="slack-answer")
        self._places = BoundedSemaphore(workers + waiting)

    def submit(self, job: Callable[[], None]) -> Future[None] | None:
        """The job's future, or None when every place in line is taken."""
        if not self._places.acquire(blocking=False):
            return None
        future = self._executor.submit(job)
        future.add_done_callback(lambda _: self._places.release())
        return future

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._executor.shutdown()
