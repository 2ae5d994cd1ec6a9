"""The names in a text: by their capitals where a script has any, in Chinese by the tagger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby, pairwise

from index.text.sentence import sentences
from index.text.words import chinese, chinese_names, tagged

# A word with the stops of an abbreviation and the signs within it: "U.S.", "Dr.", "Jean-Luc's", "AT&T", "1,200".
_WORD = re.compile(r"[^\W_][\w'’&-]*(?:[.,][^\W_][\w'’&-]*)*\.?")


def names(text: str, language: str | None = None) -> Iterator[str]:
    """The names in order, without a possessive `'s`: runs of words with a capital that no sentence begins with.

    In German (`de`) every noun has a capital. There a name has two such words, or a capital within a word.

    >>> list(names("The mayor of New York met Ines Brandt, Ada Lind. He is Dr. Lind's brother."))
    ['New York', 'Ines Brandt', 'Ada Lind', 'Dr. Lind']
    >>> list(names("Der Bericht der NATO nennt Ines Brandt und die Brücke.", "de"))
    ['NATO', 'Ines Brandt']
    """
    if chinese(text):
        found = chinese_names(text)
        yield from (word for word, _ in tagged(text) if word in found)
        return
    for named, run in runs(text):
        if named and (language != "de" or " " in run or any(map(str.isupper, run[1:]))):
            yield run.removesuffix("'s").removesuffix("’s")


def runs(text: str, *, first: bool = False) -> Iterator[tuple[bool, str]]:
    """The words of a text in runs, each with whether it is a name. Punctuation ends a run.

    The first word of a sentence has a capital in any case. It belongs to a name only if `first`, or by a capital behind
    its first letter.

    >>> list(runs("Did Ada Lind leave?"))
    [(False, 'Did'), (True, 'Ada Lind'), (False, 'leave')]
    >>> list(runs("Ada Lind left.", first=True))
    [(True, 'Ada Lind'), (False, 'left')]
    """
    for span in sentences(text):
        words = list(_WORD.finditer(text, span.start, span.end))
        ends = {word.end() for word, after in pairwise(words) if text[word.end() : after.start()].strip()}
        named = [any(map(str.isupper, word[0][not number and not first :])) for number, word in enumerate(words)]
        part, parts = 0, []
        for word, each in zip(words, named, strict=True):
            parts.append((part, each))
            part += word.end() in ends
        for (_, name), group in groupby(zip(parts, words, strict=True), key=lambda pair: pair[0]):
            yield name, " ".join(word[0] for _, word in group).rstrip(".'’&-")


def capitals(text: str) -> float:
    """The share of the words that begin with a capital, without the first one."""
    words = text.split()
    return sum(word[0].isupper() for word in words[1:]) / max(len(words), 1)
