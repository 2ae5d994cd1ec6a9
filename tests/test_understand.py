"""What a question names: days, outlets, authors; what is done with it, and how it is undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Article, Effect, Filters, Hits, Index, Kind
from index.search.understand import heeded, in_force, narrower, understand
from tests.conftest import WordEmbeddings

TODAY = date(2021, 8, 18)  # a Wednesday

# Names. The index knows these, by what they may be called.

NAMES = {
    ("outlet", "the verge"): ["The Verge"],
    ("outlet", "verge"): ["The Verge"],
    ("outlet", "fortune"): ["Fortune"],
    ("outlet", "time"): ["Time"],
    ("outlet", "vellmar courier"): ["Vellmar Courier"],
    ("outlet", "bbc news"): ["BBC News - Arts", "BBC News - World"],
    ("outlet", "环球时报"): ["环球时报"],
    ("outlet", "usa today"): ["USA Today"],
    ("author", "ada lind"): ["Ada Lind", "Ada Lind and Tom Okafor"],
    ("author", "fortune"): ["Fortune"],
    ("author", "news"): ["News"],
    ("author", "杨进"): ["杨进"],
}
NAMED = [
    ("What did The Verge report?", [("outlet", "The Verge")]),
    ("Is it true, as the Verge says?", [("outlet", "the Verge")]),
    ("Did Verge report it?", [("outlet", "Verge")]),
    ("what does the verge say about it", []),
    ("Are we on the verge of something?", []),
    ("Did 'The Verge' and \"Fortune\" agree?", [("outlet", "The Verge"), ("outlet", "Fortune")]),
    ("According to Fortune, who won?", [("outlet", "Fortune")]),
    ("Fortune favours whom?", []),
    ("Which director left the Fortune Conservancy?", []),
    ("What time is it?", []),
    ("What is written in Time?", [("outlet", "Time")]),
    ("according to time, who won?", []),
    ("What does the Vellmar Courier's report say?", [("outlet", "Vellmar Courier")]),
    ("vellmar courier on the bridge", [("outlet", "vellmar courier")]),
    ("What does BBC News write?", [("outlet", "BBC News")]),
    ("What does USA Today write?", [("outlet", "USA Today")]),  # and not what is written today
    ("《环球时报》怎么看？", [("outlet", "环球时报")]),
    ("环球时报怎么看这件事？", [("outlet", "环球时报")]),
    ("What does Ada Lind write about trams?", [("author", "Ada Lind")]),
    ("Ada Lind's article on trams", [("author", "Ada Lind")]),
    ("articles by Ada Lind", [("author", "Ada Lind")]),
    ("according to ada lind", [("author", "ada lind")]),
    ("Was schreibt Ada Lind über Trams?", [("author", "Ada Lind")]),
    ("Who is Ada Lind?", [("author", "Ada Lind")]),  # whose articles are preferred, and hide no other
    ("What is the news?", []),
    ("杨进的文章说了什么？", [("author", "杨进")]),
    ("杨进是谁？", [("author", "杨进")]),
    ("BBC News怎么看？", [("outlet", "BBC News")]),
    (
        "What did The Verge report between May and June 2021?",
        [("outlet", "The Verge"), ("day", "between May and June 2021")],
    ),
]


def meant(fact: str, name: str) -> list[str]:
    return NAMES.get((fact, name), [])


@pytest.mark.parametrize(("question", "named"), NAMED)
def test_a_question_names_outlets_authors_and_kinds(question: str, named: list[tuple[str, str]]) -> None:
    found = understand(question, TODAY, meant)
    assert [(each.fact, each.words) for each in found] == named
    assert all(question[each.start : each.end] == each.words for each in found)


def test_the_values_are_those_of_the_index() -> None:
    (bbc,) = understand("What does BBC News write?", TODAY, meant)
    assert bbc.values == ("BBC News - Arts", "BBC News - World")
    assert bbc.means == Filters(outlet=bbc.values)
    (day,) = understand("since March", TODAY, meant)
    assert day.values == ("2021-03-01", "")


ONLY = [
    ("What is said only by The Verge?", Effect.REQUIRED),
    ("Show only articles published in The Verge", Effect.REQUIRED),
    ("What does The Verge alone say?", Effect.REQUIRED),
    ("只看《环球时报》的报道", Effect.REQUIRED),
    ("Show only reports from July 2020", Effect.REQUIRED),
    ("What does The Verge say?", Effect.PREFERRED),
    ("Is the only tram in The Verge?", Effect.PREFERRED),
    ("What happened in July 2020?", Effect.PREFERRED),
]


@pytest.mark.parametrize(("question", "effect"), ONLY)
def test_only_what_stands_beside_only_is_required(question: str, effect: Effect) -> None:
    assert {each.effect for each in understand(question, TODAY, meant)} == {effect}


@given(st.text(max_size=80))
@settings(max_examples=200)
def test_any_question_may_be_read_for_names(question: str) -> None:
    found = understand(question, TODAY, lambda fact, name: [f"{fact} {name}"])
    assert all(question[each.start : each.end] == each.words for each in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


# What is given wins, and what is ignored is not heeded

ASKED = "What did The Verge and Fortune report in July 2020?"


@pytest.mark.parametrize(
    ("filters", "ignore", "left"),
    [
        (Filters(), (), ["The Verge", "Fortune", "July 2020"]),
        (Filters(outlet=("Wired",)), (), ["July 2020"]),
        (Filters(until=date(2021, 1, 1)), (), ["The Verge", "Fortune"]),
        (Filters(), ("the  verge",), ["Fortune", "July 2020"]),
        (Filters(), ("2020-07-01",), ["The Verge", "Fortune"]),  # by a value
        (Filters(), ("July 2020", "FORTUNE", "nothing"), ["The Verge"]),
    ],
)
def test_what_is_given_wins_and_what_is_ignored_is_left(
    filters: Filters, ignore: tuple[str, ...], left: list[str]
) -> None:
    assert [each.words for each in heeded(understand(ASKED, TODAY, meant), filters, ignore)] == left


def test_what_is_required_is_in_force_and_what_is_preferred_is_looked_for_within_it() -> None:
    found = understand("What is said only by The Verge in July 2020 and in May 2020?", TODAY, meant)
    given = Filters(language=("en",))
    filters = in_force(given, found)
    assert filters == Filters(outlet=("The Verge",), language=("en",))
    may = replace(filters, since=date(2020, 5, 1), until=date(2020, 5, 31))
    july = replace(filters, since=date(2020, 7, 1), until=date(2020, 7, 31))
    assert narrower(filters, found) == (july, may)
    assert in_force(given, understand(ASKED, TODAY, meant)) == given
    assert narrower(given, ()) == ()


# In an index

BRIDGE = "The old bridge of Vellmar was opened again. {} people came, and buses cross it."
OLD = Article("old", "Bridge", BRIDGE.format("Many"), outlet="Vellmar Courier", published=date(2020, 7, 15))
NEW = Article("new", "Bridge", BRIDGE.format("Few"), outlet="Harbour Gazette - Local", published=date(2021, 8, 10))
MORE = Article("more", "Bridge", BRIDGE.format("Nobody"), author="Ada Lind", kind=Kind.EDITORIAL)
FILLER = [Article(f"f{number}", "Cats", f"Cat {number} sleeps in house {number}.") for number in range(20)]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """No test changes it."""
    with Index.open(tmp_path_factory.mktemp("understand") / "store", embedder=WordEmbeddings()) as opened:
        opened.add([OLD, NEW, MORE, *FILLER])
        yield opened


def first(hits: Hits) -> str:
    return hits[0].passage.article_id


FIRST = [
    ("Who came to the bridge according to the Vellmar Courier?", "old", ("outlet",)),
    ("Who came to the bridge according to the harbour gazette?", "new", ("outlet",)),
    ("Who came to the old bridge in July 2020?", "old", ("day",)),
    ("Who came to the old bridge last week?", "new", ("day",)),
    ("What does Ada Lind write of the old bridge?", "more", ("author",)),
    ("Who came to the old bridge in the Vellmar Courier of July 2020?", "old", ("outlet", "day")),
]


@pytest.mark.parametrize(("question", "best", "facts"), FIRST)
def test_what_a_question_names_comes_first_and_nothing_is_hidden(
    index: Index, question: str, best: str, facts: tuple[str, ...]
) -> None:
    hits = index.search(question, 3, today=TODAY)
    assert first(hits) == best
    assert tuple(each.fact for each in hits.understood) == facts
    assert hits[0].named == len(facts)
    assert hits.filters == Filters()
    assert {hit.passage.article_id for hit in hits} == {"old", "new", "more"}


def test_it_can_be_undone(index: Index) -> None:
    question = "Who came to the old bridge in July 2020 according to the harbour gazette?"
    assert [each.words for each in index.search(question).understood] == ["July 2020", "harbour gazette"]
    assert [each.words for each in index.search(question, ignore=("july 2020",)).understood] == ["harbour gazette"]
    plain = index.search(question, understand=False)
    assert plain.understood == ()
    assert {hit.named for hit in plain} == {0}


def test_only_hides_what_is_not_named(index: Index) -> None:
    hits = index.search("Who came to the old bridge, only in the Vellmar Courier?")
    assert {hit.passage.article_id for hit in hits} == {"old"}
    assert hits.filters == Filters(outlet=("Vellmar Courier",))
    assert [each.effect for each in hits.understood] == [Effect.REQUIRED]


def test_a_filter_that_is_given_wins_over_what_is_understood(index: Index) -> None:
    hits = index.search("the bridge, only in the Vellmar Courier", filters=Filters(outlet=("Harbour Gazette - Local",)))
    assert (first(hits), hits.understood) == ("new", ())
    assert hits.filters == Filters(outlet=("Harbour Gazette - Local",))


def test_what_is_true_of_nothing_that_is_found_is_not_told(index: Index) -> None:
    assert index.search("Who came to the old bridge in March 1923?").understood == ()


def test_what_a_question_names_is_looked_for_far_down(tmp_path: Path, words: WordEmbeddings) -> None:
    # No two alike: among many that are equally near, the nearest are not always found.
    said = (f"The panda {n} eats bamboo in hall {n % 17} with guest {n % 19}." for n in range(300))
    crowd = [Article(f"a{n}", "", text, published=date(2020, 1, 1)) for n, text in enumerate(said)]
    late = Article("z", "", "Somewhere a panda may eat something else, if it is asked.", published=date(2021, 5, 3))
    with Index.open(tmp_path / "store", embedder=words) as index:
        index.add([*crowd, late])

        def found(*within: Filters) -> set[str]:
            vector, terms = index.embed(["panda bamboo"])[0], ["panda", "bamboo"]
            return {
                one.found.passage.article_id for one in index._store.candidates(vector, terms, 50, Filters(), within)
            }

        assert "z" not in found()
        assert "z" in found(Filters(since=date(2021, 5, 1)))
        assert "z" not in found(Filters(outlet=("Nowhere",)))


def test_the_outlet_of_a_copy_is_the_articles_too(tmp_path: Path, words: WordEmbeddings) -> None:
    said = " ".join(f"The old bridge of Vellmar was opened by guest {n} in hall {n + 7}." for n in range(12))
    first_printed = Article("first", "Bridge", said, outlet="Harbour Gazette")
    with Index.open(tmp_path / "store", embedder=words) as index:
        index.add([first_printed, replace(first_printed, id="copy", outlet="Vellmar Courier")])
        hits = index.search("Who opened the bridge according to the Vellmar Courier?")
        assert {hit.passage.article_id for hit in hits} == {"first"}
        assert {hit.named for hit in hits} == {1}


def test_names_come_and_go_with_the_articles(tmp_path: Path, words: WordEmbeddings) -> None:
    question = "Who came to the bridge according to the Vellmar Courier?"
    with (
        Index.open(tmp_path / "store", embedder=words) as reader,
        Index.open(tmp_path / "store", embedder=words) as writer,
    ):
        writer.add([NEW])
        assert reader.search(question).understood == ()
        writer.add([OLD])
        assert [each.values for each in reader.search(question).understood] == [("Vellmar Courier",)]
        assert [one.words for one in reader.search(question, filters=Filters(outlet=("vellmar courier",)))] == [1.0]
        writer.remove("old")
        assert reader.search(question).understood == ()
