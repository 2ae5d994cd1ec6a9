"""The names in a text, by their capitals or as the segmenter tags them, and the dates that look like names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from index.script import simplified
from index.words import CAPITAL, FUNCTION_WORDS, MONTHS, WEEKDAY, chinese, chinese_names

YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_TIME = re.compile(rf"(?:{'|'.join(MONTHS)}|{WEEKDAY})\b")
_NAME = re.compile(
    rf"(?<![\w'’]){CAPITAL}[\w'’-]*"
    rf"(?:\.?\s(?:(?:of|de|des|del|della|di|da|dos|du|la|van|von|der|den|bin|ibn|al)\s){{0,2}}{CAPITAL}[\w'’-]*)*"
)
_LEADING = re.compile(rf"^(?:(?:{'|'.join(map(str.capitalize, sorted(FUNCTION_WORDS)))})(?:\s|$))+")


def names(sentence: str) -> list[str]:
    """The names in a sentence, in order.

    >>> names("In 1942 the Viceroy was Lord Linlithgow.")
    ['Viceroy', 'Lord Linlithgow']
    """
    if chinese(sentence):
        return _chinese_names(sentence)
    return [name for found in _NAME.findall(sentence) if (name := _LEADING.sub("", found))]


def has_name(question: str) -> bool:
    """Whether a word has a capital, or is a number and no year, and does not begin a sentence.

    >>> has_name("Is it in Malta?"), has_name("Malta in 2020?")
    (True, False)
    """
    words = pairwise(question.split())
    inside = (
        word
        for before, word in words
        if before[-1] not in ".?!" and word != "I" and not YEAR.fullmatch(word.strip("?.,"))
    )
    return any(word.lstrip("\"'“‘(")[:1].isupper() or word[0].isdigit() for word in inside) or bool(
        chinese_names(question)
    )


def is_date(word: str) -> bool:
    """Whether a word, or the first of several, is a year, a month or a day of the week."""
    return bool(_TIME.match(word) or YEAR.match(word))


def _chinese_names(sentence: str) -> list[str]:
    """The names in a sentence in Chinese, in order, those with a dot whole: 唐纳德·特朗普."""
    written, sentence = sentence, simplified(sentence)
    found = sorted(chinese_names(sentence), key=sentence.index)
    dotted = [name for name in found if f"{name}·" in sentence]
    whole = {name: name + "·" + _dotted(sentence.partition(f"{name}·")[2], found) for name in dotted}
    named = [
        whole.get(name, name)
        for name in found
        if not any(name in full and name != first for first, full in whole.items())
    ]
    return [written[start : start + len(name)] for name in named for start in [sentence.index(name)]]


def _dotted(after: str, found: Sequence[str]) -> str:
    """What follows the dot of a name: as far as the name that begins there, or soon after."""
    ends = [place + len(name) for name in found if 0 <= (place := after.find(name)) <= 2]
    return after[: max(ends, default=0)]
