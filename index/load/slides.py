"""Slides of PowerPoint, read with markitdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.load import document, office
from index.load.converted import converted
from index.load.raw import Raw
from index.types import Article

_NOT_TEXT = re.compile(r"<!-- Slide number: \d+ -->|!\[[^\]]*\]\([^)]*\)|^\|(?:\s*-+\s*\|)+$", re.MULTILINE)
_ROW = re.compile(r"\|.*\|")


def articles(raw: Raw) -> Iterator[Article]:
    """The article that slides make: each line of them a paragraph, their titles as headings, their notes behind them.

    Raises `Unreadable`.
    """
    _, properties = office.opened(raw, ".pptx", "ppt/presentation.xml")
    blocks = _blocks(_NOT_TEXT.sub("", converted(raw.source, ".pptx", raw.data())))
    title = next((block.removeprefix("# ") for block in blocks if block.startswith("# ")), None)
    yield document.article(raw, [re.sub(r"^# ", "## ", block) for block in blocks], properties, title)


def _blocks(text: str) -> list[str]:
    """The lines of slides; the rows of a table stay together."""
    blocks: list[str] = []
    for line in text.split("\n"):
        line = " ".join(line.split())
        if _ROW.fullmatch(line) and blocks and _ROW.fullmatch(blocks[-1].rpartition("\n")[2]):
            blocks[-1] += f"\n{line}"
        elif line:
            blocks.append(line)
    return blocks
