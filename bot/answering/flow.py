"""The values that the steps of an answer share: the question, its evidence, the state between two steps, the time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING

from bot.answering.attribute import facts_of
from bot.errors import Cancelled, ShownError, UsageError
from bot.types import Cancellation, Evidence, Intent, Options, Timings, Turn
from index.types import Article, Hits

if TYPE_CHECKING:
    from bot.answering.overview.shape import AnswerPart
    from bot.model.chain import Chain

BUDGET = 250  # tokens of evidence without a model


class Clock:
    """Seconds from the question to the first occurrence of each named event."""

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
    """A question as the person asked it, and the options for its answer."""

    question: str
    chain: Chain
    clock: Clock
    cancel: Cancellation
    options: Options = Options()
    progress: bool = False  # give a `Proving` before the proof of each sentence
    attempt: int = 1  # which search for the question this is: one in each language, see `calibration.stricter`
    corrects: bool = False  # asks the earlier question again, in other words
    explains: bool = False  # asks why or how, and the person chose no length

    @property
    def cites(self) -> bool:
        """Whether the current model of the chain cites by itself."""
        return bool(self.chain.model and self.chain.model.cites)

    @property
    def budget(self) -> int:
        """Tokens of the chosen sentences for the current model of the chain; one that cites reads whole passages."""
        return self.chain.model.budget if self.chain.model and not self.cites else BUDGET


@dataclass(frozen=True, slots=True)
class EvidencePool:
    """The evidence for a question: the sentences of its hits, the chosen sentences, and their articles."""

    question: str  # the search query: a follow-up is already rewritten
    hits: Hits = field(default_factory=Hits)
    scored: tuple[Evidence, ...] = ()  # scores without the judge, in the hits' order
    sentences: tuple[Evidence, ...] = ()  # the same, rescored with the judge
    chosen: tuple[Evidence, ...] = ()  # of `sentences`, in reading order
    answers: Mapping[Evidence, float] = field(default_factory=dict)  # P(it answers), of sentences that the judge read
    weights: Mapping[str, float] = field(default_factory=dict)  # the question's terms; their weights sum to 1
    articles: Mapping[str, Article] = field(default_factory=dict)  # by id, all articles of `sentences`
    readable: bool = True  # whether the embedder reads the question's script
    foreign: bool = False  # whether every article is in another language than the question

    @property
    def facts(self) -> dict[str, str]:
        """The facts of the articles of the chosen sentences as text, by id."""
        return {each.article_id: facts_of(self.articles[each.article_id]) for each in self.chosen}


@dataclass(frozen=True, slots=True)
class Flow:
    """The state of a question between two steps. After a failure the steps give it back unchanged."""

    asked: Asked
    history: Sequence[Turn] = ()
    request: Intent | None = None  # the classified kind of answer; None until the step `classify`
    language: str = "en"  # of the question, as classified: see `bot.classifiers.intent.language`
    reply: str = "en"  # the language of Byline's own sentences (ISO 639-1)
    whole: str = ""  # the question after the rewrite, in its own language
    leans: bool = False  # whether the rewrite took words from the history
    pointed: tuple[str, ...] = ()  # the ids of the articles whose marks the question names
    languages: tuple[str, ...] = ()  # not searched in yet, in order (ISO 639-1)
    question: str = ""  # the search query: `whole`, in the language of the search
    hits: Hits = field(default_factory=Hits)
    found: EvidencePool | None = None
    parts: tuple[AnswerPart, ...] = ()  # of the answer to a broad request
    failure: ShownError | None = None

    @property
    def options(self) -> Options:
        return self.asked.options


def unless_failed(flow: Flow, step: Callable[[Flow], Flow]) -> Flow:
    """The flow after a step. A `ShownError` of the step becomes its failure. Raises Cancelled, UsageError."""
    if flow.failure is not None:
        return flow
    try:
        return step(flow)
    except (Cancelled, UsageError):
        raise
    except ShownError as error:
        return replace(flow, failure=error)
