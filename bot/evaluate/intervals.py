"""95 % confidence intervals of pass rates, means and medians. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from random import Random
from statistics import NormalDist

CONFIDENCE = 0.95
RESAMPLES = 2_000


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and the bounds of its interval: `low <= value <= high`, but for a skewed bootstrap."""

    value: float
    low: float
    high: float


def wilson(successes: float, trials: int) -> Interval:
    """The rate of `successes` in `trials` (one or more), and its score interval, all in [0, 1].

    E. B. Wilson, 1927, https://doi.org/10.1080/01621459.1927.10502953. Its bounds are
    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n).
    Here p is the rate, n the trials, and z the quantile of the normal distribution. Unlike p ± z √(p(1-p)/n), the
    interval is not empty at the rates 0 and 1. `successes` may be a fraction. Repetitions of a case are not
    independent. So a case is one trial, and counts with its share of passes.

    >>> [f"{bound:.3f}" for bound in (wilson(8, 10).low, wilson(8, 10).high)]
    ['0.490', '0.943']
    """
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    rate = successes / trials
    centre = rate + z**2 / (2 * trials)
    half_width = z * sqrt(rate * (1 - rate) / trials + z**2 / (4 * trials**2))
    scale = 1 + z**2 / trials
    # at 0 and 1 the bound is the rate itself, apart from rounding
    return Interval(
        rate, min(max(0.0, (centre - half_width) / scale), rate), max(min(1.0, (centre + half_width) / scale), rate)
    )


@lru_cache(maxsize=16)  # the reports of a run need the same intervals
def bootstrap(values: tuple[float, ...], statistic: Callable[[Sequence[float]], float], seed: int = 0) -> Interval:
    """`statistic` of `values` (one or more), and its bootstrap interval by resampling with replacement.

    The percentile method of B. Efron, 1979, https://doi.org/10.1214/aos/1176344552. A seed fixes the bounds.
    """
    random = Random(seed)
    resampled = sorted(statistic(random.choices(values, k=len(values))) for _ in range(RESAMPLES))
    tail = round(RESAMPLES * (1 - CONFIDENCE) / 2)
    return Interval(statistic(values), resampled[tail], resampled[-1 - tail])
