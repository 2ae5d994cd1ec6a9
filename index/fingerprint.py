"""Hashes that say whether a text, or an article, is still the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import astuple
from datetime import date, datetime

from index.types import Article


def version(text: str) -> str:
    """16 hexadecimal digits that change when `text` does. Citations carry it."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def digest(article: Article) -> str:
    """Changes when the text or a fact does. The time of fetching is not a fact of the article, nor are its copies.

    Raises UnicodeEncodeError where the text holds half a surrogate pair.
    """
    facts = [
        article.id,
        article.title,
        article.url,
        article.author,
        article.outlet,
        _iso(article.published),
        _iso(article.modified),
        _iso(article.as_of),
        article.kind,
        article.section,
        article.language,
        [astuple(source) for source in article.sources],
    ]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode() + article.text.encode()).hexdigest()


def _iso(moment: datetime | date | None) -> str | None:
    return moment.isoformat() if moment else None
