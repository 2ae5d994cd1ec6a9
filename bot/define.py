"""Who somebody is and what something is: the sentences that say it, for questions that ask no more."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.wording import ROLE
from index.words import CAPITAL

_WORD = rf"(?:{CAPITAL}|\d)[\w.’'/-]*"
_LINK = r"(?:of|the|for|and|on|de|da|del|della|di|van|von|der|den|al|bin|ibn)"
_ASKED = re.compile(
    rf"\W*(?i:(?:who|what)(?: (?:is|was|are|were)|[’']s)|define) (?i:the |an? )?"
    rf"(?P<name>{_WORD}(?: (?:{_LINK} )*{_WORD})*)\W*"
)
# A question that is typed without capitals: a thing of at most three words, none of which joins two.
_TYPED = re.compile(
    r"\W*(?:(?:who|what)(?: (?:is|was|are|were)|[’']s)|define) (?:the |an? )?"
    r"(?P<name>(?!(?:it|that|this|he|she|they|you|your|my)\b)[\w-]+"
    r"(?: (?!(?:of|in|on|for|to|at|by|with|from)\b)[\w-]+){0,2})\W*"
)
_BESIDE = r"(?: \([^()]*\))?"  # in brackets, right after a name
_IS = (
    r"(?:is|was|are|were|became|remains?|remained|ceased to be|(?:has|have|had) been) "
    r"(?:also |still |now |then |originally )?(?:an?|the|one of|part of|another|[\w.]+[’']s) |"
    r"as (?:an?|the) |(?:refers to|stands for|means|consists of) "
)
_WHICH = r"(?:who|which) |(?:also |better |commonly )?known as |short for |formerly |now |then "
_APPOSED = rf"(?:(?:an?|the|one of|part of) [a-z“\"]|(?:the )?(?:{CAPITAL}[\w’'-]+ ){{0,3}}(?:[a-z]+ )?(?i:{ROLE})\b)"
# What opens a sentence and ends in a name: what follows is no apposition.
_OPENING = re.compile(
    r"(?:^|[;:,] )(?:Under|In|At|By|After|Before|On|With|For|During|According|Since|From|To|As|Of|Like|Unlike)\b"
    r"(?: [^ ,]+){0,3} ?$"
)


def name_asked(question: str) -> str:
    """The name of whom or what it is asked who or what that is; empty where more is asked, or something else.

    >>> name_asked("Who is Ann Example?"), name_asked("What is the WHO?"), name_asked("what is new start")
    ('Ann Example', 'WHO', 'new start')
    >>> name_asked("Who is the mayor of Vellmar?"), name_asked("What is the length of the Rhine?")
    ('', '')
    """
    found = _ASKED.fullmatch(question) or (_TYPED.fullmatch(question) if question.islower() else None)
    return found["name"].rstrip(".") if found and not re.fullmatch(ROLE, found["name"], re.IGNORECASE) else ""


def introduces(text: str, name: str) -> float:
    """How well a text says who or what the named one is, in [0, 1]: with a verb or in a clause beside the name, by what
    stands before it, or by another name for it.

    >>> introduces("Ann Example is a judge in Vellmar.", "Ann Example"), introduces("Ann Example left.", "Ann Example")
    (1.0, 0.0)
    >>> introduces("The mayor, Ann Example, left.", "Example"), introduces("Judge Ann Example left.", "Example")
    (0.8, 0.8)
    >>> introduces("The Vellmar Water Board (VWB) met.", "VWB"), introduces("The VWB, which runs wells, met.", "VWB")
    (0.5, 1.0)
    >>> introduces("Under the Vellmar Pact, the towns met.", "Vellmar Pact")
    0.0
    """
    said, apposed, before, other = _patterns(name)
    if said.search(text) or any(not _OPENING.search(text[: found.start("own")]) for found in apposed.finditer(text)):
        return 1.0
    return 0.8 if before.search(text) else 0.5 if other.search(text) else 0.0


@lru_cache(maxsize=64)
def _patterns(name: str) -> tuple[re.Pattern[str], ...]:
    """What says who or what it is: with a verb or a clause, as an apposition, by what stands before it, or by another
    name for it. A name is spelled as it is, but for one that is typed without capitals."""
    spelled = rf"(?i:{re.escape(name)})" if name.islower() else re.escape(name)
    whole = rf"(?:{CAPITAL}[\w.’'-]* )*\b(?P<own>{spelled})\b(?: {CAPITAL}[\w.’'-]*)*"
    told = (
        rf"{whole}{_BESIDE}(?:(?:, [^,]{{1,20}},)? (?:{_IS})|, (?:{_WHICH}))",
        rf"{whole}{_BESIDE}, {_APPOSED}",
        rf"\b(?i:{ROLE})(?:\b[^,.;:]*,(?=[^,.]*[,.]))? {whole}",
        rf"(?:\((?:the )?|, or (?:the )?|\b(?:known|called|abbreviated)(?: as)? (?:the )?){spelled}\b|"
        rf"\b{spelled}(?: \((?:the )?{CAPITAL}|, or )",
    )
    return tuple(map(re.compile, told))
