"""Asking: the ways to ask for an answer, and what each step towards it changes on the page."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any

from bot.auth.principal import Principal
from bot.errors import ShownError
from bot.history import History
from bot.render.html.words import PageError
from bot.service.service import TooManyRequests
from bot.types import OFFERED, Cancellation, Intent, Length, Options
from bot.web import filtering
from bot.web.access import Visitor
from bot.web.changes import changes, put_away, refused, unchanged
from bot.web.conversation import ChatState, Exchange, converse, owned, reconsider, rewrite
from bot.web.keeping import pressed
from bot.web.opening import Opening
from bot.web.running import Run, Running, StillAnswering
from bot.wording.facts import understood

NOT_ASKED = Exchange(0, "", "")

Steps = Callable[[ChatState, Options, Cancellation], Generator[ChatState]]
Recall = Callable[[ChatState], ChatState]  # what is kept where a conversation is held


def send(question: str) -> list[Any]:
    """The question leaves the box before it is answered: it comes back where it is not taken."""
    import gradio as gr

    return [question, gr.Textbox(value=""), *put_away()]


@dataclass(frozen=True, slots=True)
class Asking:
    """Requests for answers by what is `chosen`: quotes alone, a model, and the values of the filters, in this order.

    Each gives what the steps of its answer change. Where quotes alone are ticked, no language model is asked.
    """

    opening: Opening
    history: History
    pace: Callable[[Principal], int]  # counts a question: seconds to wait, 0 where it may be asked
    running: Running
    recall: Recall

    def ask(self, who: Visitor, question: str, conversation: ChatState, *chosen: Any) -> AsyncGenerator[list[Any]]:
        return self._answer(who, conversation, chosen, self._steps(question), question)

    def queue(self, who: Visitor, told: str, conversation: ChatState, *chosen: Any) -> list[Any]:
        """Values for `Layout.shown`: a question that was sent while another one was being answered waits for that."""
        mine, question = owned(conversation, who), told.partition(" ")[2]
        try:
            before = self.running.at(mine.place)
            run = self._begin(who, mine, chosen, self._steps(question), question)
        except ShownError as error:
            return refused(question, mine.words.error(error))
        return unchanged() if run is before else changes(None, replace(run.latest, words=mine.words), follow=True)

    def drop(self, who: Visitor, told: str, conversation: ChatState) -> None:
        """Takes out a question that waits."""
        if run := self.running.at(owned(conversation, who).place):
            self.running.drop(run, pressed(told)[1])

    async def follow(self, who: Visitor, conversation: ChatState) -> AsyncGenerator[list[Any]]:
        """The changes by each step of an answer that was on its way when the page came."""
        mine = owned(conversation, who)
        if run := self.running.recent(mine.place):
            async for each in self._changes(mine, run):
                yield each
        else:
            yield changes(None, self.recall(mine))

    def ask_example(
        self, who: Visitor, example: dict[str, str], conversation: ChatState, *chosen: Any
    ) -> AsyncGenerator[list[Any]]:
        return self.ask(who, example["text"], conversation, *chosen)

    def ask_again(
        self, who: Visitor, heeded: list[str], conversation: ChatState, *chosen: Any
    ) -> AsyncGenerator[list[Any]]:
        """The last question, of which what is not `heeded` no longer counts."""

        def steps(before: ChatState, options: Options, cancel: Cancellation) -> Generator[ChatState]:
            ignored = [each for each in before.named if understood(each, before.words) not in heeded]
            last = (before.last or NOT_ASKED).options
            again = replace(options, request=last.request, length=last.length)
            return reconsider(self.opening, self.history, ignored, before, cancel, again)

        return self._answer(who, conversation, chosen, steps)

    def ask_as(
        self, who: Visitor, wanted: str, length: str, conversation: ChatState, *chosen: Any
    ) -> AsyncGenerator[list[Any]]:
        """The last question, with another kind or length of answer."""

        def steps(before: ChatState, options: Options, cancel: Cancellation) -> Generator[ChatState]:
            last = before.last or NOT_ASKED
            # Who changes the length alone has not chosen the kind that is shown.
            request = Intent(wanted) if wanted in set(OFFERED) - {last.shown_as} else last.options.request
            long = Length(length) if length in set(Length) else Length.USUAL
            again = replace(options, request=request, length=long)
            return reconsider(self.opening, self.history, last.ignored, before, cancel, again)

        return self._answer(who, conversation, chosen, steps)

    def retry(self, who: Visitor, conversation: ChatState, *chosen: Any) -> AsyncGenerator[list[Any]]:
        def steps(before: ChatState, options: Options, cancel: Cancellation) -> Generator[ChatState]:
            last = len(before.exchanges)
            question = before.exchanges[-1].question if last else ""
            return rewrite(self.opening, self.history, last, question, before, cancel, options)

        return self._answer(who, conversation, chosen, steps)

    def _steps(self, question: str) -> Steps:
        def steps(before: ChatState, options: Options, cancel: Cancellation) -> Generator[ChatState]:
            if number := before.editing:
                return rewrite(self.opening, self.history, number, question, before, cancel, options)
            return converse(self.opening, self.history, question, before, cancel, options)

        return steps

    async def _answer(
        self, who: Visitor, conversation: ChatState, chosen: Sequence[Any], steps: Steps, question: str = ""
    ) -> AsyncGenerator[list[Any]]:
        """The changes by each of the steps; what is not taken goes back into the box as the `question`."""
        mine = owned(conversation, who)
        try:
            run = self._begin(who, mine, chosen, steps, question)
        except ShownError as error:
            yield changes(None, mine.not_taken(question, mine.words.error(error)))
            return
        async for each in self._changes(mine, run):
            yield each

    async def _changes(self, mine: ChatState, run: Run) -> AsyncGenerator[list[Any]]:
        before = None
        async with aclosing(self.running.follow(run)) as states:
            async for state in states:
                after = replace(state, words=mine.words)
                yield changes(before, after)
                before = after

    def _begin(self, who: Visitor, mine: ChatState, chosen: Sequence[Any], steps: Steps, question: str = "") -> Run:
        """Has a question answered: now, or after those of its conversation that wait. Raises Said and DayUnclear."""
        quotes, model, *filters = chosen
        options = Options(filtering.filters_of(*filters), quotes=bool(quotes), model=model or None)

        def answer(before: ChatState, cancel: Cancellation) -> Generator[ChatState]:
            return steps(before, options, cancel)

        def admit() -> None:
            if seconds := self.pace(who.principal):
                raise PageError("page.too_fast", seconds=seconds)

        if run := self.running.at(mine.place):
            if mine.editing or not question.strip():
                raise StillAnswering
            admit()
            if self.running.add(run, question.strip(), answer):
                return run
            mine = run.latest
        elif mine.answering:  # its end was not told here, as where the network was gone
            mine = self.recall(mine)
        try:
            return self.running.begin(mine, answer, admit)
        except TooManyRequests as error:
            raise PageError("page.busy", seconds=error.seconds) from error
