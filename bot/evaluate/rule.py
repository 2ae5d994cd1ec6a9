"""The definition of a type of assertion: its parameters, and its judgement of an answer. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from bot.evaluate.types import Assertion, JudgedReply


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("it is blank, and in nearly every text")
    return text


Text = Annotated[str, StringConstraints(min_length=1), AfterValidator(_not_blank)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """Whether an assertion holds, negation included. Without a score, it is 1 if it holds, else 0."""

    holds: bool
    reason: str = ""
    score: float | None = None


Judge = Callable[[JudgedReply, Assertion], RuleFinding]
Reason = Callable[[JudgedReply, Any], str]  # of the value of an assertion: what an answer has or lacks


@dataclass(frozen=True, slots=True)
class Rule:
    """A type of assertion: its judgement, and the types of its `value` and `threshold` (None: not taken)."""

    judge: Judge
    value: Any = None
    threshold: Any = None
    optional: Literal["value", "threshold"] | None = None  # the parameter that may be left out
    default: float | None = None  # the default threshold
    certain: float | None = None  # the threshold that every answer reaches
    code: bool = False  # whether its value is a program, with the rights of the person
    proof: bool = False  # whether it judges the proof, which only Byline's answers have


def _unexplained(_: JudgedReply, __: Any) -> str:
    return ""


def plain(meets: Callable[[JudgedReply, Any], bool], reason: Reason = _unexplained) -> Judge:
    """The judgement by a test with the results true and false."""
    return lambda reply, assertion: RuleFinding(
        meets(reply, assertion.expected) != assertion.negated, reason(reply, assertion.expected)
    )


def at_least(name: str, measure: Callable[[JudgedReply, Any], float], reason: Reason = _unexplained) -> Judge:
    """The judgement by a measure in [0, 1] that has to reach the threshold. Negated, the score is 1 - measure."""

    def judge(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
        found = measure(reply, assertion.expected)
        met = found >= (assertion.threshold or 0)
        return reached(name, found, assertion, met, reason(reply, assertion.expected))

    return judge


def reached(name: str, found: float, assertion: Assertion, met: bool, more: str = "") -> RuleFinding:
    score = 1 - found if assertion.negated else found
    reason = "; ".join(filter(None, (f"{name} {found:.2f}, threshold {assertion.threshold:g}", more)))
    return RuleFinding(met != assertion.negated, reason, score)
