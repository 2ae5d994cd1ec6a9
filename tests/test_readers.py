"""Readers in other processes while a writer changes every article: no hole, no double, no mixture, nothing removed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import count, islice, product
from pathlib import Path
from zlib import crc32

import numpy as np
import pytest

from index import Article, Index
from tests.conftest import WordEmbeddings
from tests.stores import PRELUDE, ask, child

COUNT, READERS, RELEASES, SEARCHES = 40, 3, 5, 100
PASSAGES = 3
# Of all searches, those by vectors alone that may miss a passage: Chroma's graph of neighbours is approximate. Seen on
# a busy machine in one of some forty runs, twice in one reader; a copy that is torn misses far more.
MISSED = 0.02
WORD = re.compile(r"\w+")
SUBJECTS = ["".join(letters) for letters in islice(product("bdfgk", "aou", "lmnr", "aou", "bdgkt"), COUNT)]


class Dense(WordEmbeddings):
    """Each word has a direction of its own, and a subject counts more than all else: what is nearest to it is about it.

    The vectors are as dense as those of a language model. Where most are at right angles, as with `WordEmbeddings`,
    Chroma's graph of neighbours (HNSW) gives no way to some of them.
    """

    name, dimension = "dense", 48

    def embed(self, texts: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        read = [sum(map(self._direction, WORD.findall(text.lower()))) for text in texts]
        vectors = np.array(read).reshape(-1, self.dimension)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    def _direction(self, word: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.random.default_rng(crc32(word.encode())).normal(size=self.dimension) * (4 if word in SUBJECTS else 1)


def written(number: int, release: int) -> Article:
    """Three passages, each of which one search for the subject finds before all others; all name the release."""
    paragraphs = [f"Part{part} of {SUBJECTS[number]} stands in release{release}." for part in range(PASSAGES)]
    return Article(f"a{number}", "Title", "\n\n".join(paragraphs))


# Searches until it is told to stop, and answers with the number of searches and all that was wrong. A line names an
# article that was removed: no search that begins later may find it. Another asks how many searches it was so far.
SEARCHING = (
    PRELUDE
    + """
import random, select, time
from tests.test_readers import COUNT, SUBJECTS, Dense, wrong
from index.store.lexicon import query_terms
from index import Filters
opened = Index.open(store, embedder=Dense())
removed, newest, complaints, searches, missed = set(), {{}}, [], 0, 0

def candidates(*asked):
    return [one.found.passage for one in opened._store.candidates(*asked, Filters())]

while True:
    while select.select([sys.stdin], [], [], 0)[0]:
        line = sys.stdin.readline().strip()
        if line == "stop":
            print(searches, missed, *complaints[:3], flush=True)
            sys.exit()
        if line == "searched":
            print(searches, flush=True)
            continue
        removed.add(int(line))
        print("noted", flush=True)
    number = random.randrange(COUNT)
    question = SUBJECTS[number]
    searches += 1
    way = searches % 3
    if way == 0: passages = [hit.passage for hit in opened.search(question, 12)]
    elif way == 1: passages = candidates(None, query_terms(question), 12)
    else: passages = candidates(opened.embed([question])[0], (), 12)
    of_it = [one for one in passages if one.article_id == f"a{{number}}"]
    found = wrong(number, of_it, removed, newest)
    missed += sum(what.startswith("hole") for what in found) if way == 2 else 0
    complaints += [f"way{{way}}:{{what}}" for what in found if way != 2 or not what.startswith("hole")]
"""
)


def wrong(number: int, passages: list, removed: set[int], newest: dict[int, int]) -> list[str]:  # type: ignore[type-arg]
    """What readers must never see of an article, and did."""
    if number in removed:
        return [f"a{number}-is-removed"] if passages else []
    starts = [one.start for one in passages]
    releases = {int(one.text.split("release")[1].rstrip(".")) for one in passages}
    complaints = [f"hole-a{number}:{len(starts)}"] if len(set(starts)) < PASSAGES and not gone(number) else []
    complaints += [f"double-a{number}"] if len(set(starts)) < len(starts) else []
    complaints += [f"mixture-a{number}"] if len(releases) > 1 else []
    complaints += [f"back-a{number}"] if releases and min(releases) < newest.get(number, 0) else []
    newest[number] = max(releases, default=0)
    return complaints


def gone(number: int) -> bool:
    """Whether an article is removed some time during the test."""
    return number % 8 == 7


@pytest.mark.slow
def test_readers_see_the_old_or_the_new_one_of_each_article_and_never_a_removed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.index.CHUNK", 8)
    monkeypatch.setattr("index.ingest.ingest.BATCH", 30)
    with Index.open(tmp_path, embedder=Dense()) as index, ExitStack() as stack:
        index.add(written(number, 0) for number in range(COUNT))
        readers = [stack.enter_context(child(SEARCHING, tmp_path)) for _ in range(READERS)]
        for release in count(1):  # until the readers have searched enough while it was written
            leaving = [number for number in range(COUNT) if gone(number) and number // 8 == release - 1]
            index.add(written(number, release) for number in range(COUNT) if not gone(number) or number // 8 >= release)
            for number in leaving:
                index.remove(f"a{number}")
                assert [ask(reader, str(number)) for reader in readers] == [["noted"]] * READERS
            if release >= RELEASES and all(int(*ask(reader, "searched")) > SEARCHES for reader in readers):
                break
        told = [ask(reader, "stop") for reader in readers]
        assert index.check().sound
    assert [complaints for _, _, *complaints in told] == [[]] * READERS
    assert sum(int(missed) for _, missed, *_ in told) < sum(int(searches) for searches, *_ in told) * MISSED
