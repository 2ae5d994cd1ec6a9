"""Books in EPUB, their chapters read with markitdown."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from index import byline
from index.byline import PageFacts
from index.errors import Unreadable
from index.load import archive, assemble, markdown
from index.load.converted import converted
from index.load.decode import decode
from index.load.raw import Raw
from index.types import Article

if TYPE_CHECKING:
    from lxml.etree import _Element

_CONTAINER, _LOCKED = "META-INF/container.xml", "META-INF/encryption.xml"
_TEXT = frozenset(("application/xhtml+xml", "text/html", "text/x-oeb1-document"))
_ENCODING = re.compile(rb"<\?xml[^>]*\bencoding=[\"']([\w-]+)[\"']")
_LARGEST_CHAPTER = 20_000_000  # bytes; it is held as a tree


def articles(raw: Raw) -> Iterator[Article]:
    """The article that a book is: its chapters in the order of reading, and what its package says of it.

    Raises `Unreadable`.
    """
    book = archive.opened(raw, ".epub", _CONTAINER)
    where = _package(raw.source, book)
    package = archive.tree(raw.source, book, where)
    chapters = [name for name in _spine(package, where) if name in book.namelist()]
    if set(chapters) & _locked(raw.source, book):
        raise Unreadable(raw.source, "Its chapters are locked to a reader's program. Leave it out.")
    text = "\n\n".join(filter(None, (_chapter(raw.source, book, name) for name in chapters)))
    if not text:
        raise Unreadable(raw.source, "It has no text. Leave it out.")
    facts = _facts(package)
    yield assemble.article(raw, PageFacts(text=text, language=byline.language(text)) | facts)


def _named(root: _Element, name: str) -> Iterator[_Element]:
    """The elements of a name in any namespace, in order."""
    return root.iter(f"{{*}}{name}")


def _package(source: str, book: zipfile.ZipFile) -> str:
    paths = [each.get("full-path") for each in _named(archive.tree(source, book, _CONTAINER), "rootfile")]
    if not paths or not paths[0]:
        raise Unreadable(source, "It is damaged: it does not say where its package is. Save or fetch it again.")
    return str(paths[0])


def _spine(package: _Element, where: str) -> list[str]:
    """The chapters' names in the archive, in the order of reading."""
    texts = {
        each.get("id"): posixpath.normpath(posixpath.join(posixpath.dirname(where), unquote(str(each.get("href")))))
        for each in _named(package, "item")
        if each.get("media-type") in _TEXT and each.get("properties") != "nav"
    }
    order = [each.get("idref") for each in _named(package, "itemref") if each.get("linear") != "no"]
    return [texts[each] for each in dict.fromkeys(order) if each in texts]


def _locked(source: str, book: zipfile.ZipFile) -> set[str]:
    """The parts that are encrypted. Fonts often are, of books that anybody may read."""
    if _LOCKED not in book.namelist():
        return set()
    return {unquote(str(each.get("URI"))) for each in _named(archive.tree(source, book, _LOCKED), "CipherReference")}


def _chapter(source: str, book: zipfile.ZipFile, name: str) -> str:
    if book.getinfo(name).file_size > _LARGEST_CHAPTER:
        raise Unreadable(source, f"Its chapter {name} has more than {_LARGEST_CHAPTER // 1_000_000} MB. Split it.")
    data = book.read(name)
    declared = _ENCODING.match(data)
    html = decode(source, data, declared[1].decode() if declared else None)
    return markdown.readable(converted(source, ".html", html.encode()), "")[1]


def _facts(package: _Element) -> PageFacts:
    def values(name: str) -> list[str]:
        return [" ".join(_words(each).split()) for each in _named(package, name)]

    languages = [each[:2].lower() for each in values("language") if re.match(r"[a-zA-Z]{2}\b", each)]
    changed = [byline.when(_words(each).strip()) for each in _named(package, "meta") if _is_change(each)]
    creators = list(filter(None, values("creator")))
    return PageFacts(
        title=next(filter(None, values("title")), None),
        author=byline.joined(creators) if creators else None,
        outlet=next(filter(None, values("publisher")), None),
        published=next(filter(None, map(byline.when, values("date"))), None),
        modified=next(filter(None, changed), None),
        language=next(iter(languages), None),
    )


def _words(element: _Element) -> str:
    return "".join(map(str, element.itertext()))


def _is_change(meta: _Element) -> bool:
    return meta.get("property") == "dcterms:modified"
