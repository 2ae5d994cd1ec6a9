"""One SQLite file of a store's folder, beside the index: private, whole from its first moment, its errors as sentences.

What is deleted is overwritten. Several threads and processes may use one file at once.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from bot.errors import ShownError

PATIENCE = 10.0  # seconds that one process waits for another
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}  # the file's fault; else the machine's
# A connection belongs to one thread at a time, but not always to the one that made it; transactions are begun by us.
_SHARED: dict[str, Any] = {"check_same_thread": False, "isolation_level": None}


class FileUnusable(ShownError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} can be neither read nor written: {reason}. Mend the cause, then try again.")


class FileDamaged(ShownError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} is damaged: {reason}. Move it away to begin anew; the articles are not in it.")


class SQLiteFile:
    """Tables in a file, which is made with the first write. Everything raises FileUnusable and FileDamaged."""

    def __init__(self, path: Path, schema: str, version: int, patience: float = PATIENCE) -> None:
        """`schema` makes the tables of this `version`, which is 1 or more; `patience` is in seconds."""
        self.path = path
        self._schema = schema
        self._version = version
        self._patience = patience

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, which holds the file from its beginning: what is read in it is still so when it writes."""
        with self._shown():
            if not self.path.exists():
                self._make()
            with self._connection() as connection, connection:
                connection.execute("BEGIN IMMEDIATE")
                yield connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One state of the file, also while others write; where there is no file yet, empty tables."""
        with self._shown():
            if self.path.exists():
                with self._connection() as connection, connection:
                    connection.execute("BEGIN")
                    yield connection
            else:
                with closing(sqlite3.connect(":memory:", **_SHARED)) as nothing:
                    nothing.executescript(self._schema)
                    yield nothing

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """One for each use: none is shared among threads, and the last one leaves all in the one file."""
        address = f"{self.path.resolve().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, timeout=self._patience, **_SHARED)) as connection:
            stored = connection.execute("PRAGMA user_version").fetchone()[0]
            if stored > self._version:
                raise FileUnusable(self.path, f"a later Byline made it (format {stored}, not {self._version})")
            if stored < self._version:
                raise FileDamaged(self.path, "it is none of Byline's")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA temp_store = MEMORY")
            yield connection

    def _make(self) -> None:
        """The file, for nobody else to read, and whole before anybody sees it; if another was quicker, theirs stays."""
        with NamedTemporaryFile(prefix=".byline-", dir=self.path.parent) as made:
            with closing(sqlite3.connect(made.name, **_SHARED)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(f"BEGIN; {self._schema} PRAGMA user_version = {self._version}; COMMIT;")
            with suppress(FileExistsError):
                os.link(made.name, self.path)

    @contextmanager
    def _shown(self) -> Iterator[None]:
        """What SQLite or the disk complains of, as a sentence."""
        try:
            yield
        except OSError as error:
            raise FileUnusable(self.path, error.strerror or str(error)) from error
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.ProgrammingError | sqlite3.IntegrityError):
                raise  # a mistake of ours
            kind = FileDamaged if error.sqlite_errorcode & 0xFF in _DAMAGE else FileUnusable
            raise kind(self.path, str(error)) from error
