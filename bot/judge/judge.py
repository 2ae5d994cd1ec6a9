"""The one seam for judgement: what an encoder and the coverage of words tell, as calibrated probabilities."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path
from typing import Self

from bot.judge import coverage
from bot.judge.encoder import FILE, Encoder
from bot.judge.judgement import Entailment, Logits, Pairs, Scorer
from bot.judge.reading import answers_of, entailment_of
from bot.types import Cancellation

CALIBRATION = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The probabilities from which on something counts, fitted with the weights."""

    supported: float
    contradicted: float
    answers: float


class Judge:
    """Tells of pairs of texts; it knows nothing of where they come from. Several threads may ask at once."""

    def __init__(self, scorer: Scorer | None = None, calibration: Mapping[str, object] | None = None) -> None:
        """Without a `scorer` the coverage of words alone judges."""
        self._scorer = scorer
        self._calibration = _Calibration(calibration or _shipped(), scorer.name if scorer else None)

    @classmethod
    def load(cls, name: str | None = None) -> Self:
        """The shipped encoder; `coverage` for none; else a cross-encoder by its name or folder. Loads nothing yet."""
        if name in (None, Encoder.name):
            return cls(Encoder() if FILE.exists() else None)
        if name == "coverage":
            return cls()
        from bot.judge.cross_encoder import NamedEncoder

        return cls(NamedEncoder(str(name)))

    @property
    def name(self) -> str:
        return self._scorer.name if self._scorer else "coverage"

    @property
    def thresholds(self) -> Thresholds:
        return self._calibration.thresholds

    def answers(self, question: str, texts: Sequence[str], cancel: Cancellation | None = None) -> list[float]:
        """The probability, in [0, 1], that each text answers the question. Raises Cancelled."""
        return self.answer_pairs([(question, text) for text in texts], cancel)

    def entails(self, text: str, claims: Sequence[str], cancel: Cancellation | None = None) -> list[Entailment]:
        """What the text does to each claim. Raises Cancelled."""
        return self.entail_pairs([(text, claim) for claim in claims], cancel)

    def answer_pairs(self, pairs: Pairs, cancel: Cancellation | None = None) -> list[float]:
        """As `answers`, of pairs of a question and a text."""
        told: Sequence[Logits | None] = [None] * len(pairs)
        if self._scorer and pairs:
            told = answers_of(self._scorer, pairs, cancel)
        return [
            self._calibration.probability("answers", logits, question, text)
            for (question, text), logits in zip(pairs, told, strict=True)
        ]

    def entail_pairs(self, pairs: Pairs, cancel: Cancellation | None = None) -> list[Entailment]:
        """As `entails`, of pairs of a text and a claim."""
        told: Sequence[Logits | None] = [None] * len(pairs)
        if self._scorer and pairs:
            told = entailment_of(self._scorer, pairs, cancel)
        found = []
        for (text, claim), logits in zip(pairs, told, strict=True):
            supported = self._calibration.probability("supported", logits, claim, text)
            contradicted = (1 - supported) * self._calibration.probability("contradicted", logits, claim, text)
            found.append(Entailment(supported, contradicted, 1 - supported - contradicted))
        return found


FEATURES = (
    *("logit short", "logit long", "coverage short", "coverage long", "rarest missing short", "rarest missing long"),
    *("figures missing", "short"),
)
_LENGTH = 25  # words of a text that is neither short nor long


def features(logit: float, claim: str, text: str) -> tuple[float, ...]:
    """What is seen of a pair, by `FEATURES`: the model's log-odds, the coverage of the claim, its rarest term that is
    missing, a missing figure. What is short and what is long weigh apart: a small encoder reads short texts well, and
    in long ones the coverage of words tells more."""
    words = max(len(text.split()), len(text) / 6)
    short = 1 / (1 + (words / _LENGTH) ** 2)
    parts = (logit, coverage.coverage(claim, text), coverage.rarest_missing(claim, text))
    weighed = (value for part in parts for value in (part * short, part * (1 - short)))
    return (*weighed, coverage.figures_missing(claim, text), short)


class _Calibration:
    """Logistic regressions over the logits and the features; those of `coverage` where no logits can be had."""

    def __init__(self, written: Mapping[str, object], name: str | None) -> None:
        own = written.get(name or "coverage", written["named"])
        self._own, self._floor = _weights(own), _weights(written["coverage"])
        self.thresholds = Thresholds(**{key: own[key]["threshold"] for key in Thresholds.__slots__})  # type: ignore[index]

    def probability(self, head: str, logits: Logits | None, claim: str, text: str) -> float:
        bias, *weights = self._floor[head] if logits is None else self._own[head]
        seen = features(getattr(logits, head) if logits else 0.0, claim, text)
        return 1 / (1 + exp(-(bias + sum(weight * value for weight, value in zip(weights, seen, strict=True)))))


def _weights(written: object) -> dict[str, tuple[float, ...]]:
    assert isinstance(written, Mapping)
    return {head: tuple(float(each[name]) for name in ("bias", *FEATURES)) for head, each in written.items()}


@cache
def _shipped() -> Mapping[str, object]:
    written: Mapping[str, object] = json.loads(CALIBRATION.read_text(encoding="utf-8"))
    return written
