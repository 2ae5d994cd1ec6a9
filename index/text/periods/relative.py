"""Days that are told from another day: "yesterday", "last week", "two years ago", "on Monday"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from index.text.periods.bounds import Period, ahead, apart, bounded
from index.text.periods.dates import MONTH
from index.text.periods.days import Days, back, day_of_week, past, weekday, weekend
from index.text.periods.numerals import COUNT, HAN, count
from index.text.words import WEEKDAY

_Count = Callable[[re.Match[str], date], Days]
_N = rf"(?P<n>{COUNT})"
_UNIT = r"(?P<unit>day|week|month|year)"
_LONGER = r"(?P<unit>hour|day|week|month|year|decade)"
_DAY_NAME = rf"(?P<name>{WEEKDAY})\b"
_RELATIVE: list[tuple[re.Pattern[str], _Count]] = [
    (re.compile(pattern), days)
    for pattern, days in (
        (
            r"\btoday\b|\b(?:this (?:morning|afternoon|evening)|tonight)\b|今[天日晚晨]",
            lambda _, today: back("day", 0, today),
        ),
        (r"(?i:(?<!before )\byesterday\b|\blast night\b)|昨[天日晚]", lambda _, today: back("day", 1, today)),
        (r"(?i:\bthe day before yesterday\b)|前天", lambda _, today: back("day", 2, today)),
        (rf"(?i:\bthis {_UNIT}\b)", lambda match, today: back(match["unit"].lower(), 0, today)),
        (rf"(?i:\b(?:last|previous) {_UNIT}\b)", lambda match, today: back(match["unit"].lower(), 1, today)),
        (r"(?i:\b(?:last|past|over the|at the|during the) weekend\b)|上周末", lambda _, today: weekend(today)),
        (r"[本这]个?(?P<unit>周|星期|月)", lambda match, today: back(_unit(match["unit"]), 0, today)),
        (r"上个?(?P<unit>周|星期|月)", lambda match, today: back(_unit(match["unit"]), 1, today)),
        (r"今年", lambda _, today: back("year", 0, today)),
        (r"去年", lambda _, today: back("year", 1, today)),
        (r"前年", lambda _, today: back("year", 2, today)),
        (
            rf"(?i:\b(?:last|past|previous) {_N} {_LONGER}s?\b)",
            lambda m, today: past(_unit(m["unit"]), count(m["n"]), today),
        ),
        (
            rf"(?i:\bpast {_LONGER}\b|\blast (?P<ten>decade)\b)",
            lambda m, today: past(_unit(m["unit"] or m["ten"]), 1, today),
        ),
        (
            rf"(?:最近|过去|近)(?P<n>\d{{1,3}}|[{HAN}两])个?(?P<unit>[天日周月年]|星期)",
            lambda match, today: past(_unit(match["unit"]), count(match["n"]), today),
        ),
        (
            rf"(?i:\b(?:{_N}|an?) {_UNIT}s? ago\b(?: today\b)?)",
            lambda m, today: back(_unit(m["unit"]), count(m["n"]), today),
        ),
        (
            rf"(?P<n>\d{{1,3}}|[{HAN}两])个?(?P<unit>[天周月年]|星期)前",
            lambda match, today: back(_unit(match["unit"]), count(match["n"]), today),
        ),
        (
            r"上个?(?:周|星期)(?P<name>[一二三四五六日天])",
            lambda match, today: day_of_week(match["name"], back("week", 1, today)),
        ),
    )
]
_WEEKDAY: list[tuple[re.Pattern[str], _Count]] = [
    (
        re.compile(
            rf"(?i:(?:\b(?P<which>on|last)\s|(?<=\bsince )){_DAY_NAME})(?! [A-Z])"
            # the day of a date that is written
            rf"(?!,?\s(?:the\s)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{MONTH}|{MONTH}\s\d))"
        ),
        lambda match, today: weekday(match["name"], (match["which"] or "").lower() == "last", today),
    ),
    (
        re.compile(rf"(?i:\bthis {_DAY_NAME})(?! [A-Z])"),
        lambda match, today: day_of_week(match["name"], back("week", 0, today)),
    ),
]
# What is to come, and what says no more than the year.
_COMING: list[tuple[re.Pattern[str], _Count]] = [
    (re.compile(pattern), days)
    for pattern, days in (
        (r"(?i:\btomorrow\b)|明[天日晚]", lambda _, today: back("day", -1, today)),
        (rf"(?i:(?<!the )\b(?:next|coming) {_UNIT}\b)", lambda match, today: back(match["unit"].lower(), -1, today)),
        (r"下个?(?P<unit>周|星期|月)", lambda match, today: back(_unit(match["unit"]), -1, today)),
        (r"明年", lambda _, today: back("year", -1, today)),
        (r"(?i:\bthis (?:spring|summer|autumn|fall)\b)", lambda _, today: back("year", 0, today)),
    )
]


def relative(text: str, today: date) -> Iterator[Period]:
    """The periods that a text tells from `today`."""
    return _found([*_RELATIVE, *_WEEKDAY], text, today)


def told_from(text: str, today: date) -> tuple[Period, ...]:
    """The periods that `text`, written on a day, tells from that day, what is to come too; weekdays are not among them.

    >>> [each.since.isoformat() for each in told_from("It closed yesterday, and opens next year.", date(2020, 12, 31))]
    ['2020-12-30', '2021-01-01']
    """
    return tuple(apart(_found([*_RELATIVE, *_COMING], text, today)))


def _found(table: Iterable[tuple[re.Pattern[str], _Count]], text: str, today: date) -> Iterator[Period]:
    for pattern, days in table:
        for match in pattern.finditer(text):
            start, bound = ahead(text, match.start())
            bound = bound if bound in ("since", "until", "before") else None
            yield Period(start if bound else match.start(), match.end(), *bounded(days(match, today), bound))


def _unit(word: str) -> str:
    return {"天": "day", "日": "day", "周": "week", "星期": "week", "月": "month", "年": "year"}.get(word) or (
        word.lower().removesuffix("s")
    )
