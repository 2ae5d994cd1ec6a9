"""Work for the time in which nobody asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.types import Cancellation


class Idle:
    """Work that nobody waits for. It is given up as soon as somebody asks."""

    def __init__(self) -> None:
        self._works: set[Cancellation] = set()

    @contextmanager
    def work(self, cancel: Cancellation) -> Iterator[None]:
        """Marks work that can be given up: then `cancel` is set."""
        self._works.add(cancel)
        try:
            yield
        finally:
            self._works.discard(cancel)

    def give_up(self) -> None:
        """Ends all work, from any thread."""
        for each in self._works.copy():
            each.set()
