"""What the ledger knows of the changes of articles."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import astuple
from datetime import datetime

from index.store.database import Database
from index.types import Change, Revision


class Revisions(Database):
    def of(self, article_id: str) -> tuple[Revision, ...]:
        """The changes of an article that readers see, the latest last."""
        query = (
            "SELECT at, before, after, changes FROM revision "
            "WHERE article_id = ? AND generation <= (SELECT generation FROM published) ORDER BY generation"
        )
        return tuple(_revision(*row) for row in self._all(query, (article_id,)))


def insert_revision(connection: sqlite3.Connection, article_id: str, generation: int, change: Revision | None) -> None:
    """The change that a generation brings to an article, if it is one."""
    if change is not None:
        told = {"facts": [astuple(fact) for fact in change.facts], "gone": change.gone, "come": change.come}
        versions = change.version_before, change.version_after
        values = (article_id, generation, change.at.isoformat(), *versions, json.dumps(told, ensure_ascii=False))
        connection.execute("INSERT INTO revision VALUES (?, ?, ?, ?, ?, ?)", values)


def _revision(at: str, before: str, after: str, changes: str) -> Revision:
    told = json.loads(changes)
    facts = tuple(Change(*change) for change in told["facts"])
    return Revision(datetime.fromisoformat(at), before, after, facts, tuple(told["gone"]), tuple(told["come"]))
