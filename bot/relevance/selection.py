"""Answer selection: which sentence of the evidence tells what was asked, and whether an answer passes it over."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from bot.cite import said
from bot.disagreement.disagree import WHETHER
from bot.entailment.deed import is_done, nobody_does
from bot.entailment.support import Piece, added, shared
from bot.evidence import heading
from bot.language.claim import read
from bot.language.wording import carried, carries_all, light, stands
from bot.question.define import WHO, introduces, name_asked
from bot.question.parts import parts
from bot.question.whether import best_telling, tells
from bot.relevance.reply import evades, omits, present
from bot.types import Evidence
from index.words import SAYING, content_terms

_FEW = 2  # terms that an answer adds, at most, of which half is one word that may stand anywhere
_MOST = 0.5  # of what an answer adds to its question, or of the question, in a sentence that has or tells it
# "What did she do about the canal?"
_MATTER = re.compile(
    r"\W*what\b[^?]* (?:do|done|know|find out|learn|want|decide|complain|worry)\b[^?]{0,60}? about "
    r"(?P<matter>(?!\d)[^,;?]{2,60})\W*",
    re.IGNORECASE,
)
_OR = re.compile(r"\bor\b|还是", re.IGNORECASE)
_IS = re.compile(r"\W*(?:is|are|was|were)\b", re.IGNORECASE)


def telling(
    question: str, evidence: Sequence[Evidence], days: Mapping[str, date] = MappingProxyType({})
) -> Evidence | None:
    """The sentence that tells who does what was asked: with the word for it, before whom it is done to, and half of
    what was asked; or who or what the one is whom it was asked of; or whether something is so. Of several, the best,
    but of those that tell who somebody is, the newest, by the `days` of articles, by their ids. None where none of that
    was asked, or no sentence tells."""
    if WHETHER.search(question):
        best = best_telling(question, evidence, days)  # it has most of the words of all
        return best if best and _tells_most(question, best.text) else None
    if matter := _matter(question):
        told = [each for each in evidence if carries_all(read(each.text).vocabulary, matter) and not heading(each.text)]
        return max(told, key=lambda each: (shared(read(question), Piece(read(each.text))), each.score), default=None)
    if name := name_asked(question):
        told = _introducing(name, evidence, days if WHO.match(question) else {})
        return max(told, key=lambda each: each.score, default=None)
    asked = read(question)
    has = [each for each in evidence if is_done(question, read(each.text))]
    near = [each for each in has if shared(asked, Piece(read(each.text))) >= _MOST]
    return max((each for each in near if not evades(each.text, question)), key=lambda each: each.score, default=None)


def tells_so(question: str, evidence: Sequence[Evidence], days: Mapping[str, date]) -> str:
    """The sentence that tells whether something is so, where that was asked; empty where none does. A small model takes
    for no answer what only somebody says, or denies."""
    told = telling(question, evidence, days) if WHETHER.search(question) else None
    return told.text if told else ""


def _introducing(name: str, evidence: Sequence[Evidence], days: Mapping[str, date]) -> list[Evidence]:
    """The sentences that say who or what the named one is: the newest ones."""
    found = [each for each in evidence if introduces(each.text, name)]
    day = {each: days.get(each.article_id, date.min) for each in found}
    return [each for each in found if day[each] == max(day.values())]


def passes_over(
    words: str,
    quotes: Sequence[str],
    question: str,
    evidence: Sequence[Evidence],
    days: Mapping[str, date] = MappingProxyType({}),
) -> bool:
    """Whether neither an answer nor its quotes say what was asked, as `omits` has it, or name the matter that it was
    asked about, and a sentence of the evidence does; or where an answer says who somebody once was, and the newest
    sentences that say it do not."""
    told = (words, *quotes)
    matter = _matter(question)
    unnamed = bool(matter) and not any(stands(present(told), term) for term in matter)
    if not unnamed and not omits(told, question):
        name = name_asked(question) if WHO.match(question) else ""
        newest = _introducing(name, evidence, days) if name else []
        return bool(newest) and source(words, question, newest) is None
    return telling(question, evidence) is not None


def _matter(question: str) -> list[str]:
    """What it is asked what somebody does about, or wants to know: the terms of that. What somebody says about it is
    told by who says it, first of all.

    >>> _matter("What did Ann do about the canal?"), _matter("What is the book about?")
    (['canal'], [])
    >>> _matter("What did Ann say about the canal?")
    []
    """
    found = None if SAYING.intersection(content_terms(question)) else _MATTER.fullmatch(question)
    return [term for term in content_terms(found["matter"]) if term not in light()] if found else []


def leaves_open(shown: str, question: str) -> bool:
    """Whether what is `shown` does not tell whether something is so, where that alone was asked, and not which of two
    it is; or not who does something, where that was.

    >>> leaves_open("The bridge is old.", "Was the bridge good for Vellmar?")
    True
    >>> leaves_open("Counts of the boats differ.", "Who counted the boats?")
    True
    """
    told = said(shown)
    if told and all(nobody_does(question, read(each)) for each in told):
        return True
    asked = WHETHER.search(question) and not _OR.search(question) and len(parts(question)) == 1
    return bool(asked) and not any(_tells_most(question, each) for each in told)


def _tells_most(question: str, text: str) -> bool:
    """Whether a sentence tells whether something is so in most of the words of that; where it is asked what somebody
    does, half of them are enough."""
    found = tells(question, text)
    return bool(found) and (found[0] > _MOST or (found[0] == _MOST and not _IS.match(question)))


def pointed_at(words: str, question: str, evidence: Sequence[Evidence]) -> Evidence | None:
    """The sentence that an answer was taken from, where it adds something to the question: a model that names a day, a
    place or a sum has seen where it stands, also where the sentence has few words of the question."""
    new = _new(words, question)
    return _having(new, evidence) if new else None


def _new(words: str, question: str) -> frozenset[str]:
    """What an answer adds to its question."""
    asked = read(question)
    return frozenset[str]().union(*(added(read(each), asked) for each in said(words)))


def source(words: str, question: str, evidence: Sequence[Evidence]) -> Evidence | None:
    """The sentence that an answer was taken from: it has most of what that adds to the question, and half of it at
    least, or all of one or two words; of several, the best. None where there is none: then no sentence is what the
    answer means."""
    return _having(_new(words, question), evidence)


def _having(new: frozenset[str], evidence: Sequence[Evidence]) -> Evidence | None:
    """The sentence that has most of these terms, as `source` asks for."""

    def had(each: Evidence) -> float:
        return carried(read(each.text).vocabulary, new) / len(new) if new else 1.0

    best = max(evidence, key=lambda each: (had(each), each.score), default=None)
    if not best or had(best) < _MOST:
        return None
    return best if len(new) > _FEW or all(stands(read(best.text).vocabulary, term) for term in new) else None
