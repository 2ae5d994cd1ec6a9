"""Whether a follow-up needs the history to be understood.

A logistic regression over the question's words and n-grams tells (`follow_up.safetensors`, fitted by
`bot/training/follow_up.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from bot.classifiers.calibration import probability
from bot.classifiers.features import Ngrams, bucket, ngrams
from bot.classifiers.fitted import load
from bot.classifiers.linear import Linear
from index.text.words import carries_meaning, chinese_names, content_terms, terms

OF_NGRAMS = 1.5  # the weight of the n-grams; a signal weighs 1
SORTS = ("NAME", "FIGURE", "KNOWN", "NEW")
SHORT = 3  # letters of a short word, at most


def needs_history(question: str, asked: Sequence[str]) -> bool:
    """Whether a question needs the earlier questions (`asked`) to be understood.

    >>> needs_history("When does it start?", ["What is the Tour de France?"]), needs_history("Why?", [])
    (True, False)
    """
    linear = shipped()
    return bool(asked) and probability(linear.odds(*features(question, asked))) >= linear.threshold


def features(question: str, asked: Sequence[str]) -> Ngrams:
    """The n-grams and the signals of a question, as hashed features with values."""
    import numpy as np

    of_words, signal_names = ngrams(question), signals(question, asked)
    buckets = np.array([bucket(f"signal {each}") for each in signal_names], dtype=np.int64)
    values = np.concatenate([of_words.values * OF_NGRAMS, np.ones(len(signal_names))])
    return Ngrams(np.concatenate([of_words.buckets, buckets]), values)


def signals(question: str, asked: Sequence[str]) -> tuple[str, ...]:
    """The signals of a need for history: words, sorts of words, pairs of both, and counts by sort."""
    words = terms(question)
    known = {term for each in asked for term in content_terms(each)}
    names = names_of(question, 1)
    sorts = [_sort(word, names, known) for word in words]
    lines = ["^", *words, "$"], ["^", *sorts, "$"]
    found = [f"{first} {second}" for line in lines for first, second in pairwise(line)]
    content_words = 0
    for word, sort in zip(words, sorts, strict=True):
        found += [word, f"{word} after {min(content_words, 2)}"]
        content_words += sort != word
    found += [f"{min(sorts.count(sort), 3)} {sort}" for sort in SORTS]
    found += [f"{min(content_words, 6)} of meaning", f"{min(len(words), 12)} words"]
    found += ["?"] if question.rstrip().endswith(("?", "？")) else []
    return tuple(dict.fromkeys(found))


def _sort(word: str, names: frozenset[str], known: set[str]) -> str:
    """The sort of a content word; a function word or a short word is its own sort."""
    if not carries_meaning(word) or (len(word) <= SHORT and word.isascii() and word.islower()):
        return word
    if word[0].isdigit():
        return "FIGURE"
    if word in names:
        return "NAME"
    return "KNOWN" if word in known else "NEW"


def names_of(text: str, first: int = 0) -> frozenset[str]:
    """The terms of capitalised words, from the `first` word on, and of names in Chinese."""
    capitalised = [word for word in text.split()[first:] if word.lstrip("(“\"'«")[:1].isupper()]
    return frozenset(content_terms(" ".join([*capitalised, *chinese_names(text)])))


@cache
def shipped() -> Linear:
    """The threshold is a probability."""
    return Linear.of(load("follow_up"))
