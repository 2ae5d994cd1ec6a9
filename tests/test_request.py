"""What a person wants is told apart, and talk and questions about the library are answered without a model."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from bot import Bot, Turn
from bot.answering.evidence import question_terms
from bot.classifiers.features import ngrams
from bot.classifiers.intent import KINDS, LANGUAGES, TALK, classify, subject
from bot.training.intent import read
from bot.types import Intent, State, Status
from bot.wording import reply, worded
from index import Article, Index
from tests.small_news import ARTICLES


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    index = Index.open(tmp_path_factory.mktemp("request") / "store")
    index.add(ARTICLES)
    return Bot(index)


def test_requests_that_nobody_had_seen_are_told_apart() -> None:
    held = read("requests_held.jsonl")
    right = [(told is each.kind) for each in held for told in (_plain(classify(each.text).request),)]
    assert sum(right) / len(right) >= 0.88


def _plain(request: Intent) -> Intent:
    return Intent.COMPLAINT if request is Intent.CORRECTION else request


@pytest.mark.parametrize(
    ("text", "request_", "language"),
    [
        ("hi", Intent.SMALLTALK, "en"),
        ("谢谢！", Intent.SMALLTALK, "zh"),
        ("What can you do?", Intent.HELP, "en"),
        ("Tell me about Vellmar", Intent.OVERVIEW, "en"),
        ("Schreib mir ein Gedicht über den Hafen", Intent.OUTSIDE, "de"),
        ("no, I meant the tram", Intent.CORRECTION, "en"),
        ("¿Cuántos artículos tienes en total?", Intent.LIBRARY, "es"),
    ],
)
def test_a_request_has_a_kind_and_a_language(text: str, request_: Intent, language: str) -> None:
    found = classify(text)
    assert (found.request, found.language) == (request_, language)
    assert 0 < found.probability <= 1


@pytest.mark.parametrize("text", ["", "?", "\ud800", "a" * 2000, "0"])
def test_any_text_has_a_kind(text: str) -> None:
    assert classify(text).request in KINDS


@pytest.mark.parametrize(
    ("text", "asking", "about"),
    [
        ("Give me a timeline of the Heron", ("give", "timelin"), "heron"),
        ("Summarise the articles about the harbour", ("summaris", "articl"), "harbour"),
        ("Compare the trams of Marlow and Leer", ("compar",), "tram"),
        ("Gib mir eine Zeitleiste des Streiks", ("mir", "zeitleist"), "streik"),
        ("给我一个关于罢工的时间线", ("给", "时间"), "罢工"),
        ("\ud800 overview of C++ (a book)", ("overview",), "book"),
    ],
)
def test_words_of_asking_weigh_less_than_the_subject(text: str, asking: tuple[str, ...], about: str) -> None:
    shares = subject(text, classify(text).request, question_terms(text))
    assert all(0 < share <= 1 for share in shares.values())
    assert max(shares[each] for each in asking) < shares[about]


def test_the_ngrams_of_a_text_have_unit_length() -> None:
    found = ngrams("When did it reopen?", np.ones(1 << 17))
    assert np.isclose((found.values**2).sum(), 1)
    assert len(set(found.buckets)) == len(found.buckets)


def test_talk_is_answered_in_each_language() -> None:
    assert all(reply(request, language) for request in TALK for language in LANGUAGES)


@pytest.mark.parametrize("text", ["hi", "thanks a lot!", "what can you do?", "Write me a poem about bridges"])
def test_talk_is_no_question_about_articles(bot: Bot, text: str) -> None:
    answer = bot.answer(text, [Turn("When did the bridge reopen?", "On 3 May 2021.")])
    assert answer.status is Status.ANSWERED
    assert answer.request in TALK
    assert answer.text
    assert not any((answer.citations, answer.nearest, answer.sentences, answer.hits))


def test_a_question_is_answered_as_before_after_thanks(bot: Bot) -> None:
    history = [Turn("When did the old bridge in Vellmar reopen?", "On 3 May 2021."), Turn("thanks!", "Gladly.")]
    answer = bot.answer("What did the repairs of the bridge cost?", history)
    assert "4.2 million" in answer.text


def test_nothing_leans_on_a_refused_question(bot: Bot) -> None:
    history = [Turn("What is the price of img src on Mars?", "", refused=True)]
    answer = bot.answer("And when did the bridge reopen?", history)
    assert answer.status is not Status.REFUSED or "Mars" not in str(worded(answer.reason))
    assert all("img" not in each.text for each in answer.trace)


def test_a_correction_is_asked_with_the_question_that_it_corrects(bot: Bot) -> None:
    answer = bot.answer("no, I meant the bridge", [Turn("When did the tram reopen?", "It did not.")])
    assert "3 May 2021" in answer.text


def test_the_kind_that_a_person_says_counts(bot: Bot) -> None:
    answer = bot.answer("hi", request=Intent.SHORT)
    assert answer.request is Intent.SHORT
    assert answer.status is Status.REFUSED


def test_what_articles_there_are_is_told_from_the_ledger(bot: Bot) -> None:
    answer = bot.answer("Which outlets do you have?")
    assert answer.request is Intent.LIBRARY
    assert "There are 3 articles here." in answer.text
    assert "Vellmar Courier (2)" in answer.text
    assert "2 April 2019" in answer.text
    assert {each.article_id for each in answer.nearest} == {each.id for each in ARTICLES}
    assert not answer.sentences


def test_the_articles_about_something_are_listed(bot: Bot) -> None:
    answer = bot.answer("What articles do you have about the tram?")
    assert [each.article_id for each in answer.nearest] == ["tram"]


def test_an_empty_library_says_so(tmp_path: Path) -> None:
    with Index.open(tmp_path / "store") as index:
        index.add([Article("a", "Title", "A sentence about nothing.", published=date(2020, 1, 2))])
        index.remove("a")
        answer = Bot(index).answer("How many articles are there?")
    assert "0 articles" in answer.text
    assert answer.nearest == ()


def test_quotes_stay_what_they_were(bot: Bot) -> None:
    answer = bot.answer("When did the old bridge in Vellmar reopen?")
    assert answer.request is Intent.SHORT
    assert [each.state for each in answer.sentences] == [State.SUPPORTED]
