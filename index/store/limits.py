"""Limits of a search, as the store has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

Days = tuple[int | None, int | None]  # ordinals of the first and the last day


class SearchLimits(NamedTuple):
    """An article has to be within each of these. Numbers are those of articles in the ledger."""

    facts: Mapping[str, Sequence[str]] = {}  # one of these values, as they are in the ledger
    days: Days = (None, None)
    also: Sequence[int] = ()  # articles that have an outlet of `facts` by a copy
    articles: Sequence[int] | None = None  # the only ones that may be found; None: all

    @property
    def limited(self) -> bool:
        """Whether anything is left out."""
        return bool(self.facts) or self.days != (None, None) or self.articles is not None
