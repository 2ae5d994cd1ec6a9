"""What questions are limited to: the choices, what they leave, and that they stay with the conversation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.answering.bot import Bot
from bot.history import History
from bot.render.html.words import ENGLISH
from bot.types import Options
from bot.web.conversation import ChatState, converse, recalled, reconsider, rewrite
from bot.web.filtering import DayUnclear, choices, chosen_of, filters_of, given, line, remaining
from bot.web.opening import Opening
from index.index import Index
from index.types import Article, Filters, Inventory, Kind
from tests.small_news import ARTICLES, BRIDGE

if TYPE_CHECKING:
    from tests.conftest import WordEmbeddings

QUESTION = "When did the old bridge in Vellmar reopen?"
COURIER = Filters(outlet=("Vellmar Courier",))
OPINIONS = Filters(kind=(Kind.OPINION,))


@pytest.fixture
def index(tmp_path: Path, words: WordEmbeddings) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=words) as opened:
        opened.add(ARTICLES)
        yield opened


@pytest.fixture
def opening(index: Index) -> Opening:
    opening = Opening(lambda: Bot(index))
    opening.begin()
    opening.bot()
    return opening


# The choices and what they leave


def test_the_choices_are_those_of_the_articles_with_the_most_frequent_first(index: Index) -> None:
    inventory = index.inventory()
    assert inventory.outlets[0] == ("Vellmar Courier", 2)
    assert choices(inventory.kinds) == [("report (2)", "report"), ("opinion (1)", "opinion")]
    assert choices(inventory.languages, ENGLISH, ENGLISH.name_of) == [("English (3)", "en")]
    assert (inventory.first, inventory.last) == (date(2019, 4, 2), date(2021, 6, 1))
    index.add([Article("bare", "A title", "A text that states nothing of itself.")])
    assert (None, 1) in index.inventory().kinds
    assert choices(index.inventory().kinds) == choices(inventory.kinds)


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (Filters(), 3),
        (COURIER, 2),
        (Filters(outlet=("vellmar courier",)), 2),  # as a search takes it
        (OPINIONS, 1),
        (replace(COURIER, kind=(Kind.REPORT,)), 1),
        (Filters(since=date(2021, 5, 4)), 2),
        (Filters(until=date(2021, 5, 4)), 2),
        (Filters(since=date(2021, 5, 4), until=date(2021, 5, 4)), 1),
        (Filters(language=("zh",)), 0),
        (Filters(outlet=("Nobody's",)), 0),
    ],
)
def test_as_many_articles_are_told_to_remain_as_a_search_can_find(index: Index, filters: Filters, count: int) -> None:
    assert index.count(filters) == count
    found = index.search("Vellmar bridge tram harbour town", 50, filters)
    assert len({hit.passage.article_id for hit in found}) == count


def test_a_copy_counts_for_its_outlet_as_it_does_in_a_search(index: Index) -> None:
    long = replace(
        BRIDGE, id="long", text=f"{BRIDGE.text} " + " ".join(f"Sentence {n} of the report." for n in range(60))
    )
    index.add([long, replace(long, id="copy", outlet="Harbour Gazette")])
    assert index.article("long").also
    assert index.count(Filters(outlet=("Harbour Gazette",))) == 1


def test_a_sample_is_spread_over_all_articles(index: Index) -> None:
    assert [each.id for each in index.sample(10)] == [each.id for each in ARTICLES]
    assert len(index.sample(2)) == 2


def test_an_index_that_holds_nothing_has_no_choices(tmp_path: Path, words: WordEmbeddings) -> None:
    empty = Index.open(tmp_path / "none", embedder=words)
    assert (empty.inventory(), empty.count(COURIER), empty.sample(3), empty.generation) == (Inventory(), 0, (), 0)


# As they are written


@pytest.mark.parametrize(
    ("since", "until", "first", "last"),
    [
        ("2020", "2020", date(2020, 1, 1), date(2020, 12, 31)),
        ("2020-02", "2020-2", date(2020, 2, 1), date(2020, 2, 29)),
        (" 2020-07-15 ", "2020-07-15", date(2020, 7, 15), date(2020, 7, 15)),
        ("", None, None, None),
    ],
)
def test_a_day_a_month_or_a_year_can_be_written(since: str, until: str | None, first: date, last: date) -> None:
    filters = filters_of([], [], [], since, until)
    assert (filters.since, filters.until) == (first, last)


@pytest.mark.parametrize("written", ["yesterday", "2020-13", "2020-02-30", "15.7.2020"])
def test_what_is_no_day_is_told_with_how_to_write_one(written: str) -> None:
    with pytest.raises(DayUnclear, match=f"“{written}” is not a date. Write one as"):
        filters_of([], [], [], written, "")


def test_what_was_chosen_can_be_chosen_again() -> None:
    filters = Filters(("A", "B"), (), (Kind.OPINION,), ("zh",), date(2020, 1, 1), date(2020, 2, 29))
    assert filters_of(*chosen_of(filters)) == filters
    assert line(filters) == "A or B · opinion · Chinese · 1 January 2020 to 29 February 2020"


def test_what_remains_is_told(index: Index) -> None:
    bot = Bot(index)
    assert remaining(bot, Filters()) == "Questions look at all 3 articles."
    assert remaining(bot, OPINIONS) == "1 of 3 articles matches: opinion."
    assert remaining(bot, Filters(language=("zh",))) == "No article matches: Chinese."


# In a conversation


def test_a_question_looks_only_at_what_is_left_and_says_so(opening: Opening) -> None:
    *_, last = converse(opening, History.in_memory(), QUESTION, ChatState(), None, Options(OPINIONS))
    [exchange] = last.exchanges
    assert BRIDGE.text[:20] not in exchange.proof
    assert "Only these articles: opinion" in exchange.shown
    *_, next_one = converse(opening, History.in_memory(), QUESTION, last)
    assert "Only these articles" not in next_one.exchanges[1].shown
    assert BRIDGE.text[:20] in next_one.exchanges[1].proof


def test_filters_are_kept_with_the_conversation(opening: Opening) -> None:
    history = History.in_memory()
    filters = replace(COURIER, since=date(2021, 5, 1))
    *_, last = converse(opening, history, QUESTION, ChatState(), None, Options(filters))
    assert last.place is not None
    assert recalled(history, last.place).filters == last.filters == filters


def test_what_a_question_itself_requires_is_no_filter_of_the_person(index: Index) -> None:
    question = "What was only in the Vellmar Courier in May 2021 about the old bridge?"
    answer = Bot(index).answer(question, filters=OPINIONS)
    assert given(answer) == OPINIONS
    named = replace(answer, hits=replace(answer.hits, filters=replace(OPINIONS, author=("Ada Lind",))))
    assert given(named) == OPINIONS


def test_undoing_what_was_understood_keeps_the_filters(opening: Opening) -> None:
    history = History.in_memory()
    question = "According to the Vellmar Courier, when did the old bridge in Vellmar reopen?"
    *_, first = converse(opening, history, question, ChatState(), None, Options(Filters(kind=(Kind.REPORT,))))
    *_, second = reconsider(opening, history, first.named, first, None, Options(first.filters))
    assert second.exchanges[1].options.filters == Filters(kind=(Kind.REPORT,))


# A question in the place of an earlier one


def test_an_edited_question_takes_the_place_of_the_earlier_one_and_of_what_followed(opening: Opening) -> None:
    history = History.in_memory()
    conversation = ChatState()
    for question in (QUESTION, "What did the repairs of the bridge cost?", "Who is the mayor of Vellmar?"):
        *_, conversation = converse(opening, history, question, conversation)
    editing = conversation.edited(2)
    assert (editing.editing, editing.draft) == (2, "What did the repairs of the bridge cost?")
    *_, after = rewrite(opening, history, 2, "Who needs the tram back?", editing)
    asked = [QUESTION, "Who needs the tram back?"]
    assert [each.question for each in after.exchanges] == asked
    assert [each.number for each in after.exchanges] == [1, 2]
    assert (after.editing, after.draft, after.notice) == (None, "", "")
    assert after.place is not None
    assert [each.question for each in history.records(after.place)] == asked


@pytest.mark.parametrize("question", ["  ", "w" * 3000])
def test_an_edit_that_cannot_be_asked_takes_nothing_away(opening: Opening, question: str) -> None:
    history = History.in_memory()
    *_, conversation = converse(opening, history, QUESTION, ChatState())
    [after] = rewrite(opening, history, 1, question, conversation.edited(1))
    assert after.exchanges == conversation.exchanges
    assert after.notice
    assert after.place is not None
    assert [each.question for each in history.records(after.place)] == [QUESTION]


def test_nothing_is_edited_while_an_answer_is_written(opening: Opening) -> None:
    answering = next(converse(opening, History.in_memory(), QUESTION, ChatState()))
    assert answering.edited(1).editing is None
    assert answering.edited(1).notice
    assert ChatState().edited(1) == ChatState()
