"""What changed of an article, and when, as long as it is here."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from index import Article, ArticleMissing, Index, Kind, Source, Visit, Walk, version
from index.fingerprint import digest
from index.ingest.revision import LONGEST, MOST, revise
from index.store.ledger import ArticleDraft
from index.types import Change
from tests.conftest import WordEmbeddings
from tests.stores import OPENED, child, numbered

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
FIRST = Article(
    "fire",
    "Fire at the mill",
    "Twelve people were hurt. The mill in Vellmar burned for a day. Nobody knows why.",
    author="Tom Okafor",
    outlet="Vellmar Courier",
    published=date(2021, 5, 4),
)
CORRECTED = replace(
    FIRST,
    title="Fire at the old mill",
    text="Two people were hurt. The mill in Vellmar burned for a day. Nobody knows why. The mayor came.",
    modified=datetime(2021, 5, 5, 9, 30, tzinfo=UTC),
)


@pytest.fixture
def index(tmp_path: Path, words: WordEmbeddings) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=words) as opened:
        yield opened


# What changed


def test_a_change_says_which_facts_and_sentences_are_others(index: Index) -> None:
    began = datetime.now(UTC)
    index.add([FIRST])
    assert index.history("fire") == ()
    index.add([CORRECTED])
    (change,) = index.history("fire")
    assert began <= change.at <= datetime.now(UTC)
    assert change.at.tzinfo is not None
    assert (change.version_before, change.version_after) == (version(FIRST.text), version(CORRECTED.text))
    assert change.facts == (
        Change("title", "Fire at the mill", "Fire at the old mill"),
        Change("modified", None, "2021-05-05T09:30:00+00:00"),
    )
    assert change.gone == ("Twelve people were hurt.",)
    assert change.come == ("Two people were hurt.", "The mayor came.")


@pytest.mark.parametrize(
    ("changed", "fact"),
    [
        ({"author": None}, Change("author", "Tom Okafor", None)),
        ({"url": "https://courier.example/1"}, Change("url", None, "https://courier.example/1")),
        ({"outlet": "Harbour Post"}, Change("outlet", "Vellmar Courier", "Harbour Post")),
        ({"published": datetime(2021, 5, 4, 8)}, Change("published", "2021-05-04", "2021-05-04T08:00:00")),
        ({"as_of": date(2021, 5, 3)}, Change("as_of", None, "2021-05-03")),
        ({"kind": Kind.OPINION}, Change("kind", None, "opinion")),
        ({"section": "Town"}, Change("section", None, "Town")),
        ({"language": "en"}, Change("language", None, "en")),
        (
            {"sources": (Source("Town of Vellmar", "Report", "2021"), Source("Fire service", "Log"))},
            Change("sources", None, "Town of Vellmar, Report, 2021; Fire service, Log"),
        ),
    ],
)
def test_a_fact_alone_may_change(index: Index, changed: dict[str, object], fact: Change) -> None:
    index.add([FIRST])
    index.add([replace(FIRST, **changed)])  # type: ignore[arg-type]
    (change,) = index.history("fire")
    assert (change.facts, change.gone, change.come) == ((fact,), (), ())
    assert change.version_before == change.version_after


def test_what_does_not_change_has_no_history(index: Index) -> None:
    index.add([FIRST])
    index.add([replace(FIRST, fetched=NOW)])
    assert index.history("fire") == ()
    assert revise(FIRST, replace(FIRST, fetched=NOW), NOW) is None


def test_a_sentence_that_moved_neither_went_nor_came() -> None:
    moved = revise(Article("a", "", "One is here. Two is here."), Article("a", "", "Two is here. One is here."), NOW)
    assert moved is not None
    assert moved.version_before != moved.version_after
    assert (moved.gone, moved.come) == ((), ())


def test_a_sentence_that_came_a_second_time_came() -> None:
    change = revise(Article("a", "", "One is here."), Article("a", "", "One is here. One is here."), NOW)
    assert change is not None
    assert (change.gone, change.come) == ((), ("One is here.",))


def test_of_a_great_change_a_part_is_kept() -> None:
    long = " ".join(f"Sentence number {number} is new." for number in range(1000))
    change = revise(FIRST, replace(FIRST, text=f"{'A' * 5000}.\n\n{long}"), NOW)
    assert change is not None
    assert len(change.come) == MOST
    assert len(change.come[0]) == LONGEST


# How it is kept


def test_changes_stand_in_the_order_of_their_coming(index: Index) -> None:
    for release in range(4):
        index.add([numbered(1, release), numbered(2)])
    index.add([numbered(1, 7), numbered(1, 8)])
    history = index.history("a1")
    assert [change.come[0] for change in history] == [f"The subject1 is in release{n}." for n in (1, 2, 3, 7, 8)]
    assert sorted(change.at for change in history) == [change.at for change in history]
    assert index.history("a2") == ()


def test_another_reader_sees_the_history_too(index: Index, tmp_path: Path, words: WordEmbeddings) -> None:
    index.add([FIRST])
    index.add([CORRECTED])
    with Index.open(tmp_path / "store", embedder=words) as other:
        assert other.history("fire") == index.history("fire") != ()


@pytest.mark.parametrize("how", ["removed", "pruned"])
def test_the_history_goes_with_the_article_and_leaves_nothing_in_the_file(
    index: Index, tmp_path: Path, how: str
) -> None:
    index.add([numbered(1)])
    index.add([FIRST, Visit("a", "root")])
    index.add([CORRECTED, Visit("a", "root")])
    if how == "removed":
        index.remove("fire")
    else:
        index.add([Walk("root")], prune=True)
    with pytest.raises(ArticleMissing):
        index.history("fire")
    index.close()
    left = b"".join(path.read_bytes() for path in (tmp_path / "store").glob("ledger*"))
    assert b"subject1" in left
    assert b"Twelve people" not in left
    index.add([FIRST])
    assert index.history("fire") == ()


def test_an_article_that_comes_back_before_its_rows_are_gone_has_no_history(index: Index) -> None:
    index.add([FIRST])
    index.add([CORRECTED])
    with index._writing() as store:  # which is tidied only when it ends
        store.put((), ["fire"])
        store.put([ArticleDraft(FIRST, digest(FIRST), (), np.empty((0, 256), dtype=np.float16))])
    assert index.history("fire") == ()


# A crash

DYING = """
import os
from index.store.followers import Followers
from tests.test_history import CORRECTED, FIRST
opened.add([FIRST])
Followers.publish = lambda *arguments: os.kill(os.getpid(), {signal})
opened.add([CORRECTED])
"""


def test_a_change_that_a_crash_left_unpublished_is_not_in_the_history(tmp_path: Path, words: WordEmbeddings) -> None:
    with child(OPENED + DYING, tmp_path / "store", signal=int(signal.SIGKILL)) as process:
        assert process.wait(60) == -signal.SIGKILL
    with Index.open(tmp_path / "store", embedder=words) as index:
        assert (index.article("fire"), index.history("fire")) == (FIRST, ())
        index.add([numbered(1)])  # which ends what was staged
        assert index.article("fire") == CORRECTED
        assert len(index.history("fire")) == 1
