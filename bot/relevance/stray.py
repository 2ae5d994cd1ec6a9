"""Whether the quotes of an answer stray from what was asked: to another year, kind, sum or part, or to another one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.disagreement.disagree import WHETHER
from bot.entailment.support import certain_names
from bot.language.claim import read
from bot.language.extent import misdated
from bot.language.superlative import of_another_kind
from bot.language.wording import carried, carries_all, stands, titles
from bot.question.amount import asks_a_figure
from bot.question.money import of_another_sum
from bot.question.tally import counts_a_part, counts_some_of_them, counts_something_else, estimates
from bot.relevance.another import of_a_namesake, of_another, of_another_land, of_another_place
from bot.relevance.opposite import of_the_opposite, of_the_opposite_deed, tells_only_what_is
from index.words import CAPITAL, acronyms, chinese, content_terms, vocabulary

_SOMEWHERE_NAMED = re.compile(
    r"\b(?:in|at|near|from|around|across|during)(?: the| early| late)* [\w’'-]+", re.IGNORECASE
)
# "Where was the Eastquay-Vellmar match?"
_PAIR = re.compile(
    rf"\b(?P<one>{CAPITAL}[\w.]*)[-–](?P<other>{CAPITAL}[\w.]*) (?P<thing>match|game|friendly|final|talks|summit|"
    r"treaty|agreement|deal|pact|alliance|war|border|trade|ties|relations)\b"
)
_PARTNER = re.compile(rf"\b(?:against|with|versus|vs\.?) (?:the )?(?P<name>{CAPITAL}[\w.-]*)")


def strays(words: str, question: str, quotes: Sequence[str], known: Iterable[str], others: Sequence[str] = ()) -> bool:
    """Whether the quotes tell of another year, of another kind or the opposite, of another sum or of another one than
    what was asked about, or have no count where that was; `known` is what else is known of their articles, and `others`
    what else was found: where that has the names of the question, and the quoted articles have none, they tell of
    somebody else."""
    if WHETHER.search(question) or not quotes:
        return False
    told, known = [read(each) for each in quotes], [*quotes, *known]
    return (
        estimates(words, question, quotes)
        or counts_a_part(question, quotes)
        or counts_some_of_them(words, question, quotes)
        or counts_something_else(words, question, quotes)
        or misdated(question, quotes, known)
        or of_another_kind(question, quotes)
        or of_the_opposite(question, quotes)
        or of_the_opposite_deed(question, [words, *quotes])
        or tells_only_what_is(question, quotes)
        or of_a_namesake(question, known)
        or of_another_land(question, quotes, known)
        or of_another_place(question, quotes, known)
        or _of_nothing_named(question, known)
        or of_another_sum(question, quotes)
        or _of_others_alone(question, known, others)
        or _of_another_pair(question, quotes)
        or of_another(read(words), read(question), told)
    )


def _of_nothing_named(question: str, known: Sequence[str]) -> bool:
    """Whether there are several names in the question, and the articles that are quoted, in its language, have none of
    them; a single one may be mistyped.

    >>> _of_nothing_named("What has Ann built in Vellmar?", ["What he has done, he said, is to make others better."])
    True
    """
    names = [name for name in certain_names(read(question)) if name not in titles()]
    if len(names) < 2 or chinese(question) != chinese(known[0]):
        return False
    spelled = acronyms(question)
    return not any(carried(vocabulary(each, spelled), names) for each in known)


def _of_others_alone(question: str, known: Sequence[str], others: Sequence[str]) -> bool:
    """Whether a figure is asked for, and all the names of the question were found, but for those of where it was, and
    none of them in the articles that are quoted: it is somebody else's. In a question that is typed without capitals,
    those words are names that stand with one wherever they were found.

    >>> others = ["The Vellmar Ferry made a profit."]
    >>> _of_others_alone("how much did vellmar make", ["The company made $2 million."], others)
    True
    >>> _of_others_alone("how much did vellmar make", ["The company, of Vellmar, made $2 million."], others)
    False
    """
    if not asks_a_figure(question):
        return False
    subject = _SOMEWHERE_NAMED.sub(" ", question)
    names = _names_typed_small(subject, others) if question.islower() else certain_names(read(subject))
    if not names:
        return False
    spelled = acronyms(question)
    elsewhere = frozenset[str]().union(*(vocabulary(each, spelled) for each in others))
    return carries_all(elsewhere, names) and not any(carried(vocabulary(each, spelled), names) for each in known)


def _of_another_pair(question: str, quotes: Sequence[str]) -> bool:
    """Whether it was asked about what two have with each other, and each quote of such a thing tells of that of one of
    them with somebody else.

    >>> _of_another_pair("Where is the Eastquay-Vellmar match?", ["Eastquay's match against Westport is at the pier."])
    True
    """
    for found in _PAIR.finditer(question):
        sides, spelled = [content_terms(found[side]) for side in ("one", "other")], acronyms(question)
        told = [quote for quote in quotes if stands(vocabulary(quote), *content_terms(found["thing"])[:1])]
        if told and all(_with_another(quote, sides, vocabulary(quote, spelled)) for quote in told):
            return True
    return False


def _with_another(quote: str, sides: Sequence[Sequence[str]], present: frozenset[str]) -> bool:
    """Whether a quote lacks one of two sides, and names somebody else with whom the other has it."""
    both = frozenset(term for side in sides for term in side)
    partners = [content_terms(found["name"]) for found in _PARTNER.finditer(quote)]
    others = any(partner and not carried(both, partner) for partner in partners)
    return others and not all(carries_all(present, side) for side in sides)


def _names_typed_small(question: str, texts: Sequence[str]) -> list[str]:
    """The words of the question that stand with a capital inside of the sentences of texts, and never without."""
    words = {word for each in texts for word in re.findall(r"(?<=[\w,;] )[^\W\d_]+", each)}
    capitals = {word.lower() for word in words if word[0].isupper()} - {word for word in words if word.islower()}
    return [term for word in re.findall(r"[^\W\d_]+", question) if word in capitals for term in content_terms(word)]
