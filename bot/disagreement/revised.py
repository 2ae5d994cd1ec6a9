"""What a newer article sets in the place of a figure or a day: a sentence that may have no word of the question, but
names the old figure beside the new one, or puts what was to come on another day."""

from __future__ import annotations

import re

from bot.disagreement.discrepancy import asks_how_much, asks_when, new_figures
from bot.disagreement.quantity import comparable, unit_of
from bot.language.claim import Claim, Sort
from bot.language.wording import carries_all, light

# "The bill, which was put at £3 million in January, has climbed to £7.8 million."
_REVISED = re.compile(
    r"\b(?:(?:ha(?:s|d|ve)|is|are) (?:since |now |already )?(?:climbed|risen|grown|soared|doubled|tripled|trebled|"
    r"fallen|dropped|shrunk|been (?:revised|corrected|raised|cut|lowered|reduced|increased|put))|"
    r"(?:now|no longer|instead of|rather than|(?:up|down) from|revised|corrected|raised|lowered|"
    r"(?:earlier|later|more|less|fewer|higher|lower) than|originally|initially|at first))\b",
    re.IGNORECASE,
)
# "The merger will not now happen until 1 April."
_PUT_OFF = re.compile(
    r"\b(?:not (?:now |yet )?(?:[a-z]+ ){1,4}(?:until|till|before)|(?:earlier|later) than|"
    r"(?:put|puts|pushed|pushes|moved|moves|brought|brings) (?:back|off|forward)|(?:postpone|delay)(?:s|d|ed)|"
    r"instead of)\b",
    re.IGNORECASE,
)


def revises(question: str, asked: Claim, said: Claim, other: Claim, title: Claim) -> bool:
    """Whether a sentence of a newer article, which has this title, names the figure of the answer and another one of
    its measure that has taken its place; or puts off or brings forward, to another day, all that the answer says is to
    come."""
    return _puts_off(question, asked, said, other, title) or _changes(question, asked, said, other)


def _changes(question: str, asked: Claim, said: Claim, other: Claim) -> bool:
    if not asks_how_much(question) or not _REVISED.search(other.texts[0]):
        return False
    for sort in (Sort.NUMBER, Sort.PERCENT):
        own, others = (new_figures(claim, asked, sort) for claim in (said, other))
        named = {each.text for each in own} & {each.text for each in others}
        old = [each for each in own if each.text in named and (sort is Sort.PERCENT or unit_of(said, each))]
        rivals = [each for each in others if each.text not in named]
        if any(comparable(said, each, other, rival, asked) for each in old for rival in rivals):
            return True
    return False


def _puts_off(question: str, asked: Claim, said: Claim, other: Claim, title: Claim) -> bool:
    if not asks_when(question) or said.past or not _PUT_OFF.search(other.texts[0]):
        return False
    days = other.days - said.days - asked.days
    known = other.vocabulary | title.vocabulary
    matter = [term for term in said.plain if term not in light()]
    names = [term.text for term in said.terms if term.sort.nominal]
    return bool(days and matter and said.days) and carries_all(known, [*matter, *names])
