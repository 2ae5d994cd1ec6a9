"""The article that one document holds, from what it says and what is known about it."""

from __future__ import annotations

import re
from pathlib import PurePath

from index import byline
from index.byline import PageFacts
from index.load.raw import Raw
from index.types import Article


def article(raw: Raw, facts: PageFacts) -> Article:
    """The article of a document with the `facts` that it states, and where it says nothing those known from outside.

    Its id is its canonical address, else the address it came from, else its path. Its text is `facts.text`.
    """
    known = facts | raw.facts
    url = known.url or raw.url
    return Article(
        url or raw.source,
        known.title or title_of(raw.name) or raw.source,
        facts.text,
        url=url,
        author=known.author,
        outlet=known.outlet,
        published=known.published,
        modified=known.modified,
        kind=known.kind,
        section=known.section,
        language=known.language or byline.language(facts.text),
    )


def title_of(name: str) -> str:
    """A file's name as a title.

    >>> title_of("2020-07-15-open_skies.txt")
    '2020-07-15 open skies'
    """
    return re.sub(r"(?<!\d)[-_]+|[-_]+(?!\d)", " ", PurePath(name).stem).strip() or name
