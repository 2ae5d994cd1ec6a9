"""The word that a sentence opens with: a name keeps its capital where the sentence goes on with another one."""

from __future__ import annotations

import re

from index.numeral import TENS, UNITS
from index.words import CAPITAL, FUNCTION_WORDS

_CONTRACTED = re.compile(r"(?<=\w)(?:n['’]t|['’](?:s|re|ve|ll|d|m))\Z")
_NUMBERS = frozenset({*UNITS, *TENS})
_NAMES_TOO = frozenset({"will", "may"})
_NOBODYS = frozenset(  # function words of more than the index leaves out
    "according although among amid anyone anything despite even everybody everyone everything first many maybe much "
    "never nobody nothing one perhaps several since somebody someone something still though today tomorrow two three "
    "unless unlike while without within yesterday yet".split()
)
_ENDING = re.compile(  # how words end that are names of nobody
    r"(?:ing|ly|[^s]s|tion|sion|ment|ness|ity|[ae]nc[ey]|ous|ive|ism|[ai]ble|ful|less)\Z"
)
_ENGAGED = re.compile(r" (?:the|an?|this|that|these|those|its|his|her|their|our|your|such|all|any|more|up|out|in|on)\b")


def continued(sentence: str, text: str) -> str:
    """`sentence`, which rests on `text`, as the rest of another one.

    >>> continued("Boats are dear.", "In Exampleton boats are dear."), continued("Exampleton sank.", "Exampleton sank.")
    ('boats are dear.', 'Exampleton sank.')
    """
    first = _CONTRACTED.sub("", sentence.split(" ", 1)[0].rstrip(",;:"))
    acronym = first.isupper() and first != "A"  # "I" is none either, and keeps its capital
    return sentence[0].lower() + sentence[1:] if not acronym and common(first, sentence, text) else sentence


def common(first: str, sentence: str, text: str) -> bool:
    """Whether the first word of a sentence, which rests on `text`, is no name: what the text makes of it tells."""
    small = first.lower()
    if small.split("-")[0] in _NUMBERS or small in (FUNCTION_WORDS | _NOBODYS) - _NAMES_TOO:
        return True
    if not first[1:].islower() or re.match(r"\S+ \d", sentence):  # "Article 5"
        return False
    capital = bool(re.search(rf"\b{re.escape(first)}\b", text))
    if after := re.match(rf"\S+ ({CAPITAL}[\w’'-]*)", sentence):  # as in "President Trump" and "New York"
        return f" {small} {after[1]}" in text or (small.endswith("ing") and not capital)
    if re.search(rf"[a-z,;] {re.escape(first)}\b(?! {CAPITAL})", text):
        return False
    if re.search(rf"(?<![\w’'-])(?:{re.escape(small)}s?|{re.escape(small.removesuffix('s'))})(?![\w’'-])", text):
        return True
    if not capital:  # a name that is told stands in what it is told from, if in another form
        return bool(_ENDING.search(small)) and not re.search(rf"\b{re.escape(first[:4])}", text)
    return (small.endswith("ly") and sentence.startswith(f"{first},")) or (
        small.endswith("ing") and bool(_ENGAGED.match(sentence[len(first) :]))
    )
