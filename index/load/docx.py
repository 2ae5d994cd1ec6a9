"""Word documents, read with markitdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.load import document, markdown, office
from index.load.converted import converted
from index.load.raw import Raw
from index.types import Article

_EMPTY_ROW = re.compile(r"^\|(?: *\|)+\n", re.MULTILINE)  # the head of a table without one


def articles(raw: Raw) -> Iterator[Article]:
    """The article of a Word document: its text with headings, lists and tables, and what it says of itself.

    Its properties are used as `document.article` says. Raises `Unreadable`.
    """
    _, properties = office.opened(raw, ".docx", "word/document.xml")
    heading, text = markdown.readable(converted(raw.source, ".docx", raw.data()), "")
    yield document.article(raw, _EMPTY_ROW.sub("", text).split("\n\n"), properties, heading)
