"""What can be asked next, drawn from the articles and tried beforehand: after an answer, and on an empty page."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from threading import Lock

from bot.answer import Bot
from bot.errors import ShownError
from bot.suggest import OPENERS, follow_ups, openers
from bot.types import Answer
from bot.web.examples import examples
from index.errors import ArticleMissing
from index.types import Article, Filters

SAMPLE = 60  # articles that openers are drawn from


class Offers:
    """Questions that the articles of a bot answer. Those to begin with are found once for each state of the index."""

    def __init__(self, bot: Bot) -> None:
        self._bot = Bot(bot.index)  # without a model: nothing that is only tried waits for one
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

    def next(self, answer: Answer, asked: Sequence[str], filters: Filters) -> tuple[str, ...]:
        """Up to three questions that go on from an answer, within filters."""
        articles: dict[str, Article] = {}
        for hit in answer.hits:
            with suppress(ArticleMissing):
                articles[hit.passage.article_id] = self._bot.index.article(hit.passage.article_id)
        kept = replace(answer.hits, items=tuple(hit for hit in answer.hits if hit.passage.article_id in articles))
        with suppress(ShownError):  # a store that cannot be read is told of when somebody asks
            return follow_ups(
                replace(answer, hits=kept), asked, articles, lambda each: self._bot.answer(each, filters=filters)
            )
        return ()

    def _found(self) -> tuple[str, ...]:
        chosen = tuple(examples(self._holds))
        with suppress(ShownError):
            return chosen if len(chosen) == OPENERS else openers(self._bot.index.sample(SAMPLE), self._bot.answer)
        return ()

    def _holds(self, article_id: str) -> bool:
        try:
            self._bot.index.article(article_id)
        except ArticleMissing:
            return False
        return True
