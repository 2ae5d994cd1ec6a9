"""Whether two figures are of one thing and cannot both be right: in which unit, how exact, of which part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from bot.claim import Claim, Term
from bot.count import within
from bot.figures import Bound, figures
from bot.wording import NAME, carries, light, stands
from index.words import content_terms

_SLACK = Decimal("0.25")  # how far a figure that has a bound may be from another one that it leaves open
_ROUND = Decimal("0.02")  # the same, of one that is only rounder than the other...
_FROM = 1000  # ...from where on figures are rounded without a word

_MONEY = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yuan", "₹": "rupee"}
_SIGN = re.compile(r"(?P<before>US|HK|NZ|[AC])?(?P<sign>[$€£¥₹]) ?\Z")
_UNIT = re.compile(r"[ -]?([a-z]+)\b|\s?(美元|欧元|英镑|日元|元|公里|千米|英里|米|吨|桶|年|个月|[天人])")
_BEFORE = 120  # characters that hold what changed by a figure
_TIMES = frozenset(("year", "month", "week", "day", "hour", "decad"))
# A rate, and a sum of many: neither is another value of the other.
_RATE = re.compile(r"\b(?:an?|per|each|every) (hour|day|week|month|year)\b|每([小天日周月年])", re.IGNORECASE)
_IN_ALL = re.compile(
    r"\b(?:over|within|for) (?:the (?:next|coming|past|last) )?[\w-]+ (?:days|weeks|months|years|decades)\b|"
    r"\b(?:in (?:all|total)|altogether|so far|to date|cumulative\w*|since \d{4})\b|累计|总共",
    re.IGNORECASE,
)
# A difference is no other value of what it changes.
_BY = re.compile(
    r"\b(?:cut|rais|ris|rose|fell|fall|increas|decreas|reduc|lower|drop|climb|slash|shr[aiu]nk)\w*\b[^.;]{0,80} by "
    r"(?:US)?[$€£¥₹]?\Z",
    re.IGNORECASE,
)
_PLACED = re.compile(rf"(?: [a-z-]+){{0,3}} (?:in|at|from|near) (?:the )?(?P<name>{NAME})")  # right after a figure
# What a figure is told of that is less than the whole: one day, one moment, some of them.
_NARROWS = re.compile(
    r"\b(?:on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:to|yester)day|overnight|last night|when|where|including|"
    r"among|alone)\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\s?(?:and|to|or|[-–—~至到])\s?(?:[$€£¥₹] ?)?\Z")  # between the ends of a range
_ORDERED = {
    word: place + 1
    for place, word in enumerate("first second third fourth fifth sixth seventh eighth ninth tenth".split())
}
_CARDINAL = {word: place + 1 for place, word in enumerate("one two three four five six seven eight nine ten".split())}
_HAN = {digit: place + 1 for place, digit in enumerate("一二三四五六七八九十")}
_NTH = re.compile(
    rf"\b(?P<nth>{'|'.join(_ORDERED)}|(?P<digits>\d{{1,3}})(?:st|nd|rd|th)) (?P<noun>[a-z]+)|"
    rf"\b(?P<part>phase|stage|round|part|season|volume|wave|reactor|unit) (?P<which>{'|'.join(_CARDINAL)}|\d{{1,2}})\b|"
    rf"第?(?P<han>[{''.join(_HAN)}])(?P<of>[期轮届批波]|阶段|季度)",
    re.IGNORECASE,
)


def agree(one: Term, other: Term) -> bool:
    """Whether two figures may both be right: one is as good as the other, or leaves it open.

    >>> from bot.claim import read
    >>> def may(one: str, other: str) -> bool:
    ...     return agree(read(one).terms[0], read(other).terms[0])
    >>> may("About 1,200.", "1,187."), may("More than 100.", "117."), may("More than 100.", "190.")
    (True, True, False)
    >>> may("54,000.", "54,218."), may("50 percent.", "51 percent."), may("40.", "43.")
    (True, False, False)
    """
    return any(_leaves_open(rough, exact) for rough, exact in ((one, other), (other, one)))


def in_range(claim: Claim, figure: Term) -> bool:
    """Whether a claim gives a range that a figure lies in.

    >>> from bot.claim import read
    >>> claim = read("It has between 40,000 and 60,000 boats.")
    >>> in_range(claim, read("45,000").terms[0]), in_range(claim, read("65,000").terms[0])
    (True, False)
    """
    if figure.sort.temporal:
        return False
    text = claim.texts[0]
    percent = figure.text.endswith("%")
    return any(
        low.value is not None
        and high.value is not None
        and high.percent == percent
        and _UNTIL.fullmatch(text[low.end : high.start])
        and low.value <= _size(figure) <= high.value
        for low, high in pairwise(figures(text))
    )


def _leaves_open(rough: Term, exact: Term) -> bool:
    if rough.sort.temporal or exact.sort.temporal:
        return False
    value, true = _size(rough), _size(exact)
    if rough.bound is Bound.UNDER and rough.sort is exact.sort:
        return (1 - _SLACK) * value <= true <= value
    if not within(rough, exact.text):
        return False
    if rough.bound:
        return abs(value - true) <= _SLACK * value
    return value >= _FROM and abs(value - true) <= _ROUND * value


def comparable(one: Claim, figure: Term, other: Claim, rival: Term, asked: Claim) -> bool:
    """Whether two figures may measure the same: in one unit, both a rate or neither in all, and neither of a place that
    nobody else names.

    >>> from bot.claim import read
    >>> asked = read("How many boats has Vellmar?")
    >>> def may(one: str, other: str) -> bool:
    ...     figure, rival = (next(term for term in read(each).terms if term.sort.numeric) for each in (one, other))
    ...     return comparable(read(one), figure, read(other), rival, asked)
    >>> may("Vellmar has 320 boats.", "Vellmar has 210 boats."), may("It has 320 boats.", "It has 7 young boats.")
    (True, False)
    >>> may("It is 20 km long.", "It is 12 miles long."), may("It cost $3 million.", "It cost €2 million.")
    (False, False)
    >>> may("It has 320 boats.", "It has 40 boats in Norway."), may("It has 320 boats.", "It has 40 boats in Vellmar.")
    (False, True)
    """
    units = (_unit(one, figure), _unit(other, rival))
    if all(units) and not stands(frozenset(units[:1]), units[1]):
        return False
    if figure.sort is rival.sort and not figure.sort.temporal and _of_a_part(one, figure, other, rival, asked):
        return False
    texts = (one.texts[0], other.texts[0])
    rates = [{part for found in _RATE.findall(text) for part in found if part} for text in texts]
    sums = [bool(_IN_ALL.search(text)) for text in texts]
    if (rates[0] and rates[1] and rates[0].isdisjoint(rates[1])) or any(
        rates[place] and not rates[1 - place] and sums[1 - place] for place in (0, 1)
    ):
        return False
    if _by_how_much(one, figure) != _by_how_much(other, rival):
        return False
    return not (_apart(one, figure, other, asked) or _apart(other, rival, one, asked))


def _of_a_part(one: Claim, figure: Term, other: Claim, rival: Term, asked: Claim) -> bool:
    """Whether the smaller figure is told of a part of what the larger one counts: of one day, or of some of the people
    with a word of their own."""
    (less, small), (more, large) = sorted(((one, figure), (other, rival)), key=lambda each: _size(each[1]))
    if _NARROWS.search(less.texts[0]) and not any(_NARROWS.search(text) for text in (*more.texts, *asked.texts)):
        return True
    unit = _unit(less, small)
    return bool(unit) and not _unit(more, large) and not any(stands(each.vocabulary, unit) for each in (more, asked))


def _size(figure: Term) -> Decimal:
    return Decimal(figure.text.rstrip("%"))


def another_in_line(one: str, other: str) -> bool:
    """Whether two texts tell of two things in a line: of the first phase and of the second one.

    >>> another_in_line("What did the first phase cost?", "The second phase cost 3 million.")
    True
    >>> another_in_line("What did phase two cost?", "The second phase cost 3 million, the first one 2.")
    False
    """
    here, there = _in_line(one), _in_line(other)
    return any(here[noun].isdisjoint(there[noun]) for noun in here.keys() & there.keys())


def _in_line(text: str) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for each in _NTH.finditer(text):
        noun = each["noun"] or each["part"] or each["of"]
        nth = (each["nth"] or each["which"] or each["han"]).lower()
        place = _ORDERED.get(nth) or _CARDINAL.get(nth) or _HAN.get(nth) or int(each["digits"] or nth)
        found.setdefault(noun.lower(), set()).add(place)
    return found


def _at(claim: Claim, figure: Term) -> Iterator[tuple[str, int, int]]:
    """Where a text has a figure."""
    text = claim.texts[0]
    return ((text, each.start, each.end) for each in figures(text) if figure.text in each.terms)


def _unit(claim: Claim, figure: Term) -> str:
    """In what a figure counts: its money, or the word after it; empty where it has none that says much."""
    for text, start, end in _at(claim, figure):
        if sign := _SIGN.search(text, max(0, start - 4), start):
            return f"{sign['before'] or ''}{_MONEY[sign['sign']]}".removeprefix("US")
        if after := _UNIT.match(text, end):
            words = [after[2]] if after[2] else content_terms(after[1])
            counted = (word for word in words if (word not in light() or word in _TIMES) and word not in claim.deeds)
            return next(counted, "")
    return ""


def _by_how_much(claim: Claim, figure: Term) -> bool:
    """Whether a figure says by how much something changed."""
    return any(_BY.search(text[max(0, start - _BEFORE) : start]) for text, start, _ in _at(claim, figure))


def _apart(claim: Claim, figure: Term, other: Claim, asked: Claim) -> bool:
    """Whether a figure counts what there is in a place that neither the question nor the other one names."""
    for text, _, end in _at(claim, figure):
        if placed := _PLACED.match(text, end):
            names = claim.names.intersection(content_terms(placed["name"]))
            return bool(names) and not any(
                carries(known, name) for name in names for known in (asked.vocabulary, other.vocabulary)
            )
    return False
