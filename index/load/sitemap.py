"""Sitemaps (sitemaps.org), with the facts that news sitemaps add, and indexes of sitemaps."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING

from index import byline
from index.byline import PageFacts
from index.errors import Unreadable
from index.load import addresses
from index.load.entry import ListedEntry

if TYPE_CHECKING:
    from lxml.etree import _Element

_MOST_ELEMENTS = 2_000_000  # the protocol has 50,000 addresses in a sitemap, with some ten elements each
ROOTS = frozenset({"urlset", "sitemapindex"})  # the names of the root elements


@dataclass(frozen=True, slots=True)
class NestedSitemap:
    """A sitemap that an index of sitemaps lists."""

    address: str
    changed: datetime | date | None = None

    def since(self, day: date) -> bool:
        """Whether anything in it may have changed on `day` or after."""
        moment = self.changed
        return moment is None or (moment.date() if isinstance(moment, datetime) else moment) >= day


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An address of another host, or none at all, for which a sitemap cannot speak."""

    address: str


def listed(source: str, base: str, data: bytes, hosts: Set[str]) -> Iterator[ListedEntry | NestedSitemap | Elsewhere]:
    """The entries of the sitemap at `base`, in its order; it speaks for `hosts`.

    Raises `Unreadable` where its XML breaks off or is wrong, after all that stood before. Entities are not resolved,
    and nothing that it names is fetched.
    """
    from lxml import etree

    if data.count(b"<") > 2 * _MOST_ELEMENTS:
        raise Unreadable(source, "It is a sitemap of more addresses than one may have. Name its pages by themselves.")
    steps = etree.iterparse(
        BytesIO(data), tag=("{*}url", "{*}sitemap"), resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        for _, element in steps:
            yield _of(element, base, hosts)
            element.clear()
            while element.getprevious() is not None:  # what was read is let go, so that the memory stays small
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise Unreadable(
            source, f"It is no sitemap that can be read to its end: {_place(error)}. Its owner has to mend it."
        ) from error


def _of(element: _Element, base: str, hosts: Set[str]) -> ListedEntry | NestedSitemap | Elsewhere:
    written = _text(element, "loc") or ""
    try:
        address = addresses.joined(base, written) if written else ""
    except Unreadable as error:
        return Elsewhere(error.source)
    if not address or addresses.host(address) not in hosts:
        return Elsewhere(address)
    changed = _moment(_text(element, "lastmod"))
    if _name(element) == "sitemap":
        return NestedSitemap(address, changed)
    return ListedEntry(address, _news(element), changed=changed)


def _news(element: _Element) -> PageFacts:
    """The facts of an article in the extension for news."""
    language = _text(element, "news", "publication", "language")
    return PageFacts(
        title=_text(element, "news", "title"),
        outlet=_text(element, "news", "publication", "name"),
        published=_moment(_text(element, "news", "publication_date")),
        language=language[:2].lower() if language else None,
    )


def _text(element: _Element, *path: str) -> str | None:
    found = element.find("/".join(f"{{*}}{name}" for name in path))
    return " ".join(str(found.xpath("string()")).split()) or None if found is not None else None


def _name(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _moment(written: str | None) -> datetime | date | None:
    return byline.when(written) if written else None


def _place(error: SyntaxError) -> str:
    line, column = error.position if hasattr(error, "position") else (0, 0)
    return f"line {line:,}, column {column:,}"
