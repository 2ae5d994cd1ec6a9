"""Years and days: whether one begins something or ends it, "from 1739" has no proof in "until 1739", nor "in 1739" in
"after 1739"; of which year a day is; and whether a year is the one that was asked about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from bot.language.figures import YEAR, figures

_DATE = r"(?:(?:about|around|early|mid|late|the end of|\d{1,2}|[A-Z][a-z]+)[ -]){0,3}"
_ASKED = re.compile(
    rf"\b(?:in|of|during|for)(?: (?:the|year|early|mid|late|[A-Z][a-z]+)){{0,2}} (?P<year>{YEAR})(?!['’]?s)"
)
_Extents = Mapping[str, set[str]]  # of each year and each day, whether it begins something, ends something, or neither
_BEGINS, _ENDS, _AT, _DECADE = "begins", "ends", "at", "decade"
_MENTION = re.compile(
    rf"(?P<{_BEGINS}>\b(?:from|since|after) {_DATE}|自|从)?"
    rf"(?P<{_ENDS}>(?:\b(?:until|till|to|before|through) {_DATE}|(?<=\d)(?: ?[-–—] ?| (?:to|until) )|至|到))?"
    rf"(?P<year>{YEAR})(?= ?(?P<range>[-–—]) ?{YEAR})?(?P<decade>(?<=0)['’]?s\b)?",
)
_OF_A_DAY = re.compile(
    rf"\b(?:(?P<{_BEGINS}>from|since|after)|(?P<{_ENDS}>until|till|to|before|through|by)) "
    r"(?:the )?(?:early |mid-|late )?\Z"
)
_SPAN = re.compile(
    rf"(?:\b(?:from|between) {_DATE})?(?P<from>{YEAR}) ?(?:[-–—/]|to|until|and|through) ?{_DATE}"
    rf"(?P<to>[12]\d{{3}}|\d\d)(?!\d)|"
    rf"\b[Ss]ince {_DATE}(?P<since>{YEAR})"
)
_NEAR = 30  # characters that hold such words
# What is neither in a year nor on a day: "after 2015", "before 1 May", "by 2015"
_BESIDE = re.compile(rf"\b(?P<word>[Aa]fter|[Bb]efore|[Bb]y|[Ff]rom|[Ss]ince) {_DATE}(?P<year>{YEAR})(?![ -]?[a-z]*\d)")
_CONTRARY = {
    "before": {"after", "since", "from"},
    "after": {"before", "by"},
    "by": {"after", "from", "since"},
    "since": {"before", "by"},
    "from": {"before", "by"},
}
_OPENS = r"beg[aiu]ns?|start(?:s|ed)?|opened|born|founded|established|launched"
_CLOSES = r"end(?:s|ed)?|expire[sd]?|died|closed|finished|dissolved|abolished"
# A verb by which something begins or ends, with its year; and a life between brackets.
_TURN = re.compile(rf"\b(?:(?P<{_BEGINS}>{_OPENS})|(?P<{_ENDS}>{_CLOSES}))\b(?: (?:in|on) {_DATE}(?P<year>{YEAR}))?")
_LIFE = re.compile(rf"\((?:born )?{_DATE}(?P<{_BEGINS}>{YEAR}) ?[-–—] ?{_DATE}(?P<{_ENDS}>{YEAR})\)")


def misplaced(claim: str, quotes: Iterable[str]) -> bool:
    """Whether a year begins something in the claim and only ends something in the quotes, or the other way round, or a
    day of the claim is only one of another year there.

    >>> misplaced("He lived from 1739 to 1778.", ["He (1694-1778) stayed until 1739."])
    True
    >>> misplaced("He lived there until 1739.", ["He (1694-1778) stayed until 1739."])
    False
    >>> misplaced("He left in 1739.", ["He (1694-1778) stayed until 1739."])
    False
    >>> misplaced("He left in 1739.", ["He left after 1739."])
    True
    """
    quotes = list(quotes)
    own, there = _extents([claim]), _extents(quotes)
    contrary = {_BEGINS: {_ENDS}, _ENDS: {_BEGINS}}
    if any(there.get(when) == contrary[kind] for when, kinds in own.items() for kind in kinds if kind in contrary):
        return True
    if any(kinds == {_AT} and there.get(when) == {_DECADE} for when, kinds in own.items()):
        return True
    if _of_another_year(claim, quotes) or _bounded_by_another(own, there, quotes):
        return True
    return _beside(claim, quotes) or _turned(claim, quotes)


def _of_another_year(claim: str, quotes: Sequence[str]) -> bool:
    """Whether a day or a month has its year in the claim, and only others in the quotes.

    >>> _of_another_year("It ends on 5 May 2021.", ["In 2021 it was extended to 5 May 2026."])
    True
    >>> _of_another_year("It ends on 5 May 2021.", ["The 5 May 2020 vote ends it on 5 May."])
    False
    """
    own, there = _years_of_days([claim]), _years_of_days(quotes)
    known = (day for day in own.keys() & there.keys() if None not in own[day] | there[day])
    return any(own[day].isdisjoint(there[day]) for day in known)


def _bounded_by_another(own: _Extents, there: _Extents, quotes: Sequence[str]) -> bool:
    """Whether a year that the quotes do not name, but may have from the day of their article, begins or ends something
    in the claim, and they begin or end it in another one: "On Monday it was prolonged until 2026" is not until 2021."""
    if any(each.month and not each.year for text in quotes for each in figures(text)):
        return False
    bounds = {kind for when, kinds in there.items() if re.fullmatch(YEAR, when) for kind in kinds}
    unnamed = (kinds for when, kinds in own.items() if when not in there and re.fullmatch(YEAR, when))
    return any(kinds & bounds & {_BEGINS, _ENDS} for kinds in unnamed)


def _years_of_days(texts: Iterable[str]) -> Mapping[str, set[int | None]]:
    """Of each day and each month the years that it is written with; None for one without."""
    found: dict[str, set[int | None]] = {}
    for text in texts:
        for each in figures(text):
            if each.month:
                found.setdefault(each.terms[-1], set()).add(each.year)
    return found


def _beside(claim: str, quotes: Sequence[str]) -> bool:
    """Whether what the claim has in a year is only before or after it in the quotes, or on the other side of it."""
    own, there = (_sides(texts) for texts in ([claim], quotes))
    for year, words in own.items():
        told = there.get(year, set())
        if words == {""} and told and told <= {"before", "after"}:
            return True
        if told and any(word in _CONTRARY and told <= _CONTRARY[word] for word in words):
            return True
    return False


def _sides(texts: Iterable[str]) -> Mapping[str, set[str]]:
    """Of each year the words that it stands beside; an empty one for the year itself."""
    found: dict[str, set[str]] = {}
    for text in texts:
        words = {each.start("year"): each["word"].lower() for each in _BESIDE.finditer(text)}
        for year in re.finditer(YEAR, text):
            found.setdefault(year[0], set()).add(words.get(year.start(), ""))
    return found


def _turned(claim: str, quotes: Sequence[str]) -> bool:
    """Whether something begins in the claim in a year in which the quotes only have something end, or the other way
    round, and they say in which year it begins."""
    told: dict[str, set[str]] = {}
    for text in quotes:
        for each in _LIFE.finditer(text):
            told.setdefault(each[_BEGINS], set()).add(_BEGINS)
            told.setdefault(each[_ENDS], set()).add(_ENDS)
        for each in _TURN.finditer(text):
            told.setdefault(each["year"] or "", set()).add(_kind(each))
    return any(
        each["year"] in told
        and told[each["year"]] == {_ENDS if _kind(each) == _BEGINS else _BEGINS}
        and _kind(each) not in told.get("", ())
        for each in _TURN.finditer(claim)
        if each["year"]
    )


def _kind(turn: re.Match[str]) -> str:
    return _BEGINS if turn[_BEGINS] else _ENDS


def misdated(question: str, quotes: Iterable[str], known: Iterable[str]) -> bool:
    """Whether the quotes tell of another year than the one that is asked about, and nothing else that is `known` of
    their articles has that one.

    >>> misdated("How many boats had it in 2015?", ["In 1998 it had 4 boats."], ())
    True
    >>> misdated("How many boats had it in 2015?", ["It had 4 boats."], ())
    False
    """
    asked = {found["year"] for found in _ASKED.finditer(question)}
    quotes = list(quotes)
    told = _years(quotes) if asked else set()
    apart = bool(told) and asked.isdisjoint(told) and asked.isdisjoint(_years(known))
    return apart and not _spanned(asked, quotes) and not _spanned(told, [question])


def _spanned(years: Iterable[str], texts: Iterable[str]) -> bool:
    """Whether one of the years lies within what the texts tell of: "from 2010 to 2018", "since 2012", "2014-15".

    >>> _spanned({"2015"}, ["It was open from 2010 to 2018."]), _spanned({"2019"}, ["It was open from 2010 to 2018."])
    (True, False)
    """
    spans = [
        (found["since"], "9999") if found["since"] else (found["from"], _whole(found["from"], found["to"]))
        for text in texts
        for found in _SPAN.finditer(text)
    ]
    return any(first <= year <= last for year in years for first, last in spans)


def _whole(first: str, last: str) -> str:
    """
    >>> _whole("2014", "15")
    '2015'
    """
    return first[: 4 - len(last)] + last


def _years(texts: Iterable[str]) -> set[str]:
    return {year for text in texts for year in re.findall(YEAR, text)}


def _extents(texts: Iterable[str]) -> _Extents:
    found: dict[str, set[str]] = {}
    for text in texts:
        for mention in _MENTION.finditer(text):
            begins = mention[_BEGINS] or (mention["range"] and not mention[_ENDS])
            kind = _ENDS if mention[_ENDS] else _BEGINS if begins else _DECADE if mention["decade"] else _AT
            found.setdefault(mention["year"], set()).add(kind)
        for day in (each for each in figures(text) if each.month):
            before = _OF_A_DAY.search(text, max(0, day.start - _NEAR), day.start)
            found.setdefault(day.terms[-1], set()).add(str(before.lastgroup) if before else _AT)
    return found
