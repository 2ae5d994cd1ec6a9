"""Who wrote an article, where and when, as markup: the day that it tells of leads, that of its publication is small."""

from __future__ import annotations

from bot.render.html.markup import safe
from bot.render.html.words import ENGLISH, PageWording
from bot.wording.facts import Facts, lead, published


def byline(facts: Facts, words: PageWording = ENGLISH, *, kind: bool = True) -> str:
    """Same as `bot.wording.facts.byline`, as markup.

    >>> from datetime import date
    >>> from bot.types import Near
    >>> byline(Near("a", "A title", outlet="Gazette", published=date(2026, 11, 24), as_of=date(2020, 6, 15)))
    'Gazette, as of 15 June 2020, <small class="published">published 24 November 2026</small>'
    """
    day = published(facts, words)
    small = f'<small class="published">{safe(day)}</small>' if day else ""
    return words("facts.comma").join(filter(None, (safe(lead(facts, words, kind=kind)), small)))
