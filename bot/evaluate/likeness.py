"""How near one text is to another: by letters, by words and by meaning. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from math import hypot
from unicodedata import category


def distance(text: str, other: str) -> int:
    """The Levenshtein distance: how few insertions, deletions and replacements make one text of the other.

    V. Levenshtein, 1966; row by row, after R. Wagner and M. Fischer, 1974, https://doi.org/10.1145/321796.321811. As
    in promptfoo it is counted in UTF-16 units, of which a character beyond the 65,536 first ones has two.

    >>> distance("kitten", "sitting"), distance("pier", ""), distance("", "🙂")
    (3, 4, 2)
    """
    columns = _units(other)
    row = list(range(len(columns) + 1))
    for number, unit in enumerate(_units(text), start=1):
        above, row = row, [number]
        for column, wanted in enumerate(columns):
            row.append(min(above[column] + (unit != wanted), above[column + 1] + 1, row[column] + 1))
    return row[-1]


def rouge_1(text: str, reference: str) -> float:
    """The F-measure in [0, 1] of the words that two texts share, each counted as often as both have it, in any case.

    ROUGE-N with N = 1: C.-Y. Lin, 2004, https://aclanthology.org/W04-1013. promptfoo's `rouge-n` is this one, too.

    >>> round(rouge_1("The pier is long.", "the long pier"), 2)
    0.75
    """
    said, wanted = tokens(text.lower()), tokens(reference.lower())
    shared = (Counter(said) & Counter(wanted)).total()
    if not shared:
        return 0.0
    precision, recall = shared / len(said), shared / len(wanted)
    low, high = sorted((precision, recall))
    return min(high, low * (2 / (1 + low / high)))  # the harmonic mean, rounded as in js-rouge


def cosine(vector: Iterable[float], other: Iterable[float]) -> float:
    """The cosine of the angle between two vectors of one length, in [-1, 1]; 0 where one of them is zero."""
    one, two = [float(each) for each in vector], [float(each) for each in other]
    lengths = hypot(*one) * hypot(*two)
    return sum(left * right for left, right in zip(one, two, strict=True)) / lengths if lengths else 0.0


def tokens(text: str) -> list[str]:
    """The words and marks of a text, by the rules of the Penn Treebank, as those of js-rouge 3.2.3 go beyond them.

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
        (r"([^.])(?<!(?a:\b)[A-Za-z]\.[A-Za-z])\.([\])}>'\s]*)\Z", r"\1 .\2 "),  # not that of U.S.
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


def _units(text: str) -> memoryview:
    return memoryview(text.encode("utf-16-le", "surrogatepass")).cast("H")


def _quotes_apart(text: str) -> str:
    """Opening quotes made `` and closing ones '', with a blank on both sides."""
    inside = False

    def apart(match: re.Match[str]) -> str:
        nonlocal inside
        inside = match[0] == "``" or (match[0] == '"' and not inside and _may_open(text, match.start()))
        return " `` " if inside else " '' "

    return _QUOTE.sub(apart, text)


def _may_open(text: str, place: int) -> bool:
    """Whether a quote at this place follows a blank or a mark, and neither a sentence nor, at the end, anything."""
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
