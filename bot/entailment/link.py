"""Two things and what joins them: a reason and what follows from it, the greater and the less. The other way round it
is another claim, however many words the two share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.language.comparison import DEGREE
from index.words import content_terms

_PASS = r"(?:surpass\w*|exceed\w*|outnumber\w*|outstrip\w*|outs(?:ell\w*|old)|overt(?:ak\w+|ook))"
_LINK = re.compile(
    r"\b(?:(?P<outcome>(?:led|leads?|leading|contribut\w+|gave rise) to|caus(?:e[sd]?|ing)|result(?:s|ed|ing)? in|"
    r"brought about|spark(?:s|ed)|trigger(?:s|ed)|prompt(?:s|ed))|"
    r"because(?: of)?|due to|owing to|thanks to|(?:as )?a result of|(?:caused|triggered|sparked|prompted) by|"
    r"(?P<spite>despite|in spite of|notwithstanding|although|even though)|"
    rf"(?P<passed>(?:is|are|was|were|been|being) {_PASS} by)|(?P<over>{_PASS})|"
    rf"(?P<degree>{DEGREE})[^.;:,]{{0,60}}? than)"
    r"(?! by)\b",
    re.IGNORECASE,
)
_BORDER = re.compile(r"[,;:]|\b(?:and|but|while|which|that|who|before|after)\b")


@dataclass(frozen=True, slots=True)
class _Link:
    """The terms on either side, and what joins them."""

    kind: str
    first: frozenset[str]  # the reason, or what is more
    second: frozenset[str]  # what follows from it, or what is less
    over: bool = False  # whether the word says by itself that one passes the other

    def turned(self, other: _Link) -> bool:
        """Whether each side has more in common with the other one's other side; where the other one tells what it
        passes, which may go without a name, one side is enough."""
        first, second = self.first - self.second, self.second - self.first
        here, there = (len(second & side) for side in (other.second, other.first))
        swapped = len(first & other.second) > len(first & other.first)
        return self.kind == other.kind and swapped and (there >= here if other.over else there > here)

    def agrees(self, other: _Link) -> bool:
        """Whether the sides have something in common, and not the other way round."""
        return self.kind == other.kind and bool(self.first & other.first) and not self.turned(other)

    def defied(self, other: _Link) -> bool:
        """Whether the reason is what something was in spite of."""
        spite = self.kind == "reason" and other.kind == "spite"
        return spite and len(self.first & other.first) > len(self.first & other.second)


def turned(claim: str, quotes: Iterable[str]) -> bool:
    """Whether a claim joins two things the other way round than a quote, or gives for a reason what something was in
    spite of.

    >>> turned("The revolt led to the famine.", ["The famine of 1788 led to a revolt in the south."])
    True
    >>> turned("The Ann cost more than the Ben.", ["The storm cost $7 billion, surpassing the Ann."])
    True
    >>> turned("The Ann cost more than the Ben.", ["The Ben cost $7 billion, and was surpassed by the Ann in 1992."])
    False
    >>> turned("The tunnel is longer than the bridge.", ["The bridge is longer than the tunnel."])
    True
    """
    own = list(_links(claim))
    there = [link for quote in quotes for link in _links(quote)] if own else []
    return any(
        any(link.turned(other) or link.defied(other) for other in there) and not any(map(link.agrees, there))
        for link in own
    )


def _links(text: str) -> Iterator[_Link]:
    for found in _LINK.finditer(text):
        before = frozenset(content_terms(_BORDER.split(text[: found.start()])[-1]))
        after, *later = (frozenset(content_terms(part)) for part in _BORDER.split(text[found.end() :]))
        if found["passed"]:
            yield _Link("more", after, before, over=True)
        elif found["over"]:
            yield _Link("more", before, after, over=True)
        elif found["degree"]:
            yield _Link(found["degree"].lower(), before, after)
        elif found["outcome"]:
            yield _Link("reason", before, after)
        else:  # "Because it rained, they left": what follows from it stands after it
            yield _Link("spite" if found["spite"] else "reason", after, before or next(iter(later), frozenset()))
