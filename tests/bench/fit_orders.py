"""Which sentences give orders, fitted again: `python -m tests.bench.fit_orders --data DIR`; `--shipped` only measures.

Fits `bot/classifiers/injection.npz` on the rows of `tests/data/orders.jsonl`, and on sentences of the measuring sets,
none of which gives an order. The threshold is the one that no more than `MISTAKEN` of other sentences of these reach.
It is measured on a third part of them, on `tests/data/orders_held.jsonl`, which was written apart, and on the
instructions of `tests/security/injections.jsonl`, of which nothing is learnt. About three minutes on two cores.
"""

from __future__ import annotations

import argparse
import lzma
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from json import loads
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.answering.evidence import heading
from bot.classifiers.features import BUCKETS
from bot.classifiers.injection import WEIGHTS, Weights, features, odds, orders, shipped_weights
from index.text.sentence import sentences
from tests.bench.asked import half_of
from tests.bench.fit_requests import matrix
from tests.bench.sets import CORPORA, rows
from tests.bench.table import table
from tests.security.cases import cases

DATA = Path(__file__).parents[1] / "data"
SEED = 20261201
STRENGTH = 8.0  # of the regression's prior; scikit-learn's C
MISTAKEN = 1 / 5000  # of the sentences of articles, fitted; of others one in 2,500 is taken for an order
MOST = 8_000  # sentences of a source and a part
LARGEST = 127  # of an int8 number, either way
PREMISES = ("factcg_cg2c_doc", "fever_docnli", "fool_me_twice", "mnli_dev", "negation_nli_rte", "qa_feedback")
ANSWERS = ("cmrc2018", "drcd", "faquad", "piaf", "qamr:wikinews")
NEWS = frozenset({"factcg_cg2c_doc", "multihop_rag", "negation_nli_rte", "qamr:wikinews"})
OWN = frozenset({"en", "zh", "de", "es", "fr"})
SPOKEN = frozenset({"mnli_dev"})  # speech and letters: learnt from, but no articles


class Row(NamedTuple):
    text: str
    before: str
    order: bool
    source: str  # of a row of this repository, its language


def written(name: str) -> list[Row]:
    """The rows of this repository."""
    return [Row(each["text"], each.get("before", ""), each["order"], each["language"]) for each in rows(DATA / name)]


def real(data: Path, part: str) -> list[Row]:
    """Sentences of a part of the measuring sets, as `half_of` names it, each after the one before it."""
    texts: dict[str, list[str]] = defaultdict(list)
    for source, text in _texts(data):
        if half_of(text[:60]) == part:
            texts[source].append(text)
    found = []
    for source, own in texts.items():
        drawn = Random(SEED).sample(own, len(own))
        found += _first(Row(text, before, False, source) for each in drawn for text, before in _read(each))
    return found


def _first(given: Iterator[Row]) -> list[Row]:
    """At most `MOST` rows, each text once."""
    found: dict[str, Row] = {}
    for each in given:
        found.setdefault(each.text, each)
        if len(found) == MOST:
            break
    return list(found.values())


def _texts(data: Path) -> Iterator[tuple[str, str]]:
    """The sources and their texts, each once."""
    seen = set()
    for source, text in _of_files(data):
        if text not in seen:
            seen.add(text)
            yield source, text


def _of_files(data: Path) -> Iterator[tuple[str, str]]:
    for file, field, sources in (("entailment", "premise", PREMISES), ("answers", "text", ANSWERS)):
        with lzma.open(data / "train" / f"{file}.jsonl.xz", "rt", encoding="utf-8") as lines:
            for row in map(loads, lines):
                source = row["source"] if row["source"] in sources else row["source"].partition(":")[0]
                if source in sources:
                    yield source, row[field]
    for name, folder in {**CORPORA, "squad2": "squad2"}.items():
        yield from ((name, row["text"]) for row in rows(data / folder / "corpus.jsonl"))
    yield from (("wice", "\n".join(row["evidence"])) for row in rows(data / "wice" / "claims.jsonl"))


def _read(text: str) -> Iterator[tuple[str, str]]:
    before = ""
    for span in sentences(text):
        sentence = text[span.start : span.end]
        yield sentence, before
        before = sentence


def fit(own: Sequence[Row], others: Sequence[Row]) -> Weights:
    """Without a threshold."""
    from sklearn.linear_model import LogisticRegression

    training = placed(own, others)
    rarity = _rarity(training)
    read_as = matrix([features(each.text, each.before, rarity) for each in training])
    weighs = [1.0 if each.source not in OWN else 0.5 for each in training]
    fitted = LogisticRegression(C=STRENGTH, max_iter=1000).fit(read_as, [each.order for each in training], weighs)
    scale = np.abs(fitted.coef_).max() / LARGEST
    weights = np.round(fitted.coef_[0] / scale) * scale
    return Weights(weights, float(fitted.intercept_[0]), rarity.astype(np.float16).astype(float), 0.0)


def placed(own: Sequence[Row], others: Sequence[Row]) -> list[Row]:
    """All rows. What is written here stands alone, and once more after a sentence of an article, unless it has its own
    one before it; every third sentence of an article stands alone. So what stands before tells nothing by being there.
    """
    random = Random(SEED)
    found = []
    for each in own:
        found += [each, each if each.before else each._replace(before=random.choice(others).text)]
    for place, each in enumerate(others):
        found.append(each if place % 3 else each._replace(before=""))
    return found


def _rarity(training: Sequence[Row]) -> NDArray[np.float64]:
    """The inverse document frequency of each bucket. What is in no row is rarest: it has no weight, but its length."""
    counts = np.zeros(BUCKETS)
    for each in training:
        counts[np.unique(features(each.text, each.before).buckets)] += 1
    return np.asarray(np.log((1 + len(training)) / (1 + counts)) + 1)


def threshold(others: Sequence[Row], weights: Weights) -> float:
    """The log-odds that no more than `MISTAKEN` of the sentences reach that may be evidence."""
    found = [odds(each.text, each.before, weights) for each in others if evident(each)]
    return float(np.quantile(found, 1 - MISTAKEN))


def evident(row: Row) -> bool:
    """Whether it could be evidence, if it is no order."""
    return row.source not in SPOKEN and not heading(row.text)


def keep(weights: Weights) -> None:
    scale = np.abs(weights.ngrams).max() / LARGEST
    np.savez_compressed(
        WEIGHTS,
        ngrams=np.round(weights.ngrams / scale).astype(np.int8),
        scale=scale,
        bias=weights.bias,
        rarity=weights.rarity.astype(np.float16),
        threshold=weights.threshold,
    )
    shipped_weights.cache_clear()
    orders.cache_clear()


def measure(held: Sequence[Row], others: Sequence[Row]) -> str:
    """The share of orders found, and of what is none taken for one."""
    found: dict[str, list[bool]] = defaultdict(list)
    for each in held:
        found[f"{'orders' if each.order else 'no orders'}, written apart"].append(orders(each.text, each.before))
        found[f"{'orders' if each.order else 'no orders'}, {each.source}"].append(orders(each.text, each.before))
    for each in filter(evident, others):
        told = orders(each.text, each.before)
        found["sentences of articles"].append(told)
        if each.source in NEWS:
            found["of these, news"].append(told)
    for number, told in ordered().items():
        found["hidden instructions"].append(told)
        if believed()[number]:
            found["of these, believed by the judge"].append(told)
    lines = [[name, len(each), sum(each), f"{sum(each) / len(each):.4f}"] for name, each in found.items()]
    return table(["rows", "number", "taken for orders", "share"], lines)


def ordered() -> dict[int, bool]:
    """By the number of a case of the injections: whether one is found in its articles or their titles."""
    return {
        case.number: any(
            orders(article.title) or any(orders(text, before) for text, before in _read(article.text))
            for article in case.articles()
        )
        for case in cases()
    }


def believed() -> dict[int, bool]:
    return {case.number: case.believed for case in cases()}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fit_orders", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--shipped", action="store_true", help="measure the shipped weights, and write nothing")
    given = parser.parse_args()
    if not given.shipped:
        weights = fit(written("orders.jsonl"), real(given.data, "train"))
        keep(weights._replace(threshold=threshold(real(given.data, "fit"), weights)))
    sys.stdout.write(f"{measure(written('orders_held.jsonl'), real(given.data, 'other'))}\n")


if __name__ == "__main__":
    main()
