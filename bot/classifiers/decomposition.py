"""The questions that one sentence holds: “What did it cost, and when did it open?” asks two.

A linear classifier over the words around each word tells which words join two questions
(`bot/classifiers/decomposition.npz`, fitted and measured by `tests/bench/fit_clauses.py`). Both questions need a word
that carries meaning: “When and where did it open?” asks one.
"""

from __future__ import annotations

from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.classifiers.comparison import features, words
from index.text.words import content_terms

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WEIGHTS = Path(__file__).with_name("decomposition.npz")


class Weights(NamedTuple):
    words: NDArray[np.float32]  # (bot.sides.BUCKETS,)
    bias: float
    threshold: float  # the log-odds of the surest word of a joint, at least; never negative


def clauses(question: str) -> list[str]:
    """The questions of one sentence, in its own words; the sentence alone where it holds one question.

    >>> clauses("What did the bridge cost, and when did it open?")
    ['What did the bridge cost', 'when did it open?']
    >>> clauses("Who built the bridge and the tunnel?")
    ['Who built the bridge and the tunnel?']
    """
    ends = [(0, 0), *_joints(question), (len(question), len(question))]
    found = [question[end:start].strip() for (_, end), (start, _) in pairwise(ends)]
    return found if all(map(content_terms, found)) else [question]


def _joints(question: str) -> list[tuple[int, int]]:
    """Where the words that join two questions stand: those at even odds or above, beside one above the threshold."""
    weights = _weights()
    odds = [weights.bias + float(weights.words[buckets].sum()) for buckets in features(question)]
    runs = groupby(zip(words(question), odds, strict=True), key=lambda each: each[1] >= 0)
    likely = [list(run) for joins, run in runs if joins]
    sure = [run for run in likely if max(each for _, each in run) >= weights.threshold]
    return [(run[0][0].start(), run[-1][0].end()) for run in sure]


@cache
def _weights() -> Weights:
    import numpy as np

    with np.load(WEIGHTS) as kept:
        weights = kept["words"].astype("float32") * kept["scale"]
        return Weights(weights, float(kept["bias"]), float(kept["threshold"]))
