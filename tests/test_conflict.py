"""A newer sentence of another article that answers, too, and says otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.answering.conflict import READ, newer
from bot.answering.flow import EvidencePool
from bot.errors import Cancelled
from bot.judge.judgement import Logits
from bot.types import Cancellation, Evidence
from index.types import Article
from tests.conftest import CONTRADICTED, NOT_STATED, SUPPORTED, scripted_judge

QUESTION, CLAIM = "When does the harbour close?", "The harbour closes on 4 May."
OLD = Article("old", "The harbour", CLAIM, published=date(2020, 4, 1))
NEW = Article("new", "The harbour", "The harbour closes on 9 June.", published=datetime(2020, 4, 2, 9, 30))


def first(article: Article) -> Evidence:
    return Evidence(article.id, 0, len(article.text), article.text)


def found(*others: Article, answers: float = 0.9) -> EvidencePool:
    articles = {each.id: each for each in (OLD, *others)}
    return EvidencePool(QUESTION, answers={first(each): answers for each in articles.values()}, articles=articles)


@pytest.mark.parametrize(
    ("other", "answers", "told", "rival"),
    [
        (NEW, 0.9, CONTRADICTED, True),
        (replace(NEW, published=date(2020, 3, 31)), 0.9, CONTRADICTED, False),  # older
        (replace(NEW, published=datetime(2020, 4, 1, 23, 0)), 0.9, CONTRADICTED, False),  # of the same day
        (replace(NEW, published=None), 0.9, CONTRADICTED, False),
        (replace(NEW, as_of=date(2019, 1, 1)), 0.9, CONTRADICTED, False),  # it tells of an earlier day
        (replace(NEW, published=date(2019, 1, 1), as_of=date(2020, 5, 1)), 0.9, CONTRADICTED, True),
        (NEW, 0.1, CONTRADICTED, False),  # it does not answer
        (NEW, 0.9, SUPPORTED, False),
        (NEW, 0.9, NOT_STATED, False),
    ],
)
def test_a_rival_is_newer_of_another_article_answers_and_contradicts(
    other: Article, answers: float, told: Logits, *, rival: bool
) -> None:
    judge = scripted_judge({(NEW.text, CLAIM): told})
    seen = newer(CLAIM, [first(OLD)], found(other, answers=answers), judge)
    assert seen.sentence == (first(other) if rival else None)
    assert [each.passed for each in seen.trace if each.step == "conflict"] in ([rival], [])


def test_an_article_does_not_contradict_itself() -> None:
    later = Evidence("old", 30, 60, "No, the harbour closes on 9 June.")
    seen = replace(found(), answers={first(OLD): 0.9, later: 0.9})
    assert newer(CLAIM, [first(OLD)], seen, scripted_judge({("9 June", ""): CONTRADICTED})).sentence is None


def test_what_rests_on_an_article_without_a_day_has_no_newer_one() -> None:
    undated = replace(OLD, published=None)
    seen = replace(found(NEW), articles={"old": undated, "new": NEW})
    assert newer(CLAIM, [first(undated)], seen, scripted_judge({("9 June", ""): CONTRADICTED})).sentence is None


def test_of_several_rivals_the_likeliest_answer_is_told_and_few_are_read() -> None:
    later = [replace(NEW, id=f"new{place}", text=f"The harbour closes on {place} June.") for place in range(1, 10)]
    seen = found(*later)
    seen = replace(seen, answers={each: 0.5 + place / 100 for place, each in enumerate(seen.answers)})
    rival = newer(CLAIM, [first(OLD)], seen, scripted_judge({("", CLAIM): CONTRADICTED}))
    assert rival.sentence == first(later[-1])
    assert len(rival.trace) == READ
    assert all((each.step, each.task, each.threshold) == ("conflict", "contradicted", 0.5) for each in rival.trace)


def test_looking_for_a_rival_can_be_cancelled() -> None:
    stop = Cancellation()
    stop.set()
    with pytest.raises(Cancelled):
        newer(CLAIM, [first(OLD)], found(NEW), scripted_judge(), stop)
