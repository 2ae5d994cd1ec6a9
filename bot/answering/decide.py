"""Whether the articles answer the question: one calibrated probability from the search, the judge and the words.

Before anything is written, it reads the scores of the search and what the judge makes of the likeliest sentences. For
the local model it also reads a linear probe in its layers while that reads the question (arXiv:1610.01644). Afterwards:
whether what was written is supported, and whether the judge finds that it answers. `bot.classifiers.calibration` weighs
them; `bot/training/calibration.py` fits the weights and the thresholds, and says how well they tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bot.answering.attribute import facts_of
from bot.answering.evidence import coverage
from bot.answering.flow import EvidencePool
from bot.classifiers.calibration import Calibration, stricter
from bot.types import Judgement
from index.text.words import acronyms, vocabulary

REFUSAL = "Not in the articles."  # what prompts/answer.md asks a model to say
# The score below which a sentence without a term of the question has nothing to do with it. Typed nonsense is at .09 to
# .15. Of 241 answerable questions of `bot/training/calibration.py` all have a term, and one is below .25, at .18.
_FAR = 0.2


@dataclass(frozen=True, slots=True)
class Signals:
    """The signals for an answer. The last two are of what was written, and 0 before."""

    coverage: float  # the share of the question's weighted terms in the evidence and its articles' facts, in [0, 1]
    together: float  # the same for the best single sentence
    score: float  # of the best sentence before the judge reads it, in [0, 1]
    found: float  # the score of the best hit, in [0, 1]
    answers: float  # the judge's of the likeliest sentence, in [0, 1]
    probed: float | None = None  # the log-odds by a probe inside the model, where it shows that
    proved: float = 0.0  # the support of the best sentence of what was written, in [0, 1]
    relevant: float = 0.0  # the judge's of that sentence, in [0, 1]
    added: float = 0.0  # of a small model's draft: see `Pointed.added`; `relevant` is of that quote
    repeated: float = 0.0  # as `bot.answering.write.small.Pointed.repeated`

    def named(self) -> dict[str, float]:
        """The signals by name, without those that are not there."""
        named = {name: getattr(self, name) for name in self.__slots__}
        return {name: value for name, value in named.items() if value is not None}

    def of_draft(self, proved: float, relevant: float) -> Signals:
        return replace(self, proved=proved, relevant=relevant)

    def of_quote(self, added: float, repeated: float, relevant: float) -> Signals:
        return replace(self, added=added, repeated=repeated, relevant=relevant)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether to answer, and the probability, in [0, 1], that the articles do."""

    confidence: float
    threshold: float
    fitted: float = 1.0  # the threshold without the person's own
    unsure: float = 1.0  # from which on the nearest passage is shown, where the threshold is not reached

    @property
    def nearly(self) -> bool:
        """Whether there may be an answer, and not surely enough."""
        return self.unsure <= self.confidence < self.threshold

    @property
    def answers(self) -> bool:
        return self.confidence >= self.threshold

    @property
    def withheld(self) -> bool:
        """Whether the person's own threshold alone stands against an answer."""
        return self.fitted <= self.confidence < self.threshold

    def judgement(self, question: str) -> Judgement:
        return Judgement("decide", "answerable", question, round(self.confidence, 3), round(self.threshold, 3))


@dataclass(frozen=True, slots=True)
class Decider:
    """The calibration for a way of answering and a question's language, and the person's own threshold.

    `attempt` is as of `bot.classifiers.calibration.stricter`.
    """

    calibration: Calibration
    strictness: float | None = None
    attempt: int = 1

    @property
    def threshold(self) -> float:
        return stricter(self.calibration.threshold if self.strictness is None else self.strictness, self.attempt)

    def decide(self, seen: Signals) -> Decision:
        fitted = stricter(self.calibration.threshold, self.attempt)
        # A person's own strictness leaves nothing between an answer and a refusal.
        unsure = stricter(self.calibration.unsure, self.attempt) if self.strictness is None else self.threshold
        return Decision(self.calibration.confidence(seen.named()), self.threshold, fitted, unsure)

    def best(self, seen: Signals) -> Decision:
        """The decision if what will be written is wholly supported and answers: no weight of it is negative."""
        return self.decide(seen.of_draft(1.0, 1.0).of_quote(1.0, 1.0, 1.0))


def decider(
    calibrations: Mapping[str, Calibration],
    way: str,
    readable: bool,
    strictness: float | None = None,
    attempt: int = 1,
) -> Decider:
    """`way` is `probed`, `written` or `quoted`; `readable` whether the embedder reads the question's language."""
    return Decider(calibrations[f"{way}-{'read' if readable else 'unread'}"], strictness, attempt)


def signals(found: EvidencePool) -> Signals:
    """The signals of what was found."""
    spelled = acronyms(found.question)
    return Signals(
        coverage=coverage(found.weights, _everything(found)),
        together=max((coverage(found.weights, vocabulary(each.text, spelled)) for each in found.chosen), default=0.0),
        score=max((each.score for each in found.scored), default=0.0),
        found=max((hit.score for hit in found.hits), default=0.0),
        answers=max(found.answers.values(), default=0.0),
    )


def far(seen: Signals) -> bool:
    """Whether what was found has nothing to do with the question, in words or in sense."""
    return seen.coverage == 0 and seen.score < _FAR


def missing(found: EvidencePool, nearest: Iterable[str]) -> tuple[str, ...]:
    """The question's terms, in its order, that are absent from what was found: the passages, what their articles say of
    themselves, and the whole text of those articles whose ids are `nearest`."""
    read = [*(each.passage.text for each in found.hits), *map(facts_of, found.articles.values())]
    absent = _absent(found, found.weights, read)
    # Whole articles may be books: they are read only for what the passages lack.
    return _absent(found, absent, (found.articles[each].text for each in nearest)) if absent else ()


def _absent(found: EvidencePool, terms: Iterable[str], texts: Iterable[str]) -> tuple[str, ...]:
    there = _vocabulary(found, texts)
    return tuple(term for term in terms if term not in there)


def _everything(found: EvidencePool) -> frozenset[str]:
    """The vocabulary of the chosen sentences and of their articles' facts."""
    return _vocabulary(found, [*(each.text for each in found.chosen), *found.facts.values()])


def _vocabulary(found: EvidencePool, texts: Iterable[str]) -> frozenset[str]:
    return vocabulary(" . ".join(texts), acronyms(found.question))
