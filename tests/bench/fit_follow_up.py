"""Whether a question needs the history, fitted again: `python -m tests.bench.fit_follow_up --data DIR`.

Fits the logistic regression of `bot/classifiers/follow_up.npz` on `tests/data/follow_ups.jsonl`, on questions of other
sets that stand alone, on what is left of those without their names, on the requests of `tests/data/requests.jsonl`
without a pronoun, and on the half of mtRAG's conversations that is for fitting. The scripted prompts are for testing
only. Held out are a fifth of the histories, five times, mtRAG's other half, and `tests/data/follow_ups_held.jsonl`,
whose writer saw no other row. `--shipped` measures the shipped weights.

A follow-up of mtRAG needs the history where people who rewrote it took a term from there.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import numpy as np

from bot.answering.rewrite import WEIGHTS, Need, features, shipped_need
from bot.classifiers.features import Ngrams
from bot.classifiers.intent import UNREAD
from bot.types import Request
from index.text.words import CAPITAL, chinese, chinese_names, content_terms
from tests.bench.asked import half_of
from tests.bench.fit_requests import matrix, read
from tests.bench.retrieval import fitted
from tests.bench.sets import queries, rows
from tests.bench.table import table

ROWS = Path(__file__).parents[1] / "data" / "follow_ups.jsonl"
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
NO_QUESTION = UNREAD | {Request.CORRECTION}
OTHERS = {"en": ("France", "Ann Example", "the WHO", "Boeing"), "zh": ("法国", "世卫组织", "王芳", "华为")}
STRENGTH = 0.3  # of the regression's prior; scikit-learn's C
LARGEST = 127  # of the weights as they are kept, in a byte each
STEP = 0.01  # of the thresholds that are tried

_NAME = re.compile(rf"(?<=[ (\"“])(?:the )?{CAPITAL}[\w.-]*(?:(?: (?:of|the|and|de|for|in))? {CAPITAL}[\w.-]*)*")
_CAPITAL = re.compile(rf"(?<=\s){CAPITAL}")
_PRONOUN = re.compile(r"\b(?:it|its|he|him|his|she|her|they|them|their|this|these|those|that)\b|[他她它该此]|这", re.I)
_LEADING = re.compile(r"\b(about|against|at|by|for|from|in|of|on|to|with) $")


@dataclass(frozen=True, slots=True)
class Row:
    """A question after others, and whether it needs them."""

    question: str
    history: tuple[str, ...]
    needs: bool
    kind: str
    language: str = "en"

    @property
    def fold(self) -> int:
        return crc32(self.history[0].encode()) % FOLDS


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fit_follow_up", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--dry", action="store_true", help="write no file")
    parser.add_argument("--shipped", action="store_true", help="measure the shipped weights, and write nothing")
    asked = parser.parse_args()
    held = [*conversations(asked.data, False), *written(HELD_ROWS, HELD)]
    if asked.shipped:
        sys.stdout.write(f"{_report(_on_held(shipped_need(), held))}\n")
        return
    training = [*written(), *requests(), *made(asked.data), *conversations(asked.data, True)]
    found = [features(row.question, row.history) for row in training]
    guesses = _held_out(training, found)
    threshold = _threshold(training, guesses)
    need = replace(_fit(training, found), threshold=threshold)
    figures = {**_figures(training, guesses, threshold), **_on_held(need, held)}
    sys.stdout.write(f"{_report(figures)}\n\nneeds the history from {threshold:.2f}\n")
    if not asked.dry:
        scale = np.abs(need.weights).max() / LARGEST
        weights = np.round(need.weights / scale).astype(np.int8)
        np.savez_compressed(WEIGHTS, weights=weights, scale=scale, bias=need.bias, threshold=threshold)


def _on_held(need: Need, held: Sequence[Row]) -> dict[str, dict[str, float]]:
    guesses = np.array([need.probability(features(row.question, row.history)) for row in held])
    told = _figures(held, guesses, need.threshold)
    return {f"{name}, other half" if name == "mtRAG" else name: each for name, each in told.items()}


def written(path: Path = ROWS, kind: str = OWN) -> Iterator[Row]:
    """The rows of this repository."""
    for row in rows(path):
        yield Row(row["question"], tuple(row["history"]), row["needs"], kind, row["language"])


def requests() -> Iterator[Row]:
    """Requests of all kinds that articles are read for, each after another one. Few of them need a history."""
    drawn = random.Random(SEED)
    found = [each for each in read("requests.jsonl") if each.kind not in NO_QUESTION and content_terms(each.text)]
    for each in found:
        before = drawn.choice([other for other in found if other.language == each.language])
        if not _PRONOUN.search(each.text):
            yield Row(each.text, (before.text,), False, "requests", each.language)


def conversations(data: Path, fit: bool) -> Iterator[Row]:
    """The turns of mtRAG after the first, of the half that is for fitting or of the other."""
    asked, rewritten = (queries(data, "clapnq", f"queries_{file}.jsonl").texts for file in ("questions", "rewrite"))
    for turn, texts in asked.items():
        *history, last = (text.strip() for text in texts.split("\n"))
        if history and fitted(turn) is fit:
            added = set(content_terms(rewritten[turn])) - set(content_terms(last))
            yield Row(last, tuple(history), bool(added & set(content_terms(" ".join(history)))), "mtRAG")


def made(data: Path) -> Iterator[Row]:
    """Questions that stand alone, after others, and what a script makes of them that does not."""
    drawn = random.Random(SEED)
    for name, groups in _alone(data).items():
        drawn.shuffle(groups)
        pairs = [(question, group) for group in groups for question in group]
        for question, group in pairs[: DRAWN[name]]:
            language = "zh" if chinese(question) else "en"
            others = [each for each in group if each != question]
            about = others if others and drawn.random() < 0.5 else drawn.choice(groups)
            if question not in about:
                yield Row(_typed(question, drawn), (drawn.choice(about),), False, "alone", language)
            for left, name in _dependent(question, drawn):
                about = drawn.choice(
                    [each for each in others if name in each] or [drawn.choice(ABOUT[language]) % name]
                )
                yield Row(_typed(left, drawn), (about,), True, MADE, language)


def _typed(question: str, drawn: random.Random) -> str:
    """As some people type it: without capitals, and with a question mark or without."""
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
    """Those with a name or three content terms, and no pronoun."""
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


def _held_out(training: Sequence[Row], found: Sequence[Ngrams]) -> np.ndarray:
    """The probability of each row, by a fit on the folds without its history."""
    guesses = np.zeros(len(training))
    folds = np.array([row.fold for row in training])
    for fold in range(FOLDS):
        kept = np.flatnonzero(folds != fold)
        need = _fit([training[place] for place in kept], [found[place] for place in kept])
        for place in np.flatnonzero(folds == fold):
            guesses[place] = need.probability(found[place])
    return guesses


def _fit(training: Sequence[Row], found: Sequence[Ngrams]) -> Need:
    """The regression, without its threshold."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=SEED)
    weigh = [WEIGH[row.kind] for row in training]
    model.fit(matrix(found), [row.needs for row in training], sample_weight=weigh)
    return Need(model.coef_[0], float(model.intercept_[0]))


def _threshold(training: Sequence[Row], guesses: np.ndarray) -> float:
    """The one with which the fewest of the rows written by hand are told wrong."""
    own = np.array([row.kind == OWN for row in training])
    needs = np.array([row.needs for row in training])
    tried = np.arange(0.3, 0.7, STEP)
    wrong = [float(np.mean((guesses[own] >= each) != needs[own])) for each in tried]
    return round(float(np.median(tried[np.isclose(wrong, min(wrong))])), 2)


def _figures(training: Sequence[Row], guesses: np.ndarray, threshold: float) -> dict[str, dict[str, float]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for place, row in enumerate(training):
        groups[row.kind].append(place)
        if row.kind in (OWN, HELD):
            groups[f"{row.kind}, {row.language}"].append(place)
    return {
        group: _told([training[place] for place in places], guesses[places], threshold)
        for group, places in groups.items()
    }


def _told(asked: Sequence[Row], guesses: Iterable[float], threshold: float) -> dict[str, float]:
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


if __name__ == "__main__":
    main()
