"""Sizes of passages: how much of what answers a question is found, and how much else.

The metrics are those of https://research.trychroma.com/evaluating-chunking, over characters: recall is the share of the
answering spans that the five best passages hold, precision the share of those passages that is in answering spans, and
IoU the share of both together. The figures published there were measured with another embedding model.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from typing import NamedTuple

import index.index
from bot.training.table import table
from index import Article, Filters, Index

LIMITS = (60, 80, 100, 120, 150, 200, 254)  # word pieces
BEST = 5
PUBLISHED = (
    ("recursive, 400 tokens", "published", "89.5", "3.6", "3.6"),
    ("recursive, 200 tokens", "published", "88.1", "7.0", "6.9"),
    ("by cluster, 200 tokens", "published", "87.3", "8.0", "8.0"),
    ("by a language model", "published", "91.9", "3.9", "3.9"),
)
Range = tuple[str, int, int]  # a text and a half-open range of its characters


class Question(NamedTuple):
    text: str
    answers: Sequence[Range]


class Score(NamedTuple):
    recall: float
    precision: float
    iou: float


def report(data: Path) -> str:
    folder = data / "chunking_eval"
    rows = [*PUBLISHED]
    for limit in LIMITS:
        rows += _rows(folder, limit)
    return "## Sizes of passages\n\n" + table(["passages", "found", "recall %", "precision %", "IoU %"], rows)


def _rows(folder: Path, limit: int) -> Iterator[tuple[str, str, str, str, str]]:
    asked = list(_questions(folder))
    with TemporaryDirectory() as place:
        index.index.CHUNK = limit
        with Index.open(place) as made:
            made.add(Article(path.stem, "", path.read_text(encoding="utf-8")) for path in _corpora(folder))
            for way, find in (("by words and meaning", _both), ("by meaning", _near)):
                scores = [score(find(made, question.text), question.answers) for question in asked]
                recall, precision, iou = (f"{100 * mean(part):.1f}" for part in zip(*scores, strict=True))
                yield f"at most {limit} word pieces", way, recall, precision, iou


def _both(made: Index, question: str) -> list[Range]:
    return [(hit.passage.article_id, hit.passage.start, hit.passage.end) for hit in made.search(question, BEST)]


def _near(made: Index, question: str) -> list[Range]:
    found = made._store.candidates(made.embed([question])[0], (), 50, Filters())
    best = sorted(found, key=lambda each: -each.meaning)[:BEST]
    passages = [each.found.passage for each in best]
    return [(passage.article_id, passage.start, passage.end) for passage in passages]


def score(found: Sequence[Range], answers: Sequence[Range]) -> Score:
    """
    >>> score([("a", 0, 10), ("a", 20, 30)], [("a", 5, 15), ("b", 0, 10)])
    Score(recall=0.25, precision=0.25, iou=0.14285714285714285)
    """
    have, want = _places(found), _places(answers)
    both = len(have & want)
    return Score(both / len(want), both / max(1, len(have)), both / len(have | want))


def _places(ranges: Sequence[Range]) -> set[tuple[str, int]]:
    return {(text, place) for text, start, end in ranges for place in range(start, end)}


def _corpora(folder: Path) -> list[Path]:
    return sorted((folder / "corpora").glob("*.md"))


def _questions(folder: Path) -> Iterator[Question]:
    with (folder / "questions_df.csv").open(newline="", encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            spans = json.loads(row["references"])
            answers = [(row["corpus_id"], span["start_index"], span["end_index"]) for span in spans]
            yield Question(row["question"], answers)
