"""The days that a question means."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.periods import periods

TODAY = date(2021, 8, 18)  # a Wednesday

# The words that are understood, the first day and the last.
DAYS = [
    ("What was said on 15 July 2020 about trade?", "15 July 2020", "2020-07-15", "2020-07-15"),
    ("the report of July 15th, 2020", "July 15th, 2020", "2020-07-15", "2020-07-15"),
    ("published on 2023-10-20, and why", "2023-10-20", "2023-10-20", "2023-10-20"),
    ("on 3 May", "3 May", "2021-05-03", "2021-05-03"),  # the latest that is not to come
    ("on October 1st", "October 1st", "2020-10-01", "2020-10-01"),
    ("What happened in July 2020?", "July 2020", "2020-07-01", "2020-07-31"),
    ("What happened in February 2020?", "February 2020", "2020-02-01", "2020-02-29"),
    ("what happened in july", "july", "2021-07-01", "2021-07-31"),
    ("What happened in Sept. 2020?", "Sept. 2020", "2020-09-01", "2020-09-30"),
    ("in early 2020", "2020", "2020-01-01", "2020-12-31"),
    ("In 2020 China left what?", "2020", "2020-01-01", "2020-12-31"),
    ("What has changed since March?", "since March", "2021-03-01", None),
    ("What has changed since 2019?", "since 2019", "2019-01-01", None),
    ("What was known before 15 July 2020?", "before 15 July 2020", None, "2020-07-14"),
    ("What came after July 2020?", "after July 2020", "2020-08-01", None),
    ("What was known until May 2020?", "until May 2020", None, "2020-05-31"),
    ("from May 2020 onwards", "from May 2020 onwards", "2020-05-01", None),
    ("between May and June 2021", "between May and June 2021", "2021-05-01", "2021-06-30"),
    ("from November 2020 to March 2021", "from November 2020 to March 2021", "2020-11-01", "2021-03-31"),
    ("from November to March", "from November to March", "2020-11-01", "2021-03-31"),
    ("from December 2019 to March", "from December 2019 to March", "2019-12-01", "2020-03-31"),
    ("between 3 and 10 July 2020", "between 3 and 10 July 2020", "2020-07-03", "2020-07-10"),
    ("July 3-10, 2020", "July 3-10, 2020", "2020-07-03", "2020-07-10"),
    ("between 2018 and 2020", "between 2018 and 2020", "2018-01-01", "2020-12-31"),
    ("what is new today", "today", "2021-08-18", "2021-08-18"),
    ("What did she say yesterday?", "yesterday", "2021-08-17", "2021-08-17"),
    ("What happened last week?", "last week", "2021-08-09", "2021-08-15"),
    ("What happened this month?", "this month", "2021-08-01", "2021-08-31"),
    ("What happened last year?", "last year", "2020-01-01", "2020-12-31"),
    ("What happened last May?", "May", "2021-05-01", "2021-05-31"),
    ("in the last three days", "last three days", "2021-08-15", "2021-08-18"),
    ("over the past week", "past week", "2021-08-11", "2021-08-18"),
    ("two weeks ago", "two weeks ago", "2021-08-02", "2021-08-08"),
    ("a month ago", "a month ago", "2021-07-01", "2021-07-31"),
    ("on Monday", "on Monday", "2021-08-16", "2021-08-16"),
    ("on Wednesday", "on Wednesday", "2021-08-18", "2021-08-18"),
    ("last Wednesday", "last Wednesday", "2021-08-11", "2021-08-11"),
    ("since yesterday", "since yesterday", "2021-08-17", None),
    # a date in figures, and with its weekday
    ("What was said on 15/07/2020?", "15/07/2020", "2020-07-15", "2020-07-15"),
    ("What was said on 7/15/2020?", "7/15/2020", "2020-07-15", "2020-07-15"),
    ("What was said on 15.07.2020?", "15.07.2020", "2020-07-15", "2020-07-15"),
    ("on Wednesday, July 15, 2020", "July 15, 2020", "2020-07-15", "2020-07-15"),
    ("on Monday 9 August", "9 August", "2021-08-09", "2021-08-09"),
    ("the week of 8 July 2020", "week of 8 July 2020", "2020-07-06", "2020-07-12"),
    # the year of a month in other words
    ("in July last year", "July last year", "2020-07-01", "2020-07-31"),
    ("on 5 July of last year", "5 July of last year", "2020-07-05", "2020-07-05"),
    ("What happened last year in July?", "last year in July", "2020-07-01", "2020-07-31"),
    ("in April two years ago", "April two years ago", "2019-04-01", "2019-04-30"),
    ("What is due this December?", "December", "2021-12-01", "2021-12-31"),
    ("on February 29", "February 29", "2020-02-29", "2020-02-29"),
    ("去年12月发生了什么？", "去年12月", "2020-12-01", "2020-12-31"),
    ("二〇二〇年七月发生了什么？", "二〇二〇年七月", "2020-07-01", "2020-07-31"),
    # parts of a year, and several years
    ("GDP in Q3 2021", "Q3 2021", "2021-07-01", "2021-09-30"),
    ("sales in the last quarter of 2020", "the last quarter of 2020", "2020-10-01", "2020-12-31"),
    ("in the first half of 2020", "the first half of 2020", "2020-01-01", "2020-06-30"),
    ("今年上半年的出口", "今年上半年", "2021-01-01", "2021-06-30"),
    ("music in the 1990s", "the 1990s", "1990-01-01", "1999-12-31"),
    ("farming since the 1960s", "since the 1960s", "1960-01-01", None),
    ("rents in 2010-2015", "2010-2015", "2010-01-01", "2015-12-31"),
    ("in the summer of 2020", "2020", "2020-01-01", "2020-12-31"),
    # bounds
    ("built by the end of 2020", "by the end of 2020", None, "2020-12-31"),
    ("decided no later than May 2020", "no later than May 2020", None, "2020-05-31"),
    ("on or before 15 July 2020", "on or before 15 July 2020", None, "2020-07-15"),
    ("known prior to 2020", "prior to 2020", None, "2019-12-31"),
    ("What happened before last month?", "before last month", None, "2021-06-30"),
    ("between March 2020 and now", "between March 2020 and now", "2020-03-01", None),
    ("What has happened since Monday?", "since Monday", "2021-08-16", None),
    ("this Monday", "this Monday", "2021-08-16", "2021-08-16"),
    ("What happened last weekend?", "last weekend", "2021-08-14", "2021-08-15"),
    ("What happened last night?", "last night", "2021-08-17", "2021-08-17"),
    ("over the last ten years", "last ten years", "2011-08-18", "2021-08-18"),
    ("a couple of weeks ago", "a couple of weeks ago", "2021-08-02", "2021-08-08"),
    ("上周五发生了什么？", "上周五", "2021-08-13", "2021-08-13"),
    ("2020年7月15日发生了什么？", "2020年7月15日", "2020-07-15", "2020-07-15"),
    ("2020年7月美国退出了哪个组织？", "2020年7月", "2020-07-01", "2020-07-31"),
    ("2020年中国退出了什么？", "2020年", "2020-01-01", "2020-12-31"),
    ("7月15日发生了什么？", "7月15日", "2021-07-15", "2021-07-15"),
    ("自2020年3月以来有什么变化？", "自2020年3月", "2020-03-01", None),
    ("2020年5月到6月的疫情", "2020年5月到6月", "2020-05-01", "2020-06-30"),
    ("2020年5月之前的情况", "2020年5月之前", None, "2020-04-30"),
    ("上周发生了什么？", "上周", "2021-08-09", "2021-08-15"),
    ("去年的收成", "去年", "2020-01-01", "2020-12-31"),
    ("最近三天的报道", "最近三天", "2021-08-15", "2021-08-18"),
    ("三个月前", "三个月前", "2021-05-01", "2021-05-31"),
]


@pytest.mark.parametrize(
    ("question", "since"),
    [
        ("in June and July 2020", ["2020-06-01", "2020-07-01"]),
        ("in December and January 2021", ["2020-12-01", "2021-01-01"]),
        ("in July or August 2020", ["2020-07-01", "2020-08-01"]),
        ("in 2018 and 2019", ["2018-01-01", "2019-01-01"]),
        ("on 15 March 44 BC", []),
        ("at 7/8/2020", []),  # it reads two ways
    ],
)
def test_months_and_years_that_are_listed_share_what_is_written_once(question: str, since: list[str]) -> None:
    assert [str(each.since) for each in periods(question, TODAY)] == since


@pytest.mark.parametrize(("question", "words", "since", "until"), DAYS)
def test_a_question_means_days(question: str, words: str, since: str | None, until: str | None) -> None:
    (found,) = periods(question, TODAY)
    assert question[found.start : found.end] == words
    assert (found.since, found.until) == tuple(date.fromisoformat(day) if day else None for day in (since, until))


@pytest.mark.parametrize(
    "question",
    [
        "Who won the 2018 World Cup?",
        "What was said before the 2018 World Cup?",
        "in 2018 World Cup matches",
        "Who lost in 2020 elections?",
        "the 2019-2020 season",
        "2018年世界杯谁赢了？",
        "a 2018 report",
        "It costs 2020 dollars.",
        "What did Theresa May say?",
        "May I ask who may march?",
        "the March on Rome",
        "What does USA Today write?",
        "the Sunday Times",
        "31 February 2020",
        "chapter 12 of 24",
        "version 1.12.2020 of 3.14",
        "1918年代",
        "the day that never comes",
    ],
)
def test_what_only_looks_like_a_date_means_no_days(question: str) -> None:
    assert periods(question, TODAY) == ()


def test_a_question_may_name_several_days() -> None:
    asked = "Did the report of 26 September 2023 differ from the one published on October 13, 2023?"
    found = [asked[each.start : each.end] for each in periods(asked, TODAY)]
    assert found == ["26 September 2023", "October 13, 2023"]


_WORDS = (
    "the last next this past in on of or to ago until before by from between since July May Monday February 2020 1990s "
    "29 15/07/2020 yesterday weekend weeks month year decades quarter two half H1 end , . - 去年 上周 三 十 月 "
    "年 日 个 前 二〇二〇 上半年 第二 季度 999 a couple"
).split()
_PIECES = st.one_of(st.sampled_from(_WORDS), st.text(alphabet="0123456789 -./年月日Julymarch,", max_size=6))


@given(
    st.lists(_PIECES, max_size=12).map(" ".join) | st.lists(_PIECES, max_size=12).map("".join),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
)
def test_any_text_may_be_read_for_days(text: str, today: date) -> None:
    ends = 0
    for each in periods(text, today):
        assert ends <= each.start < each.end <= len(text)
        assert each.since is None or each.until is None or each.since <= each.until
        ends = each.end
