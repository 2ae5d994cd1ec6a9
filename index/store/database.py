"""The one SQLite file, and its connections."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import ShownError, StoreDamaged, StoreMismatch, StoreUnwritable
from index.store.schema import FORMAT, READABLE

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
        raise StoreDamaged(folder, "it is none of Byline's")
    if stored > FORMAT:
        raise StoreMismatch(
            folder, "format", stored, FORMAT, "Update Byline, or make another index with `--store DIR`."
        )
    if stored < READABLE:
        raise StoreMismatch(folder, "format", stored, FORMAT, MENDING)


class Database:
    """A few tables of the file, for those who know them. Several threads may call it at once."""

    def __init__(self, folder: Path, beside: Database | None = None) -> None:
        self.folder = folder
        self.path = folder / "ledger.sqlite"
        self._idle: list[sqlite3.Connection] = [] if beside is None else beside._idle  # shared with the other

    def exists(self) -> bool:
        return self.path.is_file()

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    # Connections: a statement takes an idle one or makes one, so that threads never share one

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._idle.pop() if self._idle else self._connect()
            yield connection
        except sqlite3.OperationalError as error:
            raise self._shown(error) from error
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:
                raise  # a mistake of ours
            raise StoreDamaged(self.folder, str(error)) from error
        self._idle.append(connection)

    def _shown(self, error: sqlite3.OperationalError) -> ShownError:
        if error.sqlite_errorcode & 0xFF in _OUTSIDE:
            return StoreUnwritable(self.folder, str(error))
        return StoreDamaged(self.folder, str(error))

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.resolve().as_uri()}?mode=rw", uri=True, timeout=30, check_same_thread=False
        )
        readable(self.folder, int(connection.execute("PRAGMA user_version").fetchone()[0]))
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a follower must never know more than the ledger
        connection.execute("PRAGMA secure_delete = ON")  # what was removed is gone from the file
        return connection

    def _all(self, query: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
        with self._connection() as connection:
            return connection.execute(query, values).fetchall()

    def _one(self, query: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> tuple[Any, ...]:
        return self._all(query, values)[0]

    def _write(self, query: str, values: Sequence[Any]) -> None:
        with self._connection() as connection, connection:
            connection.execute(query, values)
