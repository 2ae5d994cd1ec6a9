"""The tables of conversations: their formats, and their transactions.

Old turns are deleted. In a file, deleted rows are overwritten.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.errors import Reason, ShownError
from bot.tables.sqlite import PATIENCE, FileHeld, Group
from bot.tables.tables import open_tables
from index.sql import Connection
from index.text.surrogates import without_surrogates

FILE = "history.sqlite3"  # in the folder of the store
FORMAT = 4
DAY = 86_400.0  # seconds
EVERY = 3_600.0  # seconds between two searches for old turns

_FEEDBACK = """
CREATE TABLE IF NOT EXISTS feedback (
    turn INTEGER NOT NULL REFERENCES turn ON DELETE CASCADE,
    person TEXT NOT NULL,   -- where several read an answer; '' elsewhere
    given REAL NOT NULL,
    good INTEGER NOT NULL,
    reasons TEXT NOT NULL,  -- a list in JSON
    note TEXT NOT NULL,
    PRIMARY KEY (turn, person)
);
"""
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS conversation (
    id TEXT PRIMARY KEY,
    surface TEXT NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT              -- as somebody renamed it
);
CREATE INDEX IF NOT EXISTS conversation_owner ON conversation (surface, owner);
CREATE TABLE IF NOT EXISTS turn (
    number INTEGER PRIMARY KEY,
    conversation TEXT NOT NULL REFERENCES conversation ON DELETE CASCADE,
    asked REAL NOT NULL,    -- seconds since 1970
    question TEXT NOT NULL,
    status TEXT NOT NULL,
    text TEXT NOT NULL,     -- the answer's; empty where there is none
    model TEXT NOT NULL,
    answer TEXT             -- its JSON; last, because most readers do without
);
CREATE INDEX IF NOT EXISTS turn_conversation ON turn (conversation, asked);
CREATE INDEX IF NOT EXISTS turn_asked ON turn (asked);
CREATE TABLE IF NOT EXISTS deleted (  -- lately: what was asked before and is answered after is not kept
    conversation TEXT PRIMARY KEY,    -- '' stands for all
    at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS purged (   -- lately: what was asked before is kept without these articles
    article TEXT PRIMARY KEY,
    at REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS share (
    hash TEXT PRIMARY KEY,  -- of the key in the link: whoever reads this file, or a copy, has no link by it
    turn INTEGER NOT NULL UNIQUE REFERENCES turn ON DELETE CASCADE,
    made REAL NOT NULL
);
{_FEEDBACK}CREATE TABLE IF NOT EXISTS response (
    id TEXT PRIMARY KEY,    -- as a program knows an answer
    turn INTEGER NOT NULL UNIQUE REFERENCES turn ON DELETE CASCADE,
    previous TEXT,          -- the id of the one that it goes on from
    asked TEXT NOT NULL     -- what came with the question, in JSON
);
CREATE INDEX IF NOT EXISTS response_previous ON response (previous);
"""


NOT_KEPT = Reason(
    "chats_unusable",
    text="Chats can be neither read nor kept just now. Whoever runs Byline finds the reason in its log.",
)


class HistoryUnusable(ShownError):
    wording = "history_unusable"
    plain = NOT_KEPT

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The conversations in {path} can be neither read nor kept: {reason}. "
            "Mend the cause, or set `history_days` to 0 to keep none.",
            path=str(path),
            reason=reason,
        )


class HistoryDamaged(ShownError):
    wording = "history_damaged"
    plain = NOT_KEPT

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The conversations in {path} cannot be read: {reason}. "
            "Answers do not need them; begin anew with `byline history delete --all`.",
            path=str(path),
            reason=reason,
        )


class Unwritten(Exception):
    """JSON that is not of an answer."""


def hashed(key: str) -> str:
    """The hash of a random key, in hexadecimal digits. Only the hash is kept."""
    return sha256(sound(key).encode()).hexdigest()


def sound(value: Any) -> Any:
    """The value; in a text, lone surrogates are replaced, since they cannot be written."""
    return without_surrogates(value) if isinstance(value, str) else value


def _hash_links(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE share RENAME COLUMN key TO hash")
    for (key,) in connection.execute("SELECT hash FROM share").fetchall():
        connection.execute("UPDATE share SET hash = :hash WHERE hash = :key", {"hash": hashed(key), "key": key})


def _tell_readers_apart(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE feedback RENAME TO feedback_of_one")
    connection.execute(_FEEDBACK)
    connection.execute("INSERT INTO feedback SELECT turn, '', given, good, reasons, note FROM feedback_of_one")
    connection.execute("DROP TABLE feedback_of_one")


GROUP = Group(FILE, _SCHEMA, FORMAT, {1: (), 2: (_hash_links, _tell_readers_apart), 3: (_tell_readers_apart,)})


class HistoryTables:
    """Tables in a file, in a database, or in this process alone. Several threads and processes may use them at once.

    Makes no file before the first write. Methods that read or write raise HistoryUnusable, HistoryDamaged,
    DatabaseUnreachable.
    """

    def __init__(
        self, path: Path | None, days: float, clock: Callable[[], float] = time.time, url: str | None = None
    ) -> None:
        """Without a `path` and the `url` of a database, the tables are in memory. `clock` gives seconds since 1970."""
        self.path = path
        self.clock = clock
        self._days = days
        self._swept = 0.0  # seconds since 1970, at the last search for old turns
        self._tables = open_tables(GROUP, path, url, PATIENCE, HistoryUnusable, HistoryDamaged)

    def exists(self) -> bool:
        return self._tables.exists()

    def oldest(self) -> float:
        """The least time of a turn that is still shown, in seconds since 1970."""
        return self.clock() - self._days * DAY

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One writing transaction, also for other modules with tables of the group."""
        self._sweep()
        with self._damage_shown(), self._tables.writing() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent state of the tables; missing tables are empty."""
        self._sweep()
        with self._damage_shown(), self._tables.reading() as connection:
            yield connection

    def flush(self) -> None:
        """Overwrites deleted rows on the disk. Raises FileHeld if another program holds the file."""
        self._tables.flush()

    def remove(self) -> None:
        """Removes a damaged file."""
        self._tables.remove()

    def _sweep(self) -> None:
        """Deletes old turns, at most once an hour. If it cannot, they stay hidden."""
        now, values = self.clock(), {"oldest": self.oldest()}
        if now - self._swept < EVERY:
            return
        self._swept = now
        with suppress(HistoryUnusable, FileHeld):
            with self._tables.reading() as connection:
                if not connection.execute("SELECT 1 FROM turn WHERE asked < :oldest LIMIT 1", values).fetchone():
                    return
            with self._tables.writing() as connection:
                connection.execute("DELETE FROM turn WHERE asked < :oldest", values)
                connection.execute("DELETE FROM conversation WHERE id NOT IN (SELECT conversation FROM turn)")
            self._tables.flush()

    @contextmanager
    def _damage_shown(self) -> Iterator[None]:
        """Turns Unwritten into HistoryDamaged."""
        try:
            yield
        except Unwritten as error:
            raise HistoryDamaged(self.path or Path(FILE), str(error)) from error
