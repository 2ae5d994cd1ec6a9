"""The weights of `bot.support`, fitted again: a logistic regression on one half of the claims of `tests.bench.support`.

`python -m tests.bench.fit_support --data DIR`. The half is that of an even CRC-32 of the claim. Each set counts as much
as its share says. What speaks for a claim may only raise its support and what speaks against it only lower it, so
that no accident of a set turns a measure round. The bias is then moved so that `PASSED` of the questions with their
right answers have .5 or more (`bot.cite.THRESHOLD`), and what makes another claim of a sentence gets the weight to keep
it below that though every word of it is there. Last, all are stretched so that a sentence beside its own copy has
`COPY`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import astuple, fields
from math import log
from pathlib import Path
from typing import Any

import numpy as np

from bot.claim import read
from bot.support import Measures, Weights, measure, pieces_of, prove
from tests.bench.support import Case, cases

SHARES = {"wice": 4, "scifact": 1, "asked": 1, "alone": 1, "among others": 1}
PASSED = 0.9  # of questions put as sentences by rule, which read worse than what a model writes
CLEAR = 0.4  # how far below, in log-odds
COPY = 0.95
FOR = ("coverage", "together")
DECISIVE = ("replaced", "denied", "opposite", "planned")


def fitted(found: Sequence[tuple[Case, Measures]]) -> Weights:
    from scipy.optimize import minimize

    names = [each.name for each in fields(Measures)]
    half = [(case, measures) for case, measures in found if case.fitted]
    table = np.array([[1.0, *astuple(measures)] for _, measures in half])
    sides = np.array([1.0 if case.supported else -1.0 for case, _ in half])
    counts = {kind: sum(case.kind == kind for case, _ in half) for kind in SHARES}
    share = np.array([SHARES[case.kind] / counts[case.kind] for case, _ in half])

    def loss(weights: Any) -> Any:
        margins = sides * (table @ weights)
        return (share * np.logaddexp(0, -margins)).sum() + 1e-3 * (weights[1:] ** 2).sum()

    bounds = [(None, None), *((0, None) if name in FOR else (None, 0) for name in names)]
    weights = minimize(loss, np.zeros(len(bounds)), method="L-BFGS-B", bounds=bounds).x
    right = table[[case.kind == "asked" and case.supported for case, _ in half]] @ weights
    weights[0] -= np.quantile(right, 1 - PASSED)
    copied = weights[0] + sum(weights[1 + names.index(name)] for name in FOR)
    for name in DECISIVE:
        place = 1 + names.index(name)
        weights[place] = min(weights[place], -CLEAR - copied)
    weights *= log_odds(COPY) / copied
    return Weights(*(round(float(weight), 2) for weight in weights))


def log_odds(probability: float) -> float:
    return log(probability / (1 - probability))


def measured(case: Case) -> Measures:
    claim, pieces = read(case.claim), pieces_of(case.sentences)
    chosen = prove(claim, pieces)[1]
    return measure(claim, [pieces[place] for place in chosen]) if chosen else Measures()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    found = [(case, measured(case)) for case in cases(parser.parse_args().data)]
    sys.stdout.write(f"{fitted(found)}\n")
