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
            "Sixty-one of its boats have sunk.",
            (PIECE,),
            "Ann Example argues (Harbour Gazette, 2 April 2020) that sixty-one of its boats have sunk.",
        ),
        (
            "I argued against it and lost.",
            (replace(PIECE, kind=Kind.INTERVIEW, text="I argued against it and lost."),),
            "An interview by Ann Example says (Harbour Gazette, 2 April 2020): “I argued against it and lost.”",
        ),
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


TELLING = replace(
    PIECE,
    author="Ann Brown",
    text="The mayor sold the harbour. Mayor Brown said that boats may leave. She said it was the king of deals, and "
    "the new president agreed. Beijing buys boats on King Street; "
    "the author of the plan says little. The author argues that it pays.",
)
BY_BROWN = "Ann Brown argues (Harbour Gazette, 2 April 2020) that"


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("President Example is wrong.", f"{BY_BROWN} President Example is wrong."),
        ("New York buys boats.", f"{BY_BROWN} New York buys boats."),
        ("King Street is lost.", f"{BY_BROWN} King Street is lost."),
        ("Beijing has the boats.", f"{BY_BROWN} Beijing has the boats."),
        ("Article 5 protects boats.", f"{BY_BROWN} Article 5 protects boats."),
        ("Will Sample bought boats.", f"{BY_BROWN} Will Sample bought boats."),
        ("Nobody buys boats.", f"{BY_BROWN} nobody buys boats."),
        ("It's a loss of boats.", f"{BY_BROWN} it's a loss of boats."),
        ("Politicians sold boats.", f"{BY_BROWN} politicians sold boats."),
        ("Selling the boats was wrong.", f"{BY_BROWN} selling the boats was wrong."),
    ],
)
def test_a_name_keeps_its_capital_and_another_word_loses_it(sentence: str, said: str) -> None:
    assert attribute(sentence, (TELLING,)) == said


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Who bought the boats?", "Ann Brown asks (Harbour Gazette, 2 April 2020): Who bought the boats?"),
        ("I bought the boats.", "Ann Brown argues (Harbour Gazette, 2 April 2020): I bought the boats."),
        ("Do not sell the boats.", "Ann Brown argues (Harbour Gazette, 2 April 2020): Do not sell the boats."),
        ("World War I sank boats.", f"{BY_BROWN} World War I sank boats."),
        ("However, boats are dear.", f"However, {BY_BROWN} boats are dear."),
        ("But the boats are dear.", f"But {BY_BROWN} the boats are dear."),
    ],
)
def test_what_cannot_follow_that_does_not(sentence: str, said: str) -> None:
    assert attribute(sentence, (TELLING,)) == said


@pytest.mark.parametrize(
    "sentence",
    [
        "Mayor Brown said that the boats would leave.",
        "She said that the boats would leave.",
        "The author argues that the boats would leave.",
    ],
)
def test_whom_an_article_tells_of_is_not_its_author(sentence: str) -> None:
    led = f"{sentence[0].lower() if sentence[0] in 'ST' else sentence[0]}{sentence[1:]}"
    assert attribute(sentence, (TELLING,)) == f"Ann Brown writes (Harbour Gazette, 2 April 2020) that {led}"


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Ann Example urges the council to stay.", "Ann Example urges ({}) the council to stay."),
        ("Ann Example doubts that it is lost.", "Ann Example doubts ({}) that it is lost."),
        ("Ann Example is convinced that it is lost.", "Ann Example is convinced ({}) that it is lost."),
        ("Ann Example, a sailor, argues that it is lost.", "Ann Example, a sailor, argues ({}) that it is lost."),
        ("In the opinion of Ann Example, it is lost.", "In the opinion of Ann Example ({}), it is lost."),
        ("The column claims that it is lost.", "The column claims ({}) that it is lost."),
        (
            "The council criticised Ann Example.",
            "The council criticised Ann Example, by Ann Example's own account ({}).",
        ),
    ],
)
def test_a_sentence_that_says_whose_view_it_is_is_not_led_in(sentence: str, said: str) -> None:
    assert attribute(sentence, (PIECE,)) == said.format("Harbour Gazette, 2 April 2020")


@pytest.mark.parametrize(
    ("author", "outlet", "kind", "lead"),
    [
        ("Example & Sons", "Example & Sons", Kind.RELEASE, "A release by Example & Sons says (2 April 2020)"),
        (
            "Office for Boats and Quays",
            "Tide",
            Kind.RELEASE,
            "A release by Office for Boats and Quays says (Tide, 2 April 2020)",
        ),
        ("Bo Sample, PhD", "Tide", Kind.OPINION, "Bo Sample, PhD argues (Tide, 2 April 2020)"),
        ("Bo Sample & Cy Pattern", "Tide", Kind.OPINION, "Bo Sample and Cy Pattern argue (Tide, 2 April 2020)"),
        ("The Editors", "Tide", Kind.EDITORIAL, "The Editors argue (Tide, 2 April 2020)"),
        ("Tide", "Tide", Kind.EDITORIAL, "Tide argues (2 April 2020)"),
    ],
)
def test_authors_are_named_as_they_are(author: str, outlet: str, kind: Kind, lead: str) -> None:
    article = replace(PIECE, author=author, outlet=outlet, kind=kind)
    assert attribute("The council is lost.", (article,)) == f"{lead} that the council is lost."


def test_one_author_of_two_articles_is_named_once() -> None:
    later = replace(PIECE, id="later", published=date(2021, 5, 3))
    said = "Ann Example argues (Harbour Gazette, 2 April 2020; Harbour Gazette, 3 May 2021) that the council is lost."
    assert attribute("The council is lost.", (PIECE, later)) == said


def test_an_editorial_is_small_within_a_sentence() -> None:
    board = replace(PIECE, author=None, kind=Kind.EDITORIAL)
    other = replace(board, id="other", outlet="Tide")
    assert attribute("Yes, the council is lost.", (board,)).startswith("Yes, an editorial argues")
    assert attribute("The council is lost.", (board, other)).startswith(
        "An editorial (Harbour Gazette, 2 April 2020) and an editorial (Tide, 2 April 2020) argue that"
    )


@pytest.mark.parametrize(
    ("sentence", "kind", "said"),
    [
        ("She said that it is lost.", Kind.INTERVIEW, "She said ({}) that it is lost."),
        ("Brown told the Tide that it is lost.", Kind.INTERVIEW, "Brown told the Tide ({}) that it is lost."),
        ("According to Brown, it is lost.", Kind.INTERVIEW, "According to Brown ({}), it is lost."),
        ("The company says that it is lost.", Kind.RELEASE, "The company says ({}) that it is lost."),
        (
            "The data suggest that it is lost.",
            Kind.RELEASE,
            "A release by Ann Example says ({}) that the data suggest that it is lost.",
        ),
        ("We lost the boats.", Kind.RELEASE, "A release by Ann Example says ({}): We lost the boats."),
    ],
)
def test_whoever_speaks_in_an_interview_or_a_release_is_not_its_writer(sentence: str, kind: Kind, said: str) -> None:
    assert attribute(sentence, (replace(PIECE, kind=kind),)) == said.format("Harbour Gazette, 2 April 2020")


@pytest.mark.parametrize(
    ("sentence", "author", "said"),
    [
        ("谁来付钱？", "杨进", "杨进（环球时报，2020年4月2日）问道：谁来付钱？"),
        ("是的，议会迷失了方向。", "杨进", "是的，杨进（环球时报，2020年4月2日）认为，议会迷失了方向。"),
        ("议会迷失了方向。", "环球时报", "环球时报（2020年4月2日）认为，议会迷失了方向。"),
    ],
)
def test_whose_words_they_are_in_chinese(sentence: str, author: str, said: str) -> None:
    assert attribute(sentence, (replace(PIECE, author=author, outlet="环球时报"),)) == said


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


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("這位作者認為，港口已經關閉。", "張華（聯合報，2020年4月2日）認為，港口已經關閉。"),
        ("評論員張華表示，港口已經關閉。", "評論員張華（聯合報，2020年4月2日）表示，港口已經關閉。"),
        ("《聯合報》認為，港口已經關閉。", "《聯合報》（2020年4月2日）認為，港口已經關閉。"),
        ("沒有，港口關閉了。", "沒有，張華（聯合報，2020年4月2日）认为，港口關閉了。"),
        ("社评称，港口已经关闭。", "社评（聯合報，2020年4月2日）称，港口已经关闭。"),
    ],
)
def test_whose_words_they_are_in_either_script(sentence: str, said: str) -> None:
    assert attribute(sentence, (replace(PIECE, author="張華", outlet="聯合報"),)) == said
