"""The values of an evaluation, from a file of test prompts to what became of each. Frozen, tuples inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bot.types import Answer


class Verdict(StrEnum):
    PASSED = "passed"
    FAILED = "failed"  # an assertion does not hold
    BROKEN = "broken"  # there is no answer to judge: a crash, or the status `failed`
    SKIPPED = "skipped"  # not asked: its articles are not here


@dataclass(frozen=True, slots=True)
class Reply:
    """What is judged: an answer, and the texts of the articles that it cites, by id."""

    answer: Answer
    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Assertion:
    """One demand on an answer."""

    type: str  # without `not-`
    expected: object  # of the kind that the type expects
    negated: bool
    written: str  # as the file says it, on a line


@dataclass(frozen=True, slots=True)
class AssertionSet:
    """Demands of which a share, `threshold` in [0, 1], has to hold; an equal share does."""

    members: tuple[Assertion | AssertionSet, ...]
    threshold: float
    written: str


@dataclass(frozen=True, slots=True)
class Case:
    """A question that is asked after those of `history`, and what its answer has to be."""

    suite: str  # the name of the file
    question: str
    assertions: tuple[Assertion | AssertionSet, ...]
    history: tuple[str, ...] = ()
    description: str = ""
    kind: str = ""


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


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a case. `obstacle` is why there was no answer to judge."""

    case: Case
    answer: Answer | None = None
    checks: tuple[Check, ...] = ()
    obstacle: str | None = None
    skipped: bool = False

    @property
    def verdict(self) -> Verdict:
        if self.obstacle is not None:
            return Verdict.SKIPPED if self.skipped else Verdict.BROKEN
        return Verdict.PASSED if all(check.holds for check in self.checks) else Verdict.FAILED
