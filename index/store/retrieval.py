"""The candidates of a search: the passages of one generation that the words and the vectors find, within filters."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from index.store.agreement import StoreAgreement
from index.store.followers import Followers
from index.store.ledger import FoundPassage, Ledger, Published
from index.store.limits import SearchLimits
from index.store.nearest import nearest_within
from index.store.scope import Scope
from index.types import Filters

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

WIDER = 2  # a passage that is near has its BM25 where it is among twice the passages asked of the word index


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that one of the two indexes found."""

    found: FoundPassage
    words: float  # BM25; 0 where the word index did not find it
    meaning: float  # cosine; 0 where there was no vector to compare with


class Retrieval:
    """Reads what is published `now`. Whether it still is when that is done is for the caller to look."""

    def __init__(self, ledger: Ledger, scope: Scope, followers: Followers, agreement: StoreAgreement) -> None:
        self._ledger = ledger
        self._scope = scope
        self._followers = followers
        self._agreement = agreement

    def candidates(
        self,
        now: Published,
        made: Vector | Future[Vector] | None,
        terms: Sequence[str],
        count: int,
        within: Sequence[Filters],
    ) -> tuple[Candidate, ...]:
        """The nearest and the best within the first filters, and the best within each of the others.

        All are within the articles and collections of the first, whatever the others say of them. Raises
        ArticleMissing, CollectionMissing.
        """
        articles = self._scope.articles(within[0], now)
        limits = [self._scope.limits_within(filters, now, articles) for filters in within]
        if not now.generation or limits[0] is None or articles == ():
            return ()
        pool: dict[int, None] = {}
        words: dict[int, float] = {}
        for limit in limits:
            if limit is None:
                continue
            matched = self._followers.words(now).matching(now.generation, terms, WIDER * count, limit)
            pool.update(dict.fromkeys(islice(matched, count)))
            words.update(matched)
        vector = made.result() if isinstance(made, Future) else made
        near = self._near(now, vector, count, limits[0]) if vector is not None else []
        keys, by_outlet = {**pool, **dict.fromkeys(near)}, any(filters.outlet for filters in within[1:])
        found = self._ledger.found(keys, now.generation, now.edition, copies=by_outlet)
        cosines = _cosines(vector, [each.vector for each in found])
        return tuple(
            Candidate(each, words.get(each.key, 0.0), cosine) for each, cosine in zip(found, cosines, strict=True)
        )

    def _near(self, now: Published, vector: Vector, count: int, limits: SearchLimits) -> list[int]:
        """The keys of at least `count` passages that are alive and within limits, where there are so many."""
        self._agreement.require(now.generation, vector.size)
        if not limits.limited:
            return self._near_alive(now, vector, count)
        vectors, words, at = self._followers.vectors(now), self._followers.words(now), now.generation
        return nearest_within(
            vector,
            count,
            words.sizes(at, limits),
            lambda most, among: vectors.near(at, vector, most, among),
            lambda most, among: words.within(at, limits, most, among),
            self._ledger.vectors,
        )

    def _near_alive(self, now: Published, vector: Vector, count: int) -> list[int]:
        """A server's collection also holds what is not published yet, and what died of late; where that takes the
        places of what is alive, more are asked for."""
        vectors, asked = self._followers.vectors(now), count
        while True:
            near = vectors.near(now.generation, vector, asked)
            if vectors.by_files or len(near) < asked or len(self._alive(near, now)) >= count:
                return near
            asked *= 2

    def _alive(self, keys: Sequence[int], now: Published) -> Sequence[FoundPassage]:
        return self._ledger.found(keys, now.generation, now.edition)


def _cosines(vector: Vector | None, stored: Sequence[bytes]) -> list[float]:
    """The cosine of a vector and each of those stored; 0 where there is none to compare."""
    if vector is None or not stored:
        return [0.0] * len(stored)
    import numpy as np

    vectors = np.frombuffer(b"".join(stored), dtype="<f2").reshape(len(stored), -1).astype(np.float32)
    return [float(cosine) for cosine in vectors @ vector]
