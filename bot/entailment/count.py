"""A figure in the place of another, or of another thing: what it counts, which clause it stands in, on which day."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal

from bot.language.claim import Claim, Sort, Term
from bot.language.figures import Bound
from bot.language.wording import carries, synonyms

_ROUGHLY = Decimal("0.1")  # how far "about 300" may be off


def on_another_day(claim: Claim, quote: Claim) -> bool:
    """Whether both name days of a month, and none is in both."""
    days, others = ({term.text for term in each.terms if term.sort is Sort.DAY} for each in (claim, quote))
    return bool(days and others) and days.isdisjoint(others)


def displaced(claim: Claim, quotes: Sequence[Claim]) -> bool:
    """Whether a figure of the claim is told of something else in the quotes, or a number counts what is there too, but
    beside no such number: ten guilds have no proof in a guild with ten pictures."""
    figures = [term for term in claim.terms if term.sort.numeric]
    return any(_told_of_another(figure, claim, quote) for figure in figures for quote in quotes) or any(
        any(number in quote.beside for quote in quotes)
        and any(carries(quote.vocabulary, thing) for quote in quotes)
        and not any(carries(near, thing) for quote in quotes for near in quote.beside.get(number, ()))
        for number, thing in claim.counted
    )


def _told_of_another(figure: Term, claim: Claim, quote: Claim) -> bool:
    """Whether a figure of the claim stands in clauses of the quote that tell of another deed, or of another one, and
    what the claim tells in a clause with another such figure: twenty were killed, and thirty wounded."""
    alike = {term.text for term in quote.terms if term.sort is figure.sort} - {figure.text}
    others = {term for term in alike if not carries(claim.vocabulary, term)}
    clauses = [clause.terms for clause in quote.clauses] if others else []
    own = [each for each in clauses if figure.text in each]
    apart = [each for each in clauses if figure.text not in each and others & each]
    if not own or not apart:
        return False
    carried = {term for term in quote.vocabulary if carries(claim.vocabulary, term)} - {figure.text}
    deeds, names = quote.deeds, quote.names
    known = names & carried
    told = [each for each in apart if deeds & carried & each]
    if told and all(deeds & each and not _stands_for(deeds & each, deeds & carried) for each in own):
        by_another = any(each & names - carried and known.intersection(*told) - each for each in own)
        # "It was drafted in 1996 and passed in 1999": what is told second has no subject of its own
        subject = {claim.terms[0].text}
        also = all(subject & each for each in own) and not any(subject & each for each in told)
        return by_another or also or not any(known & each for each in own)
    return any(known & each for each in apart) and all(names & each and not carried & each for each in own)


def _stands_for(words: Iterable[str], told: Collection[str]) -> bool:
    """Whether any of the words is one that is told, or may stand for it."""
    return any(word in told or not synonyms(word).isdisjoint(told) for word in words)


def within(term: Term, other: str) -> bool:
    """Whether another number, less round than it, is one that "more than 300" or "about 300" may mean."""
    if not re.fullmatch(r"\d+(?:\.\d+)?%?", other) or term.text.endswith("%") != other.endswith("%"):
        return False
    bound, value = Decimal(term.text.rstrip("%")), Decimal(other.rstrip("%"))
    if len(bound.normalize().as_tuple().digits) >= len(value.normalize().as_tuple().digits):
        return False
    if term.bound is Bound.OVER:
        return bound <= value <= 2 * bound
    if term.bound is Bound.UNDER:
        return bound / 2 <= value <= bound
    return abs(value - bound) <= _ROUGHLY * bound
