"""Links to kept answers. Whoever has a link reads that one answer and its proof, until it is taken back.

A link is kept with its answer and goes when that goes: with the conversation, or when it is too old.
"""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_urlsafe

from bot.errors import ShownError
from bot.history import History, Place, Record, record_of

KEY = 24  # bytes: 192 bits, which nobody guesses


class ShareMissing(ShownError):
    def __init__(self) -> None:
        super().__init__(
            "There is no answer at this link: it was taken back or deleted, or the link is not whole. "
            "Ask whoever gave it to you for a new one."
        )


def share(history: History, place: Place, number: int) -> str:
    """The key of the link to an answer of a conversation: the one that there is, else a new one.

    Raises RecordMissing where the conversation has no such answer.
    """
    with history.writing() as connection:
        history.check_answered(connection, place, number)
        made = (token_urlsafe(KEY), number, history.clock())
        connection.execute("INSERT INTO share VALUES (?, ?, ?) ON CONFLICT (turn) DO NOTHING", made)
        key: str = connection.execute("SELECT key FROM share WHERE turn = ?", (number,)).fetchone()[0]
    return key


def take_back(history: History, place: Place, number: int) -> None:
    """Ends the link to an answer of a conversation, where there is one. A later one has another key."""
    with history.writing() as connection:
        own = "turn = ? AND turn IN (SELECT number FROM turn WHERE conversation = ?)"
        connection.execute(f"DELETE FROM share WHERE {own}", (number, place.id))


def links(history: History, place: Place) -> Mapping[int, str]:
    """The keys of a conversation's links, by the number of the record."""
    query = "SELECT turn, key FROM share JOIN turn ON turn.number = share.turn WHERE conversation = ?"
    with history.reading() as connection:
        return dict(connection.execute(query, (place.id,)).fetchall())


def shared(history: History, key: str) -> Record:
    """The answer behind a link. Raises ShareMissing."""
    query = (
        "SELECT number, question, asked, answer FROM turn JOIN share ON share.turn = turn.number "
        "WHERE key = ? AND asked >= ?"
    )
    with history.reading() as connection:
        row = connection.execute(query, (key.encode(errors="replace").decode(), history.oldest())).fetchone()
    if row is None:
        raise ShareMissing
    return record_of(*row)
