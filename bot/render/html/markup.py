"""Text to markup in which it is text and nothing else.

Gradio reads what it shows as Markdown first and as HTML then. A block that begins with an HTML tag and holds no line
end is not read as Markdown, so that escaped text inside it stays text: no image, link, formula or script.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from index.text.surrogates import without_surrogates

_LINE_ENDS = {ord(character): f"&#{ord(character)};" for character in "\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"}


def safe(text: str) -> str:
    """`text` as it stands, for use in an element or an attribute: on one line, and with nothing left that is markup.

    >>> safe("<img src=x>")
    '&lt;img src=x&gt;'
    """
    return html.escape(without_surrogates(text)).translate(_LINE_ENDS)


def lang(language: str | None) -> str:
    """The attribute of an element whose text is in a language, for voices and fonts; empty where it is not known.

    >>> lang("zh"), lang(None)
    (' lang="zh"', '')
    """
    return f' lang="{safe(language)}"' if language else ""


@dataclass(frozen=True, slots=True)
class Marked:
    """A range of characters to mark in a text, and the markup that goes before and behind it.

    It may take several elements. All of them have its name as a class, and the first has it as its id.
    """

    start: int
    end: int
    before: str = ""
    name: str = ""
    classes: str = ""
    begun: bool = False  # whether its beginning stands elsewhere
    after: str = ""  # the markup that goes behind it
    tag: str = "mark"  # of its elements

    def within(self, start: int, end: int, begun: bool) -> Marked:
        """The share of the range that lies in a part of the text, in offsets into that."""
        after = self.after if self.end <= end else ""
        return replace(self, start=max(self.start - start, 0), end=min(self.end, end) - start, begun=begun, after=after)

    def opening(self, place: int) -> str:
        """The beginning of one of its elements."""
        classes = " ".join(filter(None, (self.name, self.classes)))
        attributes = f' class="{classes}"' if classes else ""
        if self.begun or place > self.start:
            return f"<{self.tag}{attributes}>"
        name = f' id="{self.name}" tabindex="-1"' if self.name else ""
        return f"{self.before}<{self.tag}{name}{attributes}>"

    def closing(self, place: int) -> str:
        """The end of one of its elements."""
        return f"</{self.tag}>{self.after if place >= self.end else ''}"


def answering(spans: Iterable[tuple[int, int]]) -> list[Marked]:
    """The words that answer, as ranges to mark.

    >>> marked("In 1974.", answering([(3, 7)]))
    'In <strong class="answering">1974</strong>.'
    """
    return [Marked(start, end, classes="answering", tag="strong") for start, end in spans]


def marked(text: str, ranges: Iterable[Marked]) -> str:
    """`text` with ranges in their elements. One inside another is an element inside its element; one that goes on
    behind the end of another is in two.

    >>> marked("abc", [Marked(0, 3), Marked(1, 2)]), marked("abc", [Marked(0, 2), Marked(1, 3)])
    ('<mark>a<mark>b</mark>c</mark>', '<mark>a<mark>b</mark></mark><mark>c</mark>')
    """
    inside = [
        each.within(0, len(text), each.begun) for each in sorted(ranges, key=lambda each: (each.start, -each.end))
    ]
    places = sorted(
        {0, len(text), *(place for each in inside if each.start < each.end for place in (each.start, each.end))}
    )
    parts: list[str] = []
    opened: list[Marked] = []
    for start, end in pairwise(places):
        covering = [each for each in inside if each.start <= start and end <= each.end]
        kept = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], zip(opened, covering, strict=False)))
        parts += [each.closing(start) for each in opened[kept:][::-1]]
        parts += [each.opening(start) for each in covering[kept:]]
        parts.append(safe(text[start:end]))
        opened = covering
    return "".join((*parts, *(each.closing(len(text)) for each in opened[::-1])))
