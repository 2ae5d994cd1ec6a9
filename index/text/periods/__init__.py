"""The days that a question means: "in July 2020", "since March", "last week", "2020年7月15日"."""

from __future__ import annotations

from datetime import date

from index.text.periods.absolute import absolute
from index.text.periods.bounds import Period as Period
from index.text.periods.bounds import apart
from index.text.periods.days import Days as Days
from index.text.periods.relative import relative as relative
from index.text.periods.relative import told_from as told_from
from index.text.periods.years import parts_of_years, years


def periods(text: str, today: date) -> tuple[Period, ...]:
    """The periods that a text names, in order. What lacks its year is the latest that is not after `today`.

    A year that is part of a name is none, nor is a month or a year alone that no word asks for.

    >>> periods("Who won the 2018 World Cup?", date(2020, 7, 15))
    ()
    >>> [(each.since.isoformat(), each.until.isoformat()) for each in periods("What was in June?", date(2020, 7, 15))]
    [('2020-06-01', '2020-06-30')]
    """
    found = [*absolute(text, today), *parts_of_years(text, today), *years(text), *relative(text, today)]
    return tuple(apart(found))
