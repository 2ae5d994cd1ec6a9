"""Plain text, such as a news page saved from a browser."""

from __future__ import annotations

from collections.abc import Iterator

from index.byline import facts
from index.errors import Unreadable
from index.load import assemble
from index.load.decode import text_of
from index.load.raw import Raw
from index.types import Article


def articles(raw: Raw) -> Iterator[Article]:
    """The article that a page of plain text holds, with the facts that the page prints. Raises `Unreadable`."""
    found = facts(text_of(raw))
    if not found.text:
        raise Unreadable(
            raw.source, "It holds no article, only what pages put around one. Save the page with its text."
        )
    yield assemble.article(raw, found)
