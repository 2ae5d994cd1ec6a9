"""Questions that set two against each other: "Who left first, Russia or China?" What is told of one answers half."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.wording import carries
from index.words import CAPITAL, content_terms, vocabulary

_COMPARES = re.compile(
    r"\b(?:first|last|before|after|sooner|(?!(?:other|whether|either|her|per|over|under|after|ever|never|number)\b)"
    r"[a-z]{2,}er|more|less|most|least|[a-z]{2,}est)\b"
)
_NAME = rf"(?:the )?{CAPITAL}[\w.’'-]*(?: (?:of (?:the )?)?(?:{CAPITAL}[\w.’'-]*|\d+))*"
_EITHER = re.compile(rf"(?P<one>{_NAME}),? or (?P<other>{_NAME})")


@dataclass(frozen=True, slots=True)
class Either:
    """The two, each by the terms of its name alone, and what is asked of them."""

    names: tuple[frozenset[str], ...] = ()
    matter: str = ""

    def left_out(self, told: str) -> frozenset[str]:
        """The name of the one of whom nothing is told, while the other is told of; empty where both are, or neither."""
        present = vocabulary(told)
        absent = [name for name in self.names if not all(carries(present, term) for term in name)]
        return absent[0] if len(absent) == 1 else frozenset()


def either_of(question: str) -> Either:
    """The two that the question compares; none where it does not.

    >>> either = either_of("Who left first, Russia or the United States?")
    >>> sorted(either.left_out("Russia left in 2021.")), either.matter
    (['state', 'unit'], 'Who left first, ?')
    >>> either_of("Did Russia or the United States leave?").names
    ()
    """
    found = _EITHER.search(question)
    if not found or not _COMPARES.search(question):
        return Either()
    one, other = (frozenset(content_terms(found[each])) for each in ("one", "other"))
    names = (one - other or one, other - one or other)
    return Either(names, question[: found.start()] + question[found.end() :]) if all(names) else Either()
