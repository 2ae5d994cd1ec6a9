"""Which questions are put before a person: about articles that answer them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.answer import Bot
from bot.suggest import FOLLOW_UPS, LONGEST, OPENERS, TRIED, TRIED_AT_FIRST, Answers, about, follow_ups, openers
from bot.types import Answer, Citation, Status
from bot.web.offering import Offers
from index.index import Index
from index.types import Article, Filters, Hit, Hits, Kind, Passage

if TYPE_CHECKING:
    from tests.conftest import WordEmbeddings

MILL = Article(
    "mill",
    "The mill of Tarnfield",
    "The mill of Tarnfield closed on 4 April 2019. Mara Quill, the mayor of Tarnfield, called it a sad day.",
    outlet="Tarnfield Post",
    published=date(2019, 4, 5),
    kind=Kind.REPORT,
    language="en",
)
LIBRARY = Article(
    "library",
    "The library of Tarnfield",
    "Joris Bank gave the library of Tarnfield 2,000 books in 2020. It was the largest gift that it had ever had.",
    outlet="Lakeside News",
    published=date(2020, 9, 1),
    kind=Kind.REPORT,
    language="en",
)
TREATY = Article(
    "treaty",
    "两国签署条约",
    "两国签署条约，《睦邻友好合作条约》于2001年7月16日生效。",
    kind=Kind.REPORT,
    language="zh",
)
ASKED = "When did the mill of Tarnfield close?"


@pytest.fixture
def index(tmp_path: Path, words: WordEmbeddings) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=words) as opened:
        opened.add([MILL, LIBRARY, TREATY])
        yield opened


def numbered(count: int) -> list[Article]:
    return [Article(f"a{number}", f"Part {number}", "Text.") for number in range(count)]


def answered(question: str, *articles: Article) -> Answer:
    """One that finds all the articles, in order, and cites the first."""
    citations = tuple(Citation(1, each.id, 0, 5, "Text.", each.title) for each in articles[:1])
    hits = Hits(tuple(Hit(Passage(each.id, 0, 5, "Text."), 1.0, 1.0, 1.0) for each in articles))
    return Answer(question, Status.ANSWERED, "Text. [1]", "extractive", citations=citations, hits=hits)


def citing(*articles: Article) -> tuple[Answers, list[str]]:
    """A bot that answers with each of the articles what is asked about it, and refuses the rest; and what was asked."""
    tried: list[str] = []

    def answers(question: str) -> Answer:
        tried.append(question)
        found = [each for each in articles if about(each) == question]
        return answered(question, *found) if found else Answer(question, Status.REFUSED, "", "extractive")

    return answers, tried


def test_follow_ups_are_about_what_was_found_and_not_cited_nearest_first() -> None:
    parts = numbered(6)
    answers, tried = citing(*parts)
    articles = {each.id: each for each in reversed(parts)}
    found = follow_ups(answered("Which part?", *parts), [], articles, answers)
    assert found == tuple(f"What does “Part {number}” say?" for number in (1, 2, 3))
    assert len(found) == len(tried) == FOLLOW_UPS


def test_what_was_asked_is_not_offered_again() -> None:
    parts = numbered(3)
    answers, tried = citing(*parts)
    articles = {each.id: each for each in parts}
    asked = answered("What does “Part 2” say?", *parts)
    assert follow_ups(asked, ["what does “part 1” say?"], articles, answers) == ()
    assert tried == []


def test_an_article_that_does_not_answer_is_not_offered() -> None:
    parts = numbered(20)
    answers, tried = citing(parts[2])
    articles = {each.id: each for each in parts}
    assert follow_ups(answered("Which part?", *parts), [], articles, answers) == ("What does “Part 2” say?",)
    assert len(tried) == TRIED
    tried.clear()
    assert openers(parts, answers) == ("What does “Part 2” say?",)
    assert len(tried) == TRIED_AT_FIRST


@pytest.mark.parametrize("status", [Status.PARTIAL, Status.REFUSED, Status.FAILED])
def test_what_is_not_wholly_answered_is_not_offered(status: Status) -> None:
    assert openers([MILL], lambda question: replace(answered(question, MILL), status=status)) == ()


def test_what_another_article_answers_is_not_offered() -> None:
    assert openers([MILL], lambda question: answered(question, LIBRARY)) == ()


def test_an_article_without_a_title_that_fits_a_button_is_passed_over() -> None:
    long = Article("long", "x" * (LONGEST + 1), "Text.")
    answers, tried = citing(Article("bare", "", "Text."), long)
    assert openers([Article("bare", "", "Text."), long], answers) == ()
    assert tried == []


def test_an_empty_page_has_no_more_than_four_questions_and_none_twice() -> None:
    parts = numbered(9)
    answers, _ = citing(*parts)
    found = openers([parts[0], replace(parts[0], id="copy"), *parts[1:]], answers)
    assert len(set(found)) == len(found) == OPENERS


def test_a_question_in_chinese_goes_on_in_chinese() -> None:
    second = Article("second", "第二次会谈", "会谈。")
    parts = [TREATY, MILL, second]
    answers, tried = citing(*parts)
    articles = {each.id: each for each in parts}
    assert follow_ups(answered("两国签署了什么？", *parts), [], articles, answers) == ("《第二次会谈》说了什么？",)
    assert len(tried) == 1


# With the articles of an index


def offered(index: Index, filters: Filters = Filters()) -> tuple[str, ...]:
    answer = Bot(index).answer(ASKED)
    assert {each.article_id for each in answer.citations} == {"mill"}
    return Offers(Bot(index)).next(answer, [], filters)


def test_what_is_offered_next_is_answered_by_its_article(index: Index) -> None:
    assert offered(index) == ("What does “The library of Tarnfield” say?",)
    answer = Bot(index).answer("What does “The library of Tarnfield” say?")
    assert answer.status is Status.ANSWERED
    assert answer.citations[0].article_id == "library"


def test_what_filters_leave_out_is_not_offered(index: Index) -> None:
    assert offered(index, Filters(outlet=("Tarnfield Post",))) == ()


def test_an_empty_page_begins_with_questions_of_several_articles(index: Index) -> None:
    found = openers(index.sample(10), Bot(index).answer)
    assert set(found) == {about(each) for each in (MILL, LIBRARY, TREATY)}


def test_openers_follow_what_is_in_the_index(index: Index) -> None:
    offers = Offers(Bot(index))
    before = offers.to_begin_with()
    index.remove("treaty")
    assert about(TREATY) in before
    assert offers.to_begin_with() == tuple(each for each in before if each != about(TREATY))


def test_openers_are_found_once_as_long_as_the_index_is_the_same(index: Index) -> None:
    offers = Offers(Bot(index))
    assert offers.to_begin_with() is offers.to_begin_with()
