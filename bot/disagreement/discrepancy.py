"""Another figure for what was asked: of the same thing and of all of it, at the same time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from bot.disagreement.quantity import comparable, compatible
from bot.language.claim import Claim, Sort, Term, read
from bot.language.speaker import report
from bot.language.wording import NAME, carries, light
from bot.question.tally import tells_of_a_part
from index.types import Article
from index.words import content_terms, terms

_WHEN = re.compile(
    r"\b(?:when|(?:what|which) (?:year|date|day|month)|how long)\b|"
    r"何[时時]|什[么麼][时時]候|哪[年天月]|[几幾][月日]|多久",
    re.IGNORECASE,
)
_HOW_MUCH = re.compile(
    r"\bhow (?:many|much|large|big|old|far|high|long|deep|tall|wide|heavy|fast|strong|hot|cold)\b|"
    r"\bwhat .*\b(?:number|amount|size|total|percentage|share|cost|price|rate|toll|population|temperature|magnitude|"
    r"length|height|turnout)\b|多少|几[个名人枚次]|数量",
    re.IGNORECASE,
)
# "The youth unemployment rate" is another one than "the unemployment rate".
_WHAT = re.compile(r"\bwhat (?:is|was|are|were) the (?P<noun>[a-z-]+)", re.IGNORECASE)
_WHOLE_ONE = r"(?:the|an?|its|their|current|latest|official|overall|national|average|that|this|of|in|and|new|annual)"
_ASKING = "share percentage proportion number amount total"  # what asks for a figure, and says nothing of which
_ITS_OWN = re.compile(r"\b(?:its|their|his|her|our)\b|其", re.IGNORECASE)  # of who says it
_DEATH = "kill killed die died dead death deaths toll perished"
# "The death toll has risen to 117" says that 117 were killed.
_TOLL = re.compile(
    r"\bdeath toll\b[^.;]{0,90}?\b(?:to|at|of|is|was|reached|passed) (?:(?:at least|more than|over|about|nearly) )?"
    r"\d[\d,]*(?!\d|,\d| (?:people|dead|deaths|killed))",
    re.IGNORECASE,
)


@cache
def _asking() -> frozenset[str]:
    return frozenset(terms(_ASKING))


@cache
def _death() -> frozenset[str]:
    return frozenset(terms(_DEATH))


def asks_when(question: str) -> bool:
    """Whether it asks for a time or a day.

    >>> asks_when("In what year did it open?"), asks_when("Who opened it?")
    (True, False)
    """
    return bool(_WHEN.search(question))


def asks_how_much(question: str) -> bool:
    """Whether it asks how many, how much or how large.

    >>> asks_how_much("What is the unemployment rate?"), asks_how_much("What is unemployment?")
    (True, False)
    """
    return bool(_HOW_MUCH.search(question))


def without_asking(asked: Claim) -> Claim:
    """What is asked, without what only asks for a figure.

    >>> [term.text for term in without_asking(read("What share of the boats sank?")).terms]
    ['boat', 'sank']
    """
    if not asks_how_much(asked.texts[0]):
        return asked
    return replace(asked, terms=tuple(term for term in asked.terms if term.text not in _asking()))


def with_its_dead(text: str, asked: Claim) -> Claim:
    """What a sentence claims, with the words for death that were asked about where it has another one of them: a death
    toll is one of people.

    >>> asked = read("How many people died?")
    >>> sorted(with_its_dead("The death toll is 12.", asked).vocabulary & asked.vocabulary)
    ['die', 'peopl']
    """
    claim = read(_TOLL.sub(r"\g<0> killed", text))
    dead = _death() & claim.vocabulary
    meant = _death().union(terms("people") if "toll" in dead else ())
    return replace(claim, vocabulary=claim.vocabulary | (meant & asked.vocabulary)) if dead else claim


def another_figure(asked: Claim, said: Claim, other: Claim, article: Article) -> bool:
    """Whether a sentence of an article gives another figure than the answer for the whole of what was asked."""
    question = asked.texts[0]
    how_much = asks_how_much(question)
    differs = (asks_when(question) and _differs(asked, said, other, (Sort.DAY, Sort.YEAR))) or (
        how_much and _differs(asked, said, other, (Sort.NUMBER, Sort.PERCENT))
    )
    return differs and not (
        how_much and (_of_another_time(asked, said, other, article) or _of_a_part(asked, said, other))
    )


def _differs(asked: Claim, said: Claim, other: Claim, sorts: Sequence[Sort]) -> bool:
    """Whether both answer with a figure of a sort, each with another one, of what may be the same thing."""
    for sort in sorts:
        own, others = (new_figures(claim, asked, sort) for claim in (said, other))
        if own and others:
            values = frozenset(term.text for term in own)
            pairs = [(one, rival) for one in own for rival in others]
            same = any(carries(values, term.text) for term in others) or any(
                compatible(said, one, other, rival) for one, rival in pairs
            )
            return not same and any(_of_one(said, one, other, rival, asked) for one, rival in pairs)
    return False


def new_figures(claim: Claim, asked: Claim, sort: Sort) -> list[Term]:
    """The figures of a sort that a claim has and the question has not."""
    return [term for term in claim.terms if term.sort is sort and term.text not in asked.vocabulary]


def _of_one(said: Claim, one: Term, other: Claim, rival: Term, asked: Claim) -> bool:
    """Whether two figures may be of one thing: a word stands beside both, or one for death beside each, and beside
    neither a name of its own."""
    figures = ((said, one), (other, rival))
    here, there = (frozenset().union(*claim.beside[figure.text]) for claim, figure in figures)
    foreign = [
        name
        for claim, figure in figures
        for name in _names_at(claim, figure)
        if not carries(asked.vocabulary, name) and name not in _speakers(claim)
    ]
    dead = _death() & here and _death() & there
    beside = dead or any(carries(there, word) for word in here - light())
    return bool(beside) and not foreign and comparable(said, one, other, rival, asked)


def _speakers(claim: Claim) -> list[str]:
    """Who says it, unless it may be of their own."""
    told = report(claim.texts[0])
    return content_terms(told.who) if told and not _ITS_OWN.search(told.content) else []


def _names_at(claim: Claim, figure: Term) -> list[str]:
    """The names right before and after a figure."""
    place = claim.terms.index(figure)
    sides = (claim.terms[:place][::-1], claim.terms[place + 1 :])
    next_ones = [next((term for term in side if not term.sort.numeric), None) for side in sides]
    return [term.text for term in next_ones if term and term.sort.nominal]


def _of_a_part(asked: Claim, said: Claim, other: Claim) -> bool:
    """Whether the other one tells of a part of what was asked about: of the south, or of the young alone."""
    question, sentence, there = (claim.texts[0] for claim in (asked, said, other))
    names = re.findall(NAME, question)[1:]  # the first one is its "How" or "What"
    if tells_of_a_part(question, names, [there]) and not tells_of_a_part(question, names, [sentence]):
        return True
    if not (what := _WHAT.search(question)):
        return False
    narrower = re.findall(rf"\b(?!(?i:{_WHOLE_ONE})\b)([A-Za-z-]+) {re.escape(what['noun'])}\b", there)
    return bool(narrower) and not any(
        re.search(rf"\b{re.escape(word)}\b", sentence, re.IGNORECASE) for word in narrower
    )


def _of_another_time(asked: Claim, said: Claim, other: Claim, article: Article) -> bool:
    """Whether the other one tells of a year before its article's that nobody else names, so that its figure is older
    than that."""
    known = asked.vocabulary | said.vocabulary
    years = [int(term.text) for term in other.terms if term.sort is Sort.YEAR and term.text not in known]
    return any(article.day and year < article.day.year for year in years)
