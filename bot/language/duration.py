"""How often something is, and how long it lasts: "every month" is not "every year", and "for three years" not "three
years ago"."""

from __future__ import annotations

import re
from collections.abc import Iterable

_UNIT = r"hour|day|night|week|month|quarter|year|decade"
_RATE = re.compile(
    rf"\b(?:every|each|per) (?P<unit>{_UNIT})\b|"
    # "3 tonnes a day", "twice a year", and no "a year later"
    rf"(?<=s |e ) ?\ban? (?P<other>{_UNIT})\b"
    r"(?! (?:ago|earlier|later|before|after|of|or|and|long|in|to)\b)|"
    r"\b(?P<adverb>hourly|daily|weekly|monthly|quarterly|yearly|annually)\b",
    re.IGNORECASE,
)
_ADVERBS = {"daily": "day", "annually": "year"}
_LENGTH = re.compile(
    r"\b(?P<number>\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|several|few) "
    r"(?P<unit>hour|day|week|month|year|decade)s?\b(?P<ago> ago\b)?",
    re.IGNORECASE,
)


def otherwise_lasting(claim: str, quotes: Iterable[str]) -> bool:
    """Whether a claim tells of another rate or length of time than the quotes, which tell of one too.

    >>> otherwise_lasting("It meets every month.", ["It meets every year."])
    True
    >>> otherwise_lasting("She was there for three years.", ["She was there three years ago."])
    True
    """
    told = " ".join(quotes)
    own, there = _rates(claim), _rates(told)
    return bool(own and there and own.isdisjoint(there)) or _other_way(claim, told)


def _rates(text: str) -> set[str]:
    """
    >>> sorted(_rates("Twice a day, or monthly."))
    ['day', 'month']
    """
    found = (each["unit"] or each["other"] or each["adverb"] for each in _RATE.finditer(text))
    return {_ADVERBS.get(each.lower(), each.lower().removesuffix("ly")) for each in found}


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
