"""Days, weeks, months and years by the calendar, counted from a day."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from math import ceil

Days = tuple[date, date]  # the first and the last
YEARS_BACK = {"next": -1, "this": 0, "last": 1, "明": -1, "今": 0, "去": 1, "前": 2}  # "last year"
_WEEKDAYS = "mon tue wed thu fri sat sun".split()


def back(unit: str, count: int, today: date) -> Days:
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


def past(unit: str, count: int, today: date) -> Days:
    """From so many days, weeks, months or years ago until today."""
    if unit in ("month", "year", "decade"):
        months = {"month": 1, "year": 12, "decade": 120}[unit] * count
        year, month = divmod(max(12, today.year * 12 + today.month - 1 - months), 12)
        return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1])), today
    days = {"hour": 1 / 24, "day": 1, "week": 7}[unit]
    return today - timedelta(ceil(days * count)), today


def weekend(today: date) -> Days:
    """The latest one that is over, or this one from its first day on."""
    saturday = today - timedelta((today.weekday() - 5) % 7)
    return saturday, saturday + timedelta(1)


def weekday(name: str, strictly: bool, today: date) -> Days:
    """The latest such day, which may be today unless `strictly`."""
    days = (today.weekday() - _WEEKDAYS.index(name[:3].lower())) % 7
    return back("day", days or 7 * strictly, today)


def day_of_week(name: str, week: Days) -> Days:
    """The day of that name, English or Chinese, in a week."""
    place = "一二三四五六日天".find(name)
    place = _WEEKDAYS.index(name[:3].lower()) if place < 0 else min(place, 6)
    return week[0] + timedelta(place), week[0] + timedelta(place)
