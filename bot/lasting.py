"""How often something is, how long it lasts, and which week or year it is told of: "every month" is not "every year",
"for three years" not "three years ago", and "last week" not "last month"."""

from __future__ import annotations

import re
from collections.abc import Iterable

_UNIT = r"(?P<unit>hour|day|night|week|month|quarter|year|decade)"
_RATE = re.compile(
    rf"\b(?:every|each|per) {_UNIT}\b|"
    # "3 tonnes a day", "twice a year", and no "a year later"
    rf"(?<=s |e ) ?\ban? {_UNIT.replace('unit', 'other')}\b"
    r"(?! (?:ago|earlier|later|before|after|of|or|and|long|in|to)\b)|"
    r"\b(?P<adverb>hourly|daily|weekly|monthly|quarterly|yearly|annually)\b",
    re.IGNORECASE,
)
_ADVERBS = {"daily": "day", "annually": "year"}
_TOLD = re.compile(
    r"(?<!the )\b(?P<which>last|past|previous|this|next|coming) "
    r"(?P<unit>day|night|week|weekend|month|quarter|year|decade)\b"
    r"(?! of\b)",
    re.IGNORECASE,
)
_WHICH = {"past": "last", "previous": "last", "coming": "next"}
_LENGTH = re.compile(
    r"\b(?P<number>\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|several|few) "
    r"(?P<unit>hour|day|week|month|year|decade)s?\b(?P<ago> ago\b)?",
    re.IGNORECASE,
)


def otherwise_timed(claim: str, quotes: Iterable[str]) -> bool:
    """Whether a claim tells of another rate, week or length of time than the quotes, which tell of one too.

    >>> otherwise_timed("It meets every month.", ["It meets every year."])
    True
    >>> otherwise_timed("She was there for three years.", ["She was there three years ago."])
    True
    >>> otherwise_timed("It met last week.", ["It met last week, and last month."])
    False
    """
    told = " ".join(quotes)
    return _other(_rates(claim), _rates(told)) or _other(_periods(claim), _periods(told)) or _other_way(claim, told)


def _other(own: set[str], there: set[str]) -> bool:
    return bool(own and there) and own.isdisjoint(there)


def _rates(text: str) -> set[str]:
    """
    >>> sorted(_rates("Twice a day, or monthly."))
    ['day', 'month']
    """
    found = (each["unit"] or each["other"] or each["adverb"] for each in _RATE.finditer(text))
    return {_ADVERBS.get(each.lower(), each.lower().removesuffix("ly")) for each in found}


def _periods(text: str) -> set[str]:
    found = ((each["which"].lower(), each["unit"].lower()) for each in _TOLD.finditer(text))
    return {f"{_WHICH.get(which, which)} {unit}" for which, unit in found}


def _other_way(claim: str, told: str) -> bool:
    """Whether a time of the same length is ago in one of the two, and lasts, or is to come, in the other."""
    own, there = _lengths(claim), _lengths(told)
    return any(own[length].isdisjoint(there[length]) for length in own.keys() & there.keys())


def _lengths(text: str) -> dict[tuple[str, str], set[bool]]:
    """Of each length of time whether it is ago."""
    found: dict[tuple[str, str], set[bool]] = {}
    for each in _LENGTH.finditer(text):
        found.setdefault((each["number"].lower(), each["unit"].lower()), set()).add(each["ago"] is not None)
    return found
