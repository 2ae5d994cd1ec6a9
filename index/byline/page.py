"""A saved news page in plain text to its article and the facts printed above and below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import groupby, pairwise
from operator import or_

from index.byline.dates import Order, dated, order_in
from index.byline.furniture import furniture, related
from index.byline.labels import LABEL, LABEL_ALONE
from index.byline.languages import language
from index.byline.names import names_of, outlet, section
from index.byline.printed import PageFacts, dateline, placed, placed_below, signature, stated
from index.byline.titles import bare
from index.types import Kind

_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_ENDED = re.compile(r"[.。!！…][\"'”’)\]」』）*_]*\Z")
_ASKED = re.compile(r"[?？][\"'”’)\]」』）*_]*\Z")
_INNER_STOP = re.compile(r"[.!?] |[。！？]")
_UNENDED = re.compile(r"[,，:：;；、-]\Z")
_ACRONYM = re.compile(r"(?:\b[A-Z]\.){2,}\Z")
_ITEM = re.compile(r"(?:[-*+•]|\d{1,2}[.)])\s")
_INDENT = re.compile(r"\t| {2,}|\u3000")
_WEEKDAY = re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|(?:星期|周)[一二三四五六日天]", re.IGNORECASE)
_LONGEST_TITLE = 200  # characters, as all of these
_LONGEST_BYLINE = 120
_SHORTEST_PROSE = 60
_SHORTEST_CHINESE_PROSE = 20
_LONGEST_CLOSE = 10
_WIDEST_WRAP = 110
_ABOVE_BYLINE = 2  # paragraphs: a summary, a caption
_HEAD = 12  # blocks of a text that may state facts
_LABELLED_TITLE = re.compile(r"(?P<label>[^|:：]{2,25}?)\s*(?P<mark>[|｜:：])\s*(?P<title>.+)")
_TITLE_END = re.compile(r"(?P<title>.{10,}?)\s+(?:[|｜]|[-–—])\s+(?P<name>[^|｜]{2,40})\Z")
# An article that speaks for its author alone is one of opinion, whatever its section is called.
_DISCLAIMER = re.compile(
    r"\b(?:views?|opinions?)\b[^.]{0,80}\b(?:author|writer|columnist)s?\b(?:['’]s?)?(?: \w+){0,2} (?:own|alone)\b"
    r"|\b(?:views?|opinions?)\b[^.]{0,80}\b(?:do|does|may) not (?:necessarily )?(?:reflect|represent)"
    r"|\b(?:views?|opinions?)\b[^.]{0,60}\bare (?:those of|solely)[^.]{0,40}\b(?:author|writer)"
    r"|文章?(?:仅|只)代表作者(?:个人|本人)?观点|不代表本[报网刊]",
    re.IGNORECASE,
)
_HOLDER = re.compile(
    r"(?:copyright|©|\(c\))[\s,©]*(?:\d{4}(?:\s?[-–]\s?\d{4})?)?,?\s*(?:by )?([^.,|©]{2,50})", re.IGNORECASE
)
_AUTHOR_NOTE = re.compile(r"[（(]?作者(?:[:：系是为]\s*)?([\u4e00-\u9fff]{2,4})(?:[，,系是为])")


@dataclass(frozen=True, slots=True)
class _Line:
    """A paragraph, or a line that stands for one; lines of one block have no blank line between them."""

    text: str
    block: int
    joint: str = "\n\n"  # what stands before it


def facts(page: str) -> PageFacts:
    """The publication facts printed in the head and the tail of `page`, and the text of its article."""
    lines = _lines(page)
    order = order_in(line.text for line in lines if len(line.text) < _LONGEST_TITLE)
    first = next((number for number, line in enumerate(lines) if _prose(line.text)), len(lines))
    return _facts(lines, _top(lines, first, order), order, signed=True)


def facts_below(title: str | None, blocks: Sequence[Sequence[str] | str]) -> tuple[PageFacts, set[int]]:
    """The facts that are printed in the blocks of a text below its `title`, and which blocks state nothing else.

    A block is the lines of a paragraph. It states facts as a whole or not at all. A list, a table or a heading is its
    text, and states none. The text of the facts is empty.
    """
    joined = [block if isinstance(block, str) else " ".join(block) for block in blocks]
    prose = [number for number, block in enumerate(joined) if _prose(block)]
    head = prose[_ABOVE_BYLINE] if len(prose) > _ABOVE_BYLINE else len(blocks)
    paragraphs = {number: block for number, block in enumerate(blocks) if not isinstance(block, str)}
    order = order_in(
        line for n, block in paragraphs.items() if n < head for line in block if len(line) < _LONGEST_TITLE
    )
    first = prose[0] if prose else len(blocks)
    chronicle = sum(dated(joined[number]) for number in paragraphs) > 1  # its days are of what it tells
    found, last, numbers = PageFacts(), PageFacts(), set[int]()  # `last` is believed if nothing else is said
    for number, block in paragraphs.items():
        if number >= min(head, _HEAD):
            break
        if chronicle and dated(joined[number]):
            continue
        below = joined[number + 1 :] if title and number < first else None
        facts = _of_block(block, below, order, after=bool(found.author) and number - 1 in numbers)
        if facts and (number < first or _byline_below(facts, found, number - 1 in numbers)):
            found |= facts
            numbers.add(number)
        else:
            last |= reduce(or_, (_day(line, below, order) for line in block), PageFacts())
    numbers |= {number for number in paragraphs if number < first and joined[number] == found.outlet}  # a masthead
    body = [block for number, block in enumerate(joined) if number not in numbers]
    found = found | last | replace(_titled(title or ""), title=None)
    return found | _from_text(body, found.kind), numbers


def _byline_below(facts: PageFacts, found: PageFacts, goes_on: bool) -> bool:
    """Whether facts below a summary are the article's: they name its author first, or go on below such a byline."""
    return not found.author if facts.author else goes_on


def _of_block(
    block: Sequence[str], below: Sequence[str] | None, order: Order | None, *, after: bool
) -> PageFacts | None:
    """The facts that the lines of a block state; None where one says more, or they only name an outlet. `after` says
    that the block above named an author."""
    found = PageFacts()
    for line in block:
        facts = _stated(line, below, order, after=after or bool(found.author))
        facts = facts or (PageFacts(outlet=line) if outlet(line) else None)
        if facts is None:
            return None
        found |= facts
    said = found if after else replace(found, outlet=None)
    return found if said != PageFacts() else None


def _stated(line: str, below: Sequence[str] | None, order: Order | None, *, after: bool = False) -> PageFacts | None:
    """Same as `stated`, also for a byline without a label, or whose parts are told by their places, above the text of
    an article. `after` says that the line above named the author.

    Sections and places are printed as names are. So the last paragraph has to introduce who is named without a label.
    """
    facts = stated(line, order)
    if not below or len(line) > _LONGEST_BYLINE:
        return facts
    text = "\n".join(below[:-1] or below)
    by_place = placed(line, text, order) or placed_below(line, text, order, author=after)
    if by_place and (facts is None or by_place.outlet):
        return by_place
    if facts is not None:
        return facts
    signed = _signature(line, below, order)
    names = names_of(signed.author or "") if signed else []
    return signed if names and below[-1].startswith(names[0]) and all(name in below[-1] for name in names) else None


def _day(line: str, below: Sequence[str] | None, order: Order | None) -> PageFacts:
    """The day in a line that may be a byline without a label."""
    found = _signature(line, below, order) if below else None
    return PageFacts(published=found.published) if found else PageFacts()


def _signature(line: str, below: Sequence[str], order: Order | None) -> PageFacts | None:
    """Same as `signature`. The last paragraph may introduce the author."""
    return signature(line, "\n".join(below[:-1]), order)


def facts_around(lines: Sequence[str], top: int | None, order: Order | None) -> PageFacts:
    """The facts of a page whose lines and whose title are known: `top` is the line of the title.

    `order` is what 7/8/2020 means, if no date among the lines tells.
    """
    found = order_in(line for line in lines if len(line) < _LONGEST_TITLE)
    return _facts([_Line(line, number) for number, line in enumerate(lines)], top, found or order)


def text_of(title: str, paragraphs: Sequence[tuple[str, str]]) -> str:
    """The text of the article with the `title`, without lines of facts and of furniture. Each paragraph has the joint
    to the one before: a blank line or the end of a line. A heading's mark follows it."""
    lines = [_Line(title, -1)]
    for text, joint in paragraphs:
        lines.append(_Line(text, lines[-1].block + joint.startswith("\n\n"), joint))
    found = _facts(lines, 0, None).text
    return "" if found == title else found  # where nothing else is kept


def prose(text: str) -> bool:
    """Whether a line is of an article's body for certain: whole sentences, and not few words."""
    return _prose(text)


def known(line: str, found: PageFacts) -> bool:
    """Whether a line of a page's head states only known facts: the title, the names, the dates. The byline of the
    author may have a role or a place."""
    if bare(line) == bare(found.title or ""):
        return True
    authors = names_of(found.author or "")
    label = LABEL.match(line)
    if label and label.lastgroup in ("author", "preposition") and found.author and len(line) <= _LONGEST_BYLINE:
        return all(name in line for name in authors)
    rest = line.casefold()
    for name in filter(None, (*authors, found.outlet, found.section)):
        rest = rest.replace(name.casefold(), " ")
    rest = LABEL.sub(" ", f"{rest} ").strip(" ,;|·•/–—-")
    return rest != line.casefold() and (not any(map(str.isalnum, rest)) or dated(rest))


def _facts(lines: Sequence[_Line], top: int | None, order: Order | None, *, signed: bool = False) -> PageFacts:
    """The facts of a page and its text. `signed` says that a byline below the title may have no label."""
    prose = [number for number, line in enumerate(lines) if _prose(line.text)]
    head = prose[_ABOVE_BYLINE] if len(prose) > _ABOVE_BYLINE else len(lines)
    first, texts = prose[0] if prose else len(lines), [line.text for line in lines]
    boxes = _boxes(lines, prose)
    printed, last, kept = (
        PageFacts(),
        PageFacts(),
        list[_Line](),
    )  # `last` holds what is believed if nothing else is said
    after = False  # whether the line above named the author
    for number, line in enumerate(lines):
        if number == top or (number in boxes and not furniture(line.text)):
            continue
        tail = number >= head and number > prose[-1]
        below = texts[number + 1 :] if signed and top is not None and top < number < first else None
        line_facts = None
        if number not in boxes and (number < head or tail):
            line_facts = _stated(line.text, below, order, after=after)
        after = bool(line_facts and (line_facts.author or (after and not line_facts.published)))
        if top is not None and number < top:
            last |= _above(line.text, line_facts or PageFacts())
        elif furniture(line.text) and not (
            line_facts and line_facts.author
        ):  # "Par Jeanne Exemple (AFP)" ends as captions do
            last |= _rights(line.text)
        elif line_facts is None or (tail and dated(line.text)):
            kept.append(line)
            last |= _day(line.text, below, order)
        else:
            printed |= line_facts
    return _together(lines[top] if top is not None else None, kept, printed, last)


def _together(top: _Line | None, kept: Sequence[_Line], printed: PageFacts, last: PageFacts) -> PageFacts:
    """The facts of all parts of a page. What a byline says goes before what the title, the text and the rest say."""
    title = _titled(top.text) if top else PageFacts()
    body = [line for line in kept if line.text != title.title]  # pages print the title twice
    if top and not body:
        title, body = PageFacts(), [top]
    text, found = _text(body), printed | title | last
    return found | _from_text([line.text for line in body], found.kind) | PageFacts(language=language(text), text=text)


def _above(text: str, stated_there: PageFacts) -> PageFacts:
    """The facts on a line above the title: the names of the outlet and the section. A date with its weekday there is
    the day on which the page was seen."""
    if _WEEKDAY.search(text):
        stated_there = replace(stated_there, published=None)
    return stated_there | PageFacts(kind=section(text), outlet=text if outlet(text) else None)


def _lines(page: str) -> list[_Line]:
    """The paragraphs of a page and the lines that stand for one. Lines that were wrapped at a width are joined."""
    raw = [line.rstrip() for line in re.split(r"\r\n|[\n\r\x0b\x0c\u2028\u2029]", page)]
    width = _width(raw)
    lines: list[_Line] = []
    block, before = 0, ""
    for line in raw:
        text = " ".join(line.split())
        if not text:
            block += 1
        elif lines and lines[-1].block == block and (LABEL_ALONE.fullmatch(before) or _goes_on(before, line, width)):
            lines[-1] = _Line(_united(lines[-1].text, text), block)
        else:
            lines.append(_Line(text, block))
        before = line.strip() if LABEL_ALONE.fullmatch(line.strip()) else line
    return lines


def _width(raw: Sequence[str]) -> int | None:
    """The width at which a page was wrapped, in characters. Most lines then end where the next word did not fit."""
    width = max(map(len, raw), default=0)
    if width > _WIDEST_WRAP:
        return None
    full = [_goes_on(line, following, width) for line, following in pairwise(raw) if line and following.strip()]
    return width if sum(full) >= 3 and 2 * sum(full) >= len(full) else None


def _goes_on(line: str, following: str, width: int | None) -> bool:
    """Whether the next line was wrapped from this one."""
    if width is None or _INDENT.match(following) or _ITEM.match(following) or not line.strip():
        return False
    word = following[:1] if _CHINESE.match(following) else following.split()[0]
    return len(line) + (not _CHINESE.match(following)) + len(word) > width


def _united(one: str, other: str) -> str:
    return one + ("" if _CHINESE.match(one[-1]) and _CHINESE.match(other) else " ") + other


def _prose(text: str) -> bool:
    """Whether a paragraph is of the article's body for certain: whole sentences, and not few words."""
    chinese = len(_CHINESE.findall(text))
    if len(text) < _SHORTEST_PROSE and chinese < _SHORTEST_CHINESE_PROSE:
        return False
    asked = _ASKED.search(text, len(text) - _LONGEST_CLOSE)  # a title may be one question, not two
    ended = _ENDED.search(text, len(text) - _LONGEST_CLOSE) or (asked and _INNER_STOP.search(text, 0, asked.start()))
    return bool(ended) and not furniture(text)


def _top(lines: Sequence[_Line], end: int, order: Order | None) -> int | None:
    """The line of the title before `end`: the first that reads as one and stands apart, or above a byline."""

    texts = [line.text for line in lines]
    found = [
        _stated(text, texts[number + 1 :] if number < _HEAD else None, order) for number, text in enumerate(texts[:end])
    ]
    outlets = {facts.outlet for facts in found if facts}

    def removed(number: int) -> bool:
        return number < end and (found[number] is not None or furniture(texts[number]))

    titles = [number for number in range(end) if _titles(texts[number]) and not removed(number)]
    # A masthead or the name of a section may stand above it.
    named = (number for number in titles if not _masthead(texts[number]) and texts[number] not in outlets)
    top = next(named, titles[0] if titles else None)
    if top is None:
        return None
    below = range(top + 1, len(lines))[: 1 + (top + 1 < len(lines) and _titles(texts[top + 1]))]  # maybe a summary
    apart = not below or any(lines[number].block > lines[top].block or removed(number) for number in below)
    return top if apart else None


def _titles(text: str) -> bool:
    ended = (_ENDED.search(text) and not _ACRONYM.search(text)) or _UNENDED.search(text)
    return len(text) <= _LONGEST_TITLE and not ended and any(map(str.isalpha, text)) and "://" not in text


def _masthead(text: str) -> bool:
    return outlet(text) or (len(text.split()) < 2 and len(_CHINESE.findall(text)) < 5)


def _titled(text: str) -> PageFacts:
    """The title without the names of section and outlet that pages add to it, and what these say."""
    text, found = text.lstrip("# "), PageFacts()
    while (end := _TITLE_END.match(text)) and (outlet(end["name"]) or section(end["name"])):
        name = end["name"]
        found |= PageFacts(kind=section(name), outlet=name if outlet(name) else None)
        text = end["title"]
    label = _LABELLED_TITLE.match(text)
    if label and (kind := section(label["label"])):
        found |= PageFacts(kind=kind)
        text = label["title"] if label["mark"] in "|｜" else text
    return PageFacts(title=text) | found


def _boxes(lines: Sequence[_Line], prose: Sequence[int]) -> set[int]:
    """The lines of boxes below the first paragraph: lists of other articles, offers of newsletters."""
    begin, end = (prose[0], prose[-1]) if prose else (len(lines), len(lines))
    found = set[int]()
    heading: int | None = None  # the block of the heading of a list
    for number in range(begin, len(lines)):
        text = lines[number].text
        if related(text):
            heading = lines[number].block
        elif heading is not None and _titles(text) and (lines[number].block == heading or number > end):
            found.add(number)
        else:
            heading = None if number <= end else heading
    for _, block in groupby(range(begin, len(lines)), key=lambda number: lines[number].block):
        numbers = list(block)
        offers = [number for number in numbers if furniture(lines[number].text)]
        rest = set(numbers) - set(offers)
        if 2 * len(offers) >= len(numbers) > 1 and all(_titles(lines[number].text) for number in rest):
            found |= rest
    return found


def _from_text(texts: Sequence[str], kind: Kind | None) -> PageFacts:
    """The facts in the text itself: a dateline, a disclaimer, a note on the author."""
    found = PageFacts()
    for text in texts[: _ABOVE_BYLINE + 1]:
        found |= dateline(text, release=kind is Kind.RELEASE)
    for text in texts[-_ABOVE_BYLINE - 1 :]:
        note = _AUTHOR_NOTE.match(text)
        found |= PageFacts(author=note[1] if note else None, kind=Kind.OPINION if _DISCLAIMER.search(text) else None)
    return found


def _rights(text: str) -> PageFacts:
    holder = _HOLDER.search(text)
    name = holder[1].strip() if holder else ""
    return PageFacts(outlet=name) if outlet(name) else PageFacts()


def _text(lines: Sequence[_Line]) -> str:
    """The paragraphs, a blank line between them; the items of a list stay together."""
    parts = [
        ("\n" if one.block == other.block and _ITEM.match(other.text) else other.joint) + other.text
        for one, other in pairwise(lines)
    ]
    return "".join([line.joint.lstrip("\n") + line.text for line in lines[:1]] + parts)
