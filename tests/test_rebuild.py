"""An index made again with other settings, or from an older format: in one moment for readers, and never twice."""

from __future__ import annotations

import hashlib
import signal
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from index import Article, Index, StoreMismatch, StoreMissing
from index.store import lexicon
from index.store.ledger import Ledger
from index.store.lexicon import ANALYSIS
from index.store.schema import SCHEMA
from index.text.words import terms
from tests.conftest import WordEmbeddings
from tests.stores import PRELUDE, Contents, answers, ask, child, chroma_server, contents, numbered, state

QUESTIONS = ["subject1", "subject7", "release2", "much else is the same"]


class Wide(WordEmbeddings):
    """Another embedder, of another dimension, that says how many texts it read."""

    name = "wide"
    dimension = 300

    def __init__(self) -> None:
        self.read = 0

    def embed(self, texts: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        self.read += len(texts)
        return super().embed(texts)


class Turned(WordEmbeddings):
    """Another embedder of the same dimension: only its name tells its vectors from those of the first."""

    name = "turned"

    def embed(self, texts: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
        return np.ascontiguousarray(super().embed(texts)[:, ::-1])


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with some history."""
    path = tmp_path / "store"
    with Index.open(path, embedder=WordEmbeddings()) as index:
        index.add(map(numbered, range(20)))
        index.add(numbered(number, 2) for number in range(0, 20, 3))
        index.remove("a4")
    return path


def rebuilt(path: Path, embedder: WordEmbeddings) -> Contents:
    with Index.open(path, embedder=embedder, agree=False) as index:
        index.rebuild()
        return contents(index)


def clean(path: Path, articles: Sequence[Article], embedder: WordEmbeddings) -> tuple[Contents, object]:
    """What a store of some articles holds and answers when it is built at once."""
    with Index.open(path, embedder=embedder) as index:
        index.add(articles)
        return contents(index), answers(index, QUESTIONS)


@pytest.mark.parametrize("embedder", [Wide, Turned, WordEmbeddings])
def test_a_store_that_is_made_again_equals_one_that_was_built_so(
    store: Path, tmp_path: Path, embedder: Callable[[], WordEmbeddings]
) -> None:
    with Index.open(store, embedder=embedder(), agree=False) as index:
        told: list[int] = []
        report = index.rebuild(progress=told.append)
        assert (report.changed, told[-1]) == (19, 19)
        assert all(finding.ok for finding in index.examine())
        assert (contents(index), answers(index, QUESTIONS)) == clean(
            tmp_path / "clean", list(index.articles()), embedder()
        )
    with sqlite3.connect(store / "ledger.sqlite") as connection:
        assert connection.execute("SELECT count(DISTINCT edition), count(*) FROM passage").fetchone() == (1, 19)
        assert connection.execute("SELECT count(*) FROM edition").fetchone() == (1,)
    connection.close()


def test_the_size_of_passages_is_made_again_too(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Index.open(store, embedder=WordEmbeddings()) as index:
        assert len(index.passages("a1")) == 1
        monkeypatch.setattr("index.index.CHUNK", 8)
        index.add([numbered(30)])
        assert len(index.passages("a30")) == 1, "what is added is cut as the store was made"
        index.rebuild()
        assert (len(index.passages("a1")), len(index.passages("a30"))) == (2, 2)
        index.add([numbered(31)])
        assert len(index.passages("a31")) == 2
        assert index.check().sound


def test_another_embedder_is_refused_with_its_remedy_until_the_store_is_made_again(store: Path) -> None:
    with pytest.raises(StoreMismatch, match=r"embedder words, not wide\. Run `byline index --rebuild`"):
        Index.open(store, embedder=Wide())
    with Index.open(store, embedder=Wide(), agree=False) as index:
        for refused in (lambda: index.search("subject1"), lambda: index.add([numbered(40)])):
            with pytest.raises(StoreMismatch):
                refused()
        assert len(index) == 19
        index.rebuild()
        assert index.search("subject1")[0].passage.article_id == "a1"
    with pytest.raises(StoreMismatch, match="embedder wide, not words"):
        Index.open(store, embedder=WordEmbeddings())


@pytest.mark.parametrize("embedder", [Wide, Turned])
def test_readers_see_the_old_one_until_the_new_one_is_published_and_then_a_mismatch(
    store: Path, embedder: Callable[[], WordEmbeddings]
) -> None:
    program = PRELUDE + (
        "from index import StoreMismatch\n"
        "opened = Index.open(store, embedder=WordEmbeddings())\n"
        "for line in sys.stdin:\n"
        "    try: print(opened.search(line)[0].passage.article_id, flush=True)\n"
        "    except StoreMismatch: print('mismatch', flush=True)\n"
    )
    with (
        child(program, store) as elsewhere,
        Index.open(store, embedder=WordEmbeddings()) as here,
        Index.open(store, embedder=embedder(), agree=False) as index,
    ):
        before = contents(here)

        def look(done: int) -> None:
            assert ask(elsewhere, "subject1") == ["a1"]
            assert here.search(f"subject{min(done, 3)}")[0].passage.article_id == f"a{min(done, 3)}"
            assert contents(here) == before

        index.rebuild(progress=look)
        assert ask(elsewhere, "subject1") == ["mismatch"]
        with pytest.raises(StoreMismatch, match=r"not words"):
            here.search("subject1")
        assert state(here) == before.seen  # the articles are read by any


def interrupt(after: int) -> Callable[[int], None]:
    def tell(done: int) -> None:
        if done >= after:
            raise KeyboardInterrupt

    return tell


def test_one_that_is_interrupted_changes_nothing_and_goes_on_later(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.ingest.rebuild.BATCH", 4)
    with Index.open(store, embedder=WordEmbeddings()) as index:
        before = contents(index), answers(index, QUESTIONS)
    with Index.open(store, embedder=Wide(), agree=False) as index, pytest.raises(KeyboardInterrupt):
        index.rebuild(progress=interrupt(12))
    with Index.open(store, embedder=WordEmbeddings()) as index:
        assert (contents(index), answers(index, QUESTIONS)) == before
        index.add([numbered(50), numbered(1, 9)])  # while it is half done, with the old embedder
        index.remove("a2")
        assert all(finding.ok for finding in index.examine())
    wide = Wide()
    with Index.open(store, embedder=wide, agree=False) as index:
        told: list[int] = []
        index.rebuild(progress=told.append)
        assert told[-1] == 19
        assert wide.read == 19 - 12 + 2, "what was made before and is still there was made again"
        assert (contents(index), answers(index, QUESTIONS)) == clean(tmp_path / "new", list(index.articles()), Wide())


def test_one_that_was_interrupted_is_dropped_by_one_with_other_settings(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.ingest.rebuild.BATCH", 4)
    with Index.open(store, embedder=Wide(), agree=False) as index, pytest.raises(KeyboardInterrupt):
        index.rebuild(progress=interrupt(12))
    with Index.open(store, embedder=Turned(), agree=False) as index:
        index.rebuild()
        assert all(finding.ok for finding in index.examine())
        assert index._store.ledger.size() == 19


REBUILDING = (
    PRELUDE
    + """
import index.ingest.rebuild
from tests.test_rebuild import Wide
index.ingest.rebuild.BATCH = 4
with Index.open(store, embedder=Wide(), agree=False) as opened:
    print("begun", flush=True)
    opened.rebuild()
    print("done", flush=True)
"""
)


@pytest.mark.slow
def test_one_that_is_killed_leaves_the_old_one_or_the_new_one(store: Path, tmp_path: Path) -> None:
    chance = Random(3)
    with Index.open(store, embedder=WordEmbeddings()) as index:
        old = contents(index)
        new, _ = clean(tmp_path / "new", list(index.articles()), Wide())
    for kill in range(8):
        with child(REBUILDING, store) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0, 0.5))
            process.send_signal(signal.SIGKILL)
        settings = Ledger(store).settings()
        embedder = Wide() if settings.embedder == "wide" else WordEmbeddings()
        with Index.open(store, embedder=embedder) as index:
            index.settle()
            assert all(finding.ok for finding in index.examine()), kill
            assert contents(index) == (new if settings.embedder == "wide" else old), kill
        if settings.embedder == "wide":
            rebuilt(store, WordEmbeddings())
    assert rebuilt(store, Wide()) == new


@pytest.mark.slow
def test_a_store_on_a_server_is_made_again_too(tmp_path: Path) -> None:
    with chroma_server(tmp_path / "server") as url:
        with Index.open(tmp_path / "store", embedder=WordEmbeddings(), url=url) as here:
            here.add(map(numbered, range(9)))
            with Index.open(tmp_path / "store", embedder=Wide(), url=url, agree=False) as index:

                def look(done: int) -> None:
                    assert here.search("subject1")[0].passage.article_id == "a1", done

                index.rebuild(progress=look)
                assert index.search("subject1")[0].passage.article_id == "a1"
                index.add([numbered(1, 2)])
                index.remove("a3")
                assert "release2" in index.search("subject1")[0].passage.text
                assert all(finding.ok for finding in index.examine())
            with pytest.raises(StoreMismatch):
                here.search("subject1")
        import chromadb

        names = [one.name for one in chromadb.HttpClient(port=int(url.rpartition(":")[2])).list_collections()]
        assert len(names) == 1, "the collection of the old embedder is left behind"


def test_there_must_be_a_store_to_make_again(tmp_path: Path) -> None:
    with Index.open(tmp_path / "none", embedder=WordEmbeddings()) as index, pytest.raises(StoreMissing):
        index.rebuild()
    assert not (tmp_path / "none").exists()


# The analysis of words


def test_words_of_another_analysis_are_made_again_without_embedding(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Index.open(store, embedder=WordEmbeddings()) as index:
        before = contents(index), answers(index, QUESTIONS)
    monkeypatch.setattr(lexicon, "ANALYSIS", ANALYSIS + 1)
    embedder = Wide()
    embedder.name, embedder.dimension = "words", 256
    with Index.open(store, embedder=embedder) as index:
        with pytest.raises(StoreMismatch, match="the word index"):
            index.search("subject1")
        read = embedder.read
        index.settle()
        assert embedder.read == read
        assert (contents(index), answers(index, QUESTIONS)) == before
        assert {path.name for path in (store / "words").iterdir()} == {
            f"words-{ANALYSIS + 1}a",
            f"words-{ANALYSIS + 1}b",
        }


def test_the_analysis_of_words_has_the_number_of_what_it_does() -> None:
    sample = (
        "The WHO's 2,300 re-elected members weren't in São Paulo. 世卫组织于7月15日宣布退出。 臺灣選舉 "
        "U.S. café, e-mail@x.org"
    )
    marks = {ANALYSIS: "4655844602388ba8"}
    assert hashlib.sha256(" ".join(terms(sample)).encode()).hexdigest()[:16] == marks[ANALYSIS], (
        "the analysis of words changed: raise ANALYSIS, so that stores make their words again"
    )


# Formats

FORMAT_1 = """
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE published (generation INTEGER NOT NULL, vectors TEXT NOT NULL);
CREATE TABLE follower (
    name TEXT PRIMARY KEY,
    reached INTEGER NOT NULL,  -- holds every passage born until then
    swept INTEGER NOT NULL,    -- holds no passage that died until then
    whole INTEGER NOT NULL     -- 0 from before it is written until after
);
CREATE TABLE article (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    born INTEGER NOT NULL,
    died INTEGER,
    digest TEXT NOT NULL,
    version TEXT NOT NULL,
    day INTEGER,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT,
    author TEXT,
    outlet TEXT,
    published TEXT,
    modified TEXT,
    as_of TEXT,
    kind TEXT,
    language TEXT,
    fetched TEXT,
    sources TEXT NOT NULL,
    text TEXT NOT NULL         -- last: a list of articles does not read it
);
CREATE INDEX article_id ON article (id);
CREATE INDEX article_born ON article (born, died);
CREATE INDEX article_died ON article (died) WHERE died IS NOT NULL;
CREATE INDEX article_outlet ON article (outlet);
CREATE INDEX article_author ON article (author);
CREATE INDEX article_kind ON article (kind);
CREATE INDEX article_language ON article (language);
CREATE TABLE passage (
    key INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice: followers may still hold a dead one
    article INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    text TEXT NOT NULL,        -- a copy, so that a hit does not read the whole article
    vector BLOB NOT NULL       -- float16, little-endian
);
CREATE INDEX passage_article ON passage (article);
"""
COLUMNS_1 = (
    "number, born, died, digest, version, day, id, title, url, author, outlet, published, modified, as_of, kind, "
    "language, fetched, sources, text"
)


@pytest.fixture
def old(store: Path) -> Path:
    """The same store as format 1 had it, with what that left beside it, and in the middle of a write."""
    with sqlite3.connect(store / "old.sqlite") as connection:
        connection.executescript(FORMAT_1)
        connection.execute("ATTACH ? AS new", (str(store / "ledger.sqlite"),))
        connection.execute(f"INSERT INTO article SELECT {COLUMNS_1} FROM new.article")
        connection.execute("INSERT INTO passage SELECT key, article, start, end, text, vector FROM new.passage")
        connection.execute("INSERT INTO setting SELECT * FROM new.setting")
        connection.execute("INSERT INTO setting VALUES ('embedder', 'words'), ('dimension', '256'), ('chunk', '200')")
        connection.execute("INSERT INTO published SELECT generation, 'a' FROM new.published")
        connection.execute("UPDATE article SET digest = 'of the old kind'")
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    for file in store.glob("ledger.sqlite*"):
        file.unlink()
    (store / "old.sqlite").replace(store / "ledger.sqlite")
    (store / "words" / "meta.json").write_text("{}")
    return store


def tables(path: Path) -> list[tuple[str, ...]]:
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY 1, 2").fetchall()
    connection.close()
    return found


def test_reading_a_store_of_the_format_before_says_what_to_do(old: Path) -> None:
    with pytest.raises(StoreMismatch, match=r"format 1, not 3\. Run `byline doctor --deep`"):
        Index.open(old, embedder=WordEmbeddings())


@pytest.mark.parametrize("way", ["settle", "mend", "add"])
def test_a_store_of_the_format_before_is_brought_up_to_date_without_embedding(
    old: Path, tmp_path: Path, way: str
) -> None:
    embedder = Wide()
    embedder.name, embedder.dimension = "words", 256
    with Index.open(old, embedder=embedder, agree=False) as index:
        if way == "add":
            assert index.add(map(numbered, [1])).unchanged == 1, "its digests are of the old kind"
        else:
            getattr(index, way)()
        assert embedder.read == 0
        assert all(finding.ok for finding in index.examine())
        assert (contents(index), answers(index, QUESTIONS)) == clean(
            tmp_path / "clean", list(index.articles()), WordEmbeddings()
        )
    assert tables(old / "ledger.sqlite") == tables(tmp_path / "clean" / "ledger.sqlite")


def test_copies_of_articles_of_the_format_before_are_found(old: Path) -> None:
    text = " ".join(f"word{number} is said" for number in range(60))
    with sqlite3.connect(old / "ledger.sqlite") as connection:
        connection.execute("UPDATE article SET outlet = 'Courier', text = ? WHERE id = 'a1'", (text,))
    connection.close()
    with Index.open(old, embedder=WordEmbeddings(), agree=False) as index:
        assert index.add([Article("copy", "Words", text, outlet="Post")]).duplicate == 1
        assert [each.article_id for each in index.article("a1").also] == ["copy"]


def test_a_store_of_the_format_before_may_be_made_again_with_another_embedder(old: Path, tmp_path: Path) -> None:
    with Index.open(old, embedder=Wide(), agree=False) as index:
        index.rebuild()
        assert (contents(index), answers(index, QUESTIONS)) == clean(tmp_path / "clean", list(index.articles()), Wide())


def test_one_that_fails_on_the_way_is_as_it_was(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (old / "ledger.sqlite").read_bytes()
    monkeypatch.setattr("index.store.migrate.STEPS", {1: SCHEMA.replace("CREATE", "COMPLAIN", 1)})
    with Index.open(old, embedder=WordEmbeddings(), agree=False) as index, pytest.raises(Exception, match="COMPLAIN"):
        index.settle()
    assert (old / "ledger.sqlite").read_bytes() == before


def test_articles_keep_their_numbers_facts_and_order(old: Path) -> None:
    dated = replace(numbered(60), published=None)
    with Index.open(old, embedder=WordEmbeddings(), agree=False) as index:
        index.add([dated])
        assert [one for one in index.articles() if one.id == "a60"] == [dated]
        assert len(index) == 20
