"""The main text of a web page: its paragraphs, headings, lists and tables, without menus, boxes, captions, comments."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from index.byline.outline import around, text_of
from index.load.decode import tidy

if TYPE_CHECKING:
    from configparser import ConfigParser

    from lxml.html import HtmlElement

# Its text, and the joint to the one before: a blank line or the end of a line. A heading's mark may follow it.
Paragraph = tuple[str, str]

BLANK, NEXT = "\n\n", "\n"
_LONGEST_NAME = 1000  # characters of an element's classes
_LONG_CELL = 200  # characters: what holds more is a column of the page and no cell
_LAYOUT = "|".join(f"descendant::{tag}" for tag in "p br h1 h2 div table blockquote".split())
_PULLED = re.compile(r"(?:^|[\s_-])pull-?quote", re.IGNORECASE)
_QUOTES = "\"'“”‘’«»„ "
_IN_TABLES = frozenset("table tbody thead tfoot tr td th".split())
_PARAGRAPH = "\ue000"  # for two ends of a line, of which the extraction leaves one
_SPACE = re.compile(r"[^\S\n]+")
_ENDED = re.compile(r"[.!?…:;。！？：；؟][\"'”’»)\]」』）]*\Z")
_GOES_ON = re.compile(r"[^\W\d_A-Z]")


def paragraphs(root: HtmlElement) -> list[Paragraph]:
    """The paragraphs of the main text, in order. Changes `root`."""
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # of pages without a text it writes to the log
    _prepare(root)
    found = bare_extraction(
        root,
        include_comments=False,
        include_tables=True,
        favor_recall=True,
        with_metadata=False,
        deduplicate=False,
        config=_settings(),
    )
    body = None if found is None or isinstance(found, dict) else found.body
    return [] if body is None else [each for element in body for each in _block(element)]


@cache
def _settings() -> ConfigParser:
    """Paragraphs are believed also where they are short, rather than all words of the page in one line."""
    from trafilatura.settings import use_config

    settings: ConfigParser = use_config()
    settings.set("DEFAULT", "MIN_EXTRACTED_SIZE", "1")
    return settings


def _prepare(root: HtmlElement) -> None:
    """Takes out what stands around the article, and makes columns of the tables that pages were laid out with."""
    for element in root.iter():
        for name in ("class", "id", "style"):
            if len(element.get(name) or "") > _LONGEST_NAME:  # the extraction searches all of them, many times
                del element.attrib[name]
    for element in [*around(root), *root.iter("script", "style", "template")]:
        if element.getparent() is not None:
            element.drop_tree()
    _unrepeat(root)
    for line_end in list(root.iter("br")):
        if (line_end.tail or "").isspace() or not line_end.tail:
            following = line_end.getnext()
            if following is not None and following.tag == "br":
                following.tail = f"{_PARAGRAPH}{following.tail or ''}"
    for table in list(root.iter("table")):
        if _laid_out(table):
            _unfold(table)


def _unrepeat(root: HtmlElement) -> None:
    """Takes out the pull quotes whose words stand in the text, too."""
    pulled = [each for each in root.iter() if _PULLED.search(each.get("class") or "")]
    whole = text_of(root) if pulled else ""
    for element in pulled:
        words = text_of(element).strip(_QUOTES)
        if element.getparent() is not None and words and whole.count(words) > 1:
            element.drop_tree()


def _laid_out(table: HtmlElement) -> bool:
    cells = table.iter("td", "th")
    return any(len(text_of(cell)) > _LONG_CELL and cell.xpath(_LAYOUT) for cell in cells)


def _unfold(table: HtmlElement) -> None:
    """Makes a table's cells columns of text; those that hold little but links are menus and go."""
    for cell in list(table.iter("td", "th")):
        linked = sum(len(text_of(link)) for link in cell.iter("a"))
        if cell.getparent() is not None and 2 * linked > len(text_of(cell)):
            cell.drop_tree()
    for element in list(table.iter()):
        if element.tag in _IN_TABLES and next(element.iterancestors("table"), table) is table:
            element.tag = "div"
    table.tag = "div"


# --- What was found to paragraphs --------------------------------------------------------------------------------


def _block(element: HtmlElement) -> Iterator[Paragraph]:
    match element.tag:
        case "list":
            yield from _parted(_items(element, ""))
        case "table":
            yield from _parted(_rows(element))
        case "head":
            yield from _heading(element)
        case "p" | "code" | "lb" | "hi" | "ref":
            yield from _lines(_words(element))
        case _:
            yield from _mixed(element)
    if element.tail and element.tail.strip():
        yield from _lines(element.tail)


def _heading(element: HtmlElement) -> Iterator[Paragraph]:
    """A heading with its mark, as Markdown has it."""
    level = (element.get("rend") or "")[1:]
    mark = "#" * (int(level) if level.isdecimal() else 2)
    if text := _one_line(_words(element)):
        yield text, f"{BLANK}{mark} "


def _mixed(element: HtmlElement) -> Iterator[Paragraph]:
    """The text of an element that holds both words and blocks, such as a quote."""
    loose = [element.text or ""]
    for child in element:
        if child.tag in ("p", "list", "table", "head", "quote", "div"):
            yield from _lines("".join(loose))
            yield from _block(child)
            loose = []
        else:
            loose += [_words(child), child.tail or ""]
    yield from _lines("".join(loose))


def _parted(lines: Iterator[str]) -> Iterator[Paragraph]:
    """Lines of a list or a table, which stand together."""
    for number, line in enumerate(lines):
        yield line, NEXT if number else BLANK


def _items(element: HtmlElement, indent: str) -> Iterator[str]:
    ordered = element.get("rend") == "ol"
    for number, item in enumerate(element, 1):
        nested = [child for child in item if child.tag == "list"]
        words = [item.text or ""] + [
            each for child in item for each in ("" if child in nested else f" {_words(child)}", child.tail or "")
        ]
        if text := _one_line("".join(words)):
            yield f"{indent}{f'{number}.' if ordered else '-'} {text}"
        for child in nested:
            yield from _items(child, indent + "  ")


def _rows(element: HtmlElement) -> Iterator[str]:
    for row in element.iter("row"):
        cells = [_one_line(_words(cell)) for cell in row if cell.tag == "cell"]
        if any(cells):
            yield cells[0] if len(cells) == 1 else f"| {' | '.join(cells)} |"


def _words(element: HtmlElement) -> str:
    """The words of an element, with the ends of its lines."""
    parts: list[str] = [element.text or ""]
    for child in element:
        end = {"lb": NEXT, "p": BLANK}.get(child.tag, "")
        parts += [end, _words(child), end if child.tag == "p" else "", child.tail or ""]
    return "".join(parts)


def _one_line(text: str) -> str:
    return " ".join(tidy(text).replace(_PARAGRAPH, " ").split())


def _lines(text: str) -> Iterator[Paragraph]:
    """The paragraphs of a text. An empty line parts two. The end of a line ends a line of verse or an address, and no
    sentence."""
    joint = BLANK
    for part in re.split(rf"\n\s*\n|\s*{_PARAGRAPH}\s*", tidy(text)):
        for line in _rejoined([_SPACE.sub(" ", line).strip() for line in part.split("\n")]):
            yield line, joint
            joint = NEXT
        joint = BLANK


def _rejoined(lines: Sequence[str]) -> list[str]:
    joined: list[str] = []
    for line in filter(None, lines):
        if joined and not _ENDED.search(joined[-1]) and _GOES_ON.match(line):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
    return joined
