"""Which questions sentences answer, and which of them are put before a person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.answer import Bot
from bot.inquire import mentioned, questions
from bot.suggest import follow_ups, openers
from bot.types import Answer, Status
from bot.web.offering import Offers
from index.index import Index
from index.types import Article, Filters, Kind

if TYPE_CHECKING:
    from tests.conftest import WordEmbeddings

MILL = Article(
    "mill",
    "The mill of Tarnfield",
    "The Tarnfield Council closed the Old Mill of Tarnfield on 4 April 2019. Mara Quill, the mayor of Tarnfield, "
    "called it a sad day. The Old Mill of Tarnfield employed 140 workers in 2018. Nobody knew what would come next.",
    outlet="Tarnfield Post",
    published=date(2019, 4, 5),
    kind=Kind.REPORT,
    language="en",
)
LIBRARY = Article(
    "library",
    "A library",
    "Joris Bank gave the Tarnfield Library 2,000 books in 2020. It was the largest gift that it had ever had.",
    outlet="Lakeside News",
    published=date(2020, 9, 1),
    kind=Kind.REPORT,
    language="en",
)
TREATY = Article(
    "treaty",
    "两国签署条约",
    "中国和俄罗斯于2001年7月16日在莫斯科签署《睦邻友好合作条约》。中国拥有约320枚核弹头。",
    kind=Kind.REPORT,
    language="zh",
)


@pytest.mark.parametrize(
    ("sentence", "asked"),
    [
        (
            "The British government barred Huawei from its 5G networks on 14 July 2020.",
            ["When did the British government bar Huawei from its 5G networks?"],
        ),
        (
            "On 4 March 2021, Ines Brandt opened the Vellmar Bridge.",
            ["When did Ines Brandt open the Vellmar Bridge?", "Who opened the Vellmar Bridge?"],
        ),
        ("The Vellmar Bridge was built in 1904.", ["When was the Vellmar Bridge built?"]),
        ("The Vellmar Bridge was designed by Tom Okafor.", ["Who designed the Vellmar Bridge?"]),
        ("Ines Brandt was born in Lower Vellmar.", ["Where was Ines Brandt born?"]),
        ("China has about 320 nuclear warheads.", ["How many nuclear warheads does China have?"]),
        (
            "The Vellmar Council paid 4.2 million euros for the bridge.",
            ["How much did the Vellmar Council pay for the bridge?"],
        ),
        ("Ines Brandt, the mayor of Vellmar, cut the ribbon.", ["Who is Ines Brandt?"]),
        (
            "The Kremlin said that Russia valued the Paris Agreement.",
            ["What did the Kremlin say about the Paris Agreement?"],
        ),
        (
            "The European Parliament rejected the budget because Poland asked for more money.",
            ["Why did the European Parliament reject the budget?"],
        ),
        ("英国政府于2020年7月14日决定禁止华为参与网络建设。", ["英国政府何时决定禁止华为参与网络建设？"]),
        ("布林肯说，美国将与俄罗斯达成安排。", ["关于俄罗斯，布林肯说了什么？"]),
    ],
)
def test_a_sentence_of_a_known_shape_answers_its_questions(sentence: str, asked: list[str]) -> None:
    found = list(questions(sentence))
    assert [each for each in asked if each not in found] == []


@pytest.mark.parametrize(
    "sentence",
    [
        "He signed it on 3 May 2021.",  # who?
        "The decision was announced in 2020.",  # which?
        "The talks took place 12 days after Xi met Biden in Geneva.",
        "“We closed the plant in 2019,” Ms. Quill said.",
        "Russia gave the American withdrawal as the reason for its own.",
        "The sanctions imposed on Russia in 2014 hit banks.",
        "Police arrested 40 people on Monday.",
        "Troops of the country thus took part in 2020.",
        "It is not known when the bridge was built.",
        "The Galwan river flooded the valley.",
        "他于2020年7月14日辞职。",
        "若未延期，条约本应于2021年2月5日到期。",
        "",
    ],
)
def test_a_sentence_that_leaves_open_what_it_is_about_gives_no_question(sentence: str) -> None:
    assert list(questions(sentence)) == []


def test_a_name_can_be_asked_about_where_a_sentence_is_about_it() -> None:
    assert mentioned("The Social Charter declares 30 principles.") == ()  # not a verb that is known
    assert mentioned("In 1961, the Social Charter was signed in Turin.") == ("the Social Charter",)
    assert mentioned("They met at the White House.") == ()
    assert mentioned("Galwan River police was there.") == ()
    assert mentioned("President Ann Example was there.") == ()
    assert mentioned("双方签署《睦邻友好合作条约》。") == ("《睦邻友好合作条约》",)


@pytest.fixture
def index(tmp_path: Path, words: WordEmbeddings) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=words) as opened:
        opened.add([MILL, LIBRARY, TREATY])
        yield opened


def offered(index: Index, question: str, *asked: str, filters: Filters = Filters()) -> tuple[str, ...]:
    answer = Bot(index).answer(question)
    assert answer.status is Status.ANSWERED
    return Offers(Bot(index)).next(answer, asked, filters)


def test_what_is_offered_next_is_answered_by_the_articles(index: Index) -> None:
    found = offered(index, "When did the Tarnfield Council close the Old Mill of Tarnfield?")
    assert found[:2] == ("Who is Mara Quill?", "How many workers did the Old Mill of Tarnfield employ?")
    for question in found:
        assert Bot(index).answer(question).status is Status.ANSWERED


def test_what_was_asked_and_what_is_told_is_not_offered_again(index: Index) -> None:
    found = offered(index, "Who closed the Old Mill of Tarnfield?", "Who is Mara Quill, by the way?")
    assert "Who is Mara Quill?" not in found
    assert not [each for each in found if "close" in each]


def test_a_question_in_chinese_goes_on_in_chinese(index: Index) -> None:
    assert offered(index, "中国和俄罗斯何时签署《睦邻友好合作条约》？") == ("中国拥有多少枚核弹头？",)


def test_what_filters_leave_out_is_not_offered(index: Index) -> None:
    question = "When did the Tarnfield Council close the Old Mill of Tarnfield?"
    assert offered(index, question, filters=Filters(outlet=("Lakeside News",))) == ()


def test_nothing_is_offered_that_the_pipeline_refuses(index: Index) -> None:
    answer = Bot(index).answer("When did the Tarnfield Council close the Old Mill of Tarnfield?")
    articles = {each.id: each for each in index.articles()}
    tried: list[str] = []

    def refuses(question: str) -> Answer:
        tried.append(question)
        return Answer(question, Status.REFUSED, "", "extractive")

    assert follow_ups(answer, [], articles, refuses) == ()
    assert tried


def test_an_empty_page_begins_with_questions_of_several_articles(index: Index) -> None:
    found = openers(index.sample(10), Bot(index).answer)
    assert len(found) == 3
    answers = [Bot(index).answer(each) for each in found]
    assert {each.status for each in answers} == {Status.ANSWERED}
    assert {each.citations[0].article_id for each in answers} == {"mill", "library", "treaty"}


def test_openers_follow_what_is_in_the_index(index: Index) -> None:
    offers = Offers(Bot(index))
    before = offers.to_begin_with()
    index.remove("treaty")
    assert [each for each in before if "条约" in each]
    assert offers.to_begin_with() == tuple(each for each in before if "条约" not in each)


def test_openers_are_found_once_as_long_as_the_index_is_the_same(index: Index) -> None:
    offers = Offers(Bot(index))
    assert offers.to_begin_with() is offers.to_begin_with()
