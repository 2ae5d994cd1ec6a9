"""What an empty page says: what Byline is, and what it has read."""

from __future__ import annotations

from bot.attribute import day
from bot.web.markup import safe
from index.types import Inventory

ASKING = "What would you like to know?"
SENTENCE = (
    "Byline answers from articles that it has read, and proves each sentence by their exact words. "
    "Where they do not say, it says so."
)
NAMED = 4  # outlets that are named; the others are counted


def before(what: str) -> str:
    """Until the articles are there."""
    return _welcome(what)


def opened(inventory: Inventory) -> str:
    return _welcome(read(inventory))


def read(inventory: Inventory) -> str:
    """How many articles, of which outlets, from when to when.

    >>> from datetime import date
    >>> read(Inventory(3, (("Courier", 2), ("Gazette", 1)), days=((date(2021, 5, 4), 1), (date(2021, 6, 1), 2))))
    'It has read 3 articles from Courier and Gazette, of 4 May 2021 to 1 June 2021.'
    """
    if not inventory.total:
        return "It has read nothing yet. Bring articles in with `byline index`."
    count = f"{inventory.total:,} article{'' if inventory.total == 1 else 's'}"
    outlets = tuple(outlet for outlet, _ in inventory.outlets if outlet)
    return f"It has read {count}{f' from {_outlets(outlets)}' if outlets else ''}{_span(inventory)}."


def _outlets(outlets: tuple[str, ...]) -> str:
    others = len(outlets) - NAMED
    names = [*outlets[:NAMED], f"{others} other{'' if others == 1 else 's'}"] if others > 0 else [*outlets]
    *all_but_last, last = names
    return f"{', '.join(all_but_last)} and {last}" if all_but_last else last


def _span(inventory: Inventory) -> str:
    first, last = day(inventory.first), day(inventory.last)
    if first == last:
        return f", of {first}" if first else ""
    return f", of {first} to {last}"


def _welcome(what: str) -> str:
    return f'<div class="welcome"><h2>{ASKING}</h2><p>{SENTENCE}</p><p class="read" dir="auto">{safe(what)}</p></div>'
