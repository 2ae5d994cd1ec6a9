"""Tokens of the calls of a model, and their cost."""

from __future__ import annotations

from threading import RLock
from weakref import WeakKeyDictionary

from bot.types import Cancellation, Usage


class Meter:
    """Counts what calls use: of all, and of those with one cancellation. Several threads may count at once."""

    def __init__(self) -> None:
        self._whole = Usage()
        self._parts = WeakKeyDictionary[Cancellation, Usage]()
        self._counting = RLock()  # a stream that is collected as garbage may be counted while another is

    def add(self, used: Usage, cancel: Cancellation) -> None:
        with self._counting:
            self._whole += used
            self._parts[cancel] = self._parts.get(cancel, Usage()) + used

    def usage(self, cancel: Cancellation | None = None, /) -> Usage:
        """The tokens of the calls with this cancellation; None: of all."""
        return self._whole if cancel is None else self._parts.get(cancel, Usage())
