"""A small model's draft points to the sentence of an article that says it, and none of its own words is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.flow import EvidencePool
from bot.answering.write.small import pointed
from bot.classifiers.calibration import Calibration
from bot.render.text import verbatim
from bot.types import Answer, Evidence, Model, Status, Words
from bot.wording import worded
from index import Article, Index
from tests.conftest import Scripted, answering

MILL = Article(
    "mill",
    "The mill of Orlau",
    "The mill of Orlau was built in 1931 by Ida Holm. It burnt down on 15 June 1974. Twenty-one men worked there. "
    "China reached 57 per cent of its purchases. The World Health Organization met in Orlau. Was it ever rebuilt?",
    outlet="Orlau Courier",
)
SHIP = Article("ship", "The ship", "The ship sank. Max Stein owned the ship for three years.")


def evidence(article: Article) -> Iterator[Evidence]:
    start = 0
    for text in article.text.replace("? ", "?\n").replace(". ", ".\n").split("\n"):
        yield Evidence(article.id, start, start + len(text), text)
        start += len(text) + 1


def found(question: str, *articles: Article) -> EvidencePool:
    chosen = tuple(each for article in articles for each in evidence(article))
    return EvidencePool(question, chosen=chosen, articles={each.id: each for each in articles})


@pytest.mark.parametrize(
    ("question", "draft", "begins", "answer"),
    [
        ("Who built the mill?", "The mill was built by Ida Holm.", "The mill of Orlau was", "Ida Holm"),
        ("When did the mill burn down?", "It burnt down in June of 1974.", "It burnt down", "burnt June 1974"),
        ("How many men worked at the mill?", "21 men.", "Twenty-one", "Twenty-one"),
        ("What did the WHO do?", "The WHO met.", "The World Health", "met"),
        ("Did China reach its purchases?", "Yes, China reached its purchases.", "China reached 57", ""),
        ("Who owned the ship?", "Max Stein owned it.", "Max Stein", "Max Stein"),
    ],
)
def test_a_draft_points_to_the_sentence_that_says_it_and_to_the_words_that_answer(
    question: str, draft: str, begins: str, answer: str
) -> None:
    quote = pointed(draft, found(question, MILL, SHIP))
    assert quote
    assert quote.quote.text.startswith(begins)
    assert " ".join(quote.quote.text[start:end] for start, end in quote.words) == answer


@pytest.mark.parametrize(
    ("question", "draft"),
    [
        ("Who sang?", "Nobody ever sang."),
        ("Was it rebuilt?", ""),
        ("How long did Edith Garrow own the ship?", "Edith Garrow owned it for three years."),  # no word of her name
    ],
)
def test_a_draft_without_a_word_of_the_articles_points_to_nothing(question: str, draft: str) -> None:
    assert pointed(draft, found(question, SHIP)) is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_drafted_points_to_a_sentence_that_was_shown(question: str, draft: str) -> None:
    seen = found(question, MILL, SHIP)
    quote = pointed(draft, seen)
    if quote:
        assert quote.quote in seen.chosen
        assert 0 <= quote.added <= 1.000001
        assert 0 <= quote.repeated <= 1.000001
        places = [place for span in quote.words for place in span]
        assert places == sorted(places)
        text = quote.quote.text
        assert all(text[start].isalnum() and text[end - 1].isalnum() for start, end in quote.words)


@pytest.mark.parametrize(
    "draft",
    [
        "Yes, China reached its purchases.",
        "No, China did not reach them.",
        "The mill was built by Max Stein, who was right.",
        "Ida Holm was built by the mill first.",
        "15 men died in the mill of Orlau.",
    ],
)
def test_no_word_of_a_small_model_is_shown(tmp_path: Path, draft: str) -> None:
    script = Scripted()
    script.says = lambda: iter([draft])
    with Index.open(tmp_path) as index:
        index.add([MILL, SHIP])
        answer = answering(index, Model("small", script.complete, small=True)).answer("What of the mill of Orlau?")
        told = [index.article(each.article_id).text[each.start : each.end] for each in answer.citations]
    assert answer.status in (Status.ANSWERED, Status.PARTIAL, Status.REFUSED)
    assert [each.quote for each in answer.citations] == told
    assert all(verbatim(each, answer.citations) for each in answer.sentences)


def deciding(threshold: float, unsure: float) -> dict[str, Calibration]:
    """Calibrations by which every draft has the confidence .5."""
    sure = Calibration(0.0, {}, threshold, unsure)
    return {f"{way}-{language}": sure for way in ("quoted", "written", "probed") for language in ("read", "unread")}


@pytest.mark.parametrize(
    ("threshold", "unsure", "status", "text"),
    [
        (0.4, 0.3, Status.ANSWERED, "Max Stein owned the ship for three years. [1]"),
        (0.6, 0.4, Status.PARTIAL, "The nearest passage says: Max Stein owned the ship for three years. [1]"),
        (0.7, 0.6, Status.REFUSED, "The articles do not say. The nearest ones are listed below."),
    ],
)
def test_a_draft_that_may_answer_shows_the_nearest_passage_and_says_so(
    tmp_path: Path, threshold: float, unsure: float, status: Status, text: str
) -> None:
    script = Scripted()
    script.says = lambda: iter(["Max Stein owned the ship."])
    with Index.open(tmp_path) as index:
        index.add([SHIP])
        bot = answering(index, Model("small", script.complete, small=True))
        bot.pipeline = replace(
            bot.pipeline, generator=replace(bot.pipeline.generator, calibrations=deciding(threshold, unsure))
        )
        answer = bot.answer("Who owned the ship?")
        strictest = bot.answer("Who owned the ship?", strictness=0.9)
        strict = bot.answer("Who owned the ship?", strict=True)
    assert (answer.status, answer.text) == (status, text)
    assert strictest.status is Status.REFUSED
    assert (strict.status is Status.ANSWERED) is (status is Status.ANSWERED)
    if status is Status.PARTIAL:
        assert worded(answer.reason) == "It is not certain that this passage answers the question."
        [sentence] = answer.sentences
        assert [sentence.text[start:end] for start, end in sentence.answering] == ["Max Stein"]
        assert verbatim(sentence, answer.citations)


def test_the_words_that_answer_are_told_with_each_sentence_as_it_comes(tmp_path: Path) -> None:
    script = Scripted()
    script.says = lambda: iter(["The mill was built by Ida Holm. ", "Twenty-one men worked there."])
    with Index.open(tmp_path) as index:
        index.add([MILL])
        bot = answering(index, Model("small", script.complete, small=True))
        bot.pipeline = replace(bot.pipeline, generator=replace(bot.pipeline.generator, calibrations=deciding(0.0, 0.0)))
        *events, answer = bot.stream("Who built the mill of Orlau? How many men worked there?")
    said = [each for each in events if isinstance(each, Words)]
    bold = [[each.text[start:end] for start, end in each.answering] for each in said]
    assert bold == [["Ida Holm"], ["Twenty-one men worked"]]
    assert isinstance(answer, Answer)
    assert [[each.text[start:end] for start, end in each.answering] for each in answer.sentences] == bold


def test_a_small_models_own_refusal_stands(tmp_path: Path) -> None:
    script = Scripted()
    script.says = lambda: iter(["Not in the articles."])
    with Index.open(tmp_path) as index:
        index.add([SHIP])
        bot = answering(index, Model("small", script.complete, small=True))
        bot.pipeline = replace(bot.pipeline, generator=replace(bot.pipeline.generator, calibrations=deciding(0.0, 0.0)))
        assert bot.answer("Who owned the ship?").status is Status.REFUSED
