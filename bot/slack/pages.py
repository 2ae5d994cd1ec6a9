"""Blocks to messages, each within Slack's limits, and with the sources of its citations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.slack.elements import Block, actions, size
from bot.slack.sources import quote_select, source
from bot.slack.words import SlackWords
from bot.types import Citation

BLOCKS = 50  # of a message
MESSAGE_CHARACTERS = 12_000  # over all blocks; from some 13,200 on, Slack answers `msg_blocks_too_long` (undocumented)


@dataclass(frozen=True, slots=True)
class MessagePart:
    """A block of a message, and the marks of its citations."""

    block: Block
    marks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CitationBlocks:
    """The citations of an answer by mark. `key` is for its buttons; None for an answer that is not kept."""

    citations: Mapping[int, Citation]
    key: str | None
    words: SlackWords

    @classmethod
    def of(cls, citations: Iterable[Citation], key: str | None, words: SlackWords) -> CitationBlocks:
        return cls({each.mark: each for each in citations}, key, words)

    def below(self, marks: Iterable[int]) -> tuple[Block, ...]:
        """A block for each distinct mark, then the menu that shows a quote in its article."""
        cited = [self.citations[each] for each in dict.fromkeys(marks)]
        shown = [source(each, self.words) for each in cited]
        if self.key is not None and cited:
            shown.append(actions([quote_select(cited, self.key, self.words)]))
        return tuple(shown)


def pages(
    parts: Sequence[MessagePart], sources: CitationBlocks, end: Sequence[Block] = ()
) -> tuple[tuple[Block, ...], ...]:
    """The blocks of each message: parts, then their sources; the `end` is last. Nothing is left out.

    Parts that do not fit go into the next message, with their sources.
    """
    found = [page for group in _groups(parts, sources, end) for page in _cut(_page(group, sources))]
    for block in end:
        if found and fits([*found[-1], block]):
            found[-1].append(block)
        else:
            found.append([block])
    return tuple(map(tuple, found))


def fits(blocks: Sequence[Block]) -> bool:
    """Whether the blocks fit into one message."""
    tables = sum(each["type"] == "table" for each in blocks)
    return len(blocks) <= BLOCKS and tables <= 1 and size(blocks) <= MESSAGE_CHARACTERS


def _groups(parts: Iterable[MessagePart], sources: CitationBlocks, end: Sequence[Block]) -> Iterator[list[MessagePart]]:
    """Groups of parts; each fits into a message with its sources and the end."""
    group: list[MessagePart] = []
    for part in parts:
        if group and not fits([*_page([*group, part], sources), *end]):
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _page(group: Sequence[MessagePart], sources: CitationBlocks) -> list[Block]:
    marks = [mark for part in group for mark in part.marks]
    return [*(part.block for part in group), *sources.below(marks)]


def _cut(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """One message, or several if the sources of a single part do not fit."""
    page: list[Block] = []
    for block in blocks:
        if page and not fits([*page, block]):
            yield page
            page = []
        page.append(block)
    yield page
