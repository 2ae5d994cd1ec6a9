"""Another one than was asked about: a namesake, another land, another name in the same place."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from bot.entailment.rival import rivals
from bot.language.claim import Claim
from bot.language.doer import ARTICLES
from bot.language.normalise import normalised
from bot.language.wording import carried, carries, lands, sorts_of_names, titles
from index.words import CAPITAL, MONTHS, content_terms, terms, vocabulary

_SPELLED = 0.75  # of the letters of two names, alike in order, above which the one may be the other, mistyped
# Which one it is of those that have a name: "Peter III", "Peter the Great", "Article 34"; years are told apart
# elsewhere.
_WHICH = re.compile(
    rf"\b(?P<name>{CAPITAL}\w+) (?P<which>WWII?|[IVX]{{1,5}}|\d{{1,3}}(?![.,:/%]?\d)|the {CAPITAL}\w+)\b"
)
# Something that is of a land: "Scottish rivers", "the American Parliament".
_OF_A_LAND = re.compile(rf"\b({CAPITAL}[a-z]+) (?=([\w-]+))")
# Each part is bounded, so that a text without spaces takes no time.
_NAMED = rf"{CAPITAL}[\w’'-]{{1,40}}(?: {CAPITAL}[\w’'-]{{1,40}}){{0,3}}"
_SOMEWHERE = re.compile(rf"\b(?:in|at|near|from|to) ({_NAMED})")
# Something at a place: "the ferry at Westport", "Westport's ferry".
_AT = re.compile(rf"\b(?P<thing>[a-z][a-z-]{{1,40}}) (?:in|at|near) (?:the )?(?P<place>{_NAMED})")
_OF = re.compile(rf"\b(?P<place>{_NAMED})(?:[’']s)? (?P<thing>[a-z][a-z-]{{1,40}})")
_PARTS_OF_THE_WORLD = frozenset(
    terms(
        "Africa African America Asia Asian Europe European Western Eastern Northern Southern North South East West Arab"
    )
)
_STATES = frozenset(terms("United States Kingdom"))


def of_another(claim: Claim, asked: Claim, quotes: Sequence[Claim]) -> bool:
    """Whether the quotes have another name or figure, but for a time, in the place of one that was asked about, with
    two words beside it at least, and the claim does not have that one; one that is spelled nearly as it may be it,
    mistyped, and one by whom something is done is what was asked for.

    >>> from bot.language.claim import read
    >>> quotes = [read("The unit of division in Southland is a parish.")]
    >>> of_another(read("It is a parish."), read("What is the unit of division in Northland?"), quotes)
    True
    """
    lacking = [term for term in asked.terms if not any(carries(quote.vocabulary, term.text) for quote in quotes)]
    found = rivals(asked, quotes, lacking, 2)
    names = [term.text for term in asked.terms if term.text in found and not term.sort.temporal]
    return any(
        not carries(claim.vocabulary, name)
        and not _mistyped(name, found[name])
        and found[name] not in sorts_of_names()  # "the Company" may be any
        and (_done_by(name, asked) or not any(_done_by(found[name], quote) for quote in quotes))
        for name in names
    )


def _done_by(name: str, claim: Claim) -> bool:
    """Whether a name stands right after "by", among others or not: it says who does something, and not to what."""
    before = claim.order[: claim.order.index(name)] if name in claim.order else ()
    rest = [word for word in before if word not in ARTICLES]
    while rest and (rest[-1] in claim.names or rest[-1] in titles()):
        rest.pop()
    return bool(rest) and rest[-1] == "by"


def of_a_namesake(asked: str, texts: Iterable[str]) -> bool:
    """Whether texts have only others of the name of a ruler, or of anybody or anything else with a number, that was
    asked about, and that number nowhere: "Articles 6 and 7" has Article 7.

    >>> told = ["Peter the Great met Ann.", "Peter married her in 1707."]
    >>> of_a_namesake("When did Peter III marry?", told), of_a_namesake("When did Peter the Great marry?", told)
    (True, False)
    >>> of_a_namesake("Who lost World War 2?", ["They lost the First World War."])
    True
    """
    sought = [found for found in _WHICH.finditer(normalised(asked)) if found["name"] not in MONTHS]
    if not sought:  # as mostly, so that the texts need not be read
        return False
    told = [normalised(text) for text in texts]
    names = {found["name"] for text in told for found in _WHICH.finditer(text)}
    return any(
        found["name"] in names and not any(re.search(rf"\b{found['which']}\b", text) for text in told)
        for found in sought
    )


def of_another_land(asked: str, quotes: Sequence[str], known: Iterable[str]) -> bool:
    """Whether the quotes tell of something of another land, or part of the world, than was asked about, and nothing
    that is `known` of their articles has that one.

    >>> told = ["The European Parliament meets in May."]
    >>> of_another_land("When does the American Parliament meet?", told, told)
    True
    >>> of_another_land("When does the American Parliament meet?", told, ["American Parliament"])
    False
    """
    own, there = (_of_lands(texts) for texts in ([asked], quotes))
    spoken_of = frozenset(term for text in known for term in terms(text)) if own else frozenset[str]()
    return any(
        not carries(spoken_of, land) and any(other != land and one == thing for other, one in there)
        for land, thing in own
    )


def of_another_place(asked: str, quotes: Sequence[str], known: Iterable[str]) -> bool:
    """Whether quotes tell of something at another place than was asked about. A name is that of a place where the
    question, or what is `known` of the articles, has something in, at, near, from or to it. A land is none: a place may
    be in it.

    >>> told, known = ["Ann steers the Eastquay ferry."], ["It sails to Eastquay."]
    >>> of_another_place("Who steers the ferry at Westport?", told, known)
    True
    >>> of_another_place("Who steers the ferry at Westport?", ["Ann steers the Vellmar ferry."], known)
    False
    """
    if not (_AT.search(asked) or _OF.search(asked)):
        return False
    places = {_place(name) for text in (asked, *known) for name in _SOMEWHERE.findall(text)} - {frozenset()}
    sought = _at_places(asked, places)
    told = [vocabulary(quote) for quote in quotes] if sought else []
    own = [(place, thing) for place, thing in sought if not any(carried(each, place) for each in told)]
    there = [pair for quote in quotes for pair in _at_places(quote, places)] if own else []
    in_question = vocabulary(asked)
    return any(
        thing == its and not carried(in_question, other) and not any(map(_mistyped, sorted(place), sorted(other)))
        for place, thing in own
        for other, its in there
    )


def _at_places(text: str, places: Collection[frozenset[str]]) -> set[tuple[frozenset[str], str]]:
    """The terms of places, and for what is said to be there."""
    pairs = (found for pattern in (_AT, _OF) for found in pattern.finditer(text))
    return {
        (place, thing)
        for found in pairs
        if (place := _place(found["place"])) in places
        for thing in content_terms(found["thing"])[:1]
    }


def _place(name: str) -> frozenset[str]:
    """The terms of a name; none where it cannot be that of a place with others beside it: a land, a month, a number."""
    place = frozenset(content_terms(name))
    known = place & _lands() or name.split()[0] in MONTHS or any(term[0].isdigit() for term in place)
    return frozenset() if known else place


def _of_lands(texts: Iterable[str]) -> set[tuple[str, str]]:
    """The terms for a land and for what is said to be of it."""
    pairs = (found for text in texts for found in _OF_A_LAND.findall(text))
    return {(land, thing) for one, other in pairs if (land := _land(one)) for thing in content_terms(other)[:1]}


def _land(name: str) -> str:
    """The term for a land, a people or a part of the world; empty where a name is none."""
    term = next(iter(content_terms(name)), "")
    return term if term in _lands() else ""


@lru_cache(maxsize=1)
def _lands() -> frozenset[str]:
    return (lands() - _STATES) | _PARTS_OF_THE_WORLD


def _mistyped(name: str, other: str) -> bool:
    """Whether one may be the other, but for a slip.

    >>> _mistyped("hauwei", "huawei"), _mistyped("northland", "southland"), _mistyped("2012", "2013")
    (True, False, False)
    """
    near = SequenceMatcher(None, name, other).ratio() > _SPELLED
    return near and name[0] == other[0] and not name[0].isdigit()
