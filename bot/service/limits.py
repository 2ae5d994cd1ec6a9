"""Limits that leave no article: an error of whoever asks within them, not an answer that found nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import UsageError
from bot.render.text import filters_line, limits
from index.types import Filters

if TYPE_CHECKING:
    from index.index import Index


class NothingWithin(UsageError):
    def __init__(self, limits: str, remedy: str) -> None:
        super().__init__(f"No article lies within these limits: {limits}. {remedy}")


def ensure_some(index: Index, asked: Filters, within: Filters) -> None:
    """For programs, which asked for some filters `within` what they may read.

    Raises NothingWithin, ArticleMissing, CollectionMissing.
    """
    if asked and _nothing(index, within):
        told = ", ".join(f"{name} {value}" for name, value in limits(asked))
        raise NothingWithin(told, "Correct them, or leave some out.")


def ensure_some_for_command(index: Index, filters: Filters) -> None:
    """Same as `ensure_some`, for a command whose options the filters are."""
    if filters and _nothing(index, filters):
        raise NothingWithin(filters_line(filters), "`byline articles` lists what there is.")


def _nothing(index: Index, filters: Filters) -> bool:
    """Not of an empty index: there it is not for the limits that nothing is found."""
    return not index.count(filters) and len(index) > 0
