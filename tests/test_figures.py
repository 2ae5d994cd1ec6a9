"""Numbers and dates in one normal form, however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.claim import Sort, read
from bot.language.figures import Bound, counting, figures


def terms(text: str) -> list[tuple[str, ...]]:
    return [figure.terms for figure in figures(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,500,000 crowns", [("1500000",)]),
        ("1.5 million crowns", [("1500000",)]),
        ("1.5m crowns", [("1500000",)]),
        ("$3bn", [("3000000000",)]),
        ("twenty-five boats", [("25",)]),
        ("two hundred and five thousand boats", [("205000",)]),
        ("a dozen boats", [("12",)]),
        ("the third boat, the 21st", [("3",), ("21",)]),
        ("41.3%, 41.3 percent, 41.3 per cent", [("41.3%",)] * 3),
        ("in the low 200s, in the 1990s", [("200",), ("1990",)]),
        ("in 2018–19", [("2018",), ("2019",)]),
        ("one of the first boats", []),
        ("one third, two thirds and three quarters of it", []),
        ("COVID-19, F-16, Su-35, 9M729 and p53", []),
        ("15 July 2020", [("2020", "7-15")]),
        ("July 15th, 2020", [("2020", "7-15")]),
        ("the 15th of July", [("7-15",)]),
        ("2020-07-15 and 2020/7/15", [("2020", "7-15")] * 2),
        ("in July 2020, in July", [("2020", "7-"), ("7-",)]),
        ("They may go in May 2020.", [("2020", "5-")]),
        ("2020年7月15日", [("2020", "7-15")]),
        ("4.5亿美元，三百五十人，两万三千人，30天", [("450000000",), ("350",), ("23000",), ("30",)]),
        ("占41.3%，十分重要", [("41.3%",)]),
        ("", []),
    ],
)
def test_a_figure_has_one_form(text: str, found: list[tuple[str, ...]]) -> None:
    assert terms(text) == found


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("more than 300", Bound.OVER),
        ("at least $300", Bound.OVER),
        ("fewer than 300", Bound.UNDER),
        ("nearly 300", Bound.UNDER),
        ("about 300", Bound.ABOUT),
        ("至少300人", Bound.OVER),
        ("exactly 300", None),
    ],
)
def test_a_number_may_be_a_bound(text: str, bound: Bound | None) -> None:
    assert [figure.bound for figure in figures(text)] == [bound]


@given(st.text())
def test_figures_stand_apart_and_in_order(text: str) -> None:
    ends = 0
    for figure in figures(text):
        assert ends <= figure.start < figure.end <= len(text)
        ends = figure.end


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("The band was called The Vellmar 7.", []),
        ("He played with the Vellmar 7 in May.", []),
        ("In Vellmar 7 boats sank.", [7]),
        ("Northland has 30 and Westport 20.", [30, 20]),
        ("It had 4 boats in 1998, and 5 after 2001.", [4, 5]),
    ],
)
def test_neither_a_year_nor_the_number_of_a_name_counts_anything(text: str, counts: list[int]) -> None:
    assert [each.value for each in counting(text)] == counts


@pytest.mark.parametrize(("text", "sort"), [("It had 1,550 buoys.", Sort.NUMBER), ("It sank in 1550.", Sort.YEAR)])
def test_what_is_written_as_a_number_is_no_year(text: str, sort: Sort) -> None:
    assert [term.sort for term in read(text).terms if term.sort.numeric] == [sort]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("百分之三点五", [("3.5%",)]),
        ("三分之二的人", [("66.7%",)]),
        ("2/3的人", [("66.7%",)]),
        ("两成受访者，七成五", [("20%",), ("75%",)]),
        ("半数议员", [("50%",)]),
        ("一亿三千万人", [("130000000",)]),
        ("1亿3000万人，2万5千人", [("130000000",), ("25000",)]),
        ("三億元，1.5萬人", [("300000000",), ("15000",)]),
        ("上百人，逾千人，近万人，百余人", [("100",), ("1000",), ("10000",), ("100",)]),
        ("二〇二〇年七月十五日，十一月", [("2020", "7-15"), ("11-",)]),
        ("一九八四年", [("1984",)]),
        ("六点五级", [("6.5",)]),
        ("42千米，三家公司", [("42",), ("3",)]),
        ("一名男子，三四天，事半功倍，万一，第一届，百度公司，成千上万", []),
    ],
)
def test_figures_of_chinese(text: str, found: list[tuple[str, ...]]) -> None:
    assert terms(text) == found


@pytest.mark.parametrize(
    ("text", "bound"),
    [("1000多人", Bound.OVER), ("50%以上", Bound.OVER), ("不超过20人", Bound.UNDER), ("30岁左右", Bound.ABOUT)],
)
def test_a_bound_may_stand_behind_a_figure_of_chinese(text: str, bound: Bound) -> None:
    assert [figure.bound for figure in figures(text)] == [bound]
