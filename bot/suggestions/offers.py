"""Suggestions of questions, drawn from the articles and tried beforehand: after an answer, and on an empty page."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import suppress
from threading import Lock

from bot.answering.bot import Bot
from bot.errors import ShownError
from bot.suggestions.examples import examples
from bot.suggestions.follow_ups import follow_ups
from bot.suggestions.openers import OPENERS, openers
from bot.types import Answer, Cancellation, Intent, Prompt, Status
from index.errors import ArticleMissing
from index.types import Filters

SAMPLE = 60  # articles that openers are drawn from


class Offers:
    """Questions that the articles of a bot answer. Those to begin with are found once for each state of the index."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot
        self._quoting = bot.quoting()  # nothing that is only tried waits for a model
        self._lock = Lock()
        self._generation = -1
        self._openers: tuple[str, ...] = ()

    def to_begin_with(self) -> tuple[str, ...]:
        """Four questions, or fewer; of the shipped articles, those that were chosen by hand."""
        with self._lock:
            generation = self._bot.index.generation
            if generation != self._generation:
                self._openers, self._generation = self._found(), generation
            return self._openers

    def next(self, answer: Answer, asked: Sequence[str], filters: Filters, cancel: Cancellation) -> Generator[str]:
        """Up to three questions that go on from an answer, within filters, as they are found; none without a model.

        They end where somebody asks, where `cancel` is set, and where the model or the store fails.
        """
        complete = self._bot.suggests
        if complete is None or answer.status not in (Status.ANSWERED, Status.PARTIAL):
            return

        def write(prompt: Prompt) -> Generator[str]:
            return complete(prompt, cancel)

        def answers(question: str) -> Answer:
            # Whatever kind of answer it will get, its sentence has to answer it.
            *_, found = self._quoting.stream(question, filters=filters, request=Intent.SHORT, cancel=cancel)
            assert isinstance(found, Answer)
            return found

        with suppress(ShownError), self._bot.idle.work(cancel):
            yield from follow_ups(answer, asked, self._bot.index, write, answers)

    def _found(self) -> tuple[str, ...]:
        chosen = tuple(examples(self._holds))
        with suppress(ShownError):
            return chosen if len(chosen) == OPENERS else openers(self._bot.index.sample(SAMPLE), self._quoting.answer)
        return ()

    def _holds(self, article_id: str) -> bool:
        try:
            self._bot.index.article(article_id)
        except ArticleMissing:
            return False
        return True
