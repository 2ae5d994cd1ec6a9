"""The list of articles: what it finds, in which order, and what it counts."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Article, Filters, Index, Inventory, Kind, Listing, Sought
from tests.small_news import ARTICLES, BRIDGE, HOSTILE, TRAM
from tests.stores import IN_A_FILE

if TYPE_CHECKING:
    from tests.conftest import WordEmbeddings


@pytest.fixture
def index(tmp_path: Path, words: WordEmbeddings, kept_in: str | None) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=words, database_url=kept_in) as opened:
        opened.add(ARTICLES)
        yield opened


def ids(index: Index, *, start: int = 0, count: int = 50, **sought: object) -> list[str]:
    return [each.article_id for each in index.listing(Sought(**sought), start, count).articles]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ({}, [TRAM, BRIDGE, HOSTILE]),
        ({"words": "BRIDGE"}, [BRIDGE]),
        ({"words": "vellmar"}, [TRAM, BRIDGE]),
        ({"words": "okafor courier  bridge"}, [BRIDGE]),
        ({"words": "bridge tram"}, []),
        ({"words": "<b>mallory"}, [HOSTILE]),
        ({"words": "%"}, []),
        ({"words": "'"}, [BRIDGE]),
        ({"outlet": "Vellmar Courier"}, [TRAM, BRIDGE]),
        ({"outlet": "Vellmar"}, []),
        ({"kind": Kind.OPINION}, [TRAM]),
        ({"since": date(2021, 5, 4)}, [TRAM, BRIDGE]),
        ({"until": date(2021, 5, 4)}, [BRIDGE, HOSTILE]),
        ({"words": "vellmar", "kind": Kind.REPORT, "since": date(2021, 5, 4)}, [BRIDGE]),
    ],
)
def test_articles_are_found_by_words_and_facts(index: Index, sought: dict[str, object], found: list[Article]) -> None:
    assert ids(index, **sought) == [each.id for each in found]  # type: ignore[arg-type]
    assert index.listing(Sought(**sought)).total == len(found)  # type: ignore[arg-type]


def test_letters_of_all_languages_are_found_in_any_case(index: Index) -> None:
    index.add([Article("a", "ÉTÉ en Ångström", "A text.", author="李明")])
    for words in ("été", "EN ångSTRÖM", "李明"):
        assert ids(index, words=words) == ["a"]


def test_pages_hold_each_article_once_and_those_without_a_day_last(index: Index) -> None:
    index.add([Article(f"n{number}", f"Title {number}", f"Text {number}.") for number in range(5)])
    pages = [ids(index, start=start, count=3) for start in (0, 3, 6, 9)]
    assert [len(page) for page in pages] == [3, 3, 2, 0]
    assert pages[0] == [TRAM.id, BRIDGE.id, HOSTILE.id]
    assert len({each for page in pages for each in page}) == 8


@pytest.mark.parametrize("count", [1, 4, 50])
@pytest.mark.parametrize(("wanted", "found"), [("", 10), ("page", 7), ("été", 7)])
def test_pages_after_one_another_hold_what_the_whole_list_does(
    index: Index, wanted: str, found: int, count: int
) -> None:
    days = (None, date(2021, 5, 4), date(2021, 5, 4), None, date(2022, 1, 1), None, date(2019, 4, 2))
    index.add(Article(f"n{number}", f"Page {number}, Été", "A text.", published=day) for number, day in enumerate(days))
    whole, pages = ids(index, words=wanted), list[str]()
    page = index.listing(Sought(wanted), count=count)
    while page.next:
        pages += [each.article_id for each in page.articles]
        assert page.total == len(whole)
        page = index.listing(Sought(wanted), count=count, after=page.next)
    assert [*pages, *(each.article_id for each in page.articles)] == whole
    assert len(whole) == len(set(whole)) == found


def test_what_comes_and_goes_moves_no_page(index: Index) -> None:
    index.add(Article(f"n{number}", f"Title {number}", "A text.", published=date(2020, 1, 1)) for number in range(6))
    first = index.listing(Sought("title"), count=2)
    index.add([Article("new", "Title, and new", "A text.", published=date(2023, 1, 1))])
    index.remove(first.articles[-1].article_id)
    second = index.listing(Sought("title"), count=2, after=first.next)
    assert [each.article_id for each in (*first.articles, *second.articles)] == ["n5", "n4", "n3", "n2"]


@IN_A_FILE
def test_a_page_is_read_from_its_place_in_the_index_on(index: Index) -> None:
    after = index.listing(count=1).next
    assert after is not None
    asked = list[str]()
    with index._store.ledger.tables.reading() as connection:
        connection.raw.set_trace_callback(asked.append)  # type: ignore[union-attr]
    index.listing(count=1, after=after)
    with index._store.ledger.tables.reading() as connection:
        connection.raw.set_trace_callback(None)  # type: ignore[union-attr]
        plans = [
            str(connection.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()) for query in asked if "OFFSET" in query
        ]
    assert len(plans) == 2
    assert all("SEARCH article USING COVERING INDEX article_catalogue" in plan for plan in plans)
    assert not any("TEMP B-TREE" in plan for plan in plans)


def test_what_is_removed_or_changed_is_listed_so_at_once(index: Index) -> None:
    before = index.inventory()
    assert (before.total, dict(before.outlets)["Vellmar Courier"], dict(before.kinds)[Kind.OPINION]) == (3, 2, 1)
    index.remove(TRAM.id)
    assert ids(index) == [BRIDGE.id, HOSTILE.id]
    assert (index.inventory().total, index.inventory().days) == (2, ((date(2019, 4, 2), 1), (date(2021, 5, 4), 1)))


def test_nothing_is_listed_where_nothing_is(tmp_path: Path, words: WordEmbeddings) -> None:
    with Index.open(tmp_path / "none", embedder=words) as empty:
        assert (empty.listing(), empty.inventory()) == (Listing(0, ()), Inventory())
    assert not (tmp_path / "none").exists()


def test_a_copy_is_listed_with_its_original_only(index: Index) -> None:
    text = " ".join(f"The council of Vellmar met for the {number}th time." for number in range(80))
    index.add([Article("one", "Earlier", text, outlet="A"), Article("two", "Later", text, outlet="B")])
    assert ids(index, words="Earlier") == ["one"]
    assert ids(index, words="Later") == []
    assert index.inventory().total == 4


facts = st.tuples(st.sampled_from(["A", "B", None]), st.sampled_from([*Kind, None]), st.integers(0, 5) | st.none())


@settings(max_examples=15)
@given(given=st.lists(facts, min_size=1, max_size=12))
def test_the_counts_are_those_of_the_articles(
    tmp_path_factory: pytest.TempPathFactory,
    given: Sequence[tuple[str | None, Kind | None, int | None]],
) -> None:
    from tests.conftest import WordEmbeddings

    first = date(2020, 1, 1)
    articles = [
        Article(
            f"a{number}", f"Title {number}", f"Subject{number} is here.", outlet=outlet, kind=kind,
            published=None if day is None else first + timedelta(day),
        )
        for number, (outlet, kind, day) in enumerate(given)
    ]  # fmt: skip
    with Index.open(tmp_path_factory.mktemp("counted") / "store", embedder=WordEmbeddings()) as index:
        index.add(articles)
        inventory = index.inventory()
        assert inventory.total == len(articles)
        assert Counter(dict(inventory.outlets)) == Counter(each.outlet for each in articles)
        assert Counter(dict(inventory.kinds)) == Counter(each.kind for each in articles)
        days = sorted(each.day for each in articles if each.day)
        assert Counter(dict(inventory.days)) == Counter(days)
        assert (inventory.first, inventory.last) == ((days[0], days[-1]) if days else (None, None))


@IN_A_FILE
def test_a_ledger_of_an_earlier_byline_is_listed_and_gets_its_index_with_the_next_write(index: Index) -> None:
    ledger = index.path / "ledger.sqlite"
    with sqlite3.connect(ledger) as connection:
        connection.execute("DROP INDEX article_catalogue")
    assert ids(index) == [TRAM.id, BRIDGE.id, HOSTILE.id]
    index.add([Article("new", "New", "A text.")])
    plan = "EXPLAIN QUERY PLAN SELECT count(*) FROM article WHERE copy_of IS NULL AND +born <= 1 AND +died IS NULL"
    with sqlite3.connect(ledger) as connection:
        assert "COVERING INDEX article_catalogue" in str(connection.execute(plan).fetchall())


def test_a_backup_is_listed_after_it_is_restored(index: Index, tmp_path: Path, words: WordEmbeddings) -> None:
    index.backup(tmp_path / "backup")
    with Index.open(tmp_path / "other", embedder=words) as restored:
        restored.restore(tmp_path / "backup")
        assert ids(restored, words="bridge") == [BRIDGE.id]
        assert restored.search("bridge", filters=Filters())
    with sqlite3.connect(tmp_path / "other" / "ledger.sqlite") as connection:
        assert connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'article_catalogue'").fetchone()
