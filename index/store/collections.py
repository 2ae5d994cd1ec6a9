"""Collections in the ledger: names for parts of the articles, by which questions are limited.

A collection is the union of the articles that were put in and of those that its rules take. Rules are kept as they were
given, and applied anew with each search. So they also take what comes later.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from unicodedata import category, normalize

from index.errors import CollectionMissing, CollectionNameUnusable, NotCollected, RuleUnusable
from index.sql import Connection
from index.store.database import Database, FileTables
from index.store.names import folded
from index.store.rows import NOW
from index.types import LONGEST_NAME, Filters, Kind

_JOINERS = "\u200c\u200d"  # which Persian and Indian names are written with
_HERE = f"EXISTS (SELECT 1 FROM article WHERE id = article_id AND {NOW})"


class Collections(Database):
    """The collections in a ledger. An earlier Byline made one without them: it reads as one that has none."""

    def names(self) -> tuple[str, ...]:
        """The names as they were given, in order."""
        return tuple(name for (name,) in self._all("SELECT name FROM collection ORDER BY key")) if self._made() else ()

    def named(self, names: Iterable[str]) -> dict[str, str]:
        """The collections' keys in the ledger, and their names as they were given. Raises CollectionMissing."""
        asked = {key_of(name): name for name in names}
        query = f"SELECT key, name FROM collection WHERE {self.dialect.among('key', 'these')}"
        there = dict(self._all(query, _these(asked))) if self._made() else {}
        for key, name in asked.items():
            if key not in there:
                raise CollectionMissing(name)
        return there

    def ids(self, names: Iterable[str]) -> tuple[str, ...]:
        """The ids of the articles that were put into one of the collections and are here, in order. Raises
        CollectionMissing."""
        put_in = self.dialect.among("collection", "these")
        query = f"SELECT DISTINCT article_id FROM collected WHERE {put_in} AND {_HERE} ORDER BY article_id"
        return tuple(article_id for (article_id,) in self._all(query, _these(self.named(names))))

    def rules(self, names: Iterable[str]) -> tuple[Filters, ...]:
        """The rules of the collections. Raises CollectionMissing."""
        query = f"SELECT rule FROM collecting WHERE {self.dialect.among('collection', 'these')} ORDER BY rule"
        return tuple(_rule_of(rule) for (rule,) in self._all(query, _these(self.named(names))))

    # Writing, within `Store.writing` only

    def add(self, name: str, article_ids: Sequence[str], rules: Sequence[Filters]) -> None:
        """Puts articles and rules into a collection, which is made where there is none. Raises CollectionNameUnusable,
        RuleUnusable."""
        key, shown = key_of(name), usable(name)
        if any(not rule or rule.article or rule.collection for rule in rules):
            raise RuleUnusable
        with self.tables.writing() as connection:
            for table, values in (
                ("collection", [shown]),
                ("collected", article_ids),
                ("collecting", map(_rule, rules)),
            ):
                query = f"INSERT INTO {table} VALUES (:key, :value) ON CONFLICT DO NOTHING"
                connection.execute(query, [{"key": key, "value": value} for value in values])

    def take_out(self, name: str, article_ids: Sequence[str]) -> None:
        """Takes articles out that were put in. Raises CollectionMissing; NotCollected, and then takes none out."""
        [key], there = self.named([name]), set(self.ids([name]))
        for article_id in article_ids:
            if article_id not in there:
                raise NotCollected(name, article_id)
        with self.tables.writing() as connection:
            query = f"DELETE FROM collected WHERE collection = :key AND {self.dialect.among('article_id', 'these')}"
            connection.execute(query, {"key": key, **_these(article_ids)})

    def remove(self, name: str) -> None:
        """Raises CollectionMissing."""
        [key] = self.named([name])
        with self.tables.writing() as connection:
            for where in ("collected WHERE collection", "collecting WHERE collection", "collection WHERE key"):
                connection.execute(f"DELETE FROM {where} = :key", {"key": key})

    def _made(self) -> bool:
        """In PostgreSQL they are there from its first format on."""
        if not isinstance(self.tables, FileTables):
            return True
        return bool(self._all("SELECT 1 FROM sqlite_schema WHERE name = 'collection'"))


def release_gone(connection: Connection, article_id: str) -> None:
    """An article that is taken out leaves its collections; one that is taken in again in its place does not."""
    query = (
        "DELETE FROM collected WHERE article_id = :id "
        "AND NOT EXISTS (SELECT 1 FROM article WHERE id = :id AND died IS NULL)"
    )
    connection.execute(query, {"id": article_id})


def usable(name: str) -> str:
    """A name with single spaces. Raises CollectionNameUnusable for one that is empty, too long, or cannot be read.

    >>> usable("  Press of  Vellmar ")
    'Press of Vellmar'
    """
    shown = " ".join(normalize("NFC", name).split())
    unseen = any(category(each).startswith("C") and each not in _JOINERS for each in shown)
    if unseen or len(shown) > LONGEST_NAME or not any(map(str.isalnum, shown)):
        raise CollectionNameUnusable(name, LONGEST_NAME)
    return shown


def key_of(name: str) -> str:
    """A name as names are compared: two that look alike are one.

    >>> key_of("PRESS  of Vellmar") == key_of("press of vellmar")
    True
    """
    return folded("".join(each for each in normalize("NFKC", name) if each not in _JOINERS))


def _these(these: Iterable[str]) -> dict[str, list[str]]:
    return {"these": list(these)}


def _rule(filters: Filters) -> str:
    """A rule as JSON, the same for the same."""
    said = {name: value for name, value in asdict(filters).items() if value}
    return json.dumps(said, default=date.isoformat, sort_keys=True, ensure_ascii=False)


def _rule_of(rule: str) -> Filters:
    said = json.loads(rule)
    since, until = (date.fromisoformat(said[name]) if name in said else None for name in ("since", "until"))
    outlet, author, language = (tuple(said.get(name, ())) for name in ("outlet", "author", "language"))
    return Filters(outlet, author, tuple(map(Kind, said.get("kind", ()))), language, since, until)
