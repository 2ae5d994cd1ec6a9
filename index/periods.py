"""The days that a question means: "in July 2020", "since March", "last week", "2020年7月15日"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

Days = tuple[date, date]  # the first and the last

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WEEKDAYS = "mon tue wed thu fri sat sun".split()
_COUNTS = ["", *"one two three four five six seven eight nine ten eleven twelve".split()]
_HAN = "零一二三四五六七八九十"

_MONTH = (
    r"(?P<m>(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?)"
)
_NUMBER = r"(?:0?[1-9]|[12]\d|3[01])"
_ORDINAL = r"(?:st|nd|rd|th)?"
_DAY = rf"(?<![\d.,])(?P<d>{_NUMBER}){_ORDINAL}(?:\s?(?:-|–|to|and)\s?(?P<l>{_NUMBER}){_ORDINAL})?(?![\d%]|[.,]\d)"
_YEAR = r"(?<![\d.,-])(?P<y>(?:19|20)\d\d)(?![\d%]|[.,-]\d)"
_POINTS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_DAY}\s(?:of\s)?{_MONTH}(?:,?\s{_YEAR})?",
        rf"\b{_MONTH}\s{_DAY}(?:,?\s{_YEAR})?",
        rf"\b{_MONTH}(?:,?\s(?:of\s)?{_YEAR})?",
        r"(?<![\d-])(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)(?:-(?P<d>\d\d))?(?![\d-])",
        r"(?:(?P<y>(?:19|20)\d\d)\s?年\s?)?(?P<m>1[0-2]|0?[1-9])\s?月(?:份|\s?(?P<d>\d{1,2})\s?[日号])?",
        r"(?P<y>(?:19|20)\d\d)\s?年(?![代度级])",
        _YEAR,
    )
]
# A month or a year alone is a date only where a word asks for one...
_ASKED = re.compile(
    r"(?:\b(?:in|during|since|until|till|before|after|throughout|from|between|last|this|of)|[自从在到至和与]|[-–])"
    r"\s?(?:(?:the\s)?(?:(?:early|mid|late)[-\s]|(?:beginning|start|middle|end)\sof\s))?$",
    re.IGNORECASE,
)
# ...and a year is none where a name goes on after it: "in 2018 World Cup", "in 2020 elections", "before 2020 Vision".
_EVENT = re.compile(
    r"\s?(?:season|elections?|olympics?|games|world cup|championships?|finals?|edition|census|budget|summit|draft|"
    r"tournament|世界杯|奥运|冬奥|亚运|欧洲杯|大选|世博|赛季|财年|版)",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"\s[A-Z]")
_AHEAD = {
    "since": re.compile(r"(?:\bsince\s|\bstarting\s(?:in|on|from)\s|自从?\s?|从\s?)$", re.IGNORECASE),
    "until": re.compile(r"(?:\b(?:until|till|up\sto|by)\s|截[至止]到?\s?|直到\s?)$", re.IGNORECASE),
    "before": re.compile(r"\b(?:before|prior\sto|earlier\sthan)\s$", re.IGNORECASE),
    "after": re.compile(r"\b(?:after|later\sthan)\s$", re.IGNORECASE),
    "between": re.compile(r"\b(?:between|from)\s$", re.IGNORECASE),
}
_BEHIND = {
    "since": re.compile(r"\s(?:onwards?|or\slater)\b|\s?(?:以来|起|至今)", re.IGNORECASE),
    "until": re.compile(r"\sor\searlier\b|\s?为止", re.IGNORECASE),
    "before": re.compile(r"\s?(?:以前|之前)"),
    "after": re.compile(r"\s?(?:以后|之后)"),
}
_TO = re.compile(r"\s?(?:-|–|—|to|until|till|through|到|至)\s?(?:the\s)?", re.IGNORECASE)
_AND = re.compile(r"\s?(?:and|和|与)\s?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both ends included and either may be open, and where they stand in the text."""

    start: int
    end: int
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class _Point:
    """A day, a month or a year as it is written; what is not written is None."""

    start: int
    end: int
    year: int | None
    month: int | None
    day: int | None
    last: int | None  # of several days

    def days(self) -> Days | None:
        """The first and the last day; None where there is no such day."""
        if self.year is None:
            return None
        try:
            if self.month is None:
                return date(self.year, 1, 1), date(self.year, 12, 31)
            last = self.last or self.day or monthrange(self.year, self.month)[1]
            return date(self.year, self.month, self.day or 1), date(self.year, self.month, last)
        except ValueError:
            return None


def periods(text: str, today: date) -> tuple[Period, ...]:
    """The periods that a text names, in order. What lacks its year is the latest that is not after `today`.

    A year that is part of a name is none, nor is a month or a year alone that no word asks for.

    >>> periods("Who won the 2018 World Cup?", date(2020, 7, 15))
    ()
    >>> [(each.since.isoformat(), each.until.isoformat()) for each in periods("What was in June?", date(2020, 7, 15))]
    [('2020-06-01', '2020-06-30')]
    """
    found = [*_absolute(text, today), *_relative(text, today)]
    return tuple(_apart(found))


def _apart(found: Iterable[Period]) -> Iterator[Period]:
    """In order, and of those that overlap the first and longest."""
    end = 0
    for each in sorted(found, key=lambda each: (each.start, -each.end)):
        if each.start >= end:
            end = each.end
            yield each


# Days, months and years


def _absolute(text: str, today: date) -> Iterator[Period]:
    points = list(_points(text))
    while points:
        point = points.pop(0)
        if points and _linked(text, point, points[0]):
            yield from _range(text, point, points.pop(0), today)
        elif _asked_for(text, point):
            yield from _single(text, _dated(point, today))


def _points(text: str) -> Iterator[_Point]:
    end = 0
    matches = (match for pattern in _POINTS for match in pattern.finditer(text))
    for match in sorted(matches, key=lambda match: (match.start(), -match.end())):
        if match.start() >= end:
            end = match.end()
            yield _point(match)


def _point(match: re.Match[str]) -> _Point:
    written = match.groupdict()
    month = written.get("m")
    day, last, year = (int(value) if (value := written.get(name)) else None for name in ("d", "l", "y"))
    number = None if month is None else int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    return _Point(match.start(), match.end(), year, number, day, last)


def _asked_for(text: str, point: _Point) -> bool:
    """Whether what is written is a date, and not a part of a name or a number."""
    behind, written = text[point.end :], text[point.start : point.end]
    if point.month is not None and (point.day or point.year or written[0].isdigit()):
        return True
    if point.month is not None and written[0].islower() and not text.islower():
        return False  # "may" and "march" are words
    begins = _ASKED.search(text[: point.start])
    if point.month is None and (_EVENT.match(behind) or (_CAPITAL.match(behind) and begins and begins.start())):
        return False
    return bool(begins) or written.endswith("年")


def _dated(point: _Point, today: date) -> _Point:
    """The latest day or month that is not after `today`, where the year is not written."""
    if point.year is not None:
        return point
    this = replace(point, year=today.year)
    days = this.days()
    return this if days is None or days[0] <= today else replace(point, year=today.year - 1)


def _single(text: str, point: _Point) -> Iterator[Period]:
    if days := point.days():
        start, bound = _ahead(text, point.start)
        end = point.end
        if bound in (None, "between"):
            end, bound = _behind(text, point.end)
        since, until = _bounded(days, bound)
        yield Period(start, end, since, until)


def _range(text: str, first: _Point, last: _Point, today: date) -> Iterator[Period]:
    if first.year is None or last.year is not None:
        last = _dated(last, today)
        early = (first.month or 1) <= (last.month or 12)
        first = first if first.year or not last.year else replace(first, year=last.year - (not early))
    else:
        late = (last.month or 12) >= (first.month or 1)
        last = replace(last, year=first.year + (not late))
    begun, ended = first.days(), last.days()
    if begun and ended and begun[0] <= ended[1]:
        yield Period(_ahead(text, first.start)[0], last.end, begun[0], ended[1])


def _linked(text: str, first: _Point, last: _Point) -> bool:
    """Whether two dates are the ends of one period."""
    between = text[first.end : last.start]
    if _AND.fullmatch(between):
        return _ahead(text, first.start)[1] == "between" or text.startswith("之间", last.end)
    return bool(_TO.fullmatch(between))


def _ahead(text: str, start: int) -> tuple[int, str | None]:
    """Where the word before a date begins that makes a bound of it, and which bound."""
    for bound, pattern in _AHEAD.items():
        if match := pattern.search(text, 0, start):
            return match.start(), bound
    return start, None


def _behind(text: str, end: int) -> tuple[int, str | None]:
    for bound, pattern in _BEHIND.items():
        if match := pattern.match(text, end):
            return match.end(), bound
    return end, None


def _bounded(days: Days, bound: str | None) -> tuple[date | None, date | None]:
    first, last = days
    bounds: dict[str | None, tuple[date | None, date | None]] = {
        "since": (first, None),
        "after": (last + timedelta(1), None),
        "until": (None, last),
        "before": (None, first - timedelta(1)),
    }
    return bounds.get(bound, days)


# Days that are told from today


def _relative(text: str, today: date) -> Iterator[Period]:
    for pattern, days in _RELATIVE:
        for match in pattern.finditer(text):
            start, bound = _ahead(text, match.start())
            since, until = _bounded(days(match, today), bound if bound == "since" else None)
            yield Period(start if bound == "since" else match.start(), match.end(), since, until)


def _back(unit: str, count: int, today: date) -> Days:
    """The day, week, month or year that lies so many of them back."""
    if unit == "day":
        return today - timedelta(count), today - timedelta(count)
    if unit == "week":
        monday = today - timedelta(today.weekday() + 7 * count)
        return monday, monday + timedelta(6)
    if unit == "year":
        return date(today.year - count, 1, 1), date(today.year - count, 12, 31)
    year, month = divmod(today.year * 12 + today.month - 1 - count, 12)
    return date(year, month + 1, 1), date(year, month + 1, monthrange(year, month + 1)[1])


def _past(unit: str, count: int, today: date) -> Days:
    """From so many days, weeks, months or years ago until today."""
    days = {"day": 1, "week": 7, "month": 30, "year": 365}[unit]
    return today - timedelta(days * count), today


def _weekday(name: str, strictly: bool, today: date) -> Days:
    """The latest such day, which may be today unless `strictly`."""
    back = (today.weekday() - _WEEKDAYS.index(name[:3].lower())) % 7
    return _back("day", back or 7 * strictly, today)


def _count(word: str | None) -> int:
    word = (word or "one").lower()
    if word.isdigit():
        return min(int(word), 999)
    return 2 if word == "两" else _HAN.index(word) if word in _HAN else max(_COUNTS.index(word), 1)


def _unit(word: str) -> str:
    return {"天": "day", "日": "day", "周": "week", "星期": "week", "月": "month", "年": "year"}.get(word) or (
        word.lower().removesuffix("s")
    )


_N = rf"(?P<n>\d{{1,3}}|{'|'.join(_COUNTS[1:])})"
_UNIT = r"(?P<unit>day|week|month|year)"
_RELATIVE: list[tuple[re.Pattern[str], Callable[[re.Match[str], date], Days]]] = [
    (re.compile(pattern), days)
    for pattern, days in (
        (r"\btoday\b|今[天日]", lambda _, today: _back("day", 0, today)),
        (r"(?i:(?<!before )\byesterday\b)|昨[天日]", lambda _, today: _back("day", 1, today)),
        (r"\bthe day before yesterday\b|前天", lambda _, today: _back("day", 2, today)),
        (rf"(?i:\bthis {_UNIT}\b)", lambda match, today: _back(match["unit"].lower(), 0, today)),
        (rf"(?i:\b(?:last|previous) {_UNIT}\b)", lambda match, today: _back(match["unit"].lower(), 1, today)),
        (r"[本这]个?(?P<unit>周|星期|月)", lambda match, today: _back(_unit(match["unit"]), 0, today)),
        (r"上个?(?P<unit>周|星期|月)", lambda match, today: _back(_unit(match["unit"]), 1, today)),
        (r"今年", lambda _, today: _back("year", 0, today)),
        (r"去年", lambda _, today: _back("year", 1, today)),
        (r"前年", lambda _, today: _back("year", 2, today)),
        (
            rf"(?i:\b(?:last|past|previous) {_N} {_UNIT}s?\b)",
            lambda m, today: _past(_unit(m["unit"]), _count(m["n"]), today),
        ),
        (rf"(?i:\bpast {_UNIT}\b)", lambda match, today: _past(_unit(match["unit"]), 1, today)),
        (
            rf"(?:最近|过去|近)(?P<n>\d{{1,3}}|[{_HAN}两])个?(?P<unit>[天日周月年]|星期)",
            lambda match, today: _past(_unit(match["unit"]), _count(match["n"]), today),
        ),
        (rf"(?i:\b(?:{_N}|an?) {_UNIT}s? ago\b)", lambda m, today: _back(_unit(m["unit"]), _count(m["n"]), today)),
        (
            rf"(?P<n>\d{{1,3}}|[{_HAN}两])个?(?P<unit>[天周月年]|星期)前",
            lambda match, today: _back(_unit(match["unit"]), _count(match["n"]), today),
        ),
        (
            r"(?i:\b(?P<which>on|last) (?P<name>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day))\b(?! [A-Z])",
            lambda match, today: _weekday(match["name"], match["which"].lower() == "last", today),
        ),
    )
]
