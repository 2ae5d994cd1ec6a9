"""A file that somebody sent, to its articles: `uploaded`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import BinaryIO

from index.errors import Unreadable
from index.load.raw import Raw
from index.load.registry import reader
from index.text.surrogates import without_surrogates
from index.types import Article, Failure

ROOT = "upload:/"  # where uploaded files lie, as their names say it; no path and no address begins like this
LONGEST = 120  # characters of a name
_SUFFIX = 20  # of which the last are kept


def uploaded(name: str, file: BinaryIO) -> Iterator[Article | Failure]:
    """The articles of a file, which need not lie on any disk. Its `name` tells the format, and is never a path.

    An article without an id or an address is named after the file. So a later file of the same name replaces it. A file
    that gives no article is a `Failure` that says why.
    """
    source = f"{ROOT}{plain_name(name)}"
    raw = Raw(source, file)
    try:
        yield from reader(raw)(raw)
    except Unreadable as error:
        yield Failure(error.source, error.reason)
    except MemoryError:
        yield Failure(source, "Reading it takes more memory than there is. Split it.")


def plain_name(name: str) -> str:
    r"""A file's name without folders, and without what cannot be seen.

    >>> plain_name("../../etc/passwd"), plain_name("C:\\news\\The port.pdf"), plain_name("..")
    ('passwd', 'The port.pdf', 'unnamed')
    """
    last = re.split(r"[/\\]", without_surrogates(name))[-1]
    seen = "".join(letter if letter.isprintable() else " " for letter in unicodedata.normalize("NFC", last))
    plain = " ".join(seen.split()).lstrip(". ")
    if len(plain) > LONGEST:
        plain = f"{plain[: LONGEST - _SUFFIX - 1]}…{plain[-_SUFFIX:]}"
    return plain or "unnamed"
