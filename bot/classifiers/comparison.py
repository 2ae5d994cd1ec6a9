"""The sides of a comparison: which words of the request name them.

A linear classifier over the words around each word tells, for two sides (`bot/classifiers/comparison.npz`, fitted and
measured by `tests/bench/fit_sides.py` on `tests/data/sides.jsonl`). Sides that are less probable than a fitted
threshold are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WEIGHTS = Path(__file__).with_name("comparison.npz")
BUCKETS = 1 << 15  # of the hashed features
OUT, BEGINS, GOES_ON = range(3)  # what a word is
_WORD = re.compile(r"[\u4e00-\u9fff]|[^\W_]+|[^\w\s]")


class Weights(NamedTuple):
    words: NDArray[np.float32]  # (BUCKETS, 3)
    bias: NDArray[np.float32]  # (3,)
    least: float  # the threshold, a log-probability


def sides(request: str) -> tuple[str, ...]:
    """The two things that a request compares, in its own words; empty where it does not name two.

    >>> sides("How does Sweden compare with Norway?")
    ('Sweden', 'Norway')
    """
    share, found = likeliest(request)
    return found if share >= _weights().least else ()


def likeliest(request: str) -> tuple[float, tuple[str, ...]]:
    """The likeliest two sides, and the log-probability of just these; no sides where that is likelier.

    >>> likeliest("Who left?")[1]
    ()
    """
    share, spans = _spans(request)
    found = tuple(dict.fromkeys(request[start:end] for start, end in spans))
    return share, found if len(found) > 1 else ()


def words(request: str) -> list[re.Match[str]]:
    return list(_WORD.finditer(request))


def features(request: str) -> list[list[int]]:
    """The buckets of what is seen around each word."""
    found = words(request)
    texts = ["^", "^", *(each[0] for each in found), "$", "$"]
    return [[crc32(each.encode()) % BUCKETS for each in _seen(texts, place)] for place in range(2, len(texts) - 2)]


def _seen(texts: Sequence[str], place: int) -> Iterator[str]:
    """The words from two before to two after, alone and in pairs, their forms, the word's ends."""
    near = [each.lower() for each in texts[place - 2 : place + 3]]
    yield "any"
    yield from (f"{offset} {word}" for offset, word in enumerate(near))
    yield from (f"{offset} {one} {other}" for offset, (one, other) in enumerate(pairwise(near)))
    yield f"around {near[1]} {near[3]}"
    yield from (f"{offset} form {_form(texts[place + offset])}" for offset in (-1, 0, 1))
    yield f"forms {_form(texts[place - 1])} {_form(texts[place])} {_form(texts[place + 1])}"
    yield f"ends {near[2][-3:]}"
    yield f"first {place == 2} {_form(texts[place])}"


def _form(word: str) -> str:
    if "\u4e00" <= word <= "\u9fff":
        return "character"
    if not word[0].isalnum():
        return word
    return "digits" if word.isdigit() else "capitals" if word.isupper() else "name" if word[0].isupper() else "small"


def _spans(request: str) -> tuple[float, list[tuple[int, int]]]:
    """Where the likeliest two sides stand, and their log-probability; none where that no side is named is likelier."""
    import numpy as np

    found, weights = words(request), _weights()
    if not found:
        return 0.0, []
    odds = np.array([weights.words[buckets].sum(axis=0) for buckets in features(request)]) + weights.bias
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
def _weights() -> Weights:
    import numpy as np

    with np.load(WEIGHTS) as kept:
        return Weights(kept["words"].astype("float32") * kept["scale"], kept["bias"], float(kept["least"]))
