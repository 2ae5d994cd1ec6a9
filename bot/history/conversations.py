"""Conversations, kept in one SQLite file for every surface: for the next question, and to be shown again.

Who may read a conversation is whoever has its owner's key; only whoever has the file reads them all.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Self

from bot.errors import UsageError
from bot.history.exchange import TURNS, Exchange
from bot.history.file import DAY, FILE, HistoryDamaged, HistoryFile, HistoryHeld, Unwritten, sound
from bot.history.redact import REMOVED, rests_on, says, without, words_of
from bot.history.reread import answer_of
from bot.render import to_json
from bot.types import Answer, Status, Turn

STOPPED = "stopped"  # the status of a question without an answer; all others are those of answers

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


class RecordMissing(UsageError):
    def __init__(self) -> None:
        super().__init__("This answer is not kept, or no longer. Ask again.")


class ConversationMissing(UsageError):
    def __init__(self, name: str) -> None:
        super().__init__(f"There is no conversation {name!r} here. `byline history` lists them.")


class History(HistoryFile):
    """The conversations of a file, or of this process alone. Several threads and processes may use them at once.

    What is older than `days` is shown to nobody, and deleted at the first use and every hour of use. Makes no file
    before something is kept. Raises HistoryUnusable and HistoryDamaged wherever it reads or writes.
    """

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

    # For the next question

    def exchange(self, place: Place, question: str) -> Exchange:
        """`with history.exchange(place, question) as exchange`: keeps what comes of the question, whatever comes."""
        return Exchange(self, place, question)

    def turns(self, place: Place, last: int = TURNS) -> tuple[Turn, ...]:
        """The newest of a conversation, oldest first. What was not answered stands there with its question alone."""
        query = (
            "SELECT question, CASE WHEN status IN (?, ?) THEN text ELSE '' END, status = ?, answer FROM turn "
            "WHERE conversation = ? AND asked >= ? ORDER BY number DESC LIMIT ?"
        )
        values = (Status.ANSWERED, Status.PARTIAL, Status.REFUSED, place.id, self.oldest(), last)
        with self.reading() as connection:
            found = tuple(connection.execute(query, values))[::-1]
        return tuple(_turn(*row) for row in found)

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
            connection.execute(known, tuple(map(sound, place_row)))
            added = "INSERT INTO turn VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)"
            return connection.execute(added, tuple(map(sound, turn_row))).lastrowid

    # To be shown again

    def conversations(self, owner: Owner, text: str = "") -> tuple[Conversation, ...]:
        """An owner's, last used first; with a `text`, those that have it in their title, questions or answers."""
        whose = "surface = :surface AND owner = :owner"
        return self._list(whose, sound(text).casefold(), surface=owner.surface, owner=sound(owner.key))

    def everybodys(self) -> tuple[Conversation, ...]:
        """All of them, last used first: for whoever has the file."""
        return self._list("TRUE")

    def find(self, conversation_id: str) -> Conversation:
        """Anybody's, for whoever has the file. Raises ConversationMissing."""
        found = self._list("id = :id", id=sound(conversation_id))
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
            if not connection.execute(query, (sound(title) or None, place.id)).rowcount:
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
            self.flush()

    def delete(self, place: Place) -> None:
        """Takes a conversation out of the file, to the last byte. Raises HistoryHeld where that has to wait."""
        self._erase("DELETE FROM conversation WHERE id = ?", place.id)

    def delete_all(self) -> None:
        """Takes everybody's out; a damaged file is removed. Raises HistoryHeld."""
        try:
            self._erase("DELETE FROM conversation WHERE '' = ?", "")
        except HistoryDamaged:
            self.remove()

    def purge(self, article_ids: Collection[str]) -> int:
        """Takes what is of these articles out of all answers, to the last byte: see `bot.history.redact.without`.

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
                    (*map(sound, _columns(answer)), number),
                )
                _purge_note(connection, number, words_of(record, article_ids))
                changed += 1
        self.flush()
        return changed

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
        self.flush()

    def check_answered(self, connection: sqlite3.Connection, place: Place, number: int) -> None:
        """Raises RecordMissing where the conversation has no answer of that number."""
        query = "SELECT 1 FROM turn WHERE number = ? AND conversation = ? AND asked >= ? AND answer IS NOT NULL"
        if not connection.execute(query, (number, place.id, self.oldest())).fetchone():
            raise RecordMissing


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
            connection.execute("UPDATE feedback SET note = ? WHERE turn = ? AND note = ?", (REMOVED, number, note))


def _columns(answer: Answer | None) -> tuple[str | None, ...]:
    if answer is None:
        return STOPPED, "", "", None
    return str(answer.status), answer.text, answer.model, json.dumps(to_json(answer), ensure_ascii=False)


def record_of(number: int, question: str, asked: float, answer: str | None) -> Record:
    """From the columns of a turn."""
    try:
        return Record(number, question, _moment(asked), answer_of(json.loads(answer)) if answer else None)
    except (KeyError, TypeError, ValueError) as error:
        raise Unwritten(f"an answer in it is none ({error})") from error


def _turn(question: str, text: str, refused: int, answer: str | None) -> Turn:
    """From the columns of a turn; of an answer that cannot be read, its words are there all the same."""
    try:
        return Turn.of(question, record_of(0, question, 0.0, answer).answer)
    except Unwritten:
        return Turn(question, text, bool(refused))


def _conversation(
    surface: str, owner: str, name: str, title: str, started: float, used: float, turns: int
) -> Conversation:
    return Conversation(Place(Owner(surface, owner), name), title, _moment(started), _moment(used), turns)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
