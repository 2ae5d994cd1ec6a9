"""Conversations, kept in one SQLite file for every surface: for the next question, and to be shown again.

Who may read a conversation is whoever has its owner's key; only whoever has the file reads them all.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b, sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from types import TracebackType
from typing import Any, Self

from bot.errors import Cancelled, ShownError, UsageError
from bot.redact import REMOVED, rests_on, says, without, words_of
from bot.render import to_json
from bot.reread import answer_of
from bot.types import Answer, Status, Turn

FILE = "history.sqlite3"  # in the folder of the store whose articles the conversations are about
FORMAT = 3
TURNS = 8
DAY = 86_400.0  # seconds
EVERY = 3_600.0  # seconds between two looks for what is too old
PATIENCE = 10.0  # seconds that one process waits for another
STOPPED = "stopped"  # the status of a question without an answer; all others are those of answers

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
    turn INTEGER PRIMARY KEY REFERENCES turn ON DELETE CASCADE,
    given REAL NOT NULL,
    good INTEGER NOT NULL,
    reasons TEXT NOT NULL,  -- a list in JSON
    note TEXT NOT NULL
);
PRAGMA user_version = {FORMAT};
COMMIT;
"""
_UPGRADE = {  # by the format that it upgrades: to the next one
    2: """
        ALTER TABLE share RENAME COLUMN key TO hash;
        UPDATE share SET hash = hashed(hash);
        PRAGMA user_version = 3;
    """,
}
_LIST = """
SELECT surface, owner, name, shown, started, used, turns FROM (
    SELECT id, surface, owner, name, min(asked) AS started, max(asked) AS used, count(*) AS turns, coalesce(title, (
        SELECT question FROM turn WHERE conversation = id AND asked >= :oldest ORDER BY number LIMIT 1
    )) AS shown
    FROM conversation JOIN turn ON turn.conversation = id WHERE asked >= :oldest AND {} GROUP BY id
) WHERE :text = '' OR instr(folded(shown), :text) OR EXISTS (
    SELECT 1 FROM turn
    WHERE conversation = id AND asked >= :oldest AND (instr(folded(question), :text) OR instr(folded(text), :text))
) ORDER BY used DESC, id
"""
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR}  # the file's fault; else the machine's


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose conversations they are: `key` is what nobody else has, or what those who may read them share."""

    surface: str  # web, slack, cli, ...
    key: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation is held. The owner has no other of that name."""

    owner: Owner
    name: str

    @property
    def id(self) -> str:
        whole = json.dumps([self.owner.surface, self.owner.key, self.name])
        return blake2b(whole.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a list of conversations shows. The title is the first question, until somebody renames it."""

    place: Place
    title: str
    started: datetime  # UTC
    used: datetime
    turns: int


@dataclass(frozen=True, slots=True)
class Record:
    """One question, when it was asked, and what came of it."""

    number: int  # of all in the file
    question: str
    asked: datetime  # UTC
    answer: Answer | None  # None where it was stopped

    @property
    def status(self) -> str:
        return str(self.answer.status) if self.answer else STOPPED


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


class RecordMissing(UsageError):
    def __init__(self) -> None:
        super().__init__("This answer is not kept, or no longer. Ask again.")


class ConversationMissing(UsageError):
    def __init__(self, name: str) -> None:
        super().__init__(f"There is no conversation {name!r} here. `byline history` lists them.")


class History:
    """The conversations of a file, or of this process alone. Several threads and processes may use them at once.

    What is older than `days` is shown to nobody, and deleted at the first use and every hour of use. Makes no file
    before something is kept. Raises HistoryUnusable and HistoryDamaged wherever it reads or writes.
    """

    def __init__(self, path: Path | None, days: float, clock: Callable[[], float] = time.time) -> None:
        """Without a `path` nothing is written anywhere. `clock` gives seconds since 1970."""
        self.path = path
        self.clock = clock
        self._days = days
        self._looked = 0.0  # when too old ones were last looked for
        self._lock = Lock()
        self._memory = None if path else _prepared(sqlite3.connect(":memory:", **_SHARED))

    @classmethod
    def open(cls, store: Path, days: int, clock: Callable[[], float] = time.time) -> Self:
        """The history of the store in a folder; with no `days`, one in memory, and what was kept there is deleted."""
        path = store / FILE
        if days:
            return cls(path, days, clock)
        if path.is_file():
            cls(path, days, clock).delete_all()
        return cls.in_memory(clock)

    @classmethod
    def in_memory(cls, clock: Callable[[], float] = time.time) -> Self:
        """What was said today, for as long as this process lives."""
        return cls(None, 1, clock)

    def exists(self) -> bool:
        return self.path is None or self.path.is_file()

    # For the next question

    def exchange(self, place: Place, question: str) -> Exchange:
        """`with history.exchange(place, question) as exchange`: keeps what comes of the question, whatever comes."""
        return Exchange(self, place, question)

    def turns(self, place: Place, last: int = TURNS) -> tuple[Turn, ...]:
        """The newest of a conversation, oldest first. What was not answered stands there with its question alone."""
        query = (
            "SELECT question, CASE WHEN status IN (?, ?) THEN text ELSE '' END FROM turn "
            "WHERE conversation = ? AND asked >= ? ORDER BY number DESC LIMIT ?"
        )
        values = (Status.ANSWERED, Status.PARTIAL, place.id, self.oldest(), last)
        with self.reading() as connection:
            return tuple(Turn(*row) for row in connection.execute(query, values))[::-1]

    def keep(self, place: Place, question: str, answer: Answer | None, asked: float | None = None) -> int | None:
        """Adds what came of a question that was asked at a time; None where it was stopped. Gives its number.

        Not where the conversation was deleted since it was asked, and without the articles that were purged since.
        """
        asked = self.clock() if asked is None else asked
        place_row = (place.id, place.owner.surface, place.owner.key, place.name)
        with self.writing() as connection:
            since = "SELECT 1 FROM deleted WHERE conversation IN (?, '') AND at >= ?"
            if connection.execute(since, (place.id, asked)).fetchone():
                return None
            if answer:
                purged = connection.execute("SELECT article FROM purged WHERE at >= ?", (asked,)).fetchall()
                answer = without(answer, {article for (article,) in purged}) if purged else answer
            turn_row = (place.id, asked, question, *_columns(answer))
            known = "INSERT INTO conversation VALUES (?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING"
            connection.execute(known, tuple(map(_sound, place_row)))
            added = "INSERT INTO turn VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)"
            return connection.execute(added, tuple(map(_sound, turn_row))).lastrowid

    # To be shown again

    def conversations(self, owner: Owner, text: str = "") -> tuple[Conversation, ...]:
        """An owner's, last used first; with a `text`, those that have it in their title, questions or answers."""
        whose = "surface = :surface AND owner = :owner"
        return self._list(whose, _sound(text).casefold(), surface=owner.surface, owner=_sound(owner.key))

    def everybodys(self) -> tuple[Conversation, ...]:
        """All of them, last used first: for whoever has the file."""
        return self._list("TRUE")

    def find(self, conversation_id: str) -> Conversation:
        """Anybody's, for whoever has the file. Raises ConversationMissing."""
        found = self._list("id = :id", id=_sound(conversation_id))
        if not found:
            raise ConversationMissing(conversation_id)
        return found[0]

    def records(self, place: Place) -> tuple[Record, ...]:
        """A whole conversation, oldest first; empty where there is none."""
        query = "SELECT number, question, asked, answer FROM turn WHERE conversation = ? AND asked >= ? ORDER BY number"
        with self.reading() as connection:
            return tuple(record_of(*row) for row in connection.execute(query, (place.id, self.oldest())))

    def rename(self, place: Place, title: str) -> None:
        """An empty title stands for the first question again. Raises ConversationMissing."""
        with self.writing() as connection:
            query = "UPDATE conversation SET title = ? WHERE id = ?"
            if not connection.execute(query, (_sound(title) or None, place.id)).rowcount:
                raise ConversationMissing(place.name)

    def cut(self, place: Place, turns: int) -> None:
        """Takes what comes after the first `turns` of a conversation out of the file, to the last byte.

        Where another program reads the file, its last bytes go when that ends: nobody waits for that to ask again.
        """
        kept = "SELECT number FROM turn WHERE conversation = :id AND asked >= :oldest ORDER BY number LIMIT :turns"
        with self.writing() as connection:
            values = {"id": place.id, "oldest": self.oldest(), "turns": turns}
            connection.execute(f"DELETE FROM turn WHERE conversation = :id AND number NOT IN ({kept})", values)
        with suppress(HistoryHeld):
            self._flush()

    def delete(self, place: Place) -> None:
        """Takes a conversation out of the file, to the last byte. Raises HistoryHeld where that has to wait."""
        self._erase("DELETE FROM conversation WHERE id = ?", place.id)

    def delete_all(self) -> None:
        """Takes everybody's out; a damaged file is removed. Raises HistoryHeld."""
        try:
            self._erase("DELETE FROM conversation WHERE '' = ?", "")
        except HistoryDamaged:
            self._remove()

    def purge(self, article_ids: Collection[str]) -> int:
        """Takes what is of these articles out of all answers, to the last byte: see `bot.redact.without`.

        Also out of notes that repeat it, and of answers that are still being written. Gives how many answers had
        something of them. Raises HistoryHeld.
        """
        if not article_ids or not self.exists():
            return 0
        changed = 0
        now = self.clock()
        with self.writing() as connection:
            connection.execute("DELETE FROM purged WHERE at < ?", (now - DAY,))
            connection.executemany("INSERT OR REPLACE INTO purged VALUES (?, ?)", [(each, now) for each in article_ids])
            for number, record in _quoting(connection, article_ids):
                answer = without(record, article_ids)
                connection.execute(
                    "UPDATE turn SET status = ?, text = ?, model = ?, answer = ? WHERE number = ?",
                    (*map(_sound, _columns(answer)), number),
                )
                _purge_note(connection, number, words_of(record, article_ids))
                changed += 1
        self._flush()
        return changed

    # The file

    def oldest(self) -> float:
        """When the oldest was asked that is still shown, in seconds since 1970."""
        return self.clock() - self._days * DAY

    def _list(self, whose: str, text: str = "", **values: str) -> tuple[Conversation, ...]:
        every = {**values, "text": text, "oldest": self.oldest()}
        with self.reading() as connection:
            rows = connection.execute(_LIST.format(whose), every).fetchall()
        return tuple(_conversation(*row) for row in rows)

    def _erase(self, query: str, conversation_id: str) -> None:
        now = self.clock()
        with self.writing() as connection:
            connection.execute(query, (conversation_id,))
            connection.execute("DELETE FROM deleted WHERE at < ?", (now - DAY,))
            connection.execute("INSERT OR REPLACE INTO deleted VALUES (?, ?)", (conversation_id, now))
        self._flush()

    def _flush(self) -> None:
        with self.reading() as connection:
            if self.path and not _flushed(connection):
                raise HistoryHeld(self.path)

    def _remove(self) -> None:
        assert self.path is not None, "what is in memory alone is not damaged"
        with self._shown():
            for end in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)

    def check_answered(self, connection: sqlite3.Connection, place: Place, number: int) -> None:
        """Raises RecordMissing where the conversation has no answer of that number."""
        query = "SELECT 1 FROM turn WHERE number = ? AND conversation = ? AND asked >= ? AND answer IS NOT NULL"
        if not connection.execute(query, (number, place.id, self.oldest())).fetchone():
            raise RecordMissing

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
        except _Unwritten as error:
            raise HistoryDamaged(path, str(error)) from error


class Exchange:
    """A question of a conversation on its way to its answer.

    Whatever comes is kept: an answer, a failure, or that it was stopped; but not what cannot be asked at all. What can
    be neither read nor kept becomes a notice, never an error: no answer is lost because nothing can be written down.
    """

    def __init__(self, history: History, place: Place, question: str) -> None:
        self._history = history
        self._place = place
        self._question = question
        self._asked = history.clock()
        self._ended = False
        self.number: int | None = None  # of the record, once it is kept
        self._lacks: dict[str, None] = {}  # sentences, in order

    def turns(self, last: int = TURNS) -> tuple[Turn, ...]:
        """What was said before, for the pipeline."""
        turns: tuple[Turn, ...] = ()
        with self._unless_noticed("What was said before is not known."):
            turns = self._history.turns(self._place, last)
        return without_attempts(turns, self._question)

    def ended(self, answer: Answer) -> Answer:
        """Keeps the answer, and gives it with a notice where it could not."""
        self._keep(answer)
        return replace(answer, notice=" ".join((*filter(None, [answer.notice]), *self._lacks)) or None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ended or error is None or isinstance(error, UsageError):
            return
        if isinstance(error, Cancelled) or not isinstance(error, Exception):  # the latter: Ctrl-C, a closed stream
            self._keep(None)
        else:
            reason = str(error) if isinstance(error, ShownError) else "Something broke."
            self._keep(Answer(self._question, Status.FAILED, "", "", reason=reason))

    def _keep(self, answer: Answer | None) -> None:
        self._ended = True
        with self._unless_noticed("This is not kept, so a later question will not know of it."):
            self.number = self._history.keep(self._place, self._question, answer, self._asked)

    @contextmanager
    def _unless_noticed(self, lack: str) -> Iterator[None]:
        try:
            yield
        except ShownError as error:
            self._lacks |= {lack: None, str(error): None}


def without_attempts(turns: Sequence[Turn], question: str) -> tuple[Turn, ...]:
    """The turns without the last ones that are attempts at the same question and got no answer.

    A question that is asked again refers to what was said before it was first asked.

    >>> without_attempts([Turn("Who left?", "The bridge."), Turn("And when?"), Turn("and when? ")], "And when?")
    (Turn(question='Who left?', answer_text='The bridge.'),)
    """
    end = len(turns)
    while end and not turns[end - 1].answer_text and _alike(turns[end - 1].question, question):
        end -= 1
    return tuple(turns[:end])


class _Unwritten(Exception):
    """JSON that is none of an answer."""


# A connection belongs to one thread at a time, but not always to the one that made it; transactions are begun by us.
_SHARED: dict[str, Any] = {"check_same_thread": False, "isolation_level": None}


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    """With the tables of this format, and set so that what is deleted is overwritten."""
    connection.create_function("folded", 1, str.casefold, deterministic=True)
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA temp_store = MEMORY")
    if _format(connection) in _UPGRADE:
        connection.create_function("hashed", 1, hashed, deterministic=True)
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            for statement in _UPGRADE.get(_format(connection), "").split(";"):  # another may have been quicker
                connection.execute(statement)
        _flushed(connection)
    if _format(connection) < FORMAT:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(_SCHEMA)
    return connection


def _format(connection: sqlite3.Connection) -> int:
    stored: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return stored


def hashed(key: str) -> str:
    """What is kept of a key that nobody guesses: it leads to no key."""
    return sha256(_sound(key).encode()).hexdigest()


def _make(path: Path) -> None:
    """The file, for nobody else to read, and whole before anybody sees it; where another was quicker, theirs stays."""
    with NamedTemporaryFile(prefix=".byline-", dir=path.parent) as made:
        _prepared(sqlite3.connect(made.name, **_SHARED)).close()
        with suppress(FileExistsError):
            os.link(made.name, path)


def _flushed(connection: sqlite3.Connection) -> bool:
    """Whether all is in the one file now, and the log beside it empty."""
    return not connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]


def _quoting(connection: sqlite3.Connection, article_ids: Collection[str]) -> Iterator[tuple[int, Answer]]:
    """The answers that hold anything of these articles, with their numbers."""
    named = " OR ".join(["instr(answer, ?)"] * len(article_ids))
    query = f"SELECT number, question, asked, answer FROM turn WHERE {named}"
    names = [json.dumps(each, ensure_ascii=False) for each in article_ids]
    for row in connection.execute(query, names).fetchall():
        record = record_of(*row)
        if record.answer and rests_on(record.answer, article_ids):
            yield record.number, record.answer


def _purge_note(connection: sqlite3.Connection, number: int, quotes: Sequence[str]) -> None:
    for (note,) in connection.execute("SELECT note FROM feedback WHERE turn = ?", (number,)).fetchall():
        if says(note, quotes):
            connection.execute("UPDATE feedback SET note = ? WHERE turn = ?", (REMOVED, number))


def _columns(answer: Answer | None) -> tuple[str | None, ...]:
    if answer is None:
        return STOPPED, "", "", None
    return str(answer.status), answer.text, answer.model, json.dumps(to_json(answer), ensure_ascii=False)


def record_of(number: int, question: str, asked: float, answer: str | None) -> Record:
    """From the columns of a turn."""
    try:
        return Record(number, question, _moment(asked), answer_of(json.loads(answer)) if answer else None)
    except (KeyError, TypeError, ValueError) as error:
        raise _Unwritten(f"an answer in it is none ({error})") from error


def _conversation(
    surface: str, owner: str, name: str, title: str, started: float, used: float, turns: int
) -> Conversation:
    return Conversation(Place(Owner(surface, owner), name), title, _moment(started), _moment(used), turns)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _alike(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def _sound(value: Any) -> Any:
    """Text that can be written: half a surrogate pair is no letter."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else value
