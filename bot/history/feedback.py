"""The feedback of readers. It is kept with its answer, and deleted with it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from bot.errors import UsageError
from bot.history.conversations import History, Place, Record, record_of
from bot.history.file import sound
from bot.render.text import iso, to_json
from bot.types import Status
from bot.wording.facts import one_line

LONGEST = 2_000  # characters of a note
FILL_IN = "TO BE FILLED IN"
_RIGHT = {"type": "icontains-any", "value": [f"{FILL_IN}: words that the right answer has"]}

_GIVE = """
INSERT INTO feedback (turn, person, given, good, reasons, note)
VALUES (:turn, :person, :given, :good, :reasons, :note)
ON CONFLICT (turn, person) DO UPDATE
SET given = excluded.given, good = excluded.good, reasons = excluded.reasons, note = excluded.note
"""


class Flaw(StrEnum):
    """The fault of an answer."""

    ANSWER = "wrong answer"
    SOURCE = "wrong source"
    MISSING = "missing"
    UNSAFE = "unsafe"


@dataclass(frozen=True, slots=True)
class Feedback:
    good: bool
    reasons: tuple[Flaw, ...] = ()  # only for an answer that is not good
    note: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """Feedback with its time, its surface, and the record that it is about."""

    feedback: Feedback
    at: datetime  # UTC
    surface: str
    record: Record
    earlier: tuple[str, ...] = ()  # the earlier questions of the conversation, oldest first


class NoteTooLong(UsageError):
    wording = "note_too_long"

    def __init__(self, length: int) -> None:
        sentence = f"The note has {length:,} characters; at most {LONGEST:,} are kept. Shorten it."
        super().__init__(sentence, length=length, limit=LONGEST)


class NothingToDraft(UsageError):
    def __init__(self) -> None:
        super().__init__("There is no feedback to make a test prompt of. `byline feedback` lists what there is.")


def give(history: History, place: Place, number: int, feedback: Feedback, person: str = "") -> None:
    """Keeps a reader's feedback on an answer, in place of their earlier feedback. Raises RecordMissing, NoteTooLong.

    Reasons are kept only for answers that are not good. `person` distinguishes several readers.
    """
    note = feedback.note.strip()
    if len(note) > LONGEST:
        raise NoteTooLong(len(note))
    reasons = [] if feedback.good else [str(each) for each in dict.fromkeys(feedback.reasons)]
    with history.writing() as connection:
        history.check_answered(connection, place, number)
        row = {
            "turn": number,
            "person": person,
            "given": history.clock(),
            "good": int(feedback.good),
            "reasons": json.dumps(reasons),
            "note": sound(note),
        }
        connection.execute(_GIVE, row)


def of_conversation(history: History, place: Place) -> Mapping[int, Feedback]:
    """The feedback on a conversation's answers, by the number of the record."""
    query = (
        "SELECT number, good, reasons, note FROM feedback JOIN turn ON turn.number = feedback.turn "
        "WHERE turn.conversation = :id"
    )
    with history.reading() as connection:
        return {number: _feedback(*rest) for number, *rest in connection.execute(query, {"id": place.id})}


def everybodys(history: History) -> tuple[Given, ...]:
    """All feedback, newest first. Only for callers with access to the file."""
    query = (
        "SELECT good, reasons, note, given, surface, turn.conversation, number, question, asked, answer "
        "FROM feedback JOIN turn ON number = feedback.turn JOIN conversation ON conversation.id = turn.conversation "
        "WHERE asked >= :oldest ORDER BY given DESC, number DESC"
    )
    before = (
        "SELECT question FROM turn WHERE conversation = :conversation AND number < :number AND asked >= :oldest "
        "ORDER BY number"
    )
    oldest = {"oldest": history.oldest()}
    with history.reading() as connection:
        return tuple(
            Given(
                _feedback(good, reasons, note),
                datetime.fromtimestamp(given, UTC),
                surface,
                record_of(number, *rest),
                tuple(
                    question
                    for (question,) in connection.execute(
                        before, {"conversation": conversation, "number": number, **oldest}
                    )
                ),
            )
            for good, reasons, note, given, surface, conversation, number, *rest in connection.execute(
                query, oldest
            ).fetchall()
        )


def given_json(given: Given) -> dict[str, Any]:
    """The JSON of feedback: for `byline feedback --json`."""
    return {
        "at": iso(given.at),
        "surface": given.surface,
        "good": given.feedback.good,
        "reasons": [str(each) for each in given.feedback.reasons],
        "note": given.feedback.note,
        "question": given.record.question,
        "earlier": list(given.earlier),
        "answer": to_json(given.record.answer) if given.record.answer else None,
    }


def drafts(all_given: Sequence[Given]) -> str:
    """Test prompts for a person to complete, in the form of `prompts/eval`.

    A draft is skipped until it is accepted; an incomplete one then fails. Feedback that is not `draftable` is left out.
    Raises NothingToDraft if none is left.
    """
    import yaml

    tests = [_draft(each) for each in all_given if draftable(each)]
    if not tests:
        raise NothingToDraft
    suite = {
        "description": "Drafts made from what readers said. Complete each, look at what it asserts, then take `draft: "
        "true` away; before that none is asked. Run them on the index that was asked, with --store.",
        "defaultTest": {"options": {"disableVarExpansion": True}, "assert": [{"type": "quote-valid"}]},
        "tests": tests,
    }
    return yaml.safe_dump(suite, allow_unicode=True, sort_keys=False, width=110)


def draftable(given: Given) -> bool:
    """Whether all questions are plain text: promptfoo would fill templates and open files."""
    return all(each.strip() and _text(each) for each in (given.record.question, *given.earlier))


def _draft(given: Given) -> dict[str, Any]:
    verdict = "good" if given.feedback.good else ", ".join(given.feedback.reasons) or "not good"
    note = one_line(given.feedback.note)
    history = {"history": [one_line(each) for each in given.earlier]} if given.earlier else {}
    return {
        "description": f"Draft. A reader said: {verdict}." + (f" Their note: {note}" if note and _text(note) else ""),
        "metadata": {"kind": "feedback", "draft": True},
        "vars": {**history, "question": one_line(given.record.question)},
        "assert": _assertions(given),
    }


def _assertions(given: Given) -> list[dict[str, Any]]:
    answer, reasons = given.record.answer, given.feedback.reasons
    cited = (
        list(dict.fromkeys(each.article_id for each in answer.citations if _text(each.article_id))) if answer else []
    )
    if given.feedback.good:
        refused = answer is not None and answer.status is Status.REFUSED
        expected = {"type": "refuses"} if refused else {"type": "cites", "value": cited}
        return [expected] if refused or cited else [_RIGHT]
    found: list[dict[str, Any]] = []
    if answer is not None and answer.status is Status.REFUSED and Flaw.UNSAFE not in reasons:
        found.append({"type": "not-refuses"})
    if Flaw.SOURCE in reasons:
        found += [{"type": "not-cites", "value": cited}] if cited else []
        found.append({"type": "cites", "value": f"{FILL_IN}: the id of the article that says it"})
    if Flaw.UNSAFE in reasons:
        found.append({"type": "no-leak", "value": [f"{FILL_IN}: words that may not be in the answer"]})
    if Flaw.SOURCE not in reasons or Flaw.ANSWER in reasons:
        found.append(_RIGHT)
    return found


def _text(words: str) -> bool:
    return not words.strip().startswith("file:") and not any(each in words for each in ("{{", "{%", "{#"))


def _feedback(good: int, reasons: str, note: str) -> Feedback:
    return Feedback(bool(good), tuple(map(Flaw, json.loads(reasons))), note)
