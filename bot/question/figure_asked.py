"""Which figure a question asks for: how many, how large, how long, how old, what share, what price, in which year."""

from __future__ import annotations

import re


def _which(nouns: str) -> str:
    """What asks for one of them: "what price", "what was the price of", and no "what was the share issue"."""
    of = r"(?=\W*$| (?:of|for|in|per|at|on)\b)"
    return rf"\b(?:what|which) (?:(?:{nouns})\b|(?:is|was|are|were) the (?:{nouns})\b{of})"


def _looked_up(nouns: str) -> str:
    """What looks one of them up without asking, after two words at least that say of what: "bay ferry price"; and no
    "opportunity cost", "Vincent Price" or "theory of price"."""
    asks = (
        r"(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|did|do|does|has|have|can|will|list|explain|"
        r"define|describe|tell|about)\b"
    )
    return rf"\A\W*(?!{asks})(?:[\w'’.&-]+ ){{2,6}}(?<! of )(?<! the )(?-i:{nouns})\W*\Z"


PRICE = rf"{_which('price|fee|salary')}|{_looked_up('price|cost|fee|salary')}"
_FIGURE = re.compile(
    r"\bhow (?:(?P<many>(?P<number>many)(?P<of_it> of)?|much)|(?P<old>old)|"
    r"(?P<size>large|big|tall|high|far|deep|wide|heavy|fast))\b|"
    r"(?<!\w )\bhow (?P<long>long)\b(?! ago)|"
    rf"(?P<share>{_which('percentage|share|proportion|fraction')})|{PRICE}|"
    rf"{_looked_up('population|revenue|profit|turnover|turnout|release date')}|"
    r"\b(?:what|which) (?P<age>age)(?= (?:is|was|are|were|did|do|does|can|must|should|may|will|would|had|has)\b)|"
    r"\b(?:what|which) (?:is|was|are|were) the (?P<people>population)\b|"
    r"\b(?:what|which) (?:year(?P<years>s)?|date|(?P<day>day)|number|population)\b",
    re.IGNORECASE,
)


def figure_asked(question: str) -> re.Match[str] | None:
    """Where a question asks for a figure, with what for in a group; None where it does not.

    >>> asked = figure_asked("How many boats has it?")
    >>> asked and asked["many"], figure_asked("Who left?")
    ('many', None)
    """
    return _FIGURE.search(question)


def how_many(question: str) -> re.Match[str] | None:
    """Where it asks how many or how much."""
    asked = figure_asked(question)
    return asked if asked and asked["many"] else None
