"""Small pictures as markup: the days of the cited articles, and figures that contradict each other."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render.disagreement import disagreements
from bot.render.html.bylines import byline
from bot.render.html.pictures import Bar, Dot, bars, strip
from bot.render.html.words import PageWording
from bot.render.text import verbatim
from bot.types import Answer, Citation, Judgement, Sentence, State, Status
from bot.web.panel import proof
from index.types import Kind
from tests.test_web import Markup

FIRST, LAST = date(2020, 4, 1), date(2021, 6, 2)
HOSTILE = '"><script>alert(1)</script>\n![x](http://evil.example)'


def circles(markup: str) -> list[tuple[str, str]]:
    """The places of the dots, across and down."""
    return re.findall(r'<circle cx="([\d.]+%)" cy="(\d+)"', markup)


def test_a_dot_for_each_article_stands_on_its_day_between_the_first_and_the_last() -> None:
    middle = FIRST + (LAST - FIRST) / 2
    drawn = strip([Dot(LAST, "Island Weekly"), Dot(FIRST, "Courier"), Dot(middle, "Gazette"), Dot(FIRST, "Herald")])
    across, down = zip(*circles(drawn), strict=True)
    assert (across[0], across[1], across[-1]) == ("2.0%", "2.0%", "98.0%")
    assert 49 < float(across[2].rstrip("%")) < 51
    assert int(down[0]) > int(down[1])  # the second one of a day stands above the first
    assert "Courier, 1 April 2020; Herald, 1 April 2020; Gazette, " in drawn
    assert "Courier，2020年4月1日；" in strip([Dot(FIRST, "Courier"), Dot(LAST, "Weekly")], PageWording("zh"))


@pytest.mark.parametrize("days", [(), (FIRST,), (FIRST, FIRST)])
def test_without_two_days_nothing_is_drawn(days: tuple[date, ...]) -> None:
    assert strip([Dot(day, "Courier") for day in days]) == ""


def test_bars_are_as_long_as_their_figures_are_large() -> None:
    drawn = bars([Bar(52, "52 boats", "Weekly"), Bar(40, "40 boats", "Courier")])
    assert re.findall(r'<rect width="([\d.]+)%"', drawn) == ["100.0", "76.9"]
    assert Markup(drawn).text == "The articles disagree52 boats Weekly40 boats Courier"
    assert bars([Bar(52, "52 boats", "Weekly")]) == ""
    assert bars([Bar(0, "0 boats", "Weekly"), Bar(0, "no boats", "Courier")]) == ""


def test_a_figure_is_drawn_with_all_of_its_digits() -> None:
    said = answer("The rate is 0.0004 %.", "The rate is 0.0012 %.")
    dated = tuple(replace(each, text=f"As of its day: {each.text}") for each in said.sentences)
    drawn = proof(1, replace(said, sentences=dated))
    assert re.findall(r"<strong>(.*?)</strong>", drawn) == ["0.0004 %", "0.0012 %"]


@given(st.text(max_size=40) | st.just(HOSTILE))
def test_names_and_figures_stay_text_on_one_line(name: str) -> None:
    drawn = strip([Dot(FIRST, name), Dot(LAST, name)]) + bars([Bar(1, name, "x"), Bar(2, name, "x")])
    assert Markup(drawn).tags() == {"div", "svg", "line", "circle", "title", "p", "span", "strong", "rect"}
    assert len(drawn.splitlines()) == 1


NEWER = Citation(
    1, "new", 0, 20, "It has 52 fishing boats.", "T", outlet="Weekly", published=date(2026, 11, 24), as_of=LAST
)
OLDER = Citation(2, "old", 0, 20, "It has 40 boats in all.", "T", author="Tom Okafor", published=FIRST)


def answer(newer: str, older: str, *, passed: bool = True, article_id: str = "old") -> Answer:
    """Two sentences that the judge has found to contradict each other, with their quotes."""
    judged = Judgement("conflict", "contradicted", newer, 0.9 if passed else 0.1, 0.5)
    citations = (replace(NEWER, quote=newer), replace(OLDER, quote=older, article_id=article_id))
    sentences = tuple(
        Sentence(f"As of 2 June 2021: {each.quote}", 0, 0, State.SUPPORTED, citations=(each.mark,))
        for each in citations
    )
    return Answer("Q?", Status.ANSWERED, "", "m", sentences, citations, trace=(judged,))


@pytest.mark.parametrize(
    ("newer", "older", "values"),
    [
        (NEWER.quote, OLDER.quote, (52, 40)),
        ("In 2021, 52 boats lay there.", "On 1 April 2020, forty boats lay there.", (52, 40)),
        ("It cost 4.2 million euros.", "It cost 3,900,000 euros.", (4_200_000, 3_900_000)),
        ("It cost $5m.", "It cost $4 million.", (5_000_000, 4_000_000)),
        ("It grew by 4%.", "It grew by 5.5% in 2020.", (4, 5.5)),
        ("它有52艘渔船。", "它有40艘渔船。", (52, 40)),
        ("It has 52 boats.", "It has 40 nets.", None),  # of two units
        ("It has 52 boats.", "It has 52 boats.", None),
        ("It closed on 3 May 2021.", "It closed on 4 May 2021.", None),  # dates
        ("It has 52 boats and 9 nets.", "It has 40 boats and 8 nets.", None),  # of which pair it is, nobody knows
        ("It has boats.", "It has no boats.", None),
        ("It uses 5G.", "It uses 4G.", None),
    ],
)
def test_a_conflict_is_drawn_where_one_pair_of_figures_has_one_unit(
    newer: str, older: str, values: tuple[float, float] | None
) -> None:
    found = disagreements(answer(newer, older))
    assert [tuple(side.quantity.value for side in sides) for sides in found] == ([values] if values else [])
    assert disagreements(answer(newer, older, passed=False)) == ()
    assert disagreements(answer(newer, older, article_id="new")) == ()


def test_a_newer_sentence_that_was_said_earlier_is_not_drawn_against_its_neighbour() -> None:
    both = answer(NEWER.quote, OLDER.quote)
    told, contradicted = both.sentences
    earlier = replace(both, sentences=(replace(told, text=NEWER.quote), contradicted))
    assert (len(disagreements(both)), disagreements(earlier)) == (1, ())


@pytest.mark.parametrize(
    ("text", "quote", "exact"),
    [
        ("It has 40 boats in all.", OLDER, True),
        ("“It has 40 boats in all.”", OLDER, True),  # in the place of a draft
        ("It has 40  boats\nin all", OLDER, True),
        ("As of 1 April 2020: It has 40 boats in all.", OLDER, True),
        ("As of 2 June 2021 (Weekly): It has 52 fishing boats.", NEWER, True),
        (
            "According to Weekly (opinion, 2 June 2021): It has 52 fishing boats.",
            replace(NEWER, kind=Kind.OPINION),
            True,
        ),
        ("Weekly: It has 52 fishing boats.", replace(NEWER, kind=Kind.OPINION), True),
        ("Weekly: It has 52 fishing boats.", NEWER, False),
        ("Laut Weekly (Meinung, 2. Juni 2021): “It has 52 boats.”", replace(NEWER, kind=Kind.OPINION), False),
        ("Stand 2. Juni 2021 (Weekly): “It has 52 fishing boats.”", NEWER, True),
        ("Nobody says: It has 40 boats in all.", OLDER, False),
        ("It has forty boats in all.", OLDER, False),
        ("It has 40 boats.", OLDER, False),
    ],
)
def test_a_sentence_is_verbatim_where_it_has_the_words_of_its_quote(text: str, quote: Citation, exact: bool) -> None:
    told = Sentence(text, 0, len(text), State.SUPPORTED, citations=(quote.mark,))
    assert verbatim(told, [NEWER if quote is OLDER else OLDER, quote]) is exact
    assert not verbatim(replace(told, citations=()), [quote])


def test_the_day_that_a_text_tells_of_leads_and_that_of_its_publication_is_small() -> None:
    assert byline(NEWER) == 'Weekly, as of 2 June 2021, <small class="published">published 24 November 2026</small>'
    assert byline(OLDER) == "Tom Okafor, 1 April 2020"
    assert byline(replace(NEWER, published=LAST)) == "Weekly, as of 2 June 2021"
    assert "<b>" not in byline(replace(OLDER, author="<b>Mallory</b>"))
