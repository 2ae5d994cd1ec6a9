"""Sources of articles in the ledger: how each looked, where it was found, what it gave.

All of it is written after the articles are published. So after a crash nothing is claimed that is not there; at worst a
source is read again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import NamedTuple

from index.sql import Connection
from index.store.database import Database
from index.store.rows import NOW
from index.types import Outcome, Stamp, Visit

_HERE = f"EXISTS (SELECT 1 FROM article WHERE id = article_id AND {NOW})"
_DROPPED = "given = 0 AND source IN (SELECT source FROM found WHERE run = :run)"
_INSIDE = "root = :root OR (source >= :first AND source < :last)"

_FOUND = """
INSERT INTO found VALUES (:root, :source, :run) ON CONFLICT (root, source) DO UPDATE SET run = excluded.run
"""
_HOLDING = """
INSERT INTO holding VALUES (:source, :id, 1) ON CONFLICT (source, article_id) DO UPDATE SET given = 1
"""
_SOURCE = """
INSERT INTO source (name, size, touched, hash, etag, last_modified)
VALUES (:name, :size, :touched, :hash, :etag, :last_modified)
ON CONFLICT (name) DO UPDATE SET size = excluded.size, touched = excluded.touched, hash = excluded.hash,
    etag = excluded.etag, last_modified = excluded.last_modified
"""


class Taken(NamedTuple):
    """A visit, and the ids of the articles that it gave."""

    visit: Visit
    ids: Sequence[str]
    whole: bool  # nothing of it failed


class SourceTables(Database):
    def stamp(self, source: str) -> Stamp | None:
        """How a source looked when it was last read. None unless it was read whole, and all that it gave is here."""
        query = (
            "SELECT size, touched, hash, etag, last_modified FROM source WHERE name = :name AND NOT EXISTS "
            f"(SELECT 1 FROM holding WHERE source = :name AND given = 1 AND NOT {_HERE})"
        )
        rows = self._all(query, {"name": _name(source)})
        return Stamp(*rows[0]) if rows and any(each is not None for each in rows[0]) else None

    def given(self, sources: Iterable[str]) -> int:
        """How many articles sources gave when they were last read."""
        query = f"SELECT count(*) FROM holding WHERE {self.dialect.among('source', 'sources')} AND given = 1"
        return int(self._one(query, _named(sources))[0])

    def record(self, taken: Iterable[Taken], run: int) -> None:
        """Notes visits. What a source gave before and not now stays held by it, for a run that prunes.

        Of a source that was not read whole, nobody knows what it does not give any more.
        """
        with self.tables.writing() as connection:
            for visit, ids, whole in taken:
                source = _name(visit.source)
                connection.execute(_FOUND, {"root": _name(visit.root), "source": source, "run": run})
                if visit.outcome is Outcome.READ:
                    _hold(connection, source, ids, whole)
                    _stamp(connection, source, visit.stamp if whole else Stamp())
                elif visit.outcome is Outcome.UNCHANGED and visit.stamp != Stamp():
                    _stamp(connection, source, visit.stamp)

    def dropped(self, run: int) -> list[str]:
        """The articles that the sources of a run gave once, and that no source gives any more."""
        query = (
            f"SELECT DISTINCT article_id FROM holding WHERE {_DROPPED} AND NOT EXISTS "
            "(SELECT 1 FROM holding AS other WHERE other.article_id = holding.article_id AND other.given = 1)"
        )
        return [article_id for (article_id,) in self._all(query, {"run": run})]

    def forget_dropped(self, run: int) -> None:
        self._write(f"DELETE FROM holding WHERE {_DROPPED}", {"run": run})

    def lost(self, root: str, run: int) -> list[str]:
        """The sources that were found in a root before, or lie in it where it is a folder.

        Without those that this run found, in it or elsewhere, and those that another root has.
        """
        query = (
            f"SELECT DISTINCT source FROM found AS here WHERE ({_INSIDE}) AND NOT EXISTS "
            f"(SELECT 1 FROM found WHERE source = here.source AND (run = :run OR NOT ({_INSIDE})))"
        )
        return [source for (source,) in self._all(query, {**_inside(root), "run": run})]

    def leave(self, root: str, run: int) -> None:
        """Forgets that sources were found in a root which this run did not find."""
        with self.tables.writing() as connection:
            connection.execute(
                f"DELETE FROM found WHERE ({_INSIDE}) AND NOT EXISTS "
                "(SELECT 1 FROM found AS now WHERE now.source = found.source AND now.run = :run)",
                {**_inside(root), "run": run},
            )

    def orphans(self, sources: Iterable[str]) -> list[str]:
        """The articles that these sources hold and no other gives."""
        query = (
            f"SELECT DISTINCT article_id FROM holding WHERE {self.dialect.among('source', 'sources')} AND NOT EXISTS "
            "(SELECT 1 FROM holding AS other WHERE other.article_id = holding.article_id "
            f"AND other.given = 1 AND NOT {self.dialect.among('other.source', 'sources')})"
        )
        return [article_id for (article_id,) in self._all(query, _named(sources))]

    def forget(self, sources: Sequence[str]) -> None:
        self._write(f"DELETE FROM source WHERE {self.dialect.among('name', 'sources')}", _named(sources))
        self._write(f"DELETE FROM holding WHERE {self.dialect.among('source', 'sources')}", _named(sources))

    def release(self, article_id: str) -> None:
        """Nobody holds the article any more, and its sources are read again at the next visit."""
        with self.tables.writing() as connection:
            held = {"id": article_id}
            holders = connection.execute("SELECT source FROM holding WHERE article_id = :id", held).fetchall()
            for (source,) in holders:
                _stamp(connection, source, Stamp())
            connection.execute("DELETE FROM holding WHERE article_id = :id", held)


def _hold(connection: Connection, source: str, ids: Sequence[str], whole: bool) -> None:
    if whole:
        connection.execute("UPDATE holding SET given = 0 WHERE source = :source", {"source": source})
    connection.execute(_HOLDING, [{"source": source, "id": article_id} for article_id in ids])


def _stamp(connection: Connection, source: str, stamp: Stamp) -> None:
    connection.execute(_SOURCE, {"name": source, **asdict(stamp)})


def _name(source: str) -> str:
    """The name of a source as SQLite keeps it: the names of files may hold bytes that are no letters."""
    return source.encode(errors="backslashreplace").decode()


def _named(sources: Iterable[str]) -> dict[str, list[str]]:
    return {"sources": [_name(source) for source in sources]}


def _inside(root: str) -> dict[str, str]:
    """The parameters for what is in a root: a folder also has the files that were found by other roots."""
    if "://" in root:
        return {"root": _name(root), "first": "", "last": ""}
    folder = _name(root).rstrip(os.sep)
    return {"root": _name(root), "first": folder + os.sep, "last": folder + chr(ord(os.sep) + 1)}
