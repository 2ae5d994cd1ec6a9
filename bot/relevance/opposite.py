"""The opposite of what was asked: what is told of the highest stage is no answer to what was asked of the lowest one,
nor when somebody was born to when that one died, nor what somebody did to what they did not do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from bot.language.claim import Claim, read
from bot.language.doer import BE
from bot.language.figures import YEAR
from bot.language.wording import opposites, same, stands
from bot.question.whether import main_clause
from index.words import content_terms, terms

_WORD = re.compile(r"[\w'’-]+|[^\w\s]")
_JOINS = re.compile("of|in|for|to|the|an?|its|their|by|on|at|from", re.IGNORECASE)
_NOT_SO = re.compile(r"\b(?:not|never|no longer|cannot|nobody|none|nothing|neither|without)\b|n['’]t\b", re.IGNORECASE)
# A reason is often told without a denial: "Why did it not join?" "It feared the cost."
_NO_DENIAL_ASKED = re.compile(r"\b(?:why|how come|reasons?|whether|not only|if not|or not)\b", re.IGNORECASE)
# What may tell, loosely, that something is not so.
_TELLS_NOT = re.compile(
    r"n['’]t\b|\b(?:not|never|no|nor|none|nobody|nothing|neither|without|cannot|unable|hardly|rarely|barely|scarcely|"
    r"except\w*|unlike|other than|exempt\w*|exclu[ds]\w*|only|alone|instead|rather|but|although|however|despite|unless|"
    r"until|yet|still|too|few|little|less|minus|against|outside|beyond|free|contrary|would|"
    r"(?:fail|refus|lack|reject|oppos|forb|prohibit|bann?|prevent|absen|declin|avoid|abstain|ceas|stop|end|halt|block|"
    r"lost|los[es]|miss|limit|remain|abandon|withdr|differ|struggl|spare|surviv|wrong|fals|independent|den(?:y|i))\w*|"
    r"(?:un|dis|mis|non)[a-z]{3,}|im[mp][a-z]+|in[a-z]+(?:[ai]ble|ent|ate)|\w+less)\b",
    re.IGNORECASE,
)
# Questions in which the opposite deed tells nothing of what was asked; a reason for the one may be the other.
_WHEN_WHERE_WHO = re.compile(
    r"\W*(?:(?:in|on|at|by|during|since|from) )?(?:when|where|who|what time|how old|at what age|"
    r"(?:what|which) (?:year|month|day|date|decade|century|city|town|country|place))\b",
    re.IGNORECASE,
)
# What tells of the end of something by its beginning, or of what else was done, or denies.
_TELLS_BOTH = re.compile(
    r"\b(?:until|till|since|from|out of|after|later|back|now|against|hours|to \d\w*|at [2-9]\d|aged?|old|not|never|"
    r"no longer|took|came|became|went|got|made|"
    r"for (?:\w+ )?[\w-]+ (?:(?:hour|day|week|month|year|decade)s?|centur\w+))\b|n['’]t\b|\d ?[–—-] ?\d",
    re.IGNORECASE,
)
# Deeds that are told with the time, the place and the doer of one of them alone.
_DEEDS = (
    ("born birth native raise baptise christen", "die kill murder"),
    ("join enter member", "leave quit withdraw"),
    ("open reopen", "close shut demolish"),
    ("found establish create form", "dissolve disband abolish"),
    ("begin start", "end finish complete"),
    ("approve adopt accept", "reject veto"),
)
_TWO_SIDED = "buy sell lend borrow win lose give take receive export import"  # who bought is told by who sold to whom


def of_the_opposite(question: str, quotes: Sequence[str]) -> bool:
    """Whether the quotes have the opposite of a word of the question, beside the word that it stands beside there, and
    never that word itself.

    Of SQuAD 2.0 and our everyday questions, beside the likeliest sentence of the paragraph, this is so of 47 of 1,864
    that have no answer there, and of 1 of 1,914 that have one ("a large number", where it says "small numbers").

    >>> of_the_opposite("What is the lowest stage of the climb?", ["The highest stage of the climb is the ridge."])
    True
    >>> of_the_opposite("How high is the lowest stage?", ["The highest stage is at 900 m, and the lowest at 200 m."])
    False
    >>> of_the_opposite("What led to a decline in trade?", ["The canal led to a rise in trade."])
    True
    >>> of_the_opposite("Who is able to vote on taxes?", ["Sailors of Vellmar are unable to vote."])
    True
    >>> of_the_opposite("Who bought the mill?", ["Ann sold the mill to Ben."])
    False
    """
    told = frozenset[str]().union(*(read(quote).vocabulary for quote in quotes))
    there = {pair for quote in quotes for pair in _side_by_side(quote)}
    deeds = _forms(_TWO_SIDED) | (_all_deeds() if _WHEN_WHERE_WHO.match(question) else frozenset())
    return any(
        (not stands(told, one) and any((opposite, other) in there for opposite in opposites(one) - deeds))
        or (not stands(told, other) and any((one, opposite) in there for opposite in opposites(other) - deeds))
        for one, other in _side_by_side(question)
    )


def tells_only_what_is(question: str, quotes: Sequence[str]) -> bool:
    """Whether it was asked what is not so, and nothing in the quotes denies anything, or may.

    Of SQuAD 2.0, beside the likeliest sentence of the paragraph, this is so of 62 of 994 questions that have no answer
    there, and of none of 957 that have one.

    >>> tells_only_what_is("Who did not sign the treaty?", ["Ann and Ben signed the treaty."])
    True
    >>> tells_only_what_is("Who did not sign the treaty?", ["All but Carl signed the treaty."])
    False
    """
    asked = main_clause(question).texts[0]
    denied = _NOT_SO.search(asked) and not _NO_DENIAL_ASKED.search(question)
    return bool(denied) and not any(map(_TELLS_NOT.search, quotes))


def of_the_opposite_deed(question: str, quotes: Sequence[str]) -> bool:
    """Whether it was asked when, where or by whom something was done, and each quote tells the opposite alone.

    >>> of_the_opposite_deed("When did Ann die?", ["Ann was born on 3 March 1848."])
    True
    >>> of_the_opposite_deed("When did Ann die?", ["Ann was born on 3 March 1848 and drowned."])
    False
    >>> of_the_opposite_deed("When did the mill close?", ["The mill opened in 1804 and ran for 80 years."])
    False
    """
    if not _WHEN_WHERE_WHO.match(question):
        return False
    asked = frozenset(main_clause(question).plain)
    told = [read(quote) for quote in quotes]
    return any(
        asked & deeds and not asked & opposed and all(_tells_alone(each, opposed, deeds) for each in told)
        for one, other in _DEEDS
        for deeds, opposed in ((_forms(one), _forms(other)), (_forms(other), _forms(one)))
    )


@lru_cache(maxsize=1)
def _all_deeds() -> frozenset[str]:
    return frozenset[str]().union(*(_forms(deeds) for pair in _DEEDS for deeds in pair))


@lru_cache(maxsize=2 * len(_DEEDS) + 1)  # those of `_DEEDS`, and `_TWO_SIDED`
def _forms(deeds: str) -> frozenset[str]:
    words = terms(deeds)
    return frozenset(words).union(*map(same, words))


def _tells_alone(told: Claim, deeds: frozenset[str], others: frozenset[str]) -> bool:
    """Whether one of the deeds is told, none of the others or what may stand for it, and nothing else that was done."""
    text = told.texts[0]
    if not deeds.intersection(told.plain) or _TELLS_BOTH.search(text) or len(re.findall(YEAR, text)) > 1:
        return False
    done = told.deeds.union(word for be, word in pairwise(told.order) if be in BE and word in told.plain)
    return done <= deeds and not any(stands(told.vocabulary, other) for other in others)


def _side_by_side(text: str) -> list[tuple[str, str]]:
    """Two terms of a text, of words that stand side by side, but for what joins them: "decline in trade"."""
    words = [content_terms(word)[:1] for word in _WORD.findall(text) if not _JOINS.fullmatch(word)]
    return [(one[0], other[0]) for one, other in pairwise(words) if one and other]
