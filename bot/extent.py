"""Years: whether one begins something or ends it, "from 1739" has no proof in "until 1739"; and whether it is the one
that was asked about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bot.figures import YEAR

_DATE = r"(?:(?:about|around|early|mid|late|the end of|\d{1,2}|[A-Z][a-z]+)[ -]){0,3}"
_ASKED = re.compile(
    rf"\b(?:in|of|during|for)(?: (?:the|year|early|mid|late|[A-Z][a-z]+)){{0,2}} (?P<year>{YEAR})(?!['’]?s)"
)
_BEGINS, _ENDS, _AT = "begins", "ends", "at"
_MENTION = re.compile(
    rf"(?P<{_BEGINS}>\b(?:from|since|after) {_DATE}|自|从)?"
    rf"(?P<{_ENDS}>(?:\b(?:until|till|to|before|through) {_DATE}|(?<=\d)(?: ?[-–—] ?| (?:to|until) )|至|到))?"
    rf"(?P<year>{YEAR})(?= ?(?P<range>[-–—]) ?{YEAR})?",
)


def misplaced(claim: str, quotes: Iterable[str]) -> bool:
    """Whether a year begins something in the claim and only ends something in the quotes, or the other way round.

    >>> misplaced("He lived from 1739 to 1778.", ["He (1694-1778) stayed until 1739."])
    True
    >>> misplaced("He lived there until 1739.", ["He (1694-1778) stayed until 1739."])
    False
    >>> misplaced("He left in 1739.", ["He (1694-1778) stayed until 1739."])
    False
    """
    own, there = _extents([claim]), _extents(quotes)
    contrary = {_BEGINS: {_ENDS}, _ENDS: {_BEGINS}}
    return any(there.get(year) == contrary[kind] for year, kinds in own.items() for kind in kinds if kind in contrary)


def misdated(question: str, quotes: Iterable[str], known: Iterable[str]) -> bool:
    """Whether the quotes tell of another year than the one that is asked about, and nothing else that is `known` of
    their articles has that one.

    >>> misdated("How many boats had it in 2015?", ["In 1998 it had 4 boats."], ())
    True
    >>> misdated("How many boats had it in 2015?", ["It had 4 boats."], ())
    False
    """
    asked = {found["year"] for found in _ASKED.finditer(question)}
    told = _years(quotes) if asked else set()
    return bool(told) and asked.isdisjoint(told) and asked.isdisjoint(_years(known))


def _years(texts: Iterable[str]) -> set[str]:
    return {year for text in texts for year in re.findall(YEAR, text)}


def _extents(texts: Iterable[str]) -> Mapping[str, set[str]]:
    """Of each year, whether it begins something, ends something, or neither."""
    found: dict[str, set[str]] = {}
    for text in texts:
        for mention in _MENTION.finditer(text):
            begins = mention[_BEGINS] or (mention["range"] and not mention[_ENDS])
            kind = _ENDS if mention[_ENDS] else _BEGINS if begins else _AT
            found.setdefault(mention["year"], set()).add(kind)
    return found
