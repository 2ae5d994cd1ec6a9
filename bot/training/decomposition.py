"""Fits where one sentence holds two questions: `byline fit decomposition [--data DIR]`; without the sets on rows alone.

It learns from pairs of questions that a script joins: a follow-up and the question before it
(`tests/data/follow_ups.jsonl`), two questions on one passage (`tests/data/passages.jsonl`, and sets with several
questions on a text), two requests of a language (`tests/data/requests.jsonl`). Beside them stand single questions as
they were written, and requests that now name two things for one (`tests/data/sides.jsonl`). Held out are a fifth of the
rows, and `tests/data/two_parts.jsonl`, which nothing is fitted on. The threshold is the least that divides no more of
the single questions than `DIVIDED`.
"""

from __future__ import annotations

import json
import lzma
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from bot.classifiers.decomposition import questions, shipped
from bot.classifiers.features import AROUND, around, spaced_words
from bot.classifiers.fitted import Fitted, write
from bot.classifiers.linear import Linear
from bot.training.asked import half_of
from bot.training.rows import LANGUAGE, TEXTS
from bot.training.sets import DATA, rows
from bot.training.table import table
from bot.training.task import Task
from bot.types import Intent
from index.text.words import content_terms

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
ONE_QUESTION = {Intent.SHORT, Intent.EXPLANATION, Intent.WHETHER}
SINGLE_SETS = {"selqa": 3000, "qamr": 2000, "qed_nq": 1000, "piaf": 3000, "drcd": 2000, "cmrc2018": 2000}
TOGETHER = ("piaf", "drcd", "cmrc2018")  # sets with several questions on a text
TIMES = 8  # how often each request of another language than English is joined
STRENGTH = 1.0  # of the regression's prior; scikit-learn's C
FOLDS = 5
DIVIDED = 0.005  # the share of the held-out single questions that may be divided: half of these do ask two things
STEP = 0.1  # of the thresholds that are tried
SEED = 20261202
FIELDS = {"questions": TEXTS, "language": LANGUAGE}


class JoinedQuestions(NamedTuple):
    """A text, and where its joints stand."""

    text: str
    joints: tuple[tuple[int, int], ...]
    language: str


def joined(pair: Sequence[str], language: str, random: Random) -> JoinedQuestions:
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
    return JoinedQuestions(f"{first}{joint}{second}", ((start + marks[0], start + marks[1]),), language)


def pairs(data: Path | None) -> Iterator[tuple[str, tuple[str, str]]]:
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
    of_sets = _of_sets(data)
    for name in TOGETHER:
        by_text = defaultdict(list)
        for language, text, question in of_sets[name]:
            by_text[language, text].append(question)
        for (language, _), each in by_text.items():
            yield from ((language, pair) for pair in pairwise(dict.fromkeys(each)))


def single(data: Path | None) -> Iterator[tuple[str, str]]:
    """Questions as they were written, with their language."""
    for row in rows(DATA / "requests.jsonl"):
        yield row["language"], row["text"]
    for row in rows(DATA / "sides.jsonl"):
        for side, other in pairwise(row["sides"]):
            yield from (
                (row["language"], row["text"].replace(side, f"{side}{and_}{other}", 1)) for and_ in AND[row["language"]]
            )
    for row in rows(data / "squad2" / "questions.jsonl") if data else ():
        if half_of(row["paragraph"]) != "other":
            yield "en", row["text"]
    asked = _of_sets(data)
    for name, number in SINGLE_SETS.items():
        yield from list(dict.fromkeys((language, question) for language, _, question in asked[name]))[:number]


def _of_sets(data: Path | None) -> dict[str, list[tuple[str, str, str]]]:
    """By set: the language, the text and the question of each of its rows."""
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    if data is None:
        return found
    with lzma.open(data / "train" / "answers.jsonl.xz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            found[row["source"].partition(":")[0]].append((row["language"], row["text"], row["question"]))
    return found


def read(data: Path | None, own: Sequence[Mapping[str, Any]] = ()) -> list[JoinedQuestions]:
    """All that may be learnt from. A person's own rows have one question or two."""
    random = Random(SEED)
    found_pairs = [
        *pairs(data),
        *((row["language"], tuple(row["questions"])) for row in own if len(row["questions"]) == 2),
    ]
    made = [joined(pair, language, random) for language, pair in found_pairs]
    alone = [(language, question) for language, pair in found_pairs for question in pair]
    alone += [(row["language"], row["questions"][0]) for row in own if len(row["questions"]) == 1]
    singles = dict.fromkeys([*alone, *single(data)])
    found = [*made, *(JoinedQuestions(text, (), language) for language, text in singles)]
    return random.sample(found, len(found))


def problem(row: Mapping[str, Any]) -> str | None:
    """The first fault of a person's row."""
    number = len(row["questions"])
    return None if number in (1, 2) else f"a row has one question or two, and this one {number}."


def labels(row: JoinedQuestions) -> list[bool]:
    return [any(start <= word.start() < end for start, end in row.joints) for word in spaced_words(row.text)]


def fit(given: Sequence[JoinedQuestions]) -> Linear:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    found = [buckets for row in given for buckets in around(row.text)]
    starts = np.cumsum([0, *map(len, found)])
    matrix = csr_matrix((np.ones(starts[-1]), np.concatenate(found), starts), shape=(len(found), AROUND))
    model = LogisticRegression(C=STRENGTH, max_iter=1000, solver="liblinear", random_state=SEED)
    model.fit(matrix, [label for row in given for label in labels(row)])
    return Linear(model.coef_[0].astype(np.float32), np.array(1, np.float32), np.array(float(model.intercept_[0])))


def highest(linear: Linear, row: JoinedQuestions) -> float:
    """The log-odds of the likeliest joint of a text."""
    return max(map(linear.odds, around(row.text)), default=-1e9)


def right(row: JoinedQuestions, linear: Linear) -> bool:
    """Whether a text is divided as it was joined, to the letter but for its spaces."""
    ends = [0, *(place for joint in row.joints for place in joint), len(row.text)]
    return questions(row.text, linear) == [row.text[a:b].strip() for a, b in zip(ends[::2], ends[1::2], strict=True)]


def held() -> Iterator[JoinedQuestions]:
    """The questions of two_parts.jsonl. The single ones have no parts."""
    for row in rows(DATA / "two_parts.jsonl"):
        for each in (each for each in row["questions"] if "after" not in each):
            text, parts = each["text"], each.get("parts")
            joints = ((len(parts[0]), len(text) - len(parts[1])),) if parts else ()
            yield JoinedQuestions(text, joints, row["language"])


def train(task: Task) -> str:
    """Fits on four fifths of the rows, or measures, and reports on the rest."""
    given = read(task.data, task.rows)
    kept = [row for row in given if crc32(row.text.encode()) % FOLDS]
    apart = [row for row in given if not crc32(row.text.encode()) % FOLDS]
    linear = shipped()
    if not task.measure:
        linear = fit(kept)
        alone = np.array([highest(linear, row) for row in apart if not row.joints])
        threshold = next(each for each in np.arange(0, 6, STEP) if np.mean(alone >= each) <= DIVIDED)
        linear = replace(linear.small(), threshold=float(np.float32(threshold)))
    groups: dict[str, list[bool]] = defaultdict(list)
    for kind, some in (("a fifth", apart), ("two_parts.jsonl", list(held()))):
        for row in some:
            asks = "two questions" if row.joints else "one question"
            groups[f"{kind}, {asks}"].append(right(row, linear))
            groups[f"{kind}, {asks}, {row.language}"].append(right(row, linear))
    figures = {name: {"rows": len(each), "divided rightly": round(fmean(each), 3)} for name, each in groups.items()}
    if not task.measure:
        data = "tests/data/follow_ups.jsonl, passages.jsonl, requests.jsonl, sides.jsonl"
        data += "; train/answers.jsonl.xz, squad2" if task.data else ""
        write(task.out, Fitted(task.manifest(data, figures, linear.threshold), linear.arrays()))
    lines = [[name, *each.values()] for name, each in figures.items()]
    return f"{table(['held out', 'rows', 'divided rightly'], lines)}\n\njoins from {linear.threshold:.1f}"
