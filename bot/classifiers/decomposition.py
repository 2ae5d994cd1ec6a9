"""The questions that one sentence holds: “What did it cost, and when did it open?” asks two.

A linear classifier over the words around each word tells which words join two questions (`decomposition.safetensors`,
fitted by `bot/training/decomposition.py`). Both questions need a word that carries meaning: “When and where did it
open?” asks one.
"""

from __future__ import annotations

from functools import cache
from itertools import groupby, pairwise

from bot.classifiers.features import around, spaced_words
from bot.classifiers.fitted import load
from bot.classifiers.linear import Linear
from index.text.words import content_terms


def questions(text: str, linear: Linear | None = None) -> list[str]:
    """The questions of one sentence, in its own words; the sentence alone where it holds one question.

    >>> questions("What did the bridge cost, and when did it open?")
    ['What did the bridge cost', 'when did it open?']
    >>> questions("Who built the bridge and the tunnel?")
    ['Who built the bridge and the tunnel?']
    """
    ends = [(0, 0), *_joints(text, linear or shipped()), (len(text), len(text))]
    found = [text[end:start].strip() for (_, end), (start, _) in pairwise(ends)]
    return found if all(map(content_terms, found)) else [text]


def _joints(text: str, linear: Linear) -> list[tuple[int, int]]:
    """Where the words that join two questions stand: those at even odds or above, beside one above the threshold."""
    odds = [linear.odds(buckets) for buckets in around(text)]
    runs = groupby(zip(spaced_words(text), odds, strict=True), key=lambda each: each[1] >= 0)
    likely = [list(run) for joins, run in runs if joins]
    sure = [run for run in likely if max(each for _, each in run) >= linear.threshold]
    return [(run[0][0].start(), run[-1][0].end()) for run in sure]


@cache
def shipped() -> Linear:
    """The threshold is of the surest word of a joint, and never negative."""
    return Linear.of(load("decomposition"))
