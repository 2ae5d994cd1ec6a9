"""The opposite of what was asked: what is told of the highest stage is no answer to what was asked of the lowest one,
nor what somebody did to what they did not do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bot.claim import read
from bot.whether import main_clause
from bot.wording import opposites, stands
from index.words import content_terms

_WORD = re.compile(r"[\w'’-]+|[^\w\s]")
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


def of_the_opposite(question: str, quotes: Sequence[str]) -> bool:
    """Whether the quotes have the opposite of a word of the question, beside the word that it stands beside there, and
    never that word itself.

    Of SQuAD 2.0, beside the likeliest sentence of the paragraph, this is so of 25 of 994 questions that have no
    answer there, and of 1 of 957 that have one ("a large number", where it says "small numbers").

    >>> of_the_opposite("What is the lowest stage of the climb?", ["The highest stage of the climb is the ridge."])
    True
    >>> of_the_opposite("How high is the lowest stage?", ["The highest stage is at 900 m, and the lowest at 200 m."])
    False
    """
    told = frozenset[str]().union(*(read(quote).vocabulary for quote in quotes))
    there = {pair for quote in quotes for pair in _side_by_side(quote)}
    return any(
        (not stands(told, one) and any((opposite, other) in there for opposite in opposites(one)))
        or (not stands(told, other) and any((one, opposite) in there for opposite in opposites(other)))
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


def _side_by_side(text: str) -> list[tuple[str, str]]:
    """Two terms of a text, of words that stand side by side."""
    words = [content_terms(word)[:1] for word in _WORD.findall(text)]
    return [(one[0], other[0]) for one, other in pairwise(words) if one and other]
