"""What a type of assertion is: what it expects, and how it judges an answer. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from bot.evaluate.types import Assertion, Reply


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("it is blank, and in nearly every text")
    return text


Text = Annotated[str, StringConstraints(min_length=1), AfterValidator(_not_blank)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether an assertion holds, negation included, and how far; without a score that is all or nothing."""

    holds: bool
    reason: str = ""
    score: float | None = None


Judge = Callable[[Reply, Assertion], Finding]


@dataclass(frozen=True, slots=True)
class Rule:
    """The kinds of an assertion's `value` and `threshold`, None for one that it does not take, and its judgement."""

    judge: Judge
    value: Any = None
    threshold: Any = None
    optional: Literal["value", "threshold"] | None = None  # what may be left out
    default: float | None = None  # the threshold that is left out
    certain: float | None = None  # the threshold that every answer reaches
    proof: bool = False  # whether it judges what stands beside the words, which not everybody's answers have


def plain(meets: Callable[[Reply, Any], bool]) -> Judge:
    """The judgement of a test that is met or not."""
    return lambda reply, assertion: Finding(meets(reply, assertion.expected) != assertion.negated)


def at_least(name: str, measure: Callable[[Reply, Any], float]) -> Judge:
    """The judgement of a measure in [0, 1] that has to reach the threshold; negated, its score is 1 - measure."""

    def judge(reply: Reply, assertion: Assertion) -> Finding:
        found = measure(reply, assertion.expected)
        return reached(name, found, assertion, found >= (assertion.threshold or 0))

    return judge


def reached(name: str, found: float, assertion: Assertion, met: bool) -> Finding:
    score = 1 - found if assertion.negated else found
    return Finding(met != assertion.negated, f"{name} {found:.2f}, threshold {assertion.threshold:g}", score)
