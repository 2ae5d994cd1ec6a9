"""Markdown with YAML front matter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from index.byline import Facts
from index.errors import Unreadable
from index.load.assemble import title_of
from index.load.decode import text_of
from index.load.raw import Raw
from index.load.record import Record, checked
from index.types import Article

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.tree import SyntaxTreeNode

_KEY = re.compile(r"---\s*\n\s*[\w-]+\s*:")
_NOT_TEXT = re.compile(r"<!--.*?(?:-->|\Z)|<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"<[^<>]+>")
_SPACES = re.compile(r" {2,}")
_CHINESE = r"[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]"
_WRAP = "\r"  # where a line was wrapped; decoding has left none of its own
_WRAPPED_CHINESE = re.compile(f"(?<={_CHINESE}){_WRAP}(?={_CHINESE})")


def articles(raw: Raw) -> Iterator[Article]:
    """The article of a Markdown file. Its text is what a reader sees of the Markdown. Raises `Unreadable`.

    Headings and list items keep their marks; links, emphasis and code are their words; pictures, comments and tags
    are left out, and lines that were wrapped are joined.
    """
    front, body = _parts(raw.source, text_of(raw))
    title, text = readable(body, front.title)
    if not text:
        raise Unreadable(raw.source, "It has no text below its front matter or title. Put the article there.")
    front = front.beside(raw.facts | Facts(url=raw.url))
    yield front.article(text, raw.source, title or raw.facts.title or title_of(raw.name))


def _parts(source: str, text: str) -> tuple[Record, str]:
    """The front matter and the Markdown below it."""
    from frontmatter.default_handlers import YAMLHandler

    handler = YAMLHandler()
    text = text.lstrip()
    if not handler.detect(text):
        return Record(), text
    try:
        front, body = handler.split(text)
    except ValueError:
        if _KEY.match(text):
            raise Unreadable(source, "Its front matter has no end. Put a line `---` below it.") from None
        return Record(), text
    values = _yaml(source, front)
    if not isinstance(values, dict | None):
        return Record(), text  # two rules with words between them
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
    """YAML's safe loader, but every plain value is text as it is written: a title 1984, a language no, a day."""
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    Loader.yaml_implicit_resolvers = {
        first: [(tag, form) for tag, form in resolvers if tag.endswith((":null", ":merge"))]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    return Loader


def _checked(source: str, values: Mapping[object, object]) -> Record:
    record = checked(values)
    if isinstance(record, str):
        raise Unreadable(source, f"Its front matter's {record}.")
    return record


def readable(body: str, title: str | None) -> tuple[str | None, str]:
    """The first heading of the first level, and what a reader sees of the rest.

    Where there is a `title`, the heading stays in the text unless it repeats it.
    """
    from markdown_it.tree import SyntaxTreeNode

    blocks = SyntaxTreeNode(_parser().parse(body)).children
    top = next((block for block in blocks if block.type == "heading" and block.tag == "h1"), None)
    heading = _inline(top) if top else None
    if title is not None and heading is not None and heading.casefold() != title.casefold():
        top = None
    return heading, _united(_block(block) for block in blocks if block is not top)


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
    return "".join(map(_words, node.children)) if node.children else str(node.content)
