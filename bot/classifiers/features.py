"""The hashed features that linear classifiers read: n-grams of a text, and what stands around each of its words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BUCKETS = 1 << 17  # of the n-grams of a text
AROUND = 1 << 15  # of what stands around a word
LETTERS, WORDS = 5, 3  # the longest n-grams
_WORD = re.compile(r"[^\W_]+|[^\w\s]")
_SPACED = re.compile(r"[\u4e00-\u9fff]|[^\W_]+|[^\w\s]")
_READ = re.compile(r"[^\W\d_\u4e00-\u9fff]+|\d+|[?!？]|[\u4e00-\u9fff]")


class Ngrams(NamedTuple):
    """The n-grams of a text: the places of their weights, and how much each counts; the squares sum to 1."""

    buckets: NDArray[np.int64]
    values: NDArray[np.float64]


def ngrams(text: str, rarity: NDArray[np.float64] | None = None) -> Ngrams:
    """The n-grams of a text, each weighted by its rarity (tf-idf, logarithmic), if given."""
    return weighed(*counted(text), rarity)


def counted(text: str, more: Iterable[str] = ()) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The buckets of a text and of `more` features of it, and the logarithm of how often each is hit: `(buckets,)`."""
    import numpy as np

    text = unicodedata.normalize("NFKC", text).lower()
    letters = chain.from_iterable(map(_of_letters, words_of(text)))
    found = Counter(chain(letters, map(bucket, _of_words(text)), map(bucket, more)))
    return np.array(list(found), dtype=np.int64), 1 + np.log(np.array(list(found.values()), dtype=float))


def weighed(
    buckets: NDArray[np.int64], counts: NDArray[np.float64], rarity: NDArray[np.float64] | None = None
) -> Ngrams:
    """The n-grams that were counted, weighted by their rarity, at length 1."""
    import numpy as np

    values = counts if rarity is None else counts * rarity[buckets]
    return Ngrams(buckets, values / max(float(np.sqrt((values**2).sum())), 1e-9))


def words_of(text: str) -> list[str]:
    """The words of a text and, one by one, its other signs. A run of Chinese is one word.

    >>> words_of("China's 5G, 网络?")
    ['China', "'", 's', '5G', ',', '网络', '?']
    """
    found: list[str] = _WORD.findall(text)
    return found


def bucket(ngram: str) -> int:
    """The place of a feature among the `BUCKETS`."""
    return crc32(ngram.encode(errors="replace")) % BUCKETS


@lru_cache(maxsize=1 << 15)
def _of_letters(word: str) -> tuple[int, ...]:
    """The buckets of the n-grams within a word, which most texts share."""
    padded = f" {word} "
    return tuple(
        bucket(f"letters {padded[start : start + length]}")
        for length in range(1, LETTERS + 1)
        for start in range(len(padded) - length + 1)
    )


def _of_words(text: str) -> Iterator[str]:
    yield f"words {min(len(text.split()), 9)}"
    words = ["^", *_READ.findall(text), "$"]
    for length in range(1, WORDS + 1):
        for start in range(len(words) - length + 1):
            yield f"words {' '.join(words[start : start + length])}"


def spaced_words(text: str) -> list[re.Match[str]]:
    """The words of a text and its other signs, with their places. Chinese characters that begin one stand alone."""
    return list(_SPACED.finditer(text))


def around(text: str) -> list[list[int]]:
    """The buckets of the features around each word."""
    found = spaced_words(text)
    texts = ["^", "^", *(each[0] for each in found), "$", "$"]
    return [
        [crc32(each.encode()) % AROUND for each in _seen_around(texts, place)] for place in range(2, len(texts) - 2)
    ]


def _seen_around(texts: Sequence[str], place: int) -> Iterator[str]:
    """The words from two before to two after, alone and in pairs, their forms, the word's ends."""
    near = [each.lower() for each in texts[place - 2 : place + 3]]
    yield "any"
    yield from (f"{offset} {word}" for offset, word in enumerate(near))
    yield from (f"{offset} {one} {other}" for offset, (one, other) in enumerate(pairwise(near)))
    yield f"around {near[1]} {near[3]}"
    yield from (f"{offset} form {_form(texts[place + offset])}" for offset in (-1, 0, 1))
    yield f"forms {_form(texts[place - 1])} {_form(texts[place])} {_form(texts[place + 1])}"
    yield f"ends {near[2][-3:]}"
    yield f"first {place == 2} {_form(texts[place])}"


def _form(word: str) -> str:
    if "\u4e00" <= word <= "\u9fff":
        return "character"
    if not word[0].isalnum():
        return word
    return "digits" if word.isdigit() else "capitals" if word.isupper() else "name" if word[0].isupper() else "small"
