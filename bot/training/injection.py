"""Fits which sentences are prompt injections: `byline fit injection --data DIR`; with `--measure` it only measures.

Fits on the rows of `tests/data/orders.jsonl`, and on sentences of the measuring sets, none of which gives an order. The
threshold is the one that no more than `MISTAKEN` of other sentences of these reach. It is measured on a third part of
them, and on `tests/data/orders_held.jsonl`, which was written apart. About three minutes on two cores.
"""

from __future__ import annotations

import lzma
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from json import loads
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.answering.evidence import heading
from bot.classifiers.features import BUCKETS
from bot.classifiers.fitted import Fitted, write
from bot.classifiers.injection import features, odds, shipped
from bot.classifiers.linear import Linear
from bot.training.asked import half_of
from bot.training.intent import matrix
from bot.training.rows import LANGUAGE, TEXT, TRUTH, Field
from bot.training.sets import CORPORA, DATA, rows
from bot.training.table import table
from bot.training.task import Task
from index.text.sentence import sentences

SEED = 20261201
STRENGTH = 8.0  # of the regression's prior; scikit-learn's C
MISTAKEN = 1 / 5000  # of the sentences of articles, fitted; of others one in 2,500 is taken for an order
MOST = 8_000  # sentences of a source and a part
PREMISES = ("factcg_cg2c_doc", "fever_docnli", "fool_me_twice", "mnli_dev", "negation_nli_rte", "qa_feedback")
ANSWERS = ("cmrc2018", "drcd", "faquad", "piaf", "qamr:wikinews")
NEWS = frozenset({"factcg_cg2c_doc", "multihop_rag", "negation_nli_rte", "qamr:wikinews"})
OWN = frozenset({"en", "zh", "de", "es", "fr"})
SPOKEN = frozenset({"mnli_dev"})  # speech and letters: learnt from, but no articles
FIELDS = {"text": TEXT, "order": TRUTH, "language": LANGUAGE, "before": Field(str, needed=False)}


class LabelledSentence(NamedTuple):
    text: str
    before: str
    order: bool
    source: str  # of a row of this repository, its language


def written(name: str) -> list[LabelledSentence]:
    """The rows of this repository."""
    return list(map(labelled, rows(DATA / name)))


def labelled(row: Mapping[str, Any]) -> LabelledSentence:
    return LabelledSentence(row["text"], row.get("before", ""), row["order"], row["language"])


def real(data: Path, part: str) -> list[LabelledSentence]:
    """Sentences of a part of the measuring sets, as `half_of` names it, each after the one before it."""
    texts: dict[str, list[str]] = defaultdict(list)
    for source, text in _texts(data):
        if half_of(text[:60]) == part:
            texts[source].append(text)
    found = []
    for source, own in texts.items():
        drawn = Random(SEED).sample(own, len(own))
        found += _first(LabelledSentence(text, before, False, source) for each in drawn for text, before in _read(each))
    return found


def _first(given: Iterator[LabelledSentence]) -> list[LabelledSentence]:
    """At most `MOST` rows, each text once."""
    found: dict[str, LabelledSentence] = {}
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


def fit(own: Sequence[LabelledSentence], others: Sequence[LabelledSentence]) -> Linear:
    """Without a threshold."""
    from sklearn.linear_model import LogisticRegression

    training = placed(own, others)
    rarity = _rarity(training)
    read_as = matrix([features(each.text, each.before, rarity) for each in training])
    weighs = [1.0 if each.source not in OWN else 0.5 for each in training]
    fitted = LogisticRegression(C=STRENGTH, max_iter=1000).fit(read_as, [each.order for each in training], weighs)
    kept = rarity.astype(np.float16).astype(float)
    return Linear(fitted.coef_[0], np.array(1.0), np.array(float(fitted.intercept_[0])), 0.0, kept).small()


def placed(own: Sequence[LabelledSentence], others: Sequence[LabelledSentence]) -> list[LabelledSentence]:
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


def _rarity(training: Sequence[LabelledSentence]) -> NDArray[np.float64]:
    """The inverse document frequency of each bucket. What is in no row is rarest: it has no weight, but its length."""
    counts = np.zeros(BUCKETS)
    for each in training:
        counts[np.unique(features(each.text, each.before).buckets)] += 1
    return np.asarray(np.log((1 + len(training)) / (1 + counts)) + 1)


def threshold(others: Sequence[LabelledSentence], linear: Linear) -> float:
    """The log-odds that no more than `MISTAKEN` of the sentences reach that may be evidence."""
    found = [odds(each.text, each.before, linear) for each in others if evident(each)]
    return float(np.quantile(found, 1 - MISTAKEN))


def evident(row: LabelledSentence) -> bool:
    """Whether it could be evidence, if it is no order."""
    return row.source not in SPOKEN and not heading(row.text)


def measure(
    held: Sequence[LabelledSentence], others: Sequence[LabelledSentence], linear: Linear
) -> dict[str, dict[str, float]]:
    """The share of injections found, and of other sentences taken for one."""
    found: dict[str, list[bool]] = defaultdict(list)
    for each in held:
        said, name = taken(each, linear), "injections" if each.order else "no injections"
        found[f"{name}, written apart"].append(said)
        found[f"{name}, {each.source}"].append(said)
    for each in filter(evident, others):
        said = taken(each, linear)
        found["sentences of articles"].append(said)
        if each.source in NEWS:
            found["of these, news"].append(said)
    return {
        name: {"sentences": len(each), "taken for injections": sum(each), "share": round(sum(each) / len(each), 4)}
        for name, each in found.items()
    }


def taken(row: LabelledSentence, linear: Linear) -> bool:
    return odds(row.text, row.before, linear) >= linear.threshold


def train(task: Task) -> str:
    """Fits or measures, and reports."""
    linear = shipped()
    if not task.measure:
        linear = fit([*written("orders.jsonl"), *map(labelled, task.rows)], real(task.sets, "train"))
        linear = replace(linear, threshold=threshold(real(task.sets, "fit"), linear))
    figures = measure(written("orders_held.jsonl"), real(task.sets, "other"), linear)
    if not task.measure:
        data = "tests/data/orders.jsonl; sentences of the measuring sets, the part called train"
        write(task.out, Fitted(task.manifest(data, figures, linear.threshold), linear.arrays()))
    head = ["rows", "number", "taken for injections", "share"]
    return table(head, [[name, *each.values()] for name, each in figures.items()])
