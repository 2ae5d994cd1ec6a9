"""Judgements of pairs of texts, and the seam behind which a model makes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Protocol

from bot.types import Cancellation

Pairs = Sequence[tuple[str, str]]
LEAST = 1e-6  # of a probability, so that its log-odds are finite


@dataclass(frozen=True, slots=True)
class Entailment:
    """The relation of a text to a claim: three probabilities that sum to 1."""

    supported: float
    contradicted: float
    not_stated: float


@dataclass(frozen=True, slots=True)
class Logits:
    """The log-odds that a model gives a pair; None where it cannot read it."""

    supported: float = 0.0  # log-odds that the first text supports the second
    contradicted: float = 0.0  # log-odds of a contradiction, where it is not supported
    answers: float = 0.0  # log-odds that the second text answers the first


def log_odds(share: float) -> float:
    """The log-odds of a probability, as finite numbers."""
    held = min(max(share, LEAST), 1 - LEAST)
    return log(held / (1 - held))


class Scorer(Protocol):
    """A model behind the judge. Both methods give one value a pair, in order, and raise `Cancelled`."""

    name: str

    def entailment(self, pairs: Pairs, cancel: Cancellation | None = None) -> Sequence[Logits | None]:
        """The logits of each (text, claim)."""
        ...

    def answers(self, pairs: Pairs, cancel: Cancellation | None = None) -> Sequence[Logits | None]:
        """The logits of each (question, text)."""
        ...
