"""Kept conversations of all surfaces, as history for the next question, and for display.

The owner's key gives access to a conversation. Access to the file gives all conversations.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Self

from bot.errors import UsageError
from bot.history.file import DAY, FILE, HistoryDamaged, HistoryTables, Unwritten, sound
from bot.history.redact import REMOVED, rests_on, says, without, words_of
from bot.history.reread import answer_of, kept
from bot.tables.sqlite import FileHeld
from bot.types import Answer, Status, Turn
from index.sql import Connection

EVER = 36_500  # days, the most that `history_days` takes
TURNS = 8  # of a conversation, as the history of a question, at most
STOPPED = "stopped"  # the status of a question without an answer; others are of `Status`
_NAMED = 200  # articles that a query names, at most: SQLite reads expressions of at most 1,000 levels

_LIST = """
SELECT id, surface, owner, name, min(asked) AS started, max(asked) AS used, count(*) AS turns, coalesce(title, (
    SELECT question FROM turn WHERE turn.conversation = conversation.id AND asked >= :oldest ORDER BY number LIMIT 1
)) AS shown
FROM conversation JOIN turn ON turn.conversation = conversation.id WHERE asked >= :oldest AND {} GROUP BY id
ORDER BY used DESC, id
"""
_TEXTS = """
SELECT turn.conversation, question, text FROM turn JOIN conversation ON conversation.id = turn.conversation
WHERE asked >= :oldest AND {}
"""
_KNOWN = """
INSERT INTO conversation (id, surface, owner, name) VALUES (:id, :surface, :owner, :name) ON CONFLICT DO NOTHING
"""
_ADDED = """
INSERT INTO turn (conversation, asked, question, status, text, model, answer)
VALUES (:id, :asked, :question, :status, :text, :model, :answer) RETURNING number
"""
_DELETED = """
INSERT INTO deleted (conversation, at) VALUES (:id, :at) ON CONFLICT (conversation) DO UPDATE SET at = excluded.at
"""
_PURGED = """
INSERT INTO purged (article, at) VALUES (:article, :at) ON CONFLICT (article) DO UPDATE SET at = excluded.at
"""


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner of conversations. `key` is a secret of the owner, or of the group that may read them."""

    surface: str  # web, slack, cli, ...
    key: str


@dataclass(frozen=True, slots=True)
class Place:
    """The identity of a conversation: its owner, and a name that is unique for the owner."""

    owner: Owner
    name: str

    @property
    def id(self) -> str:
        whole = json.dumps([self.owner.surface, self.owner.key, self.name])
        return blake2b(whole.encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Conversation:
    """An entry of a list of conversations. The title is the first question, unless a person renamed it."""

    place: Place
    title: str
    started: datetime  # UTC
    used: datetime
    turns: int


@dataclass(frozen=True, slots=True)
class Record:
    """One question, its time, and its answer."""

    number: int  # unique in the file
    question: str
    asked: datetime  # UTC
    answer: Answer | None  # None if it was stopped

    @property
    def status(self) -> str:
        return str(self.answer.status) if self.answer else STOPPED


class RecordMissing(UsageError):
    wording = "record_missing"

    def __init__(self) -> None:
        super().__init__("This answer is not kept, or no longer. Ask again.")


class ConversationMissing(UsageError):
    wording = "conversation_missing"

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no conversation {name!r} here. `byline history` lists them.", name=name)


class History(HistoryTables):
    """The conversations of a file, of a database, or of this process alone. Many threads and processes may use them.

    Turns older than `days` are hidden, and deleted at the first use and once an hour. Makes no file before a turn is
    kept. Methods that read or write raise HistoryUnusable, HistoryDamaged, DatabaseUnreachable.
    """

    earlier: History | None = None  # what was kept before nothing more was to be: only `purge` changes it

    @classmethod
    def open(cls, store: Path, days: int, clock: Callable[[], float] = time.time, url: str | None = None) -> Self:
        """The history of a store, in its folder or in the database of a `url`.

        With 0 `days` it is in memory. The conversations that are kept by then stay, as its `earlier`.
        """
        if days:
            return cls(store / FILE, days, clock, url)
        history = cls.in_memory(clock)
        history.earlier = cls(store / FILE, EVER, clock, url)
        return history

    @classmethod
    def in_memory(cls, clock: Callable[[], float] = time.time) -> Self:
        """A history of one day, in the memory of this process."""
        return cls(None, 1, clock)

    # For the next question

    def turns(self, place: Place, last: int = TURNS) -> tuple[Turn, ...]:
        """The newest turns of a conversation, oldest first. A turn without an answer has its question alone."""
        query = (
            f"SELECT question, CASE WHEN status IN ('{Status.ANSWERED}', '{Status.PARTIAL}') THEN text ELSE '' END, "
            f"status = '{Status.REFUSED}', answer FROM turn "
            "WHERE conversation = :id AND asked >= :oldest ORDER BY number DESC LIMIT :last"
        )
        values = {"id": place.id, "oldest": self.oldest(), "last": last}
        with self.reading() as connection:
            rows = connection.execute(query, values).fetchall()[::-1]
        return tuple(_turn(*row) for row in rows)

    def keep(self, place: Place, question: str, answer: Answer | None, asked: float | None = None) -> int | None:
        """Adds a question with its answer (None: stopped), and gives the number of the record.

        `asked` is in seconds since 1970; None is now. Keeps nothing, and gives None, if the conversation was deleted
        since then. Articles that were purged since then are left out.
        """
        asked = self.clock() if asked is None else asked
        owner = place.owner
        place_row = {"id": place.id, "surface": owner.surface, "owner": sound(owner.key), "name": sound(place.name)}
        with self.writing() as connection:
            since = "SELECT 1 FROM deleted WHERE conversation IN (:id, '') AND at >= :asked"
            if connection.execute(since, {"id": place.id, "asked": asked}).fetchone():
                return None
            if answer:
                purged = connection.execute(
                    "SELECT article FROM purged WHERE at >= :asked", {"asked": asked}
                ).fetchall()
                answer = without(answer, {article for (article,) in purged}) if purged else answer
            turn_row = {"id": place.id, "asked": asked, "question": sound(question), **_columns(answer)}
            connection.execute(_KNOWN, place_row)
            number: int = connection.execute(_ADDED, turn_row).fetchone()[0]
            return number

    # To be shown again

    def conversations(self, owner: Owner, text: str = "") -> tuple[Conversation, ...]:
        """The conversations of an owner, last used first. `text` has to be in the title, a question or an answer."""
        whose = "surface = :surface AND owner = :owner"
        return self._list(whose, sound(text).casefold(), surface=owner.surface, owner=sound(owner.key))

    def everybodys(self) -> tuple[Conversation, ...]:
        """All conversations, last used first. Only for callers with access to the file."""
        return self._list("TRUE")

    def find(self, conversation_id: str) -> Conversation:
        """A conversation of any owner. Only for callers with access to the file. Raises ConversationMissing."""
        found = self._list("id = :id", id=sound(conversation_id))
        if not found:
            raise ConversationMissing(conversation_id)
        return found[0]

    def records(self, place: Place) -> tuple[Record, ...]:
        """All records of a conversation, oldest first; empty for an unknown one."""
        query = "SELECT number, question, asked, answer FROM turn WHERE conversation = :id AND asked >= :oldest"
        with self.reading() as connection:
            rows = connection.execute(f"{query} ORDER BY number", {"id": place.id, "oldest": self.oldest()})
            return tuple(record_of(*row) for row in rows)

    def rename(self, place: Place, title: str) -> None:
        """Sets the title; an empty one restores the first question. Raises ConversationMissing."""
        with self.writing() as connection:
            query = "UPDATE conversation SET title = :title WHERE id = :id"
            if not connection.execute(query, {"title": sound(title) or None, "id": place.id}).rowcount:
                raise ConversationMissing(place.name)

    def cut(self, place: Place, turns: int) -> None:
        """Deletes all but the first `turns` of a conversation, and overwrites their bytes in the file.

        If another program reads the file, the bytes are overwritten later, so that the next question need not wait.
        """
        kept = "SELECT number FROM turn WHERE conversation = :id AND asked >= :oldest ORDER BY number LIMIT :turns"
        with self.writing() as connection:
            values = {"id": place.id, "oldest": self.oldest(), "turns": turns}
            connection.execute(f"DELETE FROM turn WHERE conversation = :id AND number NOT IN ({kept})", values)
        with suppress(FileHeld):
            self.flush()

    def delete(self, place: Place) -> None:
        """Deletes a conversation, and overwrites its bytes. Raises FileHeld if that has to wait."""
        self._erase("DELETE FROM conversation WHERE id = :id", place.id)

    def delete_all(self) -> None:
        """Deletes all conversations; removes a damaged file. Raises FileHeld."""
        try:
            self._erase("DELETE FROM conversation", "")
        except HistoryDamaged:
            self.remove()

    def purge(self, article_ids: Collection[str]) -> int:
        """Removes all content of these articles from kept answers: see `bot.history.redact.without`.

        It also removes notes that repeat it, and covers answers in progress. Gives the number of changed answers, those
        of `earlier` included. Raises FileHeld.
        """
        changed = self.earlier.purge(article_ids) if self.earlier else 0
        if not article_ids or not self.exists():
            return changed
        now = self.clock()
        with self.writing() as connection:
            connection.execute("DELETE FROM purged WHERE at < :before", {"before": now - DAY})
            connection.execute(_PURGED, [{"article": sound(each), "at": now} for each in dict.fromkeys(article_ids)])
            for number, record in _quoting(connection, article_ids).items():
                answer = without(record, article_ids)
                connection.execute(
                    "UPDATE turn SET status = :status, text = :text, model = :model, answer = :answer "
                    "WHERE number = :number",
                    {**_columns(answer), "number": number},
                )
                _purge_note(connection, number, words_of(record, article_ids))
                changed += 1
        self.flush()
        return changed

    def _list(self, whose: str, text: str = "", **values: str) -> tuple[Conversation, ...]:
        every = {**values, "oldest": self.oldest()}
        with self.reading() as connection:
            rows = connection.execute(_LIST.format(whose), every).fetchall()
            matching = _containing(connection.execute(_TEXTS.format(whose), every), text) if text and rows else ()
        return tuple(
            _conversation(*row) for conversation, *row in rows if text in row[-1].casefold() or conversation in matching
        )

    def _erase(self, query: str, conversation_id: str) -> None:
        values = {"id": conversation_id, "at": self.clock(), "before": self.clock() - DAY}
        with self.writing() as connection:
            connection.execute(query, values)
            connection.execute("DELETE FROM deleted WHERE at < :before", values)
            connection.execute(_DELETED, values)
        self.flush()

    def check_answered(self, connection: Connection, place: Place, number: int) -> None:
        """Raises RecordMissing if the conversation has no answer of that number."""
        query = "SELECT 1 FROM turn WHERE number = :number AND conversation = :id AND asked >= :oldest"
        values = {"number": number, "id": place.id, "oldest": self.oldest()}
        if not connection.execute(f"{query} AND answer IS NOT NULL", values).fetchone():
            raise RecordMissing


def _quoting(connection: Connection, article_ids: Collection[str]) -> dict[int, Answer]:
    """The answers with content of these articles, by their numbers."""
    found: dict[int, Answer] = {}
    ids = list(article_ids)
    for first in range(0, len(ids), _NAMED):
        names = {
            f"name{place}": json.dumps(each, ensure_ascii=False) for place, each in enumerate(ids[first:][:_NAMED])
        }
        named = " OR ".join(f"{connection.dialect.position('answer', f':{name}')} > 0" for name in names)
        query = f"SELECT number, question, asked, answer FROM turn WHERE {named}"
        for row in connection.execute(query, {name: sound(value) for name, value in names.items()}).fetchall():
            record = record_of(*row)
            if record.answer and rests_on(record.answer, article_ids):
                found[record.number] = record.answer
    return found


def _purge_note(connection: Connection, number: int, quotes: Sequence[str]) -> None:
    notes = connection.execute("SELECT note FROM feedback WHERE turn = :number", {"number": number}).fetchall()
    changed = "UPDATE feedback SET note = :removed WHERE turn = :number AND note = :note"
    for (note,) in notes:
        if says(note, quotes):
            connection.execute(changed, {"removed": REMOVED, "number": number, "note": note})


def _containing(rows: Iterable[tuple[str, str, str]], text: str) -> set[str]:
    """The ids of conversations with a text in a question or an answer, regardless of case."""
    return {conversation for conversation, *texts in rows if any(text in each.casefold() for each in texts)}


def _columns(answer: Answer | None) -> dict[str, str | None]:
    if answer is None:
        return {"status": STOPPED, "text": "", "model": "", "answer": None}
    written = json.dumps(kept(answer), ensure_ascii=False)
    columns = {"status": str(answer.status), "text": answer.text, "model": answer.model, "answer": written}
    return {name: sound(value) for name, value in columns.items()}


def record_of(number: int, question: str, asked: float, answer: str | None) -> Record:
    """A record from the columns of a turn. Raises Unwritten."""
    try:
        return Record(number, question, _moment(asked), answer_of(json.loads(answer)) if answer else None)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Unwritten(f"an answer in it is none ({error})") from error


def _turn(question: str, text: str, refused: int, answer: str | None) -> Turn:
    """A turn from its columns; if the answer's JSON cannot be read, with the text column."""
    try:
        return Turn.of(question, record_of(0, question, 0.0, answer).answer)
    except Unwritten:
        return Turn(question, text, bool(refused))


def _conversation(
    surface: str, owner: str, name: str, started: float, used: float, turns: int, title: str
) -> Conversation:
    return Conversation(Place(Owner(surface, owner), name), title, _moment(started), _moment(used), turns)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
