"""Changes of articles in the ledger."""

from __future__ import annotations

import json
from dataclasses import astuple
from datetime import UTC, datetime

from index.sql import Connection
from index.store.database import Database
from index.store.rows import NOW
from index.types import Change, Revision

NOT_YET = ""  # the version of an article before it came


class Revisions(Database):
    def of(self, article_id: str) -> tuple[Revision, ...]:
        """The changes of an article that readers see, the latest last."""
        found = [each for each in self._after(article_id, 0) if each.version_before != NOT_YET]
        return tuple(each for each in found if each.facts or each.version_before != each.version_after)

    def come(self, article_id: str, after: int) -> list[tuple[str, ...]] | None:
        """The sentences that each change after a generation brought; None where the article came after it."""
        found = self._after(article_id, after)
        if not found:
            born = self._one(f"SELECT max(born) FROM article WHERE id = :id AND {NOW}", {"id": article_id})[0]
            return None if born > after else []
        return None if found[0].version_before == NOT_YET else [each.come for each in found]

    def _after(self, article_id: str, generation: int) -> list[Revision]:
        query = (
            "SELECT at, before, after, changes FROM revision WHERE article_id = :id AND generation > :after "
            "AND generation <= (SELECT generation FROM published) ORDER BY generation"
        )
        return [_revision(*row) for row in self._all(query, {"id": article_id, "after": generation})]


def insert_revision(connection: Connection, article_id: str, generation: int, change: Revision) -> None:
    """The change that a generation brings to an article that was there before."""
    told = {"facts": [astuple(fact) for fact in change.facts], "gone": change.gone, "come": change.come}
    values = {
        "id": article_id,
        "generation": generation,
        "at": change.at.isoformat(),
        "before": change.version_before,
        "after": change.version_after,
        "changes": json.dumps(told, ensure_ascii=False),
    }
    connection.execute("INSERT INTO revision VALUES (:id, :generation, :at, :before, :after, :changes)", values)


def insert_coming(connection: Connection, article_id: str, born: int, version: str) -> None:
    """When an article came, before its first change is noted: after that its row does not say it any more."""
    known = "SELECT 1 FROM revision WHERE article_id = :id LIMIT 1"
    if not connection.execute(known, {"id": article_id}).fetchone():
        insert_revision(connection, article_id, born, Revision(datetime.now(UTC), NOT_YET, version))


def unchanged(version: str) -> Revision:
    """The revision of an article that is written again as it was: it ceased to be a copy, or became one."""
    return Revision(datetime.now(UTC), version, version)


def _revision(at: str, before: str, after: str, changes: str) -> Revision:
    told = json.loads(changes)
    facts = tuple(Change(*change) for change in told["facts"])
    return Revision(datetime.fromisoformat(at), before, after, facts, tuple(told["gone"]), tuple(told["come"]))
