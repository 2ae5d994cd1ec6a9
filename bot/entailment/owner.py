"""Whose a thing is, and who of a family did what: a claim about somebody has no proof in what is told of somebody's
husband, of a church in what is told of its organ."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import pairwise, takewhile

from bot.language.claim import Claim, Sort
from bot.language.doer import ARTICLES
from bot.language.figures import figures
from bot.language.wording import carries, lands
from index.words import CAPITAL, carries_meaning, content_terms, terms

# Those who act for somebody as if they were somebody else.
_OTHERS = (
    "father mother parent brother sister son daughter child wife husband widow widower partner cousin uncle "
    "aunt nephew niece grandfather grandmother grandson granddaughter stepson stepdaughter twin friend rival lawyer "
    "attorney predecessor successor opponent"
)
# Those whose deeds and words are the owner's own.
_OWN = (
    "government army navy military troop force parliament congress ministry minister authority official leader "
    "leadership president premier spokesman spokeswoman spokesperson report statement study survey figure data "
    "website delegation team embassy police soldier party cabinet council board office people citizen bank "
    "company voter electorate plant factory women men"
)
_PARTS = (
    "member part section faction wing branch committee chamber house supplement outskirts suburb edge rest half side"
)
_INSTALMENTS = "season series volume chapter edition issue phase stage round leg instalment installment quarter session"
_INSTALMENT = f"(?:{'|'.join(_INSTALMENTS.split())})"
# "A season of thirteen episodes", and a "thirteen-episode third season".
_OF_SO_MANY = re.compile(rf"\b{_INSTALMENT} of (?:only |just )?", re.IGNORECASE)
_IN_PART = re.compile(rf"-\w+ (?:\w+ )?{_INSTALMENT}\b", re.IGNORECASE)

_IS = frozenset(terms("is are was were be been has have had own as became become remain form"))
_PLACES = frozenset(terms("in at near from to into of outside around across throughout"))
_PAIR = re.compile(r"([^\W\d_]{2,})(?= ([^\W\d_]{2,}))")
_OFFICE = (
    r"(?:(?:Vice|Deputy|Prime|Foreign|Defen[cs]e|General) )?"
    r"(?:President|Chancellor|Minister|Premier|Secretary|King|Queen|Emperor|Senator|Governor|Ambassador)"
)
_HOLDER = re.compile(
    rf"\b(?P<whose>(?:(?!The\b){CAPITAL}[\w’'-]+ ){{1,6}}?){_OFFICE} "
    rf"(?P<holder>{CAPITAL}[\w’'-]+(?: {CAPITAL}[\w’'-]+)*)"
)
_OF_WHAT = 5  # words after "season of", among which the name of the series stands
_LATER = 2  # words after what is owned, among which the one stands that a claim has right after the owner


def mistaken(claim: Claim, quotes: Sequence[Claim]) -> bool:
    """Whether the claim tells of an owner what the quotes tell of what is theirs, or the other way round, or gives a
    thing to another owner.

    >>> from bot.language.claim import read
    >>> said = [read("Ann Example's husband died in 1990.")]
    >>> mistaken(read("Ann Example died in 1990."), said), mistaken(read("Her husband died in 1990."), said)
    (True, False)
    """
    return _owned_by_another(claim, quotes) or any(
        _of_another_people(claim, quote)
        or _figures_of_another_land(claim, quote)
        or _cut_short(claim, quote)
        or _drawn_out(claim, quote)
        or _done_for(claim, quote)
        or _done_in_part(claim, quote)
        or _counted_in_part(claim, quote)
        for quote in quotes
    )


def holder_left_out(claim: Claim, quotes: Sequence[Claim]) -> bool:
    """Whether the claim tells of a country what the quotes tell of the one who holds an office of it.

    >>> from bot.language.claim import read
    >>> said = [read("Northland President Ann Example and King Bo of Southland signed it.")]
    >>> holder_left_out(read("Northland signed it."), said), holder_left_out(read("Ann Example signed it."), said)
    (True, False)
    """
    for found in (found for quote in quotes for found in _HOLDER.finditer(quote.texts[0])):
        whose = re.compile(rf"\b{re.escape(found['whose'].strip())}\b(?! {_OFFICE})")
        holder = content_terms(found["holder"])[-1:]
        if whose.search(claim.texts[0]) and not any(carries(claim.vocabulary, name) for name in holder):
            return not any(whose.search(quote.texts[0]) for quote in quotes)
    return False


def _owned_by_another(claim: Claim, quotes: Sequence[Claim]) -> bool:
    """Whether something is the one's in the claim, and in the quotes another's alone."""
    for owner, thing in claim.owners:
        others = frozenset(another for quote in quotes for another, other in quote.owners if other == thing)
        if others and not carries(others, owner):
            return True
    return False


def _of_another_people(claim: Claim, quote: Claim) -> bool:
    """Whether what is one country's in the claim is another's in the quote: Chinese soldiers are no Indian ones."""
    for country, thing in claim.peoples:
        others = [another for another, other in quote.peoples if other == thing]
        if others and country not in others and quote.order.count(thing) == len(others):
            return True
    return False


def _figures_of_another_land(claim: Claim, quote: Claim) -> bool:
    """Whether the claim tells first of a country, and its figures stand in the quote, which has another country before
    them and that one not at all: how many warheads America has says nothing of Russia's."""
    first = next((term.text for term in claim.terms if term.sort.nominal), "")
    numbers = {term.text for term in claim.terms if term.sort in (Sort.NUMBER, Sort.PERCENT)}
    known = quote.vocabulary
    if first not in lands() or not numbers or any(carries(known, name) for name in claim.names):
        return False
    before = [*takewhile(lambda term: term.text not in numbers, quote.terms)]
    others = [term.text for term in before if term.text in lands()]
    named = any(pair[0] == first for pair in claim.pairs)  # "British Airways" is no country
    told = len(before) < len(quote.terms) and bool(others) and not named
    return told and not any(carries(claim.vocabulary, one) for one in others)


def _cut_short(claim: Claim, quote: Claim) -> bool:
    """Whether what the quote tells of something that is somebody's stands in the claim of the owner: what the quote has
    after the thing comes right after the owner there, or nothing does, and the same before both."""
    for owner, thing in quote.owners:
        if carries(claim.vocabulary, thing) or thing in _meant(_OWN) or not _once(owner, claim, quote):
            continue
        (before, after), (earlier, later) = (_around(owner, each) for each in (claim, quote))
        if before in _PLACES and before != "of" and _meant(_OTHERS).isdisjoint(later[:2]):  # in a town's harbour
            continue
        if after in later[1 : 1 + _LATER] if (after := after[0] if after else "") else before and before == earlier:
            return True
    return False


def _drawn_out(claim: Claim, quote: Claim) -> bool:
    """Whether the quote tells of the owner what the claim tells of something that is theirs."""
    for owner, thing in claim.owners:
        if thing in _meant(_OWN):
            continue
        if _once(owner, quote, claim) and not any(other == owner for other, _ in quote.owners):
            (_, after), (_, later) = (_around(owner, each) for each in (claim, quote))
            if len(after) > 1 and later[:1] == after[1:2] and after[1] in claim.deeds:
                return True
    return False


def _done_for(claim: Claim, quote: Claim) -> bool:
    """Whether in the quote a relative, or another one who belongs to somebody, does what the claim tells without such a
    word."""
    others, pairs = _meant(_OTHERS), _side_by_side(quote.texts[0])
    return any(
        before in others
        and deed in claim.deeds
        and quote.order.count(deed) == 1
        and not carries(claim.vocabulary, before)
        for before, deed in pairs
    )


def _done_in_part(claim: Claim, quote: Claim) -> bool:
    """Whether in the quote a part of something does what the claim tells of the whole."""
    own, there = ([word for word in each.order if word not in ARTICLES] for each in (claim, quote))
    names = claim.names | quote.names
    for place, (part, of, whole) in enumerate(zip(there, there[1:], there[2:], strict=False)):
        if of != "of" or part not in _meant(f"{_PARTS} {_OTHERS}") - names or own.count(whole) != 1:
            continue
        at = own.index(whole)
        after, later = _next(own, at, names), _next(there, place + 2, names)
        said = carries(claim.vocabulary, part) or "of" in own[max(0, at - 1) : at]
        if (
            not said
            and after == later
            and (after in _IS or carries_meaning(after))
            and not _IS.intersection(there[max(0, place - 3) : place])
        ):
            return True
    return False


def _counted_in_part(claim: Claim, quote: Claim) -> bool:
    """Whether the claim counts in the whole of a series what the quote counts in one season, or volume, of it."""
    counts = {term.text for term in claim.terms if term.sort in (Sort.NUMBER, Sort.PERCENT)}
    parts = {part for part in _meant(_INSTALMENTS) & quote.words if not carries(claim.vocabulary, part)}
    if not counts or not parts:
        return False
    text, there = quote.texts[0], [word for word in quote.order if word not in ARTICLES]
    of_so_many = {found.end() for found in _OF_SO_MANY.finditer(text)}
    return any(
        counts & {*figure.terms} and (figure.start in of_so_many or _IN_PART.match(text, figure.end))
        for figure in figures(text)
    ) or any(
        part in parts
        and of == "of"
        and any(there.count(name) == 1 for name in claim.names.intersection(there[place + 2 :][:_OF_WHAT]))
        for place, (part, of) in enumerate(pairwise(there))
    )


def _next(order: Sequence[str], place: int, names: Collection[str]) -> str:
    """The word after the one at a place, and after the names that follow it."""
    return next((word for word in order[place + 1 :] if word not in names), "")


def _once(owner: str, claim: Claim, quote: Claim) -> bool:
    """Whether both have the owner once, and the first one does not as one."""
    return all(each.order.count(owner) == 1 for each in (claim, quote)) and not any(
        other == owner for other, _ in claim.owners
    )


@lru_cache(maxsize=4_096)
def _side_by_side(text: str) -> frozenset[tuple[str, str]]:
    """The words with nothing but a space between them."""
    return frozenset(
        (one, other) for pair in _PAIR.findall(text) for one, other in [(terms(pair[0])[-1], terms(pair[1])[0])]
    )


def _around(name: str, text: Claim) -> tuple[str, Sequence[str]]:
    """The word before a name of one or more words, but for an article, and the words after it."""
    place = first = text.order.index(name)
    beside = text.names | ARTICLES
    while first and text.order[first - 1] in beside:
        first -= 1
    return text.order[first - 1] if first else "", text.order[place + 1 :]


@lru_cache(maxsize=4)
def _meant(words: str) -> frozenset[str]:
    return frozenset(terms(words))
