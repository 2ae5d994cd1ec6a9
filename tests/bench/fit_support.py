"""The weights of `bot.entailment.support`, fitted again on one half of the claims of `tests.bench.support`.

`python -m tests.bench.fit_support --data DIR`. The half is that of an even CRC-32 of the claim. Each set counts as much
as its share says. What speaks for a claim may only raise its support and what speaks against it only lower it, so
that no accident of a set turns a measure round. Then the weights are given their scale: `bot.cite.THRESHOLD`, .5,
is the support of a claim of which one sentence has `LEAST` and nothing speaks against it, `COPY` that of a claim beside
its own copy, and what makes another claim of it keeps a copy clearly below the threshold. For what that lets through
see the table of `tests.bench.support`.
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

from bot.entailment.support import Measures, Weights, measure, pieces_of, prove
from bot.language.claim import read
from tests.bench.support import Case, cases

SHARES = {"wice": 4, "scifact": 1, "asked": 1, "alone": 1, "among others": 1}
LEAST = 0.6
COPY = 0.95
CLEAR = 0.2  # in log-odds, of a copy's
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
    places = {name: 1 + place for place, name in enumerate(names)}
    weights *= log(COPY / (1 - COPY)) / (sum(weights[places[name]] for name in FOR) * (1 - LEAST))
    weights[0] = -LEAST * sum(weights[places[name]] for name in FOR)
    for name in DECISIVE:
        weights[places[name]] = min(weights[places[name]], -(1 + CLEAR) * log(COPY / (1 - COPY)))
    return Weights(*(round(float(weight), 2) for weight in weights))


def measured(case: Case) -> Measures:
    claim, pieces = read(case.claim), pieces_of(case.sentences)
    chosen = prove(claim, pieces)[1]
    return measure(claim, [pieces[place] for place in chosen]) if chosen else Measures()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    found = [(case, measured(case)) for case in cases(parser.parse_args().data)]
    sys.stdout.write(f"{fitted(found)}\n")
