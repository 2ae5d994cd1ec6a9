"""The head of an article as a reader of the page sees it: the title and the lines around it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.byline.claims import LONGEST_TITLE
from index.byline.credits import plain
from index.byline.dates import Order
from index.byline.languages import code, language, order_of, plausible
from index.byline.names import outlet
from index.byline.outline import Mark, Outline, OutlineLine, class_words, index_of, inside, outline, text_of
from index.byline.page import prose
from index.byline.titles import bare, crumbs, same_title, without_names

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ABOVE = 4  # lines above a title, at most, that are of the article's head: a section, a date
_BELOW = 40  # lines below it, where no paragraph ends the head
_AFTER = 8  # lines after the last paragraph
_FIRST = 150  # lines of a page among which a title stands
_PARAGRAPHS = 2  # that may stand above a byline: a summary, a caption
_LONGEST_TEXT = 8000  # characters by which a language is told
_TITLE_CLASS = re.compile(r"(?:entry|post|article|story|news|main)[-_]{1,2}(?:title|headline)|headline|p-name", re.I)
_CRUMBS = re.compile(r"(?:[\w-]+[-_])?bread-?crumbs?(?:[-_][\w-]+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Seen:
    """`lines` are those of the article, `top` the one that is its title; `marks` stand in its head."""

    lines: tuple[OutlineLine, ...]
    top: int | None
    heading: HtmlElement | None = field(repr=False)
    heading_text: str | None
    head_title: str | None  # of <title>
    titles: tuple[str, ...]  # all that may be the article's
    marks: tuple[Mark, ...]
    crumbs: tuple[str, ...]
    prose: str
    order: Order | None

    @classmethod
    def of(cls, root: HtmlElement) -> Seen:
        found = outline(root)
        stated = _stated_titles(root)
        heading, top = _heading(root, found.lines, stated)
        first, last, head = _region(found, heading, top)
        lines = found.lines[first:last]
        text = _text(lines, found.lines)
        shown = found.lines[top].text if top is not None else None
        return cls(
            lines=lines,
            top=None if top is None else top - first,
            heading=heading,
            heading_text=plain(shown, LONGEST_TITLE),
            head_title=plain(_head_title(root), LONGEST_TITLE),
            titles=tuple(filter(None, [*stated, shown])),
            marks=tuple(mark for mark in found.marks if first <= mark.line <= head),
            crumbs=_crumbs(root, [*stated, shown or ""]),
            prose=text,
            order=_order(root, text),
        )


def _stated_titles(root: HtmlElement) -> list[str]:
    names = ("og:title", "twitter:title", "citation_title")
    values = [each.get("content") for each in root.iter("meta") if (each.get("property") or each.get("name")) in names]
    texts = [text for text in (plain(value, LONGEST_TITLE) for value in [*values[:5], _head_title(root)]) if text]
    return list(dict.fromkeys([*texts, *(without_names(text, ()) for text in texts)]))


def _head_title(root: HtmlElement) -> str | None:
    return next((text_of(each) for each in root.iter("title")), None)


def _heading(
    root: HtmlElement, lines: Sequence[OutlineLine], titles: Sequence[str]
) -> tuple[HtmlElement | None, int | None]:
    """The element and the line of the title: the first heading that a stated title confirms. Else it is a confirmed
    line, else the only heading."""
    numbered = [(each, index_of(lines, each)) for each, _ in zip(root.iter("h1"), range(5), strict=False)]
    headings = [(each, number) for each, number in numbered if number is not None]
    for element, number in headings:
        if any(same_title(lines[number].text, title) for title in titles):
            return element, number
    for number, line in enumerate(lines[:_FIRST]):
        if len(line.text) <= LONGEST_TITLE and not outlet(line.text) and _titled(line.text, titles):
            return line.element, number
    named = ((each, index_of(lines, each)) for each in root.iter("h1", "h2", "h3", "h4", "div", "p") if _called(each))
    others = [(each, number) for each, number in named if number is not None][:1]
    sole = [(element, number) for element, number in headings + others if not outlet(lines[number].text)]
    return sole[0] if sole else (None, None)


def _called(element: HtmlElement) -> bool:
    return any(_TITLE_CLASS.fullmatch(word) for word in class_words(element))


def _titled(text: str, titles: Sequence[str]) -> bool:
    """Whether a line is a stated title, or the greater part of one."""
    return any(same_title(text, title) and 2 * len(bare(text)) >= len(bare(title)) for title in titles)


def _region(found: Outline, heading: HtmlElement | None, top: int | None) -> tuple[int, int, int]:
    """The first line of the article, the one after its last, and the last of its head."""
    below = range(0 if top is None else top + 1, len(found.lines))
    paragraphs = [number for number in below if prose(found.lines[number].text)]
    holder = _holder(found.lines, heading, paragraphs)
    own = [number for number in paragraphs if holder is None or inside(found.lines[number].element, holder)]
    first = 0 if top is None else top - _kicker(found.lines, heading, top)
    head = own[_PARAGRAPHS - 1] if len(own) >= _PARAGRAPHS else min((top or 0) + _BELOW, len(found.lines))
    last = min(own[-1] + 1 + _AFTER, len(found.lines)) if own else min((top or 0) + _BELOW, len(found.lines))
    while own and last > own[-1] + 1 and holder is not None and not inside(found.lines[last - 1].element, holder):
        last -= 1
    return first, last, head


def _holder(lines: Sequence[OutlineLine], heading: HtmlElement | None, paragraphs: Sequence[int]) -> HtmlElement | None:
    """The smallest element that holds the heading and half of the paragraphs below it."""
    if heading is None or not paragraphs:
        return None
    for above in heading.iterancestors():
        held = sum(inside(lines[number].element, above) for number in paragraphs[:50])
        if 2 * held >= len(paragraphs[:50]):
            return above
    return None


def _kicker(lines: Sequence[OutlineLine], heading: HtmlElement | None, top: int) -> int:
    """How many lines stand above the title in its element; 0 where they are many, as in a menu."""
    if heading is None:
        return 0
    for above in heading.iterancestors():
        held = 0
        while held < min(top, _ABOVE + 1) and inside(lines[top - held - 1].element, above):
            held += 1
        if held:
            return held if held <= _ABOVE else 0
    return 0


def _text(lines: Sequence[OutlineLine], page: Sequence[OutlineLine]) -> str:
    """The paragraphs of the article, by which its language is told; else all that the page has."""
    own = " ".join(line.text for line in lines if prose(line.text))
    return (own or " ".join(line.text for line in page))[:_LONGEST_TEXT]


def _order(root: HtmlElement, text: str) -> Order | None:
    """The order of 7/8/2020 here, by the locales that the page states and that its text does not belie."""
    told = language(text)
    for locale in _locales(root):
        found = code(locale)
        if found and plausible(found, text) and told in (None, found) and (order := order_of(locale)):
            return order
    return None


def _locales(root: HtmlElement) -> Iterator[str]:
    yield (root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "")[:30]
    for each in root.iter("meta"):
        name = (each.get("property") or each.get("name") or each.get("http-equiv") or "").lower()
        if name in ("og:locale", "content-language", "language"):
            yield (each.get("content") or "")[:30]


def _crumbs(root: HtmlElement, titles: Sequence[str]) -> tuple[str, ...]:
    """The sections in the page's breadcrumbs, the nearest first."""
    for element in root.iter("nav", "ol", "ul", "div", "p"):
        if any(_CRUMBS.fullmatch(word) for word in class_words(element)):
            parts = (plain(text_of(each), LONGEST_TITLE) for each in element.iter("a", "li", "span"))
            names = dict.fromkeys(part for part in list(parts)[:20] if part and len(part) < LONGEST_TITLE)
            singles = [name for name in names if not any(other != name and other in name for other in names)]
            return crumbs(singles, titles)
    return ()
