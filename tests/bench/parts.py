"""How long the parts of a search take over one index, question by question, and how many bytes its parts have.

`python -m tests.bench.million --latencies FILE` writes them, and `python -m tests.bench.simulate` reads them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

from bot.answering.evidence import JUDGED
from bot.judge import Judge
from index import Index
from index.index import POOL
from index.store.lexicon import query_terms
from index.store.limits import SearchLimits
from tests.bench.machine import machine

T = TypeVar("T")
WARM = 5  # questions that are asked before, so that all is loaded


@dataclass(frozen=True, slots=True)
class Parts:
    """Milliseconds, one for each question, and bytes."""

    machine: str
    passages: int
    bytes: dict[str, int]  # by the names of the store's parts
    embedding: tuple[float, ...]
    vectors: tuple[float, ...]  # Chroma
    words: tuple[float, ...]  # tantivy
    search: tuple[float, ...]  # the three, and what joins them
    judging: tuple[float, ...]  # the sentences of one question

    @property
    def rest(self) -> tuple[float, ...]:
        """Milliseconds of each search without Chroma."""
        return tuple(max(0.0, whole - part) for whole, part in zip(self.search, self.vectors, strict=True))

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Parts:
        stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        stored |= {name: tuple(each) for name, each in stored.items() if isinstance(each, list)}
        return cls(**stored)


def measure(index: Index, asked: Sequence[str]) -> Parts:
    """Asks each question once of each part."""
    judge = Judge.load()
    taken = [_milliseconds(index, judge, question) for question in (*asked[:WARM], *asked)][WARM:]
    embedding, vectors, words, search, judging = zip(*taken, strict=True)
    sizes = {path.name: size(path) for path in sorted(index.path.iterdir())}
    sizes = {name: each for name, each in sizes.items() if each > 1e6}
    return Parts(machine(), index._store.ledger.size(), sizes, embedding, vectors, words, search, judging)


def _milliseconds(index: Index, judge: Judge, question: str) -> tuple[float, ...]:
    now = index._store.ledger.published()
    near, matching = index._store.followers.vectors(now).near, index._store.followers.words(now).matching
    vector, embedding = timed(lambda: index.embed([question])[0])
    _, vectors = timed(lambda: near(now.generation, vector, POOL))
    _, words = timed(lambda: matching(now.generation, query_terms(question), 2 * POOL, SearchLimits()))
    hits, search = timed(lambda: index.search(question))
    texts = [sentence for hit in hits for sentence in hit.passage.text.split(". ")][:JUDGED]
    _, judging = timed(lambda: judge.answers(question, texts))
    return tuple(round(each, 2) for each in (embedding, vectors, words, search, judging))


def timed(call: Callable[[], T]) -> tuple[T, float]:
    """What a call gives, and its milliseconds."""
    began = perf_counter()
    made = call()
    return made, 1000 * (perf_counter() - began)


def size(path: Path) -> int:
    """Bytes of a file, or of all files of a folder."""
    return sum(each.stat().st_size for each in (path.rglob("*") if path.is_dir() else [path]) if each.is_file())
