"""Fits comparison.npz on tests/data/sides.jsonl: `python -m tests.bench.fit_sides`. Half a minute on two cores.

Prints the share of the requests whose sides are found to the letter, in five folds: each by the fit of the others. The
same folds give the threshold: the least probability above which `RIGHT` of the sides found are right, as far as each
holds a named side or is a part of one.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any, NamedTuple

import numpy as np

from bot.classifiers import comparison as sides
from bot.classifiers.comparison import BEGINS, BUCKETS, GOES_ON, OUT, WEIGHTS, Weights
from tests.bench.contrast import NAME
from tests.bench.sets import rows
from tests.bench.table import table

DATA = Path(__file__).parents[1] / "data"
ROWS, CLAIMS = DATA / "sides.jsonl", DATA / "entailment.jsonl"  # the latter for names
OTHERS = 12  # requests made of each one, with other sides in the place of its own
STRENGTH = 3.0  # of the regression's prior; scikit-learn's C
FOLDS = 5
RIGHT = 0.85  # the share of right sides above the threshold
SEED = 20261201


class Row(NamedTuple):
    text: str
    sides: tuple[str, ...]
    language: str


def read() -> list[Row]:
    return [Row(each["text"], tuple(each["sides"]), each["language"]) for each in rows(ROWS)]


def renamed(given: Sequence[Row], random: Random) -> list[Row]:
    """The rows, and each with sides of other rows of its language."""
    found = list(given)
    names: dict[str, list[str]] = defaultdict(list)
    for each in given:
        names[each.language] += each.sides
    known = [name for row in rows(CLAIMS) if row["language"] == "en" for name in NAME.findall(row["premise"])]
    for language in set(names) - {"zh"}:
        names[language] += random.sample(known, len(names[language]))
    for each in given:
        for _ in range(OTHERS if each.sides else 1):
            others = tuple(random.choice(names[each.language]) for _ in each.sides)
            found.append(Row(_with(each, others), others, each.language))
    return found


def _with(row: Row, others: Sequence[str]) -> str:
    text, rest = "", row.text
    for own, other in zip(row.sides, others, strict=True):
        before, _, rest = rest.partition(own)
        text += before + other
    return text + rest


def labels(row: Row) -> list[int]:
    """What each word of the request is."""
    spans, place = [], 0
    for side in row.sides:
        start = row.text.index(side, place)
        place = start + len(side)
        spans.append((start, place))
    return [
        next((BEGINS if word.start() == start else GOES_ON for start, end in spans if start <= word.start() < end), OUT)
        for word in sides.words(row.text)
    ]


def fit(given: Sequence[Row]) -> Weights:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    found = [buckets for row in given for buckets in sides.features(row.text)]
    told = [label for row in given for label in labels(row)]
    starts = np.cumsum([0, *map(len, found)])
    read_as = csr_matrix((np.ones(starts[-1]), np.concatenate(found), starts), shape=(len(found), BUCKETS))
    fitted = LogisticRegression(C=STRENGTH, max_iter=1000).fit(read_as, told)
    return Weights(fitted.coef_.T.astype(np.float32), fitted.intercept_.astype(np.float32), -np.inf)


def keep(weights: Weights) -> None:
    scale = np.abs(weights.words).max() / 127
    words = np.round(weights.words / scale).astype(np.int8)
    np.savez_compressed(WEIGHTS, words=words, scale=np.float32(scale), bias=weights.bias, least=weights.least)
    sides._weights.cache_clear()


def threshold(found: Sequence[tuple[float, bool]]) -> float:
    """The least log-probability above which `RIGHT` of the sides found are right; of log-probabilities and labels.

    >>> threshold([(-1.0, True), (-4.0, False), (-2.0, True)])
    -2.0
    """
    least, right = np.inf, 0
    for number, (share, told) in enumerate(sorted(found, reverse=True), 1):
        right += told
        if right >= RIGHT * number:
            least = share
    return least


def overlap(found: Sequence[str], named: Sequence[str]) -> bool:
    """Whether each side found holds the named one, or is a part of it."""
    return len(found) == len(named) and all(
        one in other or other in one for one, other in zip(found, named, strict=True)
    )


def main() -> None:
    random = Random(SEED)
    given: list[Any] = random.sample(read(), len(read()))
    right: dict[str, list[bool]] = defaultdict(list)
    tables: list[tuple[float, bool]] = []
    for fold in range(FOLDS):
        keep(fit(renamed([each for place, each in enumerate(given) if place % FOLDS != fold], random)))
        for each in given[fold::FOLDS]:
            share, found = sides.likeliest(each.text)
            named = each.sides if len(each.sides) > 1 else ()
            if found:
                tables.append((share, overlap(found, named)))
            for group in ("all", each.language, "named" if each.sides else "not named"):
                right[group].append(found == named)
    least = threshold(tables)
    keep(fit(renamed(given, random))._replace(least=least))
    lines = [[name, len(each), f"{sum(each) / len(each):.3f}"] for name, each in right.items()]
    above = [told for share, told in tables if share >= least]
    sys.stdout.write(
        f"{table(['requests', 'number', 'sides found'], lines)}\n\n"
        f"Of {len(tables)} requests with sides found {fmean(told for _, told in tables):.2f} are right; "
        f"{len(above)} are above the threshold {least:.2f}, of these {fmean(above):.2f}.\n"
    )


if __name__ == "__main__":
    main()
