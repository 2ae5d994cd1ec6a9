from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.attribute import attribute, day
from index.types import Article, Kind

PIECE = Article(
    "piece",
    "On the harbour",
    "The council has sold the town's memory.",
    author="Ann Example",
    outlet="Harbour Gazette",
    published=date(2020, 4, 2),
    kind=Kind.OPINION,
)
REPORT = replace(PIECE, id="report", author=None, kind=Kind.REPORT)


@pytest.mark.parametrize(
    ("sentence", "articles", "said"),
    [
        (
            "The council has lost its way.",
            (PIECE,),
            "Ann Example argues (Harbour Gazette, 2 April 2020) that the council has lost its way.",
        ),
        (
            "Brightsea has lost its way.",
            (PIECE,),
            "Ann Example argues (Harbour Gazette, 2 April 2020) that Brightsea has lost its way.",
        ),
        (
            "US boats stay away.",
            (PIECE,),
            "Ann Example argues (Harbour Gazette, 2 April 2020) that US boats stay away.",
        ),
        (
            "The council has sold the town's memory.",
            (PIECE,),
            "Ann Example argues (Harbour Gazette, 2 April 2020): “The council has sold the town's memory.”",
        ),
        (
            "Ann Example says the council is lost.",
            (PIECE,),
            "Ann Example says (Harbour Gazette, 2 April 2020) the council is lost.",
        ),
        (
            "Ann Example argues (Harbour Gazette, 2 April 2020) that it is lost.",
            (PIECE,),
            "Ann Example argues (Harbour Gazette, 2 April 2020) that it is lost.",
        ),
        ("According to Ann Example, the council is lost.", (PIECE,), "According to Ann Example, the council is lost."),
        (
            "The council has lost its way.",
            (replace(PIECE, author=None, kind=Kind.EDITORIAL),),
            "An editorial argues (Harbour Gazette, 2 April 2020) that the council has lost its way.",
        ),
        (
            "The council has lost its way.",
            (replace(PIECE, author=None, outlet=None, published=None, kind=Kind.RELEASE),),
            "A release says that the council has lost its way.",
        ),
        ("议会迷失了方向。", (PIECE,), "Ann Example（Harbour Gazette，2020年4月2日）认为，议会迷失了方向。"),
        ("The harbour closes.", (REPORT,), "The harbour closes."),
        ("The harbour closes.", (PIECE, REPORT), "The harbour closes."),
        ("The harbour closes.", (), "The harbour closes."),
    ],
)
def test_whose_words_they_are(sentence: str, articles: tuple[Article, ...], said: str) -> None:
    assert attribute(sentence, articles) == said


def test_a_day_that_is_unknown_is_not_written() -> None:
    assert day(None) == ""
