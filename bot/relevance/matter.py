"""What it is asked what somebody says about, and who, and whether an answer is about that and theirs at all."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.entailment.support import certain
from bot.language.claim import read
from bot.language.wording import light, stands
from index.types import Article
from index.words import chinese

# "What does Ann think of the canal?", "What is Ann's view on the canal?"
_ABOUT = re.compile(
    r"\W*what (?:(?:do|does|did|has|have|had|would) (?P<who>[^?]{1,80}?) (?:ever |really )?"
    r"(?:say|said|think|thought|argue|argued|write|written|believe|claim|claimed|feel)|"
    r"(?:is|are|was|were) (?P<whose>[^?]{1,80}?)['’]s? (?:views?|opinion|stance|position|take))"
    r" (?:about|of|on|regarding) (?P<matter>[^?]{2,120})",
    re.IGNORECASE,
)
_SOMEBODY = re.compile(r"\b(?:he|she|they)\b", re.IGNORECASE)  # who is named before
# "安娜怎么看运河？"
_SEES = re.compile(r"\W*(?P<who>[^\W\d_]{2,12}?)(?:是)?(?:怎么|怎样|如何)(?:看|评价|評價|回应|回應|说|說)")
_ASKS = re.compile(r"[?？][\s*_\"”]*\Z")


def off_the_matter(question: str, told: Sequence[str]) -> bool:
    """Whether it is asked what somebody says about something, and nothing that is `told`, which has what the article
    says of itself, has a word of that, or names whom it is asked of.

    >>> off_the_matter("What did Ann say about the canal?", ["Ann said that the boats were old."])
    True
    >>> off_the_matter("What did Ann say about the canal?", ["Who dug the canal? Ann said that it was Ben."])
    False
    >>> off_the_matter("What did Ann say about the canal?", ["Ben said that the canal was deep."])
    True
    >>> [off_the_matter("安娜怎么看运河？", [each]) for each in ("安娜说运河很好。", "市长说运河很好。")]
    [False, True]
    """
    if not told:
        return False
    if chinese(question):
        sees = _SEES.match(question)
        name = sees["who"] if sees else ""
        return not any(name in each for each in told)
    found = _ABOUT.match(question)
    if not found:
        return False
    matter = {term.text for term in read(found["matter"]).terms} - light()
    speaker = read(f"That {found['who'] or found['whose']}").terms
    who = {term.text for term in speaker if certain(term) and not any(map(_SOMEBODY.search, told))}
    present = frozenset[str]().union(*(read(each).vocabulary for each in told))
    return any(sought and not any(stands(present, term) for term in sought) for sought in (matter, who))


def paragraph_to(article: Article, end: int) -> str:
    """The paragraph of an article as far as a place in it, with the one before it where that asks something.

    >>> paragraph_to(Article("a", "", "Old.\\n\\nWhy?\\n\\nIt is. It was."), 18)
    'Why? It is.'
    """
    *before, last = article.text[:end].split("\n\n")
    return f"{before[-1]} {last}" if before and _ASKS.search(before[-1]) else last
