"""Fits decomposition.npz, which tells where one sentence holds two questions, and reports on what was held out.

`python -m tests.bench.fit_clauses --data DIR`. Learns from pairs of questions that a script joins: a follow-up and the
question before it (`tests/data/follow_ups.jsonl`), two questions on one passage (`tests/data/passages.jsonl`, and sets
with several questions on a text), two requests of a language (`tests/data/requests.jsonl`). Beside them stand single
questions as they were written, and requests that now name two things for one (`tests/data/sides.jsonl`). Held out are
a fifth of the rows, and `tests/data/two_parts.jsonl`, which nothing is fitted on. The threshold is the least that
divides no more of the single questions than `DIVIDED`.
"""

from __future__ import annotations

import argparse
import json
import lzma
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple
from zlib import crc32

import numpy as np

from bot.classifiers import decomposition as clauses
from bot.classifiers.comparison import BUCKETS, features, words
from bot.classifiers.decomposition import WEIGHTS, Weights
from bot.types import Request
from index.text.words import content_terms
from tests.bench.asked import half_of
from tests.bench.scores import share
from tests.bench.sets import rows
from tests.bench.table import table

DATA = Path(__file__).parents[1] / "data"
JOINTS = {  # what a script joins two questions with; a comma alone mostly ends an opening phrase, but in Chinese
    "en": (" and ", ", and ", " and ", ", and ", " and also ", " – and ", ", but ", "; "),
    "de": (" und ", ", und ", " und ", ", und ", " sowie ", ", aber ", "; "),
    "es": (" y ", ", y ", " y ", ", y ", " y también ", ", pero ", "; "),
    "fr": (" et ", ", et ", " et ", ", et ", " et aussi ", ", mais ", " ; "),
    "zh": ("，", "，", "，还有", "，以及", "；", "，而且", "，那么"),
}
AND = {
    "en": (" and ", " or "),
    "de": (" und ", " oder "),
    "es": (" y ", " o "),
    "fr": (" et ", " ou "),
    "zh": ("和", "、"),
}
ONE_QUESTION = {Request.SHORT, Request.EXPLANATION, Request.WHETHER}
SINGLE_SETS = {"selqa": 3000, "qamr": 2000, "qed_nq": 1000, "piaf": 3000, "drcd": 2000, "cmrc2018": 2000}
TOGETHER = ("piaf", "drcd", "cmrc2018")  # sets with several questions on a text
TIMES = 8  # how often each request of another language than English is joined
STRENGTH = 1.0  # of the regression's prior; scikit-learn's C
FOLDS = 5
DIVIDED = 0.005  # the share of the held-out single questions that may be divided: half of these do ask two things
STEP = 0.1  # of the thresholds that are tried
SEED = 20261202


class Row(NamedTuple):
    """A text, and where its joints stand."""

    text: str
    joints: tuple[tuple[int, int], ...]
    language: str


def joined(pair: Sequence[str], language: str, random: Random) -> Row:
    """Two questions as one sentence.

    >>> joined(("Who left?", "When was it?"), "zh", Random(1)).text
    'Who left，when was it?'
    """
    first, second = pair[0].strip().rstrip("?？!.").strip(), pair[1].strip().removeprefix("¿")
    joint = random.choice(JOINTS[language])
    start = len(first)
    if second[1:2].islower() or second[1:2] == " ":
        second = second[0].lower() + second[1:]
    marks = len(joint) - len(joint.lstrip()), len(joint.rstrip())
    return Row(f"{first}{joint}{second}", ((start + marks[0], start + marks[1]),), language)


def pairs(data: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """Pairs of questions with their language."""
    for row in rows(DATA / "follow_ups.jsonl"):
        if row["needs"] and content_terms(row["question"]):
            yield row["language"], (row["history"][-1], row["question"])
    for passage in rows(DATA / "passages.jsonl"):
        asked = [each["text"] for each in passage["questions"]]
        yield from (("en", pair) for pair in pairwise(asked))
    requests = defaultdict(list)
    for row in rows(DATA / "requests.jsonl"):
        if row["kind"] in ONE_QUESTION and not row.get("history"):
            requests[row["language"]].append(row["text"])
    for language, texts in requests.items():
        for time in range(1 if language == "en" else TIMES):
            shuffled = Random(SEED + time).sample(texts, len(texts))
            yield from ((language, pair) for pair in pairwise(shuffled))
    asked = _of_sets(data)
    for name in TOGETHER:
        by_text = defaultdict(list)
        for language, text, question in asked[name]:
            by_text[language, text].append(question)
        for (language, _), each in by_text.items():
            yield from ((language, pair) for pair in pairwise(dict.fromkeys(each)))


def single(data: Path) -> Iterator[tuple[str, str]]:
    """Questions as they were written, with their language."""
    for row in rows(DATA / "requests.jsonl"):
        yield row["language"], row["text"]
    for row in rows(DATA / "sides.jsonl"):
        for side, other in pairwise(row["sides"]):
            yield from (
                (row["language"], row["text"].replace(side, f"{side}{and_}{other}", 1)) for and_ in AND[row["language"]]
            )
    for row in rows(data / "squad2" / "questions.jsonl"):
        if half_of(row["paragraph"]) != "other":
            yield "en", row["text"]
    asked = _of_sets(data)
    for name, number in SINGLE_SETS.items():
        yield from list(dict.fromkeys((language, question) for language, _, question in asked[name]))[:number]


def _of_sets(data: Path) -> dict[str, list[tuple[str, str, str]]]:
    """By set: the language, the text and the question of each of its rows."""
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    with lzma.open(data / "train" / "answers.jsonl.xz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            found[row["source"].partition(":")[0]].append((row["language"], row["text"], row["question"]))
    return found


def read(data: Path) -> list[Row]:
    random = Random(SEED)
    found_pairs = list(pairs(data))
    made = [joined(pair, language, random) for language, pair in found_pairs]
    alone = [(language, question) for language, pair in found_pairs for question in pair]
    found = [*made, *(Row(text, (), language) for language, text in dict.fromkeys([*alone, *single(data)]))]
    return random.sample(found, len(found))


def labels(row: Row) -> list[bool]:
    return [any(start <= word.start() < end for start, end in row.joints) for word in words(row.text)]


def fit(given: Sequence[Row]) -> Weights:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    found = [buckets for row in given for buckets in features(row.text)]
    starts = np.cumsum([0, *map(len, found)])
    matrix = csr_matrix((np.ones(starts[-1]), np.concatenate(found), starts), shape=(len(found), BUCKETS))
    model = LogisticRegression(C=STRENGTH, max_iter=1000, solver="liblinear", random_state=SEED)
    model.fit(matrix, [label for row in given for label in labels(row)])
    return Weights(model.coef_[0].astype(np.float32), float(model.intercept_[0]), 0.0)


def highest(weights: Weights, row: Row) -> float:
    """The log-odds of the likeliest joint of a text."""
    return max((weights.bias + float(weights.words[each].sum()) for each in features(row.text)), default=-1e9)


def keep(weights: Weights) -> None:
    scale = np.abs(weights.words).max() / 127
    small = np.round(weights.words / scale).astype(np.int8)
    np.savez_compressed(
        WEIGHTS, words=small, scale=np.float32(scale), bias=weights.bias, threshold=np.float32(weights.threshold)
    )
    clauses._weights.cache_clear()


def right(row: Row) -> bool:
    """Whether a text is divided as it was joined, to the letter but for its spaces."""
    ends = [0, *(place for joint in row.joints for place in joint), len(row.text)]
    return clauses.clauses(row.text) == [row.text[a:b].strip() for a, b in zip(ends[::2], ends[1::2], strict=True)]


def held() -> Iterator[Row]:
    """The questions of two_parts.jsonl. The single ones have no parts."""
    for row in rows(DATA / "two_parts.jsonl"):
        for each in (each for each in row["questions"] if "after" not in each):
            text, parts = each["text"], each.get("parts")
            joints = ((len(parts[0]), len(text) - len(parts[1])),) if parts else ()
            yield Row(text, joints, row["language"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fit_clauses", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    given = read(parser.parse_args().data)
    kept = [row for row in given if crc32(row.text.encode()) % FOLDS]
    apart = [row for row in given if not crc32(row.text.encode()) % FOLDS]
    weights = fit(kept)
    alone = np.array([highest(weights, row) for row in apart if not row.joints])
    threshold = next(each for each in np.arange(0, 6, STEP) if np.mean(alone >= each) <= DIVIDED)
    keep(weights._replace(threshold=float(threshold)))
    groups: dict[str, list[bool]] = defaultdict(list)
    for kind, some in (("a fifth", apart), ("two_parts.jsonl", list(held()))):
        for row in some:
            told = "two questions" if row.joints else "one question"
            groups[f"{kind}, {told}"].append(right(row))
            groups[f"{kind}, {told}, {row.language}"].append(right(row))
    lines = [[name, str(share(each))] for name, each in groups.items()]
    sys.stdout.write(f"{table(['held out', 'divided rightly'], lines)}\n\njoins from {threshold:.1f}\n")


if __name__ == "__main__":
    main()
