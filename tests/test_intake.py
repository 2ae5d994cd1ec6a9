"""What comes in, exactly once: unchanged sources cost nothing, and what is gone from its source goes with `prune`."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import Article, Failure, Index, IndexReport, Outcome, Reading, Stamp, Visit, Walk
from index.ingest.ingest import BATCH
from index.ingest.passages import SLICE
from tests.conftest import WordEmbeddings
from tests.stores import OPENED, child, numbered, state

FOLDER, FEED, OTHER = "/news", "https://feed.example/rss", "https://other.example/rss"
A, B, INNER = f"{FOLDER}/a.md", f"{FOLDER}/b.md", f"{FOLDER}/sub/c.md"


@pytest.fixture
def index(tmp_path: Path, words: WordEmbeddings) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=words) as opened:
        yield opened


def counts(report: IndexReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.removed


def ids(index: Index) -> list[str]:
    return [article.id for article in index.articles()]


def generation(index: Index) -> int:
    return index._store.ledger.published().generation if index.exists(index.path) else 0


def stamp(number: int = 1) -> Stamp:
    return Stamp(100 + number, 10**18 + number, f"1:{number}")


def visited(source: str, root: str, *numbers: int, at: int = 1) -> list[Reading]:
    """One source that gives articles by their numbers."""
    return [*map(numbered, numbers), Visit(source, root, Outcome.READ, stamp(at))]


def unchanged(source: str, root: str) -> list[Reading]:
    return [Visit(source, root, Outcome.UNCHANGED, stamp())]


def failed(source: str, root: str) -> list[Reading]:
    return [Failure(source, "It cannot be read."), Visit(source, root, Outcome.FAILED)]


# Sources that are as they were


def test_a_source_is_known_as_it_was_when_it_was_read(index: Index) -> None:
    assert index.known(A) is None
    full = Stamp(1, 2, "1:ab", '"tag"', "Tue, 05 May 2020 10:00:00 GMT")
    index.add(
        [numbered(1), Visit(A, FOLDER, Outcome.READ, full), numbered(2), Visit(FEED, FEED, stamp=Stamp(etag="e"))]
    )
    assert (index.known(A), index.known(FEED), index.known(B)) == (full, Stamp(etag="e"), None)


def test_the_articles_of_an_unchanged_source_count_as_unchanged(index: Index) -> None:
    index.add([*visited(A, FOLDER, 1, 2), *visited(B, FOLDER, 3)])
    told: list[int] = []
    report = index.add([*unchanged(A, FOLDER), *unchanged(B, FOLDER), Walk(FOLDER)], prune=True, progress=told.append)
    assert counts(report) == (0, 0, 3, 0)
    assert told[-1] == 3
    assert ids(index) == ["a1", "a2", "a3"]


def test_an_unchanged_source_is_known_by_its_new_stamp(index: Index) -> None:
    index.add(visited(A, FOLDER, 1))
    index.add([Visit(A, FOLDER, Outcome.UNCHANGED, stamp(2))])
    assert index.known(A) == stamp(2)
    index.add([Visit(A, FOLDER, Outcome.UNCHANGED)])
    assert index.known(A) == stamp(2)


def test_a_source_that_fails_keeps_its_articles_and_its_stamp(index: Index) -> None:
    index.add(visited(A, FOLDER, 1))
    report = index.add([*failed(A, FOLDER), Walk(FOLDER)], prune=True)
    assert (report.failed, report.removed) == (1, 0)
    assert index.known(A) == stamp()
    assert ids(index) == ["a1"]


@pytest.mark.parametrize("bad", [Failure(A, "Line 2 is no article."), Article("", "No id", "A text.")])
def test_a_source_of_which_a_part_failed_is_read_again_and_loses_nothing(index: Index, bad: Failure | Article) -> None:
    index.add(visited(A, FOLDER, 1, 2))
    report = index.add([numbered(1), bad, Visit(A, FOLDER, Outcome.READ, stamp(2)), Walk(FOLDER)], prune=True)
    assert (report.failed, report.removed) == (1, 0)
    assert index.known(A) is None
    assert ids(index) == ["a1", "a2"]
    assert index.add([*visited(A, FOLDER, 1), Walk(FOLDER)], prune=True).removed == 1


def test_names_of_files_that_are_no_text_are_kept_too(index: Index) -> None:
    name = os.fsdecode(b"/news/\xff.md")
    index.add(visited(name, FOLDER, 1))
    assert index.known(name) == stamp()
    assert index.add([Walk(FOLDER)], prune=True).removed == 1


def test_visits_before_there_is_an_article_make_no_store(index: Index, tmp_path: Path) -> None:
    index.add([*failed(A, FOLDER), Visit(FEED, FEED), Walk(FOLDER)], prune=True)
    assert list(tmp_path.iterdir()) == []


# What is gone


GONE: list[tuple[str, list[Reading], list[Reading], list[int]]] = [
    (
        "a file that is gone",
        [*visited(A, FOLDER, 1), *visited(B, FOLDER, 2)],
        [*unchanged(A, FOLDER), Walk(FOLDER)],
        [1],
    ),
    ("a file that cannot be read stays", [*visited(A, FOLDER, 1)], [*failed(A, FOLDER), Walk(FOLDER)], [1]),
    ("a root whose end did not come", [*visited(A, FOLDER, 1), *visited(B, FOLDER, 2)], unchanged(A, FOLDER), [1, 2]),
    ("another root", [*visited(A, FOLDER, 1), *visited(FEED, FEED, 2)], [Walk(FEED)], [1]),
    ("a file found by itself", visited(A, A, 1), [Walk(FOLDER)], []),
    ("a file found in an inner folder", visited(INNER, f"{FOLDER}/sub", 1), [Walk(FOLDER)], []),
    ("a file in an outer folder", [*visited(A, FOLDER, 1), *visited(INNER, FOLDER, 2)], [Walk(f"{FOLDER}/sub")], [1]),
    ("a folder whose name begins the same", visited("/newspaper/a.md", "/newspaper", 1), [Walk(FOLDER)], [1]),
    ("a page that another feed still has", [*visited("p", FEED, 1), *visited("p", OTHER, 1)], [Walk(FEED)], [1]),
    ("a page that no feed has", [*visited("p", FEED, 1), *visited("p", OTHER, 1)], [Walk(FEED), Walk(OTHER)], []),
    ("an address is no folder", visited(f"{FEED}/p", OTHER, 1), [Walk(FEED)], [1]),
    ("an article that another source has", [*visited(A, FOLDER, 1), *visited(FEED, FEED, 1)], [Walk(FOLDER)], [1]),
    ("an article without a source", [*visited(A, FOLDER, 2), numbered(1)], [Walk(FOLDER)], [1]),
    ("an article that its source does not give", visited(A, FOLDER, 1, 2), visited(A, FOLDER, 1, at=2), [1]),
    ("one that moved", [*visited(A, FOLDER, 1, 2)], [*visited(A, FOLDER, 1, at=2), *visited(B, FOLDER, 2)], [1, 2]),
    ("one that moved to another root", visited(A, FOLDER, 1), [Walk(FOLDER), *visited(FEED, FEED, 1), Walk(FEED)], [1]),
    ("a file that was renamed", visited(A, FOLDER, 1), [*visited(B, FOLDER, 1), Walk(FOLDER)], [1]),
    ("all", [*visited(A, FOLDER, 1), *visited(INNER, FOLDER, 2)], [Walk(FOLDER)], []),
]


@pytest.mark.parametrize(("before", "after", "left"), [case[1:] for case in GONE], ids=[case[0] for case in GONE])
def test_what_is_gone_goes_with_prune_and_only_then(
    index: Index, before: list[Reading], after: list[Reading], left: list[int]
) -> None:
    index.add(before)
    had = ids(index)
    assert index.add(after).removed == 0
    assert ids(index) == had
    report = index.add(after, prune=True)
    assert ids(index) == [f"a{number}" for number in left]
    assert report.removed == len(had) - len(left)
    assert index.add(after, prune=True).removed == 0
    assert index.check().sound


def test_what_a_source_gave_once_is_pruned_later_even_if_it_did_not_change(index: Index) -> None:
    index.add(visited(A, FOLDER, 1, 2))
    index.add(visited(A, FOLDER, 1, at=2))
    assert index.known(A) == stamp(2)
    assert counts(index.add(unchanged(A, FOLDER), prune=True)) == (0, 0, 1, 1)
    assert ids(index) == ["a1"]


def test_what_was_pruned_and_was_added_without_a_source_stays(index: Index) -> None:
    index.add(visited(A, FOLDER, 1, 2))
    assert index.add(visited(A, FOLDER, 1, at=2), prune=True).removed == 1
    index.add([numbered(2)])
    assert index.add([*unchanged(A, FOLDER), Walk(FOLDER)], prune=True).removed == 0
    assert ids(index) == ["a1", "a2"]


def test_a_removed_article_comes_back_with_its_unchanged_file(index: Index) -> None:
    index.add([*visited(A, FOLDER, 1, 2), *visited(B, FOLDER, 3)])
    index.remove("a2")
    assert index.known(A) is None
    assert index.known(B) == stamp()
    assert counts(index.add(visited(A, FOLDER, 1, 2))) == (1, 0, 1, 0)
    assert index.known(A) == stamp()


def test_a_source_whose_articles_are_not_there_is_not_known(index: Index) -> None:
    """As after a crash between the removal of articles and of what their source is known to have given."""
    index.add(visited(A, FOLDER, 1))
    with index._writing() as store:
        store.put((), ["a1"])
    assert index.known(A) is None


def test_a_run_that_breaks_off_prunes_nothing_and_claims_nothing(index: Index) -> None:
    def broken() -> Iterator[Reading]:
        yield from visited(A, FOLDER, 1, at=2)
        yield Walk(FOLDER)
        yield numbered(5)
        raise KeyboardInterrupt

    index.add([*visited(A, FOLDER, 1, 2), *visited(B, FOLDER, 3)])
    with pytest.raises(KeyboardInterrupt):
        index.add(broken(), prune=True)
    assert ids(index) == ["a1", "a2", "a3"]
    assert index.known(A) in (None, stamp(1))


# Against a model

SOURCES = {A: FOLDER, B: FOLDER, INNER: f"{FOLDER}/sub", "p": FEED, "q": FEED, FEED: OTHER}
ROOTS = (FOLDER, f"{FOLDER}/sub", FEED, OTHER)


@dataclass
class Model:
    """What an index should hold, in dicts."""

    articles: dict[str, int] = field(default_factory=dict)  # the release of each
    given: dict[str, set[str]] = field(default_factory=dict)  # what each source gave last
    once: dict[str, set[str]] = field(default_factory=dict)  # what it gave before, and not then
    found: set[tuple[str, str]] = field(default_factory=set)  # roots and sources

    def visit(self, source: str, root: str, release: int, gives: frozenset[int] | None) -> None:
        self.found.add((root, source))
        if gives is not None:
            new = {f"a{number}" for number in gives}
            self.articles.update(dict.fromkeys(new, release))
            self.once[source] = (self.once.get(source, set()) | self.given.get(source, set())) - new
            self.given[source] = new

    def prune(self, root: str, seen: set[str]) -> None:
        here = {(where, source) for where, source in self.found if where == root or inside(source, root)}
        elsewhere = {source for _, source in self.found - here}
        lost = {source for _, source in here} - seen - elsewhere
        self.found -= {(where, source) for where, source in here if source not in seen}
        self.drop({one for source in lost for one in self.given.pop(source, set()) | self.once.pop(source, set())})

    def drop(self, held: set[str]) -> None:
        for one in held - {one for ids in self.given.values() for one in ids}:
            self.articles.pop(one, None)

    def remove(self, article_id: str) -> None:
        self.articles.pop(article_id, None)
        for held in (*self.given.values(), *self.once.values()):
            held.discard(article_id)


def inside(source: str, root: str) -> bool:
    return "://" not in root and source.startswith(f"{root}/")


runs = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from(list(SOURCES)), st.none() | st.frozensets(st.integers(1, 5), max_size=3)),
        st.lists(st.sampled_from(ROOTS), unique=True),
        st.booleans(),
        st.frozensets(st.integers(1, 5), max_size=1),  # without a source
        st.none() | st.integers(1, 5),  # removed after the run, if it is there
    ),
    max_size=6,
)


@given(runs, st.sampled_from([1, 3, 256]))
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_runs_gives_what_the_model_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sequence: list[Any], batch: int
) -> None:
    monkeypatch.setattr("index.ingest.ingest.BATCH", batch)
    rmtree(tmp_path / "store", ignore_errors=True)
    model = Model()
    with Index.open(tmp_path / "store", embedder=WordEmbeddings()) as index:
        for release, (contents, walked, prune, bare, removed) in enumerate(sequence, 1):
            items: list[Any] = []
            for source, gives in contents.items():
                root = SOURCES[source]
                model.visit(source, root, release, gives)
                outcome = Outcome.FAILED if gives is None else Outcome.READ
                items += [numbered(number, release) for number in sorted(gives or ())]
                items.append(Visit(source, root, outcome, stamp(release)))
            items += [numbered(number, release) for number in bare]
            model.articles.update({f"a{number}": release for number in bare})
            index.add([*items, *map(Walk, walked)], prune=prune)
            if prune and index.exists(tmp_path / "store"):
                for root in walked:
                    model.prune(root, set(contents))
                for source in contents:
                    model.drop(model.once.pop(source, set()))
            if removed and f"a{removed}" in model.articles:
                index.remove(f"a{removed}")
                model.remove(f"a{removed}")
            assert {one.id: one for one in index.articles()} == {
                name: numbered(int(name[1:]), of) for name, of in model.articles.items()
            }
        assert index.check().sound


@given(runs)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_index_twice_equals_index_once(tmp_path: Path, sequence: list[Any]) -> None:
    rmtree(tmp_path / "store", ignore_errors=True)
    with Index.open(tmp_path / "store", embedder=WordEmbeddings()) as index:
        for contents, walked, prune, *_ in sequence:
            items = [
                item
                for source, gives in contents.items()
                if gives is not None
                for item in visited(source, SOURCES[source], *sorted(gives))
            ]
            run = [*items, *map(Walk, walked)]
            index.add(run, prune=prune)
            once = generation(index), state(index)
            report = index.add(run, prune=prune)
            assert (report.added, report.changed, report.removed) == (0, 0, 0)
            assert (generation(index), state(index)) == once


# Breaking off

INTERRUPTED = """
import time
import index.ingest.ingest
from index import Stamp, Visit
index.ingest.ingest.BATCH = 8
def slowly():
    for number in range(1000):
        yield numbered(number)
        yield Visit(f"/news/{{number}}.md", "/news", stamp=Stamp(number))
        print(number, flush=True)
        time.sleep(0.01)
opened.add(slowly())
"""


class Stopping(WordEmbeddings):
    """A run with it is told to stop when four slices of passages are embedded."""

    def __init__(self) -> None:
        super().__init__()
        self.slices: list[int] = []

    def embed(self, texts: Sequence[str]) -> Any:
        self.slices.append(len(texts))
        return super().embed(texts)

    def stopped(self) -> bool:
        return len(self.slices) >= 4


def test_a_run_that_is_stopped_embeds_no_further_and_counts_what_is_published(tmp_path: Path) -> None:
    embedder = Stopping()
    with Index.open(tmp_path / "store", embedder=embedder) as opened:
        opened.add(map(numbered, range(3)))
        embedder.slices.clear()
        report = opened.add(map(numbered, range(3, BATCH + 600)), prune=True, stopped=embedder.stopped)
        assert embedder.slices == [SLICE] * (BATCH // SLICE + 1)  # one batch, and the first slice of the next
        assert counts(report) == (BATCH, 0, 0, 0)
        assert len(opened) == BATCH + 3
        assert opened.check().sound
        assert counts(opened.add(map(numbered, range(BATCH + 3, BATCH + 8)))) == (5, 0, 0, 0)


def test_a_run_stopped_from_the_keyboard_keeps_what_is_complete_and_the_next_goes_on(
    tmp_path: Path, words: WordEmbeddings
) -> None:
    with child(OPENED + INTERRUPTED, tmp_path / "store") as process:
        assert process.stdout is not None
        assert any(line == "40\n" for line in process.stdout)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode == -signal.SIGINT
    with Index.open(tmp_path / "store", embedder=words) as index:
        kept = len(index)
        assert 32 <= kept < 1000
        assert [index.known(f"/news/{number}.md") for number in range(kept - 1)] == list(map(Stamp, range(kept - 1)))
        assert not any(index.known(f"/news/{number}.md") for number in range(kept, 60))
        report = index.add(map(numbered, range(60)))
        assert (report.unchanged, report.added) == (kept, 60 - kept)
        assert index.check().sound


def test_a_slow_run_that_breaks_off_keeps_what_it_had_read(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch takes many articles; where reading them takes long, they are published before it is full."""

    def slowly() -> Iterator[Reading]:
        for number in range(3):
            yield from (numbered(number), Visit(f"/news/{number}.md", "/news", stamp=Stamp(number)))
        raise KeyboardInterrupt

    monkeypatch.setattr("index.ingest.ingest.PAUSE", 0.0)
    with pytest.raises(KeyboardInterrupt):
        index.add(slowly())
    assert len(index) == 3
    assert [index.known(f"/news/{number}.md") for number in range(3)] == [Stamp(0), Stamp(1), Stamp(2)]


def release_of(number: int) -> list[Reading]:
    """A folder as it was at one release: every other time with an article whose copies are to find another original."""
    items: list[Reading] = []
    for each in range(24):
        items += [numbered(each, number), Visit(f"{FOLDER}/{each}.md", FOLDER, stamp=stamp(number))]
    for outlet in ("Courier", "Post", "Mail")[number % 2 :]:
        text = " ".join(f"word{each} is said" for each in range(60))
        items += [
            Article(outlet, "Words", text, outlet=outlet),
            Visit(f"{FOLDER}/{outlet}", FOLDER, stamp=stamp(number)),
        ]
    return [*items, Walk(FOLDER)]


RELEASES = """
import index.ingest.ingest
from tests.test_intake import release_of
index.ingest.ingest.BATCH = 8
for release in range({release}, 10**6):
    opened.add(release_of(release), prune=True)
    print(release, flush=True)
"""


@pytest.mark.slow
def test_a_run_killed_at_any_moment_is_made_good_by_the_next(tmp_path: Path, words: WordEmbeddings) -> None:
    for kill in range(5):
        with child(OPENED + RELEASES, tmp_path / "store", release=100 * kill) as process:
            assert process.stdout is not None
            assert process.stdout.readline()
            time.sleep(random.uniform(0, 0.6))
            process.send_signal(signal.SIGKILL)
            process.wait()
        with Index.open(tmp_path / "store", embedder=words) as index:
            held = {f"{FOLDER}/{each}.md": f"a{each}" for each in range(24)}
            assert all(index.article(one) for source, one in held.items() if index.known(source))
    for release in (998, 999):
        for path in ("store", "clean"):
            with Index.open(tmp_path / path, embedder=words) as index:
                index.add(release_of(release), prune=True)
                assert index.check().sound
    with (
        Index.open(tmp_path / "store", embedder=words) as index,
        Index.open(tmp_path / "clean", embedder=words) as clean,
    ):
        assert state(index) == state(clean)
        assert [index.known(f"{FOLDER}/{each}.md") for each in range(24)] == [stamp(999)] * 24
        assert {article.id: len(article.also) for article in index.articles() if article.outlet} == {"Post": 1}
