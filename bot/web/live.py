"""Changes of the library while somebody looks at it, so that a page that is open can follow."""

from __future__ import annotations

from collections.abc import Mapping

from bot.render.html.words import PageWording
from index.types import Inventory


def said(inventory: Inventory, fit: int, words: PageWording) -> Mapping[str, str]:
    """The counts of the page by the names of their places; `fit` is how many articles are what is looked for."""
    return {
        "searched": words("library.searched", count=inventory.total, years=_years(inventory, words)),
        "fit": words("library.fit", count=fit),
        **{f"outlet:{name or ''}": words.number(count) for name, count in inventory.outlets},
        **{f"kind:{name or ''}": words.number(count) for name, count in inventory.kinds},
    }


def _years(inventory: Inventory, words: PageWording) -> str:
    first, last = inventory.first, inventory.last
    if not first or not last:
        return ""
    if first.year == last.year:
        return words("library.one_year", year=words.year(first))
    return words("library.years", first=str(first.year), last=str(last.year))


def tag(generation: int, words: PageWording) -> str:
    """The entity tag of the counts: another one with each change of the index, and in each language."""
    return f'"{generation}-{words.language}"'
