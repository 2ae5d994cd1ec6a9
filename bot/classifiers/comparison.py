"""The sides of a comparison: which words of the request name them.

A linear classifier over the words around each word tells, for two sides (`comparison.safetensors`, fitted by
`bot/training/comparison.py` on `tests/data/sides.jsonl`). Sides that are less probable than the threshold are none.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from bot.classifiers.features import around, spaced_words
from bot.classifiers.fitted import load
from bot.classifiers.linear import Linear

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OUT, BEGINS, GOES_ON = range(3)  # what a word is: the outputs of the classifier


def sides(request: str) -> tuple[str, ...]:
    """The two things that a request compares, in its own words; empty where it does not name two.

    >>> sides("How does Sweden compare with Norway?")
    ('Sweden', 'Norway')
    """
    share, found = likeliest(request)
    return found if share >= shipped().threshold else ()


def likeliest(request: str, linear: Linear | None = None) -> tuple[float, tuple[str, ...]]:
    """The likeliest two sides, and the log-probability of just these; no sides where that is likelier.

    >>> likeliest("Who left?")[1]
    ()
    """
    share, spans = _spans(request, linear or shipped())
    found = tuple(dict.fromkeys(request[start:end] for start, end in spans))
    return share, found if len(found) > 1 else ()


def _spans(request: str, linear: Linear) -> tuple[float, list[tuple[int, int]]]:
    """Where the likeliest two sides stand, and their log-probability; none where that no side is named is likelier."""
    import numpy as np

    found = spaced_words(request)
    if not found:
        return 0.0, []
    odds = np.array([linear.all_odds(buckets) for buckets in around(request)])
    shares = odds - np.log(np.exp(odds).sum(axis=1, keepdims=True))
    share, labels = max((_path(shares, count) for count in (0, 2)), key=lambda each: each[0])
    spans: list[tuple[int, int]] = []
    for word, label in zip(found, labels, strict=True):
        if label == BEGINS:
            spans.append(word.span())
        elif label == GOES_ON:
            spans[-1] = spans[-1][0], word.end()
    return share, spans


def _path(shares: NDArray[np.float32], count: int) -> tuple[float, list[int]]:
    """The likeliest labels with so many sides (Viterbi), and their log-probability."""
    paths: dict[tuple[int, int], tuple[float, list[int]]] = {(0, OUT): (0.0, [])}  # by sides begun, and the last label
    for out, begins, goes_on in shares:
        steps: dict[tuple[int, int], tuple[float, list[int]]] = {}
        for (begun, last), (share, labels) in paths.items():
            nexts = [(begun, OUT, out), (begun + 1, BEGINS, begins)]
            if last != OUT:
                nexts.append((begun, GOES_ON, goes_on))
            for sides_begun, label, gain in nexts:
                if sides_begun <= count and share + gain > steps.get((sides_begun, label), (-1e9, []))[0]:
                    steps[sides_begun, label] = share + float(gain), [*labels, label]
        paths = steps
    ended = [path for (begun, _), path in paths.items() if begun == count]
    return max(ended, key=lambda each: each[0], default=(float("-inf"), []))


@cache
def shipped() -> Linear:
    return Linear.of(load("comparison"))
