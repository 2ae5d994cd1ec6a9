"""What a newer article sets in the place of a figure or a day, in a sentence that may have no word of the question.

Some name the old figure beside the new one, or put what was to come on another day: words tell that. Of others, a model
that reads them has to tell whether they answer the question too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from bot.disagreement.discrepancy import asks_how_much, asks_when, new_figures
from bot.disagreement.quantity import MONEYS, comparable, unit_of
from bot.entailment.support import certain_names
from bot.language.claim import Claim, Sort, read
from bot.language.figures import figures
from bot.language.wording import carries_all, light, stands
from bot.types import Evidence
from index.types import Article

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
# "What was it to cost at first?"
_AT_FIRST = re.compile(r"\b(?:originally|initially|at first|in the beginning|used to|back then)\b", re.IGNORECASE)


class Rival(NamedTuple):
    """A sentence that may tell by now what was asked, and how likely its figure is of the same thing: of several, the
    greatest comes first."""

    same_unit: bool
    sentence: Evidence


def rivals(
    question: str, quotes: Sequence[Evidence], sentences: Sequence[Evidence], articles: Mapping[str, Article]
) -> list[Rival]:
    """The sentences with another figure or day of the sort that was asked for than the quotes have, in articles that
    are newer than all of theirs, and have every name of the question; none where it asks what was so at first. What
    the older articles have somewhere is nothing new, and sums of one money may be of many things."""
    days = [articles[each.article_id].day for each in quotes]
    newest = max((each for each in days if each), default=None)
    if not newest or None in days or _AT_FIRST.search(question):
        return []
    asked, said = read(question), read(" ".join(each.text for each in quotes))
    texts = [articles[each].text for each in {each.article_id for each in quotes}]
    before = frozenset(term for text in texts for figure in figures(text) for term in figure.terms)
    told = defaultdict(list)
    for each in sentences:
        if (articles[each.article_id].day or date.min) > newest:
            told[each.article_id].append(each)
    names = certain_names(asked)
    found = []
    for article_id, own in told.items():
        if names and carries_all(vocabulary_of(articles[article_id], own), names):
            same = {each: _of_one_unit(question, asked, said, read(each.text), before) for each in own}
            found += [Rival(unit, each) for each, unit in same.items() if unit is not None]
    return sorted(found, key=lambda each: (each.same_unit, each.sentence.score), reverse=True)


def vocabulary_of(article: Article, sentences: Iterable[Evidence]) -> frozenset[str]:
    """That of an article's title and of some of its sentences."""
    return read(article.title).vocabulary.union(*(read(each.text).vocabulary for each in sentences))


def _of_one_unit(question: str, asked: Claim, said: Claim, other: Claim, before: frozenset[str]) -> bool | None:
    """Whether another figure of the sort that was asked for counts what one that was told counts, or is a time where
    that was asked for; None where there is none, or only one that was told `before`, or that counts something else."""
    if asks_when(question):
        new = other.days - asked.days
        return None if not new or not said.days or new & said.days or new <= before else False
    how_much = asks_how_much(question)
    mine = said if how_much else asked
    for sort in (Sort.NUMBER, Sort.PERCENT):
        own = new_figures(said, asked, sort) if how_much else [term for term in asked.terms if term.sort is sort]
        others = [term for term in other.terms if term.sort is sort and term.text not in before]
        if own and others and not any(term.text in other.vocabulary for term in own):
            units = frozenset(filter(None, (unit_of(mine, term) for term in own)))
            theirs = [unit_of(other, term) for term in others]
            if any(unit and stands(units, unit) for unit in theirs):
                return units.isdisjoint(MONEYS)
            return False if how_much and not (units and all(theirs)) else None
    return None


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
        new = [each for each in others if each.text not in named]
        if any(comparable(said, one, other, rival, asked) for one in old for rival in new):
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
