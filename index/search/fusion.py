"""Two rankings of passages made one, and a list of hits made of it.

The score of a passage is the mean of its normalized BM25 and cosine, times the best cosine of the search. BM25 is
divided by its maximum; the cosine is scaled to [0, 1] by its minimum and maximum. So the scores of two questions
compare. BM25 counts alone where the embedder does not read the question's language. The question may name facts of the
article, as its outlet or its day. Each takes 0.4 of what lacks to 1.

Nothing here is fitted: on each of four sets, what is fitted on the others is no better (tests/bench/fit_search.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from index.store.ledger import StatedFacts
from index.store.retrieval import Candidate
from index.types import Effect, Filters, Hit, Understood

_UNIT = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[^\W_]+(?:[.,]\d+)*")

NAMED = 0.4  # what a fact that the question names takes of what lacks to 1
LEAST = 0.01  # of the best cosine, and of how far the cosines are apart: smaller ones are noise
ALIKE = 0.8  # pairs of neighbouring words that two passages share, of those in either, to be near-identical
LONG_ENOUGH = 0.6  # and the lengths of such passages, or their words, are no further apart than this


def fuse(
    candidates: Iterable[Candidate], understood: Sequence[Understood] = (), by_words_alone: bool = False
) -> tuple[Hit, ...]:
    """Hits, best first; equal ones in the order of their article's id and place."""
    pool = list(candidates)
    best = max((candidate.words for candidate in pool), default=0.0) or 1.0
    cosines = [candidate.meaning for candidate in pool] or [0.0]
    nearest, spread = max(cosines), max(max(cosines) - min(cosines), LEAST)
    wishes = _by_fact(understood)

    def hit(candidate: Candidate) -> Hit:
        words, named = candidate.words / best, _named(candidate.found.facts, wishes)
        near = 1 - (nearest - candidate.meaning) / spread
        score = words if by_words_alone else max(nearest, LEAST) * (words + near) / 2
        return Hit(candidate.found.passage, lifted(score, named), words, candidate.meaning, named)

    return ordered(map(hit, pool))


def lifted(score: float, named: int) -> float:
    """A score in [0, 1] of an article that has so many of the facts that the question names."""
    return 1 - (1 - min(score, 1.0)) * (1 - NAMED) ** named


def ordered(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    return tuple(sorted(hits, key=lambda hit: (-round(hit.score, 6), hit.passage.article_id, hit.passage.start)))


def varied(hits: Iterable[Hit], k: int) -> tuple[Hit, ...]:
    """The `k` best of hits that come best first; of passages that are nearly identical only the best is there."""
    kept: list[Hit] = []
    for hit in hits:
        if len(kept) == k:
            break
        if not any(alike(hit.passage.text, other.passage.text) for other in kept):
            further = any(hit.passage.article_id == other.passage.article_id for other in kept)
            kept.append(replace(hit, further=further))
    return tuple(kept)


def alike(text: str, other: str) -> bool:
    """Whether two passages say the same in nearly the same words, with the same numbers.

    >>> alike("The old bridge of Vellmar reopened on 3 May.", "The old bridge of Vellmar reopened on 4 May.")
    False
    """
    if min(len(text), len(other)) < LONG_ENOUGH * max(len(text), len(other)):
        return False
    if not _share(LONG_ENOUGH, _words(text), _words(other)):
        return False
    return _numbers(text) == _numbers(other) and _share(ALIKE, _pairs(text), _pairs(other))


def _share(part: float, one: frozenset[Any], other: frozenset[Any]) -> bool:
    """Whether so large a part of what is in either is in both."""
    shared = len(one & other)
    return shared > 0 and shared >= part * (len(one) + len(other) - shared)


@lru_cache(maxsize=256)
def _words(text: str) -> frozenset[str]:
    """Words, or characters where there are no spaces: less exact than pairs, and found in a tenth of the time."""
    said = text.casefold()
    return frozenset(said.split() if " " in said.strip() else said)


def _pairs(text: str) -> frozenset[tuple[str, str]]:
    units = _UNIT.findall(text.casefold())
    return frozenset(zip(["", *units], units, strict=False))


def _numbers(text: str) -> frozenset[str]:
    return frozenset(unit for unit in _UNIT.findall(text) if unit[0].isdigit())


def _by_fact(understood: Iterable[Understood]) -> list[list[Filters]]:
    """The preferred filters, the values of one fact together: an article can have but one of them."""
    found: dict[str, list[Filters]] = {}
    for each in understood:
        if each.effect is Effect.PREFERRED:
            found.setdefault(each.fact, []).append(each.means)
    return list(found.values())


def _named(facts: StatedFacts, wishes: Iterable[Sequence[Filters]]) -> int:
    return sum(any(meets(facts, means) for means in each) for each in wishes)


def meets(facts: StatedFacts, means: Filters) -> bool:
    """Whether an article, or a copy of it, is what a question names."""
    if means.outlet:
        return bool(facts.outlets & set(means.outlet))
    if means.author or means.kind:
        return facts.author in means.author or facts.kind in means.kind
    return (
        facts.day is not None
        and (means.since is None or means.since.toordinal() <= facts.day)
        and (means.until is None or facts.day <= means.until.toordinal())
    )


def effective(understood: Sequence[Understood], candidates: Iterable[Candidate]) -> tuple[Understood, ...]:
    """The facts that were understood, without the preferred ones that are true of nothing that was found."""
    facts = [candidate.found.facts for candidate in candidates]
    return tuple(
        each
        for each in understood
        if each.effect is Effect.REQUIRED or any(meets(found, each.means) for found in facts)
    )
