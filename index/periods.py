"""The days that a question means: "in July 2020", "since March", "last week", "2020年7月15日"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil

Days = tuple[date, date]  # the first and the last
_Told = Callable[[re.Match[str], date], Days]

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WEEKDAYS = "mon tue wed thu fri sat sun".split()
_COUNTS = ["", *"one two three four five six seven eight nine ten eleven twelve".split()]
_PLACES = ["first", "second", "third", "fourth"]
_HAN = "零一二三四五六七八九十"

_MONTH = (
    r"(?P<m>(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?)"
)
_NUMBER = r"(?:0?[1-9]|[12]\d|3[01])"
_ORDINAL = r"(?:st|nd|rd|th)?"
_DAY = rf"(?<![\d.,])(?P<d>{_NUMBER}){_ORDINAL}(?:\s?(?:-|–|to|and)\s?(?P<l>{_NUMBER}){_ORDINAL})?(?![\d%]|[.,]\d)"
_YEAR = r"(?<![\d.,-])(?P<y>(?:19|20)\d\d)(?![\d%]|[.,-]\d|['’]?s\b(?<=0s))"  # and no decade
_FULL_YEAR = r"(?:19|20)\d\d"
_BARE_MONTH = _MONTH.replace("?P<m>", "?:")
_POINTS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_DAY}\s(?:of\s)?{_MONTH}(?:,?\s{_YEAR})?",
        rf"\b{_MONTH}\s{_DAY}(?:,?\s{_YEAR})?",
        rf"\b{_MONTH}(?:,?\s(?:of\s)?{_YEAR})?",
        rf"(?<![\d.,])(?P<d>{_NUMBER})-{_MONTH}-(?P<y>{_FULL_YEAR})(?!\d)",
        rf"(?<![\d./-])(?P<y>{_FULL_YEAR})(?P<s>[/.])(?P<m>1[0-2]|0?[1-9])(?P=s)(?P<d>{_NUMBER})(?![\d/]|[.-]\d)",
        rf"(?<![\d./-])(?P<d>0[1-9]|[12]\d|3[01])\.(?P<m>0[1-9]|1[0-2])\.(?P<y>{_FULL_YEAR})(?![\d/]|[.-]\d)",
        # 15/07/2020 and 7/15/2020; 7/8/2020 reads two ways, and is none
        rf"(?<![\d./-])(?P<d>1[3-9]|2\d|3[01])/(?P<m>1[0-2]|0?[1-9])/(?P<y>{_FULL_YEAR}|\d\d)(?![\d/]|[.-]\d)",
        rf"(?<![\d./-])(?P<m>1[0-2]|0?[1-9])/(?P<d>1[3-9]|2\d|3[01])/(?P<y>{_FULL_YEAR}|\d\d)(?![\d/]|[.-]\d)",
        r"(?<![\d-])(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)(?:-(?P<d>\d\d))?(?![\d-])",
        r"(?:(?P<y>(?:19|20)\d\d)\s?年\s?)?(?P<m>1[0-2]|0?[1-9])\s?月(?:份|\s?(?P<d>\d{1,2})\s?[日号])?",
        r"(?P<y>(?:19|20)\d\d)\s?年(?![代度级])",
        rf"(?:(?P<y>[一二][{_HAN}〇]{{3}})年)?(?P<m>十[一二]?|[一二三四五六七八九])月(?:份|(?P<d>[一二三四五六七八九十]{{1,3}})[日号])?",
        _YEAR,
    )
]
# A month or a year alone is a date only where a word asks for one...
_ASKED = re.compile(
    r"(?:\b(?:in|during|since|until|till|before|after|throughout|from|between|last|this|of|prior\sto|than|the\syear)|"
    r"[自从在到至和与]|[-–])"
    r"\s?(?:(?:the\s)?(?:(?:early|mid|late)[-\s]|(?:beginning|start|middle|end)\sof\s|"
    r"(?:spring|summer|autumn|fall|winter)\s(?:of\s)?))?$",
    re.IGNORECASE,
)
# ...and a year is none where a name goes on after it: "in 2018 World Cup", "in 2020 elections", "before 2020 Vision".
_EVENT = re.compile(
    r"\s?(?:season|elections?|olympics?|games|world cup|championships?|finals?|edition|census|budget|summit|draft|"
    r"tournament|世界杯|奥运|冬奥|亚运|欧洲杯|大选|世博|赛季|财年|版)",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"\s[A-Z]")
_ANCIENT = re.compile(r"(?:,?\s\d{1,4})?\s?(?:B\.?C\b|BCE\b|公元前)")
# The year of a day or a month, where words tell it: "in July last year", "last year in July", "去年7月".
_YEAR_BEHIND = re.compile(
    rf",?\s(?:of\s|in\s)?(?:(?P<which>last|this|next)\syear|(?P<n>\d{{1,2}}|{'|'.join(_COUNTS[1:])}|a)\syears?\sago)\b",
    re.IGNORECASE,
)
_YEAR_BEFORE = re.compile(
    r"(?:\b(?P<which>last|this|next)\syear,?\s(?:in|on)\s|(?P<han>[去今明前])年\s?)$", re.IGNORECASE
)
_THIS = re.compile(r"\bthis\s$", re.IGNORECASE)
_YEARS_BACK = {"next": -1, "this": 0, "last": 1, "明": -1, "今": 0, "去": 1, "前": 2}
_LISTED = re.compile(r"\s?(?:,|and|or|&|和|与|或|、)\s?(?:in\s)?", re.IGNORECASE)
_WEEK_OF = re.compile(r"\bweek\s(?:of|beginning|starting)\s(?:on\s)?(?:the\s)?$", re.IGNORECASE)
_NEAR = 60  # characters that hold the words before a date
_PART = r"(?:the\s)?(?:(?:early|mid|late)[-\s]|(?:beginning|start|end|close)\sof\s)?(?:the\s)?"
_AHEAD = {
    "since": re.compile(
        rf"(?:\b(?:since|on\sor\safter|(?:no|not)\searlier\sthan)\s{_PART}|\bstarting\s(?:in|on|from)\s|自从?\s?|从\s?)$",
        re.IGNORECASE,
    ),
    "until": re.compile(
        rf"(?:\b(?:until|till|up\sto|by|on\sor\sbefore|(?:no|not)\slater\sthan|before\sthe\send\sof)\s{_PART}|"
        r"截[至止]到?\s?|直到\s?)$",
        re.IGNORECASE,
    ),
    "before": re.compile(r"\b(?:before|prior\sto|earlier\sthan)\s$", re.IGNORECASE),
    "after": re.compile(r"\b(?:after|later\sthan)\s$", re.IGNORECASE),
    "between": re.compile(r"\b(?:between|from)\s$", re.IGNORECASE),
}
_BEHIND = {
    "since": re.compile(r"\s(?:onwards?|or\slater)\b|\son(?=[?.,!]|\s*\Z)|\s?(?:以来|起|至今)", re.IGNORECASE),
    "until": re.compile(r"\sor\searlier\b|\s?为止", re.IGNORECASE),
    "before": re.compile(r"\s?(?:以前|之前)"),
    "after": re.compile(r"\s?(?:以后|之后)"),
}
_TO = re.compile(r"\s?(?:-|–|—|to|until|till|through|到|至)\s?(?:the\s)?", re.IGNORECASE)
_AND = re.compile(r"\s?(?:and|和|与)\s?", re.IGNORECASE)
_TO_NOW = re.compile(
    r"\s?(?:to|until|till|through|and|-|–|—|到|至)\s?(?:the\s)?(?:now|today|present(?:\sday)?|date|目前|现在|今天?)(?!\w)",
    re.IGNORECASE,
)


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
    found = [*_absolute(text, today), *_parts_of_years(text, today), *_years(text), *_relative(text, today)]
    return tuple(_apart(found))


def told_from(text: str, today: date) -> tuple[Period, ...]:
    """The periods that `text`, written on a day, tells from that day, what is to come too; weekdays are not among them.

    >>> [each.since.isoformat() for each in told_from("It closed yesterday, and opens next year.", date(2020, 12, 31))]
    ['2020-12-30', '2021-01-01']
    """
    return tuple(_apart(_found([*_RELATIVE, *_COMING], text, today)))


def _apart(found: Iterable[Period]) -> Iterator[Period]:
    """In order, and of those that overlap the first and longest."""
    end = 0
    for each in sorted(found, key=lambda each: (each.start, -each.end)):
        if each.start >= end:
            end = each.end
            yield each


# Days, months and years


def _absolute(text: str, today: date) -> Iterator[Period]:
    points = [_told_year(text, point, today) for point in _points(text)]
    asked = None  # the one before, where it was asked for
    while points:
        point = points.pop(0)
        if points and _linked(text, point, points[0]):
            yield from _range(text, point, points.pop(0), today)
        elif _asked_for(text, point) or (asked and _listed(text, asked, point)):
            asked = point
            yield from _single(text, _dated(_year_of_list(text, point, points), today))


def _told_year(text: str, point: _Point, today: date) -> _Point:
    """A day or a month with the year that words beside it tell."""
    if point.year is not None or point.month is None:
        return point
    if behind := _YEAR_BEHIND.match(text, point.end):
        back = _YEARS_BACK[behind["which"].lower()] if behind["which"] else _count(behind["n"].replace("a", "one"))
        return replace(point, end=behind.end(), year=today.year - back)
    if before := _YEAR_BEFORE.search(text, max(0, point.start - _NEAR), point.start):
        back = _YEARS_BACK[(before["which"] or before["han"]).lower()]
        return replace(point, start=before.start(), year=today.year - back)
    return replace(point, year=today.year) if _THIS.search(text, max(0, point.start - _NEAR), point.start) else point


def _year_of_list(text: str, point: _Point, later: Sequence[_Point]) -> _Point:
    """A month or a day with the year of the next one that it is listed with: "in June and July 2020"."""
    if point.year is not None or not later or not later[0].year or not _listed(text, point, later[0]):
        return point
    early = (point.month or 1) <= (later[0].month or 12)
    return replace(point, year=later[0].year - (not early))


def _listed(text: str, first: _Point, second: _Point) -> bool:
    """Whether two of a kind stand side by side: two years, two months or two days."""
    alike = (first.month is None, first.day is None) == (second.month is None, second.day is None)
    return alike and bool(_LISTED.fullmatch(text, first.end, second.start)) and not _EVENT.match(text, second.end)


def _points(text: str) -> Iterator[_Point]:
    end = 0
    matches = (match for pattern in _POINTS for match in pattern.finditer(text))
    for match in sorted(matches, key=lambda match: (match.start(), -match.end())):
        if match.start() >= end:
            end = match.end()
            yield _point(match)


def _point(match: re.Match[str]) -> _Point:
    written = {name: _western(value) for name, value in match.groupdict().items()}
    month = written.get("m")
    day, last, year = (int(value) if (value := written.get(name)) else None for name in ("d", "l", "y"))
    number = None if month is None else int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    year = year + 2000 if year is not None and year < 100 else year
    return _Point(match.start(), match.end(), year, number, day, last)


def _western(written: str | None) -> str | None:
    """A number in Chinese characters with digits: "二〇二〇", "三十一"; anything else as it is."""
    if not written or written[0] not in _HAN + "〇":
        return written
    if "十" not in written:
        return "".join(str(_HAN.index(each.replace("〇", "零"))) for each in written)
    tens, _, ones = written.partition("十")
    return str(10 * (_HAN.index(tens) if tens else 1) + (_HAN.index(ones) if ones else 0))


def _asked_for(text: str, point: _Point) -> bool:
    """Whether what is written is a date, and not a part of a name or a number."""
    behind, written = text[point.end : point.end + _NEAR], text[point.start : point.end]
    if _ANCIENT.match(behind):
        return False
    if point.month is not None and (point.day or point.year or written[0].isdigit()):
        return True
    if point.month is not None and written[0].islower() and not text.islower():
        return False  # "may" and "march" are words
    begins = _ASKED.search(text, max(0, point.start - _NEAR), point.start)
    if point.month is None and (_EVENT.match(behind) or (_CAPITAL.match(behind) and begins and begins.start())):
        return False
    return bool(begins) or written.endswith("年")


def _dated(point: _Point, today: date) -> _Point:
    """The latest day or month that is not after `today`, where the year is not written."""
    if point.year is not None:
        return point
    years = (replace(point, year=today.year - back) for back in range(9))  # 29 February is not in each
    return next((each for each in years if (days := each.days()) and days[0] <= today), point)


def _single(text: str, point: _Point) -> Iterator[Period]:
    if days := point.days():
        if point.day and (week := _WEEK_OF.search(text, max(0, point.start - _NEAR), point.start)):
            yield Period(week.start(), point.end, *_back("week", 0, days[0]))
            return
        start, bound = _ahead(text, point.start)
        end = point.end
        if bound in ("between", "since") and (now := _TO_NOW.match(text, point.end)):
            end, bound = now.end(), "since"
        elif bound in (None, "between"):
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
        if match := pattern.search(text, max(0, start - _NEAR), start):
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


# Quarters, halves, decades and several years


def _parts_of_years(text: str, today: date) -> Iterator[Period]:
    for match in _PART_OF_YEAR.finditer(text):
        written = match["y"] or match["yh"]
        year = int(written) if written else today.year - _YEARS_BACK[(match["which"] or match["han"]).lower()]
        half = match["half"] or match["h"] or match["hh"]
        nth = (half or match["quarter"] or match["q"] or match["hq"]).lower()
        months = 6 if half else 3
        last = 12 // months
        number = last if nth in ("last", "final", "下") else int(nth) if nth.isdigit() else _nth(nth)
        until = number * months
        days = date(year, until - months + 1, 1), date(year, until, monthrange(year, until)[1])
        start, bound = _ahead(text, match.start())
        yield Period(start, match.end(), *_bounded(days, bound))


def _nth(word: str) -> int:
    return 1 if word == "上" else _HAN.index(word) if word in _HAN else _PLACES.index(word) + 1


def _years(text: str) -> Iterator[Period]:
    for match in _DECADE.finditer(text):
        first = int(match["y"])
        start, bound = _ahead(text, match.start())
        yield Period(start, match.end(), *_bounded((date(first, 1, 1), date(first + 9, 12, 31)), bound))
    for match in _SPAN.finditer(text):
        first = int(match["y"])
        last = int(match["l"]) if match["l"] else first // 100 * 100 + int(match["s"])
        asked = _ASKED.search(text, max(0, match.start() - _NEAR), match.start()) or text.startswith("年", match.end())
        if first < last and asked and not _EVENT.match(text, match.end()):
            end = match.end() + text.startswith("年", match.end())
            yield Period(_ahead(text, match.start())[0], end, date(first, 1, 1), date(last, 12, 31))


_PART_OF_YEAR = re.compile(
    rf"\b(?:the\s)?(?:(?P<half>first|second)\shalf|H(?P<h>[12])|(?P<quarter>{'|'.join(_PLACES)}|last|final)\squarter|"
    rf"Q(?P<q>[1-4]))(?:\sof)?\s(?:(?P<y>{_FULL_YEAR})(?!\d)|(?P<which>last|this)\syear\b)|"
    rf"(?:(?P<yh>{_FULL_YEAR})\s?年|(?P<han>[去今])年)\s?(?:(?P<hh>[上下])半年|第?(?P<hq>[一二三四1-4])季度)",
    re.IGNORECASE,
)
_DECADE = re.compile(
    r"\bthe\s(?:(?:early|mid|late)[-\s]|(?:beginning|end)\sof\sthe\s)?(?P<y>(?:19|20)\d0)['’]?s\b", re.IGNORECASE
)
_SPAN = re.compile(rf"(?<![\d.,-])(?P<y>{_FULL_YEAR})(?:[-–—/](?P<l>{_FULL_YEAR})|–(?P<s>\d\d))(?![\d%-])")


# Days that are told from today


def _relative(text: str, today: date) -> Iterator[Period]:
    return _found([*_RELATIVE, *_WEEKDAY], text, today)


def _found(table: Iterable[tuple[re.Pattern[str], _Told]], text: str, today: date) -> Iterator[Period]:
    for pattern, days in table:
        for match in pattern.finditer(text):
            start, bound = _ahead(text, match.start())
            bound = bound if bound in ("since", "until", "before") else None
            yield Period(start if bound else match.start(), match.end(), *_bounded(days(match, today), bound))


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
    if unit in ("month", "year", "decade"):
        months = {"month": 1, "year": 12, "decade": 120}[unit] * count
        year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
        return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1])), today
    days = {"hour": 1 / 24, "day": 1, "week": 7}[unit]
    return today - timedelta(ceil(days * count)), today


def _weekend(today: date) -> Days:
    """The latest one that is over, or this one from its first day on."""
    saturday = today - timedelta((today.weekday() - 5) % 7)
    return saturday, saturday + timedelta(1)


def _weekday(name: str, strictly: bool, today: date) -> Days:
    """The latest such day, which may be today unless `strictly`."""
    back = (today.weekday() - _WEEKDAYS.index(name[:3].lower())) % 7
    return _back("day", back or 7 * strictly, today)


def _day_of_week(name: str, week: Days) -> Days:
    """The day of that name, English or Chinese, in a week."""
    place = "一二三四五六日天".find(name)
    place = _WEEKDAYS.index(name[:3].lower()) if place < 0 else min(place, 6)
    return week[0] + timedelta(place), week[0] + timedelta(place)


def _count(word: str | None) -> int:
    word = (word or "one").lower().replace("a couple of", "two")
    if word.isdigit():
        return min(int(word), 999)
    return 2 if word == "两" else _HAN.index(word) if word in _HAN else max(_COUNTS.index(word), 1)


def _unit(word: str) -> str:
    return {"天": "day", "日": "day", "周": "week", "星期": "week", "月": "month", "年": "year"}.get(word) or (
        word.lower().removesuffix("s")
    )


_N = rf"(?P<n>\d{{1,3}}|a\scouple\sof|{'|'.join(_COUNTS[1:])})"
_UNIT = r"(?P<unit>day|week|month|year)"
_LONGER = r"(?P<unit>hour|day|week|month|year|decade)"
_DAY_NAME = r"(?P<name>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b(?! [A-Z])"
_RELATIVE: list[tuple[re.Pattern[str], _Told]] = [
    (re.compile(pattern), days)
    for pattern, days in (
        (
            r"\btoday\b|\b(?:this (?:morning|afternoon|evening)|tonight)\b|今[天日晚晨]",
            lambda _, today: _back("day", 0, today),
        ),
        (r"(?i:(?<!before )\byesterday\b|\blast night\b)|昨[天日晚]", lambda _, today: _back("day", 1, today)),
        (r"(?i:\bthe day before yesterday\b)|前天", lambda _, today: _back("day", 2, today)),
        (rf"(?i:\bthis {_UNIT}\b)", lambda match, today: _back(match["unit"].lower(), 0, today)),
        (rf"(?i:\b(?:last|previous) {_UNIT}\b)", lambda match, today: _back(match["unit"].lower(), 1, today)),
        (r"(?i:\b(?:last|past|over the|at the|during the) weekend\b)|上周末", lambda _, today: _weekend(today)),
        (r"[本这]个?(?P<unit>周|星期|月)", lambda match, today: _back(_unit(match["unit"]), 0, today)),
        (r"上个?(?P<unit>周|星期|月)", lambda match, today: _back(_unit(match["unit"]), 1, today)),
        (r"今年", lambda _, today: _back("year", 0, today)),
        (r"去年", lambda _, today: _back("year", 1, today)),
        (r"前年", lambda _, today: _back("year", 2, today)),
        (
            rf"(?i:\b(?:last|past|previous) {_N} {_LONGER}s?\b)",
            lambda m, today: _past(_unit(m["unit"]), _count(m["n"]), today),
        ),
        (
            rf"(?i:\bpast {_LONGER}\b|\blast (?P<ten>decade)\b)",
            lambda m, today: _past(_unit(m["unit"] or m["ten"]), 1, today),
        ),
        (
            rf"(?:最近|过去|近)(?P<n>\d{{1,3}}|[{_HAN}两])个?(?P<unit>[天日周月年]|星期)",
            lambda match, today: _past(_unit(match["unit"]), _count(match["n"]), today),
        ),
        (
            rf"(?i:\b(?:{_N}|an?) {_UNIT}s? ago\b(?: today\b)?)",
            lambda m, today: _back(_unit(m["unit"]), _count(m["n"]), today),
        ),
        (
            rf"(?P<n>\d{{1,3}}|[{_HAN}两])个?(?P<unit>[天周月年]|星期)前",
            lambda match, today: _back(_unit(match["unit"]), _count(match["n"]), today),
        ),
        (
            r"上个?(?:周|星期)(?P<name>[一二三四五六日天])",
            lambda match, today: _day_of_week(match["name"], _back("week", 1, today)),
        ),
    )
]
_WEEKDAY: list[tuple[re.Pattern[str], _Told]] = [
    (
        re.compile(
            rf"(?i:(?:\b(?P<which>on|last)\s|(?<=\bsince )){_DAY_NAME.replace('(?! [A-Z])', '')})(?! [A-Z])"
            # the day of a date that is written
            rf"(?!,?\s(?:the\s)?(?:\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_BARE_MONTH}|{_BARE_MONTH}\s\d))"
        ),
        lambda match, today: _weekday(match["name"], (match["which"] or "").lower() == "last", today),
    ),
    (
        re.compile(rf"(?i:\bthis ){_DAY_NAME}"),
        lambda match, today: _day_of_week(match["name"], _back("week", 0, today)),
    ),
]
# What is to come, and what says no more than the year.
_COMING: list[tuple[re.Pattern[str], _Told]] = [
    (re.compile(pattern), days)
    for pattern, days in (
        (r"(?i:\btomorrow\b)|明[天日晚]", lambda _, today: _back("day", -1, today)),
        (rf"(?i:(?<!the )\b(?:next|coming) {_UNIT}\b)", lambda match, today: _back(match["unit"].lower(), -1, today)),
        (r"下个?(?P<unit>周|星期|月)", lambda match, today: _back(_unit(match["unit"]), -1, today)),
        (r"明年", lambda _, today: _back("year", -1, today)),
        (r"(?i:\bthis (?:spring|summer|autumn|fall)\b)", lambda _, today: _back("year", 0, today)),
    )
]
