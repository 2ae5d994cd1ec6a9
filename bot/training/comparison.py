"""Fits the sides of a comparison on `tests/data/sides.jsonl`: `byline fit comparison`. Half a minute on two cores.

Reports the share of the requests whose sides are found to the letter, in five folds: each by the fit of the others. The
same folds give the threshold: the least probability above which `RIGHT` of the sides found are right, as far as each
holds a named side or is a part of one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from random import Random
from statistics import fmean
from typing import Any, NamedTuple

import numpy as np

from bot.classifiers.comparison import BEGINS, GOES_ON, OUT, likeliest
from bot.classifiers.features import AROUND, around, spaced_words
from bot.classifiers.fitted import Fitted, write
from bot.classifiers.linear import Linear
from bot.training.contrast import NAME
from bot.training.rows import LANGUAGE, TEXT, TEXTS
from bot.training.sets import DATA, rows
from bot.training.table import table
from bot.training.task import Task

ROWS, CLAIMS = DATA / "sides.jsonl", DATA / "entailment.jsonl"  # the latter for names
OTHERS = 12  # requests made of each one, with other sides in the place of its own
STRENGTH = 3.0  # of the regression's prior; scikit-learn's C
FOLDS = 5
RIGHT = 0.85  # the share of right sides above the threshold
SEED = 20261201
FIELDS = {"text": TEXT, "sides": TEXTS, "language": LANGUAGE}


class LabelledComparison(NamedTuple):
    text: str
    sides: tuple[str, ...]
    language: str


def read() -> list[LabelledComparison]:
    return list(map(labelled, rows(ROWS)))


def problem(row: Mapping[str, Any]) -> str | None:
    """The first fault of a person's row: its sides have to stand in the text, in their order."""
    place = 0
    for side in row["sides"]:
        place = row["text"].find(side, place)
        if place < 0:
            return f"side {side!r} is not in the text."
        place += len(side)
    return None


def labelled(row: Mapping[str, Any]) -> LabelledComparison:
    return LabelledComparison(row["text"], tuple(row["sides"]), row["language"])


def renamed(given: Sequence[LabelledComparison], random: Random) -> list[LabelledComparison]:
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
            found.append(LabelledComparison(_with(each, others), others, each.language))
    return found


def _with(row: LabelledComparison, others: Sequence[str]) -> str:
    text, rest = "", row.text
    for own, other in zip(row.sides, others, strict=True):
        before, _, rest = rest.partition(own)
        text += before + other
    return text + rest


def labels(row: LabelledComparison) -> list[int]:
    """The label of each word of the request."""
    spans, place = [], 0
    for side in row.sides:
        start = row.text.index(side, place)
        place = start + len(side)
        spans.append((start, place))
    return [
        next((BEGINS if word.start() == start else GOES_ON for start, end in spans if start <= word.start() < end), OUT)
        for word in spaced_words(row.text)
    ]


def fit(given: Sequence[LabelledComparison]) -> Linear:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    found = [buckets for row in given for buckets in around(row.text)]
    told = [label for row in given for label in labels(row)]
    starts = np.cumsum([0, *map(len, found)])
    read_as = csr_matrix((np.ones(starts[-1]), np.concatenate(found), starts), shape=(len(found), AROUND))
    fitted = LogisticRegression(C=STRENGTH, max_iter=1000).fit(read_as, told)
    weights, bias = fitted.coef_.T.astype(np.float32), fitted.intercept_.astype(np.float32)
    return Linear(weights, np.array(1, np.float32), bias).small()


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


def train(task: Task) -> str:
    """Fits, and reports on five folds of what is fitted on."""
    random = Random(SEED)
    given = random.sample(known := [*read(), *map(labelled, task.rows)], len(known))
    right: dict[str, list[bool]] = defaultdict(list)
    tables: list[tuple[float, bool]] = []
    for fold in range(FOLDS):
        linear = fit(renamed([each for place, each in enumerate(given) if place % FOLDS != fold], random))
        for each in given[fold::FOLDS]:
            share, found = likeliest(each.text, linear)
            named = each.sides if len(each.sides) > 1 else ()
            if found:
                tables.append((share, overlap(found, named)))
            for group in ("all", each.language, "named" if each.sides else "not named"):
                right[group].append(found == named)
    least = threshold(tables)
    above = [each for share, each in tables if share >= least]
    figures = {
        "sides to the letter": {name: _share(each) for name, each in right.items()},
        "sides found are right": {"all": _share([each for _, each in tables]), "above the threshold": _share(above)},
    }
    linear = fit(renamed(given, random))
    write(task.out, Fitted(task.manifest("tests/data/sides.jsonl", figures, float(least)), linear.arrays()))
    lines = [[name, group, *each.values()] for name, some in figures.items() for group, each in some.items()]
    return f"{table(['what', 'requests', 'number', 'share'], lines)}\n\nsides from a log-probability of {least:.2f}"


def _share(right: Sequence[bool]) -> dict[str, float]:
    return {"requests": len(right), "share": round(fmean(right), 3)}
