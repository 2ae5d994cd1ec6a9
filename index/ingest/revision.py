"""How an article changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from itertools import islice

from index.fingerprint import version
from index.text.sentence import sentences
from index.types import Article, Change, Revision, Source

FACTS = ("title", "url", "author", "outlet", "published", "modified", "as_of", "kind", "section", "language", "sources")
MOST = 100  # sentences that are kept of what went, and of what came
LONGEST = 1_000  # characters that are kept of one


def revise(old: Article, new: Article, at: datetime) -> Revision | None:
    """The change from one article to the other, taken in at a moment; None where nothing changed.

    Of a text of which much changed, the first 100 sentences that went and that came are kept, and the first 1,000
    characters of each. A sentence that only moved neither went nor came.
    """
    written = ((fact, _written(getattr(old, fact)), _written(getattr(new, fact))) for fact in FACTS)
    facts = tuple(Change(fact, before, after) for fact, before, after in written if before != after)
    if old.text == new.text:
        return Revision(at, version(old.text), version(new.text), facts) if facts else None
    were, are = _sentences(old.text), _sentences(new.text)
    return Revision(at, version(old.text), version(new.text), facts, _first(were - are), _first(are - were))


def _written(fact: object) -> str | None:
    if isinstance(fact, tuple):
        return "; ".join(map(_cited, fact)) or None
    return None if fact is None else fact.isoformat() if isinstance(fact, date) else str(fact)


def _cited(source: Source) -> str:
    return ", ".join(part for part in (source.issuer, source.title, source.date) if part)


def _sentences(text: str) -> Counter[str]:
    return Counter(text[span.start : span.end] for span in sentences(text))


def _first(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(sentence[:LONGEST] for sentence in islice(found, MOST))
