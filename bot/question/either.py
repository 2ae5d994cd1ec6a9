"""Questions that set two against each other: "Who left first, Russia or China?" What is told of one answers half."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.language.claim import read
from bot.language.figures import YEAR
from bot.language.wording import carries_all
from index.words import CAPITAL, content_terms, vocabulary

_COMPARES = re.compile(
    r"\b(?:first|last|before|after|sooner|earlier|later|old(?:er|est)|young(?:er|est)|new(?:er|est)|larg(?:er|est)|"
    r"bigg(?:er|est)|great(?:er|est)|small(?:er|est)|long(?:er|est)|short(?:er|est)|high(?:er|est)|low(?:er|est)|"
    r"tall(?:er|est)|fast(?:er|est)|slow(?:er|est)|heavi(?:er|est)|light(?:er|est)|strong(?:er|est)|weak(?:er|est)|"
    r"cheap(?:er|est)|rich(?:er|est)|poor(?:er|est)|better|best|worse|worst|more|most|less|least|fewer|fewest)\b"
)
# What ranks two, loosely.
_RANKS = re.compile(
    r"\b(?:than|before|after|already|first|last|ahead|behind|exceed\w*|surpass\w*|outnumber\w*|double\w*|twice|half|"
    r"most|least|[a-z]{2,}est)\b",
    re.IGNORECASE,
)
_NAME = rf"(?:the )?{CAPITAL}[\w.’'-]*(?: (?:of (?:the )?)?(?:{CAPITAL}[\w.’'-]*|\d+))*"
_SIDE = rf"(?:in )?(?:{YEAR}|{_NAME})"
_EITHER = re.compile(rf"(?P<one>{_SIDE}),? or (?P<other>{_SIDE})")
_WHICH, _END = re.compile(r"\W*(?:who|whom|whose|which)\b", re.IGNORECASE), re.compile(r"\W*\Z")
# "Which works better, the rope or a chain?"
_LAST_TWO = re.compile(
    r"[,:–-] ?(?:the |an? )?(?P<one>[\w-]+(?: [\w-]+)?),? or (?:the |an? )?(?P<other>[\w-]+(?: [\w-]+)?)\W*\Z"
)
_SO_MANY = re.compile(r"\b(?:more|less|fewer) than (?:an?|half|one|two|three|four|five|six|ten|\d+)\b")
_WHICH_OF = re.compile(r"\b(?:which|who|what)\b", re.IGNORECASE)
_SETS_APART = re.compile(
    r"\b(?:neither|unlike|whereas|while|but|instead|rather|equal\w*|same|differ\w*|prefer\w*|over|versus|vs|prior|later|"
    r"earlier|superior|inferior|both)\b",
    re.IGNORECASE,
)
_APART = re.compile(
    rf"\b(?i:differences?|differ|compare[sd]?|comparison|contrast)(?: between| of)?\b[^?]*?\b"
    rf"(?P<one>{_NAME})(?:['’]s?)? (?:and|with|to|from|versus) (?P<other>{_NAME})"
)


@dataclass(frozen=True, slots=True)
class Either:
    """The two, each by the terms of its name alone, and what is asked of them."""

    names: tuple[frozenset[str], ...] = ()
    matter: str = ""

    def left_out(self, told: str) -> frozenset[str]:
        """The name of the one of whom nothing is told, while the other is told of; empty where both are, or neither."""
        present = vocabulary(told)
        absent = [name for name in self.names if not carries_all(present, name)]
        return absent[0] if len(absent) == 1 else frozenset()


def either_of(question: str) -> Either:
    """The two that the question compares; none where it does not.

    >>> either = either_of("Who left first, Russia or the United States?")
    >>> sorted(either.left_out("Russia left in 2021.")), either.matter
    (['state', 'unit'], 'Who left first, ?')
    >>> either_of("Did Russia or the United States leave?").names
    ()
    """
    found = (_EITHER.search(question) if _COMPARES.search(question) else None) or _APART.search(question)
    if not found:
        return Either()
    one, other = (frozenset(content_terms(found[each])) for each in ("one", "other"))
    names = (one - other or one, other - one or other)
    return Either(names, question[: found.start()] + question[found.end() :]) if all(names) else Either()


def offers(question: str) -> bool:
    """Whether the question names two, with "or" between them."""
    return bool(_EITHER.search(question))


def chosen(question: str, told: str) -> bool:
    """Whether the question asks which of two it names, with "or" between them, and one of them is told of, or both.

    >>> chosen("Who called it firm, Ann or Ben?", "Ann called it firm."), chosen("Who called it firm?", "Ann did.")
    (True, False)
    >>> chosen("what comes first, rope or chain", "The rope comes first.")
    True
    """
    found = _EITHER.search(question)
    if not found or not (_WHICH.match(question) or _END.match(question, found.end())):
        found = _LAST_TWO.search(question) if _WHICH_OF.search(question) else None
    if not found:
        return False
    sides = [content_terms(found[each]) for each in ("one", "other")]
    return any(carries_all(vocabulary(told), side) for side in sides)


def undecided(question: str, told: str) -> bool:
    """Whether the question asks which of two, with "or" between them at its end, and the same is told of both, as of
    one thing, without a word that ranks them.

    >>> question = "Which works better, rope or chain?"
    >>> undecided(question, "Rope and chain hold for more than two years.")
    True
    >>> undecided(question, "Rope is better than chain."), undecided(question, "Rope beats chain.")
    (False, False)
    """
    found = _LAST_TWO.search(question) if _WHICH_OF.search(question) and _COMPARES.search(question) else None
    if not found:
        return False
    one, other = (re.escape(found[each]) for each in ("one", "other"))
    joined = rf"\b(?:{one},? (?:and|or|nor) (?:the )?{other}|{other},? (?:and|or|nor) (?:the )?{one})\b"
    if not re.search(joined, told, re.IGNORECASE):
        return False
    told = _SO_MANY.sub("", told)
    return not any(each.search(told) for each in (_COMPARES, _RANKS, _SETS_APART))


def unranked(question: str, sentence: str, quotes: Iterable[str]) -> bool:
    """Whether a sentence says which of two it is, in the word of the question that compares them, and no quote with
    either of them, or without any name, ranks anything.

    >>> question = "Which is older, the Bay Treaty or the Sea Treaty?"
    >>> unranked(question, "The Bay Treaty is older, from 1991.", ["By 1991 the Bay Treaty had cost 40 boats."])
    True
    >>> unranked(question, "The Bay Treaty is older.", ["The Sea Treaty was signed after the Bay Treaty."])
    False
    >>> unranked(question, "The Bay Treaty is older.", ["The Lake Treaty is the oldest."])
    True
    """
    said = [word for word in _COMPARES.findall(question) if re.search(rf"\b{word}\b", sentence)]
    names = either_of(question).names if said else ()
    if not names:
        return False
    told = [
        quote
        for quote in quotes
        if not read(quote).names or any(carries_all(vocabulary(quote), name) for name in names)
    ]
    own = re.compile(rf"\b(?:{'|'.join(said)})\b")
    return not any(own.search(quote) or _RANKS.search(quote) for quote in told)
