"""The one SQLite file that conversations are kept in: its tables, its formats, and who may read and write it when.

What is deleted is overwritten, what is too old is swept out, and what SQLite or the disk complains of is a sentence.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from typing import Any

from bot.errors import ShownError

FILE = "history.sqlite3"  # in the folder of the store whose articles the conversations are about
FORMAT = 4
DAY = 86_400.0  # seconds
EVERY = 3_600.0  # seconds between two looks for what is too old
PATIENCE = 10.0  # seconds that one process waits for another

_SCHEMA = f"""
BEGIN IMMEDIATE;
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
CREATE TABLE IF NOT EXISTS feedback (
    turn INTEGER NOT NULL REFERENCES turn ON DELETE CASCADE,
    person TEXT NOT NULL,   -- where several read an answer; '' elsewhere
    given REAL NOT NULL,
    good INTEGER NOT NULL,
    reasons TEXT NOT NULL,  -- a list in JSON
    note TEXT NOT NULL,
    PRIMARY KEY (turn, person)
);
CREATE TABLE IF NOT EXISTS response (
    id TEXT PRIMARY KEY,    -- as a program knows an answer
    turn INTEGER NOT NULL UNIQUE REFERENCES turn ON DELETE CASCADE,
    previous TEXT,          -- the id of the one that it goes on from
    asked TEXT NOT NULL     -- what came with the question, in JSON
);
CREATE INDEX IF NOT EXISTS response_previous ON response (previous);
PRAGMA user_version = {FORMAT};
COMMIT;
"""
_UPGRADE = {  # by the format that it upgrades: to the next one. Tables that are not there yet come with the schema.
    2: """
        ALTER TABLE share RENAME COLUMN key TO hash;
        UPDATE share SET hash = hashed(hash);
        PRAGMA user_version = 3;
    """,
    3: """
        ALTER TABLE feedback RENAME TO feedback_of_one;
        CREATE TABLE feedback (
            turn INTEGER NOT NULL REFERENCES turn ON DELETE CASCADE,
            person TEXT NOT NULL,
            given REAL NOT NULL,
            good INTEGER NOT NULL,
            reasons TEXT NOT NULL,
            note TEXT NOT NULL,
            PRIMARY KEY (turn, person)
        );
        INSERT INTO feedback SELECT turn, '', given, good, reasons, note FROM feedback_of_one;
        DROP TABLE feedback_of_one;
        PRAGMA user_version = 4;
    """,
}
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}  # the file's fault; else the machine's


class HistoryUnusable(ShownError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The conversations in {path} can be neither read nor kept: {reason}. "
            "Mend the cause, or set `history_days` to 0 to keep none."
        )


class HistoryDamaged(ShownError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The conversations in {path} cannot be read: {reason}. "
            "Answers do not need them; begin anew with `byline history delete --all`."
        )


class HistoryHeld(ShownError):
    """What was deleted is no longer shown to anybody, and still on the disk."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"Deleted, but another program holds {path} open, and the words stay on the disk until it ends. "
            "End it, then run `byline history`."
        )


class Unwritten(Exception):
    """JSON that is none of an answer."""


class HistoryFile:
    """Tables in a file, or in this process alone. Several threads and processes may use them at once.

    Makes no file before something is written. Raises HistoryUnusable and HistoryDamaged wherever it reads or writes.
    """

    def __init__(self, path: Path | None, days: float, clock: Callable[[], float] = time.time) -> None:
        """Without a `path` nothing is written anywhere. `clock` gives seconds since 1970."""
        self.path = path
        self.clock = clock
        self._days = days
        self._looked = 0.0  # when too old ones were last looked for
        self._lock = Lock()
        self._memory = None if path else _prepared(sqlite3.connect(":memory:", **_SHARED))

    def exists(self) -> bool:
        return self.path is None or self.path.is_file()

    def oldest(self) -> float:
        """When the oldest was asked that is still shown, in seconds since 1970."""
        return self.clock() - self._days * DAY

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction. Also for modules whose tables are in the same file."""
        with self._shown():
            if self.path and not self.path.exists():
                _make(self.path)
            with self._connection() as connection, connection:
                connection.execute("BEGIN IMMEDIATE")
                yield connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Where there is no file yet, one that holds nothing."""
        with self._shown():
            if self.exists():
                with self._connection() as connection:
                    yield connection
            else:
                with closing(_prepared(sqlite3.connect(":memory:", **_SHARED))) as nothing:
                    yield nothing

    def flush(self) -> None:
        """Empties the log beside the file. Raises HistoryHeld where another program keeps it from that."""
        with self.reading() as connection:
            if self.path and not _flushed(connection):
                raise HistoryHeld(self.path)

    def remove(self) -> None:
        """Removes a damaged file."""
        assert self.path is not None, "what is in memory alone is not damaged"
        with self._shown():
            for end in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """One for each use: none is shared among threads or processes, and the last one leaves all in the one file."""
        if self._memory:
            with self._lock:
                self._sweep(self._memory)
                yield self._memory
            return
        assert self.path is not None
        address = f"{self.path.resolve().as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, timeout=PATIENCE, **_SHARED)) as connection:
            self._readable(connection)
            _prepared(connection)
            self._sweep(connection)
            yield connection

    def _readable(self, connection: sqlite3.Connection) -> None:
        assert self.path is not None
        tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        stored = _format(connection)  # second: another may make both just now
        if stored > FORMAT:
            raise HistoryUnusable(self.path, f"a later Byline made it (format {stored})")
        if tables and not stored:
            raise HistoryDamaged(self.path, "it is none of Byline's")

    def _sweep(self, connection: sqlite3.Connection) -> None:
        """Deletes what is too old, now and then. Where it cannot, it is still shown to nobody."""
        now, oldest = self.clock(), self.oldest()
        if now - self._looked < EVERY:
            return
        self._looked = now
        if connection.execute("SELECT EXISTS (SELECT 1 FROM turn WHERE asked < ?)", (oldest,)).fetchone()[0]:
            with suppress(sqlite3.OperationalError):
                with connection:
                    connection.execute("BEGIN IMMEDIATE")
                    connection.execute("DELETE FROM turn WHERE asked < ?", (oldest,))
                    connection.execute("DELETE FROM conversation WHERE id NOT IN (SELECT conversation FROM turn)")
                _flushed(connection)

    @contextmanager
    def _shown(self) -> Iterator[None]:
        """What SQLite or the disk complains of, as a sentence."""
        path = self.path or Path(FILE)
        try:
            yield
        except OSError as error:
            raise HistoryUnusable(path, error.strerror or str(error)) from error
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.ProgrammingError | sqlite3.IntegrityError):
                raise  # a mistake of ours
            kind = HistoryDamaged if error.sqlite_errorcode & 0xFF in _DAMAGE else HistoryUnusable
            raise kind(path, str(error)) from error
        except Unwritten as error:
            raise HistoryDamaged(path, str(error)) from error


# A connection belongs to one thread at a time, but not always to the one that made it; transactions are begun by us.
_SHARED: dict[str, Any] = {"check_same_thread": False, "isolation_level": None}


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    """With the tables of this format, and set so that what is deleted is overwritten."""
    connection.create_function("folded", 1, str.casefold, deterministic=True)
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    found = _format(connection)
    while _format(connection) in _UPGRADE:
        connection.create_function("hashed", 1, hashed, deterministic=True)
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            for statement in _UPGRADE.get(_format(connection), "").split(";"):  # another may have been quicker
                connection.execute(statement)
        _flushed(connection)
    if found < FORMAT:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(_SCHEMA)
    return connection


def _format(connection: sqlite3.Connection) -> int:
    stored: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return stored


def hashed(key: str) -> str:
    """What is kept of a key that nobody guesses: it leads to no key."""
    return sha256(sound(key).encode()).hexdigest()


def _make(path: Path) -> None:
    """The file, for nobody else to read, and whole before anybody sees it; where another was quicker, theirs stays."""
    with NamedTemporaryFile(prefix=".byline-", dir=path.parent) as made:
        _prepared(sqlite3.connect(made.name, **_SHARED)).close()
        with suppress(FileExistsError):
            os.link(made.name, path)


def _flushed(connection: sqlite3.Connection) -> bool:
    """Whether all is in the one file now, and the log beside it empty."""
    return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]


def sound(value: Any) -> Any:
    """Text that can be written: half a surrogate pair is no letter."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else value
