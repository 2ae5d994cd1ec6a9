"""Whether a text holds a gold answer, after the normalisation of SQuAD.

It has lower case, no punctuation and no articles (https://rajpurkar.github.io/SQuAD-explorer/).
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Sequence

_ARTICLE = re.compile(r"\b(?:a|an|the)\b")
_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalised(text: str) -> list[str]:
    """
    >>> normalised("The U.S. price: nearly $12!")
    ['us', 'price', 'nearly', '12']
    """
    return _ARTICLE.sub(" ", text.lower().translate(_PUNCTUATION)).split()


def holds(text: str, spans: Iterable[str]) -> bool:
    """Whether one of the spans stands in the text, word by word.

    >>> holds("In October 1973, it began.", ["1973"]), holds("In 19731", ["1973"])
    (True, False)
    """
    words = normalised(text)
    return any(_within(normalised(span), words) for span in spans)


def _within(part: Sequence[str], words: Sequence[str]) -> bool:
    return bool(part) and any(words[at : at + len(part)] == part for at in range(len(words) - len(part) + 1))
