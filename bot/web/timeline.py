"""When the articles are from, as a drawing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.render.html.words import ENGLISH, PageWording

BARS = 40  # at most
HEIGHT, WIDTH = 100, 640  # of the drawing, in its own units
GAP = 0.2  # of a bar's room


@dataclass(frozen=True, slots=True)
class TimelineBar:
    """The articles of a stretch of days, both ends included, and where it is drawn."""

    name: str
    since: date
    until: date
    count: int
    x: float = 0
    width: float = 0
    height: float = 0


def timeline(days: Iterable[tuple[date, int]], words: PageWording = ENGLISH) -> tuple[TimelineBar, ...]:
    """The counts of days by month, or by so many years as make no more than `BARS`; empty stretches too.

    >>> [(bar.name, bar.count) for bar in timeline([(date(2020, 1, 31), 2), (date(2020, 3, 1), 1)])]
    [('January 2020', 2), ('February 2020', 0), ('March 2020', 1)]
    """
    counts = Counter(dict(days))
    if not counts:
        return ()
    first, last = min(counts), max(counts)
    months = 1 if _months(last) - _months(first) < BARS else 12 * _years(first, last)
    start = _months(first) // months
    stretches = [_stretch(number * months, months) for number in range(start, _months(last) // months + 1)]
    found = Counter[int]()
    for day, count in counts.items():
        found[_months(day) // months - start] += count
    return _drawn([TimelineBar(_name(*ends, words), *ends, found[number]) for number, ends in enumerate(stretches)])


def _years(first: date, last: date) -> int:
    """How many years a bar stands for."""
    span = last.year - first.year + 1
    return next(each for each in (1, 2, 5, 10, 25, 50, 100, 250, 1000) if span / each < BARS)


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1


def _day(months: int) -> date:
    """The first of a month; the calendar has an end at both ends."""
    return date(min(max(months // 12, 1), date.max.year), months % 12 + 1, 1)


def _stretch(start: int, months: int) -> tuple[date, date]:
    end = start + months
    return _day(start), date.max if end // 12 > date.max.year else _day(end) - timedelta(1)


def _name(since: date, until: date, words: PageWording) -> str:
    if (since.year, since.month) == (until.year, until.month):
        return words.month(since)
    if since.year == until.year:
        return words.year(since)
    return words("library.span", first=str(since.year), last=str(until.year))


def _drawn(bars: Sequence[TimelineBar]) -> tuple[TimelineBar, ...]:
    room, most = WIDTH / len(bars), max(bar.count for bar in bars)
    return tuple(
        TimelineBar(
            bar.name,
            bar.since,
            bar.until,
            bar.count,
            round(number * room + GAP / 2 * room, 1),
            round((1 - GAP) * room, 1),
            round(max(HEIGHT * bar.count / most, 1.5 if bar.count else 0), 1),
        )
        for number, bar in enumerate(bars)
    )
