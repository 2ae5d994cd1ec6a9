"""The words that make a bound of a date: "since March", "before 2020", "by the end of May"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from index.text.periods.days import Days

NEAR = 60  # characters that hold the words before a date
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


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both ends included and either may be open, and where they stand in the text."""

    start: int
    end: int
    since: date | None
    until: date | None


def apart(found: Iterable[Period]) -> Iterator[Period]:
    """The periods in order, and of those that overlap the first and longest."""
    end = 0
    for each in sorted(found, key=lambda each: (each.start, -each.end)):
        if each.start >= end:
            end = each.end
            yield each


def ahead(text: str, start: int) -> tuple[int, str | None]:
    """Where the word before a date begins that makes a bound of it, and which bound."""
    for bound, pattern in _AHEAD.items():
        if match := pattern.search(text, max(0, start - NEAR), start):
            return match.start(), bound
    return start, None


def behind(text: str, end: int) -> tuple[int, str | None]:
    """Where the word after a date ends that makes a bound of it, and which bound."""
    for bound, pattern in _BEHIND.items():
        if match := pattern.match(text, end):
            return match.end(), bound
    return end, None


def bounded(days: Days, bound: str | None) -> tuple[date | None, date | None]:
    """The first and the last day of what has such a bound; None where it is open.

    >>> bounded((date(2020, 7, 1), date(2020, 7, 31)), "after")
    (datetime.date(2020, 8, 1), None)
    """
    first, last = days
    bounds: dict[str | None, tuple[date | None, date | None]] = {
        "since": (first, None),
        "after": (last + timedelta(1), None),
        "until": (None, last),
        "before": (None, first - timedelta(1)),
    }
    return bounds.get(bound, days)
