"""Measures of similarity of two texts: Levenshtein distance, ROUGE-1 and cosine. Pure."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterable
from math import hypot
from unicodedata import category

from rapidfuzz.distance import Levenshtein


def distance(text: str, other: str) -> int:
    """The Levenshtein distance: the least number of insertions, deletions and replacements.

    As in promptfoo it counts UTF-16 units; a character above U+FFFF has two.

    >>> distance("kitten", "sitting"), distance("pier", ""), distance("", "🙂")
    (3, 4, 2)
    """
    return Levenshtein.distance(_units(text), _units(other))


def rouge_1(text: str, reference: str) -> float:
    """The F-measure of the common words of two texts, with their counts and regardless of case, in [0, 1].

    ROUGE-N with N = 1: C.-Y. Lin, 2004, https://aclanthology.org/W04-1013. promptfoo's `rouge-n` is this one, too.

    >>> round(rouge_1("The pier is long.", "the long pier"), 2)
    0.75
    """
    words, reference_words = tokens(text.lower()), tokens(reference.lower())
    shared = (Counter(words) & Counter(reference_words)).total()
    if not shared:
        return 0.0
    precision, recall = shared / len(words), shared / len(reference_words)
    low, high = sorted((precision, recall))
    return min(high, low * (2 / (1 + low / high)))  # the harmonic mean, with the rounding of js-rouge


def cosine(vector: Iterable[float], other: Iterable[float]) -> float:
    """The cosine of two vectors of equal dimension, in [-1, 1]; 0 if either is zero."""
    one, two = [float(each) for each in vector], [float(each) for each in other]
    lengths = hypot(*one) * hypot(*two)
    return sum(left * right for left, right in zip(one, two, strict=True)) / lengths if lengths else 0.0


def tokens(text: str) -> list[str]:
    """The words and marks of a text, by the Penn Treebank's rules with the additions of js-rouge 3.2.3.

    The rules: https://www.cis.upenn.edu/~treebank/tokenization.html. Only the last period of a text is a mark.

    >>> tokens('they cannot say "no". that\\'s 1,000 (or so).')
    ['they', 'can', 'not', 'say', '``', 'no', "''", '.', 'that', "'s", '1,000', '(', 'or', 'so', ')', '.']
    """
    text = f" {_marks_apart(_quotes_apart(' '.join(text.split())))} "
    for pattern, apart in _ENDINGS:
        text = pattern.sub(apart, text)
    return text.split()


_QUOTE = re.compile(r"``|''|\"")
_MARKS = [
    (re.compile(pattern), apart)
    for pattern, apart in (
        (r"\.{3}", r" ... "),
        (r"([:,])(?!\d)", r" \1 "),
        (r"([;@#$%&])", r" \1 "),
        (r"([^.])(?<!(?a:\b)[A-Za-z]\.[A-Za-z])\.([\])}>'\s]*)\Z", r"\1 .\2 "),  # not in U.S.
        (r"([?!\][(){}<>]|--)", r" \1 "),
    )
]
_ENDINGS = [
    (re.compile(pattern, re.IGNORECASE), apart)
    for pattern, apart in (
        (r"([^'])' ", r"\1 ' "),
        (r"('[smd]) ", r" \1 "),
        (r"('ll|'re|'ve|n't) ", r" \1 "),
        *(
            (rf"(?<![\w\u200c\u200d]){word}(?![\w\u200c\u200d])", r" \1 \2 ")
            for word in ("(can)(not)", "(d)('ye)", "(gim)(me)", "(gon)(na)", "(got)(ta)", "(lem)(me)", "(more)('n)")
        ),
        (r"(?<![\w\u200c\u200d])(wan)(na)(?= )", r" \1 \2 "),
        (r"(?<![\w\u200c\u200d])('t)(is|was)(?![\w\u200c\u200d])", r" \1 \2 "),
    )
]


def _units(text: str) -> array[int]:
    return array("H", text.encode("utf-16-le", "surrogatepass"))


def _quotes_apart(text: str) -> str:
    """The text with opening quotes as `` and closing quotes as '', and a blank on both sides."""
    inside = False

    def apart(match: re.Match[str]) -> str:
        nonlocal inside
        inside = match[0] == "``" or (match[0] == '"' and not inside and _may_open(text, match.start()))
        return " `` " if inside else " '' "

    return _QUOTE.sub(apart, text)


def _may_open(text: str, place: int) -> bool:
    """Whether a quote may open at this place: after a blank or a mark, not after a sentence end."""
    if place == 0:
        return True
    before = text[place - 1]
    mark = category(before)
    if place + 1 == len(text) and not (before in " <" or mark == "Ps"):
        return False
    return before not in ".!?" and (before in " <" or mark.startswith("P") or text[:place].endswith("``"))


def _marks_apart(text: str) -> str:
    for pattern, apart in _MARKS:
        text = pattern.sub(apart, text)
    return text
