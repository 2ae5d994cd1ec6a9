"""Twenty-four questions about the shipped articles that tell which writer a model can be, counted by kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.evaluate.types import CaseOutcome, CaseResult, Verdict
from bot.model.writers import Checked
from bot.types import Status, Usage

REFUSING = "near miss"  # the kind whose questions the articles do not answer
# A model that answers four of five questions from the right article, and refuses two of three that have no answer, is
# better as a citing writer than the quotes of its evidence. `tests.bench.writer` has the figures of both.
ANSWERS, REFUSES = 0.8, 2 / 3


@dataclass(frozen=True, slots=True)
class KindCounts:
    """The results of the questions of one kind."""

    kind: str
    asked: int
    right: int  # all assertions hold
    cited: int  # an article is cited that has the answer
    refused: int


@dataclass(frozen=True, slots=True)
class ModelCheck:
    """The results by kind, and the cost."""

    model: str
    kinds: tuple[KindCounts, ...]
    usage: Usage
    seconds: float  # of an answer, the mean

    @property
    def right(self) -> float:
        """The share of right ones of the questions with an answer, in [0, 1]."""
        some = [each for each in self.kinds if each.kind != REFUSING]
        return sum(each.right for each in some) / max(sum(each.asked for each in some), 1)

    @property
    def refused(self) -> float:
        """The share of refusals of the questions without an answer, in [0, 1]."""
        some = [each for each in self.kinds if each.kind == REFUSING]
        return sum(each.right for each in some) / max(sum(each.asked for each in some), 1)

    @property
    def cites(self) -> bool:
        """The advice: whether it can be a citing writer."""
        return self.right >= ANSWERS and self.refused >= REFUSES

    def checked(self, day: date) -> Checked:
        """The result to keep."""
        figures = (("right", round(self.right, 3)), ("refused", round(self.refused, 3)), ("seconds", self.seconds))
        return Checked(self.model, self.cites, day, figures)


def counted(model: str, outcomes: Sequence[CaseOutcome], usage: Usage) -> ModelCheck:
    """The counts of a finished run."""
    results = [outcome.results[0] for outcome in outcomes]
    kinds = dict.fromkeys(result.case.kind for result in results)
    times = [each.seconds for each in results if each.seconds is not None]
    return ModelCheck(
        model,
        tuple(_of_kind(kind, [each for each in results if each.case.kind == kind]) for kind in kinds),
        usage,
        round(sum(times) / max(len(times), 1), 2),
    )


def _of_kind(kind: str, results: Iterable[CaseResult]) -> KindCounts:
    some = list(results)
    return KindCounts(
        kind,
        len(some),
        sum(each.verdict is Verdict.PASSED for each in some),
        sum(any(check.holds and check.written.startswith("cites") for check in each.checks) for each in some),
        sum(each.answer is not None and each.answer.status is Status.REFUSED for each in some),
    )
