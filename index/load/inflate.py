"""Compressed bytes to what they were, never more than a limit at a time or in all."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

CODINGS = frozenset({"gzip", "deflate"})
GZIP = b"\x1f\x8b"  # what each file of gzip begins with
_STEP = 1 << 16  # bytes that are inflated at once


class InflatedTooLarge(Exception):
    """There is more than the limit."""


class Damaged(Exception):
    """The bytes are not, or not all of, what a compressor wrote."""


def in_megabytes(size: int) -> str:
    """
    >>> in_megabytes(52_428_800)
    '52.4 MB'
    """
    return f"{size / 1_000_000:,.3g} MB"


def inflate(chunks: Iterable[bytes], coding: str, largest: int) -> bytes:
    """The bytes that were compressed as `coding`, one of `CODINGS`; else they are as they came.

    Raises `InflatedTooLarge` as soon as there are more than `largest`, whatever is still to come, and `Damaged`.
    """
    parts, size = list[bytes](), 0
    for part in _inflated(chunks, coding) if coding in CODINGS else chunks:
        size += len(part)
        if size > largest:
            raise InflatedTooLarge
        parts.append(part)
    return b"".join(parts)


def _inflated(chunks: Iterable[bytes], coding: str) -> Iterator[bytes]:
    stream = None
    try:
        for chunk in chunks:
            while chunk:
                if stream is None:
                    stream = zlib.decompressobj(_form(chunk, coding))
                elif stream.eof and not (coding == "gzip" and chunk.startswith(GZIP[:1])):
                    break  # what comes after the end is padding
                elif stream.eof:  # files of gzip may follow one another
                    stream = zlib.decompressobj(_form(chunk, coding))
                yield stream.decompress(chunk, _STEP)
                chunk = stream.unused_data if stream.eof else stream.unconsumed_tail
        if stream is not None:
            yield stream.flush()
    except zlib.error as error:
        raise Damaged from error
    if stream is not None and not stream.eof:
        raise Damaged


def _form(start: bytes, coding: str) -> int:
    """zlib's number for a form of compression. Servers call two of them deflate: with zlib's head, and without."""
    if coding == "gzip":
        return 16 + zlib.MAX_WBITS
    headed = start[0] & 0x0F == 8 and (len(start) < 2 or (start[0] * 256 + start[1]) % 31 == 0)  # RFC 1950
    return zlib.MAX_WBITS if headed else -zlib.MAX_WBITS
