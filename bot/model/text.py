"""The text of an answer, as its bytes are written one piece after the other."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Sequence


def decode(pieces: Iterable[bytes]) -> Iterator[str]:
    """Text of UTF-8 bytes that may break within a character; nothing empty is given."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    for piece in pieces:
        if text := decoder.decode(piece):
            yield text
    if text := decoder.decode(b"", final=True):
        yield text


def until(stops: Sequence[str], pieces: Iterable[str]) -> Iterator[str]:
    """The text before the stop that is first complete. What may be the beginning of a stop is held back.

    >>> list(until(["END"], ["one E", "ach EN", "D two"]))
    ['one ', 'Each ']
    """
    held = ""
    for piece in pieces:
        held += piece
        if found := [(at + len(stop), at) for stop in stops if (at := held.find(stop)) >= 0]:
            if text := held[: min(found)[1]]:
                yield text
            return
        begins = (at for at in range(len(held)) if any(stop.startswith(held[at:]) for stop in stops))
        ready = next(begins, len(held))
        if ready:
            yield held[:ready]
        held = held[ready:]
    if held:
        yield held
