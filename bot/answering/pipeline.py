"""The pipeline on one screen.

classify -> rewrite -> search -> evidence -> decide -> write -> prove -> conflict -> attribute

Each step takes a `Flow` and gives the next one; the last one gives events. `bot.langchain` joins the same steps as a
LangChain runnable.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bot.answering.assemble import answered, failed, refused, replied
from bot.answering.flow import EvidencePool, Flow, unless_failed
from bot.answering.gather import gathered, of_one_question, searched, searched_again
from bot.answering.overview.shape import BROAD
from bot.answering.query import in_first_language, in_next_language, standing_alone
from bot.answering.write.generate import Draft, by_one_model
from bot.classifiers.intent import SURE, TALK, UNREAD, classify
from bot.errors import Cancelled, ShownError, UsageError
from bot.types import Event, EvidenceReady, Intent, Words

if TYPE_CHECKING:
    from bot.answering.overview.compose import Composer
    from bot.answering.write.citing.writer import CitingWriter
    from bot.answering.write.generate import AnswerWriter
    from bot.classifiers.intent import Embed
    from bot.judge import Judge
    from index.index import Index

Step = Callable[[Flow], Flow]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The parts that the steps of an answer need. Several threads may use one at once."""

    index: Index
    judge: Judge
    generator: AnswerWriter
    composer: Composer
    citing: CitingWriter
    embed: Embed | None = None  # the vectors of requests, of MiniLM's shape (n, 384); None loads MiniLM

    @property
    def steps(self) -> tuple[tuple[str, Step], ...]:
        """The steps before the first word, by name and in order. A failure passes through them unchanged."""
        steps = (self.classify, self.rewrite, self.search, self.evidence)
        return tuple((each.__name__, partial(unless_failed, step=each)) for each in steps)

    def run(self, flow: Flow) -> Generator[Event]:
        """`EvidenceReady`, then `Words` as they are proved, then the `Answer`. Raises Cancelled, UsageError."""
        for _, step in self.steps:
            flow = step(flow)
        yield from self.answer(flow)

    def classify(self, flow: Flow) -> Flow:
        """Sets the kind of answer, unless the person chose one, and the language of the question."""
        found = classify(flow.asked.question, self.embed)
        unsure = flow.asked.cites and found.request in UNREAD and found.probability < SURE
        request = flow.options.request or (Intent.OTHER if unsure else found.request)
        return replace(flow, request=request, language=found.language, reply=found.reply)

    def rewrite(self, flow: Flow) -> Flow:
        """Makes a follow-up a question that stands alone, by the turns that articles answered.

        If most articles are in another language, a model translates it.
        """
        if flow.request in UNREAD:
            return flow
        return in_first_language(standing_alone(flow, self.index, self.embed))

    def search(self, flow: Flow) -> Flow:
        """Adds the passages, by meaning and by words; none for talk."""
        return flow if flow.request in TALK else searched(flow, self.index)

    def evidence(self, flow: Flow) -> Flow:
        """Adds the most relevant sentences of the passages, within the token budget of the model."""
        return flow if flow.request in UNREAD else gathered(flow, self.index, self.judge, self.embed)

    def answer(self, flow: Flow) -> Generator[Event]:
        """Gives the evidence, each sentence once it is proved, and the answer."""
        if flow.failure is not None:
            yield failed(flow, flow.failure)
            return
        try:
            if flow.found is None:
                reply = replied(flow, self.index)
                yield Words(reply.text)
                yield reply
                return
            flow, spoken = yield from self._first_supported(flow)
        except (Cancelled, UsageError):
            raise
        except ShownError as error:
            yield failed(flow, error)
            return
        yield refused(flow, spoken) if spoken.refuses else answered(flow, spoken)

    def _first_supported(self, flow: Flow) -> Generator[Event, None, tuple[Flow, Draft]]:
        """The answer in the first language in which the articles support one, else the refusal in the first language.

        Each further language needs more confidence: see `calibration.stricter`. Raises ShownError.
        """
        refusal = None
        while flow.found:
            yield EvidenceReady(flow.found.hits, flow.found.chosen)
            spoken = yield from self._written(flow, flow.found)
            if not spoken.refuses:
                return flow, spoken
            refusal = refusal or (flow, spoken)
            further = in_next_language(flow)
            if further is None:
                break
            again = replace(further, asked=replace(flow.asked, attempt=flow.asked.attempt + 1))
            flow = gathered(searched(again, self.index), self.index, self.judge, self.embed)
        assert refusal
        return refusal

    def _written(self, flow: Flow, found: EvidencePool) -> Generator[Event, None, Draft]:
        return (yield from by_one_model(flow.asked, found, partial(self._by_current_model, flow, found)))

    def _by_current_model(self, flow: Flow, found: EvidencePool, spoken: Draft) -> Generator[Event]:
        """An answer by the writer that fits the current model of the chain."""
        model = flow.asked.chain.model
        if model and model.cites:
            again = partial(searched_again, flow, self.index)
            yield from self.citing.write(flow, found, model, again, spoken)
        elif flow.request in BROAD:
            parts = flow.parts or gathered(flow, self.index, self.judge, self.embed).parts
            yield from self.composer.compose(flow.asked, found, parts, spoken)
        else:
            yield from self.generator.speak(of_one_question(flow), found, spoken)
