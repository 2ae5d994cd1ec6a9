"""Markdown with YAML front matter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from index import byline
from index.errors import Unreadable
from index.load.text import title_of
from index.types import Article, Kind, Source

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


def _said(value: object) -> object:
    """A key without a value says nothing."""
    return None if isinstance(value, str) and not value.strip() else value


def _moment(value: object) -> datetime | date | None:
    if value is None or isinstance(value, date):
        return value
    moment = byline.when(value) if isinstance(value, str) else None
    if moment is None:
        raise ValueError("is no day that reads one way only: write it as 2020-07-15 or 2020-07-15 13:03:40")
    return moment


def _day(value: object) -> date | None:
    moment = _moment(value)
    return moment.date() if isinstance(moment, datetime) else moment


def _kind(value: object) -> Kind | None:
    if value is None:
        return None
    if not isinstance(value, str) or value.lower() not in set(Kind):
        raise ValueError(f"has to be one of {', '.join(Kind)}")
    return Kind(value.lower())


def _names(value: object) -> object:
    if not isinstance(value, list):
        return value
    names = [name.strip() for name in value if isinstance(name, str) and name.strip()]
    if len(names) != len(value):
        raise ValueError("has to be a name or a list of names")
    return byline.joined(names) if names else None


def _language(value: object) -> object:
    if value is None or (isinstance(value, str) and re.fullmatch(r"[a-z]{2}(?:[-_]\w+)?", value, re.IGNORECASE)):
        return value and str(value)[:2].lower()
    raise ValueError("has to be a code of two letters, such as en or zh")


def _url(value: object) -> object:
    if value is None or (isinstance(value, str) and re.match(r"https?://\S+\Z", value)):
        return value
    raise ValueError("has to be a web address that begins with http:// or https://")


Text = Annotated[str | None, BeforeValidator(_said)]
Moment = Annotated[datetime | date | None, BeforeValidator(_moment), BeforeValidator(_said)]


class _Source(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True)

    issuer: str
    title: str
    date: Text = None


class _FrontMatter(BaseModel):
    """The keys that are read; others are let be."""

    model_config = ConfigDict(str_strip_whitespace=True)

    id: Text = None
    title: Text = None
    url: Annotated[str | None, BeforeValidator(_url), BeforeValidator(_said)] = None
    author: Annotated[str | None, BeforeValidator(_names), BeforeValidator(_said)] = None
    outlet: Annotated[Text, Field(validation_alias=AliasChoices("outlet", "source"))] = None
    published: Annotated[Moment, Field(validation_alias=AliasChoices("published", "date"))] = None
    modified: Moment = None
    as_of: Annotated[date | None, BeforeValidator(_day), BeforeValidator(_said)] = None
    kind: Annotated[Kind | None, BeforeValidator(_kind), BeforeValidator(_said)] = None
    language: Annotated[str | None, BeforeValidator(_language), BeforeValidator(_said)] = None
    sources: Annotated[tuple[_Source, ...], BeforeValidator(lambda value: _said(value) or ())] = ()


def article(path: Path, text: str) -> Article:
    """The article of a Markdown file. Its text is what a reader sees of the Markdown. Raises `Unreadable`.

    Headings and list items keep their marks; links, emphasis and code are their words; pictures, comments and tags
    are left out, and lines that were wrapped are joined.
    """
    front, body = _parts(str(path), text)
    title, readable = _readable(body, front.title)
    if not readable:
        raise Unreadable(str(path), "It has no text below its front matter or title. Put the article there.")
    return Article(
        front.id or front.url or str(path.resolve()),
        front.title or title or title_of(path),
        readable,
        url=front.url,
        author=front.author,
        outlet=front.outlet,
        published=front.published,
        modified=front.modified,
        as_of=front.as_of,
        kind=front.kind,
        language=front.language or byline.language(readable),
        sources=tuple(Source(each.issuer, each.title, each.date) for each in front.sources),
    )


def _parts(source: str, text: str) -> tuple[_FrontMatter, str]:
    """The front matter and the Markdown below it."""
    from frontmatter.default_handlers import YAMLHandler

    handler = YAMLHandler()
    text = text.lstrip()
    if not handler.detect(text):
        return _FrontMatter(), text
    try:
        front, body = handler.split(text)
    except ValueError:
        if _KEY.match(text):
            raise Unreadable(source, "Its front matter has no end. Put a line `---` below it.") from None
        return _FrontMatter(), text
    values = _yaml(source, front)
    if not isinstance(values, dict | None):
        return _FrontMatter(), text  # two rules with words between them
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


def _checked(source: str, values: dict[object, object]) -> _FrontMatter:
    try:
        return _FrontMatter.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        reason = (
            first["msg"].removeprefix("Value error, ").replace("Input should be", "has to be").replace("Field", "is")
        )
        raise Unreadable(source, f"Its front matter's `{key}` {reason}.") from error


def _readable(body: str, title: str | None) -> tuple[str | None, str]:
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
