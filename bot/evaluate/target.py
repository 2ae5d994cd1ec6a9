"""The system under test: Byline, or a language model alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter

from bot.answering.bot import Bot
from bot.evaluate.errors import NothingSaid
from bot.evaluate.types import Embed
from bot.types import Answer, Cancellation, Model, Prompt, Status, Timings, Turn
from index.errors import ArticleMissing
from index.types import Filters

Answering = Callable[[str, Sequence[Turn], Filters, Cancellation | None], Answer]


@dataclass(frozen=True, slots=True)
class Target:
    """A system under test, and the functions for the judgement of its answers."""

    answer: Answering
    embed: Embed
    text: Callable[[str], str | None]  # the text of an article by its id; None for a missing one
    proves: bool  # whether its answers have citations and hits


def of_bot(bot: Bot) -> Target:
    def answer(question: str, history: Sequence[Turn], filters: Filters, cancel: Cancellation | None) -> Answer:
        *_, last = bot.stream(question, history, filters, cancel=cancel)
        assert isinstance(last, Answer), "a stream ends with its answer"
        return last

    def text(article_id: str) -> str | None:
        try:
            return bot.index.article(article_id).text
        except ArticleMissing:
            return None

    return Target(answer, bot.index.embed, text, proves=True)


def of_model(model: Model, embed: Embed) -> Target:
    """A model alone. Its prompt is the question, after the earlier questions and answers, a paragraph each.

    Filters have no effect, since there are no articles. `answer` raises ModelFailed, and NothingSaid for an empty
    reply.
    """

    def answer(question: str, history: Sequence[Turn], _: Filters, cancel: Cancellation | None) -> Answer:
        earlier = (text for turn in history for text in (turn.question, turn.answer_text))
        words, first, clock = [], None, perf_counter()
        for each in model.complete(Prompt("", "\n\n".join((*earlier, question))), cancel):
            first = perf_counter() - clock if first is None else first
            words.append(each)
        text = "".join(words).strip()
        if not text:
            raise NothingSaid(model.name)
        seconds = Timings(first_token=first, total=perf_counter() - clock)
        return Answer(question, Status.ANSWERED, text, model.name, timings=seconds)

    return Target(answer, embed, lambda _: None, proves=False)
