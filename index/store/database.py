"""Where the tables of a ledger are: in one SQLite file, or in PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import DatabaseMismatch, LedgerDamaged, ShownError, StoreMismatch, StoreUnwritable, WriterReplaced
from index.sql import (
    NO_VALUES,
    POSTGRESQL,
    SQLITE,
    Connection,
    Dialect,
    PostgreSQL,
    SQLiteConnection,
    Values,
    popped,
)
from index.store.schema import FORMAT, READABLE, REVISION, REVISIONS, SCHEMA_NAME

MENDING = "Run `byline doctor --deep` to bring it up to date; nothing is embedded again for it."
_OUTSIDE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}  # what the machine did, not the file


def readable(folder: Path, stored: int) -> None:
    """Raises where a ledger's format cannot be read."""
    if stored < 1:
        raise LedgerDamaged(folder, "it is none of Byline's")
    if stored > FORMAT:
        raise StoreMismatch(
            folder, "format", stored, FORMAT, "Update Byline, or make another index with `--store DIR`."
        )
    if stored < READABLE:
        raise StoreMismatch(folder, "format", stored, FORMAT, MENDING)


class FileTables:
    """The tables of one SQLite file."""

    dialect = SQLITE

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "ledger.sqlite"
        self._idle: list[SQLiteConnection] = []

    def exists(self) -> bool:
        return self.path.is_file()

    def close(self) -> None:
        while self._idle:
            self._idle.pop().raw.close()

    @contextmanager
    def reading(self) -> Iterator[SQLiteConnection]:
        """A statement takes an idle connection or makes one, so that threads never share one."""
        try:
            connection = popped(self._idle) or SQLiteConnection(self._connect())
            yield connection
        except sqlite3.OperationalError as error:
            raise self._shown(error) from error
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:
                raise  # a mistake of ours
            raise LedgerDamaged(self.folder, str(error)) from error
        self._idle.append(connection)

    @contextmanager
    def writing(self, unlimited: bool = False) -> Iterator[SQLiteConnection]:  # noqa: ARG002  # a file has no limit
        with self.reading() as connection, connection.raw:
            yield connection

    def _shown(self, error: sqlite3.OperationalError) -> ShownError:
        if error.sqlite_errorcode & 0xFF in _OUTSIDE:
            return StoreUnwritable(self.folder, str(error))
        return LedgerDamaged(self.folder, str(error))

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.resolve().as_uri()}?mode=rw", uri=True, timeout=30, check_same_thread=False
        )
        readable(self.folder, int(connection.execute("PRAGMA user_version").fetchone()[0]))
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a follower must never know more than the ledger
        connection.execute("PRAGMA secure_delete = ON")  # what was removed is gone from the file
        return connection


class ServerTables:
    """The tables of one PostgreSQL database, for any number of processes on any number of machines.

    Whoever holds the writer's lock has a number (a fencing token). Each transaction compares it with the last one that
    was given. So a writer that lost the lock writes nothing once another holds it.
    """

    dialect = POSTGRESQL

    def __init__(self, url: str) -> None:
        self.database = PostgreSQL(url, SCHEMA_NAME)
        self._known = False  # whether they were found, in a format that this Byline reads
        self.writer: int | None = None  # the number of the writer that this process is

    def exists(self) -> bool:
        """Whether something was ever written. Raises DatabaseMismatch."""
        if not self._known and self.made():
            with self.database.single() as connection:
                self._known = bool(connection.execute("SELECT 1 FROM published").fetchone())
        return self._known

    def made(self) -> bool:
        """Whether there are tables, maybe empty ones. Raises DatabaseMismatch."""
        if not self.database.exists("revision_of_tables"):
            return False
        with self.database.single() as connection:
            row = connection.execute("SELECT version_num FROM revision_of_tables").fetchone()
        if row and row[0] != REVISION:
            raise DatabaseMismatch(self.database.shown, later=row[0] not in REVISIONS)
        return row is not None

    def make(self) -> None:
        """Makes them where there are none. Those of an earlier Byline are for `byline store migrate`."""
        if not self.made():
            self.upgrade()

    def upgrade(self) -> tuple[str, ...]:
        """Makes them, or brings those of an earlier Byline to this format; says what was done. Raises
        DatabaseMismatch where they are of a later one."""
        from index.migrations import upgrade

        try:
            self.made()
        except DatabaseMismatch as error:
            if error.later:
                raise
        return upgrade(self.database)

    def close(self) -> None:
        """The pool of connections is the process's."""

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.database.single() as connection:
            yield connection

    @contextmanager
    def writing(self, unlimited: bool = False) -> Iterator[Connection]:
        """Same as `PostgreSQL.writing`. Raises WriterReplaced."""
        with self.database.writing(unlimited) as connection:
            last = connection.execute("SELECT writer FROM published FOR UPDATE").fetchone()
            if last is None or last[0] != self.writer:
                raise WriterReplaced(self.database.shown)
            yield connection

    def take_over(self) -> None:
        """Makes this process the writer. For the holder of the lock, and where there is something."""
        with self.database.writing() as connection:
            query = "UPDATE published SET writer = writer + 1 RETURNING writer"
            self.writer = connection.execute(query).fetchone()[0]


class Database:
    """A few tables of the ledger, for those who know them. Several threads may call it at once."""

    def __init__(self, folder: Path, beside: Database | None = None, url: str | None = None) -> None:
        """The tables of another; else of PostgreSQL, where there is a URL; else of the file in the folder."""
        self.folder = folder
        self.path = folder / "ledger.sqlite"
        self.tables: FileTables | ServerTables
        self.tables = beside.tables if beside is not None else ServerTables(url) if url else FileTables(folder)

    @property
    def dialect(self) -> Dialect:
        return self.tables.dialect

    def exists(self) -> bool:
        return self.tables.exists()

    def close(self) -> None:
        self.tables.close()

    def _all(self, query: str, values: Values = NO_VALUES) -> list[tuple[Any, ...]]:
        with self.tables.reading() as connection:
            found: list[tuple[Any, ...]] = connection.execute(query, values).fetchall()
            return found

    def _one(self, query: str, values: Values = NO_VALUES) -> tuple[Any, ...]:
        return self._all(query, values)[0]

    def _write(self, query: str, values: Values | Sequence[Mapping[str, Any]] = NO_VALUES) -> None:
        with self.tables.writing() as connection:
            connection.execute(query, values)
