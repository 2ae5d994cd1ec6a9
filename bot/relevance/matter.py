"""What it is asked what somebody says about, and whether an answer is about that at all."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.language.claim import read
from bot.language.wording import light, stands
from index.types import Article

# "What does Ann think of the canal?", "What is Ann's view on the canal?"
_ABOUT = re.compile(
    r"\W*what (?:(?:do|does|did|has|have|had|would) [^?]{1,80}?\b(?:say|said|think|thought|argue|argued|write|written|"
    r"believe|claim|claimed|feel)|(?:is|are|was|were) [^?]{1,80}?['’]s? (?:view|views|opinion|stance|position|take))"
    r" (?:about|of|on|regarding) (?P<matter>[^?]{2,120})",
    re.IGNORECASE,
)

_ASKS = re.compile(r"[?？][\s*_\"”]*\Z")


def off_the_matter(question: str, told: Iterable[str]) -> bool:
    """Whether it is asked what somebody says about something, and nothing that is `told` has a word of that.

    >>> off_the_matter("What did Ann say about the canal?", ["Ann said that the boats were old."])
    True
    >>> off_the_matter("What did Ann say about the canal?", ["Who dug the canal? Ann said that it was Ben."])
    False
    """
    found = _ABOUT.match(question)
    matter = {term.text for term in read(found["matter"]).terms} - light() if found else set()
    present = frozenset[str]().union(*(read(each).vocabulary for each in told)) if matter else frozenset()
    return bool(matter) and not any(stands(present, term) for term in matter)


def paragraph_to(article: Article, end: int) -> str:
    """The paragraph of an article as far as a place in it, with the one before it where that asks something.

    >>> paragraph_to(Article("a", "", "Old.\\n\\nWhy?\\n\\nIt is. It was."), 18)
    'Why? It is.'
    """
    *before, last = article.text[:end].split("\n\n")
    return f"{before[-1]} {last}" if before and _ASKS.search(before[-1]) else last
