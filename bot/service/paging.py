"""Places in lists of articles, as programs are told them and send them back."""

from __future__ import annotations

import re

from index.types import Position

_PLACE = re.compile(r"(\d{1,9})-(\d{1,18})", re.ASCII)


def written(place: Position | None) -> str | None:
    """A place as text; None where nothing comes after it.

    >>> written(Position(737913, 4))
    '737913-4'
    """
    return f"{place.day}-{place.number}" if place else None


def read(text: str) -> Position | None:
    """The place of a text; None for any other text.

    >>> read("737913-4"), read("4")
    (Position(day=737913, number=4), None)
    """
    found = _PLACE.fullmatch(text)
    return Position(int(found[1]), int(found[2])) if found else None
