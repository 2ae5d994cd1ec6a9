"""Who may write. Locks end with the process that holds them, however it ends."""

from __future__ import annotations

import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from index.errors import StoreBusy, StoreUnwritable
from index.sql import PostgreSQL, popped, waited
from index.store.causes import in_words

PATIENCE = 10.0  # seconds that a second writer waits


@contextmanager
def writing(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Holds the one writer's lock of a store, across processes and threads.

    Raises StoreBusy where another holds it for longer than `patience` seconds, and StoreUnwritable.
    """
    from filelock import FileLock, Timeout

    holder = folder / "writer"
    lock = FileLock(folder / "lock", timeout=patience)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise StoreBusy(folder, *_named(holder)) from error
    except OSError as error:
        raise StoreUnwritable(folder, in_words(error)) from error
    try:
        _sign(folder, holder)
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


@contextmanager
def writing_there(database: PostgreSQL, patience: float = PATIENCE) -> Iterator[None]:
    """The same for a schema of PostgreSQL, among all machines. The lock ends with its connection, which is its own.

    Raises StoreBusy, and DatabaseUnreachable.
    """
    name = f"byline {os.getpid()}@{socket.gethostname()[:16]} {datetime.now().astimezone():%Y-%m-%d %H:%M:%S %z}"
    schema = {"schema": database.schema}
    with database.alone() as connection:

        def tried() -> bool:
            return bool(connection.execute(f"SELECT pg_try_advisory_lock({_LOCK})", schema).fetchone()[0])

        if not waited(tried, patience):
            raise StoreBusy(database.shown, *_holder(connection.execute(_HOLDER, schema).fetchone()))
        connection.execute("SELECT set_config('application_name', :name, false)", {"name": name[:63]})
        yield


class SharedLock:
    """The readers' side of a `filelock.ReadWriteLock`: a read transaction of the SQLite file that it is.

    filelock opens that file anew for each lock, which takes longer than to search 10,000 vectors. Here connections
    are kept, one for each thread that reads at a time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Whether it is held: not where a writer holds it, which is not waited for. Raises OSError."""
        connection = popped(self._idle) or self._connected()
        try:
            yield _locked(connection)
        finally:
            connection.rollback()
            self._idle.append(connection)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _connected(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return sqlite3.connect(self._path, timeout=0, isolation_level=None, check_same_thread=False)
        except sqlite3.OperationalError as error:
            raise OSError(str(error)) from error


def _locked(connection: sqlite3.Connection) -> bool:
    connection.execute("BEGIN")
    try:
        connection.execute("SELECT name FROM sqlite_schema LIMIT 1").fetchall()  # only now is anything locked
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            return False
        raise OSError(str(error)) from error
    return True


_LOCK = "hashtextextended(:schema, 7)"  # two schemas of a database have two
_HOLDER = f"""
SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid)
WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND ((classid::bigint << 32) | objid::bigint) = {_LOCK}
"""


def _holder(row: tuple[str] | None) -> tuple[str, str | None]:
    """The process that writes, with its machine, and since when, by the name of its connection."""
    _, _, signed = (row[0] if row else "").partition(" ")
    process, _, since = signed.partition(" ")
    return (f"Process {process}" if process else "Another process"), since or None


def _sign(folder: Path, holder: Path) -> None:
    try:
        holder.write_text(f"{os.getpid()} {datetime.now().astimezone():%Y-%m-%d %H:%M:%S %z}")
    except OSError as error:
        raise StoreUnwritable(folder, in_words(error)) from error


def _named(holder: Path) -> tuple[str, str | None]:
    """The process that writes, and since when, where it could be read."""
    try:
        process, _, since = holder.read_text().partition(" ")
    except OSError:
        process, since = "", ""
    return (f"Process {process}" if process else "Another process"), since or None
