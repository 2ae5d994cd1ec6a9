"""The ledger against itself, and the vectors and words against the ledger, to the last number."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.errors import ShownError
from index.fingerprint import digest, version
from index.store.database import Database, ServerTables
from index.store.rows import FACTS, NOW, article_of

if TYPE_CHECKING:
    from index.store.ledger import Ledger
    from index.store.store import Store

TEXTS = 16  # articles read at a time
NAMED = 5  # of what is wrong, at most


@dataclass(frozen=True, slots=True)
class StoreFinding:
    """One part that was looked at. What is `derived` can be made again from the ledger; the ledger cannot."""

    part: str
    found: str
    ok: bool
    derived: bool


def examine(store: Store) -> Iterator[StoreFinding]:
    """The findings, the ledger first. Where it is damaged, what is derived from it is not looked at."""
    inspection, sound = Inspection(store.folder, store.ledger), True
    for part, look in (
        ("file", inspection.file),
        ("articles", inspection.articles),
        ("passages", inspection.passages),
    ):
        finding = _finding(part, look, derived=False)
        sound = sound and finding.ok
        yield finding
    if sound:
        yield _finding("vectors", lambda: _compared(*store.compare_vectors()), derived=True)
        yield _finding("words", lambda: _compared(*store.compare_words()), derived=True)
    if sound and (replica := store.replica):
        yield _finding("replicas", lambda: _replicas(replica.name, store.ledger), derived=False)


def _replicas(own: str, ledger: Ledger) -> tuple[bool, str]:
    """Where the replicas are that were heard of in a week. Each compares its own part alone."""
    now, told = ledger.published().generation, []
    for name, at, ago in ledger.seen():
        behind = f"{now - at} generations behind" if at < now else "up to date"
        here = "this one" if name == own else f"heard of {ago:.0f} seconds ago"
        told.append(f"{name} is {behind} ({here})")
    return True, "; ".join(told) or "none was heard of"


def _finding(part: str, look: Callable[[], tuple[bool, str]], derived: bool) -> StoreFinding:
    try:
        ok, found = look()
    except ShownError as error:
        ok, found = False, str(error)
    return StoreFinding(part, found, ok, derived)


def _compared(total: int, other: int, surplus: int) -> tuple[bool, str]:
    if other or surplus:
        return False, f"of {total} passages {other} are missing or not as in the ledger, and {surplus} are too many"
    return True, f"{total}, as in the ledger"


class Inspection(Database):
    """The ledger by itself: what was written down twice agrees."""

    def file(self) -> tuple[bool, str]:
        if isinstance(self.tables, ServerTables):
            return True, f"in PostgreSQL, at {self.tables.database.shown}"
        try:
            complaints = [line for (line,) in self._all("PRAGMA integrity_check(10)")]
        except sqlite3.DatabaseError as error:
            complaints = [str(error)]
        return complaints == ["ok"], "; ".join(complaints)

    def articles(self) -> tuple[bool, str]:
        """Each is what it was when it came in: its recorded fingerprints are those of what is there."""
        total, changed = 0, []
        for _, mark, text_version, row in self._rows():
            article, total = article_of(row), total + 1
            if (digest(article), version(article.text)) != (mark, text_version):
                changed.append(article.id)
        if changed:
            return False, f"{len(changed)} of {total} are not as they came in: {', '.join(changed[:NAMED])}"
        return True, f"{total}, each as it came in"

    def passages(self) -> tuple[bool, str]:
        """Each is a span of its article and has a vector of the right length, and no article is without."""
        total, wrong = 0, []
        for number, _, _, row in self._rows():
            passages = self._passages(number)
            total += len(passages)
            article = article_of(row)
            if not all(_right(article.text, *passage) for passage in passages) or not (passages or self._bare(number)):
                wrong.append(article.id)
        if wrong:
            return False, f"those of {len(wrong)} articles are not spans of them: {', '.join(wrong[:NAMED])}"
        return True, f"{total}, each a span of its article"

    def _rows(self) -> Iterator[tuple[int, str, str, list[object]]]:
        query = (
            f"SELECT number, digest, version, {FACTS}, text FROM article WHERE number > :after AND {NOW} "
            f"ORDER BY number LIMIT {TEXTS}"
        )
        after = 0
        while rows := self._all(query, {"after": after}):
            yield from ((number, mark, text_version, row) for number, mark, text_version, *row in rows)
            after = rows[-1][0]

    def _passages(self, number: int) -> list[tuple[int, int, str, int]]:
        query = (
            'SELECT start, "end", text, length(vector) = 2 * dimension FROM passage JOIN edition ON edition = number '
            "WHERE article = :number AND edition = (SELECT edition FROM published)"
        )
        return self._all(query, {"number": number})

    def _bare(self, number: int) -> bool:
        """Whether an article is one that has no passages: its text is that of another."""
        return self._one("SELECT copy_of FROM article WHERE number = :number", {"number": number})[0] is not None


def _right(article: str, start: int, end: int, text: str, whole: int) -> bool:
    return bool(text) and article[start:end] == text and bool(whole)
