"""The recording of a question while it is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Self

from bot.errors import Cancelled, ShownError, UsageError
from bot.history.conversations import TURNS, History, Place
from bot.runtime.error_log import public
from bot.types import Answer, Reason, Status, Turn, joined


class Recording:
    """`with Recording(history, place, question) as recording`: records a question while it is answered.

    An answer, a failure and a stop are kept. A UsageError is not. An error of the history becomes a notice, so that no
    answer is lost by it.
    """

    def __init__(
        self, history: History, place: Place, question: str, say: Callable[[ShownError], Reason] = public
    ) -> None:
        """`say` tells an error to whoever asks."""
        self._history = history
        self._say = say
        self._place = place
        self._question = question
        self._asked = history.clock()
        self._ended = False
        self.number: int | None = None  # of the record, once it is kept
        self._notices: dict[Reason, None] = {}  # in order

    def turns(self, last: int = TURNS) -> tuple[Turn, ...]:
        """The earlier turns, for the pipeline."""
        turns: tuple[Turn, ...] = ()
        with self._unless_noticed(Reason("earlier_unknown")):
            turns = self._history.turns(self._place, last)
        return without_attempts(turns, self._question)

    def ended(self, answer: Answer) -> Answer:
        """Keeps the answer, and gives it, with a notice if it could not be kept."""
        self._keep(answer)
        return replace(answer, notice=joined(answer.notice, *self._notices))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._ended or error is None or isinstance(error, UsageError):
            return
        if isinstance(error, Cancelled) or not isinstance(error, Exception):  # no Exception: Ctrl-C, a closed stream
            self._keep(None)
        else:
            reason = self._say(error) if isinstance(error, ShownError) else Reason(text="Something broke.")
            self._keep(Answer(self._question, Status.FAILED, "", "", reason=reason))

    def _keep(self, answer: Answer | None) -> None:
        self._ended = True
        with self._unless_noticed(Reason("not_kept")):
            self.number = self._history.keep(self._place, self._question, answer, self._asked)

    @contextmanager
    def _unless_noticed(self, notice: Reason) -> Iterator[None]:
        try:
            yield
        except ShownError as error:
            self._notices |= {notice: None, self._say(error): None}


def without_attempts(turns: Sequence[Turn], question: str) -> tuple[Turn, ...]:
    """The turns without unanswered attempts at the same question at their end.

    A repeated question refers to the turns before its first attempt.

    >>> without_attempts([Turn("Who left?", "The bridge."), Turn("And when?"), Turn("and when? ")], "And when?")
    (Turn(question='Who left?', answer_text='The bridge.', refused=False, request=None, cited=()),)
    """
    end = len(turns)
    while end and not turns[end - 1].answer_text and _alike(turns[end - 1].question, question):
        end -= 1
    return tuple(turns[:end])


def _alike(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
