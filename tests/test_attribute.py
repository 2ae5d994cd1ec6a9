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
        (
            "According to Ann Example, the council is lost.",
            (PIECE,),
            "According to Ann Example (Harbour Gazette, 2 April 2020), the council is lost.",
        ),
        (
            "In Ann Example's view, the council is lost.",
            (PIECE,),
            "In Ann Example's view (Harbour Gazette, 2 April 2020), the council is lost.",
        ),
        (
            "As Ann Example sees it, the council is lost.",
            (PIECE,),
            "As Ann Example sees it (Harbour Gazette, 2 April 2020), the council is lost.",
        ),
        (
            "The council is lost, argues Ann Example.",
            (PIECE,),
            "The council is lost, argues Ann Example (Harbour Gazette, 2 April 2020).",
        ),
        (
            "Example argues that the council is lost.",
            (PIECE,),
            "Ann Example argues (Harbour Gazette, 2 April 2020) that the council is lost.",
        ),
        (
            "The author says that the council is lost.",
            (PIECE,),
            "Ann Example says (Harbour Gazette, 2 April 2020) that the council is lost.",
        ),
        (
            "She also warns that the council is lost.",
            (PIECE,),
            "Ann Example also warns (Harbour Gazette, 2 April 2020) that the council is lost.",
        ),
        (
            "The article argues that the council is lost.",
            (PIECE,),
            "The article argues (Harbour Gazette, 2 April 2020) that the council is lost.",
        ),
        (
            "The Harbour Gazette argues that the council is lost.",
            (replace(PIECE, author=None, kind=Kind.EDITORIAL),),
            "The Harbour Gazette argues (2 April 2020) that the council is lost.",
        ),
        (
            "Ann Example wrote in the Harbour Gazette of April 2, 2020, that the council is lost.",
            (PIECE,),
            "Ann Example wrote in the Harbour Gazette of April 2, 2020, that the council is lost.",
        ),
        (
            "Yes, the council has lost its way.",
            (PIECE,),
            "Yes, Ann Example argues (Harbour Gazette, 2 April 2020) that the council has lost its way.",
        ),
        ("Yes.", (PIECE,), "Yes, Ann Example argues (Harbour Gazette, 2 April 2020)."),
        (
            "The mayor said that boats stay away.",
            (PIECE,),
            "Ann Example writes (Harbour Gazette, 2 April 2020) that the mayor said that boats stay away.",
        ),
        (
            "Ann Example is a sailor.",
            (PIECE,),
            "Ann Example is a sailor, by Ann Example's own account (Harbour Gazette, 2 April 2020).",
        ),
        (
            "The council has lost its way.",
            (replace(PIECE, author="Ann Example, Ben Sample and Cy Pattern"),),
            "Ann Example, Ben Sample and Cy Pattern argue (Harbour Gazette, 2 April 2020) that the council has lost "
            "its way.",
        ),
        (
            "The council has lost its way.",
            (PIECE, replace(PIECE, id="other", author="Ben Sample", outlet="Tide")),
            "Ann Example (Harbour Gazette, 2 April 2020) and Ben Sample (Tide, 2 April 2020) argue that the council "
            "has lost its way.",
        ),
        (
            "The council has lost its way.",
            (replace(PIECE, kind=Kind.INTERVIEW),),
            "An interview by Ann Example says (Harbour Gazette, 2 April 2020) that the council has lost its way.",
        ),
        (
            "Mayor Brown said that the council is lost.",
            (replace(PIECE, kind=Kind.INTERVIEW),),
            "Mayor Brown said (Harbour Gazette, 2 April 2020) that the council is lost.",
        ),
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
        (
            "在Ann Example看来，议会迷失了方向。",
            (PIECE,),
            "在Ann Example（Harbour Gazette，2020年4月2日）看来，议会迷失了方向。",
        ),
        ("作者认为，议会迷失了方向。", (PIECE,), "Ann Example（Harbour Gazette，2020年4月2日）认为，议会迷失了方向。"),
        (
            "议会迷失了方向。",
            (replace(PIECE, author=None, kind=Kind.EDITORIAL),),
            "一篇社论（Harbour Gazette，2020年4月2日）认为，议会迷失了方向。",
        ),
        ("The harbour closes.", (REPORT,), "The harbour closes."),
        ("The harbour closes.", (PIECE, REPORT), "The harbour closes."),
        ("The harbour closes.", (), "The harbour closes."),
    ],
)
def test_whose_words_they_are(sentence: str, articles: tuple[Article, ...], said: str) -> None:
    assert attribute(sentence, articles) == said


def test_what_was_placed_before_is_not_placed_again() -> None:
    assert attribute("He adds that it is lost.", (PIECE,), again=True) == "He adds that it is lost."
    assert (
        attribute("The council is lost.", (PIECE,), again=True) == "Ann Example also argues that the council is lost."
    )
    assert attribute("The council is lost.", (PIECE,), placed=True) == "Ann Example argues that the council is lost."


def test_what_was_attributed_stays_as_it_is() -> None:
    once = attribute("The council has lost its way.", (PIECE,))
    assert attribute(once, (PIECE,)) == once


def test_an_opinion_is_of_the_day_whose_state_of_affairs_it_describes() -> None:
    later = replace(PIECE, published=date(2026, 11, 24), as_of=date(2020, 4, 2))
    assert "(Harbour Gazette, 2 April 2020)" in attribute("The council has lost its way.", (later,))


def test_a_day_that_is_unknown_is_not_written() -> None:
    assert day(None) == ""
