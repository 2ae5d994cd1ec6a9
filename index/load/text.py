"""Plain text, such as a news page saved from a browser."""

from __future__ import annotations

import re
from pathlib import Path

from index.byline import facts
from index.errors import Unreadable
from index.types import Article


def article(path: Path, text: str) -> Article:
    """The article that a page of plain text holds, with the facts that the page prints. Raises `Unreadable`."""
    found = facts(text)
    if not found.text:
        raise Unreadable(str(path), "It holds no article, only what pages put around one. Save the page with its text.")
    return Article(
        str(path.resolve()),
        found.title or title_of(path),
        found.text,
        author=found.author,
        outlet=found.outlet,
        published=found.published,
        modified=found.modified,
        kind=found.kind,
        language=found.language,
    )


def title_of(path: Path) -> str:
    """A file's name as a title.

    >>> title_of(Path("2020-07-15-open_skies.txt"))
    '2020-07-15 open skies'
    """
    return re.sub(r"(?<!\d)[-_]+|[-_]+(?!\d)", " ", path.stem).strip() or path.name
