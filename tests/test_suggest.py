"""Which questions are put before a person: about articles that answer them."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.answering.bot import Bot
from bot.errors import Cancelled, ModelFailed
from bot.model import Model
from bot.suggestions.follow_ups import FOLLOW_UPS, TRIED, follow_ups, presentable, request, sources
from bot.suggestions.offers import Offers
from bot.suggestions.openers import (
    LONGEST,
    OPENERS,
    TRIED_OF_TITLES,
    Answers,
    about,
    by_month,
    by_name,
    by_subject,
    by_title,
    openers,
)  # fmt: skip
from bot.types import Answer, Cancellation, Citation, Intent, Prompt, Status
from index.index import Index
from index.types import Article, Filters, Hit, Hits, Kind, Passage

MILL = Article(
    "mill",
    "The mill of Tarnfield",
    "The mill of Tarnfield closed on 4 April 2019. Mara Quill, the mayor of Tarnfield, called it a sad day. The mill "
    "had ground flour for three hundred years.",
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
    "两国签署条约，《睦邻友好合作条约》于2001年7月16日生效。《睦邻友好合作条约》由两国元首在首都签署。",
    kind=Kind.REPORT,
    language="zh",
)
ASKED = "When did the mill of Tarnfield close?"
# What a model writes of a sentence, by words of that.
FLOUR = "How many years had the mill ground flour?"
BOOKS = "How many books did Joris Bank give the library of Tarnfield?"
WRITTEN = {"flour": FLOUR, "2,000": BOOKS, "sad day": "What did Mara Quill, the mayor of Tarnfield, say?"}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("suggest") / "store") as opened:
        opened.add([MILL, LIBRARY, TREATY])
        yield opened


class Writer:
    """A model that writes what stands in a script, by words of the sentence, and keeps what it was asked."""

    def __init__(self, script: Mapping[str, str] = WRITTEN) -> None:
        self.script, self.prompts = script, list[Prompt]()

    def complete(self, prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:
        if cancel and cancel.is_set():
            raise Cancelled
        self.prompts.append(prompt)
        yield next((line for words, line in self.script.items() if words in prompt.user), "It is not said.")
        yield "\nA second line, which nobody reads."


@pytest.fixture(scope="module")
def answer(index: Index) -> Answer:
    """That of the mill's first sentence, with evidence of two articles."""
    found, beside = Bot(index).answer(ASKED), Bot(index).answer(BOOKS)
    first = found.citations[0]
    assert (first.article_id, first.start) == ("mill", 0)
    return replace(found, citations=(first,), evidence=(*found.evidence, *beside.evidence))


def led_on(answer: Answer, index: Index, writer: Writer, *asked: str) -> list[str]:
    return list(follow_ups(answer, asked, index, writer.complete, Bot(index).answer))


def test_sentences_to_go_on_from_were_found_and_are_not_cited(answer: Answer, index: Index) -> None:
    found = list(sources(answer, index))
    assert {each.article.id for each in found} == {"mill", "library"}
    assert all(each.article.text[each.sentence.start : each.sentence.end] == each.sentence.text for each in found)
    assert answer.citations[0].quote not in {each.sentence.text for each in found}
    assert found[0].article == MILL  # the nearest first


def test_an_article_that_is_no_evidence_is_nothing_to_go_on_from(answer: Answer, index: Index) -> None:
    own = tuple(each for each in answer.evidence if each.article_id == "mill")
    assert {each.article.id for each in sources(replace(answer, evidence=own), index)} == {"mill"}


def test_a_sentence_that_says_what_is_cited_is_nothing_to_go_on_from(answer: Answer, index: Index) -> None:
    said = replace(answer.citations[0], article_id="other", quote="Tarnfield's mill closed on 4 April 2019.")
    (left,) = {each.sentence.text for each in sources(replace(answer, citations=()), index)} - {
        each.sentence.text for each in sources(replace(answer, citations=(said,)), index)
    }
    assert left == answer.citations[0].quote


def test_what_is_offered_is_written_of_what_was_not_cited_and_answered_by_its_article(
    answer: Answer, index: Index
) -> None:
    writer = Writer()
    found = led_on(answer, index, writer)
    assert {FLOUR, BOOKS} <= set(found) <= set(WRITTEN.values())
    assert len(found) <= FOLLOW_UPS
    tried = [request(each).user for each in sources(answer, index)][: len(writer.prompts)]
    assert [each.user for each in writer.prompts] == tried
    assert len(tried) <= TRIED
    for question, article in ((FLOUR, "mill"), (BOOKS, "library")):
        assert {each.article_id for each in Bot(index).answer(question).citations} == {article}


def test_what_was_asked_is_not_offered_again_in_other_words(answer: Answer, index: Index) -> None:
    assert BOOKS not in led_on(
        answer, index, Writer(), "How many books did the library of Tarnfield get by Joris Bank?"
    )
    assert led_on(answer, index, Writer(dict.fromkeys(WRITTEN, "When was the mill of Tarnfield closed?"))) == []


def test_the_same_is_not_offered_twice(answer: Answer, index: Index) -> None:
    assert led_on(answer, index, Writer(dict.fromkeys(WRITTEN, BOOKS))) in ([], [BOOKS])


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("Who won the World Cup of 1998?", id="which the articles do not answer"),
        pytest.param("Which day did Tarnfield's mill shut down for good?", id="which another sentence answers"),
        pytest.param(BOOKS, id="which another article answers"),
    ],
)
def test_what_leads_nowhere_is_not_offered(answer: Answer, index: Index, question: str) -> None:
    assert led_on(answer, index, Writer({"flour": question})) == []


@pytest.mark.parametrize(
    ("question", "presented"),
    [
        (FLOUR, True),
        (BOOKS, True),
        ("", False),
        ("?", False),
        ("Why did it?", False),
        ("Who called it a sad day", False),
        ("The mill of Tarnfield closed.", False),
        ("The mill closed. Why did the mill of Tarnfield close?", False),
        ("Is the mill <b>of Tarnfield</b> open?", False),
        ("Is the mill of [Tarnfield](x) open?", False),
        ("Is the mill of Tarnfield at https://evil.example?", False),
        (f"Is the mill of {'Tarnfield ' * 12}open?", False),
        ("磨坊什么时候关闭？", False),
    ],
)
def test_only_a_short_question_that_stands_alone_is_presented(question: str, presented: bool) -> None:
    assert presentable(question, ASKED) == presented
    assert len(question) <= LONGEST or not presented


def test_a_question_in_chinese_goes_on_in_chinese(index: Index) -> None:
    answer = Bot(index).answer("《睦邻友好合作条约》什么时候生效？")
    first = replace(answer, citations=answer.citations[:1])
    assert first.citations[0].start == 0
    assert {each.article.id for each in sources(first, index)} == {"treaty"}
    asked = "《睦邻友好合作条约》在哪里签署？"
    assert led_on(first, index, Writer({"元首": asked})) == [asked]
    assert led_on(first, index, Writer({"元首": "Who signed the treaty of 2001?"})) == []


def test_what_was_removed_since_is_nothing_to_go_on_from(tmp_path: Path) -> None:
    with Index.open(tmp_path / "store") as index:
        index.add([MILL, LIBRARY])
        answer = Bot(index).answer(ASKED)
        index.remove("library")
        assert {each.article.id for each in sources(answer, index)} <= {"mill"}


# With a model that is asked while nobody else asks


def offered(bot: Bot, answer: Answer, filters: Filters = Filters(), cancel: Cancellation | None = None) -> list[str]:
    return list(Offers(bot).next(answer, [], filters, cancel or Cancellation()))


def writing(writer: Writer, *, remote: bool = False) -> Model:
    return Model("scripted", writer.complete, remote=remote)


def test_without_a_language_model_nothing_is_offered(answer: Answer, index: Index) -> None:
    assert offered(Bot(index), answer) == []


@pytest.mark.parametrize(
    ("remote", "wanted", "asked"),
    [(False, None, True), (False, False, False), (True, None, False), (True, True, True), (True, False, False)],
)
def test_a_model_whose_calls_may_cost_writes_only_where_that_is_asked_for(
    answer: Answer, index: Index, remote: bool, wanted: bool | None, asked: bool
) -> None:
    writer = Writer()
    found = offered(Bot(index, writing(writer, remote=remote), suggestions=wanted), answer)
    assert bool(found) == bool(writer.prompts) == asked


def test_what_filters_leave_out_is_not_offered(answer: Answer, index: Index) -> None:
    found = offered(Bot(index, writing(Writer())), answer, Filters(outlet=("Tarnfield Post",)))
    assert FLOUR in found
    assert BOOKS not in found


@pytest.mark.parametrize("status", [Status.REFUSED, Status.FAILED])
def test_after_no_answer_nothing_is_offered(answer: Answer, index: Index, status: Status) -> None:
    assert offered(Bot(index, writing(Writer())), replace(answer, status=status)) == []


def test_an_overview_is_gone_on_from_what_it_leaves_out(index: Index) -> None:
    overview = Bot(index).answer("Tell me about Tarnfield", request=Intent.OVERVIEW)
    cited = {(each.article_id, each.start) for each in overview.citations}
    assert {(each.sentence.article_id, each.sentence.start) for each in sources(overview, index)}.isdisjoint(cited)
    short = replace(overview, citations=overview.citations[:1])
    assert offered(Bot(index, writing(Writer())), short)


def test_whoever_asks_ends_what_is_made_meanwhile(answer: Answer, index: Index) -> None:
    writer = Writer()

    def interrupted(prompt: Prompt, _: Cancellation | None = None, /) -> Generator[str]:
        bot.begin("Who else asks?")
        return writer.complete(prompt)

    bot, cancel = Bot(index, Model("scripted", interrupted)), Cancellation()
    assert offered(bot, answer, cancel=cancel) == []
    assert cancel.is_set()
    assert len(writer.prompts) == 1


def test_a_model_that_fails_leaves_out_what_could_be_asked(answer: Answer, index: Index) -> None:
    def broken(_: Prompt, __: Cancellation | None = None, /) -> Generator[str]:
        raise ModelFailed("It broke.")

    assert offered(Bot(index, Model("broken", broken)), answer) == []


# To begin with


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


def test_an_article_that_does_not_answer_is_not_offered() -> None:
    parts = numbered(20)
    answers, tried = citing(parts[2])
    assert openers(parts, answers) == ("What does “Part 2” say?",)
    assert len(tried) == TRIED_OF_TITLES


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


def test_an_empty_page_begins_with_one_question_of_each_form_that_the_articles_answer(index: Index) -> None:
    there, bot = index.sample(10), Bot(index)
    found = openers(there, bot.answer)
    forms = [{each.question for each in form(there)} for form in (by_name, by_subject, by_month, by_title)]
    assert found
    assert set(found) <= set().union(*forms)
    assert all(len(form & set(found)) <= 1 for form in forms[:3])
    assert len(set(found) & forms[3]) >= 1
    assert all(bot.answer(each).citations for each in found)


def test_each_form_is_tried_a_few_times_and_titles_fill_the_rest() -> None:
    days = [date(2020, month, 1) for month in range(1, 10)]
    articles = [
        replace(each, author=f"Author {number}", published=day)
        for number, (each, day) in enumerate(zip(numbered(9), days, strict=True))
    ]
    tried: list[str] = []

    def answers(question: str) -> Answer:
        tried.append(question)
        return answered(question, *articles[2:] if question.startswith(("What did Author 2", "What does")) else ())

    assert openers(articles, answers) == ("What did Author 2 write?", about(articles[2]))
    assert tried[:6] == [
        *(f"What did Author {number} write?" for number in range(3)),
        *(f"What happened in {month} 2020?" for month in ("January", "February", "March")),
    ]


@pytest.mark.parametrize(
    ("language", "title", "text", "asked"),
    [
        (
            *("en", "The port of Brightsea", "On Monday the port of Brightsea closed."),
            ["What did Ann Lee write?", "What do the articles say about Brightsea?", "What happened in July 2020?"],
        ),
        (
            *("zh", "中国签署条约", "中国签署条约。"),
            ["Ann Lee写了什么？", "关于中国，文章说了什么？", "2020年7月发生了什么？"],
        ),
        (
            *("de", "In Port Brightsea ist Ruhe", "Gestern war in Port Brightsea alles still, auch die Ruhe."),
            ["Was schrieb Ann Lee?", "Was sagen die Artikel über Port Brightsea?", "Was geschah im Juli 2020?"],
        ),
        (
            *("fr", "Le port de Brightsea", "Hier le port de Brightsea a fermé."),
            [
                "Qu’a écrit Ann Lee ?",
                "Que disent les articles sur Brightsea ?",
                "Que s’est-il passé en juillet 2020 ?",
            ],
        ),
        (
            *("es", "El puerto de Brightsea", "Ayer cerró el puerto de Brightsea."),
            ["¿Qué escribió Ann Lee?", "¿Qué dicen los artículos sobre Brightsea?", "¿Qué pasó en julio de 2020?"],
        ),
    ],
)
def test_what_is_asked_of_articles_is_in_their_language(language: str, title: str, text: str, asked: list[str]) -> None:
    first = Article("a", title, text, author="Ann Lee", published=date(2020, 7, 1), language=language)
    articles = [first, replace(first, id="b", author=None, published=date(2020, 7, 3))]
    found = [each for form in (by_name, by_subject, by_month) for each in form(articles)]
    assert [each.question for each in found] == asked
    assert [each.articles for each in found] == [{"a"}, {"a", "b"}, {"a", "b"}]


def test_a_subject_is_asked_about_without_a_possessive_ending() -> None:
    first = Article("a", "Brightsea’s port closes", "On Monday the boats left Brightsea’s port.", language="en")
    (found,) = by_subject([first, replace(first, id="b", title="Brightsea's winter")])
    assert found.question == "What do the articles say about Brightsea?"


def test_a_name_of_most_articles_and_days_in_titles_are_not_asked_about() -> None:
    first = Article("a", "Closed in July 2020", "It closed in July 2020.", author="Ann Lee", outlet="Post")
    articles = [replace(first, id=each) for each in "abc"]
    assert [*by_name(articles), *by_subject(articles), *by_month(articles)] == []
    long = [replace(first, id=each, author="L" * LONGEST) for each in "a"] + [replace(first, id="b", author=None)]
    assert list(by_name(long)) == []


def test_openers_follow_what_is_in_the_index(index: Index) -> None:
    offers = Offers(Bot(index))
    assert len(offers.to_begin_with()) > 1
    for each in (MILL, LIBRARY):
        index.remove(each.id)
    assert offers.to_begin_with() == (about(TREATY),)


def test_openers_are_found_once_as_long_as_the_index_is_the_same(index: Index) -> None:
    offers = Offers(Bot(index))
    assert offers.to_begin_with() is offers.to_begin_with()
