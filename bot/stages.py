"""What one step of an answer hands to the next: the question, what was found for it, and the time it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING

from bot.attribute import facts_of
from bot.types import Cancellation, Evidence, Length, Timings
from index.types import Article, Hits

if TYPE_CHECKING:
    from bot.model.chain import Chain

BUDGET = 250  # tokens of evidence without a model


class Clock:
    """Seconds from the question to the first time that something happened."""

    def __init__(self) -> None:
        self._start = perf_counter()
        self._marks: dict[str, float] = {}

    def mark(self, name: str) -> None:
        self._marks.setdefault(name, round(perf_counter() - self._start, 3))

    def timings(self) -> Timings:
        self.mark("total")
        return Timings(**self._marks)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was put, and how it is to be answered."""

    question: str
    chain: Chain
    clock: Clock
    cancel: Cancellation
    strict: bool  # leave out the sentences that no article supports
    least: float | None  # how probable it has to be that the articles answer; None: as was measured to be best
    length: Length = Length.USUAL

    @property
    def budget(self) -> int:
        """The tokens of evidence for the model whose turn it is."""
        return self.chain.model.budget if self.chain.model else BUDGET


@dataclass(frozen=True, slots=True)
class Found:
    """What a question's search gave: the sentences of its hits, those chosen, and their articles."""

    question: str  # as it was searched for: a follow-up with what it takes from the history
    hits: Hits = field(default_factory=Hits)
    scored: tuple[Evidence, ...] = ()  # the sentences as the search scores them, in the hits' order
    sentences: tuple[Evidence, ...] = ()  # the same, scored with the judge
    chosen: tuple[Evidence, ...] = ()  # in reading order
    answers: Mapping[Evidence, float] = field(default_factory=dict)  # the judge's, of the likeliest sentences
    weights: Mapping[str, float] = field(default_factory=dict)  # the question's terms and their shares
    articles: Mapping[str, Article] = field(default_factory=dict)  # those of `sentences`, by id
    readable: bool = True  # whether the embedder reads the question's script
    foreign: bool = False  # whether all the articles are in other languages than the question

    @property
    def facts(self) -> dict[str, str]:
        """What the articles of the chosen sentences say of themselves, by id."""
        return {each.article_id: facts_of(self.articles[each.article_id]) for each in self.chosen}
