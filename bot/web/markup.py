"""Text to markup in which it is text and nothing else.

Gradio reads what it shows as Markdown first and as HTML then. A block that begins with an HTML tag and holds no line
end is not read as Markdown, so that escaped text inside it stays text: no image, link, formula or script.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass, replace

_LINE_ENDS = {ord(character): f"&#{ord(character)};" for character in "\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"}


def safe(text: str) -> str:
    """`text` as it stands, for use in an element or an attribute: on one line, and with nothing left that is markup.

    >>> safe("<img src=x>")
    '&lt;img src=x&gt;'
    """
    return html.escape(text.encode(errors="replace").decode()).translate(_LINE_ENDS)


def lang(language: str | None) -> str:
    """The attribute of an element whose text is in a language, for voices and fonts; empty where it is not known.

    >>> lang("zh"), lang(None)
    (' lang="zh"', '')
    """
    return f' lang="{safe(language)}"' if language else ""


@dataclass(frozen=True, slots=True)
class Marked:
    """A range of characters to mark in a text, the markup that goes before it, and its attributes: those that only one
    element may have (`name`), and others."""

    start: int
    end: int
    before: str = ""
    name: str = ""
    attributes: str = ""

    def moved(self, by: int, named: bool) -> Marked:
        """The range elsewhere; if not `named`, without what it has only once."""
        before, name = (self.before, self.name) if named else ("", "")
        return replace(self, start=self.start + by, end=self.end + by, before=before, name=name)


def marked(text: str, ranges: Iterable[Marked]) -> str:
    """`text` with ranges in `<mark>`. What a range shares with an earlier one stays with the earlier one."""
    parts: list[str] = []
    place = 0
    for each in sorted(ranges, key=lambda each: (each.start, each.end)):
        start, end = max(each.start, place), min(each.end, len(text))
        if start < end:
            parts += [
                safe(text[place:start]),
                each.before,
                f"<mark{each.name}{each.attributes}>",
                safe(text[start:end]),
                "</mark>",
            ]
            place = end
    return "".join(parts) + safe(text[place:])
