"""PDF files, read with pypdf."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from datetime import datetime
from math import hypot
from typing import TYPE_CHECKING

from index.byline import PageFacts
from index.errors import Unreadable
from index.load import document
from index.load.converted import in_words
from index.load.decode import tidy
from index.load.printed_pages import PrintedLine, heading, paragraphs
from index.load.raw import Raw
from index.types import Article

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

_MARK, _END = b"%PDF-", b"%%EOF"
_BEFORE = 1024  # bytes that may stand before the mark
_BEHIND = 65_536  # bytes that may stand behind the end, as of a page that wrapped the file
_UNREADABLE = 0.2  # of the letters; where more are unreadable, there is no text
_ENCRYPTED = (
    "It is encrypted, and its text cannot be read. Open it in a program that can, and print or save it there without "
    "encryption."
)
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


def articles(raw: Raw) -> Iterator[Article]:
    """The article of a PDF: its paragraphs, without what pages repeat, and what it says of itself.

    Its properties are used as `document.article` says. Raises `Unreadable`.
    """
    reader = _opened(raw)
    try:
        pages = [_lines(page) for page in reader.pages]
        properties = _properties(reader)
    except Exception as error:  # pypdf meets damage with errors of any kind
        raise Unreadable(raw.source, f"It is damaged: {in_words(error)}. Save or fetch it again.") from error
    blocks = paragraphs(pages)
    text = "".join(blocks)
    if not any(map(str.isalnum, text)) and reader.is_encrypted:
        raise Unreadable(raw.source, _ENCRYPTED)
    if not any(map(str.isalnum, text)):
        raise Unreadable(raw.source, "It has no text, only pictures of pages. Have its text recognised (OCR) first.")
    if sum(map(_unreadable, text)) > _UNREADABLE * len(text):
        raise Unreadable(raw.source, "Its fonts do not tell which letters they show. Have its text recognised (OCR).")
    yield document.article(raw, blocks, properties, heading(pages))


def _opened(raw: Raw) -> PdfReader:
    data = raw.data()
    if not data.strip():
        raise Unreadable(raw.source, "It is empty. Save or fetch it again.")
    if _MARK not in data[:_BEFORE]:
        raise Unreadable(raw.source, "It is no PDF, whatever its name says. Name it after what it is.")
    if _END not in data[-_BEHIND:]:
        raise Unreadable(raw.source, "It is cut off: its end is missing. Save or fetch it again.")
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it has to say of a file is not for the screen
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        locked = reader.is_encrypted and not reader.decrypt("")
    except NotImplementedError as error:  # of a way of encryption: by certificates, or a publisher's own
        raise Unreadable(raw.source, _ENCRYPTED) from error
    except Exception as error:  # as above
        raise Unreadable(raw.source, f"It is damaged: {in_words(error)}. Save or fetch it again.") from error
    if locked:
        raise Unreadable(raw.source, "It has a password. Save it without one.")
    return reader


def _lines(page: PageObject) -> list[PrintedLine]:
    """The lines of a page, in the order in which it draws them."""
    parts: list[str] = []
    lines: list[PrintedLine] = []
    begin: tuple[float, float, float] | None = None

    def take(text: str, outer: list[float], inner: list[float], _font: object, size: float) -> None:
        nonlocal begin
        for number, part in enumerate(text.split("\n")):
            if number:
                end()
            if part.strip() and begin is None:
                begin = _place(outer, inner, size)
            parts.append(part)

    def end() -> None:
        nonlocal begin
        text = " ".join(tidy("".join(parts)).translate(_LIGATURES).split())
        if text and begin is not None:
            lines.append(PrintedLine(text, *begin))
        parts.clear()
        begin = None

    page.extract_text(visitor_text=take)
    end()
    return lines


def _place(outer: list[float], inner: list[float], size: float) -> tuple[float, float, float]:
    """Where text begins on its page, and its size there, from the matrices of the page and of the text."""
    x = inner[4] * outer[0] + inner[5] * outer[2] + outer[4]
    y = inner[4] * outer[1] + inner[5] * outer[3] + outer[5]
    return x, y, abs(size) * hypot(inner[2], inner[3]) * hypot(outer[2], outer[3])


def _properties(reader: PdfReader) -> PageFacts:
    found = reader.metadata
    if found is None:
        return PageFacts()
    return PageFacts(
        title=tidy(str(found.title or "")).strip() or None,
        author=document.names(tidy(str(found.author or ""))),
        # Not the day of creation: that is when the file was made, not when its text was published.
        modified=_moment(reader, "modification_date"),
    )


def _moment(reader: PdfReader, name: str) -> datetime | None:
    try:
        moment = getattr(reader.metadata, name)
    except (ValueError, TypeError, AttributeError):  # it is no day as PDF writes them
        return None
    return moment if isinstance(moment, datetime) else None


def _unreadable(letter: str) -> bool:
    return letter == "\ufffd" or "\ue000" <= letter <= "\uf8ff" or (letter < " " and letter != "\n")
