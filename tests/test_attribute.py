"""Whose words they are, in English and in Chinese, and of which day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.attribute import attribute, dated, day, facts_of, source, speaks_for_somebody
from index.types import Article, Kind

PIECE = Article(
    "piece",
    "Lost",
    "…",
    author="Ann Example",
    outlet="Harbour Gazette",
    published=datetime(2020, 4, 2, 9, 30),
    kind=Kind.OPINION,
)
BOARD = replace(PIECE, author=None, kind=Kind.EDITORIAL)
BARE = replace(PIECE, author=None, outlet=None, published=None, kind=Kind.RELEASE)
REPORT = replace(PIECE, kind=Kind.REPORT)
IN_CHINESE = replace(PIECE, author="张华", outlet="联合报")


@pytest.mark.parametrize(
    ("articles", "voice"),
    [
        ([PIECE], "Ann Example (opinion, Harbour Gazette, 2 April 2020)"),
        ([replace(PIECE, kind=Kind.INTERVIEW)], "an interview by Ann Example (Harbour Gazette, 2 April 2020)"),
        ([replace(PIECE, outlet=None, published=None)], "Ann Example (opinion)"),
        ([replace(PIECE, as_of=date(2019, 1, 3))], "Ann Example (opinion, Harbour Gazette, 3 January 2019)"),
        ([BOARD], "Harbour Gazette (editorial, 2 April 2020)"),
        ([replace(BOARD, outlet=None)], "an editorial (2 April 2020)"),
        ([BARE], "a release"),
        ([replace(BARE, kind=Kind.OPINION)], "an opinion"),
        ([BARE, BARE], "a release"),
        (
            [PIECE, replace(BOARD, outlet="Tide")],
            "Ann Example (opinion, Harbour Gazette, 2 April 2020) and Tide (editorial, 2 April 2020)",
        ),
    ],
)
def test_a_view_is_said_to_be_its_authors_or_its_outlets(articles: list[Article], voice: str) -> None:
    assert attribute("It is lost.", articles) == f"According to {voice}: It is lost."


@pytest.mark.parametrize(
    ("articles", "voice"),
    [
        ([IN_CHINESE], "张华（评论，联合报，2020年4月2日）"),
        ([replace(IN_CHINESE, author=None, kind=Kind.EDITORIAL)], "联合报（社论，2020年4月2日）"),
        ([BARE], "声明"),
        ([replace(IN_CHINESE, kind=Kind.INTERVIEW)], "张华的访谈（联合报，2020年4月2日）"),
        ([IN_CHINESE, replace(BARE, kind=Kind.INTERVIEW)], "张华（评论，联合报，2020年4月2日）、访谈"),
    ],
)
def test_a_view_in_chinese_is_attributed_in_chinese(articles: list[Article], voice: str) -> None:
    assert attribute("港口迷失了方向。", articles) == f"据{voice}：港口迷失了方向。"


@pytest.mark.parametrize(
    "articles",
    [[], [REPORT], [PIECE, REPORT], [replace(PIECE, kind=None)], [replace(PIECE, kind=Kind.ANALYSIS)]],
)
def test_what_any_report_says_too_is_nobodys_view(articles: list[Article]) -> None:
    assert attribute("It is lost.", articles) == "It is lost."


def test_only_a_report_an_analysis_and_what_is_of_no_known_kind_speak_for_themselves() -> None:
    silent = {kind for kind in (*Kind, None) if not speaks_for_somebody(replace(PIECE, kind=kind))}
    assert silent == {Kind.REPORT, Kind.ANALYSIS, None}


@pytest.mark.parametrize(
    ("article", "sentence", "told"),
    [
        (REPORT, "It has 320.", "As of 2 April 2020 (Harbour Gazette): It has 320."),
        (replace(REPORT, outlet=None), "It has 320.", "As of 2 April 2020: It has 320."),
        (replace(REPORT, as_of=date(2020, 1, 1)), "It has 320.", "As of 1 January 2020 (Harbour Gazette): It has 320."),
        (IN_CHINESE, "它有320枚。", "2020年4月2日（联合报）：它有320枚。"),
        (replace(IN_CHINESE, outlet=None), "它有320枚。", "2020年4月2日：它有320枚。"),
    ],
)
def test_what_is_contradicted_is_told_with_its_day_and_its_outlet(article: Article, sentence: str, told: str) -> None:
    assert dated(sentence, article) == told


def test_the_facts_of_an_article_are_what_it_says_of_itself_each_once() -> None:
    assert facts_of(PIECE) == "Lost . Ann Example . Harbour Gazette . 2 April 2020"
    assert facts_of(replace(PIECE, as_of=date(2019, 1, 3))).endswith("3 January 2019 . 2 April 2020")
    assert facts_of(BARE) == "Lost"


@pytest.mark.parametrize(
    ("moment", "english", "chinese"),
    [
        (date(2020, 7, 15), "15 July 2020", "2020年7月15日"),
        (datetime(2020, 12, 1, 23, 59), "1 December 2020", "2020年12月1日"),
        (None, "", ""),
    ],
)
def test_a_day_is_written_as_people_read_it(moment: date | None, english: str, chinese: str) -> None:
    assert (day(moment), day(moment, "zh")) == (english, chinese)
    assert source(replace(PIECE, published=moment)) == ", ".join(filter(None, ["Harbour Gazette", english]))
