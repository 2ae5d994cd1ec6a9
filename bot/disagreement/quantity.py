"""What a figure measures and how exactly: whether two measure the same, and whether both may be right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from bot.entailment.count import within
from bot.language.claim import Claim, Term
from bot.language.figures import Bound, figures
from bot.language.wording import NAME, carries, light, stands
from index.words import WEEKDAY, content_terms

_SLACK = Decimal("0.25")  # how far a figure that has a bound may be from another one that it leaves open
_ROUND = Decimal("0.02")  # the same, of one that is only rounder than the other...
_FROM = 1000  # ...from where on figures are rounded without a word

_MONEY = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yuan", "₹": "rupee"}
MONEYS = frozenset((*_MONEY.values(), "crown", "franc", "rubl", "rupe", "won", "peso", "lira"))  # as terms
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
    rf"\b(?:on {WEEKDAY}|(?:to|yester)day|overnight|last night|when|where|including|"
    r"among|alone)\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\s?(?:and|to|or|[-–—~至到])\s?(?:[$€£¥₹] ?)?\Z")  # between the ends of a range


def compatible(one: Claim, figure: Term, other: Claim, rival: Term) -> bool:
    """Whether two figures may both be right: one leaves the other open, or lies in a range that its claim gives.

    >>> from bot.language.claim import read
    >>> def may(one: str, other: str) -> bool:
    ...     return compatible(read(one), read(one).terms[0], read(other), read(other).terms[0])
    >>> may("About 1,200.", "1,187."), may("More than 100.", "117."), may("More than 100.", "190.")
    (True, True, False)
    >>> may("54,000.", "54,218."), may("50 percent.", "51 percent."), may("40.", "43.")
    (True, False, False)
    >>> may("40,000 to 60,000.", "45,000."), may("40,000 to 60,000.", "65,000.")
    (True, False)
    """
    if figure.sort.temporal or rival.sort.temporal:
        return False
    sides = ((one, figure, rival), (other, rival, figure))
    return any(_leaves_open(rough, exact) or _in_range(claim, exact) for claim, rough, exact in sides)


def _in_range(claim: Claim, figure: Term) -> bool:
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

    >>> from bot.language.claim import read
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
    units = (unit_of(one, figure), unit_of(other, rival))
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
    unit = unit_of(less, small)
    return bool(unit) and not unit_of(more, large) and not any(stands(each.vocabulary, unit) for each in (more, asked))


def _size(figure: Term) -> Decimal:
    return Decimal(figure.text.rstrip("%"))


def _at(claim: Claim, figure: Term) -> Iterator[tuple[str, int, int]]:
    """Where a text has a figure."""
    text = claim.texts[0]
    return ((text, each.start, each.end) for each in figures(text) if figure.text in each.terms)


def unit_of(claim: Claim, figure: Term) -> str:
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
