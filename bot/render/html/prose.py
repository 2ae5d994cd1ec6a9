"""The text of an article as a person reads it: paragraphs, headings and items of lists, each without its sign.

The text keeps its places: what is marked is told by offsets into it as it stands in the index, signs and all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.render.html.markup import Marked, marked

_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]+(?=\S)")
_ITEM = re.compile(r"[ \t]*[-*+•◦▪●■►][ \t]+(?=\S)")
_RULE = re.compile(r"[ \t]*(?:[-=*_~]{3,}[ \t]*)?\Z")  # what parts paragraphs: a blank line is one, too


class ProseKind(StrEnum):
    """Also the class in the markup."""

    PARAGRAPH = ""
    HEADING = "heading"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class ProseBlock:
    """A part of a text that stands by itself: `text[start:end]` is what is read of it."""

    kind: ProseKind
    start: int
    end: int


def blocks(text: str) -> Iterator[ProseBlock]:
    """The blocks of a text, in order and apart. What lies outside of them is white space, signs and rules.

    >>> text = "# The port\\n\\n- Ferries"
    >>> [(str(each.kind), text[each.start : each.end]) for each in blocks(text)]
    [('heading', 'The port'), ('item', 'Ferries')]
    """
    kind, start, end = ProseKind.PARAGRAPH, 0, 0  # of the block that may go on; empty where none may
    for line in _LINE.finditer(text):
        words = line[0].rstrip()
        heading, item = _HEADING.match(words), _ITEM.match(words)
        sign = heading or item
        if (sign or _RULE.match(words)) and start < end:
            yield ProseBlock(kind, start, end)
            start = end
        if heading:
            yield ProseBlock(ProseKind.HEADING, line.start() + heading.end(), line.start() + len(words))
        elif not _RULE.match(words):
            if item or start == end:
                kind = ProseKind.ITEM if item else ProseKind.PARAGRAPH
                start = line.start() + (item.end() if item else 0)
            end = line.start() + len(words)
    if start < end:
        yield ProseBlock(kind, start, end)


def prose(text: str, ranges: Sequence[Marked] = (), heading: str = "p") -> str:
    """A text as markup, with ranges of it marked; `heading` is the element of its headings.

    A range that goes on in another block is marked there, too, but has its name and number once.
    """
    named: set[Marked] = set()
    shown: list[str] = []
    for block in blocks(text):
        inside = [each for each in ranges if each.start < block.end and block.start < each.end]
        words = marked(
            text[block.start : block.end], [each.within(block.start, block.end, each in named) for each in inside]
        )
        named.update(inside)
        tag = heading if block.kind is ProseKind.HEADING else "p"
        shown.append(f'<{tag} class="{f"words {block.kind}".strip()}" dir="auto">{words}</{tag}>')
    return "".join(shown)
