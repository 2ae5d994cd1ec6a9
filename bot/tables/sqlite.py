"""Tables that belong together, as one SQLite file of a store's folder, or in the memory of this process.

A file is private, and whole from its first moment; what is deleted is overwritten. Several threads and processes may
use one at once. What SQLite or the disk complains of is a sentence.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from typing import Any

from bot.errors import Reason, ShownError
from index.sql import SQLiteConnection

PATIENCE = 10.0  # seconds that one process waits for another
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}  # the file's fault; else the machine's
# A connection belongs to one thread at a time, but not always to the one that made it; transactions are begun by us.
_SHARED: dict[str, Any] = {"check_same_thread": False, "isolation_level": None}

Upgrade = Callable[[sqlite3.Connection], object]
Complaint = Callable[[Path, str], ShownError]  # of a file, and what is wrong with it


@dataclass(frozen=True, slots=True)
class Group:
    """Tables that belong together."""

    file: str  # its name in the folder of the store
    schema: str  # makes the tables; after an upgrade, those that are not there
    version: int = 1  # of the schema
    upgrades: Mapping[int, tuple[Upgrade, ...]] = field(default_factory=dict)  # by the version that they are for


class FileUnusable(ShownError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} can be neither read nor written: {reason}. Mend the cause, then try again.")


class FileDamaged(ShownError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} is damaged: {reason}. Move it away to begin anew; the articles are not in it.")


class FileHeld(ShownError):
    """Deleted words are no longer shown to anybody, and still on the disk."""

    wording = "file_held"
    plain = Reason(
        "words_held",
        text="Deleted. Until another program ends, the words stay on the disk. "
        "Whoever runs Byline finds it in its log.",
    )

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"Deleted, but another program holds {path} open, and the words stay on the disk until it ends. "
            "End it, then run `byline history`.",
            path=str(path),
        )


class SQLiteFile:
    """Tables in a file, which is made with the first write. Everything raises `unusable` and `damaged`."""

    def __init__(
        self,
        path: Path,
        group: Group,
        patience: float = PATIENCE,
        unusable: Complaint = FileUnusable,
        damaged: Complaint = FileDamaged,
    ) -> None:
        """`patience` is in seconds."""
        self.path = path
        self._group = group
        self._patience = patience
        self._unusable = unusable
        self._damaged = damaged

    def exists(self) -> bool:
        return self.path.is_file()

    @contextmanager
    def writing(self) -> Iterator[SQLiteConnection]:
        """One transaction, which holds the file from its beginning: what is read in it is still so when it writes."""
        with self._shown():
            if not self.path.exists():
                self._make()
            with self._connection() as connection, connection:
                connection.execute("BEGIN IMMEDIATE")
                yield SQLiteConnection(connection)

    @contextmanager
    def reading(self) -> Iterator[SQLiteConnection]:
        """One state of the file, also while others write; where there is no file yet, empty tables."""
        with self._shown():
            if self.path.exists():
                with self._connection() as connection, connection:
                    connection.execute("BEGIN")
                    yield SQLiteConnection(connection)
            else:
                with closing(empty(self._group)) as nothing:
                    yield SQLiteConnection(nothing)

    def flush(self) -> None:
        """Empties the log beside the file. Raises FileHeld where another program keeps it from that."""
        with self._shown():
            if self.path.exists():
                with self._connection() as connection:
                    if not _flushed(connection):
                        raise FileHeld(self.path)

    def remove(self) -> None:
        """Removes the file, which may be damaged."""
        with self._shown():
            for end in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """One for each use: none is shared among threads, and the last one leaves all in the one file."""
        address = f"{self.path.resolve().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, timeout=self._patience, **_SHARED)) as connection:
            stored, version = _version(connection), self._group.version
            if stored > version:
                raise self._unusable(self.path, f"a later Byline made it (format {stored}, not {version})")
            if stored < version and stored not in self._group.upgrades:
                raise self._damaged(self.path, "it is none of Byline's")
            _prepare(connection)
            if stored < version:
                _upgrade(connection, self._group)
            yield connection

    def _make(self) -> None:
        """The file, for nobody else to read, and whole before anybody sees it; if another was quicker, theirs stays."""
        with NamedTemporaryFile(prefix=".byline-", dir=self.path.parent) as made:
            with closing(sqlite3.connect(made.name, **_SHARED)) as connection:
                _upgrade(connection, self._group)
            with suppress(FileExistsError):
                os.link(made.name, self.path)

    @contextmanager
    def _shown(self) -> Iterator[None]:
        """Raises errors of SQLite or the disk as a sentence."""
        try:
            yield
        except OSError as error:
            raise self._unusable(self.path, error.strerror or str(error)) from error
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.ProgrammingError | sqlite3.IntegrityError):
                raise  # a mistake of ours
            kind = self._damaged if error.sqlite_errorcode & 0xFF in _DAMAGE else self._unusable
            raise kind(self.path, str(error)) from error


class InMemory:
    """Tables of this process alone, which one thread uses at a time."""

    def __init__(self, group: Group) -> None:
        self._connection = empty(group)
        self._lock = Lock()

    def exists(self) -> bool:
        return True

    @contextmanager
    def writing(self) -> Iterator[SQLiteConnection]:
        with self._lock, self._connection:
            self._connection.execute("BEGIN")
            yield SQLiteConnection(self._connection)

    reading = writing

    def flush(self) -> None:
        """There is no file with anything in it."""

    def remove(self) -> None:
        """There is no file to be removed."""


def empty(group: Group) -> sqlite3.Connection:
    """The tables of a group with nothing in them, in memory."""
    connection: sqlite3.Connection = sqlite3.connect(":memory:", **_SHARED)
    _prepare(connection)
    connection.executescript(group.schema)
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    """Sets it so that what is deleted is overwritten, and what belongs to it is deleted, too."""
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")


def _upgrade(connection: sqlite3.Connection, group: Group) -> None:
    """Makes the tables of the group's version, of none or of those of an earlier version."""
    connection.execute("PRAGMA journal_mode = WAL")
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        stored = _version(connection)
        if stored == group.version:  # another was quicker
            return
        for change in group.upgrades.get(stored, ()):
            change(connection)
        for statement in _statements(group.schema):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {group.version}")
    _flushed(connection)


def _statements(script: str) -> Iterator[str]:
    """One by one: `executescript` would end the transaction that it stands in."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _version(connection: sqlite3.Connection) -> int:
    stored: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return stored


def _flushed(connection: sqlite3.Connection) -> bool:
    """Whether all is in the one file now, and the log beside it empty."""
    return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
