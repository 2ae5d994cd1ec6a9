"""The one seam for judgement: what an encoder and the coverage of words tell, as calibrated probabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log
from pathlib import Path
from typing import NamedTuple, Self

from bot.classifiers import fitted
from bot.judge import coverage
from bot.judge.encoder import Encoder
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
    def load(cls, name: str | None = None, url: str | None = None, key: str | None = None) -> Self:
        """The shipped encoder; `coverage` for none; else a cross-encoder by its name or folder. Where there is a `url`,
        the service there runs it. Loads nothing yet."""
        return cls(scorer(name, url, key))

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
        """The entailment of each claim by the text. Raises Cancelled."""
        return self.entail_pairs([(text, claim) for claim in claims], cancel)

    def answer_pairs(self, pairs: Pairs, cancel: Cancellation | None = None) -> list[float]:
        """Same as `answers`, for pairs of a question and a text."""
        told: Sequence[Logits | None] = [None] * len(pairs)
        if self._scorer and pairs:
            told = answers_of(self._scorer, pairs, cancel)
        return [
            self._calibration.probability("answers", logits, shared(question, text))
            for (question, text), logits in zip(pairs, told, strict=True)
        ]

    def entail_pairs(self, pairs: Pairs, cancel: Cancellation | None = None) -> list[Entailment]:
        """Same as `entails`, for pairs of a text and a claim."""
        told: Sequence[Logits | None] = [None] * len(pairs)
        if self._scorer and pairs:
            told = entailment_of(self._scorer, pairs, cancel)
        found = []
        for (text, claim), logits in zip(pairs, told, strict=True):
            words = shared(claim, text)
            supported = self._calibration.probability("supported", logits, words)
            contradicted = (1 - supported) * self._calibration.probability("contradicted", logits, words)
            found.append(Entailment(supported, contradicted, 1 - supported - contradicted))
        return found


def scorer(name: str | None = None, url: str | None = None, key: str | None = None) -> Scorer | None:
    """The model of the judge that `Judge.load` gives; None for `coverage`."""
    if name == "coverage":
        return None
    if url:
        from bot.judge.remote import RemoteScorer

        return RemoteScorer(name or Encoder.name, url, key)
    if name in (None, Encoder.name):
        return Encoder()
    from bot.judge.cross_encoder import NamedEncoder

    return NamedEncoder(str(name))


FEATURES = (
    *("logit short", "logit long", "coverage short", "coverage long", "rarest missing short", "rarest missing long"),
    *("figures missing short", "figures missing long", "short"),
)
_LENGTH = 25  # words of a text that is neither short nor long


Weights = dict[str, tuple[float, ...]]  # by the head: the bias, then a weight for each of `FEATURES`


class Shared(NamedTuple):
    """The overlap of a claim and a text in words. All are in [0, 1]."""

    coverage: float  # of the claim by the text
    rarest_missing: float
    figures_missing: float
    short: float  # 1 for an empty text, 1/2 at `_LENGTH` words


def shared(claim: str, text: str) -> Shared:
    words = max(len(text.split()), len(text) / 6)
    return Shared(
        coverage.coverage(claim, text),
        coverage.rarest_missing(claim, text),
        coverage.figures_missing(claim, text),
        1 / (1 + (words / _LENGTH) ** 2),
    )


def features(logit: float, words: Shared) -> tuple[float, ...]:
    """The features of a pair, by `FEATURES`. Short and long texts weigh apart: a small encoder reads short texts well,
    and in long ones the coverage of words tells more."""
    parts = (logit, words.coverage, words.rarest_missing, words.figures_missing)
    weighed = (value for part in parts for value in (part * words.short, part * (1 - words.short)))
    return (*weighed, words.short)


class _Calibration:
    """Logistic regressions over the logits and the features; those of `coverage` where no logits can be had."""

    def __init__(self, written: Mapping[str, object], name: str | None) -> None:
        own, baseline = written.get(name or "coverage", written["named"]), written["coverage"]
        self.thresholds = _thresholds(own)
        self._own = _weights(own)
        self._baseline = _shifted(_weights(baseline), _thresholds(baseline), self.thresholds)

    def probability(self, head: str, logits: Logits | None, words: Shared) -> float:
        bias, *weights = self._baseline[head] if logits is None else self._own[head]
        seen = features(getattr(logits, head) if logits else 0.0, words)
        return 1 / (1 + exp(-(bias + sum(weight * value for weight, value in zip(weights, seen, strict=True)))))


def _thresholds(written: object) -> Thresholds:
    assert isinstance(written, Mapping)
    return Thresholds(**{head: float(written[head]["threshold"]) for head in Thresholds.__slots__})


def _weights(written: object) -> Weights:
    assert isinstance(written, Mapping)
    return {head: tuple(float(each[name]) for name in ("bias", *FEATURES)) for head, each in written.items()}


def _shifted(weights: Weights, of: Thresholds, to: Thresholds) -> Weights:
    """The weights for the thresholds of another fit: what passed its own passes those."""
    moved = {head: _odds(getattr(to, head)) - _odds(getattr(of, head)) for head in Thresholds.__slots__}
    return {head: (bias + moved[head], *rest) for head, (bias, *rest) in weights.items()}


def _odds(share: float) -> float:
    return log(share / (1 - share))


@cache
def _shipped() -> Mapping[str, object]:
    kept = fitted.read(CALIBRATION)
    thresholds = kept.manifest["threshold"]
    return {
        name: {head: {**each, "threshold": thresholds[name][head]} for head, each in heads.items()}
        for name, heads in kept.regressions.items()
    }
