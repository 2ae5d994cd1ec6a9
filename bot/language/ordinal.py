"""Which one of several in a line: the first phase is not the second one."""

from __future__ import annotations

import re

from index.words import FUNCTION_WORDS, ORDINALS

_FIRST = ORDINALS[:10]
_ONE = "one two three four five six seven eight nine ten".split()
_HAN = "一二三四五六七八九十"
_PLACES = {word: place for words in (_FIRST, _ONE, _HAN) for place, word in enumerate(words, 1)}
_NTH = re.compile(
    rf"\b(?P<nth>{'|'.join(_FIRST)}|\d{{1,3}}(?:st|nd|rd|th)) (?P<noun>[a-z]+)|"
    rf"\b(?P<part>phase|stage|round|part|season|volume|wave|reactor|unit) (?P<which>{'|'.join(_ONE)}|\d{{1,2}})\b|"
    rf"第?(?P<han>[{_HAN}])(?P<of>[期轮届批波]|阶段|季度)",
    re.IGNORECASE,
)


def another_in_line(one: str, other: str) -> bool:
    """Whether two texts tell of two things in a line: of the first phase and of the second one.

    >>> another_in_line("What did the first phase cost?", "The 2nd phase cost 3 million.")
    True
    >>> another_in_line("What did phase two cost?", "The second phase cost 3 million, the first one 2.")
    False
    """
    here, there = _in_line(one), _in_line(other)
    return any(here[noun].isdisjoint(there[noun]) for noun in here.keys() & there.keys())


def _in_line(text: str) -> dict[str, set[int]]:
    """The things that a text numbers, with their places."""
    found: dict[str, set[int]] = {}
    for each in _NTH.finditer(text):
        noun = each["noun"] or each["part"] or each["of"]
        if noun.lower() in FUNCTION_WORDS:  # "the 15th of July", "second to none"
            continue
        nth = (each["nth"] or each["which"] or each["han"]).lower()
        found.setdefault(noun.lower(), set()).add(_PLACES.get(nth) or int(nth.rstrip("stndrh")))
    return found
