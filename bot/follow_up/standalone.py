"""Whether a question stands alone, by its words, or needs the conversation to be understood."""

from __future__ import annotations

import re

from bot.follow_up.anaphora import points_back
from bot.follow_up.name import YEAR, has_name
from bot.follow_up.phrase import AUXILIARY, named, told
from index.script import simplified
from index.words import CAPITAL, content_terms

QUESTION_WORD = r"(?:who|whom|whose|what|which|when|where|why|how)\b"
_GOES_ON = re.compile(
    r"^\W*(?:(?:and|but|so|or|then|no|yes|what about|how about|i meant?)\b|那么|还有|另外|然后)",
    re.IGNORECASE,
)
# What only names something else.
_ANOTHER = re.compile(
    r"\W*(?:and|but|or|then|what about|how about|(?:the )?same (?:question |thing )?(?=(?:for|in|with|of)\b))\b(.+)"
    r"|\W*((?:in|of|for|at|on|from|with)\b.+|(?:19|20)\d\d\W*$)|(?:那么?|还有|而)?(.+)呢\W*$",
    re.IGNORECASE | re.DOTALL,
)
# What only names another of whom it is so: "Does France?".
_SO_OF_ANOTHER = re.compile(
    rf"\W*(?i:(?:and|but|or|so)\s+)?(?i:{AUXILIARY})\s+"
    rf"((?:the\s+)?(?:{CAPITAL}[\w'’-]*(?:\s(?:of\s)?{CAPITAL}[\w'’-]*){{0,3}}|[\w'’-]+)(?<=\w))\W*$"
)
_LONGEST_NAME = 6  # words, with what leads to it: "the United Nations Security Council"
_SAYS_ANYTHING = re.compile(r"[^\W\d_]{2}|[\u4e00-\u9fff]|\d")  # else it is a slip of the hand
# What a thing is can be asked of a word alone: "What is inflation?".
_DEFINES = re.compile(r"^\W*(?:what|who)(?:'s| is| are)(?: an?)? [a-z][\w-]*\W*$|^什么是", re.IGNORECASE)
_ASKS = re.compile(
    rf"\b(?:{QUESTION_WORD}|{AUXILIARY}|"
    r"(?:should|may|might|name|list|tell|explain|describe|give|compare|show|define|summari[sz]e)\b)"
    r"|什么|谁|哪|何|几|多少|多[大长久远高]|怎|吗|是否|有没有|请|介绍",
    re.IGNORECASE,
)


def needs_history(question: str) -> bool:
    """Whether a question points back, or names too little to be understood alone.

    >>> needs_history("When does it take effect?"), needs_history("Who leads the World Health Organization?")
    (True, False)
    >>> needs_history("What is a treaty and how is it signed?"), needs_history("And the treaty?")
    (False, True)
    """
    question = simplified(question)
    if not _SAYS_ANYTHING.search(question):
        return False
    if points_back(question):
        return True
    if _DEFINES.search(question):
        return False
    if _goes_on_with(question):
        return True
    words = named(question)
    if words < 3 and (_GOES_ON.search(question) or not _ASKS.search(question)):
        return True
    return (words < 2 or _only_dated(question)) and not has_name(question)


def bare(question: str) -> bool:
    """Whether a question names nothing, and does not point at anything either: "Why?"."""
    return not content_terms(question) and not points_back(question)


def other(question: str) -> str:
    """What a question only names, and asks nothing of; empty where it does more, or is longer than a name is.

    >>> other("And in Spain?"), other("Does France?"), other("And who won?")
    (' in Spain?', 'France', '')
    """
    question = simplified(question)
    if (so := _SO_OF_ANOTHER.match(question)) and content_terms(so[1]):
        return so[1]
    found = _ANOTHER.match(question)
    rest = next(filter(None, found.groups()), "") if found else ""
    if len(rest.split()) > _LONGEST_NAME or _ASKS.search(rest) or points_back(rest):
        return ""
    return rest


def _goes_on_with(question: str) -> bool:
    """Whether a question only names another: "And Human Rights Watch?", "Does France?"."""
    return bool(_GOES_ON.search(question) or _SO_OF_ANOTHER.match(question)) and other(question) != ""


def _only_dated(question: str) -> bool:
    """Whether it has a year, and less than two words beside it that say what it is about."""
    terms = told(question)
    return len({term for term in terms if not YEAR.fullmatch(term)}) < min(2, len(terms))
