"""Sides that a question asks for by name: "according to India and according to China", "what do A and B say?"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.language.speaker import voice
from bot.language.wording import carries_all
from index.words import CAPITAL, content_terms, vocabulary

_VIEW = r"(?:accounts?|count|estimates?|figures?|opinions?|positions?|statements?|versions?|views?|words?)"
_SAY = (
    r"(?:answer|argue|believe|claim|differ|disagree|explain|justify|make of|react|reply|respond|say|said|see|"
    r"tell|think|view)"
)
_ONE, _OTHER = r"(?P<one>[^,.;:?!]{2,60}?)", r"(?P<other>[^,.;:?!]{2,60}?)"
_OF = r"(?:according to|in the (?:eyes|opinion|view|words) of)"
_PATTERNS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_OF} {_ONE},? and (?:{_OF} |(?:that|those) of )?{_OTHER}\s*(?=[,.;:?!]|\Z)",
        rf"\b(?:by|in|on) {_ONE}['’]s?(?: {_VIEW})?,? and (?:(?:by|in|on) )?{_OTHER}['’]s?(?: {_VIEW})?"
        r"\s*(?=[,.;:?!]|\Z)",
        rf"\b(?:do|did|does|have|would) (?:both )?{_ONE} and {_OTHER} {_SAY}\b",
        r"(?:据|按照?|在)(?P<one>[^，。；：？的和与]{2,16}?)(?:和|与|以及)(?:据|按照?)?"
        r"(?P<other>[^，。；：？的]{2,16}?)(?:的说法|说|看来|认为|，)",
        r"(?P<one>[^，。；：？的和与]{2,16}?)(?:和|与)(?P<other>[^，。；：？的]{2,16}?)(?:各自?|分别)",
    )
]
_APART = re.compile(
    r"\b(?:(?:accus|argu|blam|contradict|contrast|differ|disagree|oppos|quarrel)\w*|conflicting|contrary|disput(?:e|es|ing))\b|"
    r"争议|分歧|不同|相反|指责",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"{CAPITAL}[\w.-]*")


@dataclass(frozen=True, slots=True)
class Sides:
    """Whom a question asks for their word, each by the terms of their name, and what it asks of them."""

    names: tuple[frozenset[str], ...] = ()
    matter: str = ""

    def heard(self, sentence: str) -> tuple[frozenset[str], ...]:
        """Those whose word the sentence tells."""
        speaker = vocabulary(voice(sentence))
        return tuple(name for name in self.names if carries_all(speaker, name))

    def set_apart(self, sentence: str) -> bool:
        """Whether the sentence names them all, and says that they see something differently."""
        if not _APART.search(sentence):
            return False
        present = vocabulary(sentence)
        return all(carries_all(present, name) for name in self.names)


def sides_of(question: str) -> Sides:
    """Those that the question names; none where it does not ask for the word of two.

    >>> [sorted(name) for name in sides_of("Who began it, according to India and according to China?").names]
    [['india'], ['china']]
    >>> sides_of("What do the American and the Russian government say of it?").matter
    'What of it?'
    >>> sides_of("What did India and China sign?").names
    ()
    """
    for pattern in _PATTERNS:
        if found := pattern.search(question):
            names = [_name(found[side]) for side in ("one", "other")]
            if all(names):
                matter = f"{question[: found.start()].rstrip(' ,')}{question[found.end() :]}"
                return Sides(tuple(names), matter)
    return Sides()


def _name(words: str) -> frozenset[str]:
    """The terms of what is capitalised, or of everything where nothing is."""
    return frozenset(content_terms(" ".join(_NAMED.findall(words)) or words))
