"""Fits whether a question needs the history: `byline fit follow-up --data DIR`; with `--measure` it only measures.

Fits on `tests/data/follow_ups.jsonl`, on questions of other sets that stand alone, on the rest of these without their
names, on the requests of `tests/data/requests.jsonl` without a pronoun, and on the half of mtRAG's conversations that
is for fitting. The scripted prompts are for testing only. Held out are a fifth of the histories, five times, mtRAG's
other half, and `tests/data/follow_ups_held.jsonl`, whose writer saw no other row.

A follow-up of mtRAG needs the history where people who rewrote it took a term from there.
"""

from __future__ import annotations

import json
import lzma
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.classifiers.calibration import probability
from bot.classifiers.features import Ngrams
from bot.classifiers.fitted import Fitted, write
from bot.classifiers.follow_up import features, shipped
from bot.classifiers.intent import UNREAD
from bot.classifiers.linear import Linear
from bot.training.asked import half_of
from bot.training.intent import matrix, read
from bot.training.rows import LANGUAGE, TEXT, TEXTS, TRUTH
from bot.training.sets import DATA, in_fitting_half, queries, rows
from bot.training.table import table
from bot.training.task import Task
from bot.types import Intent
from index.text.words import CAPITAL, chinese, chinese_names, content_terms

ROWS = DATA / "follow_ups.jsonl"
HELD_ROWS = ROWS.with_name("follow_ups_held.jsonl")
SEED = 20261130
FOLDS = 5
OWN, MADE, HELD = "written by hand", "made by a script", "written apart"
WEIGH = {OWN: 1.0, "mtRAG": 1.0, MADE: 0.25, "alone": 1.0, "requests": 0.1}  # of a row in the fit
DRAWN = {"squad2": 800, "selqa": 500, "qamr": 250, "qed_nq": 800, "cmrc2018": 400, "drcd": 400}
ABOUT = {  # what was asked before, where the set has nothing on the same text
    "en": ("What is %s?", "Who is %s?", "Tell me about %s.", "What do we know of %s?", "what happened to %s"),
    "zh": ("%s是什么？", "请介绍一下%s。", "你知道%s吗？", "%s怎么了？"),
}
NO_QUESTION = UNREAD | {Intent.CORRECTION}
OTHERS = {"en": ("France", "Ann Example", "the WHO", "Boeing"), "zh": ("法国", "世卫组织", "王芳", "华为")}
STRENGTH = 0.3  # of the regression's prior; scikit-learn's C
STEP = 0.01  # of the thresholds that are tried
FIELDS = {"question": TEXT, "history": TEXTS, "needs": TRUTH, "language": LANGUAGE}

_NAME = re.compile(rf"(?<=[ (\"“])(?:the )?{CAPITAL}[\w.-]*(?:(?: (?:of|the|and|de|for|in))? {CAPITAL}[\w.-]*)*")
_CAPITAL = re.compile(rf"(?<=\s){CAPITAL}")
_PRONOUN = re.compile(r"\b(?:it|its|he|him|his|she|her|they|them|their|this|these|those|that)\b|[他她它该此]|这", re.I)
_LEADING = re.compile(r"\b(about|against|at|by|for|from|in|of|on|to|with) $")


@dataclass(frozen=True, slots=True)
class LabelledFollowUp:
    """A question after others, and whether it needs them."""

    question: str
    history: tuple[str, ...]
    needs: bool
    kind: str
    language: str = "en"

    @property
    def fold(self) -> int:
        return crc32(self.history[0].encode()) % FOLDS


def train(task: Task) -> str:
    """Fits or measures, and reports."""
    held = [*conversations(task.sets, False), *written(HELD_ROWS, HELD)]
    if task.measure:
        return _report(_on_held(shipped(), held))
    own = [*written(), *map(labelled, task.rows)]
    training = [*own, *requests(), *made(task.sets), *conversations(task.sets, True)]
    found = [features(row.question, row.history) for row in training]
    guesses = _held_out(training, found)
    threshold = _threshold(training, guesses)
    linear = replace(_fit(training, found).small(), threshold=threshold)
    figures = {**_figures(training, guesses, threshold), **_on_held(linear, held)}
    data = "tests/data/follow_ups.jsonl, requests.jsonl; squad2, train/answers.jsonl.xz, half of mtRAG"
    write(task.out, Fitted(task.manifest(data, figures, threshold), linear.arrays()))
    return f"{_report(figures)}\n\nneeds the history from {threshold:.2f}"


def _on_held(linear: Linear, held: Sequence[LabelledFollowUp]) -> dict[str, dict[str, float]]:
    guesses = np.array([probability(linear.odds(*features(row.question, row.history))) for row in held])
    told = _figures(held, guesses, linear.threshold)
    return {f"{name}, other half" if name == "mtRAG" else name: each for name, each in told.items()}


def written(path: Path = ROWS, kind: str = OWN) -> Iterator[LabelledFollowUp]:
    """The rows of this repository."""
    for row in rows(path):
        yield labelled(row, kind)


def labelled(row: Mapping[str, Any], kind: str = OWN) -> LabelledFollowUp:
    return LabelledFollowUp(row["question"], tuple(row["history"]), row["needs"], kind, row["language"])


def requests() -> Iterator[LabelledFollowUp]:
    """Requests of all kinds that articles are read for, each after another one. Few of them need a history."""
    drawn = random.Random(SEED)
    found = [each for each in read("requests.jsonl") if each.kind not in NO_QUESTION and content_terms(each.text)]
    for each in found:
        before = drawn.choice([other for other in found if other.language == each.language])
        if not _PRONOUN.search(each.text):
            yield LabelledFollowUp(each.text, (before.text,), False, "requests", each.language)


def conversations(data: Path, fit: bool) -> Iterator[LabelledFollowUp]:
    """The turns of mtRAG after the first, of the half that is for fitting or of the other."""
    asked, rewritten = (queries(data, "clapnq", f"queries_{file}.jsonl").texts for file in ("questions", "rewrite"))
    for turn, texts in asked.items():
        *history, last = (text.strip() for text in texts.split("\n"))
        if history and in_fitting_half(turn) is fit:
            added = set(content_terms(rewritten[turn])) - set(content_terms(last))
            yield LabelledFollowUp(last, tuple(history), bool(added & set(content_terms(" ".join(history)))), "mtRAG")


def made(data: Path) -> Iterator[LabelledFollowUp]:
    """Questions that stand alone, after others, and what a script makes of them that does not."""
    drawn = random.Random(SEED)
    for name, groups in _alone(data).items():
        drawn.shuffle(groups)
        pairs = [(question, group) for group in groups for question in group]
        for question, group in pairs[: DRAWN[name]]:
            language = "zh" if chinese(question) else "en"
            others = [each for each in group if each != question]
            near = others if others and drawn.random() < 0.5 else drawn.choice(groups)
            if question not in near:
                yield LabelledFollowUp(_typed(question, drawn), (drawn.choice(near),), False, "alone", language)
            for left, name in _dependent(question, drawn):
                about = drawn.choice(
                    [each for each in others if name in each] or [drawn.choice(ABOUT[language]) % name]
                )
                yield LabelledFollowUp(_typed(left, drawn), (about,), True, MADE, language)


def _typed(question: str, drawn: random.Random) -> str:
    """The question as some people type it: without capitals, and with a question mark or without."""
    bare = question.rstrip("?？ ")
    mark = drawn.choice(("", "?", "?", "?")) if bare.isascii() else question[len(bare) :]
    return (bare.lower() if drawn.random() < 0.2 else bare) + mark


def _alone(data: Path) -> dict[str, list[list[str]]]:
    """By set: the questions that seem to stand alone, those on the same text together."""
    texts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows(data / "squad2" / "questions.jsonl"):
        if half_of(row["paragraph"]) != "other":
            texts["squad2"][row["paragraph"]].append(row["text"])
    with lzma.open(data / "train" / "answers.jsonl.xz", "rt", encoding="utf-8") as lines:
        for row in map(json.loads, lines):
            texts[row["source"].partition(":")[0]][row["text"]].append(row["question"])
    return {name: [kept for group in texts[name].values() if (kept := _whole(group))] for name in DRAWN}


def _whole(group: Iterable[str]) -> list[str]:
    """Questions with a name or three content terms, and no pronoun."""
    return [
        each
        for each in dict.fromkeys(group)
        if not _PRONOUN.search(each) and (_CAPITAL.search(each) or len(content_terms(each)) >= 3)
    ]


def _dependent(question: str, drawn: random.Random) -> Iterator[tuple[str, str]]:
    """The question with a pronoun for its only name, without it, or only the name: "And in Spain?"; and the name of
    what was asked before."""
    names = (
        sorted(chinese_names(question), key=lambda name: (len(name), name))
        if chinese(question)
        else _NAME.findall(question)
    )
    if not names or (not chinese(question) and len(names) > 1):
        return
    before, name, after = question.partition(names[-1])
    if chinese(question):
        yield before + drawn.choice("它 他 她 他们 该国 这 那里".split()) + after, name
        yield before + after.removeprefix("的"), name
        yield drawn.choice(("%s呢？", "那%s呢？", "%s的呢？")) % name, drawn.choice(OTHERS["zh"])
        return
    owns = after.startswith(("'s", "’s"))
    pronouns = "its his her their" if owns else "it they he she this them him that"
    yield before + drawn.choice(pronouns.split()) + (after[2:] if owns else after), name
    lead = _LEADING.search(before)
    if lead:
        yield before[: lead.start()].rstrip() + after, name
    again = f"{lead[1]} {name}" if lead else name
    yield drawn.choice(("And %s?", "What about %s?", "%s?", "and %s")) % again, drawn.choice(OTHERS["en"])


def _held_out(training: Sequence[LabelledFollowUp], found: Sequence[Ngrams]) -> NDArray[np.float64]:
    """The probability of each row, by a fit on the folds without its history."""
    guesses = np.zeros(len(training))
    folds = np.array([row.fold for row in training])
    for fold in range(FOLDS):
        kept = np.flatnonzero(folds != fold).tolist()
        linear = _fit([training[place] for place in kept], [found[place] for place in kept])
        for place in np.flatnonzero(folds == fold).tolist():
            guesses[place] = probability(linear.odds(*found[place]))
    return guesses


def _fit(training: Sequence[LabelledFollowUp], found: Sequence[Ngrams]) -> Linear:
    """The regression, without its threshold."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=SEED)
    weigh = [WEIGH[row.kind] for row in training]
    model.fit(matrix(found), [row.needs for row in training], sample_weight=weigh)
    return Linear(model.coef_[0], np.array(1.0), np.array(float(model.intercept_[0])))


def _threshold(training: Sequence[LabelledFollowUp], guesses: NDArray[np.float64]) -> float:
    """The one with which the fewest of the rows written by hand are told wrong."""
    own = np.array([row.kind == OWN for row in training])
    needs = np.array([row.needs for row in training])
    tried = np.arange(0.3, 0.7, STEP)
    wrong = [float(np.mean((guesses[own] >= each) != needs[own])) for each in tried]
    return round(float(np.median(tried[np.isclose(wrong, min(wrong))])), 2)


def _figures(
    training: Sequence[LabelledFollowUp], guesses: NDArray[np.float64], threshold: float
) -> dict[str, dict[str, float]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(training):
        groups[row.kind].append(place)
        if row.kind in (OWN, HELD):
            groups[f"{row.kind}, {row.language}"].append(place)
    return {
        group: _told([training[place] for place in places], guesses[places], threshold)
        for group, places in groups.items()
    }


def _told(asked: Sequence[LabelledFollowUp], guesses: Iterable[float], threshold: float) -> dict[str, float]:
    """The rows, the share told right, and the shares of those that need the history and that stand alone told right."""
    told = [float(guess) >= threshold for guess in guesses]
    right = [(row.needs, each is row.needs) for row, each in zip(asked, told, strict=True)]
    shares = {"right": right, "of those that need it": [each for each in right if each[0]]}
    shares["of those that stand alone"] = [each for each in right if not each[0]]
    means = {name: round(float(np.mean([good for _, good in each])), 3) for name, each in shares.items() if each}
    return {"rows": len(right), **means}


def _report(figures: Mapping[str, Mapping[str, float]]) -> str:
    head = ["held out", "rows", "right", "of those that need it", "of those that stand alone"]
    return table(head, [[group, *(told.get(name, "") for name in head[1:])] for group, told in figures.items()])
