"""A first-in, first-out queue of callers for a resource that serves one at a time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bot.errors import Cancelled
from bot.types import Cancellation

LOOK = 0.05  # seconds between two checks whether a waiting caller is cancelled


@dataclass(frozen=True, slots=True, eq=False)
class _Ticket:
    cancel: Cancellation
    idle: bool


class WaitingLine:
    """Serves callers one at a time, in order of arrival.

    A turn belongs to no thread: a generator that holds a turn may be closed by any thread. `len` counts the callers in
    line, the served one included, without idle work.
    """

    def __init__(self) -> None:
        self._tickets: deque[_Ticket] = deque()
        self._moved = threading.Condition()

    def __len__(self) -> int:
        return sum(not each.idle for each in tuple(self._tickets))

    def ahead(self, cancel: Cancellation) -> int:
        """How many callers come before the caller with this cancellation; 0 if it is not in line."""
        tickets = tuple(self._tickets)
        place = next((place for place, each in enumerate(tickets) if each.cancel is cancel), 0)
        return sum(not each.idle for each in tickets[:place])

    @contextmanager
    def turn(self, cancel: Cancellation, *, idle: bool = False) -> Iterator[None]:
        """Waits for the caller's turn and holds it. Raises `Cancelled`, also when cancelled while waiting.

        `idle` work is cancelled while a caller that is not idle is in line, and as soon as one comes.
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
