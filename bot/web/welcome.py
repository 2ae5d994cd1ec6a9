"""Welcome of an empty page: what Byline is, and what it has read."""

from __future__ import annotations

from bot.render.html.markup import safe
from bot.render.html.words import ENGLISH, PageWording
from bot.wording.facts import period
from index.types import Inventory

NAMED = 4  # outlets that are named; the others are counted


def before(words: PageWording = ENGLISH) -> str:
    """Until the articles are there."""
    return _welcome(words("page.opening"), words)


def opened(inventory: Inventory, words: PageWording = ENGLISH) -> str:
    return _welcome(read(inventory, words), words)


def read(inventory: Inventory, words: PageWording = ENGLISH) -> str:
    """How many articles, of which outlets, from when to when. An article that states neither is told apart.

    >>> from datetime import date
    >>> read(Inventory(3, (("Courier", 2), ("Gazette", 1)), days=((date(2021, 5, 4), 1), (date(2021, 6, 1), 2))))
    'It has read 3 articles from Courier and Gazette, dated 4 May 2021 to 1 June 2021.'
    >>> read(Inventory(3, (("Courier", 1), (None, 2)), days=((date(2021, 6, 1), 3),)))
    'It has read 3 articles, dated 1 June 2021. 1 is from Courier, the rest without an outlet.'
    """
    if not inventory.total:
        return words("welcome.nothing")
    whole, apart = {"outlets": "", "days": ""}, list[str]()
    if names := [outlet for outlet, _ in inventory.outlets if outlet]:
        outlets, count = _outlets(names, words), inventory.with_outlet
        if count == inventory.total:
            whole["outlets"] = words("welcome.outlets", outlets=outlets)
        else:
            apart.append(words("welcome.some_outlets", count=count, outlets=outlets))
    if count := inventory.with_day:
        if count == inventory.total:
            whole["days"] = _span(inventory, words)
        else:
            days = period(inventory.first, inventory.last, words)
            apart.append(words("welcome.some_days", count=count, days=days))
    return words("chat.between").join([words("welcome.read", count=inventory.total, **whole), *apart])


def _outlets(names: list[str], words: PageWording) -> str:
    others = len(names) - NAMED
    return words.every([*names[:NAMED], words("welcome.others", count=others)] if others > 0 else names)


def _span(inventory: Inventory, words: PageWording) -> str:
    first, last = words.day(inventory.first), words.day(inventory.last)
    if first == last:
        return words("welcome.one_day", day=first)
    return words("welcome.days", first=first, last=last)


def _welcome(what: str, words: PageWording) -> str:
    heading, sentence = safe(words("welcome.asking")), safe(words("welcome.what"))
    return f'<div class="welcome"><h2>{heading}</h2><p>{sentence}</p><p class="read">{safe(what)}</p></div>'
