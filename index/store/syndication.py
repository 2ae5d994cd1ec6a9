"""Copies in the ledger: which article is one of which, and the bands by which they are found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from index.sql import Connection
from index.store.database import Database
from index.store.rows import FACTS, NOW, article_of
from index.types import Article

NEAREST = 8  # candidates whose texts are read
CROWD = 64  # articles of one band that are looked at, the latest: a form that hundreds fill in has many


class KnownArticle(NamedTuple):
    """An article that readers see."""

    article: Article
    digest: str
    shared: int = 0  # bands with what was asked for


class Syndication(Database):
    def candidates(self, bands: Sequence[int]) -> list[KnownArticle]:
        """The articles, no copies themselves, that have most bands in common with these, the best first."""
        if not bands:
            return []
        shared = self._sharing(bands)
        query = f"SELECT number FROM article WHERE {self.dialect.among('number', 'numbers')} AND {NOW}"
        alive = [number for (number,) in self._all(query, {"numbers": list(shared)})]
        nearest = sorted(alive, key=lambda number: (-shared[number], number))[:NEAREST]
        query = f"SELECT digest, {FACTS}, text FROM article WHERE number = :number"
        found = [(self._one(query, {"number": number}), shared[number]) for number in nearest]
        return [KnownArticle(article_of(row), digest, count) for (digest, *row), count in found]

    def _sharing(self, bands: Sequence[int]) -> Counter[int]:
        """How many of these bands each article has, by its number."""
        query = f"SELECT article FROM band WHERE hash = :band ORDER BY article DESC LIMIT {CROWD}"
        with self.tables.reading() as connection:
            return Counter(number for band in bands for (number,) in connection.execute(query, {"band": band}))

    def of(self, article_id: str) -> list[KnownArticle]:
        """The copies of an article, the first that came first."""
        query = f"SELECT digest, {FACTS}, text FROM article WHERE copy_of = :id AND {NOW} ORDER BY number"
        return [KnownArticle(article_of(row), digest) for digest, *row in self._all(query, {"id": article_id})]


def insert_bands(connection: Connection, number: int, bands: Sequence[int]) -> None:
    """Inserts the bands of an article, by its number."""
    query = "INSERT INTO band VALUES (:band, :number) ON CONFLICT DO NOTHING"
    connection.execute(query, [{"band": band, "number": number} for band in bands])
