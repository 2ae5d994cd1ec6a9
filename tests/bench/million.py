"""A million passages in one index on one machine: time, disk, memory, recall, and a search beside the bare engines.

`python -m tests.bench.million --data DIR` reads public texts of the measuring sets. Some thousand of them are embedded.
Each passage is made of sentences of one such text and of two others, and no two passages are the same. Its vector is
drawn near those of its texts, since to embed a million passages takes two cores most of a day. All else is real: the
ledger, Chroma, tantivy.
"""

from __future__ import annotations

import argparse
import lzma
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from json import loads
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from bot.training.sets import articles
from bot.training.table import table
from index import Index
from index.store.ledger import ArticleDraft
from index.text.sentence import sentences
from tests.bench.latency import FILTERS, made_up, milliseconds, questions, raw
from tests.bench.machine import machine, peak
from tests.bench.parts import measure, size

PASSAGES, SOURCES, ASKED, HITS = 1_000_000, 8_000, 200, 10
OF_AN_ARTICLE, AT_A_TIME = 4, 1_000
LONG = 60  # words of a source, at least
# A passage's vector: its text, the two others, and noise of this length. So two passages of one text have a cosine of
# about .75, as neighbours in a large body of news have, and no two are the same.
OWN, OTHERS, NOISE = 1.0, 0.35, 0.3

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Source:
    sentences: tuple[str, ...]
    vector: Vectors  # (dim,)


def sources(index: Index, data: Path, count: int) -> list[Source]:
    """As many texts, embedded."""
    found = dict.fromkeys(each for each in _texts(data) if len(each.split()) >= LONG)
    drawn = random.Random(0).sample(list(found), min(count, len(found)))
    began, vectors = perf_counter(), []
    for start in range(0, len(drawn), 256):
        vectors.append(index.embed(drawn[start : start + 256]))
    say(f"{len(drawn):,} texts were embedded, {len(drawn) / (perf_counter() - began):.0f} a second.")
    spans = [tuple(text[span.start : span.end] for span in sentences(text)) for text in drawn]
    return [Source(*each) for each in zip(spans, np.concatenate(vectors), strict=True)]


def _texts(data: Path) -> Iterator[str]:
    for name in ("scifact", "clapnq", "multihop_rag"):
        yield from (each.text for each in articles(data, name))
    with lzma.open(data / "train" / "answers.jsonl.xz", "rt", encoding="utf-8") as lines:
        for row in map(loads, lines):
            if row["language"] == "en":
                yield row["text"]


def drafts(count: int, found: Sequence[Source]) -> Iterator[ArticleDraft]:
    """Articles of `OF_AN_ARTICLE` passages each, with outlets, authors and days."""
    seen = set[int]()
    for number in range(count // OF_AN_ARTICLE):
        draw, noise = random.Random(number), np.random.default_rng(number)
        made = [_passage(draw, noise, found, seen) for _ in range(OF_AN_ARTICLE)]
        yield made_up(number, [text for text, _ in made], np.array([vector for _, vector in made]), draw)


def _passage(
    draw: random.Random, noise: np.random.Generator, found: Sequence[Source], seen: set[int]
) -> tuple[str, Vectors]:
    while True:
        own, *others = draw.choice(found), draw.choice(found), draw.choice(found)
        some = draw.sample(own.sentences, min(len(own.sentences), draw.randint(2, 4)))
        text = " ".join((*some, *(draw.choice(each.sentences) for each in others)))
        if hash(text) not in seen:
            break
    seen.add(hash(text))
    blur = noise.normal(size=own.vector.size)
    vector = OWN * own.vector + OTHERS * sum(each.vector for each in others) + NOISE * blur / np.linalg.norm(blur)
    return text, (vector / np.linalg.norm(vector)).astype(np.float32)


def fill(index: Index, count: int, found: Sequence[Source]) -> float:
    """Puts the passages in, and gives the seconds without those that their making took."""
    taken, began, waiting = 0.0, perf_counter(), list[ArticleDraft]()
    with index._writing() as store:
        for done, draft in enumerate(drafts(count, found), 1):
            waiting.append(draft)
            if len(waiting) == AT_A_TIME or done == count // OF_AN_ARTICLE:
                put = perf_counter()
                store.put(waiting)
                taken += perf_counter() - put
                waiting = []
                wall = perf_counter() - began
                say(f"{done * OF_AN_ARTICLE:,} passages, {taken:.0f} s of {wall:.0f} s, {peak():.0f} MB at most")
        put = perf_counter()
    return taken + perf_counter() - put


def recall(index: Index, asked: Sequence[str]) -> float:
    """Of the ten passages nearest to a question by exact search, the share that is among the ten found."""
    now = index._store.ledger.published()
    keys = np.array(sorted(index._store.ledger.keys(now)))
    held = np.empty((len(keys), index.embedder.dimension), dtype=np.float32)
    for start in range(0, len(keys), 10_000):
        page = keys[start : start + 10_000]
        stored = index._store.ledger.vectors(page.tolist())
        held[start : start + len(page)] = [np.frombuffer(stored[int(key)], dtype="<f2") for key in page]
    vectors, shares = index._store.followers.vectors(now), []
    for question in asked:
        vector = index.embed([question])[0]
        exact = keys[np.argpartition(-(held @ vector), HITS)[:HITS]]
        shares.append(len(set(exact.tolist()) & set(vectors.near(now.generation, vector, HITS))) / HITS)
    return float(np.mean(shares))


def disk(folder: Path) -> list[tuple[str, str]]:
    """GB of each part of a store."""
    return [(each.name, f"{size(each) / 1e9:.2f}") for each in sorted(folder.iterdir()) if size(each) > 1e6]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.million", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--passages", type=int, default=PASSAGES)
    parser.add_argument("--sources", type=int, default=SOURCES)
    parser.add_argument("--folder", type=Path, help="keep the index there; one that is there is not made again")
    parser.add_argument("--latencies", type=Path, help="write how long each part takes there, question by question")
    chosen = parser.parse_args()
    folder = chosen.folder or Path(mkdtemp())
    asked = questions(chosen.data)[:ASKED]
    say(f"Measured on {machine()}: {chosen.passages:,} passages.\n")
    with Index.open(folder / "store") as index:
        if not len(index):
            taken = fill(index, chosen.passages, sources(index, chosen.data, chosen.sources))
            say(f"\nIndexed in {taken:.0f} s without the embedder, {chosen.passages / taken:.0f} passages a second.")
            say(f"At most {peak():.0f} MB of memory.\n")
    with Index.open(folder / "store") as index:
        say(table(["part of the store", "GB"], disk(folder / "store")))
        began = perf_counter()
        index.search(asked[0])
        say(f"\nThe first search took {perf_counter() - began:.1f} s.\n")
        if chosen.latencies:
            measure(index, asked).write(chosen.latencies)
        rows = []
        rmtree(folder / "raw", ignore_errors=True)
        bare = raw(index, folder / "raw")
        for name, filters in FILTERS.items():
            ours, parts = milliseconds(asked, filters, index.search, bare)
            ratios = [f"{one / other:.2f}" for one, other in zip(ours, parts, strict=True)]
            rows.append([name, *(f"{each:.0f}" for each in (*ours, *parts)), *ratios])
        say(table(["filters", "p50, ms", "p95, ms", "bare engines: p50", "p95", "ratio of p50", "of p95"], rows))
        say(f"\nRecall@{HITS} against exact search: {recall(index, asked):.3f} of {len(asked)} questions.")
        say(f"At most {peak():.0f} MB of memory, the exact search included.")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
