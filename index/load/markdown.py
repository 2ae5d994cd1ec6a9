"""Markdown with YAML front matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from index import byline
from index.byline import PageFacts
from index.errors import Unreadable
from index.load.assemble import title_of
from index.load.decode import text_of
from index.load.raw import Raw
from index.load.record import RecordKeys, checked
from index.types import Article

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

_KEY = re.compile(r"---\s*\n\s*[\w-]+\s*:")
_NOT_TEXT = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]+>")
_SPACES = re.compile(r" {2,}")
_BRACES = re.compile(r"\{:?\s*([^{}]{1,1000})\}")
_LAST_BRACES = re.compile(rf"(?<!\S){_BRACES.pattern}\s*\Z")
_CHINESE = r"[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]"
_WRAP = "\r"  # where a line was wrapped; decoding has left none of its own
_WRAPPED_CHINESE = re.compile(f"(?<={_CHINESE}){_WRAP}(?={_CHINESE})")


def articles(raw: Raw) -> Iterator[Article]:
    """The article of a Markdown file. Its text is what a reader sees of the Markdown. Raises `Unreadable`.

    Headings and list items keep their marks. Links, emphasis and code are their words. Pictures, comments, tags and
    lists of attributes are left out. Lines that were wrapped are joined. Paragraphs that are a byline become facts,
    where the front matter does not state them.
    """
    front, body = _parts(raw.source, text_of(raw))
    title, blocks = _parsed(body, front.title)
    printed, bylines = byline.facts_below(front.title or title, [_lines(block) for block in blocks])
    text = _united(_block(block) for number, block in enumerate(blocks) if number not in bylines)
    if not text:
        raise Unreadable(raw.source, "It has no text below its front matter or title. Put the article there.")
    front = front.beside(printed | raw.facts | PageFacts(url=raw.url))
    yield front.article(text, raw.source, title or raw.facts.title or title_of(raw.name))


def _parts(source: str, text: str) -> tuple[RecordKeys, str]:
    """The front matter and the Markdown below it."""
    from frontmatter.default_handlers import YAMLHandler

    handler = YAMLHandler()
    text = text.lstrip()
    if not handler.detect(text):
        return RecordKeys(), text
    try:
        front, body = handler.split(text)
    except ValueError:
        if _KEY.match(text):
            raise Unreadable(source, "Its front matter has no end. Put a line `---` below it.") from None
        return RecordKeys(), text
    values = _yaml(source, front)
    if not isinstance(values, dict | None):
        return RecordKeys(), text  # two rules with words between them
    return _checked(source, values or {}), body


def _yaml(source: str, text: str) -> object:
    import yaml

    try:
        return yaml.load(text, Loader=_loader())
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}" if mark else ""  # the file's line, below the first `---`
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise Unreadable(
            source, f"Its front matter is not valid YAML{where}: {problem}. Mend it or leave it out."
        ) from error


@cache
def _loader() -> Any:
    """YAML's safe loader, with every plain value as text: a title 1984, a language no, a day."""
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {
        first: [(tag, form) for tag, form in resolvers if tag.endswith((":null", ":merge"))]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return Loader


def _checked(source: str, values: Mapping[object, object]) -> RecordKeys:
    record = checked(values)
    if isinstance(record, str):
        raise Unreadable(source, f"Its front matter's {record}.")
    return record


def readable(body: str, title: str | None) -> tuple[str | None, str]:
    """The first heading of the first level, and what a reader sees of the rest.

    Where there is a `title`, the heading stays in the text unless it repeats it.
    """
    heading, blocks = _parsed(body, title)
    return heading, _united(map(_block, blocks))


def _parsed(body: str, title: str | None) -> tuple[str | None, list[SyntaxTreeNode]]:
    """Same as `readable`, with the blocks of the rest."""
    from markdown_it.tree import SyntaxTreeNode

    blocks = SyntaxTreeNode(_parser().parse(body)).children
    top = next((block for block in blocks if block.type == "heading" and block.tag == "h1"), None)
    heading = _inline(top) if top else None
    if title is not None and heading is not None and heading.casefold() != title.casefold():
        top = None
    return heading, [block for block in blocks if block is not top]


def _lines(block: SyntaxTreeNode) -> list[str] | str:
    """The lines of a paragraph or of HTML, as they are written; the text of a block of another kind."""
    if block.type == "html_block":
        return _block(block).splitlines()
    if block.type != "paragraph":
        return _block(block)
    lines = _words(block).replace(_WRAP, "\n").split("\n")
    return [line.strip() for line in lines if line.strip()]


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table")


def _united(blocks: Iterable[str], between: str = "\n\n") -> str:
    return between.join(block for block in blocks if block)


def _block(node: SyntaxTreeNode) -> str:
    match node.type:
        case "heading":
            return f"{'#' * int(node.tag[1])} {_inline(node)}"
        case "paragraph" | "th" | "td":
            return _inline(node)
        case "bullet_list":
            return _united((_item(item, "- ") for item in node.children), "\n")
        case "ordered_list":
            first = int(node.attrs.get("start", 1))
            return _united((_item(item, f"{number}. ") for number, item in enumerate(node.children, first)), "\n")
        case "tr":
            return f"| {' | '.join(map(_block, node.children))} |"
        case "table" | "thead" | "tbody":
            return _united(map(_block, node.children), "\n")
        case "fence" | "code_block":
            return node.content.strip("\n")
        case "html_block":
            return _SPACES.sub(" ", _TAG.sub("", _NOT_TEXT.sub("", node.content))).strip()
        case "hr":
            return ""
    return _united(map(_block, node.children))


def _item(node: SyntaxTreeNode, mark: str) -> str:
    """An item of a list; a list in it is set in below its first line."""
    parts = [_block(child) for child in node.children]
    lines = _united(parts, "\n" if len(parts) == 2 and node.children[1].type.endswith("_list") else "\n\n").split("\n")
    return mark + "\n".join([*lines[:1], *(f"{' ' * len(mark)}{line}" if line else "" for line in lines[1:])])


def _inline(node: SyntaxTreeNode) -> str:
    return _SPACES.sub(" ", _WRAPPED_CHINESE.sub("", _words(node)).replace(_WRAP, " ")).strip()


def _words(node: SyntaxTreeNode) -> str:
    match node.type:
        case "softbreak":
            return _WRAP
        case "hardbreak":
            return "\n"
        case "image" | "html_inline":
            return ""
        case "text":
            return _without_attributes(node)
    return "".join(map(_words, node.children)) if node.children else str(node.content)


def _without_attributes(node: SyntaxTreeNode) -> str:
    """The words of a text without lists of attributes: `Headers { #headers }`, `[link](a){ .button }`.

    One stands right behind a link, a picture, emphasis or code. One that begins with an identifier or a class also ends
    a block. What sets names in braces is none.
    """
    text, before = str(node.content), node.previous_sibling
    if before and before.type not in ("softbreak", "hardbreak") and (found := _BRACES.match(text)):
        text = text[found.end() :] if _attributes(found[1]) else text
    last = node.next_sibling is None and node.parent is not None and node.parent.type == "inline"
    if last and (found := _LAST_BRACES.search(text)) and found[1].startswith(("#", ".")):  # else a set or a value
        text = text[: found.start()] if _attributes(found[1]) else text
    return text


def _attributes(words: str) -> bool:
    """Whether what stands in braces are identifiers, classes and values, and no words."""
    from markdown.extensions.attr_list import get_attrs_and_remainder

    found, rest = get_attrs_and_remainder(words)
    return bool(found) and not rest and all(value for _, value in found)
