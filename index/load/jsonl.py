"""JSON Lines: one article a line."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from index.errors import Unreadable
from index.load.raw import Raw
from index.load.record import given
from index.types import Article, Failure

_LONGEST = 50_000_000  # bytes of a line; the file may have any number of them
_BLOCK = 1 << 20  # bytes
_TRIED = 20  # lines without a JSON object, after which a file is taken for one of another kind
_PACKED = b"\x1f\x8b"
_REMEDY = 'Write {"id": "1", "title": "…", "text": "…"} in one line'


def articles(raw: Raw) -> Iterator[Article | Failure]:
    """The articles of a file with a JSON object a line, read line by line. It may be packed with gzip.

    Of an object the keys of front matter are read, and `text`, which stays as it is written. A line that gives no
    article is a `Failure` that names it, and the others go on. Raises `Unreadable`.
    """
    waiting: list[Failure] | None = []  # until a first object shows that these are lines of JSON
    number = 0
    for number, line in _lines(raw):
        found = _object(line)
        item = _article(raw.source, number, found) if isinstance(found, dict) else _bad(raw.source, number, found)
        if waiting is None:
            yield item
        elif isinstance(found, dict):
            yield from (*waiting, item)
            waiting = None
        elif isinstance(item, Failure):
            waiting.append(item)
            if len(waiting) == _TRIED:
                raise Unreadable(raw.source, f"It is not JSON Lines. {waiting[0].reason}")
    if not number:
        raise Unreadable(raw.source, "It is empty. Put a line for each article there, or leave the file out.")
    yield from waiting or ()


def _lines(raw: Raw) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, and their numbers from 1. Of one that is too long only the beginning."""
    packed = raw.start(2) == _PACKED
    file = cast(BinaryIO, gzip.GzipFile(fileobj=raw.file)) if packed else raw.file
    number = 0
    try:
        while line := file.readline(_LONGEST + 1):
            number += 1
            if line.strip():
                yield number, line
            while len(line) > _LONGEST and not line.endswith(b"\n"):
                line = file.readline(_LONGEST + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Unreadable(raw.source, f"It is damaged after line {number:,}. Save or fetch it again.") from error


def _object(line: bytes) -> dict[object, object] | str:
    """The object on a line, or why there is none."""
    if len(line) > _LONGEST:
        return f"has more than {_LONGEST // 1_000_000} MB. Split the article"
    try:
        found = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        return f"is not UTF-8 at byte {error.start + 1:,}. Save the file as UTF-8"
    except json.JSONDecodeError as error:
        return f"is no JSON object: {error.msg} at character {error.pos + 1:,}. {_REMEDY}"
    except RecursionError:
        return f"is nested too deep. {_REMEDY}"
    except ValueError:  # a number of thousands of digits
        return f"holds a number that is too long. {_REMEDY}"
    return found if isinstance(found, dict) else f"is no JSON object. {_REMEDY}"


def _article(source: str, number: int, values: dict[object, object]) -> Article | Failure:
    found = given(values, f"{source}#{number}")
    return found if isinstance(found, Article) else _bad(source, number, found)


def _bad(source: str, number: int, reason: str) -> Failure:
    return Failure(source, f"Line {number:,} {reason}.")
