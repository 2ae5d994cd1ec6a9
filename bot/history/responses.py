"""Responses: answers with ids, each of which may continue an earlier one. They are the conversations of programs.

If a response is deleted, its successors continue its predecessor.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.errors import UsageError
from bot.history.conversations import TURNS, History, Owner, Place, Record, record_of
from bot.history.file import sound
from bot.types import Answer, Turn

_OF_OWNER = """
FROM response JOIN turn ON turn.number = response.turn JOIN conversation ON conversation.id = turn.conversation
WHERE surface = :surface AND owner = :owner AND turn.asked >= :oldest AND response.id = :id
"""
_KEEP = """
INSERT INTO response (id, turn, previous, asked)
SELECT :id, number, :previous, :asked FROM turn WHERE number = :number
"""  # inserts nothing if the record was deleted meanwhile
_CHAIN = """
WITH RECURSIVE chain (turn, previous, place) AS (
    SELECT turn, previous, 0 FROM response WHERE id = :id
    UNION ALL
    SELECT response.turn, response.previous, place + 1 FROM response JOIN chain ON response.id = chain.previous
    WHERE place + 1 < :last
)
SELECT number, question, turn.asked, answer FROM chain JOIN turn ON turn.number = chain.turn
WHERE turn.asked >= :oldest ORDER BY place DESC
"""


@dataclass(frozen=True, slots=True)
class KeptResponse:
    """A kept response: its conversation, its record, and the request."""

    id: str
    place: Place
    record: Record
    asked: Mapping[str, Any]  # the request, as JSON


class ResponseMissing(UsageError):
    def __init__(self, response_id: str) -> None:
        super().__init__(f"There is no response {response_id!r}: it was never kept, or is no longer. Ask without it.")


def keep(history: History, number: int, response_id: str, previous: str | None, asked: Mapping[str, Any]) -> None:
    """Adds a response id to a record. `previous` is the id of the response that it continues."""
    written = sound(json.dumps(asked, ensure_ascii=False))
    values = {"id": response_id, "previous": previous, "asked": written, "number": number}
    with history.writing() as connection:
        connection.execute(_KEEP, values)


def find(history: History, owner: Owner, response_id: str) -> KeptResponse:
    """The response of an owner by its id. Raises ResponseMissing, also for the response of another owner."""
    query = f"SELECT conversation.name, response.asked, number, question, turn.asked, answer {_OF_OWNER}"
    with history.reading() as connection:
        row = connection.execute(query, _values(history, owner, response_id)).fetchone()
    if row is None:
        raise ResponseMissing(response_id)
    name, asked, *record = row
    return KeptResponse(response_id, Place(owner, name), record_of(*record), json.loads(asked))


def said(history: History, owner: Owner, text: str) -> Answer | None:
    """The newest answer of an owner with exactly this text; None without any."""
    query = (
        "SELECT number, question, turn.asked, answer "
        "FROM turn JOIN conversation ON conversation.id = turn.conversation "
        "WHERE surface = :surface AND owner = :owner AND turn.asked >= :oldest AND turn.text = :text "
        "ORDER BY number DESC LIMIT 1"
    )
    values = {"surface": owner.surface, "owner": sound(owner.key), "oldest": history.oldest(), "text": sound(text)}
    with history.reading() as connection:
        row = connection.execute(query, values).fetchone()
    return record_of(*row).answer if row else None


def turns(history: History, owner: Owner, response_id: str, last: int = TURNS) -> tuple[Turn, ...]:
    """The response and its predecessors as turns, at most `last`, oldest first. Raises ResponseMissing."""
    find(history, owner, response_id)
    with history.reading() as connection:
        rows = connection.execute(_CHAIN, {"id": sound(response_id), "last": last, "oldest": history.oldest()})
        return tuple(Turn.of(each.question, each.answer) for each in (record_of(*row) for row in rows))


def delete(history: History, owner: Owner, response_id: str) -> None:
    """Deletes a response, and overwrites its bytes. Raises ResponseMissing, FileHeld."""
    number = find(history, owner, response_id).record.number
    with history.writing() as connection:
        values = {"number": number, "id": sound(response_id)}
        before = "SELECT previous FROM response WHERE turn = :number"
        connection.execute(f"UPDATE response SET previous = ({before}) WHERE previous = :id", values)
        connection.execute("DELETE FROM turn WHERE number = :number", values)
        connection.execute("DELETE FROM conversation WHERE id NOT IN (SELECT conversation FROM turn)")
    history.flush()


def _values(history: History, owner: Owner, response_id: str) -> dict[str, Any]:
    return {
        "surface": owner.surface,
        "owner": sound(owner.key),
        "id": sound(response_id),
        "oldest": history.oldest(),
    }
