"""Publication facts from the `<meta>` elements of a page, by the names that systems for publishing give them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from index.byline.claims import LONGEST_OUTLET, LONGEST_SECTION, LONGEST_TITLE, Claims
from index.byline.credits import Credit, plain, signed
from index.byline.dates import Moment, Order, stamp
from index.byline.names import outlet

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Values = Mapping[str, Sequence[str]]

_MOST = 1000  # elements
_LONGEST_VALUE = 20_000  # characters
# Names in lower case, the likeliest first.
_OPEN_GRAPH = {
    "title": ("og:title",),
    "author": ("article:author", "og:article:author", "article:author_name", "og:author"),
    "outlet": ("og:site_name",),
    "published": ("article:published_time", "og:article:published_time", "article:published", "og:published_time"),
    "modified": ("article:modified_time", "og:article:modified_time", "og:updated_time", "article:modified"),
    "address": ("og:url",),
    "section": ("article:section", "og:article:section"),
    "locale": ("og:locale",),
}
_SCHOLARLY = {
    "title": ("citation_title",),
    "author": ("citation_author", "citation_authors"),
    "outlet": ("citation_journal_title", "citation_conference_title", "citation_publisher"),
    "published": ("citation_publication_date", "citation_online_date", "citation_date"),
    "address": ("citation_public_url", "citation_abstract_html_url"),
    "locale": ("citation_language",),
}
_PLAIN = {
    "title": ("parsely-title", "sailthru.title", "dc.title", "dcterms.title", "twitter:title"),
    "author": (
        *("byl", "parsely-author", "sailthru.author", "author", "authors", "article.author", "dc.creator"),
        *("dcterms.creator", "creator"),
    ),
    "outlet": ("publisher", "dc.publisher", "dcterms.publisher", "application-name"),
    "source": ("source", "mediaid", "article:source"),
    "published": (
        *("parsely-pub-date", "sailthru.date", "publishdate", "publish_date", "publish-date", "pubdate", "_pubtime"),
        *("publication_date", "publication-date", "publicationdate", "date_published", "datepublished"),
        *("article.published", "article_date_original", "article-publication-date", "dcterms.issued", "dc.date.issued"),
        *("cxenseparse:recs:publishtime", "bt:pubdate", "displaydate", "firstcreatetime", "published"),
    ),
    "modified": (
        *("dcterms.modified", "dc.date.modified", "article.updated", "datemodified", "date_modified", "lastmod"),
        *("revised", "moddate", "updated"),
    ),
    "section": ("parsely-section", "section", "article.section"),
    "locale": ("content-language", "dc.language", "dcterms.language", "language"),
}
# What systems write of the page as well as of the article.
_WEAK = {
    "published": ("date", "dc.date", "dcterms.date", "dc.date.created", "dcterms.created"),
    "modified": ("last-modified", "lastmodified"),
}
_WRITTEN_BY = re.compile(
    r"writ|verfasst|écrit|ecrit|escrit|scritto|geschreven|автор|作者|著者|\bby\b|الكاتب|작성", re.IGNORECASE
)


def claims(root: HtmlElement, order: Order | None) -> dict[str, Claims]:
    """The claims of the meta elements, by where their names come from."""
    found = values(root)
    return {
        "opengraph": _claims(found, _OPEN_GRAPH, order),
        "scholarly": _claims(found, _SCHOLARLY, order, reversed_names=True),
        "meta": _claims(found, _PLAIN, order),
        "weak meta": _claims(found, _WEAK, order),
    }


def values(root: HtmlElement) -> dict[str, list[str]]:
    """The contents of the meta elements by name, in lower case; those of microdata belong to their items."""
    found: dict[str, list[str]] = {}
    for element, _ in zip(root.iter("meta"), range(_MOST), strict=False):
        content = (element.get("content") or "")[:_LONGEST_VALUE]
        names = f"{element.get('property') or ''} {element.get('name') or element.get('http-equiv') or ''}"
        for name in {name.lower() for name in names.split()}:
            found.setdefault(re.sub(r"\A(dc|dcterms)[:.]", r"\1.", name), []).append(content)
    return found


def _claims(
    found: Values, names: Mapping[str, Sequence[str]], order: Order | None, *, reversed_names: bool = False
) -> Claims:
    def texts(fact: str, longest: int) -> list[str]:
        contents = (value for name in names.get(fact, ()) for value in found.get(name, ()))
        return [text for text in (plain(value, longest) for value in contents) if text]

    def moment(fact: str) -> Moment | None:
        stamps = (stamp(value, order) for name in names.get(fact, ()) for value in found.get(name, ()))
        return next((each for each in stamps if each), None)

    sources = [text for text in texts("source", LONGEST_OUTLET) if outlet(text)]
    return Claims(
        title=next(iter(texts("title", LONGEST_TITLE)), None),
        credit=_credit(found, names.get("author", ()), reversed_names),
        outlets=tuple(texts("outlet", LONGEST_OUTLET)),
        source=next(iter(sources), None),
        published=moment("published"),
        modified=moment("modified"),
        addresses=tuple(value for name in names.get("address", ()) for value in found.get(name, ())),
        sections=tuple(texts("section", LONGEST_SECTION)),
        locale=next(iter(texts("locale", LONGEST_SECTION)), None),
    )


def _credit(found: Values, names: Sequence[str], reversed_names: bool) -> Credit:
    """The people of the first name that gives any, and the first agency."""
    credits = [signed(found.get(name, ()), reversed_names=reversed_names) for name in names]
    if "author" in names:
        credits.append(signed(_labelled(found)))
    people = next((credit.people for credit in credits if credit.people), ())
    return Credit(people, next((credit.agency for credit in credits if credit.agency), None))


def _labelled(found: Values) -> list[str]:
    """The author in the pairs of label and value that some systems make for previews ("Written by", "Jane Doe")."""
    return [
        value
        for number in ("1", "2")
        for label in found.get(f"twitter:label{number}", ())[:1]
        for value in found.get(f"twitter:data{number}", ())[:1]
        if _WRITTEN_BY.search(label)
    ]
