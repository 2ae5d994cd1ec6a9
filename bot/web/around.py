"""Parts of the page that come from the articles, around the conversation: what to ask, within what, what to read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from bot.errors import ShownError
from bot.render.html.markup import safe
from bot.render.html.words import ENGLISH, PageWording
from bot.runtime.threads import awaited
from bot.service.errors import CaughtError
from bot.suggestions.offers import Offers
from bot.types import Cancellation
from bot.web import filtering, reader, welcome
from bot.web.access import Visitor
from bot.web.changes import buttons, following, line
from bot.web.conversation import LOOK, ChatState, owned
from bot.web.opening import Opening

if TYPE_CHECKING:
    from bot.answering.bot import Bot


@dataclass(frozen=True, slots=True)
class Around:
    """Each gives values for the components that it is about; `greet` and `arrange`, once the bot is open."""

    opening: Opening
    offers: Callable[[], Offers]  # likewise

    async def opened_now(self) -> None:
        while not self.opening.done:
            await asyncio.sleep(LOOK)

    async def greet(self, who: Visitor, query: Sequence[tuple[str, str]]) -> AsyncGenerator[list[Any]]:
        """The line about the articles, the chat before anything is asked, and the choices of a model.

        First without the questions to begin with, which take a while; then with them.
        """
        import gradio as gr

        await self.opened_now()
        yield await asyncio.to_thread(self._about, who)
        questions = await asyncio.to_thread(self._to_begin_with, query)
        yield [gr.skip(), gr.Chatbot(examples=[{"text": each} for each in questions]), gr.skip(), gr.skip()]

    def settle(self, who: Visitor, conversation: ChatState) -> list[Any]:
        """The values of the components below the last answer, and the sign that something can be asked after it."""
        mine = owned(conversation, who)
        return [*buttons(mine), token_urlsafe(8) if mine.settled else ""]

    async def suggest(
        self, who: Visitor, settled: str, conversation: ChatState, *chosen: Any
    ) -> AsyncGenerator[list[Any]]:
        """The buttons with what to ask next, as it is found."""
        found, cancel = list[str](), Cancellation()
        if settled:
            async with aclosing(awaited(self._following(owned(conversation, who), chosen, cancel), cancel)) as made:
                async for each in made:
                    found.append(each)
                    yield following(found)
        if not found:
            yield following(())

    def arrange(self, who: Visitor, conversation: ChatState) -> list[Any]:
        """The choices of the filters, those of the conversation that is shown, and what they leave."""
        import gradio as gr

        mine = owned(conversation, who)
        chosen = filtering.chosen_of(mine.filters)
        if self.opening.error:
            return [gr.skip()] * (len(chosen) + 2)
        return [*filtering.offered(self.opening.bot(), mine.filters, mine.words), *self.remain(who, *chosen)]

    def remain(self, who: Visitor, *chosen: Any) -> list[Any]:
        """The number of articles that filters leave, and the heading of what is folded away."""
        import gradio as gr

        if not self.opening.done or self.opening.error:
            return [gr.skip(), gr.skip()]
        words = who.words
        try:
            filters = filtering.filters_of(*chosen)
            left = filtering.remaining(self.opening.bot(), filters, words)
        except ShownError as error:
            return [line(words.error(error)), gr.skip()]
        heading = words("filtering.heading", left=left.rstrip(".。")) if filters else words("label.filters")
        return [line(left), gr.Accordion(label=heading)]

    def clear(self, who: Visitor) -> list[Any]:
        """No filters, and what they leave."""
        import gradio as gr

        nothing = filtering.chosen_of(filtering.NONE)
        return [*nothing[:-1], gr.Dropdown(value=[], visible=False), *self.remain(who, *nothing)]

    def read(self, who: Visitor, text: str, conversation: ChatState) -> Any:
        """An article to read whole, or why it cannot be."""
        import gradio as gr

        wanted = reader.request(text)
        return self._article(wanted, owned(conversation, who)) if wanted else gr.skip()

    def _about(self, who: Visitor) -> list[Any]:
        """The welcome with what is known of the articles at once; or why there are none."""
        import gradio as gr

        try:
            bot = self.opening.bot()
        except ShownError as error:
            return [f'<p class="failed">{safe(who.words.error(error))}</p>', gr.skip(), gr.skip(), gr.skip()]
        placeholder = welcome.opened(bot.index.inventory(), who.words)
        switch = gr.CheckboxGroup(visible=not bot.extractive)
        names = list(bot.choices)
        menu = gr.Dropdown(names, value=next(iter(names), None), visible=len(names) > 1)
        return [line(about(bot, who.words)), gr.Chatbot(placeholder=placeholder), switch, menu]

    def _to_begin_with(self, query: Sequence[tuple[str, str]]) -> tuple[str, ...]:
        """The questions to begin with; none where the page's address limits what is asked about: they are about all
        articles."""
        return () if self.opening.error or filtering.asked_about(query) else self.offers().to_begin_with()

    def _following(self, conversation: ChatState, chosen: Sequence[Any], cancel: Cancellation) -> Generator[str]:
        answer = conversation.last.answer if conversation.last else None
        if answer and not conversation.answering and self.opening.done:
            asked = [each.question for each in conversation.exchanges]
            with suppress(ShownError):  # a day that is none, or a bot that is not there, is told of when somebody asks
                yield from self.offers().next(answer, asked, filtering.filters_of(*chosen), cancel)

    def _article(self, wanted: reader.ReadRequest, conversation: ChatState) -> str:
        words = conversation.words
        with CaughtError() as mishap:
            try:
                answer = conversation.answer(wanted.turn)
                return reader.pane(wanted, answer, self.opening.bot().index.article, words)
            except ShownError as error:
                return reader.framed(wanted, line(words.error(error)))
        return reader.framed(wanted, line(words.error(mishap.error)))


def about(bot: Bot, words: PageWording = ENGLISH) -> str:
    """How many articles are read, and by what."""
    articles, model = words("page.articles", count=len(bot.index)), words("page.model", model=bot.model)
    notice = words.reason(bot.notice) if bot.notice else ""
    return " · ".join(part for part in (articles, model, notice) if part)
