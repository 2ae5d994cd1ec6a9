"""Links to kept answers. Whoever has a link reads that one answer and its proof, until it is taken back.

A link goes when its answer goes: with the conversation, or when it is too old. Only a hash of its key is kept, so that
it is known when it is made and never again: there can only be a new one in its place.
"""

from __future__ import annotations

from secrets import token_urlsafe

from bot.errors import ShownError
from bot.history.conversations import History, Place, Record, record_of
from bot.history.file import hashed

KEY = 24  # bytes: 192 bits, which nobody guesses


class ShareMissing(ShownError):
    def __init__(self) -> None:
        super().__init__(
            "There is no answer at this link: it was taken back or deleted, or the link is not whole. "
            "Ask whoever gave it to you for a new one."
        )


def share(history: History, place: Place, number: int) -> str:
    """The key of a new link to an answer of a conversation. An earlier link to it leads nowhere from now on.

    Raises RecordMissing where the conversation has no such answer.
    """
    key = token_urlsafe(KEY)
    with history.writing() as connection:
        history.check_answered(connection, place, number)
        values = {"hash": hashed(key), "turn": number, "made": history.clock()}
        connection.execute("DELETE FROM share WHERE turn = :turn", values)
        connection.execute("INSERT INTO share (hash, turn, made) VALUES (:hash, :turn, :made)", values)
    return key


def take_back(history: History, place: Place, number: int) -> None:
    """Ends the link to an answer of a conversation, where there is one. A later one has another key."""
    with history.writing() as connection:
        own = "turn = :number AND turn IN (SELECT number FROM turn WHERE conversation = :id)"
        connection.execute(f"DELETE FROM share WHERE {own}", {"number": number, "id": place.id})


def links(history: History, place: Place) -> frozenset[int]:
    """The numbers of a conversation's records that there is a link to."""
    query = "SELECT number FROM share JOIN turn ON turn.number = share.turn WHERE turn.conversation = :id"
    with history.reading() as connection:
        return frozenset(number for (number,) in connection.execute(query, {"id": place.id}))


def shared(history: History, key: str) -> Record:
    """The answer behind a link. Raises ShareMissing."""
    query = (
        "SELECT number, question, asked, answer FROM turn JOIN share ON share.turn = turn.number "
        "WHERE hash = :hash AND asked >= :oldest"
    )
    with history.reading() as connection:
        row = connection.execute(query, {"hash": hashed(key), "oldest": history.oldest()}).fetchone()
    if row is None:
        raise ShareMissing
    return record_of(*row)
