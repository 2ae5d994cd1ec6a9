"""Whether a question needs the history, fitted again: `python -m tests.bench.fit_follow_up --data DIR`.

Fits the logistic regression of `bot/follow_up.json` on `tests/data/follow_ups.jsonl`, on questions of other sets that
stand alone, on what is left of those without their names, and on the half of mtRAG's conversations that is for fitting.
The scripted prompts are for testing only. Held out are a fifth of the histories, five times, and mtRAG's other half.

A follow-up of mtRAG needs the history where people who rewrote it took a term from there.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np

from bot.condense import WEIGHTS, Need, signals
from index.words import CAPITAL, chinese, chinese_names, content_terms
from tests.bench.asked import half_of
from tests.bench.retrieval import fitted
from tests.bench.sets import queries, rows
from tests.bench.table import table

ROWS = Path(__file__).parents[1] / "data" / "follow_ups.jsonl"
SEED = 20261130
FOLDS = 5
OWN, MADE = "written by hand", "made by a script"
WEIGH = {OWN: 1.0, "mtRAG": 1.0, MADE: 0.25, "alone": 0.25}  # of a row in the fit
DRAWN = {"squad2": 800, "selqa": 500, "qamr": 250, "qed_nq": 800, "cmrc2018": 400, "drcd": 400}
ABOUT = {  # what was asked before, where the set has nothing on the same text
    "en": ("What is %s?", "Who is %s?", "Tell me about %s.", "What do we know of %s?", "what happened to %s"),
    "zh": ("%s是什么？", "请介绍一下%s。", "你知道%s吗？", "%s怎么了？"),
}
OTHERS = {"en": ("France", "Ann Example", "the WHO", "Boeing"), "zh": ("法国", "世卫组织", "王芳", "华为")}
STRENGTH = 1.0  # of the regression's prior; scikit-learn's C
LARGEST = 1500  # weights
RAREST = 5  # histories whose questions have a signal, at least
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
    asked = parser.parse_args()
    training = [*written(), *made(asked.data), *conversations(asked.data, True)]
    found = [signals(row.question, row.history) for row in training]
    guesses = _held_out(training, found)
    threshold = _threshold(training, guesses)
    need = _fit(training, found)
    other = list(conversations(asked.data, False))
    guessed = [need.probability(signals(row.question, row.history)) for row in other]
    figures = {**_figures(training, guesses, threshold), "mtRAG, other half": _told(other, guessed, threshold)}
    sys.stdout.write(f"{_report(figures)}\n\n{len(need.weights)} weights, needs the history from {threshold:.2f}\n")
    if not asked.dry:
        kept = {"bias": need.bias, "threshold": threshold, "weights": need.weights, "figures": figures}
        WEIGHTS.write_text(json.dumps(kept, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


def written() -> Iterator[Row]:
    """The rows of this repository."""
    for row in rows(ROWS):
        yield Row(row["question"], tuple(row["history"]), row["needs"], OWN, row["language"])


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


def _held_out(training: Sequence[Row], found: Sequence[Mapping[str, float]]) -> np.ndarray:
    """The probability of each row by a fit on the other histories."""
    guesses = np.zeros(len(training))
    folds = np.array([row.fold for row in training])
    for fold in range(FOLDS):
        kept = np.flatnonzero(folds != fold)
        need = _fit([training[place] for place in kept], [found[place] for place in kept])
        for place in np.flatnonzero(folds == fold):
            guesses[place] = need.probability(found[place])
    return guesses


def _fit(training: Sequence[Row], found: Sequence[Mapping[str, float]]) -> Need:
    """The regression; signals of little weight are left out, and the others fitted again."""
    seen = {(name, row.history[0]) for row, each in zip(training, found, strict=True) for name in each}
    counts = Counter(name for name, _ in seen)
    names = sorted(name for name, count in counts.items() if count >= RAREST)
    first = _regression(names, training, found, 1)
    heaviest = sorted(first.weights, key=lambda name: -abs(first.weights[name]))[:LARGEST]
    return _regression([name for name in heaviest if first.weights[name]], training, found, 0)


def _regression(
    names: Sequence[str], training: Sequence[Row], found: Sequence[Mapping[str, float]], lasso: int
) -> Need:
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    places = {name: place for place, name in enumerate(names)}
    cells = [(row, places[name]) for row, each in enumerate(found) for name in each if name in places]
    matrix = csr_matrix((np.ones(len(cells)), tuple(zip(*cells, strict=True))), shape=(len(found), len(names)))
    model = LogisticRegression(C=STRENGTH, l1_ratio=lasso, solver="liblinear", random_state=SEED)
    weigh = [WEIGH[row.kind] for row in training]
    model.fit(matrix, [row.needs for row in training], sample_weight=weigh)
    weights = {name: round(float(weight), 3) for name, weight in sorted(zip(names, model.coef_[0], strict=True))}
    return Need(round(float(model.intercept_[0]), 3), weights)


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
        if row.kind == OWN:
            groups[f"{OWN}, {row.language}"].append(place)
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
