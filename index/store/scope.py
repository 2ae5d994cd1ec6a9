"""Filters as limits of the store: names as they are spelled there, articles and collections as numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from index.errors import ArticleMissing
from index.store.catalogue import Catalogue
from index.store.collections import Collections
from index.store.ledger import Ledger, Published
from index.store.limits import SearchLimits
from index.store.names import Names
from index.types import Filters


class Scope:
    """The articles, of those that are published, that filters allow.

    Articles and collections become the numbers of articles, once for a search. With them alone both indexes are exact.
    The word index takes 100,000 numbers as one set of terms in 50 ms, SQLite as one JSON value. Chroma is told of
    passages only where `index.store.nearest` finds no faster way. A flag at each passage would be faster to search. But
    each change of a collection would have to be written to all its passages.
    """

    def __init__(self, ledger: Ledger, names: Names, collections: Collections, catalogue: Catalogue) -> None:
        self._ledger = ledger
        self._names = names
        self._collections = collections
        self._catalogue = catalogue

    def limits(self, filters: Filters, now: Published) -> SearchLimits | None:
        """None for nothing. Raises ArticleMissing, CollectionMissing."""
        articles = self.articles(filters, now)
        return None if articles == () else self.limits_within(filters, now, articles)

    def limits_within(self, filters: Filters, now: Published, articles: Sequence[int] | None) -> SearchLimits | None:
        """The limits by the filters' facts and days, among articles that are known; None for nothing."""
        facts = self._names.spelled(filters)
        if not all(facts.values()):
            return None
        also = self._ledger.republished(facts["outlet"], now.generation) if "outlet" in facts else []
        return SearchLimits(facts, (_ordinal(filters.since), _ordinal(filters.until)), also, articles)

    def articles(self, filters: Filters, now: Published) -> tuple[int, ...] | None:
        """The numbers of the articles that are in the filters' articles and collections, in order; None for all.

        Raises ArticleMissing, CollectionMissing.
        """
        chosen: list[set[int]] = []
        if filters.article:
            chosen.append(self._named(filters.article, now))
        if filters.collection:
            chosen.append(self._collected(filters.collection, now))
        return tuple(sorted(set.intersection(*chosen))) if chosen else None

    def _named(self, article_ids: Sequence[str], now: Published) -> set[int]:
        numbers = self._ledger.numbers(article_ids, now.generation)
        for article_id in article_ids:
            if article_id not in numbers:
                raise ArticleMissing(article_id)
        return set(numbers.values())

    def _collected(self, names: Iterable[str], now: Published) -> set[int]:
        found = set(self._ledger.numbers(self._collections.ids(names), now.generation).values())
        for rule in self._collections.rules(names):
            if (limits := self.limits(rule, now)) is not None:
                found.update(self._catalogue.numbers(limits))
        return found


def _ordinal(day: date | None) -> int | None:
    return day.toordinal() if day else None
