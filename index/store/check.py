"""The followers against the ledger by their keys alone."""

from __future__ import annotations

from dataclasses import dataclass

from index.store.followers import Followers
from index.store.ledger import Ledger, Published


@dataclass(frozen=True, slots=True)
class StoreCheck:
    """The passages that the ledger, the vectors and the words hold, and how many differ from the ledger."""

    articles: int
    passages: int
    vectors: int
    words: int
    missing: int  # in the ledger and not in both of the others
    surplus: int  # in one of the others and not in the ledger

    @property
    def sound(self) -> bool:
        return not (self.missing or self.surplus)


def check(ledger: Ledger, followers: Followers, now: Published) -> StoreCheck:
    live = ledger.keys(now)
    if not now.generation:
        return StoreCheck(0, len(live), 0, 0, len(live), 0)
    vectors, words = followers.vectors(now).keys(now.generation), followers.words(now).keys(now.generation)
    return StoreCheck(
        articles=len(ledger),
        passages=len(live),
        vectors=len(vectors),
        words=len(words),
        missing=len(live - (set(vectors) & set(words))),
        surplus=len((set(vectors) | set(words)) - live) + len(words) - len(set(words)),
    )
