"""The blocks of an answer as markup: paragraphs, bullets, a table, a timeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.render.html.markup import safe
from bot.render.text import rows, sides_of, words_of
from bot.types import Block


def shaped(blocks: Sequence[Block], sentences: Sequence[str]) -> str:
    """The sentences, which are markup, in the shape of their blocks."""
    return "".join(_DRAWN[kind](list(some), sentences) for kind, some in groupby(blocks, key=lambda block: block.kind))


def _paragraphs(blocks: Sequence[Block], sentences: Sequence[str]) -> str:
    return "".join(f'<p class="answer" dir="auto">{words_of(each, sentences)}</p>' for each in blocks)


def _bullets(blocks: Sequence[Block], sentences: Sequence[str]) -> str:
    items = "".join(f'<li dir="auto">{words_of(each, sentences)}</li>' for each in blocks)
    return f'<ul class="answer">{items}</ul>'


def _timeline(blocks: Sequence[Block], sentences: Sequence[str]) -> str:
    """A list in the order of the days; neighbours of one day share it."""
    days = ((day, list(some)) for day, some in groupby(blocks, key=lambda block: (block.day, block.label)))
    items = "".join(f"<li>{_day(*day)}{_said(some, sentences)}</li>" for day, some in days)
    return f'<ol class="answer timeline">{items}</ol>'


def _day(day: str, label: str) -> str:
    return f'<time datetime="{safe(day)}">{safe(label)}</time>' if day else ""


def _said(blocks: Sequence[Block], sentences: Sequence[str]) -> str:
    return "".join(f'<p dir="auto">{words_of(each, sentences)}</p>' for each in blocks)


def _table(blocks: Sequence[Block], sentences: Sequence[str]) -> str:
    sides = sides_of(blocks)
    head = "".join(f'<th scope="col" dir="auto">{safe(each)}</th>' for each in sides)
    body = "".join(f"<tr>{''.join(_cells(row, sides, sentences))}</tr>" for row in rows(blocks))
    return f'<table class="answer"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _cells(row: dict[str, Block], sides: Sequence[str], sentences: Sequence[str]) -> Iterator[str]:
    for side in sides:
        yield f'<td dir="auto">{words_of(row[side], sentences)}</td>' if side in row else "<td></td>"


_DRAWN = {"paragraph": _paragraphs, "bullet": _bullets, "event": _timeline, "row": _table}
