"""Questions whether something is so: which of the sentences that were found tells it, for or against."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise

from bot.language.claim import Claim, read
from bot.language.wording import NAME, carried, carries, light, opposites, stands
from bot.question.define import introduces
from bot.types import Evidence
from index.sentence import ended
from index.words import acronyms, content_terms, terms, vocabulary

_SUBORDINATE = re.compile(r"(?<=\w )(?:if|when|because|that|which|who|whose|while)\b.*")  # and no WHO
# "Is Ann Example still a member?"
_IS_ONE = re.compile(rf"\W*(?i:is|are|was|were) (?:the )?(?P<name>{NAME}) (?:still |now |also )?(?:an?|the|one of)\b")
_SAYS_WHEN = frozenset(terms("still now yet already ever currently today"))
_AFTER_ARTICLE = re.compile(r"\b(?:the|an?|its|their|his|her|any|some) ([a-z]+)")
_MAY = re.compile(r"\b(?:rights?|options?|powers?|abilit(?:y|ies)|chances?) to\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")


def main_clause(question: str) -> Claim:
    """What is asked, without what hangs on it.

    >>> sorted(main_clause("Did the town buy what it promised?").vocabulary & {"buy", "promis", "town"})
    ['buy', 'promis', 'town']
    """
    return read(_SUBORDINATE.sub("", question))


def best_telling(question: str, sentences: Iterable[Evidence], days: Mapping[str, date]) -> Evidence | None:
    """The sentence that tells best whether what is asked is so; of several the latest, by the `days` of articles by
    their ids. None where no sentence tells."""

    def how_well(each: Evidence) -> tuple[object, ...]:
        return (*told[each], days.get(each.article_id, date.min), each.score)

    told = {each: tells(question, each.text) for each in sentences}
    return max(filter(told.get, told), key=how_well, default=None)


def tells(question: str, text: str) -> tuple[float, ...]:
    """How well a sentence tells whether what is asked is so; of two, the greater one tells it better. Nothing where it
    has none of the words, or is a heading. Before all else counts how many of the words it has, or others for them, or
    the contrary; then whether it says who or what the one is of whom it is asked, how many of the names it has,
    whether it is more than a plan, and how many words it has side by side as they are there.

    >>> question = "Is Ann Example a member of the board?"
    >>> tells(question, "Ann Example ceased to be a member.") > tells(question, "The members met Ann Example.")
    True
    >>> tells(question, "Ann Example left.")
    ()
    """
    asked, said = main_clause(question), read(text)
    words = [term for term in asked.plain if term not in light() | _SAYS_WHEN]
    told = [stands(said.vocabulary, term) or bool(said.vocabulary & opposites(term)) for term in words]
    deeds = [has for term, has in zip(words, told, strict=True) if term not in _nouns(question)]
    unsaid = not said.denies and not carried(asked.vocabulary, said.denied.heads)  # "does not mention it"
    if (words and not any(deeds or told)) or (said.denied.heads and unsaid) or not ended(text):
        return ()
    there = said.vocabulary | vocabulary(text, acronyms(question))
    names = [carries(there, name) for name in asked.names]
    one = _IS_ONE.match(question)
    return (
        sum(told) / len(told) if told else 1.0,
        introduces(text, one["name"]) if one else 0.0,
        sum(names) / len(names) if names else 0.0,
        float(not (said.planned.heads or _MAY.search(text)) or bool(asked.planned.heads)),
        float(len(_side_by_side(question) & _side_by_side(text))),
    )


def _nouns(question: str) -> frozenset[str]:
    """The words that stand right after an article: they are not what is done."""
    return frozenset(term for noun in _AFTER_ARTICLE.findall(question) for term in content_terms(noun))


def _side_by_side(text: str) -> frozenset[tuple[str, str]]:
    """Two words of a text that stand so, each of some meaning and as it is written: a withdrawal is no "withdraw"."""
    words = _WORD.findall(text.lower())
    meant = {word for word in {*words} if content_terms(word)}
    return frozenset(pair for pair in pairwise(words) if meant.issuperset(pair))
