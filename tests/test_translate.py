"""A request in the languages of the articles: which, by whom, and what code sees of a translation."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot import Bot
from bot.answering.translate import languages, translated
from bot.types import Answer, Cancellation, EvidenceReady, Intent, Judgement, Model, Prompt, Status
from index import Article, Filters, Index
from index.types import Inventory

COST = "How much did the repairs of the bridge in Vellmar cost?"
KOSTEN = "Wie viel kosteten die Reparaturen der Brücke in Vellmar?"
BAHN = "Wann wurde die Straßenbahn abgebaut?"
HAFEN = "Wann schloss der Hafen von Brightsea?"
BRIDGE = Article(
    "bridge",
    "Vellmar's old bridge reopens",
    "The old bridge in Vellmar reopened on 3 May 2021. The repairs of the bridge in Vellmar cost 4.2 million euros.",
    language="en",
)
TRAM = Article("tram", "Tram", "The tram of Vellmar was torn up in 1962 by the town council.", language="en")
HARBOUR = Article(
    "hafen", "Der Hafen schließt", "Der Hafen von Brightsea schloss am 4. April 2019 für immer.", language="de"
)


GERMAN = Filters(language=("de",))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("translate")) as index:
        index.add([BRIDGE, TRAM, HARBOUR])
        yield index


def model(asked: list[str], translations: dict[str, str], answer: str = "Not in the articles.") -> Model:
    """One that translates what it is given a translation of, and answers all else."""

    def complete(prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:  # noqa: ARG001
        asked.append(prompt.user)
        yield translations.get(prompt.user, answer)

    return Model("scripted", complete)


def there(*counts: tuple[str | None, int]) -> Inventory:
    return Inventory(languages=counts)


@pytest.mark.parametrize(
    ("own", "counts", "searched"),
    [
        ("en", there(("en", 28), ("zh", 2)), ("en", "zh")),
        ("zh", there(("en", 28), ("zh", 2)), ("en", "zh")),
        ("de", there(("zh", 9)), ("zh",)),
        ("de", there(("en", 9), ("zh", 5), ("fr", 4), ("es", 2)), ("en", "zh", "fr")),
        ("fr", there((None, 9)), ("fr",)),
        ("fr", there(("en", 9), (None, 3)), ("en", "fr")),
        ("fr", there(), ("fr",)),
    ],
)
def test_the_language_of_most_articles_is_searched_first_then_the_persons_own(
    own: str, counts: Inventory, searched: tuple[str, ...]
) -> None:
    assert languages(own, counts) == searched


@pytest.mark.parametrize(
    ("written", "language", "taken"),
    [
        ("When did the harbour close in 2019?", "en", True),
        ("港は2019年にいつ閉まりましたか？", "ja", True),
        ("Когда порт закрылся в 2019 году?", "ru", True),
        ("港口2019年什么时候关闭？", "zh", True),
        ("港口2019年什么时候关闭？", "en", False),  # not its script
        ("When did the harbour close?", "en", False),  # a figure is lost
        ("When did the harbour close in 2018?", "en", False),
        ("When did the <b>harbour</b> close in 2019?", "en", False),
        ("See https://harbour.example for 2019", "en", False),
        ("It closed. In 2019. Who asks?", "en", False),
        ("", "en", False),
    ],
)
def test_a_translation_keeps_the_figures_and_is_one_plain_line(written: str, language: str, taken: bool) -> None:
    found = translated("Wann schloss der Hafen 2019?", language, lambda _: iter([f"{written}\nand more"]))
    assert found == (written if taken else None)


def test_the_model_is_told_the_language_by_its_name() -> None:
    asked: list[Prompt] = []
    translated("Who left?", "zh", lambda prompt: iter(asked.append(prompt) or ["谁离开了？"]))
    assert asked[0].user.startswith("Chinese: Who left?")


def test_a_question_is_answered_in_the_language_of_the_articles(index: Index) -> None:
    asked: list[str] = []
    told = "The repairs of the bridge in Vellmar cost 4.2 million euros."
    answer = Bot(index, model(asked, {f"English: {KOSTEN}": COST}, told)).answer(KOSTEN)
    assert (answer.status, answer.question, answer.searched) == (Status.ANSWERED, KOSTEN, COST)
    assert [each.article_id for each in answer.citations] == ["bridge"]
    assert len(asked) == 2


def test_what_one_language_does_not_answer_is_searched_for_in_the_next(index: Index) -> None:
    asked: list[str] = []
    question = "When was the last ship seen there?"
    told = "Der Hafen von Brightsea schloss am 4. April 2019 für immer."
    answer = Bot(index, model(asked, {f"German: {question}": HAFEN}, told)).answer(question)
    assert (answer.status, answer.searched) == (Status.ANSWERED, HAFEN)
    assert [each.article_id for each in answer.citations] == ["hafen"]
    assert f"German: {question}" in asked


@pytest.mark.parametrize("request_", [Intent.SHORT, Intent.OVERVIEW])
def test_a_further_language_needs_more_confidence_than_the_first(index: Index, request_: Intent) -> None:
    question = "When was the last ship seen there?"
    bot = Bot(
        index, model([], {f"German: {question}": HAFEN}, "Der Hafen von Brightsea schloss am 4. April 2019 für immer.")
    )

    def decided(asked: str, strictness: float, filters: Filters = Filters()) -> tuple[Status, Judgement]:
        answer = bot.answer(asked, filters=filters, strictness=strictness, request=request_)
        return answer.status, next(each for each in reversed(answer.trace) if each.step == "decide")

    _, easily = decided(HAFEN, 0.01, GERMAN)
    least = easily.score - 0.002
    assert decided(HAFEN, least, GERMAN) == (Status.ANSWERED, replace(easily, threshold=round(least, 3)))
    assert decided(question, least)[0] is Status.REFUSED
    enough = least / (2 - least)  # twice its odds are those of `least`
    assert decided(question, enough) == (Status.ANSWERED, replace(easily, threshold=round(least, 3)))


def test_a_translation_that_is_none_leaves_the_question_as_it_is(index: Index) -> None:
    asked: list[str] = []
    answer = Bot(index, model(asked, {f"English: {BAHN}": "<b>What?</b>"})).answer(BAHN)
    assert (answer.status, answer.searched) == (Status.REFUSED, None)


def test_a_question_in_the_language_of_all_articles_costs_no_call(tmp_path: Path) -> None:
    asked: list[str] = []
    with Index.open(tmp_path / "store") as index:
        index.add([BRIDGE, TRAM])
        events = list(Bot(index, model(asked, {})).stream("Who is the pope of Rome?"))
    assert isinstance(events[-1], Answer)
    assert sum(isinstance(each, EvidenceReady) for each in events) == 1
    assert not [each for each in asked if ": " in each[:10]]


def test_without_a_model_nothing_is_translated(index: Index) -> None:
    answer = Bot(index).answer(KOSTEN)
    assert answer.searched is None


def test_two_questions_are_two_in_any_language_and_small_figures_may_be_words() -> None:
    request = "Welche 2 Parteien unterschrieben am 4. April 2019? Warum?"
    assert translated(request, "en", lambda _: iter(["Which two parties signed on 4 April 2019? Why?"]))
    assert not translated(request, "en", lambda _: iter(["Which two parties signed? On 4 April 2019? Why? Who?"]))


def test_a_model_that_repeats_the_question_leaves_the_other_languages(index: Index) -> None:
    asked: list[str] = []
    answer = Bot(index, model(asked, {f"English: {BAHN}": BAHN})).answer(BAHN)
    assert (answer.status, answer.searched) == (Status.REFUSED, None)


def test_only_the_languages_of_the_articles_that_are_searched_count(index: Index) -> None:
    asked: list[str] = []
    Bot(index, model(asked, {})).answer(KOSTEN, filters=Filters(article=("hafen",)))
    assert not [each for each in asked if each.startswith("English: ")]
