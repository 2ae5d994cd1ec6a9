"""The Chinese measuring set holds what it says."""

from __future__ import annotations

from collections import Counter

from bot.training.chinese import shelf
from bot.training.sets import in_fitting_half
from index.text.words import chinese

SHELF = shelf()
TEXTS = {article.id: article.text for article in SHELF.articles}


def test_every_answer_is_a_span_of_its_article_and_what_has_none_names_no_article() -> None:
    for asked in SHELF.questions:
        assert asked.answerable is bool(asked.spans) is (asked.gold is not None), asked.id
        assert all(asked.gold and span in TEXTS[asked.gold] for span in asked.spans), asked.id


def test_every_id_and_every_question_is_there_once() -> None:
    assert len(TEXTS) == len(SHELF.articles)
    assert len({asked.id for asked in SHELF.questions}) == len({asked.text for asked in SHELF.questions}) == 160


def test_every_article_has_five_questions_of_either_kind_and_the_halves_are_even() -> None:
    counts = Counter((asked.half_by, asked.answerable) for asked in SHELF.questions)
    assert counts == {(article_id, kind): 5 for article_id in TEXTS for kind in (True, False)}
    assert sum(map(in_fitting_half, TEXTS)) * 2 == len(TEXTS)


def test_all_of_it_is_chinese() -> None:
    assert all(map(chinese, [*TEXTS.values(), *(asked.text for asked in SHELF.questions)]))
