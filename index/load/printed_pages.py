"""Lines as they stand on printed pages to the paragraphs that they were set from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise, takewhile

from index.byline.printed import stated

_HEAD = 12  # lines that may state who wrote what follows, where and when
_EDGE = 3  # lines at the top and at the bottom of a page, which may be repeated on others
_REPEATED = 0.4  # of the pages, or more; the headers of left and right pages differ
_GAP = 1.3  # of the usual distance between lines; what is wider parts paragraphs
_INDENT = (0.8, 6)  # of the size of the letters
_SHORT = 0.85  # of the width of the column; a line that is shorter may be the last of a paragraph
_SHORTER = 0.6  # is one's last, or a title, whatever it ends with
_OTHER_SIZE = 1.05
_USUAL = 0.15  # of all distances
_SAME_PLACE = 3  # points
_TITLE_SIZE = 1.2  # of the letters of the text, at least
_TITLE_GAP = 2  # of the size of its letters, at most, from one line of a title to the next
_NUMBER = re.compile(
    r"[-–—|\s]*(?:(?:(?:page|seite|página|pagina|p\.|стр\.?|第)\s*)?\d{1,4}\s*[页頁]?"
    r"(?:\s*(?:/|of|von|de|sur|di|из|共)\s*\d{1,4}\s*[页頁]?)?|[ivxl]{1,7})[-–—|\s]*",
    re.IGNORECASE,
)
_ENDED = re.compile(r"[.!?。！？:：…][\"'”’)\]»」』]*\Z")
_ITEM = re.compile(r"(?:[-*+•▪◦●■–]|\(?\d{1,2}[.)]|\(?[a-z]\))\s+\S")
_CHINESE = re.compile(r"[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")
_PARTED = re.compile(r"([^\W\d_]+)[-‐]\Z")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_COUNTERPART = re.compile(r"(?:and|or|und|oder|bzw|et|ou|y|e|o|en|of)\b")  # pre- and post-war


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of text. Its place, from the left and from below, and its letters' size are in points."""

    text: str
    x: float
    y: float
    size: float


def paragraphs(pages: Sequence[Sequence[PrintedLine]]) -> list[str]:
    """The paragraphs on pages, in the order in which their lines are given.

    Lines are joined, and words that were parted at a line's end are whole. Headers, footers and page numbers are left
    out.
    """
    repeated = _repeated(pages)
    body = [_body(page, repeated) for page in pages]
    words = _vocabulary(pages)
    facts = {line for line in next(filter(None, body), [])[:_HEAD] if stated(line.text) is not None}
    title = _title(pages[0]) if pages else ()
    found: list[str] = []
    last: PrintedLine | None = None
    for page in body:
        leading, usual, width = _leading(page), _usual_size(page), _widths(page)
        for line in page:
            alone = last is None or line in facts or last in facts
            if last is None or alone:
                goes_on = False
            elif last in title and line in title:
                goes_on = True
            else:
                larger = max(1.0, last.size / usual) if usual else 1.0  # large letters stand further apart
                goes_on = _goes_on(last, line, larger * leading, width.get(round(last.size), 0))
            if goes_on:
                found[-1] = _united(found[-1], line.text, words)
            else:
                found.append(line.text)
            last = line
    return found


def heading(pages: Sequence[Sequence[PrintedLine]]) -> str | None:
    """The title on the first page: its largest letters, where these are larger than those of the text."""
    lines = [line.text for line in _title(pages[0])] if pages else []
    words = _vocabulary(pages)
    return reduce(lambda one, other: _united(one, other, words), lines) if lines else None


def _title(page: Sequence[PrintedLine]) -> Sequence[PrintedLine]:
    """The lines of the title on a page: those set in the largest letters, one below the other."""
    largest = max((line.size for line in page), default=0.0)
    large = [number for number, line in enumerate(page) if _same_size(line.size, largest) and not stated(line.text)]
    if not large or largest < _TITLE_SIZE * _usual_size(page):
        return ()
    follows = takewhile(lambda pair: _continues_title(*pair), pairwise(page[large[0] :]))
    return (page[large[0]], *(below for _, below in follows))


def _continues_title(above: PrintedLine, below: PrintedLine) -> bool:
    near = above.y - below.y <= _TITLE_GAP * above.size
    return near and _same_size(above.size, below.size) and not stated(below.text)


def _usual_size(page: Sequence[PrintedLine]) -> float:
    """The size of most letters on a page; 0 where there are none."""
    sizes = Counter[float]()
    for line in page:
        sizes[line.size] += len(line.text)
    return max(sizes, key=sizes.__getitem__, default=0.0)


def _same_size(one: float, other: float) -> bool:
    """Whether letters count as equally large. Programs write 17.99 points for 18."""
    return max(one, other) <= _OTHER_SIZE * min(one, other)


def _vocabulary(pages: Sequence[Sequence[PrintedLine]]) -> set[str]:
    """The words on the pages, in lower case."""
    return {word.lower() for page in pages for line in page for word in _WORD.findall(line.text)}


def _edges(page: Sequence[PrintedLine]) -> set[PrintedLine]:
    down = sorted(page, key=lambda line: -line.y)
    return {*down[:_EDGE], *down[-_EDGE:]}


def _key(line: PrintedLine) -> tuple[str, int, int]:
    return re.sub(r"\d+", "#", line.text), round(line.size), round(line.y / _SAME_PLACE)


def _repeated(pages: Sequence[Sequence[PrintedLine]]) -> set[tuple[str, int, int]]:
    """The lines at the edges of many pages, whatever the numbers in them."""
    counts = Counter(key for page in pages for key in {_key(line) for line in _edges(page)})
    return {key for key, count in counts.items() if count > 1 and count >= _REPEATED * len(pages)}


def _body(page: Sequence[PrintedLine], repeated: set[tuple[str, int, int]]) -> list[PrintedLine]:
    """The lines of a page without its number and what is repeated on others."""
    furniture = {line for line in _edges(page) if _key(line) in repeated or _NUMBER.fullmatch(line.text)}
    return [line for line in page if line not in furniture]


def _leading(page: Sequence[PrintedLine]) -> float:
    """The least of the usual distances from one line to the next, in points; 0 where there is none."""
    gaps = Counter(round(2 * (above.y - below.y)) / 2 for above, below in pairwise(page) if above.y > below.y)
    return min((gap for gap, count in gaps.items() if count >= _USUAL * gaps.total()), default=0)


def _widths(page: Sequence[PrintedLine]) -> dict[int, int]:
    """How many characters a full line has, by the size of letters."""
    lengths: dict[int, list[int]] = {}
    for line in page:
        lengths.setdefault(round(line.size), []).append(len(line.text))
    return {size: sorted(each)[len(each) * 9 // 10] for size, each in lengths.items()}


def _goes_on(above: PrintedLine, below: PrintedLine, leading: float, width: int) -> bool:
    """Whether a paragraph goes on from one line to the next."""
    if not _same_size(above.size, below.size) or _ITEM.match(below.text):
        return False
    ended, gap = bool(_ENDED.search(above.text)), above.y - below.y
    if gap <= 0:  # at the top of another column or page
        return not ended and (below.text[0].islower() or len(above.text) >= _SHORT * width)
    if leading and gap > _GAP * leading:
        return False
    least, most = (part * above.size for part in _INDENT)
    if least < below.x - above.x < most and (ended or len(above.text) < _SHORT * width):
        return _ITEM.match(above.text) is not None and not ended
    if len(above.text) < _SHORTER * width and not below.text[0].islower():
        return False
    return not (ended and len(above.text) < _SHORT * width)


def _united(one: str, other: str, words: set[str]) -> str:
    parted = _PARTED.search(one)
    if parted and other[0].islower() and not _COUNTERPART.match(other):
        begun, rest = parted[1].lower(), _WORD.match(other)
        whole = rest[0].lower() if rest else ""
        hyphen = f"{begun}-{whole}" in words and f"{begun}{whole}" not in words
        return (one if hyphen else one[:-1]) + other
    between = "" if parted or (_CHINESE.match(one[-1]) and _CHINESE.match(other)) else " "
    if parted and not other[0].isupper():
        between = " "  # pre- and post-war
    return one + between + other
