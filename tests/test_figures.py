"""The figures of a text, however they are written, and which of a claim another text lacks."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.text.figures import missing, values


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The vote was 21 to 7.", "21 7"),
        ("It has three hundred and twenty warheads.", "320"),
        ("Thirty-five percent, or thirty five of a hundred.", "35 100"),
        ("It rose by 4.5%.", "4.5"),
        ("It rose by 4,5 percent.", "4.5"),
        ("1,457 warheads, 1,234,567 people, €1,234.56", "1457 1234567 1234.56"),
        ("$3.5 million, 2 billion dollars, ¥350万", "3500000 2000000000 3500000"),
        ("two thousand people", "2000"),
        ("10–15 percent", "10 15"),
        ("the fifth meeting of the twenty-first century", "5 21"),
        ("the 5th meeting, on the 21st", "5 21"),
        ("007 and 7.0", "7"),
        ("２０２０", "2020"),
        ("version 1.2.3", "1.2.3"),
        ("COVID-19, G20 and 5G", "covid-19 g20 5"),
        ("On 15 July 2020", "15 7 2020"),
        ("July 15, 2020", "15 7 2020"),
        ("Sept. 5", "5 9"),
        ("15 juillet 2020; am 3. Oktober 1990; 15 de mayo de 2021", "15 7 2020 3 10 1990 5 2021"),
        ("It may leave. They march on. One went.", ""),
        ("中国拥有三百五十枚核弹头。", "350"),
        ("二〇二〇年，1.2亿人、三十万家、两千三百个", "2020 120000000 300000 2300"),
        ("第三次会议，百分之三十", "3 30"),
        ("共有3.5万人", "35000"),
        ("", ""),
    ],
)
def test_figures_are_read_as_values(text: str, found: str) -> None:
    assert values(text) == frozenset(found.split())


@pytest.mark.parametrize(
    ("claim", "text", "lacks"),
    [
        ("It has 320 warheads.", "It has three hundred and twenty warheads.", ""),
        ("It has three hundred and twenty warheads.", "It has 320 warheads.", ""),
        ("It has 321 warheads.", "It has 320 warheads.", "321 warheads"),
        ("1,000 people came.", "1000 people came.", ""),
        ("3.5 million people came.", "3,500,000 people came.", ""),
        ("It was the fifth.", "It was the 5th.", ""),
        ("It was in May 2021.", "It was in June 2021.", "2021-05"),
        ("It was in May 2021.", "It was in 2021-05.", ""),
        ("It was on 5 May 2021.", "It was on 4 May 2021.", "2021-05-05"),
        ("大桥于五月五日开放。", "大桥于5月4日开放。", "05-05"),
        ("大桥于二〇二〇年七月十五日开放。", "大桥于2020年7月15日开放。", ""),
        ("It was on 15 July.", "大桥于7月15日开放。", ""),
        ("350枚", "三百五十枚", ""),
        ("12亿人", "1.2亿人", "1200000000人"),
        ("It closed.", "It closed in 1974.", ""),
        ("It cost 19.1 million dollars.", "It cost 19.1 million euros.", "19100000 dollars"),
        ("It cost $19.1 million.", "It cost 19.1 million US dollars.", ""),
        ("It cost €5.", "Es kostete 5 Euro.", ""),
        ("It cost €5.", "Es kostete 5 Dollar.", "€5"),
        ("It costs 9,100 dollars a day.", "It costs 9,100 euros a day, or 9,100 dollars.", ""),
        ("It cost 12 million crowns.", "It cost 12 million.", ""),
        ("It weighs 3 pounds.", "It weighs 3 pounds and has 3 wheels.", ""),
        ("拨款5亿美元。", "拨款5亿欧元。", "500000000美元"),
        ("15 soldiers were killed.", "Soldiers were killed on 15 June 2020.", "15 soldiers"),
        ("It was on 15 June.", "15 soldiers were killed in June 2020.", "06-15"),
        ("It was on 4 May 2020.", "It was on 4 June. It began in May 2020.", "2020-05-04"),
        ("It was on 4 May 2020.", "In 2020 it closed. It was on 4 May.", ""),
        ("It flooded 34 hectares.", "It flooded 34 houses.", "34 hectares"),
        ("It flooded 34 hectares.", "Of the land, 34 were flooded.", ""),
        ("It fell by 9 per cent.", "It fell by 9%.", ""),
        ("It fell by 9 percent.", "It fell by 9 per cent.", ""),
        ("It fell by 9 percent.", "It fell by 9 points.", "9 percent"),
        ("It has 19 cases.", "It has cases of COVID-19.", "19 cases"),
        ("COVID-19 came.", "COVID-20 came.", "covid-19"),
        ("The 5th meeting was held.", "5 meetings were held.", "5 meeting"),
        ("A 15-year-old won.", "The winner is 15 years old.", ""),
        ("It was on 14 June.", "It was on 13–15 June 2020.", ""),
        ("", "", ""),
    ],
)
def test_what_a_text_lacks_of_a_claim(claim: str, text: str, lacks: str) -> None:
    assert missing(claim, text) == ({lacks} if lacks else frozenset())


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("It has 2 ships.", "It has two ships."),
        ("20 out of 30 members voted.", "Of the 30 members 20 voted."),  # `out.` is October in Portuguese
        ("It set 3 records.", "It has 3 records."),  # and `set.` September in Italian
        ("Of 27 states 12 may leave.", "12 of the 27 states are free to leave."),
        ("It rose (2021-05).", "It rose in May 2021."),
        ("大桥于7月15日开放。", "The bridge opened on 15 July."),
        ("The plan runs for 10 years.", "It is a ten-year plan."),
        ("It cost $3.5 million.", "It cost $3.5m."),
        ("In 2019 1000 people came.", "1000 people came in 2019."),
        ("350人来了。", "三百五十人来了。 . Byline seed corpus . 15 July 2020"),  # more Latin letters than Chinese
        ("他们统一了四川。", "他们使四川成为一体。"),
    ],
)
def test_the_same_figure_in_another_form_is_not_lacking(claim: str, text: str) -> None:
    assert missing(claim, text) == frozenset()


@settings(max_examples=40)
@given(st.integers(0, 10**12), st.sampled_from(["It has {} ships.", "In {:,} cases.", "共有{}艘。"]))
def test_a_number_is_its_value_in_either_script_and_with_or_without_separators(number: int, sentence: str) -> None:
    assert values(sentence.format(number)) == {str(number)}


def test_a_title_names_things_and_counts_none() -> None:
    title = "The second line, COVID-19 and 5 ships"
    assert missing("The second line closed for COVID-19.", "It closed.", title=title) == frozenset()
    assert missing("2 lines closed, 5 ships left.", "It closed.", title=title) == {"2 lines closed", "5 ships left"}


DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@settings(max_examples=60)
@given(DAYS, st.sampled_from(["{:%d %B %Y}", "{:%B %d, %Y}", "{:%Y-%m-%d}"]))
def test_a_figure_of_a_date_never_proves_a_count(day: date, written: str) -> None:
    text = f"It happened to the soldiers on {written.format(day)}."
    for number in (day.day, day.month):
        assert missing(f"{number} soldiers fell.", text) == {f"{number} soldiers fell"}
        assert missing(f"{number} soldiers fell.", "Soldiers fell.", [day]) == {f"{number} soldiers fell"}


@settings(max_examples=60)
@given(DAYS, DAYS)
def test_a_date_is_one_value(day: date, other: date) -> None:
    claim = f"It closed on {day:%d %B %Y}."
    assert (missing(claim, f"It closed on {other:%d %B %Y}.") == frozenset()) == (day == other)
    assert (missing(claim, "It closed.", [other]) == frozenset()) == (day == other)


@settings(max_examples=60)
@given(st.text(max_size=80), st.text(max_size=20))
def test_nothing_is_lacking_of_a_text_in_itself(text: str, more: str) -> None:
    assert missing(text, text) == frozenset()
    assert missing("", f"{text} {more}") == frozenset()
