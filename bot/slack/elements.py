"""The elements of Slack's messages and views, as JSON. Text in them is inert."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.slack.text import cut, inert, pieces, shortened

Block = dict[str, Any]
Inline = dict[str, Any]  # a run of text or a link in rich text

TEXT_CHARACTERS = 3000  # of a text object, at most; Slack answers `invalid_blocks` to more
LABEL_CHARACTERS = 75  # of a button and an option
TITLE_CHARACTERS = 24  # of a modal
VALUE_CHARACTERS = 2000  # of a button
DOING = "doing"  # the id of a block of progress, in unfinished messages and modals


# Text objects


def plain(text: str, limit: int = TEXT_CHARACTERS) -> Block:
    """A text object without markup, never empty."""
    found = inert(shortened(text, limit - 2))  # room for two characters that isolate text from right to left
    return {"type": "plain_text", "text": found if found.strip() else "–", "emoji": False}


def mrkdwn(text: str) -> Block:
    """A text object with our markup; untrusted text in it has to be escaped. Bare words become no links."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


# Blocks


def section(text: str, accessory: Block | None = None) -> Block:
    found = {"type": "section", "text": plain(text)}
    return {**found, "accessory": accessory} if accessory else found


def sections(text: str) -> tuple[Block, ...]:
    """The sections of a text; a text that is too long for a message ends with an ellipsis."""
    return tuple(section(piece) for piece in pieces(shortened(text.strip(), 3 * TEXT_CHARACTERS), TEXT_CHARACTERS - 2))


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, 150)}


def context(*texts: Block) -> Block:
    """A context block: small letters, at most ten text objects."""
    return {"type": "context", "elements": list(texts)}


def note(text: str) -> Block:
    """A text in small letters."""
    return context(plain(text))


def progress(text: str) -> Block:
    """A note of progress. Its id tells programs that the message or the modal is not finished."""
    return {**note(text), "block_id": DOING}


def divider() -> Block:
    return {"type": "divider"}


def actions(elements: Iterable[Block]) -> Block:
    return {"type": "actions", "elements": list(elements)}


# Rich text, without markup


def run(text: str, **style: bool) -> Inline:
    found = {"type": "text", "text": inert(text)}
    return {**found, "style": style} if style else found


def runs(text: str, bold: Iterable[tuple[int, int]]) -> list[Inline]:
    """A text with spans of it in bold."""
    return [run(piece, **({"bold": True} if is_bold else {})) for piece, is_bold in cut(text, bold)]


def link(text: str, url: str) -> Inline:
    return {"type": "link", "text": inert(text), "url": url}


def line(inlines: Iterable[Inline]) -> Block:
    """A paragraph, or an item of a list."""
    return {"type": "rich_text_section", "elements": [each for each in inlines if each["text"]]}


def bullets(items: Iterable[Block]) -> Block:
    return {"type": "rich_text_list", "style": "bullet", "elements": list(items)}


def quotation(inlines: Iterable[Inline]) -> Block:
    return {"type": "rich_text_quote", "elements": [each for each in inlines if each["text"]]}


def rich(elements: Iterable[Block]) -> Block:
    return {"type": "rich_text", "elements": list(elements)}


def table(rows: Sequence[Sequence[Block]]) -> Block:
    """A table of `rich` blocks, with equal numbers of cells in all rows. Long cells wrap."""
    settings = [{"is_wrapped": True}] * len(rows[0])
    return {"type": "table", "rows": [list(row) for row in rows], "column_settings": settings}


# Controls


def button(text: str, action: str, value: str, style: str | None = None) -> Block:
    found = {"type": "button", "text": plain(text, LABEL_CHARACTERS), "action_id": action, "value": value}
    return {**found, "style": style} if style else found


def option(text: str, value: str) -> Block:
    return {"text": plain(text, LABEL_CHARACTERS), "value": value}


def field(block_id: str, label: str, element: Block, *, optional: bool = True) -> Block:
    """A field of a form. Its value in the state of a view is under the ids of block and element."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, 150),
        "element": {**element, "action_id": block_id},
        "optional": optional,
    }


def modal(callback: str, title: str, blocks: Iterable[Block], close: str, **more: Any) -> Block:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, TITLE_CHARACTERS),
        "close": plain(close, TITLE_CHARACTERS),
        "blocks": list(blocks),
        **more,
    }


def size(value: Any) -> int:
    """The size of a block in characters: its texts and the addresses of its links."""
    if isinstance(value, dict):
        direct = sum(len(value[name]) for name in ("text", "url") if isinstance(value.get(name), str))
        return direct + sum(map(size, value.values()))
    return sum(map(size, value)) if isinstance(value, list | tuple) else 0
