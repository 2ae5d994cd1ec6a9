"""The text of an answer from its bytes, piece by piece."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator, Sequence


def decode(pieces: Iterable[bytes]) -> Iterator[str]:
    """The text of UTF-8 pieces that may end within a character; none is empty."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    for piece in pieces:
        if text := decoder.decode(piece):
            yield text
    if text := decoder.decode(b"", final=True):
        yield text


def until(stops: Sequence[str], pieces: Iterable[str]) -> Iterator[str]:
    """The text before the first complete stop. A possible beginning of a stop is held back.

    >>> list(until(["END"], ["one E", "ach EN", "D two"]))
    ['one ', 'Each ']
    """
    buffer = ""
    for piece in pieces:
        buffer += piece
        if found := [(at + len(stop), at) for stop in stops if (at := buffer.find(stop)) >= 0]:
            if text := buffer[: min(found)[1]]:
                yield text
            return
        begins = (at for at in range(len(buffer)) if any(stop.startswith(buffer[at:]) for stop in stops))
        ready = next(begins, len(buffer))
        if ready:
            yield buffer[:ready]
        buffer = buffer[ready:]
    if buffer:
        yield buffer
