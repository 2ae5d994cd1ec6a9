"""Words as the articles spell them: a model writes "Celeron" for "Céloron" and "1973-74" for "1973–74"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import combining, normalize

_WORD = re.compile(r"[^\W_]+(?:[-‐‑–][^\W_]+)*")
_DASHES = str.maketrans("‐‑–", "---")


def spelled_as(sentence: str, texts: Iterable[str]) -> str:
    """`sentence` with the accents and dashes that the texts give its words, where they spell them in one way only.

    >>> spelled_as("Celeron led it in 1973-74.", ["Céleron came to Pickawillany.", "The war of 1973–74."])
    'Céleron led it in 1973–74.'
    """
    spellings: dict[str, set[str]] = {}
    for text in texts:
        for word in _WORD.findall(text):
            spellings.setdefault(_bare(word), set()).add(word)

    def spelled(found: re.Match[str]) -> str:
        known = spellings.get(found[0], set())  # with a mark of its own it is no plain spelling, and stays
        return next(iter(known)) if len(known) == 1 else found[0]

    return _WORD.sub(spelled, sentence)


def _bare(word: str) -> str:
    return "".join(each for each in normalize("NFD", word.translate(_DASHES)) if not combining(each))
