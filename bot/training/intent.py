"""Fits the kinds of requests: `byline fit intent --data DIR`; with `--measure` it only measures.

Fits on the rows of `tests/data/requests.jsonl`, on questions of the measuring sets' fitting halves, and on questions of
whole sources of the training pairs. Of these it is known that they are direct questions for articles: they count as the
kind that a first fit finds likeliest of that. It is
measured on the rows of `tests/data/requests_held.jsonl`, which somebody else wrote who had not seen the first; and on
the sets' other halves: how many questions are taken for a kind that no article is read for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.answering.overview.shape import BROAD
from bot.classifiers.features import BUCKETS, Ngrams, ngrams
from bot.classifiers.fitted import Fitted, load, write
from bot.classifiers.intent import KINDS, LANGUAGES, MEANING, UNREAD, Intents, classify, probabilities
from bot.classifiers.linear import LARGEST, Linear
from bot.training.asked import SETS, Half
from bot.training.rows import LANGUAGE, TEXT, Field
from bot.training.sets import DATA, rows
from bot.training.table import table
from bot.training.task import Task
from bot.types import Intent
from index.embed import MiniLM

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

STRENGTH = 20.0  # of the regression's prior; scikit-learn's C
SEED = 20261130
ASKED = ("squad2", "everyday", "curious", "passages")
MOST = 700  # questions of a set, or of a source in one language
# The sources of training pairs whose questions are learnt; those of the other sources are left out, to measure on.
SOURCES = (
    "selqa",
    "qed_nq",
    "pubmedqa",
    "squad2_train",
    "tydi",
    "boolq",
    "drcd",
    "cmrc2018",
    "mlqa",
    "piaf",
    "timebench",
)
PAIRS = ("train/answers.jsonl.xz", "train2/answers.jsonl.xz")
MEASURED, LEAST = 200, 60  # questions of a source that is left out: at most, and at least
MISTAKEN = 0.007  # the share of questions that may be taken for what no article is read for
ANSWERED = (Intent.SHORT, Intent.EXPLANATION, Intent.WHETHER)  # what is asked in the sets of `ASKED`
TAUGHT = 0.4  # what such a question weighs beside a row: its kind is a guess
THRESHOLD = 0.15  # the probability below which a request is taken for `OTHER`

FIELDS = {"text": TEXT, "kind": Field(str, tuple(Intent)), "language": LANGUAGE}


class LabelledRequest(NamedTuple):
    text: str
    kind: Intent
    language: str


def read(name: str) -> list[LabelledRequest]:
    return list(map(labelled, rows(DATA / name)))


def labelled(row: Mapping[str, Any]) -> LabelledRequest:
    return LabelledRequest(row["text"], Intent(row["kind"]), row["language"])


def asked(data: Path, part: Half) -> list[str]:
    """Questions that articles were asked, of one part of each set."""
    found = []
    for name in ASKED:
        questions = [each for shelf in SETS[name](data / name) for each in shelf.questions]
        own = [each.text for each in questions if each.within(part)]
        found += Random(SEED).sample(own, min(MOST, len(own)))
    return found


@cache
def of_pairs(data: Path) -> dict[tuple[str, str], frozenset[str]]:
    """The questions of training pairs by source and language; of the languages that the classifier tells."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name in PAIRS:
        for row in rows(data / name):
            source = row["source"].partition(":")[0]
            if row["language"] in LANGUAGES and "_x_" not in source:  # of these the question is in another language
                found[source, row["language"]].add(row["question"].strip())
    return {key: frozenset(each) for key, each in found.items()}


def direct(data: Path) -> list[tuple[str, str]]:
    """Questions of the `SOURCES`, each with its language."""
    return [
        (text, language)
        for (source, language), questions in sorted(of_pairs(data).items())
        if source in SOURCES
        for text in Random(SEED).sample(sorted(questions), min(MOST, len(questions)))
    ]


def left_out(data: Path) -> dict[str, list[str]]:
    """Questions of the sources that are not learnt, by source and language."""
    return {
        f"{source}, {language}": Random(SEED).sample(sorted(questions), min(MEASURED, len(questions)))
        for (source, language), questions in sorted(of_pairs(data).items())
        if source not in SOURCES and len(questions) >= LEAST
    }


def taught(questions: Sequence[tuple[str, str]], intents: Intents) -> list[LabelledRequest]:
    """The questions, each with its language, as what is likeliest of the kinds that a short answer is given to."""
    found = []
    for text, language in questions:
        kinds, _ = probabilities(text, intents)
        found.append(LabelledRequest(text, max(ANSWERED, key=kinds.__getitem__), language))
    return found


def fit(training: Sequence[LabelledRequest], taught: Sequence[LabelledRequest] = ()) -> Intents:
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
    bias = np.concatenate([kinds.intercept_, language.intercept_])
    small = np.round(weights / scale).astype(np.int8)
    return Intents(Linear(small, scale, bias, THRESHOLD, rarity), kinds.coef_[:, BUCKETS:].T, 0.0)


def matrix(found: Sequence[Ngrams]) -> csr_matrix:
    """A row of hashed features for each."""
    from scipy.sparse import csr_matrix

    starts = np.cumsum([0, *(len(each.buckets) for each in found)], dtype=np.int32)
    values = np.concatenate([each.values for each in found])
    buckets = np.concatenate([each.buckets for each in found]).astype(np.int32)
    return csr_matrix((values, buckets, starts), shape=(len(found), BUCKETS))


def sure(questions: Sequence[str], intents: Intents) -> float:
    """The probability of a kind of `UNREAD` that no more than `MISTAKEN` of the questions reach."""
    found = [max(kinds[each] for each in UNREAD) for text in questions for kinds in (probabilities(text, intents)[0],)]
    return float(np.quantile(found, 1 - MISTAKEN))


def _rarity(training: Sequence[LabelledRequest]) -> NDArray[np.float64]:
    """The inverse document frequency of each bucket; of what is in no row it is 0."""
    counts = np.zeros(BUCKETS)
    for each in training:
        counts[ngrams(each.text).buckets] += 1
    return np.where(counts > 0, np.log((1 + len(training)) / (1 + counts)) + 1, 0.0)


def measure(held: Sequence[LabelledRequest], intents: Intents) -> dict[str, Any]:
    """The accuracy by language and by kind. The rows call a correction a complaint."""
    found: dict[str, list[bool]] = defaultdict(list)
    for each in held:
        said = classify(each.text, intents=intents).request
        right = (Intent.COMPLAINT if said is Intent.CORRECTION else said) is each.kind
        for group in ("all", each.language, each.kind.value):
            found[group].append(right)
    return {name: {"rows": len(each), "understood": round(fmean(each), 3)} for name, each in found.items()}


def on_questions(questions: Sequence[str], intents: Intents) -> dict[str, float]:
    """The shares of questions for articles that are taken for other requests."""
    kinds = [classify(each, intents=intents).request for each in questions]
    return {
        "questions": len(kinds),
        "taken for a kind that no article is read for": round(fmean(each in UNREAD for each in kinds), 3),
        "taken for a broad request": round(fmean(each in BROAD for each in kinds), 3),
    }


def train(task: Task) -> str:
    """Fits or measures, and reports."""
    if task.measure:
        intents = Intents.of(load("intent"))
    else:
        own = [*read("requests.jsonl"), *map(labelled, task.rows)]
        others = [*((text, "en") for text in asked(task.sets, "train")), *direct(task.sets)]
        intents = fit(own, taught(others, fit(own)))
        intents = stored(replace(intents, unread=sure(asked(task.sets, "fit"), intents)))
    held = measure(read("requests_held.jsonl"), intents)
    figures = {
        "requests_held.jsonl": held,
        "questions of the other half": on_questions(asked(task.sets, "other"), intents),
        "sources left out": {name: on_questions(each, intents) for name, each in left_out(task.sets).items()},
    }
    if not task.measure:
        threshold = {"kind": intents.linear.threshold, "unread": intents.unread}
        data = (
            "tests/data/requests.jsonl; questions of squad2, everyday, curious and passages, the part called train; of "
            f"the training pairs of {', '.join(SOURCES)}"
        )
        arrays = intents.linear.arrays() | {"meaning": intents.meaning.astype(np.float16)}
        write(task.out, Fitted(task.manifest(data, figures, threshold), arrays))
    lines = [[name, *each.values()] for name, each in sorted(held.items(), key=lambda each: -each[1]["rows"])]
    asked_of = {"the other half": figures["questions of the other half"], **figures["sources left out"]}
    told = [[name, *each.values()] for name, each in asked_of.items()]
    head = ["questions of", *next(iter(asked_of.values()))]
    return f"{table(['rows', 'number', 'understood'], lines)}\n\n{table(head, told)}"


def stored(intents: Intents) -> Intents:
    """The numbers as they are kept: they are used as they will be read."""
    linear = intents.linear
    small = replace(linear, scale=linear.scale.astype(np.float32), bias=linear.bias.astype(np.float32))
    return replace(intents, linear=small)
