"""Links to kept answers. A link gives access to one answer and its proof, until it is revoked.

A link is deleted with its answer. Only a hash of its key is kept, so that the key is known only at its creation.
"""

from __future__ import annotations

from secrets import token_urlsafe

from bot.errors import ShownError
from bot.history.conversations import History, Place, Record, record_of
from bot.history.file import hashed

KEY = 24  # bytes: 192 random bits


class ShareMissing(ShownError):
    wording = "share_missing"

    def __init__(self) -> None:
        super().__init__(
            "There is no answer at this link: it is no longer shared, it was deleted, or the link is incomplete. "
            "Ask whoever gave it to you for a new one."
        )


def share(history: History, place: Place, number: int) -> str:
    """The key of a new link to an answer of a conversation. It revokes an earlier link to the answer.

    Raises RecordMissing if the conversation has no such answer.
    """
    key = token_urlsafe(KEY)
    with history.writing() as connection:
        history.check_answered(connection, place, number)
        values = {"hash": hashed(key), "turn": number, "made": history.clock()}
        connection.execute("DELETE FROM share WHERE turn = :turn", values)
        connection.execute("INSERT INTO share (hash, turn, made) VALUES (:hash, :turn, :made)", values)
    return key


def take_back(history: History, place: Place, number: int) -> None:
    """Revokes the link to an answer of a conversation, if there is one. A later link has another key."""
    with history.writing() as connection:
        condition = "turn = :number AND turn IN (SELECT number FROM turn WHERE conversation = :id)"
        connection.execute(f"DELETE FROM share WHERE {condition}", {"number": number, "id": place.id})


def links(history: History, place: Place) -> frozenset[int]:
    """The numbers of a conversation's records with a link."""
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
