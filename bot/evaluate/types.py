"""The values of an evaluation, from a file of test prompts to its outcomes. Frozen, tuples inside."""

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

Vectors = Iterable[Iterable[float]]  # one for each text, all of one dimension
Embed = Callable[[Sequence[str]], Vectors]
Ask = Callable[[str, Mapping[str, str]], str]  # the name of a judge's prompt and its variables, to the reply
STABLE = "stable"  # the type of assertion about all repetitions of a case, not about an answer


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"  # an assertion does not hold
    BROKEN = "broken"  # no answer to judge: a crash, or the status `failed`
    SKIPPED = "skipped"  # not asked: a draft, without its articles, or after an interrupt


def _no_embedder(_: Sequence[str]) -> Vectors:
    raise Unmeasured("similar", "There is nothing to compare texts by their meaning.")


def _every(_: str) -> bool:
    return True


def no_judge(_: str, __: Mapping[str, str]) -> str:
    raise Unmeasured("What a model judges", "There is no judge: name one with --judge.")


@dataclass(frozen=True, slots=True)
class JudgedReply:
    """An answer, with everything that its judgement needs."""

    answer: Answer
    texts: Mapping[str, str]  # of the cited articles, by id
    embed: Embed = _no_embedder
    ask: Ask = no_judge
    has: Callable[[str], bool] = _every  # whether there is an article with this id
    given: Mapping[str, object] = field(default_factory=dict)  # the variables of the case
    rival: str | None = None  # the answer of an earlier run
    verdicts: tuple[Verdict, ...] = ()  # of all repetitions, for `stable`
    proven: bool = True  # whether the answer shows its proof; without it, assertions about the proof fail


@dataclass(frozen=True, slots=True)
class Assertion:
    """An assertion on an answer. `weight` is for the mean score of a case or a set; with 0 it always holds."""

    type: str  # without `not-`
    expected: object  # of the type that the rule names
    negated: bool
    written: str  # the words of the file, on a line
    threshold: float | None = None  # as given, or the default of the type
    weight: float = 1.0  # 0 or more


@dataclass(frozen=True, slots=True)
class AssertionSet:
    """Assertions whose mean score has to reach `threshold` in [0, 1]; without one, all have to hold."""

    members: tuple[Assertion, ...]
    threshold: float | None
    written: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Case:
    """A question, the questions before it, and the assertions on its answer."""

    suite: str  # the name of the file
    question: str
    assertions: tuple[Assertion | AssertionSet, ...]
    history: tuple[str, ...] = ()
    given: Mapping[str, object] = field(default_factory=dict, hash=False)  # the variables, with the question
    description: str = ""
    kind: str = ""
    filters: Filters = Filters()  # of all its questions
    draft: bool = False  # not accepted by a person yet, and so skipped
    threshold: float | None = None  # of the mean score, in [0, 1]; None: all assertions have to hold

    def passes(self, checks: Sequence[AssertionCheck]) -> bool:
        """Whether the case passes, by the checks of its assertions, in order."""
        return enough(self.assertions, checks, self.threshold)

    @property
    def once(self) -> Case:
        """The case without the assertions about all repetitions."""
        return replace(self, assertions=tuple(each for each in self.assertions if not about_all_times(each)))

    @property
    def times(self) -> int:
        """The least number of repetitions."""
        counts = [each.expected for each in self.assertions if isinstance(each, Assertion) and about_all_times(each)]
        return max((each for each in counts if isinstance(each, int)), default=1)


def about_all_times(assertion: Assertion | AssertionSet) -> bool:
    return isinstance(assertion, Assertion) and assertion.type == STABLE


def singles(case: Case) -> Iterator[Assertion]:
    """All assertions of a case, the members of sets included."""
    for each in case.assertions:
        yield from each.members if isinstance(each, AssertionSet) else (each,)


@dataclass(frozen=True, slots=True)
class Suite:
    """The cases of a file. Without `articles` they are asked of the configured index."""

    path: Path
    cases: tuple[Case, ...]
    articles: tuple[Path, ...] = ()
    optional: str | None = None  # why the articles may be missing; then the cases are skipped

    @property
    def missing(self) -> tuple[Path, ...]:
        return tuple(path for path in self.articles if not path.exists())


@dataclass(frozen=True, slots=True)
class AssertionCheck:
    """An assertion in the words of the file, and its judgement."""

    written: str
    holds: bool
    score: float  # in [0, 1]
    reason: str = ""  # details beyond `written` and `holds`

    @property
    def told(self) -> str:
        """The assertion with its reason."""
        return f"{self.written} ({self.reason})" if self.reason else self.written


def mean_score(assertions: Sequence[Assertion | AssertionSet], checks: Sequence[AssertionCheck]) -> float:
    """The weighted mean of the scores, in [0, 1]; 0 if all weights are 0."""
    weights = [each.weight for each in assertions]
    whole = sum(weights)
    return sum(check.score * weight for check, weight in zip(checks, weights, strict=True)) / whole if whole else 0.0


def enough(
    assertions: Sequence[Assertion | AssertionSet], checks: Sequence[AssertionCheck], threshold: float | None
) -> bool:
    """Whether the mean score reaches the threshold; without a threshold, whether all assertions hold."""
    if threshold is None:
        return all(check.holds for check in checks)
    return mean_score(assertions, checks) >= threshold


@dataclass(frozen=True, slots=True)
class CaseResult:
    """The result of one repetition of a case. `obstacle` is the reason for a missing answer or judgement."""

    case: Case
    answer: Answer | None = None
    checks: tuple[AssertionCheck, ...] = ()
    obstacle: str | None = None
    skipped: bool = False
    unjudged: bool = False  # whether the obstacle is a missing verdict of the judge
    kept: bool = False  # whether the answer comes from an earlier run
    seconds: float = 0.0  # from the first question of the history to the last answer

    @property
    def verdict(self) -> Verdict:
        if self.obstacle is not None:
            return Verdict.SKIPPED if self.skipped else Verdict.BROKEN
        return Verdict.PASSED if self.case.passes(self.checks) else Verdict.FAILED

    @property
    def once(self) -> CaseResult:
        """The result without the assertions about all repetitions."""
        if self.case.times == 1:
            return self
        pairs = zip(self.case.assertions, self.checks, strict=False)  # a broken result has no checks
        single = tuple(check for each, check in pairs if not about_all_times(each))
        return replace(self, case=self.case.once, checks=single)


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """The results of the repetitions of a case; at least one."""

    results: tuple[CaseResult, ...]

    @property
    def case(self) -> Case:
        return self.results[0].case

    @property
    def passes(self) -> int:
        return sum(result.verdict is Verdict.PASSED for result in self.results)

    @property
    def share(self) -> Fraction:
        """The share of repetitions that passed, in [0, 1]."""
        return Fraction(self.passes, len(self.results))

    @property
    def verdict(self) -> Verdict:
        """Passed, if more than half of the repetitions passed; else the most frequent other verdict."""
        if self.share * 2 > 1:
            return Verdict.PASSED
        others = Counter(result.verdict for result in self.results if result.verdict is not Verdict.PASSED)
        return others.most_common(1)[0][0]

    @property
    def stable(self) -> bool:
        """Whether all repetitions had the same verdict."""
        return len({result.once.verdict for result in self.results}) == 1


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement of a judge with one or more labelled answers."""

    judge: str  # its name
    right: int  # true positives and negatives
    passed: int  # false positives
    failed: int  # false negatives
    errors: int  # without a verdict
    kappa: Interval  # Cohen's, of the answers with a verdict; 0 without any
    labels: str = "Byline's own"  # the source of the labels

    @property
    def labelled(self) -> int:
        return self.right + self.passed + self.failed + self.errors


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run: the outcomes of all submitted cases, skipped ones included."""

    outcomes: tuple[CaseOutcome, ...]
    model: str | None  # as requested
    started: datetime
    seconds: float = 0.0
    repeat: int = 1  # repetitions of each case
    judge: Agreement | None = None
    stopped: bool = False  # by a person, before the last case
