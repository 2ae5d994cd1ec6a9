"""A writer that is killed at any moment leaves a store that is whole; readers never see that anybody writes."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path
from shutil import rmtree

import pytest

from index import Article, Index
from tests.conftest import WordEmbeddings
from tests.stores import PRELUDE, answers, ask, child, contents

COUNT, RELEASES = 16, 2
KILLS = 12
QUESTIONS = [f"subject{number}" for number in range(0, COUNT, 5)] + ["release2", "paragraph two of everything"]


def present(number: int, release: int) -> bool:
    """Whether a release has an article: each has some that others lack."""
    return (number * 7 + release * 3) % 5 != 0


def written(number: int, release: int) -> Article:
    """Of every third article the text changes with each release; each has several passages."""
    shown = release if number % 3 == 0 else 0
    paragraphs = [f"Paragraph {one} of subject{number} as in release{shown}." for one in ("one", "two", "three")]
    return Article(f"a{number}", f"Title {number}", "\n\n".join(paragraphs), outlet=f"Outlet {number % 2}")


def written_in(release: int) -> list[Article]:
    return [written(number, release) for number in range(COUNT) if present(number, release)]


def bring_in(index: Index, release: int) -> None:
    index.add(written_in(release))
    there = {one.id for one in index.articles()}
    for number in range(COUNT):
        if not present(number, release) and f"a{number}" in there:
            index.remove(f"a{number}")


# Forks a writer for each line, which brings in releases from the one that the line names on, and says its number; at
# the next line it says how that ended.
WRITERS = (
    PRELUDE
    + """
import os, chromadb, tantivy, filelock
import index.index, index.ingest.ingest
from tests.test_kill import RELEASES, bring_in
index.index.CHUNK, index.ingest.ingest.BATCH = 8, 12

def write(store, first):
    with Index.open(store, embedder=WordEmbeddings()) as opened:
        for release in range(first, first + RELEASES):
            bring_in(opened, release)

for line in sys.stdin:
    store, first = line.rsplit(" ", 1)
    pid = os.fork()
    if not pid:
        write(store, int(first))
        os._exit(0)
    print(pid, flush=True)
    sys.stdin.readline()  # until then the number is that of no other process
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
"""
)


def wrong(articles: list[Article], first: int) -> list[str]:
    """What cannot be, while the releases from `first` on are brought in after the one before: an article that is in
    none of them so, and one that is in all of them and missing."""
    releases = range(max(0, first - 1), first + RELEASES)
    strange = [one.id for one in articles if one not in [written(int(one.id[1:]), release) for release in releases]]
    there = {one.id for one in articles}
    always = [number for number in range(COUNT) if first and all(present(number, release) for release in releases)]
    return strange + [f"a{number}" for number in always if f"a{number}" not in there]


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_a_store_that_mends_to_a_clean_build(
    tmp_path: Path, words: WordEmbeddings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.index.CHUNK", 8)
    chance = random.Random(20201106)
    store, first, killed = tmp_path / "store0", 0, 0
    with child(WRITERS, tmp_path) as writers:
        began = time.monotonic()
        ask(writers, f"{tmp_path / 'whole'} 0")
        assert ask(writers, "how did it end?") == ["0"], "the writer fails by itself"
        whole = time.monotonic() - began
        while killed < KILLS:
            if killed % 4 == 0:  # every fourth is killed in a store that it has just begun
                store, first = tmp_path / f"store{killed}-{whole:.4f}", 0
            moment = chance.uniform(0, whole) if killed % 4 else chance.uniform(0, whole / 3)
            (pid,) = ask(writers, f"{store} {first}")
            time.sleep(moment)
            os.kill(int(pid), signal.SIGKILL)
            ended = int(*ask(writers, "how did it end?"))
            assert ended in (0, -signal.SIGKILL), f"the writer cannot go on after kill {killed}"
            if Index.exists(store):  # otherwise the next writer is the first one
                check(store, words, first, f"kill {killed} after {moment:.4f} s of release {first}")
                first += RELEASES
            if ended:
                killed += 1
            else:
                whole = moment  # it was done by then


def check(store: Path, words: WordEmbeddings, first: int, where: str) -> None:
    """Leaves the last release that the writer had to bring in."""
    with Index.open(store, embedder=words) as index:
        before, unmended = list(index.articles()), answers(index, QUESTIONS)  # as readers see it now
        assert not wrong(before, first), where
        index.settle()
        after, mended_answers = list(index.articles()), answers(index, QUESTIONS)
        assert not wrong(after, first), where
        assert before != after or unmended == mended_answers, where
        assert all(finding.ok for finding in index.examine()), (where, list(index.examine()))
        mended = contents(index)
        bring_in(index, first + RELEASES - 1)
        assert list(index.articles()) == sorted(written_in(first + RELEASES - 1), key=lambda one: one.id), where
    if not after:
        return
    clean = store.with_name("clean")
    with Index.open(clean, embedder=words) as index:
        index.add(after)
        assert contents(index) == mended, where
        assert answers(index, QUESTIONS) == mended_answers, where
    rmtree(clean, ignore_errors=True)
