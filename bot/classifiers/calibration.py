"""Signals to the probability that the articles answer: logistic regressions that `make fit-calibration` fits.

`calibration.json` has one for each way of answering and language. Its manifest says on what each was fitted, and how it
does there by set (`bot/training/calibration.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from pathlib import Path

from bot.classifiers import fitted

ADAPTER = fitted.FOLDER / "probe.gguf"


def probability(log_odds: float) -> float:
    """In [0, 1], by the logistic function.

    >>> probability(0.0)
    0.5
    """
    return 1 / (1 + exp(-log_odds))


def stricter(threshold: float, attempt: int) -> float:
    """The threshold of the `attempt`-th search for one question, in [0, 1]: its odds are `attempt` times as great.

    Each search is one more chance of a false answer. So an answer at the threshold of the second search is wrong with
    half the odds, of the third with a third (as Bonferroni divides the level of a test by the number of tests).

    >>> [round(stricter(0.365, attempt), 3) for attempt in (1, 2, 3)]
    [0.365, 0.535, 0.633]
    """
    return attempt * threshold / (1 + (attempt - 1) * threshold)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression over named signals, and the probability from which on an answer is given."""

    bias: float
    weights: Mapping[str, float]  # by the signal's name
    threshold: float
    unsure: float = 1.0  # the probability from which on the nearest passage is shown in place of a refusal

    def confidence(self, found: Mapping[str, float]) -> float:
        """The probability, in [0, 1], that the articles answer. Raises KeyError for a signal that was not found."""
        return probability(self.bias + sum(weight * found[name] for name, weight in self.weights.items()))


@dataclass(frozen=True, slots=True)
class Probe:
    """A logistic regression over the output of a layer of a model, when it has read a prompt."""

    layer: int  # counted from 0
    bias: float
    weights: Sequence[float]  # as many as the model is wide

    def log_odds(self, output: Sequence[float]) -> float:
        """The log-odds of what is probed for."""
        return self.bias + sum(weight * value for weight, value in zip(self.weights, output, strict=True))


@dataclass(frozen=True, slots=True)
class Adapted(Probe):
    """One for a prompt whose question is read with an adapter: it tells whether the articles answer."""

    adapter: Path  # a GGUF file


def probes(path: Path | None = None) -> dict[str, Adapted]:
    """The probes for an answer by the name of their model; they mean nothing for another one."""
    path = path or fitted.place("probes")
    return {
        name: Adapted(each["layer"], each["bias"], each["weights"], path.with_name(each["adapter"]))
        for name, each in fitted.read(path).regressions.items()
    }


def calibrations(name: str = "calibration") -> dict[str, Calibration]:
    """The calibrations of a fitted file by name, such as `probed-read`."""
    kept = fitted.load(name)
    return {
        name: Calibration(each["bias"], each["weights"], kept.threshold(name), each.get("unsure", 1.0))
        for name, each in kept.regressions.items()
    }
