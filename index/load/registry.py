"""Registry of the readers, one module a format: `reader`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module

from index.errors import Unreadable
from index.load import archive
from index.load.raw import Raw
from index.types import Article, Failure

Reader = Callable[[Raw], Iterator[Article | Failure]]  # raises `Unreadable` where the whole source gives nothing

# A format is a module with a function `articles`, which is imported when it is first needed.
SUFFIXES: Mapping[str, str] = {
    ".txt": "text",
    ".text": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".pptx": "slides",
    ".xlsx": "sheet",
    ".epub": "epub",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".jsonl.gz": "jsonl",
    ".ndjson.gz": "jsonl",
}
"""The suffix of a file's name, in lower case, and the format that it stands for."""

_OFFICE = "application/vnd.openxmlformats-officedocument."
_MEDIA: Mapping[str, str] = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
    "application/pdf": "pdf",
    "application/x-pdf": "pdf",
    f"{_OFFICE}wordprocessingml.document": "docx",
    f"{_OFFICE}presentationml.presentation": "slides",
    f"{_OFFICE}spreadsheetml.sheet": "sheet",
    "application/epub+zip": "epub",
    "application/jsonl": "jsonl",
    "application/jsonlines": "jsonl",
    "application/x-jsonlines": "jsonl",
    "application/x-ndjson": "jsonl",
    "application/ndjson": "jsonl",
}
_PLAIN = "text/plain"  # what servers say of text of any kind, and so less than a suffix says
NAMES = ".txt, .md, .html, .pdf, .docx, .pptx, .xlsx, .epub or .jsonl"


def suffix(name: str) -> str:
    """The suffix by which a file's format is known, or "" where its format is not read.

    >>> suffix("The Port.DOCX"), suffix("news.jsonl.gz"), suffix("picture.png")
    ('.docx', '.jsonl.gz', '')
    """
    parts = name.lower().split(".")
    found = (f".{'.'.join(parts[-count:])}" for count in (2, 1) if len(parts) > count)
    return next((each for each in found if each in SUFFIXES), "")


def reader(raw: Raw) -> Reader:
    """The reader of a source, by its content type, its suffix or its first bytes. Raises `Unreadable`."""
    form = _MEDIA.get(raw.media or "") or SUFFIXES.get(suffix(raw.name)) or _sniffed(raw)
    if form is None and raw.media == _PLAIN:
        form = "text"
    if form is None:
        raise Unreadable(raw.source, f"Files of this kind are not read. Save it as {NAMES}.")
    found: Reader = import_module(f"index.load.{form}").articles
    return found


def _sniffed(raw: Raw) -> str | None:
    start = raw.start().lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"%pdf-"):
        return "pdf"
    if raw.start().startswith(archive.SIGNATURE):
        return archive.form(raw)
    return "html" if start.startswith((b"<!doctype html", b"<html")) else None
