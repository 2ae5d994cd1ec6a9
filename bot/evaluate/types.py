"""The values of an evaluation, from a file of test prompts to what became of each. Frozen, tuples inside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from bot.evaluate.errors import Unmeasured
from bot.evaluate.intervals import Interval
from bot.types import Answer
from index.types import Filters

Vectors = Iterable[Iterable[float]]  # one for each text, all of one length
Embed = Callable[[Sequence[str]], Vectors]
Ask = Callable[[str, Mapping[str, str]], str]  # the name of a judge's prompt and what is filled in, to what it says
STABLE = "stable"  # the type of assertion that is about all the times that a case is asked, and not about an answer


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"  # an assertion does not hold
    BROKEN = "broken"  # there is no answer to judge: a crash, or the status `failed`
    SKIPPED = "skipped"  # not asked: a draft, without its articles, or after the run was stopped


def _no_embedder(_: Sequence[str]) -> Vectors:
    raise Unmeasured("similar", "There is nothing to compare texts by their meaning.")


def no_judge(_: str, __: Mapping[str, str]) -> str:
    raise Unmeasured("What a model judges", "There is no judge: name one with --judge.")


@dataclass(frozen=True, slots=True)
class Reply:
    """What is judged: an answer, the texts of the articles that it cites, by id, and what makes vectors of texts; for a
    judge, the variables of the case, and the answer of an earlier run, if there is one; and for `stable`, the verdict
    of each time that the case was asked."""

    answer: Answer
    texts: Mapping[str, str]
    embed: Embed = _no_embedder
    ask: Ask = no_judge
    given: Mapping[str, object] = field(default_factory=dict)
    rival: str | None = None
    verdicts: tuple[Verdict, ...] = ()
    proven: bool = True  # whether the answer shows its proof: if not, no assertion about that holds


@dataclass(frozen=True, slots=True)
class Assertion:
    """One demand on an answer. In the mean over a case or a set it counts `weight` times; with 0 it always holds."""

    type: str  # without `not-`
    expected: object  # of the kind that the type expects
    negated: bool
    written: str  # as the file says it, on a line
    threshold: float | None = None  # given, or the type's own
    weight: float = 1.0  # from 0


@dataclass(frozen=True, slots=True)
class AssertionSet:
    """Demands whose mean score has to reach `threshold` in [0, 1]; without one, all of which have to hold."""

    members: tuple[Assertion, ...]
    threshold: float | None
    written: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Case:
    """A question that is asked after those of `history`, and what its answer has to be."""

    suite: str  # the name of the file
    question: str
    assertions: tuple[Assertion | AssertionSet, ...]
    history: tuple[str, ...] = ()
    given: Mapping[str, object] = field(default_factory=dict, hash=False)  # the variables, the question among them
    description: str = ""
    kind: str = ""
    filters: Filters = Filters()  # that all its questions are asked within
    draft: bool = False  # no person has accepted it yet, so it is not asked
    threshold: float | None = None  # of the mean score, in [0, 1]; without one, all assertions have to hold

    def passes(self, checks: Sequence[Check]) -> bool:
        """Whether the case passes, given a check of each of its assertions."""
        return enough(self.assertions, checks, self.threshold)

    @property
    def once(self) -> Case:
        """What is demanded of each answer alone."""
        return replace(self, assertions=tuple(each for each in self.assertions if not about_all_times(each)))

    @property
    def times(self) -> int:
        """How often it has to be asked, at the least."""
        wanted = [each.expected for each in self.assertions if isinstance(each, Assertion) and about_all_times(each)]
        return max((each for each in wanted if isinstance(each, int)), default=1)


def about_all_times(assertion: Assertion | AssertionSet) -> bool:
    return isinstance(assertion, Assertion) and assertion.type == STABLE


def singles(case: Case) -> Iterator[Assertion]:
    """All assertions of a case, the members of sets too."""
    for each in case.assertions:
        yield from each.members if isinstance(each, AssertionSet) else (each,)


@dataclass(frozen=True, slots=True)
class Suite:
    """The cases of a file. Without `articles` they are asked of the index of the settings."""

    path: Path
    cases: tuple[Case, ...]
    articles: tuple[Path, ...] = ()
    optional: str | None = None  # why the articles may be missing; the cases are then skipped

    @property
    def missing(self) -> tuple[Path, ...]:
        return tuple(path for path in self.articles if not path.exists())


@dataclass(frozen=True, slots=True)
class Check:
    """An assertion as the file says it, and whether it holds."""

    written: str
    holds: bool
    score: float  # in [0, 1]
    reason: str = ""  # what was found, where `written` and `holds` do not say it


def mean_score(assertions: Sequence[Assertion | AssertionSet], checks: Sequence[Check]) -> float:
    """The mean of the scores by the weights of their assertions, in [0, 1]; 0 where all weights are 0."""
    weights = [each.weight for each in assertions]
    whole = sum(weights)
    return sum(check.score * weight for check, weight in zip(checks, weights, strict=True)) / whole if whole else 0.0


def enough(assertions: Sequence[Assertion | AssertionSet], checks: Sequence[Check], threshold: float | None) -> bool:
    """Whether the mean score reaches the threshold, or where there is none, whether all assertions hold."""
    if threshold is None:
        return all(check.holds for check in checks)
    return mean_score(assertions, checks) >= threshold


@dataclass(frozen=True, slots=True)
class Result:
    """What became of asking a case once. `obstacle` is why there was no answer to judge."""

    case: Case
    answer: Answer | None = None
    checks: tuple[Check, ...] = ()
    obstacle: str | None = None
    skipped: bool = False
    unjudged: bool = False  # whether the obstacle is that the judge gave no verdict
    kept: bool = False  # whether the answer is one of an earlier run
    seconds: float = 0.0  # from the first question of the history to the last answer

    @property
    def verdict(self) -> Verdict:
        if self.obstacle is not None:
            return Verdict.SKIPPED if self.skipped else Verdict.BROKEN
        return Verdict.PASSED if self.case.passes(self.checks) else Verdict.FAILED

    @property
    def once(self) -> Result:
        """As it is without what is said of all the times."""
        if self.case.times == 1:
            return self
        pairs = zip(self.case.assertions, self.checks, strict=False)  # there are no checks where it broke
        alone = tuple(check for each, check in pairs if not about_all_times(each))
        return replace(self, case=self.case.once, checks=alone)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case that was asked once or several times: a result each time, at least one."""

    results: tuple[Result, ...]

    @property
    def case(self) -> Case:
        return self.results[0].case

    @property
    def passes(self) -> int:
        return sum(result.verdict is Verdict.PASSED for result in self.results)

    @property
    def share(self) -> Fraction:
        """How many of the times it passed, in [0, 1]."""
        return Fraction(self.passes, len(self.results))

    @property
    def verdict(self) -> Verdict:
        """Passed where more than half of the times it was; else the most frequent of the others, of two the first."""
        if self.share * 2 > 1:
            return Verdict.PASSED
        others = Counter(result.verdict for result in self.results if result.verdict is not Verdict.PASSED)
        return others.most_common(1)[0][0]

    @property
    def stable(self) -> bool:
        """Whether the answers, each alone, had the same verdict each time."""
        return len({result.once.verdict for result in self.results}) == 1


@dataclass(frozen=True, slots=True)
class Agreement:
    """How a judge did on labelled answers, of which there is one or more."""

    judge: str  # its name
    right: int
    passed: int  # wrongly: what does not meet its demand
    failed: int  # wrongly: what meets it
    errors: int  # no verdict
    kappa: Interval  # Cohen's, of those with a verdict; 0 where there is none
    labels: str = "Byline's own"  # whose they are

    @property
    def labelled(self) -> int:
        return self.right + self.passed + self.failed + self.errors


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run: what became of every case that was submitted, also of those that were not asked."""

    outcomes: tuple[Outcome, ...]
    model: str | None  # as it was asked for
    started: datetime
    seconds: float = 0.0
    repeat: int = 1  # how many times each case was to be asked
    judge: Agreement | None = None
    stopped: bool = False  # by a person, before the last case
