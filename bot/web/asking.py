"""Asking: the ways to ask for an answer, and what each step towards it changes on the page."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import ExitStack, aclosing
from dataclasses import dataclass
from typing import Any

from bot.awaiting import awaited
from bot.errors import ShownError
from bot.facts import understood
from bot.history import History
from bot.principal import Principal
from bot.service import Slots, TooManyRequests
from bot.types import OFFERED, Answer, Cancellation, Length, Request
from bot.web import filtering
from bot.web.access import Visitor
from bot.web.changes import changes, put_away
from bot.web.conversation import Conversation, Exchange, converse, owned, reconsider, rewrite
from bot.web.opening import Opening
from bot.web.words import Said
from index.types import Filters

NOT_ASKED = Exchange(0, "", "")

Steps = Callable[[Conversation, Filters, Cancellation], Generator[Conversation]]


def send(question: str) -> list[Any]:
    """The question leaves the box before it is answered: it comes back where it is not taken."""
    import gradio as gr

    return [question, gr.Textbox(value=""), *put_away()]


@dataclass(frozen=True, slots=True)
class Asking:
    """What can be asked for, within the filters that are `chosen`. Each gives what the steps of its answer change."""

    opening: Opening
    history: History
    pace: Callable[[Principal], int]  # counts a question: seconds to wait, 0 where it may be asked
    slots: Slots
    observe: Callable[[Answer], None] = lambda _: None  # is told each answer as it ends

    def ask(self, who: Visitor, question: str, conversation: Conversation, *chosen: Any) -> AsyncGenerator[list[Any]]:
        def steps(before: Conversation, filters: Filters, cancel: Cancellation) -> Generator[Conversation]:
            if before.editing:
                return rewrite(self.opening, self.history, before.editing, question, before, cancel, filters)
            return converse(self.opening, self.history, question, before, cancel, filters)

        return self._answer(who, conversation, chosen, steps, question)

    def ask_example(
        self, who: Visitor, example: dict[str, str], conversation: Conversation, *chosen: Any
    ) -> AsyncGenerator[list[Any]]:
        return self.ask(who, example["text"], conversation, *chosen)

    def ask_again(
        self, who: Visitor, heeded: list[str], conversation: Conversation, *chosen: Any
    ) -> AsyncGenerator[list[Any]]:
        """The last question, of which what is not `heeded` no longer counts."""

        def steps(before: Conversation, filters: Filters, cancel: Cancellation) -> Generator[Conversation]:
            ignored = [each for each in before.named if understood(each, before.words) not in heeded]
            last = before.last or NOT_ASKED
            return reconsider(
                self.opening, self.history, ignored, before, cancel, filters, request=last.chosen, length=last.length
            )

        return self._answer(who, conversation, chosen, steps)

    def ask_as(
        self, who: Visitor, wanted: str, length: str, conversation: Conversation, *chosen: Any
    ) -> AsyncGenerator[list[Any]]:
        """The last question, with another kind or length of answer."""

        def steps(before: Conversation, filters: Filters, cancel: Cancellation) -> Generator[Conversation]:
            last = before.last or NOT_ASKED
            # Who changes the length alone has not chosen the kind that is shown.
            request = Request(wanted) if wanted in set(OFFERED) - {last.shown_as} else last.chosen
            long = Length(length) if length in set(Length) else Length.USUAL
            return reconsider(
                self.opening, self.history, last.ignored, before, cancel, filters, request=request, length=long
            )

        return self._answer(who, conversation, chosen, steps)

    def retry(self, who: Visitor, conversation: Conversation, *chosen: Any) -> AsyncGenerator[list[Any]]:
        def steps(before: Conversation, filters: Filters, cancel: Cancellation) -> Generator[Conversation]:
            last = len(before.exchanges)
            question = before.exchanges[-1].question if last else ""
            return rewrite(self.opening, self.history, last, question, before, cancel, filters)

        return self._answer(who, conversation, chosen, steps)

    async def _answer(
        self, who: Visitor, conversation: Conversation, chosen: Sequence[Any], steps: Steps, question: str = ""
    ) -> AsyncGenerator[list[Any]]:
        """What each of the steps changes; what is not taken goes back into the box as the `question`."""
        before, cancel, mine = None, Cancellation(), owned(conversation, who)
        with ExitStack() as held:
            try:
                self._begin(who, held)
                states = steps(mine, filtering.filters_of(*chosen), cancel)
            except ShownError as error:
                yield changes(None, mine.not_taken(question, mine.words.error(error)))
                return
            async with aclosing(awaited(states, cancel)) as made:
                async for after in made:
                    if after.answering and after.last and after.last.answer:
                        self.observe(after.last.answer)
                    yield changes(before, after)
                    before = after

    def _begin(self, who: Visitor, held: ExitStack) -> None:
        """Takes a slot, which ends with `held`, and counts the question. Raises Said."""
        try:
            held.enter_context(self.slots.slot())
        except TooManyRequests as error:
            raise Said("page.busy", seconds=error.seconds) from error
        if seconds := self.pace(who.principal):
            raise Said("page.too_fast", seconds=seconds)
