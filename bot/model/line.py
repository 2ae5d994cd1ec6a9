"""A line of callers for the one thing that serves them one at a time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.errors import Cancelled
from bot.types import Cancellation

LOOK = 0.05  # seconds between two looks at whether a waiting caller has been cancelled


@dataclass(frozen=True, slots=True, eq=False)
class _Ticket:
    cancel: Cancellation
    idle: bool


class Line:
    """Serves callers one at a time in the order they came. A turn belongs to no thread: a generator that holds one
    may be closed by another thread than the one that started it. `len` counts who is in line, the one being served too,
    but nobody whose work is `idle`.
    """

    def __init__(self) -> None:
        self._tickets: deque[_Ticket] = deque()
        self._moved = threading.Condition()

    def __len__(self) -> int:
        return sum(not each.idle for each in tuple(self._tickets))

    @contextmanager
    def turn(self, cancel: Cancellation, *, idle: bool = False) -> Iterator[None]:
        """Waits for the caller's turn and holds it. Raises `Cancelled`, also when cancelled while waiting.

        Work that is `idle` is done while nobody else is in line: it is cancelled when it comes later than others, and
        as soon as another one comes.
        """
        ticket = _Ticket(cancel, idle)
        with self._moved:
            self._tickets.append(ticket)
            if len(self):
                for each in self._tickets:
                    if each.idle:
                        each.cancel.set()
        try:
            with self._moved:
                while not cancel.is_set() and self._tickets[0] is not ticket:
                    self._moved.wait(LOOK)
            if cancel.is_set():
                raise Cancelled
            yield
        finally:
            with self._moved:
                self._tickets.remove(ticket)
                self._moved.notify_all()
