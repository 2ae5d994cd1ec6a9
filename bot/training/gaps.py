"""Fits how near two questions are that ask for the same, for each embedder: `byline fit gaps`.

The questions of every second topic of `tests/data/same_questions.jsonl` are grouped as `bot.alerts.gaps` does, at each
threshold. The one with the best F1 over pairs is kept, with its figures on the other topics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from bot.alerts.gaps import clusters
from bot.classifiers.fitted import Fitted, write
from bot.training.rows import LANGUAGE, TEXT
from bot.training.sets import DATA, rows
from bot.training.table import table
from bot.training.task import Task
from index.embed import named

if TYPE_CHECKING:
    from index.embed import Embedder

FIELDS = {"language": LANGUAGE, "topic": TEXT, "question": TEXT, "asks": TEXT}
EMBEDDERS = ("all-MiniLM-L6-v2", "multilingual-e5-small")
TRIED = [number / 100 for number in range(30, 96)]

SameQuestion = Mapping[str, Any]


def scores(asked: Sequence[SameQuestion], groups: Sequence[Sequence[int]]) -> dict[str, float]:
    """Precision, recall and F1 over pairs of questions."""
    group = {place: number for number, each in enumerate(groups) for place in each}
    pairs = [
        (asked[one]["asks"] == asked[two]["asks"], group[one] == group[two])
        for one, two in combinations(range(len(asked)), 2)
    ]
    hits = sum(same and together for same, together in pairs)
    precision = hits / max(1, sum(together for _, together in pairs))
    recall = hits / sum(same for same, _ in pairs)
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3)}


def best_threshold(embedder: Embedder, asked: Sequence[SameQuestion]) -> tuple[float, dict[str, Any]]:
    """The threshold, and how it does on each half."""
    topics = list(dict.fromkeys((row["language"], row["topic"]) for row in asked))
    halves = [[row for row in asked if topics.index((row["language"], row["topic"])) % 2 == half] for half in (0, 1)]
    vectors = [embedder.embed([row["question"] for row in half]) for half in halves]
    at = {
        each: [scores(*pair) for pair in zip(halves, (clusters(v, each) for v in vectors), strict=True)]
        for each in TRIED
    }
    best = max(at[each][0]["f1"] for each in TRIED)
    equal = [each for each in TRIED if at[each][0]["f1"] == best]
    threshold = equal[len(equal) // 2]
    fit, held = at[threshold]
    return threshold, {"questions": len(asked), "fit": fit, "held": held}


def train(task: Task) -> str:
    """Fits, and reports on the other topics."""
    asked = [*rows(DATA / "same_questions.jsonl"), *task.rows]
    thresholds: dict[str, float] = {}
    figures: dict[str, dict[str, Any]] = {}
    for name in EMBEDDERS:
        embedder = named(name)
        read = [row for row in asked if embedder.languages is None or row["language"] in embedder.languages]
        thresholds[name], figures[name] = best_threshold(embedder, read)
    data = "tests/data/same_questions.jsonl, every second topic"
    write(task.out, Fitted(task.manifest(data, figures, thresholds), {}))
    lines = [[name, each["questions"], thresholds[name], *each["held"].values()] for name, each in figures.items()]
    return table(["embedder", "questions", "threshold", "precision", "recall", "F1"], lines)
