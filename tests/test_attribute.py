"""Whose words they are, in five languages, and of which day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from bot.answering.attribute import attribute, dated, day, day_leads, facts_of, leads, speaks_for_somebody
from bot.wording import LANGUAGES
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
INTERVIEW = replace(PIECE, kind=Kind.INTERVIEW)


@pytest.mark.parametrize(
    ("articles", "voice"),
    [
        ([PIECE], "Ann Example (opinion, Harbour Gazette, 2 April 2020)"),
        ([INTERVIEW], "an interview by Ann Example (Harbour Gazette, 2 April 2020)"),
        ([replace(PIECE, outlet=None, published=None)], "Ann Example (opinion)"),
        ([replace(PIECE, as_of=date(2019, 1, 3))], "Ann Example (opinion, Harbour Gazette, 3 January 2019)"),
        ([BOARD], "Harbour Gazette (editorial, 2 April 2020)"),
        ([replace(BOARD, outlet=None)], "an editorial (2 April 2020)"),
        ([BARE], "a press release"),
        ([replace(BARE, kind=Kind.OPINION)], "an opinion piece"),
        ([BARE, BARE], "a press release"),
        (
            [PIECE, replace(BOARD, outlet="Tide")],
            "Ann Example (opinion, Harbour Gazette, 2 April 2020) and Tide (editorial, 2 April 2020)",
        ),
    ],
)
def test_a_view_is_said_to_be_its_authors_or_its_outlets(articles: list[Article], voice: str) -> None:
    assert attribute("It is lost.", articles) == f"According to {voice}: It is lost."


# In each language: an opinion, an interview, an editorial without an author, a release of which nothing is known, and
# what is contradicted.
TOLD = {
    "en": (
        "According to Ann Example (opinion, Harbour Gazette, 2 April 2020): …",
        "According to an interview by Ann Example (Harbour Gazette, 2 April 2020): …",
        "According to Harbour Gazette (editorial, 2 April 2020): …",
        "According to a press release: …",
        "As of 2 April 2020 (Harbour Gazette): …",
    ),
    "zh": (
        "据Ann Example（评论，Harbour Gazette，2020年4月2日）：…",
        "据Ann Example的访谈（Harbour Gazette，2020年4月2日）：…",
        "据Harbour Gazette（社论，2020年4月2日）：…",
        "据一份新闻稿：…",
        "2020年4月2日（Harbour Gazette）：…",
    ),
    "de": (
        "Laut Ann Example (Meinung, Harbour Gazette, 2. April 2020): …",
        "Laut einem Interview von Ann Example (Harbour Gazette, 2. April 2020): …",
        "Laut Harbour Gazette (Leitartikel, 2. April 2020): …",
        "Laut einer Pressemitteilung: …",
        "Stand 2. April 2020 (Harbour Gazette): …",
    ),
    "es": (
        "Según Ann Example (opinión, Harbour Gazette, 2 de abril de 2020): …",
        "Según una entrevista de Ann Example (Harbour Gazette, 2 de abril de 2020): …",
        "Según Harbour Gazette (editorial, 2 de abril de 2020): …",
        "Según un comunicado: …",
        "A fecha de 2 de abril de 2020 (Harbour Gazette): …",
    ),
    "fr": (
        "Selon Ann Example (opinion, Harbour Gazette, 2 avril 2020) : …",
        "Selon un entretien mené par Ann Example (Harbour Gazette, 2 avril 2020) : …",
        "Selon Harbour Gazette (éditorial, 2 avril 2020) : …",
        "Selon un communiqué : …",
        "Au 2 avril 2020 (Harbour Gazette) : …",
    ),
}
# The same after a sentence of the same voice.
AGAIN = {
    "en": ("Ann Example: …", "Interview by Ann Example: …", "Harbour Gazette: …", "Release: …"),
    "zh": ("Ann Example：…", "Ann Example的访谈：…", "Harbour Gazette：…", "新闻稿：…"),
    "de": ("Ann Example: …", "Interview von Ann Example: …", "Harbour Gazette: …", "Pressemitteilung: …"),
    "es": ("Ann Example: …", "Entrevista de Ann Example: …", "Harbour Gazette: …", "Comunicado: …"),
    "fr": ("Ann Example : …", "Entretien mené par Ann Example : …", "Harbour Gazette : …", "Communiqué : …"),
}
VOICES = (PIECE, INTERVIEW, BOARD, BARE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_view_is_attributed_in_each_language_and_briefly_after_the_same_voice(language: str) -> None:
    told = [attribute("…", [each], language) for each in VOICES]
    assert (*told, dated("…", REPORT, language)) == TOLD[language]
    assert tuple(attribute("…", [each], language, again=True) for each in VOICES) == AGAIN[language]
    for voice, told_in_full, briefly in zip(VOICES, TOLD[language], AGAIN[language], strict=False):
        assert {told_in_full.removesuffix("…"), briefly.removesuffix("…")} <= set(leads([voice]))
    assert TOLD[language][-1].removesuffix("…") in day_leads(REPORT)


def test_a_report_has_no_lead() -> None:
    assert not list(leads([REPORT]))
    assert not list(leads([]))


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
    ],
)
def test_what_is_contradicted_is_told_with_its_day_and_its_outlet(article: Article, sentence: str, told: str) -> None:
    assert dated(sentence, article) == told


def test_the_facts_of_an_article_are_what_it_says_of_itself_each_once() -> None:
    assert facts_of(PIECE) == "Lost . Ann Example . Harbour Gazette . 2 April 2020"
    assert facts_of(replace(PIECE, as_of=date(2019, 1, 3))).endswith("3 January 2019 . 2 April 2020")
    assert facts_of(BARE) == "Lost"


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (date(2020, 7, 15), "15 July 2020"),
        (datetime(2020, 12, 1, 23, 59), "1 December 2020"),
        (None, ""),
    ],
)
def test_a_day_is_written_as_people_read_it(moment: date | None, told: str) -> None:
    assert day(moment) == told
