"""The periods that a text names by dates: a day, a month, a year, or from one to another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from index.text.periods.bounds import NEAR, Period, ahead, behind, bounded
from index.text.periods.dates import PartialDate, common_word, partial_dates
from index.text.periods.days import YEARS_BACK, back
from index.text.periods.numerals import COUNT, count

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
    rf",?\s(?:of\s|in\s)?(?:(?P<which>last|this|next)\syear|(?P<n>{COUNT}|a)\syears?\sago)\b",
    re.IGNORECASE,
)
_YEAR_BEFORE = re.compile(
    r"(?:\b(?P<which>last|this|next)\syear,?\s(?:in|on)\s|(?P<han>[去今明前])年\s?)$", re.IGNORECASE
)
_THIS = re.compile(r"\bthis\s$", re.IGNORECASE)
_LISTED = re.compile(r"\s?(?:,|and|or|&|和|与|或|、)\s?(?:in\s)?", re.IGNORECASE)
_WEEK_OF = re.compile(r"\bweek\s(?:of|beginning|starting)\s(?:on\s)?(?:the\s)?$", re.IGNORECASE)
_TO = re.compile(r"\s?(?:-|–|—|to|until|till|through|到|至)\s?(?:the\s)?", re.IGNORECASE)
_AND = re.compile(r"\s?(?:and|和|与)\s?", re.IGNORECASE)
_TO_NOW = re.compile(
    r"\s?(?:to|until|till|through|and|-|–|—|到|至)\s?(?:the\s)?(?:now|today|present(?:\sday)?|date|目前|现在|今天?)(?!\w)",
    re.IGNORECASE,
)


def asked(text: str, start: int) -> re.Match[str] | None:
    """The words before a month or a year that ask for a date."""
    return _ASKED.search(text, max(0, start - NEAR), start)


def event(text: str, end: int) -> bool:
    """Whether a year is part of the name of what took place in it."""
    return _EVENT.match(text, end) is not None


def absolute(text: str, today: date) -> Iterator[Period]:
    """The periods that are dates, each with its year."""
    points = [_told_year(text, point, today) for point in partial_dates(text)]
    last = None  # the one before, where it was asked for
    while points:
        point = points.pop(0)
        if points and _linked(text, point, points[0]):
            yield from _range(text, point, points.pop(0), today)
        elif _asked_for(text, point) or (last and _listed(text, last, point)):
            last = point
            yield from _single(text, _dated(_year_of_list(text, point, points), today))


def _told_year(text: str, point: PartialDate, today: date) -> PartialDate:
    """A day or a month with the year that words beside it tell."""
    if point.year is not None or point.month is None:
        return point
    if found := _YEAR_BEHIND.match(text, point.end):
        years = YEARS_BACK[found["which"].lower()] if found["which"] else count(found["n"])
        return replace(point, end=found.end(), year=today.year - years)
    if found := _YEAR_BEFORE.search(text, max(0, point.start - NEAR), point.start):
        years = YEARS_BACK[(found["which"] or found["han"]).lower()]
        return replace(point, start=found.start(), year=today.year - years)
    return replace(point, year=today.year) if _THIS.search(text, max(0, point.start - NEAR), point.start) else point


def _year_of_list(text: str, point: PartialDate, later: Sequence[PartialDate]) -> PartialDate:
    """A month or a day with the year of the next one that it is listed with: "in June and July 2020"."""
    if point.year is not None or not later or not later[0].year or not _listed(text, point, later[0]):
        return point
    early = (point.month or 1) <= (later[0].month or 12)
    return replace(point, year=later[0].year - (not early))


def _listed(text: str, first: PartialDate, second: PartialDate) -> bool:
    """Whether two of a kind stand side by side: two years, two months or two days."""
    alike = (first.month is None, first.day is None) == (second.month is None, second.day is None)
    return alike and bool(_LISTED.fullmatch(text, first.end, second.start)) and not event(text, second.end)


def _asked_for(text: str, point: PartialDate) -> bool:
    """Whether what is written is a date, and not a part of a name or a number."""
    written = text[point.start : point.end]
    if _ANCIENT.match(text, point.end):
        return False
    if point.month is not None and (point.day or point.year or written[0].isdigit()):
        return True
    if common_word(text, point) and not text.islower():
        return False
    begins = asked(text, point.start)
    if point.month is None and (
        event(text, point.end) or (_CAPITAL.match(text, point.end) and begins and begins.start())
    ):
        return False
    return bool(begins) or written.endswith("年")


def _dated(point: PartialDate, today: date) -> PartialDate:
    """The latest day or month that is not after `today`, where the year is not written."""
    if point.year is not None:
        return point
    years = (replace(point, year=today.year - back) for back in range(9))  # 29 February is not in each
    return next((each for each in years if (days := each.days()) and days[0] <= today), point)


def _single(text: str, point: PartialDate) -> Iterator[Period]:
    if days := point.days():
        if point.day and (week := _WEEK_OF.search(text, max(0, point.start - NEAR), point.start)):
            yield Period(week.start(), point.end, *back("week", 0, days[0]))
            return
        start, bound = ahead(text, point.start)
        end = point.end
        if bound in ("between", "since") and (now := _TO_NOW.match(text, point.end)):
            end, bound = now.end(), "since"
        elif bound in (None, "between"):
            end, bound = behind(text, point.end)
        since, until = bounded(days, bound)
        yield Period(start, end, since, until)


def _range(text: str, first: PartialDate, last: PartialDate, today: date) -> Iterator[Period]:
    if first.year is None or last.year is not None:
        last = _dated(last, today)
        early = (first.month or 1) <= (last.month or 12)
        first = first if first.year or not last.year else replace(first, year=last.year - (not early))
    else:
        late = (last.month or 12) >= (first.month or 1)
        last = replace(last, year=first.year + (not late))
    begun, ended = first.days(), last.days()
    if begun and ended and begun[0] <= ended[1]:
        yield Period(ahead(text, first.start)[0], last.end, begun[0], ended[1])


def _linked(text: str, first: PartialDate, last: PartialDate) -> bool:
    """Whether two dates are the ends of one period."""
    between = text[first.end : last.start]
    if _AND.fullmatch(between):
        return ahead(text, first.start)[1] == "between" or text.startswith("之间", last.end)
    return bool(_TO.fullmatch(between))
