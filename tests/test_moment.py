"""What an article tells from its own day is of that day, and stands after it."""

from __future__ import annotations

from datetime import date

import pytest

from bot.cite import cite
from bot.language.moment import misleads
from bot.types import State
from index.types import Article, Kind
from tests.test_cite import evidence_of


@pytest.mark.parametrize(
    ("day", "text", "told", "state"),
    [
        (date(2020, 7, 15), "The bridge closed on Monday.", "The bridge closed on 15 July 2020.", State.UNSUPPORTED),
        (date(2020, 7, 15), "The bridge closed on Monday.", "The bridge closed on 13 July 2020.", State.SUPPORTED),
        (date(2020, 7, 1), "The bridge closed on Monday.", "The bridge closed in July 2020.", State.UNSUPPORTED),
        (date(2021, 1, 1), "The bridge closed yesterday.", "The bridge closed in 2021.", State.UNSUPPORTED),
        (date(2021, 1, 1), "The bridge closed yesterday.", "The bridge closed on 31 December 2020.", State.SUPPORTED),
        (date(2020, 7, 15), "The bridge closed last year.", "The bridge closed in 2020.", State.UNSUPPORTED),
        (date(2020, 7, 15), "The bridge closed last year.", "The bridge closed in 2019.", State.SUPPORTED),
        (
            date(2020, 7, 15),
            "The bridge closed earlier this year.",
            "The bridge closed in July 2020.",
            State.UNSUPPORTED,
        ),
        (date(2020, 12, 31), "The bridge reopens tomorrow.", "The bridge reopens in 2020.", State.UNSUPPORTED),
        (date(2020, 12, 31), "The bridge reopens next month.", "The bridge reopens in January 2021.", State.SUPPORTED),
        (date(2021, 1, 3), "The bridge closed on 28 December.", "It closed on 28 December 2021.", State.UNSUPPORTED),
        (date(2021, 1, 3), "The bridge closed on 28 December.", "It closed on 28 December 2020.", State.SUPPORTED),
        (date(2020, 12, 28), "It will open on 5 January.", "It will open on 5 January 2021.", State.SUPPORTED),
        # what "now" is, and on a weekday, is not of another date's year
        (date(2021, 2, 3), "The pact will now last until 5 May 2026.", "It ends on 5 May 2021.", State.UNSUPPORTED),
        (date(2021, 2, 3), "It will now last until 5 May 2026.", "It will last until 2021.", State.UNSUPPORTED),
        (date(2021, 2, 3), "It will now last until 5 May 2026.", "It will last until 5 May 2026.", State.SUPPORTED),
        (
            date(2021, 2, 3),
            "On Monday it was prolonged until 5 May 2026.",
            "It was prolonged until 5 May 2021.",
            State.UNSUPPORTED,
        ),
        (
            date(2021, 2, 3),
            "On Monday it was prolonged until 5 May 2026.",
            "It was prolonged until 2021.",
            State.UNSUPPORTED,
        ),
        (
            date(2021, 2, 3),
            "On Monday it was prolonged until 5 May 2026.",
            "It was prolonged in 2021.",
            State.SUPPORTED,
        ),
        (date(2020, 7, 15), "桥昨天关闭。", "桥于2020年7月15日关闭。", State.UNSUPPORTED),
    ],
)
def test_a_day_told_from_that_of_an_article_is_that_day(day: date, text: str, told: str, state: State) -> None:
    article = Article("bridge", "The bridge", text, outlet="Gazette", published=day, kind=Kind.REPORT)
    found = cite(told, "When did the bridge close?", evidence_of(article), (), {article.id: article})
    assert found.sentences[0].state is state


def test_a_sentence_that_tells_its_day_from_that_of_an_article_stands_after_it() -> None:
    text = "The bridge closed on Monday. It will open next year. Ships pass it on Mondays."
    article = Article("bridge", "The bridge", text, outlet="Gazette", published=date(2020, 7, 15), kind=Kind.REPORT)
    found = cite(text, "What happened to the bridge?", evidence_of(article), (), {article.id: article})
    assert [each.text for each in found.sentences] == [
        "As of 15 July 2020 (Gazette): The bridge closed on Monday.",
        "It will open next year.",
        "Ships pass it on Mondays.",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "It closed on Monday.",
        "Yesterday it closed.",
        "Last week, it closed.",
        "Two weeks ago the bridge closed.",
        "It closed; next year it opens.",
        "The bridge has been closed since Monday.",
        "It opens this coming Monday.",
        'On Tuesday he said: "It is over."',
        "去年关闭。",
    ],
)
def test_a_day_that_is_told_from_that_of_the_article_misleads(sentence: str) -> None:
    assert misleads(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "It closed.",
        "It closed in May.",
        "It closed in 2019, last year.",
        "It closed on Monday, 6 July.",
        "It closed in the next month.",
        "It closed the last week of July.",
        "It closes every Monday.",
        "It closes on Monday nights.",
        "It lived two million years ago.",
        "“We will decide next month,” he said.",
        'He said: "We will decide next month."',
        "Her book Next Year sold well.",
        "Last Year at Vellmar is a film.",
        "The Mail on Sunday reported it.",
        "He sang on Saturday Night Live.",
    ],
)
def test_a_phrase_or_a_title_misleads_nobody(sentence: str) -> None:
    assert not misleads(sentence)
