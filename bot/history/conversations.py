"""Conversations, kept in one place for every surface: for the next question, and to be shown again.

Who may read a conversation is whoever has its owner's key; only whoever has the file reads them all.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Self

from bot.errors import UsageError
from bot.history.exchange import TURNS, Exchange
from bot.history.file import DAY, FILE, HistoryDamaged, HistoryTables, Unwritten, sound
from bot.history.redact import REMOVED, rests_on, says, without, words_of
from bot.history.reread import answer_of
from bot.render import to_json
from bot.sqlite import FileHeld
from bot.types import Answer, Status, Turn
from index.sql import Connection

STOPPED = "stopped"  # the status of a question without an answer; all others are those of answers

_LIST = """
SELECT id, surface, owner, name, min(asked) AS started, max(asked) AS used, count(*) AS turns, coalesce(title, (
    SELECT question FROM turn WHERE turn.conversation = conversation.id AND asked >= :oldest ORDER BY number LIMIT 1
)) AS shown
FROM conversation JOIN turn ON turn.conversation = conversation.id WHERE asked >= :oldest AND {} GROUP BY id
ORDER BY used DESC, id
"""
_SAID = """
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


class History(HistoryTables):
    """The conversations of a file, of a database, or of this process alone. Many threads and processes may use them.

    What is older than `days` is shown to nobody, and deleted at the first use and every hour of use. Makes no file
    before something is kept. Raises HistoryUnusable, HistoryDamaged and DatabaseUnreachable where it reads or writes.
    """

    @classmethod
    def open(cls, store: Path, days: int, clock: Callable[[], float] = time.time, url: str | None = None) -> Self:
        """The history of the store in a folder, or in the database of a `url`.

        With no `days`, one in memory, and what was kept there is deleted.
        """
        kept = cls(store / FILE, days, clock, url)
        if days:
            return kept
        if kept.exists():
            kept.delete_all()
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
            f"SELECT question, CASE WHEN status IN ('{Status.ANSWERED}', '{Status.PARTIAL}') THEN text ELSE '' END, "
            f"status = '{Status.REFUSED}', answer FROM turn "
            "WHERE conversation = :id AND asked >= :oldest ORDER BY number DESC LIMIT :last"
        )
        values = {"id": place.id, "oldest": self.oldest(), "last": last}
        with self.reading() as connection:
            found = connection.execute(query, values).fetchall()[::-1]
        return tuple(_turn(*row) for row in found)

    def keep(self, place: Place, question: str, answer: Answer | None, asked: float | None = None) -> int | None:
        """Adds what came of a question that was asked at a time; None where it was stopped. Gives its number.

        Not where the conversation was deleted since it was asked, and without the articles that were purged since.
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
        query = "SELECT number, question, asked, answer FROM turn WHERE conversation = :id AND asked >= :oldest"
        with self.reading() as connection:
            rows = connection.execute(f"{query} ORDER BY number", {"id": place.id, "oldest": self.oldest()})
            return tuple(record_of(*row) for row in rows)

    def rename(self, place: Place, title: str) -> None:
        """An empty title stands for the first question again. Raises ConversationMissing."""
        with self.writing() as connection:
            query = "UPDATE conversation SET title = :title WHERE id = :id"
            if not connection.execute(query, {"title": sound(title) or None, "id": place.id}).rowcount:
                raise ConversationMissing(place.name)

    def cut(self, place: Place, turns: int) -> None:
        """Takes what comes after the first `turns` of a conversation out of the file, to the last byte.

        Where another program reads the file, its last bytes go when that ends: nobody waits for that to ask again.
        """
        kept = "SELECT number FROM turn WHERE conversation = :id AND asked >= :oldest ORDER BY number LIMIT :turns"
        with self.writing() as connection:
            values = {"id": place.id, "oldest": self.oldest(), "turns": turns}
            connection.execute(f"DELETE FROM turn WHERE conversation = :id AND number NOT IN ({kept})", values)
        with suppress(FileHeld):
            self.flush()

    def delete(self, place: Place) -> None:
        """Takes a conversation out of the file, to the last byte. Raises FileHeld where that has to wait."""
        self._erase("DELETE FROM conversation WHERE id = :id", place.id)

    def delete_all(self) -> None:
        """Takes everybody's out; a damaged file is removed. Raises FileHeld."""
        try:
            self._erase("DELETE FROM conversation", "")
        except HistoryDamaged:
            self.remove()

    def purge(self, article_ids: Collection[str]) -> int:
        """Takes what is of these articles out of all answers, to the last byte: see `bot.history.redact.without`.

        Also out of notes that repeat it, and of answers that are still being written. Gives how many answers had
        something of them. Raises FileHeld.
        """
        if not article_ids or not self.exists():
            return 0
        changed = 0
        now = self.clock()
        with self.writing() as connection:
            connection.execute("DELETE FROM purged WHERE at < :before", {"before": now - DAY})
            connection.execute(_PURGED, [{"article": sound(each), "at": now} for each in dict.fromkeys(article_ids)])
            for number, record in _quoting(connection, article_ids):
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
            said = _saying(connection.execute(_SAID.format(whose), every), text) if text and rows else ()
        return tuple(
            _conversation(*row) for conversation, *row in rows if text in row[-1].casefold() or conversation in said
        )

    def _erase(self, query: str, conversation_id: str) -> None:
        values = {"id": conversation_id, "at": self.clock(), "before": self.clock() - DAY}
        with self.writing() as connection:
            connection.execute(query, values)
            connection.execute("DELETE FROM deleted WHERE at < :before", values)
            connection.execute(_DELETED, values)
        self.flush()

    def check_answered(self, connection: Connection, place: Place, number: int) -> None:
        """Raises RecordMissing where the conversation has no answer of that number."""
        query = "SELECT 1 FROM turn WHERE number = :number AND conversation = :id AND asked >= :oldest"
        values = {"number": number, "id": place.id, "oldest": self.oldest()}
        if not connection.execute(f"{query} AND answer IS NOT NULL", values).fetchone():
            raise RecordMissing


def _quoting(connection: Connection, article_ids: Collection[str]) -> Iterator[tuple[int, Answer]]:
    """The answers that hold anything of these articles, with their numbers."""
    names = {f"name{place}": json.dumps(each, ensure_ascii=False) for place, each in enumerate(article_ids)}
    named = " OR ".join(f"instr(answer, :{name}) > 0" for name in names)
    query = f"SELECT number, question, asked, answer FROM turn WHERE {named}"
    for row in connection.execute(query, {name: sound(value) for name, value in names.items()}).fetchall():
        record = record_of(*row)
        if record.answer and rests_on(record.answer, article_ids):
            yield record.number, record.answer


def _purge_note(connection: Connection, number: int, quotes: Sequence[str]) -> None:
    notes = connection.execute("SELECT note FROM feedback WHERE turn = :number", {"number": number}).fetchall()
    changed = "UPDATE feedback SET note = :removed WHERE turn = :number AND note = :note"
    for (note,) in notes:
        if says(note, quotes):
            connection.execute(changed, {"removed": REMOVED, "number": number, "note": note})


def _saying(rows: Iterable[tuple[str, str, str]], text: str) -> set[str]:
    """The conversations of questions and answers that have a text in them, in whatever case."""
    return {conversation for conversation, *said in rows if any(text in each.casefold() for each in said)}


def _columns(answer: Answer | None) -> dict[str, str | None]:
    if answer is None:
        return {"status": STOPPED, "text": "", "model": "", "answer": None}
    written = json.dumps(to_json(answer), ensure_ascii=False)
    columns = {"status": str(answer.status), "text": answer.text, "model": answer.model, "answer": written}
    return {name: sound(value) for name, value in columns.items()}


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
    surface: str, owner: str, name: str, started: float, used: float, turns: int, title: str
) -> Conversation:
    return Conversation(Place(Owner(surface, owner), name), title, _moment(started), _moment(used), turns)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
