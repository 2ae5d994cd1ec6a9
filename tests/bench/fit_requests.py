"""What a person wants, fitted again: `python -m tests.bench.fit_requests --data DIR`; `--shipped` only measures.

Fits `bot/classifiers/intent.npz` on the rows of `tests/data/requests.jsonl`, and on questions of the measuring sets'
fitting halves. Of these it is known that they are questions for articles: they count as what a first fit finds
likeliest of that. It is measured on the rows of `tests/data/requests_held.jsonl`, which somebody else wrote who had not
seen the first; and on the sets' other halves: how many questions are taken for what no article is read for.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.answering.overview.shape import BROAD
from bot.classifiers.features import BUCKETS, Ngrams, ngrams
from bot.classifiers.intent import (
    KINDS,
    LANGUAGES,
    MEANING,
    UNREAD,
    WEIGHTS,
    Weights,
    classify,
    probabilities,
)
from bot.types import Request
from index.embed import MiniLM
from tests.bench.asked import SETS, Half
from tests.bench.sets import rows
from tests.bench.table import table

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

DATA = Path(__file__).parents[1] / "data"
STRENGTH = 20.0  # of the regression's prior; scikit-learn's C
STORED = {"ngrams": np.int8, "rarity": np.float16, "meaning": np.float16}
SEED = 20261130
LARGEST = 127  # of an int8 number, either way
ASKED = ("squad2", "everyday", "curious", "passages")
MOST = 700  # questions of a set
MISTAKEN = 0.007  # the share of questions that may be taken for what no article is read for
ANSWERED = (Request.SHORT, Request.EXPLANATION, Request.WHETHER)  # what is asked in the sets of `ASKED`
TAUGHT = 0.8  # what such a question weighs beside a row: its kind is a guess
THRESHOLD = 0.15  # the probability below which a request is taken for `OTHER`


class Row(NamedTuple):
    text: str
    kind: Request
    language: str


def read(name: str) -> list[Row]:
    return [Row(each["text"], Request(each["kind"]), each["language"]) for each in rows(DATA / name)]


def asked(data: Path, part: Half) -> list[str]:
    """Questions that articles were asked, of one part of each set."""
    found = []
    for name in ASKED:
        questions = [each for shelf in SETS[name](data / name) for each in shelf.questions]
        own = [each.text for each in questions if each.within(part)]
        found += Random(SEED).sample(own, min(MOST, len(own)))
    return found


def taught(questions: Sequence[str], weights: Weights) -> list[Row]:
    """The questions as what is likeliest of the kinds that a short answer is given to."""
    found = []
    for text in questions:
        kinds, _ = probabilities(text, weights)
        found.append(Row(text, max(ANSWERED, key=kinds.__getitem__), "en"))
    return found


def fit(training: Sequence[Row], taught: Sequence[Row] = ()) -> Weights:
    """Without thresholds. A question that was `taught` weighs `TAUGHT`: its kind is a guess."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    rarity = _rarity(training)
    weighs = [1.0] * len(training) + [TAUGHT] * len(taught)
    training = [*training, *taught]
    read_as = matrix([ngrams(each.text, rarity) for each in training])
    english = np.array([each.language == "en" for each in training])
    meaning = MiniLM("float32").embed([each.text for each in training]) * english[:, None] * MEANING
    kinds = LogisticRegression(C=STRENGTH, max_iter=3000).fit(
        hstack([read_as, csr_matrix(meaning)]).tocsr(), [KINDS.index(each.kind) for each in training], weighs
    )
    language = LogisticRegression(C=STRENGTH, max_iter=3000).fit(
        read_as, [LANGUAGES.index(each.language) for each in training], weighs
    )
    weights = np.vstack([kinds.coef_[:, :BUCKETS], language.coef_]).T
    scale = np.abs(weights).max(axis=0) / LARGEST
    return Weights(
        np.round(weights / scale).astype(np.int8),
        scale,
        np.concatenate([kinds.intercept_, language.intercept_]),
        rarity,
        kinds.coef_[:, BUCKETS:].T,
        np.array(THRESHOLD),
        np.array(0.0),
    )


def matrix(found: Sequence[Ngrams]) -> csr_matrix:
    """A row of hashed features for each."""
    from scipy.sparse import csr_matrix

    starts = np.cumsum([0, *(len(each.buckets) for each in found)], dtype=np.int32)
    values = np.concatenate([each.values for each in found])
    buckets = np.concatenate([each.buckets for each in found]).astype(np.int32)
    return csr_matrix((values, buckets, starts), shape=(len(found), BUCKETS))


def sure(questions: Sequence[str], weights: Weights) -> float:
    """The probability of a kind of `UNREAD` that no more than `MISTAKEN` of the questions reach."""
    found = [max(kinds[each] for each in UNREAD) for text in questions for kinds in (probabilities(text, weights)[0],)]
    return float(np.quantile(found, 1 - MISTAKEN))


def _rarity(training: Sequence[Row]) -> NDArray[np.float64]:
    """The inverse document frequency of each bucket; of what is in no row it is 0."""
    counts = np.zeros(BUCKETS)
    for each in training:
        counts[ngrams(each.text).buckets] += 1
    return np.where(counts > 0, np.log((1 + len(training)) / (1 + counts)) + 1, 0.0)


def measure(held: Sequence[Row]) -> str:
    """The accuracy by language and by kind. The rows call a correction a complaint."""
    found: dict[str, list[bool]] = defaultdict(list)
    for each in held:
        told = classify(each.text).request
        right = (Request.COMPLAINT if told is Request.CORRECTION else told) is each.kind
        for group in ("all", each.language, each.kind.value):
            found[group].append(right)
    lines = [[name, len(each), f"{sum(each) / len(each):.3f}"] for name, each in found.items()]
    return table(["rows", "number", "understood"], sorted(lines, key=lambda line: -int(str(line[1]))))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fit_requests", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--shipped", action="store_true", help="measure the shipped weights, and write nothing")
    given = parser.parse_args()
    if not given.shipped:
        own, others = read("requests.jsonl"), asked(given.data, "train")
        weights = fit(own, taught(others, fit(own)))
        weights = weights._replace(sure=np.array(sure(asked(given.data, "fit"), weights)))
        kept = {name: each.astype(STORED.get(name, np.float32)) for name, each in weights._asdict().items()}
        np.savez_compressed(WEIGHTS, **kept)  # type: ignore[arg-type]
    questions = asked(given.data, "other")
    mistaken = [each for each in questions if classify(each).request in UNREAD]
    sys.stdout.write(f"{measure(read('requests_held.jsonl'))}\n")
    broad = [each for each in questions if classify(each).request in BROAD]
    sys.stdout.write(
        f"\nOf {len(questions)} questions {len(mistaken)} are taken for what no article is read for, "
        f"{len(broad)} for a request for more than a short answer.\n"
    )


if __name__ == "__main__":
    main()
