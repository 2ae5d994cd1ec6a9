"""Articles to rows of the ledger, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, replace
from datetime import date, datetime
from typing import Any

from index.sql import NUL
from index.types import Article, Kind, Republication, Source

PUBLISHED = "(SELECT generation FROM published)"


def alive(born: str = "born", died: str = "died", at: str = ":at") -> str:
    """The condition that the readers of a generation see an article."""
    return f"{born} <= {at} AND ({died} IS NULL OR {died} > {at})"


ALIVE, NOW = alive(), alive(at=PUBLISHED)
_TEXTS = ("id", "title", "url", "author", "outlet", "section", "language", "text")
FACTS = "id, title, url, author, outlet, published, modified, as_of, kind, section, language, fetched, sources"


def row_of(article: Article) -> tuple[Any, ...]:
    return (
        article.day and article.day.toordinal(),
        article.id,
        article.title,
        article.url,
        article.author,
        article.outlet,
        article.published and article.published.isoformat(),
        article.modified and article.modified.isoformat(),
        article.as_of and article.as_of.isoformat(),
        article.kind,
        article.section,
        article.language,
        article.fetched and article.fetched.isoformat(),
        json.dumps([astuple(source) for source in article.sources], ensure_ascii=False),
        article.text,
    )


def without_nul(article: Article) -> Article:
    """The article as PostgreSQL keeps it. Its fingerprints are to be those of this."""
    texts = {name: getattr(article, name) for name in _TEXTS}
    if not any(text and "\0" in text for text in texts.values()):
        return article
    return replace(article, **{name: text and text.replace("\0", NUL) for name, text in texts.items()})


def article_of(row: Sequence[Any], also: Sequence[Republication] = ()) -> Article:
    id_, title, url, author, outlet, published, modified, as_of, kind, section, language, fetched, sources, text = row
    return Article(
        id_,
        title,
        text,
        url=url,
        author=author,
        outlet=outlet,
        published=moment(published),
        modified=moment(modified),
        as_of=as_of and date.fromisoformat(as_of),
        kind=kind and Kind(kind),
        section=section,
        language=language,
        fetched=fetched and datetime.fromisoformat(fetched),
        sources=tuple(Source(*source) for source in json.loads(sources)),
        also=tuple(also),
    )


def republication_of(row: Sequence[Any]) -> Republication:
    id_, outlet, url, published = row
    return Republication(id_, outlet, url, moment(published))


def moment(iso: str | None) -> datetime | date | None:
    if iso is None:
        return None
    return datetime.fromisoformat(iso) if "T" in iso else date.fromisoformat(iso)
