"""A citing model's reply to its statements, each as soon as its numbers are there.

The reply is a small subset of Markdown: prose, `- ` bullets, `- 2020-06-15 | ` events and tables. Marks such as `[12]`
or `[3][4]` stand at the end of a sentence, and `[0]` after one about the articles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from bot.answering.write.draft import AHEAD, unstressed
from bot.types import BlockKind, Cited, Evidence
from index.text.figures import read
from index.text.sentence import sentences

SEARCH = "Search:"  # before each query that a model names instead of an answer
QUERIES = 3  # at most
ABOUT = 0  # the number of a statement about the articles
_MARK = re.compile(r"\s*\[(\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*)\]")
_BEGUN = re.compile(r"\s*(?:\[[\d\s,;–-]*)?\Z")  # what may yet become a mark
_RANGE = 10  # numbers of a mark such as [3-5], at most
_KNOWN = 24  # characters of a line that show what kind of block it begins
_BULLET = re.compile(r"\s*[-*•]\s+")
_NUMBERED = re.compile(r"\s*(\d{1,2})[.)]\s+")
_HEADING = re.compile(r"\s*#{1,6}\s+")
_EVENT = re.compile(r"\s*(?:[-*•]\s+)?\**(\d{4}(?:-\d{2}){0,2})\**\s*\|\s*")
_CELL = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"[\s|:-]+\Z")  # the line under a table's head

Numbered = Callable[[int], Evidence | None]


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a reply without its marks, and the place that it has in the reply's shape."""

    text: str
    cited: tuple[Evidence, ...] = ()
    about: bool = False  # the model says that it is about the articles
    unknown: tuple[int, ...] = ()  # numbers that no sentence has
    kind: BlockKind = "paragraph"
    begins: bool = True  # a block of its own
    label: str = ""  # the column of a cell
    day: str = ""  # of an event, in the form of ISO 8601


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words, and the marks right behind them."""

    words: str
    evidence: tuple[Evidence, ...] = ()
    numbers: tuple[int, ...] = ()  # `ABOUT`, and those that no sentence has


def queries(words: Iterable[Cited]) -> tuple[tuple[str, ...], Iterator[Cited]]:
    """The queries that a reply names instead of an answer, and the words of the reply; one of the two is empty.

    >>> queries(map(Cited, ["Sea", "rch: the mayor\\nSearch: the bridge"]))[0]
    ('the mayor', 'the bridge')
    """
    pieces, held, begun = iter(words), list[Cited](), ""
    for piece in pieces:
        held.append(piece)
        begun = "".join(each.words for each in held).lstrip()
        if len(begun) >= len(SEARCH):
            break
    if not begun.startswith(SEARCH):
        return (), chain(held, pieces)
    lines = "".join((begun, *(each.words for each in pieces))).splitlines()
    named = (line.strip().removeprefix(SEARCH).strip() for line in lines if line.strip().startswith(SEARCH))
    return tuple(dict.fromkeys(filter(None, named)))[:QUERIES], iter(())


def statements(words: Iterable[Cited], numbered: Numbered) -> Generator[Statement]:
    """The statements of a reply in order. `numbered` gives the sentence of a number, None where there is none.

    >>> said = statements(map(Cited, ["It left [1", "]. They give no day [0]."]), lambda number: None)
    >>> [(each.text, each.about, each.unknown) for each in said]
    [('It left.', False, (1,)), ('They give no day.', True, ())]
    """
    line, table = _Line(), _Table()
    for piece in _marked(words, numbered):
        *ended, rest = piece.words.split("\n")
        for part in ended:
            line.add(_Piece(part))
            yield from _finished(line, table)
            line = line.following()
        line.add(_Piece(rest, piece.evidence, piece.numbers))
        yield from line.ended()
    yield from _finished(line, table)


@dataclass(slots=True)
class _Line:
    """A line of a reply while it comes: the words that are not given yet, and the places of their marks."""

    number: int = 1  # that the next numbered item has
    text: str = ""
    marks: list[tuple[int, _Piece]] = field(default_factory=list)
    kind: BlockKind | None = None  # None until it is known
    day: str = ""
    given: bool = False  # whether a statement of the line was given

    def add(self, piece: _Piece) -> None:
        self.text += piece.words
        if piece.evidence or piece.numbers:
            self.marks.append((len(self.text), piece))

    def following(self) -> _Line:
        return _Line(self.number)

    @property
    def row(self) -> bool:
        return self.text.lstrip().startswith("|")

    def ended(self) -> Iterator[Statement]:
        """The statements that have ended while more of the line may come; a row ends with its line."""
        if (self.row and self.kind is None) or (self.kind is None and len(self.text.lstrip()) < _KNOWN):
            return
        self._begin()
        spans = sentences(self.text)
        ended = [span for span in spans[:-1] if len(self.text) - span.end >= AHEAD]
        if ended:
            yield from self._statements(len(ended))
            self._drop(sentences(self.text)[len(ended)].start)

    def finish(self) -> Iterator[Statement]:
        """The statements that are left, once the line has ended."""
        self._begin()
        yield from self._statements(None)

    def _begin(self) -> None:
        """Tells the kind of the block, and drops the signs that say so."""
        if self.kind is not None:
            return
        if found := _EVENT.match(self.text):
            self.kind, self.day = "event", found[1]
        elif found := _BULLET.match(self.text):
            self.kind = "bullet"
        elif (found := _NUMBERED.match(self.text)) and int(found[1]) == self.number and not _dated(self.text):
            self.kind, self.number = "bullet", self.number + 1
        else:
            self.kind, found = "paragraph", _HEADING.match(self.text)
        self._drop(found.end() if found else 0)

    def _drop(self, before: int) -> None:
        self.text = self.text[before:]
        self.marks = [(place - before, piece) for place, piece in self.marks if place > before]

    def _statements(self, count: int | None) -> Iterator[Statement]:
        for span in sentences(self.text)[:count]:
            if text := unstressed(self.text[span.start : span.end]):
                pieces = [piece for place, piece in self.marks if span.start < place <= span.end + 1]
                assert self.kind is not None
                if any(map(str.isalnum, text)):
                    yield _statement(text, pieces, self.kind, begins=not self.given, day=self.day)
                    self.given = True


@dataclass(slots=True)
class _Table:
    """The table that a line may go on with."""

    labels: tuple[str, ...] = ()

    def cells(self, line: _Line) -> Iterator[Statement]:
        """The cells of a row; the first row has the labels. A cell without numbers has those of its whole row."""
        if _RULE.match(line.text):
            return
        bounds = [found.start() for found in _CELL.finditer(line.text)]
        ends = [*bounds[1:], *([len(line.text)] if line.text[bounds[-1] + 1 :].strip() else [])]
        cells = [(start + 1, end) for start, end in zip(bounds, ends, strict=False)]
        texts = [unstressed(line.text[start:end].replace("\\|", "|")) for start, end in cells]
        if not self.labels:
            self.labels = tuple(text or str(place) for place, text in enumerate(texts, 1))
            return
        for label, text, (start, end) in zip(self.labels, texts, cells, strict=False):
            own = [piece for place, piece in line.marks if start < place <= end]
            if any(map(str.isalnum, text)):
                yield _statement(text, own or [piece for _, piece in line.marks], "row", label=label)


def _finished(line: _Line, table: _Table) -> Iterator[Statement]:
    """The statements of a line that has ended."""
    if line.row and line.kind is None:
        yield from table.cells(line)
    elif line.text.strip():
        table.labels = ()
        yield from line.finish()


def _statement(
    text: str, pieces: Iterable[_Piece], kind: BlockKind, *, begins: bool = True, label: str = "", day: str = ""
) -> Statement:
    evidence = dict.fromkeys(chain.from_iterable(piece.evidence for piece in pieces))
    numbers = dict.fromkeys(chain.from_iterable(piece.numbers for piece in pieces))
    unknown = tuple(each for each in numbers if each != ABOUT)
    return Statement(text, tuple(evidence), ABOUT in numbers and not evidence, unknown, kind, begins, label, day)


def _dated(text: str) -> bool:
    """Whether a line begins with a date, as German writes one: "3. Oktober 1990".

    >>> _dated("3. Oktober 1990 war es so weit."), _dated("3. It left.")
    (True, False)
    """
    return any(each.start == 0 for each in read(text.lstrip()[:60]).dates)


def _marked(words: Iterable[Cited], numbered: Numbered) -> Iterator[_Piece]:
    """The words without their marks, each with the sentences that its marks name."""
    held = ""
    for piece in words:
        held += piece.words
        begun = _BEGUN.search(held)
        ready, held = (held[: begun.start()], held[begun.start() :]) if begun else (held, "")
        yield from _split(ready, numbered)
        if piece.evidence:
            yield _Piece(held, piece.evidence)
            held = ""
    yield from _split(held, numbered)


def _split(text: str, numbered: Numbered) -> Iterator[_Piece]:
    place = 0
    for mark in _MARK.finditer(text):
        numbers = list(_numbers(mark[1]))
        evidence = tuple(filter(None, map(numbered, numbers)))
        yield _Piece(text[place : mark.start()], evidence, tuple(each for each in numbers if not numbered(each)))
        place = mark.end()
    if place < len(text):
        yield _Piece(text[place:])


def _numbers(mark: str) -> Iterator[int]:
    """The numbers of a mark.

    >>> list(_numbers("3, 5-7"))
    [3, 5, 6, 7]
    """
    for part in re.split(r"\s*[,;]\s*", mark):
        first, *last = re.split(r"\s*[–-]\s*", part)
        end = int(last[-1]) if last else int(first)
        yield from range(int(first), min(end, int(first) + _RANGE) + 1)
