"""A page's elements to the lines that a reader sees, and the elements among them that mark a fact."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_BLOCKS = frozenset(
    "address article aside blockquote body br button caption center dd details dialog div dl dt fieldset figure "
    "figcaption footer form h1 h2 h3 h4 h5 h6 header hr html legend li main nav ol option p pre section summary table "
    "tbody td tfoot th thead title tr ul".split()
)
_UNSEEN = frozenset(
    "audio base canvas datalist embed head iframe link map math meta noembed noframes noscript object picture script "
    "select source style svg template textarea title track video".split()
)
_AROUND = frozenset("aside button dialog figcaption footer form menu nav".split())
# One of the words of an element's class or id, whole or as its first or last part: "related-articles", "site-footer".
_AROUND_WORDS = (
    r"comments?|disqus|related|recirc\w*|recommend\w*|newsletters?|promos?|teasers?|sidebar|popular|trending|most-?read|"
    r"cookies?|consent|gdpr|cmp|share|sharing|social|sociallinks|adverts?|advertisement|ads?|sponsored|outbrain|taboola|"
    r"footer|nav|navbar|navigation|menu|breadcrumbs?|subscribe|subscription|signup|modal|popup|"
    r"(?:wp|image|photo|img|picture|media|figure|video|gallery|slide)[-_]{1,2}caption|caption-text|"
    r"read-?more|more-stories|more-from|also-read|further-reading|tags|tag-list|author-bio|author-box|bio|toolbar|skip|"
    r"visually-?hidden|sr-only|screen-reader-text|print-only|noprint|paywall-offer|pagination|prev-next|post-navigation"
)
_AROUND_NAME = re.compile(
    rf"(?:[a-z0-9]+[-_]{{1,2}}){{0,3}}(?:{_AROUND_WORDS})(?:[-_]{{1,2}}[a-z0-9]+){{0,3}}", re.IGNORECASE
)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NEVER = frozenset({"html", "body", "main", "article", "h1"})
_MARKING = re.compile(
    r"(?:\b|_)(?:byline|author|writer|reporter|journalist|contributor|dateline|p-author|source|laiyuan|media-?name)",
    re.IGNORECASE,
)
_MOST_LINES = 4000  # and marks
_NEAR = 64  # characters before a mark
AFTER_SOURCE = re.compile(r"(?:来源|來源|稿源|出处)\s*[:：]\s*\Z")
_SPACE = re.compile(r"\s+")
_PIECE = "\x1f"


@dataclass(frozen=True, slots=True)
class OutlineLine:
    """A line that a reader sees, and the element that it begins in."""

    text: str
    element: HtmlElement = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mark:
    """An element that may state a fact, where it stands: in which line, and after which words of it."""

    element: HtmlElement = field(repr=False)
    line: int
    before: str


@dataclass(frozen=True, slots=True)
class Outline:
    lines: tuple[OutlineLine, ...]
    marks: tuple[Mark, ...]


def outline(root: HtmlElement) -> Outline:
    """The lines of the page without its menus, boxes, captions and comments, and what marks facts among them."""
    found = _Builder()
    left_out = frozenset(around(root))
    from lxml import etree

    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if len(found.lines) >= _MOST_LINES:
            break
        if event == "start" and (element in left_out or _unseen(element)):
            walk.skip_subtree()
        elif event == "start":
            found.begin(element)
        else:
            found.end(element, hidden=element in left_out or _unseen(element))
    found.flush(root)
    return Outline(tuple(found.lines), tuple(found.marks))


def around(root: HtmlElement) -> Iterator[HtmlElement]:
    """The elements around an article and in it that are no part of it, by their names. They are never the greater part
    of a page.

    An element that holds the first heading is not among them, whatever it is called.
    """
    lengths = _lengths(root)
    half = lengths.get(root, 0) / 2
    headings = {above for heading in root.iter("h1") for above in heading.iterancestors()}
    for element in root.iter():
        small = lengths.get(element, 0) <= half and element not in headings
        if small and isinstance(element.tag, str) and _is_around(element):
            yield element


def class_words(element: HtmlElement) -> list[str]:
    return f"{element.get('class') or ''} {element.get('id') or ''}"[:500].split()


def text_of(element: HtmlElement) -> str:
    """All the text in an element, in one line."""
    return " ".join(pieces_of(element))


def pieces_of(element: HtmlElement, *, inline: bool = False) -> list[str]:
    """The text in an element, in its blocks. With `inline`, also what begins an element without a space before it
    stands apart: `<span>Jane Doe</span><span>Editor</span>`."""
    from lxml import etree

    parts: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, each in walk:
        unseen = each is not element and _unseen(each)
        text = (each.text if event == "start" else None if each is element else each.tail) or ""
        close = inline and event == "start" and parts and not parts[-1][-1].isspace() and not text[:1].isspace()
        if each.tag in _BLOCKS or close:
            parts.append(_PIECE)
        if event == "start" and unseen:
            walk.skip_subtree()
        elif text:
            parts.append(text)
    return [piece for part in "".join(parts).split(_PIECE) if (piece := _SPACE.sub(" ", part).strip())]


def _is_around(element: HtmlElement) -> bool:
    if element.tag in _NEVER:
        return False
    words = class_words(element)
    hidden = element.get("hidden") is not None or _HIDDEN.search((element.get("style") or "")[:500])
    return bool(
        hidden
        or element.tag in _AROUND
        or (element.get("role") or "") in ("navigation", "complementary", "contentinfo", "search", "dialog")
        or "caption" in words
        or any(_AROUND_NAME.fullmatch(_HUMP.sub("-", word)) for word in words)
    )


def _unseen(element: HtmlElement) -> bool:
    return not isinstance(element.tag, str) or element.tag in _UNSEEN


def _lengths(root: HtmlElement) -> dict[HtmlElement, int]:
    """The characters that a reader sees in each element, those of links left out: they are no prose."""
    from lxml import etree

    found: dict[HtmlElement, int] = {}
    for _, element in etree.iterwalk(root, events=("end",)):
        if _unseen(element):
            continue
        inner = sum(found.get(child, 0) + len(child.tail or "") for child in element)
        found[element] = 0 if element.tag == "a" else len(element.text or "") + inner
    return found


class _Builder:
    """Text, as it comes in the page's order, to lines."""

    def __init__(self) -> None:
        self.lines: list[OutlineLine] = []
        self.marks: list[Mark] = []
        self._parts: list[str] = []
        self._element: HtmlElement | None = None

    def begin(self, element: HtmlElement) -> None:
        if element.tag in _BLOCKS:
            self.flush(element)
        before = "".join(part[-_NEAR:] for part in self._parts[-_NEAR // 8 :])[-_NEAR:]
        if len(self.marks) < _MOST_LINES and (_marks(element) or AFTER_SOURCE.search(before)):
            self.marks.append(Mark(element, len(self.lines), before))
        self._add(element.text, element)

    def end(self, element: HtmlElement, *, hidden: bool) -> None:
        if element.tag in _BLOCKS and not hidden:
            self.flush(element)
        self._add(element.tail, element)

    def flush(self, element: HtmlElement) -> None:
        if text := _SPACE.sub(" ", "".join(self._parts)).strip():
            self.lines.append(OutlineLine(text, self._element if self._element is not None else element))
        self._parts, self._element = [], None

    def _add(self, text: str | None, element: HtmlElement) -> None:
        if not text:
            return
        if self._element is None and not text.isspace():
            self._element = element
        self._parts.append(text)


def _marks(element: HtmlElement) -> bool:
    return bool(
        element.tag == "time"
        or element.get("itemprop")
        or (element.get("property") and element.tag != "meta")
        or element.get("rel") == "author"
        or element.get("datetime")
        or any(_MARKING.search(word) for word in class_words(element))
    )


def inside(element: HtmlElement, ancestor: HtmlElement) -> bool:
    return any(above is ancestor for above in element.iterancestors())


def index_of(lines: Sequence[OutlineLine], element: HtmlElement) -> int | None:
    """The first line that begins in `element` or in what it holds."""
    return next(
        (number for number, line in enumerate(lines) if line.element is element or inside(line.element, element)), None
    )
