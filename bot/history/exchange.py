"""A question of a conversation on its way to its answer, and what is kept of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bot.bug import public
from bot.errors import Cancelled, ShownError, UsageError
from bot.types import Answer, Status, Turn

if TYPE_CHECKING:
    from bot.history.conversations import History, Place

TURNS = 8


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
            reason = public(error) if isinstance(error, ShownError) else "Something broke."
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
            self._lacks |= {lack: None, public(error): None}


def without_attempts(turns: Sequence[Turn], question: str) -> tuple[Turn, ...]:
    """The turns without the last ones that are attempts at the same question and got no answer.

    A question that is asked again refers to what was said before it was first asked.

    >>> without_attempts([Turn("Who left?", "The bridge."), Turn("And when?"), Turn("and when? ")], "And when?")
    (Turn(question='Who left?', answer_text='The bridge.', refused=False, request=None, cited=()),)
    """
    end = len(turns)
    while end and not turns[end - 1].answer_text and _alike(turns[end - 1].question, question):
        end -= 1
    return tuple(turns[:end])


def _alike(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
