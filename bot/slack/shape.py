"""The text of an answer as parts of messages: paragraphs, lists, a timeline, a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.render.text import rows, sides_of
from bot.slack.elements import Block, Inline, bullets, line, rich, run, runs, size, table
from bot.slack.pages import CitationBlocks, MessagePart
from bot.slack.sources import with_marks
from bot.slack.text import pieces
from bot.slack.words import SlackWords
from bot.types import Answer, Sentence, moved
from bot.types import Block as Shaped

PART_CHARACTERS = 2_800  # of a part, without the addresses of its links
PART_MARKS = 20
ROWS, COLUMNS, TABLE_CHARACTERS, TABLE_MARKS = 100, 20, 7_000, 30  # Slack takes some 10,000 characters


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of rich text, and the marks in it."""

    inlines: tuple[Inline, ...]
    marks: tuple[int, ...] = ()

    @property
    def length(self) -> int:
        return sum(len(each["text"]) for each in self.inlines)


def body(answer: Answer, sources: CitationBlocks) -> tuple[MessagePart, ...]:
    """The text of an answer with its marks, without sources and buttons."""
    if not answer.sentences:
        return tuple(MessagePart(rich([line([run(piece)])])) for piece in pieces(answer.said.strip(), PART_CHARACTERS))
    pieces_of = [tuple(sentence(each, sources)) for each in answer.sentences]
    by_kind = groupby(answer.blocks, key=lambda block: block.kind)
    return tuple(part for kind, blocks in by_kind for part in _DRAWN[kind](list(blocks), pieces_of))


def sentence(sentence: Sentence, sources: CitationBlocks) -> Iterator[Piece]:
    """A sentence with its marks, and a warning if it is unsupported. A very long one comes in pieces."""
    *first, last = _runs(sentence) or [[]]
    yield from (Piece(tuple(piece)) for piece in first)
    marks = tuple(each for each in sentence.citations if each in sources.citations)
    note = note_of(sentence, sources.words)
    marked = with_marks(last, [sources.citations[each] for each in marks])
    yield Piece((*marked, *([run(f" {note}", italic=True)] if note else [])), marks)


def _runs(sentence: Sentence) -> list[list[Inline]]:
    """The runs of each piece of a sentence, with the words that answer in bold."""
    found, place = [], 0
    for piece in pieces(sentence.text, PART_CHARACTERS):
        place = sentence.text.index(piece, place)  # only white space is left out between pieces
        found.append(runs(piece, moved(sentence.answering, -place)))
        place += len(piece)
    return found


def note_of(sentence: Sentence, words: SlackWords) -> str:
    """The note of an unsupported sentence, or of a quote in place of a draft, in brackets; else empty."""
    reason = words.reason(sentence.reason) if sentence.reason else ""
    if not sentence.unproved:
        return words("answer.note", note=reason) if reason else ""
    return words("answer.note", note=f"⚠ {reason or words('chat.unsupported')}")


def _paragraphs(blocks: Iterable[Shaped], pieces_of: Sequence[tuple[Piece, ...]]) -> Iterator[MessagePart]:
    for block in blocks:
        yield from (MessagePart(rich([line(each.inlines)]), each.marks) for each in _joined(block.sentences, pieces_of))


def _bullets(blocks: Iterable[Shaped], pieces_of: Sequence[tuple[Piece, ...]]) -> Iterator[MessagePart]:
    yield from _listed(item for block in blocks for item in _joined(block.sentences, pieces_of))


def _timeline(blocks: Iterable[Shaped], pieces_of: Sequence[tuple[Piece, ...]]) -> Iterator[MessagePart]:
    """An item for each day, in the order of the days."""
    yield from _listed(
        item for label, days in groupby(blocks, lambda each: each.label) for item in _day(label, days, pieces_of)
    )


def _day(label: str, blocks: Iterable[Shaped], pieces_of: Sequence[tuple[Piece, ...]]) -> Iterator[Piece]:
    places = [place for block in blocks for place in block.sentences]
    yield from _joined(places, pieces_of, [run(label, bold=True), run("  ")] if label else [])


def _compared(blocks: Sequence[Shaped], pieces_of: Sequence[tuple[Piece, ...]]) -> Iterator[MessagePart]:
    """A table with a column for each side; a list for each side, if the table is too large."""
    drawn = _table(blocks, pieces_of)
    if drawn:
        yield drawn
        return
    for side in sides_of(blocks):
        yield MessagePart(rich([line([run(side, bold=True)])]))
        of_side = [block for block in blocks if block.label == side]
        yield from _bullets(of_side, pieces_of)


def _table(blocks: Sequence[Shaped], pieces_of: Sequence[tuple[Piece, ...]]) -> MessagePart | None:
    sides = sides_of(blocks)
    places = {place for block in blocks for place in block.sentences}
    marks = tuple(dict.fromkeys(each for place in sorted(places) for one in pieces_of[place] for each in one.marks))
    cells = [[_cell(row.get(side), pieces_of) for side in sides] for row in rows(blocks)]
    found = table([[rich([line([run(side or "–", bold=True)])]) for side in sides], *cells])
    small = size(found) <= TABLE_CHARACTERS and len(marks) <= TABLE_MARKS
    return MessagePart(found, marks) if small and len(sides) <= COLUMNS and len(cells) < ROWS else None


def _cell(block: Shaped | None, pieces_of: Sequence[tuple[Piece, ...]]) -> Block:
    inlines = [each for one in _joined(block.sentences, pieces_of) for each in one.inlines] if block else []
    return rich([line(inlines or [run("–")])])


def _joined(
    places: Iterable[int], pieces_of: Sequence[tuple[Piece, ...]], lead: Sequence[Inline] = ()
) -> Iterator[Piece]:
    """The sentences behind a `lead`, joined to as few pieces as the limits allow."""
    inlines, marks = list(lead), list[int]()
    for each in (one for place in places for one in pieces_of[place]):
        whole = Piece((*inlines, *each.inlines))
        if inlines and (whole.length > PART_CHARACTERS or len(marks) + len(each.marks) > PART_MARKS):
            yield Piece(tuple(inlines), tuple(marks))
            inlines, marks = [], []
        inlines += [*([run(" ")] if inlines and inlines != list(lead) else []), *each.inlines]
        marks += each.marks
    if inlines:
        yield Piece(tuple(inlines), tuple(marks))


def _listed(items: Iterable[Piece]) -> Iterator[MessagePart]:
    """The items in as few lists as the limits allow."""
    some: list[Piece] = []
    for item in items:
        length, marks = sum(each.length for each in some), sum(len(each.marks) for each in some)
        if some and (length + item.length > PART_CHARACTERS or marks + len(item.marks) > PART_MARKS):
            yield _list(some)
            some = []
        some.append(item)
    if some:
        yield _list(some)


def _list(items: Sequence[Piece]) -> MessagePart:
    return MessagePart(
        rich([bullets(line(each.inlines) for each in items)]), tuple(one for each in items for one in each.marks)
    )


_DRAWN = {"paragraph": _paragraphs, "bullet": _bullets, "event": _timeline, "row": _compared}
