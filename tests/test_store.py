"""The index as a store: exactly once, for many processes, whole after a crash."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from itertools import count
from pathlib import Path
from shutil import rmtree
from threading import Event
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import (
    Article,
    ArticleMissing,
    Failure,
    Filters,
    Index,
    Kind,
    Source,
    StoreBusy,
    StoreDamaged,
    StoreMismatch,
    StoreMissing,
    UsageError,
    version,
)
from index.store.ledger import Ledger, PassageEntry
from index.store.lexicon import Lexicon
from index.store.lock import writing
from index.store.retrieval import Retrieval
from index.store.store import Store
from index.store.vectors import COLLECTION, DEPTH, Moved, _collection
from tests.conftest import WordEmbeddings
from tests.stores import IN_A_FILE, OPENED, ask, child, chroma_server, found, numbered, state

FULL = Article(
    "https://example.org/who",
    "The US leaves the WHO",
    "The notice was sent on 6 July 2020. It takes effect after a year.\n\nOthers stay. 世卫组织留下。",
    url="https://example.org/who",
    author="Yang Jin and Li Wei",
    outlet="Global Times",
    published=datetime(2020, 7, 15, 13, 3, 40, tzinfo=UTC),
    modified=date(2020, 7, 16),
    as_of=date(2020, 7, 6),
    kind=Kind.OPINION,
    language="en",
    fetched=datetime(2026, 1, 1, 12),
    sources=(Source("United Nations", "Depositary notification", "2020-07-06"), Source("State Department", "Briefing")),
)


@pytest.fixture
def index(tmp_path: Path, words: WordEmbeddings, kept_in: str | None) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=words, database_url=kept_in) as opened:
        yield opened


# One process


def test_a_store_into_which_nothing_came_yet_is_sound(tmp_path: Path, words: WordEmbeddings) -> None:
    with Index.open(tmp_path, embedder=words) as index:
        with index._writing():  # as a writer leaves it that is killed at its start
            pass
        assert Index.exists(tmp_path)
        assert all(finding.ok for finding in index.examine()), list(index.examine())
        index.add([FULL])
        assert all(finding.ok for finding in index.examine())


def test_an_article_comes_back_as_it_went_in(index: Index) -> None:
    bare = Article("bare", "", "Only a text.")
    dated = replace(bare, id="dated", published=date(2020, 7, 15))
    index.add([FULL, bare, dated])
    assert [index.article(one.id) for one in (FULL, bare, dated)] == [FULL, bare, dated]
    assert list(index.articles()) == sorted([FULL, bare, dated], key=lambda one: one.id)
    assert len(index) == 3


def test_passages_are_spans_of_their_article(index: Index) -> None:
    index.add([FULL])
    passages = index.passages(FULL.id)
    assert passages
    assert all(FULL.text[one.start : one.end] == one.text for one in passages)


def test_opening_and_reading_make_nothing(tmp_path: Path, words: WordEmbeddings) -> None:
    with Index.open(tmp_path / "store", embedder=words) as index:
        assert not Index.exists(tmp_path / "store")
        assert (len(index), list(index.articles()), len(index.search("anything"))) == (0, [], 0)
        assert index.rarity(["anything"]) == index.rarity(["else"])
        assert index.check().sound
        with pytest.raises(ArticleMissing):
            index.article("a1")
        assert index.add([Failure("feed", "it is down")]).failed == 1
        assert index.add([]).added == 0
    assert list(tmp_path.iterdir()) == []


def test_an_index_is_made_without_articles_and_one_that_is_there_stays(index: Index, kept_in: str | None) -> None:
    index.make()
    assert Index.exists(index.path, kept_in)
    assert (len(index), len(index.search("anything")), index.inventory().total) == (0, 0, 0)
    assert index.check().sound
    index.add([FULL])
    before = index._store.ledger.published()
    index.make()
    assert index._store.ledger.published() == before
    assert index.article(FULL.id) == FULL


def test_a_missing_store_is_a_mistake_of_the_caller() -> None:
    assert issubclass(StoreMissing, UsageError)


def test_what_does_not_change_is_left_alone(index: Index) -> None:
    index.add([FULL])
    before = index._store.ledger.published()
    report = index.add([replace(FULL, fetched=datetime(2026, 2, 2))])  # when it was fetched is not a fact of it
    assert (report.added, report.changed, report.unchanged) == (0, 0, 1)
    assert index._store.ledger.published() == before


@pytest.mark.parametrize(
    "changed",
    [
        replace(FULL, text=FULL.text + " More."),
        replace(FULL, title="Another title"),
        replace(FULL, author="Somebody Else"),
        replace(FULL, published=None),
        replace(FULL, kind=Kind.REPORT),
        replace(FULL, sources=()),
    ],
)
def test_a_changed_text_or_fact_replaces_the_article(index: Index, changed: Article) -> None:
    index.add([FULL])
    report = index.add([changed])
    assert (report.added, report.changed, report.unchanged) == (0, 1, 0)
    assert list(index.articles()) == [changed]
    assert index.check().sound


def test_the_last_of_one_id_in_a_run_wins(index: Index) -> None:
    report = index.add([numbered(1, 1), numbered(1, 2), numbered(2), numbered(1, 3)])
    assert (report.added, report.changed) == (2, 2)
    assert index.article("a1") == numbered(1, 3)
    assert index.check().sound


@IN_A_FILE
def test_a_removed_article_is_gone(index: Index, tmp_path: Path) -> None:
    index.add([numbered(1), numbered(2)])
    index.remove("a1")
    assert [one.id for one in index.articles()] == ["a2"]
    assert {hit.passage.article_id for hit in index.search("subject1")} == {"a2"}
    with pytest.raises(ArticleMissing):
        index.remove("a1")
    assert index.check().sound
    index.close()
    left = b"".join(path.read_bytes() for path in (tmp_path / "store").glob("ledger*"))
    assert b"subject2" in left
    assert b"subject1" not in left


@pytest.mark.parametrize(
    "article",
    [
        Article("blank", "Blank", " \n\u3000\n"),
        Article("", "No id", "A text."),
        Article("half", "Half a pair", "A text \ud83d of half a pair."),
        Article("half \ud83d", "Half a pair", "A text."),
    ],
)
def test_an_article_that_cannot_be_kept_is_a_failure_and_the_others_go_on(index: Index, article: Article) -> None:
    report = index.add([article, numbered(1)])
    assert (report.failed, report.added) == (1, 1)
    assert [one.id for one in index.articles()] == ["a1"]


def test_an_article_larger_than_a_batch_is_published_whole(index: Index) -> None:
    text = "\n\n".join(f"Paragraph {number} has some words of its own. " * 20 for number in range(300))
    index.add([numbered(1), Article("long", "Long", text), numbered(2)])
    assert len(index.passages("long")) >= 256
    assert index.check().sound


def test_progress_counts_what_is_done(index: Index) -> None:
    told: list[int] = []
    index.add((numbered(number) for number in range(600)), progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 600
    assert len(told) > 2


@IN_A_FILE
def test_a_run_that_is_interrupted_keeps_what_was_published(
    index: Index, tmp_path: Path, words: WordEmbeddings
) -> None:
    def interrupted() -> Iterator[Article]:
        yield from map(numbered, range(300))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index.add(interrupted())
    published = len(index)
    assert 0 < published < 300
    with Index.open(tmp_path / "store", embedder=words) as other:  # which the first holds nothing back from
        report = other.add(map(numbered, range(300)))
    assert (report.added, report.unchanged) == (300 - published, published)
    assert index.check().sound


articles = st.lists(
    st.builds(
        Article,
        id=st.sampled_from("abcd"),
        title=st.text("xyz ", max_size=8),
        text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=60),
        author=st.none() | st.sampled_from(["A", "B"]),
        published=st.none() | st.dates(),
    ),
    max_size=5,
)


@given(articles)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_index_twice_equals_index_once(tmp_path: Path, added: list[Article]) -> None:
    rmtree(tmp_path / "store", ignore_errors=True)
    with Index.open(tmp_path / "store", embedder=WordEmbeddings()) as index:
        last = {one.id: one for one in added if one.text.strip()}
        index.add(added)
        once = state(index)
        report = index.add(last.values())
        assert state(index) == once
        assert (report.added, report.changed, report.unchanged) == (0, 0, len(last))
        assert {key: article for key, (article, _) in once.items()} == last
        assert index.check().sound


def test_versions_tell_texts_apart() -> None:
    assert version("a text") == version("a text") != version("a text.")


# Several processes and threads

# Answers each line with the articles found for it: by words and meaning, then by words alone, then by meaning alone.
SEARCHING = (
    OPENED
    + """
from tests.stores import found
for line in sys.stdin: print(*(",".join(ids) for ids in found(opened, line)), flush=True)
"""
)
# Adds the article of each number that it is told.
WRITING = OPENED + "for line in sys.stdin: print(opened.add([numbered(int(line))]).added, flush=True)"


@IN_A_FILE
def test_a_reader_in_another_process_sees_each_write_at_its_next_search(index: Index, tmp_path: Path) -> None:
    index.add(map(numbered, range(5)))
    with child(SEARCHING, tmp_path / "store") as reader:
        assert all("a1" in ids.split(",") for ids in ask(reader, "subject1"))
        for number in range(100, 103):  # over both copies of the vectors
            index.add([numbered(number)])
            assert all(f"a{number}" in ids.split(",") for ids in ask(reader, f"subject{number}"))
            index.remove(f"a{number}")
            assert not any(f"a{number}" in ids.split(",") for ids in ask(reader, f"subject{number}"))
        _, _, by_meaning = ask(reader, "subject1")
        assert sorted(by_meaning.split(",")) == [f"a{number}" for number in range(5)]


@IN_A_FILE
def test_processes_may_write_in_turn(index: Index, tmp_path: Path) -> None:
    index.add([numbered(0)])
    with child(WRITING, tmp_path / "store") as writer:
        for number in range(1, 9, 2):
            assert ask(writer, str(number)) == ["1"]
            assert index.add([numbered(number + 1)]).added == 1
            assert index.check().sound
            assert len(found(index, "release1")[2]) == number + 2


def test_a_search_that_a_writer_overtakes_looks_again(tmp_path: Path, words: WordEmbeddings) -> None:
    class Overtaken(Retrieval):
        overtake: Callable[[], object] | None = None

        def _near(self, *question: Any) -> list[int]:
            near = super()._near(*question)
            overtake, self.overtake = self.overtake, None
            if overtake:
                overtake()
            return near

    with Index.open(tmp_path, embedder=words) as index:
        index.add([numbered(1, 1)])
        reader = Store(tmp_path)
        retrieval = Overtaken(reader.ledger, reader._scope, reader.followers, reader._agreement)
        reader._retrieval = retrieval
        for release in (2, 3):
            retrieval.overtake = partial(index.add, [numbered(1, release)])
            (seen,) = reader.candidates(words.embed(["subject1"])[0], ["subject1"], 9, Filters())
            assert f"release{release}" in seen.found.passage.text
        reader.close()


@IN_A_FILE
def test_vectors_of_another_moment_are_not_read(index: Index) -> None:
    index.add([numbered(1)])
    generation, _, name, _ = index._store.ledger.published()
    (other,), vector = {"a", "b"} - {name}, index.embed(["subject1"])[0]
    copies = {copy.name: copy for copy in index._store.followers._copies}
    assert len(copies[name].near(generation, vector, 9, None)) == 1
    for copy, at in ((name, generation - 1), (other, generation)):
        with pytest.raises(Moved):
            copies[copy].near(at, vector, 9, None)


@IN_A_FILE
def test_a_store_that_was_made_with_another_depth_gets_ours_with_the_next_article(index: Index) -> None:
    index.add([numbered(1)])
    for copy in index._store.followers._copies:
        with copy._exclusive():
            copy._client.open(0, create=True)
            copy._client.collection.modify(configuration={"hnsw": {"ef_search": 100}})
    index.add([numbered(2)])
    name = index._store.ledger.published().vectors
    (written,) = (copy for copy in index._store.followers._copies if copy.name == name)
    assert written._client.collection.configuration["hnsw"]["ef_search"] == DEPTH
    assert index.search("subject1", 1)[0].passage.article_id == "a1"


# Another process, since SQLite's locks do not hold within one. Who waits for the lock keeps Python from doing anything
# else, and so the lock is given back after a while.
LOCKING = """
import select, sqlite3, sys
database = sqlite3.connect({store!r}, isolation_level=None)
database.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
told, *_ = select.select([sys.stdin], [], [], 30)
database.execute("ROLLBACK")
sys.stdin.readline()
print("told" if told else "given up", flush=True)
"""


@IN_A_FILE
def test_a_collection_that_is_there_is_opened_without_a_lock(index: Index) -> None:
    """Chroma's own `get_or_create_collection` locks its database, and what is written next may find it locked."""
    index.add([numbered(1)])
    copy = next(each for each in index._store.followers._copies if each.present())
    with copy._exclusive():
        copy._client.open(0)
        with child(LOCKING, copy._folder / "chroma.sqlite3") as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "locked\n"
            assert _collection(copy._client._client, COLLECTION).count() == 1
            assert ask(other, "it is open") == ["told"]


def test_threads_search_while_another_adds(index: Index) -> None:
    count = 60
    index.add(numbered(number, 0) for number in range(count))

    def searched(number: int) -> bool:
        return index.search(f"subject{number % count}", 1)[0].passage.article_id == f"a{number % count}"

    with ThreadPoolExecutor(5) as pool:
        adding = pool.submit(lambda: [index.add(numbered(n, release) for n in range(count)) for release in (1, 2, 3)])
        while not adding.done():
            assert all(pool.map(searched, range(count)))
        assert [report.changed for report in adding.result()] == [count] * 3
    assert index.check().sound


@IN_A_FILE
def test_two_indexes_of_one_process_share_a_store(index: Index, tmp_path: Path, words: WordEmbeddings) -> None:
    index.add([numbered(1)])
    with Index.open(tmp_path / "store", embedder=words) as other:
        assert other.search("subject1")[0].passage.article_id == "a1"
        other.add([numbered(2)])
        assert index.search("subject2")[0].passage.article_id == "a2"
    assert index.search("subject2")[0].passage.article_id == "a2"


def test_words_are_made_again_while_threads_read_them(tmp_path: Path) -> None:
    entry = PassageEntry(1, 1, "The port opened.", b"", "The port", None, None, None, None, None, None, None)
    words, done = Lexicon(tmp_path, "a"), Event()

    def read() -> None:
        for generation in count():
            if done.is_set():
                return
            with suppress(StoreDamaged):  # as long as it is being made again
                words.frequencies(generation, ["port"])

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(3)]
        try:
            for generation in range(30):
                words.become(None)
                words.write([[entry]], (), generation)
        finally:
            done.set()
        for reader in readers:
            reader.result()
    assert words.keys(0) == [1]


def test_an_index_that_was_closed_opens_again(index: Index) -> None:
    index.add([numbered(1)])
    index.close()
    assert index.search("subject1")[0].passage.article_id == "a1"


SAID = rf"Process {os.getpid()} is writing to the index at .* \(since \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{{4}}\)"


def test_a_second_writer_waits_then_says_who_is_writing_and_since_when(tmp_path: Path, words: WordEmbeddings) -> None:
    with Index.open(tmp_path / "store", embedder=words, patience=0.2) as index:
        index.add([numbered(1)])
        with writing(tmp_path / "store"), pytest.raises(StoreBusy, match=SAID):
            index.add([numbered(2)])
        assert index.search("subject1")[0].passage.article_id == "a1"
        index.add([numbered(2)])


# Crashes and damage


PARTS = ["vectors", "vectors/a", "vectors/b", "words"]


@IN_A_FILE
@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_was_lost_is_made_again_by_mending(index: Index, tmp_path: Path, part: str) -> None:
    index.add(map(numbered, range(20)))
    index.remove("a3")
    index.close()
    rmtree(tmp_path / "store" / part)
    if part in ("vectors", "words"):
        with pytest.raises(StoreDamaged, match="is missing"):
            index.search("subject1")
    assert index.mend().sound
    assert index.search("subject1")[0].passage.article_id == "a1"
    assert index.check().passages == 19


@IN_A_FILE
@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_was_lost_is_made_again_by_the_next_write(index: Index, tmp_path: Path, part: str) -> None:
    index.add(map(numbered, range(20)))
    index.close()
    rmtree(tmp_path / "store" / part)
    for number in (20, 21):
        index.add([numbered(number)])
        assert index.check().sound
        assert index.check().passages == number + 1


@IN_A_FILE
def test_a_copy_that_a_crash_may_have_damaged_is_not_trusted(index: Index, tmp_path: Path) -> None:
    index.add(map(numbered, range(5)))
    ledger = index._store.ledger
    (hidden,) = {"a", "b"} - {ledger.published().vectors}
    ledger.follow(hidden, ledger.followers()[hidden]._replace(whole=False))  # as while it is being written
    (tmp_path / "store" / "vectors" / hidden / "chroma.sqlite3").write_bytes(b"half a page")
    assert index.search("subject1")[0].passage.article_id == "a1"
    for number in (5, 6):
        index.add([numbered(number)])
        assert index.check().sound


@IN_A_FILE
@pytest.mark.parametrize("file", ["vectors/{0.vectors}/chroma.sqlite3", "words/{0.words}/meta.json"])
def test_a_part_that_is_damaged_is_said_to_be_and_mended(index: Index, tmp_path: Path, file: str) -> None:
    index.add(map(numbered, range(5)))
    index.close()
    (tmp_path / "store" / file.format(index._store.ledger.published())).write_bytes(b"nothing such")
    with pytest.raises(StoreDamaged, match="doctor --deep"):
        index.search("subject1")
    assert index.mend().sound
    assert index.search("subject1")[0].passage.article_id == "a1"


@IN_A_FILE
@pytest.mark.parametrize("file", ["vectors/{0.vectors}/chroma.sqlite3", "words/{0.words}/meta.json"])
def test_a_part_that_was_found_damaged_is_made_again_by_the_next_run(index: Index, tmp_path: Path, file: str) -> None:
    index.add(map(numbered, range(5)))
    index.close()
    (tmp_path / "store" / file.format(index._store.ledger.published())).write_bytes(b"nothing such")
    with pytest.raises(StoreDamaged):
        index.search("subject1")
    assert index.add(map(numbered, range(5))).unchanged == 5
    assert index.search("subject1")[0].passage.article_id == "a1"
    assert index.check().sound


@IN_A_FILE
@pytest.mark.parametrize("file", ["vectors/{0.vectors}/chroma.sqlite3", "words/{0.words}/meta.json"])
def test_a_part_that_nobody_found_damaged_is_made_again_by_the_next_run(
    index: Index, tmp_path: Path, file: str
) -> None:
    index.add(map(numbered, range(5)))
    index.close()
    (tmp_path / "store" / file.format(index._store.ledger.published())).write_bytes(b"nothing such")
    assert index.add(map(numbered, range(5))).unchanged == 5
    assert index.search("subject1")[0].passage.article_id == "a1"
    assert index.check().sound


def lose_words(index: Index) -> None:
    """The words of two of twenty articles."""
    index.add(map(numbered, range(20)))
    words = index._store.followers.words(index._store.ledger.published())
    words.write([], [3, 4], 1)
    words.rest("")


@IN_A_FILE
def test_passages_that_one_part_lost_are_made_again_by_the_next_run(index: Index) -> None:
    lose_words(index)
    assert index.add(map(numbered, range(20))).unchanged == 20
    assert index.check().sound


@IN_A_FILE
def test_passages_that_one_part_lost_are_noticed_and_mended(index: Index) -> None:
    lose_words(index)
    assert (index.check().missing, index.check().surplus) == (2, 0)
    assert index.mend().sound


def test_mending_what_is_whole_changes_nothing_that_is_seen(index: Index) -> None:
    index.add(map(numbered, range(20)))
    before = state(index)
    assert index.mend().sound
    assert state(index) == before


def test_a_store_of_another_embedder_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    class Other(WordEmbeddings):
        name = "other"

    class Wider(WordEmbeddings):
        dimension = 300

    with Index.open(tmp_path / "store", embedder=WordEmbeddings()) as index:
        index.add([numbered(1)])
        with pytest.raises(StoreMismatch, match="the embedder words, not other"):
            Index.open(tmp_path / "store", embedder=Other())
        with (
            pytest.raises(StoreMismatch, match="256, not 300"),
            Index.open(tmp_path / "store", embedder=Wider()) as wider,
        ):
            wider.add([numbered(2)])
        assert [one.id for one in index.articles()] == ["a1"]


@IN_A_FILE
def test_a_store_of_a_later_format_is_refused(index: Index, tmp_path: Path, words: WordEmbeddings) -> None:
    index.add([numbered(1)])
    index.close()
    with sqlite3.connect(tmp_path / "store" / "ledger.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreMismatch, match=r"format 99.*Update Byline"):
        Index.open(tmp_path / "store", embedder=words)
    with pytest.raises(StoreMismatch):
        index.add([numbered(2)])


@pytest.mark.parametrize("content", [b"", b"this is not a database" * 500])
def test_a_damaged_ledger_is_said_to_be_damaged(tmp_path: Path, words: WordEmbeddings, content: bytes) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(content)
    with pytest.raises(StoreDamaged, match="Restore it, or delete it"):
        Index.open(tmp_path, embedder=words)


# The ledger by itself


@IN_A_FILE
def test_readers_of_the_ledger_see_only_what_is_published(index: Index, tmp_path: Path) -> None:
    index.add([numbered(1)])
    ledger = Ledger(tmp_path / "store")
    ledger.stage([], gone=["a1"])
    assert [one.id for one in ledger.articles()] == ["a1"]
    assert ledger.staged()
    index.add([])  # nothing to add, so no writer's lock and no recovery
    assert len(index) == 1
    index.add([numbered(2)])  # ends what was staged
    assert [one.id for one in ledger.articles()] == ["a2"]
    ledger.close()


@pytest.mark.slow
def test_vectors_may_be_on_a_chroma_server(tmp_path: Path, words: WordEmbeddings) -> None:
    with chroma_server(tmp_path / "server") as url, Index.open(tmp_path / "store", embedder=words, url=url) as index:
        index.add(map(numbered, range(5)))
        index.add([numbered(1, 2)])
        index.remove("a2")
        assert index.search("subject1", filters=Filters())[0].passage.text.startswith("The subject1 is in release2")
        assert index.check().sound
        with Index.open(tmp_path / "store", embedder=words) as here, pytest.raises(StoreMismatch):
            here.search("subject1")
    with Index.open(tmp_path / "store", embedder=words) as here:  # and move back to the disk with the next write
        here.add([numbered(9)])
        assert here.search("subject1")[0].passage.article_id == "a1"
        assert here.check().sound
