"""The articles as a library lists them: found by the words in their titles, outlets and authors, and counted.

No text is read, and nothing but one index. So a page of a million articles comes at once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

from index.sql import Dialect
from index.store.database import Database, FileTables
from index.store.limits import SearchLimits
from index.store.names import folded
from index.store.rows import PUBLISHED, alive, moment
from index.types import Inventory, Kind, Listed, Listing, Position, Sought

# All that a list looks at, so that no row with its text is. Like the followers it is made again from the rows, so that
# it is in no backup, and a ledger of an earlier Byline gets it with the next write.
INDEX = "article_catalogue"
_CATALOGUE = (
    f"CREATE INDEX IF NOT EXISTS {INDEX} ON article "
    "(day, number, outlet, kind, language, author, title, copy_of, born, died)"
)
_NAMES = "title || '\n' || coalesce(outlet, '') || '\n' || coalesce(author, '')"
_NEWEST_FIRST = "ORDER BY day DESC NULLS LAST, number DESC"
_FACTS = "id, title, author, outlet, published, as_of, kind, language, url"


class Catalogue(Database):
    """The articles that are searched, as a list. Several threads may ask at once."""

    def __init__(self, folder: Path, beside: Database) -> None:
        super().__init__(folder, beside)
        self._lock = Lock()
        self._held: tuple[tuple[str, int], Inventory] | None = None

    def prepare(self) -> None:
        """Makes the index where an earlier Byline made the ledger. Within `writing` only."""
        if isinstance(self.tables, FileTables):
            self._write(_CATALOGUE)

    def listing(
        self, sought: Sought, start: int, count: int, within: SearchLimits, after: Position | None = None
    ) -> Listing:
        """The articles that fit, the newest first, from the `start`th on or after a position; and how many fit."""
        where, values = _where(self.dialect, sought, within)
        if folded_here := [word for word in _words(sought) if not word.isascii()]:
            places = self._folded_places(where, values, folded_here)
            first = start if after is None else bisect_right(places, _from_end(after), key=_from_end)
            total, page = len(places), places[first : first + count + 1]
        else:
            total = self._one(f"SELECT count(*) FROM article WHERE {where}", values)[0]
            page = self._places(where, values, start, count + 1, after)
        shown = page[:count]
        # The rows, with the beginnings of their texts, are read for one page only.
        query = f"SELECT {_FACTS} FROM article WHERE {self.dialect.among('number', 'numbers')} {_NEWEST_FIRST}"
        rows = self._all(query, {"numbers": [each.number for each in shown]})
        return Listing(total, tuple(map(_listed, rows)), shown[-1] if shown and len(page) > count else None)

    def _places(
        self, where: str, values: Mapping[str, Any], start: int, count: int, after: Position | None
    ) -> list[Position]:
        """The places of one page. After a position, each query reads the index from there on (keyset pagination).

        The articles with a day come first, then those without.
        """
        places = list[Position]()
        for condition in _after(after):
            query = (
                f"SELECT coalesce(day, 0), number FROM article WHERE {where}{condition} {_NEWEST_FIRST} "
                "LIMIT :count OFFSET :start"
            )
            page = {"count": count - len(places), "start": start if after is None else 0}
            place = {"after_day": after.day, "after_number": after.number} if after else {}
            places += [Position(*row) for row in self._all(query, {**values, **page, **place})]
        return places

    def _folded_places(self, where: str, values: Mapping[str, Any], words: Sequence[str]) -> list[Position]:
        """All places of articles with these words. No database folds the case of all letters as Python does. So words
        with other letters than ASCII's are compared here."""
        query = f"SELECT coalesce(day, 0), number, {_NAMES} FROM article WHERE {where} {_NEWEST_FIRST}"
        return [
            Position(day, number)
            for day, number, names in self._all(query, values)
            if all(word in names.casefold() for word in words)
        ]

    def inventory(self, within: SearchLimits) -> Inventory:
        """How many articles there are of each outlet, kind, language and day. All are counted once for what is
        published."""
        if within.limited:
            return self._counted(within)
        seen = self._one("SELECT setting.value, generation FROM setting, published WHERE name = 'store'")
        with self._lock:
            if self._held is None or self._held[0] != seen:
                self._held = (str(seen[0]), int(seen[1])), self._counted(within)
            return self._held[1]

    def count(self, within: SearchLimits) -> int:
        """How many articles are within limits."""
        where, values = _within(self.dialect, within)
        return int(self._one(f"SELECT count(*) FROM article WHERE {where}", values)[0])

    def numbers(self, within: SearchLimits) -> list[int]:
        """The numbers of the articles within limits."""
        where, values = _within(self.dialect, within)
        return [number for (number,) in self._all(f"SELECT number FROM article WHERE {where}", values)]

    def spread(self, count: int) -> list[str]:
        """The ids of up to `count` articles, evenly from the first that was taken in to the last."""
        query = f"SELECT number FROM article WHERE {_held(self.dialect)} ORDER BY number"
        numbers = [number for (number,) in self._all(query)]
        step = max(len(numbers) / count, 1)
        drawn = [numbers[int(place * step)] for place in range(min(count, len(numbers)))]
        query = f"SELECT id FROM article WHERE {self.dialect.among('number', 'numbers')} ORDER BY number"
        return [article_id for (article_id,) in self._all(query, {"numbers": drawn})]

    def _counted(self, within: SearchLimits) -> Inventory:
        facts = ("outlet", "kind", "language", "day")
        outlets, kinds, languages, days = (self._counts(fact, within) for fact in facts)
        return Inventory(
            sum(count for _, count in days),
            tuple(outlets),
            tuple((Kind(kind) if kind else None, count) for kind, count in kinds),
            tuple(languages),
            tuple(sorted((date.fromordinal(day), count) for day, count in days if day)),
        )

    def _counts(self, fact: str, within: SearchLimits) -> list[tuple[Any, int]]:
        """The values of a fact, those of most articles first."""
        where, values = _within(self.dialect, within)
        query = (
            f"SELECT {fact}, count(*) AS articles FROM article WHERE {where} "
            f"GROUP BY {self.dialect.unindexed(fact)} ORDER BY articles DESC, {fact} NULLS FIRST"
        )
        return [(value, count) for value, count in self._all(query, values)]


def _after(place: Position | None) -> tuple[str, ...]:
    """The conditions of the queries that read what follows a position, one after the other."""
    if place is None:
        return ("",)
    if not place.day:
        return (" AND day IS NULL AND number < :after_number",)
    return " AND (day, number) < (:after_day, :after_number)", " AND day IS NULL"


def _from_end(place: Position) -> tuple[int, int]:
    """By which places grow in a list that has the newest first."""
    return -place.day, -place.number


def _held(dialect: Dialect) -> str:
    """The condition that an article is in the list. No index of its generations helps."""
    return f"copy_of IS NULL AND {alive(dialect.unindexed('born'), dialect.unindexed('died'), PUBLISHED)}"


def _within(dialect: Dialect, limits: SearchLimits) -> tuple[str, dict[str, Any]]:
    """The condition of a query for the articles within limits, and its values."""
    conditions, values = [_held(dialect)], dict[str, Any]()
    for fact, names in limits.facts.items():
        has = dialect.among(dialect.unindexed(fact), f"within_{fact}")
        copied = dialect.among("number", "within_also")
        conditions.append(f"({has} OR {copied})" if fact == "outlet" else has)
        values[f"within_{fact}"] = list(names)
    values["within_also"] = list(limits.also)
    for name, day in zip(("since", "until"), limits.days, strict=True):
        if day is not None:
            conditions.append(f"day {'>=' if name == 'since' else '<='} :within_{name}")
            values[f"within_{name}"] = day
    if limits.articles is not None:
        conditions.append(dialect.among("number", "within_articles"))
        values["within_articles"] = list(limits.articles)
    return " AND ".join(conditions), values


def _where(dialect: Dialect, sought: Sought, within: SearchLimits) -> tuple[str, dict[str, Any]]:
    """The condition of a query, and its values."""
    limited, values = _within(dialect, within)
    conditions = [limited]
    for fact in ("outlet", "kind"):
        if value := getattr(sought, fact):
            conditions.append(f"{dialect.unindexed(fact)} = :{fact}")
            values[fact] = str(value)
    for limit, name, day in ((">=", "since", sought.since), ("<=", "until", sought.until)):
        if day:
            conditions.append(f"day {limit} :{name}")
            values[name] = day.toordinal()
    for number, word in enumerate(filter(str.isascii, _words(sought))):
        conditions.append(f"{dialect.position(f'lower({_NAMES})', f':word{number}')} > 0")
        values[f"word{number}"] = word
    return " AND ".join(conditions), values


def _words(sought: Sought) -> list[str]:
    return folded(sought.words).split()


def _listed(row: tuple[Any, ...]) -> Listed:
    id_, title, author, outlet, published, as_of, kind, language, url = row
    return Listed(
        id_,
        title,
        author,
        outlet,
        moment(published),
        date.fromisoformat(as_of) if as_of else None,
        Kind(kind) if kind else None,
        language,
        url,
    )
