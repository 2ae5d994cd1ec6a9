"""The articles as a library lists them: found by the words in their titles, outlets and authors, and counted.

No text is read, and nothing but one index: a million articles are listed in the time that a page takes to come.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from pathlib import Path
from threading import Lock
from typing import Any

from index.sql import among
from index.store.database import Database, FileTables
from index.store.limits import Limits
from index.store.names import folded
from index.store.rows import NOW, moment
from index.types import Inventory, Kind, Listed, Listing, Position, Sought

# All that a list looks at, so that no row with its text is. Like the followers it is made again from the rows, so that
# it is in no backup, and a ledger of an earlier Byline gets it with the next write.
INDEX = "article_catalogue"
_CATALOGUE = (
    f"CREATE INDEX IF NOT EXISTS {INDEX} ON article "
    "(day, number, outlet, kind, language, author, title, copy_of, born, died)"
)
_HELD = f"copy_of IS NULL AND {NOW}".replace("born", "+born").replace("died", "+died")  # no other index helps
_NAMES = "title || '\n' || coalesce(outlet, '') || '\n' || coalesce(author, '')"
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

    def listing(self, sought: Sought, start: int, count: int, within: Limits, after: Position | None = None) -> Listing:
        """The articles that fit, the newest first, from the `start`th after a position on, and how many fit in all."""
        places = self._places(sought, within)
        first = start if after is None else start + bisect_right(places, _from_end(after), key=_from_end)
        page = places[first : first + count]
        following = page[-1] if page and len(places) > first + count else None
        # The rows, with the beginnings of their texts, are read for one page only.
        query = (
            f"SELECT {_FACTS} FROM article WHERE number {among('numbers')} ORDER BY day DESC NULLS LAST, number DESC"
        )
        rows = self._all(query, {"numbers": [each.number for each in page]})
        return Listing(len(places), tuple(_listed(row) for row in rows), following)

    def _places(self, sought: Sought, within: Limits) -> list[Position]:
        """Of the articles that fit, the newest first. No database folds the case of other letters than ASCII's as we
        do, so that words with such are looked for here."""
        where, values = _where(sought, within)
        folded_here = [word for word in _words(sought) if not word.isascii()]
        query = (
            f"SELECT coalesce(day, 0), number{f', {_NAMES}' if folded_here else ''} FROM article WHERE {where} "
            "ORDER BY day DESC NULLS LAST, number DESC"
        )
        with self.tables.reading() as connection:
            return [
                Position(day, number)
                for day, number, *names in connection.execute(query, values)
                if all(word in names[0].casefold() for word in folded_here)
            ]

    def inventory(self, within: Limits) -> Inventory:
        """How many articles there are of each outlet, kind, language and day. All are counted once for what is
        published."""
        if within.limited:
            return self._counted(within)
        seen = self._one("SELECT setting.value, generation FROM setting, published WHERE name = 'store'")
        with self._lock:
            if self._held is None or self._held[0] != seen:
                self._held = (str(seen[0]), int(seen[1])), self._counted(within)
            return self._held[1]

    def count(self, within: Limits) -> int:
        """How many articles are within limits."""
        where, values = _within(within)
        return int(self._one(f"SELECT count(*) FROM article WHERE {where}", values)[0])

    def numbers(self, within: Limits) -> list[int]:
        """The numbers of the articles within limits."""
        where, values = _within(within)
        return [number for (number,) in self._all(f"SELECT number FROM article WHERE {where}", values)]

    def spread(self, count: int) -> list[str]:
        """The ids of up to `count` articles, evenly from the first that was taken in to the last."""
        numbers = [number for (number,) in self._all(f"SELECT number FROM article WHERE {_HELD} ORDER BY number")]
        step = max(len(numbers) / count, 1)
        drawn = [numbers[int(place * step)] for place in range(min(count, len(numbers)))]
        query = f"SELECT id FROM article WHERE number {among('numbers')} ORDER BY number"
        return [article_id for (article_id,) in self._all(query, {"numbers": drawn})]

    def _counted(self, within: Limits) -> Inventory:
        facts = ("outlet", "kind", "language", "day")
        outlets, kinds, languages, days = (self._counts(fact, within) for fact in facts)
        return Inventory(
            sum(count for _, count in days),
            tuple(outlets),
            tuple((Kind(kind) if kind else None, count) for kind, count in kinds),
            tuple(languages),
            tuple(sorted((date.fromordinal(day), count) for day, count in days if day)),
        )

    def _counts(self, fact: str, within: Limits) -> list[tuple[Any, int]]:
        """The values of a fact, those of most articles first."""
        where, values = _within(within)
        query = (
            f"SELECT {fact}, count(*) AS articles FROM article WHERE {where} "
            f"GROUP BY +{fact} ORDER BY articles DESC, {fact} NULLS FIRST"
        )
        return [(value, count) for value, count in self._all(query, values)]


def _from_end(place: Position) -> tuple[int, int]:
    """By which places grow in a list that has the newest first."""
    return -place.day, -place.number


def _within(limits: Limits) -> tuple[str, dict[str, Any]]:
    """The condition of a query for the articles within limits, and its values."""
    conditions, values = [_HELD], dict[str, Any]()
    for fact, names in limits.facts.items():
        has = f"+{fact} {among(f'within_{fact}')}"
        copied = f"number {among('within_also')}"
        conditions.append(f"({has} OR {copied})" if fact == "outlet" else has)
        values[f"within_{fact}"] = list(names)
    values["within_also"] = list(limits.also)
    for name, day in zip(("since", "until"), limits.days, strict=True):
        if day is not None:
            conditions.append(f"day {'>=' if name == 'since' else '<='} :within_{name}")
            values[f"within_{name}"] = day
    if limits.articles is not None:
        conditions.append(f"number {among('within_articles')}")
        values["within_articles"] = list(limits.articles)
    return " AND ".join(conditions), values


def _where(sought: Sought, within: Limits) -> tuple[str, dict[str, Any]]:
    """The condition of a query, and its values."""
    limited, values = _within(within)
    conditions = [limited]
    for fact in ("outlet", "kind"):
        if value := getattr(sought, fact):
            conditions.append(f"+{fact} = :{fact}")
            values[fact] = str(value)
    for limit, name, day in ((">=", "since", sought.since), ("<=", "until", sought.until)):
        if day:
            conditions.append(f"day {limit} :{name}")
            values[name] = day.toordinal()
    for number, word in enumerate(filter(str.isascii, _words(sought))):
        conditions.append(f"instr(lower({_NAMES}), :word{number}) > 0")
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
