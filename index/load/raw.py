"""Sources before they are read: their bytes, and what is known about them from outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import SEEK_END
from pathlib import PurePosixPath
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from index.byline import PageFacts
from index.errors import Unreadable

LARGEST = 200_000_000  # bytes; an article has thousands, and a larger file is a dump that would fill the memory


@dataclass(frozen=True, slots=True)
class Raw:
    """A source's bytes as they came, before they are read."""

    source: str  # a resolved path, or an address
    file: BinaryIO = field(repr=False)  # at its beginning; it can seek
    media: str | None = None  # content type without its parameters, in lower case
    charset: str | None = None  # as the server said
    url: str | None = None  # the address it came from, after redirects; None for a file
    facts: PageFacts = field(default_factory=PageFacts)  # known from outside; what the document says itself goes before

    @property
    def name(self) -> str:
        """The file's name, with its suffix.

        >>> import io
        >>> Raw("https://a.example/b/The%20port.pdf?c=d", io.BytesIO(), url="https://a.example/b/The%20port.pdf?c=d").name
        'The port.pdf'
        """
        return PurePosixPath(self.source if self.url is None else unquote(urlsplit(self.url).path)).name

    def data(self) -> bytes:
        """All of the bytes, from the beginning. Raises `Unreadable` where they are more than `LARGEST`."""
        size = self.file.seek(0, SEEK_END)
        self.file.seek(0)
        if size > LARGEST:
            raise Unreadable(self.source, f"It has more than {LARGEST // 1_000_000} MB. Split it into articles.")
        return self.file.read()

    def start(self, length: int = 2048) -> bytes:
        """The first bytes, by which a format is told."""
        self.file.seek(0)
        data = self.file.read(length)
        self.file.seek(0)
        return data
