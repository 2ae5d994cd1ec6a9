"""Text to passages: whole sentences, as many as the embedder reads, ending with a paragraph where they can."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise

from index.text.sentence import sentences
from index.types import Passage, Span

Count = Callable[[Sequence[str]], Sequence[int]]

# What it costs to end a passage in a place, where a passage that is empty but for one part in `limit` costs 1. So a
# passage ends with a paragraph rather than with a sentence where that leaves less than a third of it empty.
_AFTER_SENTENCE = 0.1
_AFTER_HEADING = 0.5  # a line that announces what it would be parted from
_IN_SENTENCE = 0.6

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")
_STOPPED = re.compile(r"[.!?…。！？；．][\"'”’»›)\]}」』）】》〉〕*_]*(?:\[[^\[\]\n]{1,30}\])*\Z")
_LONGEST_STOP = 50  # characters
_CLAUSE = re.compile(r"[,;:)\]—–](?=\s)|[，、；：）」』”]")
_WORD = re.compile(r"\S(?=\s)")


def split(article_id: str, text: str, limit: int, count: Count) -> tuple[Passage, ...]:
    """The passages of `text`, in order and apart, each at most `limit` of what `count` counts in a text.

    Together they hold all of `text` but white space. Every sentence is in one passage. One that is longer than the
    limit is cut, at the end of a clause if there is one. `count` is called a few times, with many texts at once. Only a
    single character that counts more than the limit makes a longer passage.
    """
    if limit < 1:
        raise ValueError(f"limit must be positive, not {limit}")
    units = _fitting(text, list(_tiles(text)), limit, count)
    spans = [span for span, _ in units]
    passages = _counted(text, spans, _packed(units, _endings(text, spans), limit), limit, count)
    return tuple(Passage(article_id, span.start, span.end, text[span.start : span.end]) for span in passages)


def _tiles(text: str) -> Iterator[Span]:
    """The sentences, each from the end of the one before it, so that heading and list marks are in one, too."""
    end = 0
    for sentence in sentences(text):
        yield _trimmed(text, end, sentence.end)
        end = sentence.end
    if text[end:].strip():
        yield _trimmed(text, end, len(text))


def _trimmed(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    return Span(end - len(part.lstrip()), start + len(part.rstrip()))


def _sizes(text: str, spans: Sequence[Span], count: Count) -> list[int]:
    return [max(1, size) for size in count([text[span.start : span.end] for span in spans])] if spans else []


def _fitting(text: str, spans: Sequence[Span], limit: int, count: Count) -> list[tuple[Span, int]]:
    """The spans with their sizes, those over the limit halved until they fit."""
    sized = list(zip(spans, _sizes(text, spans, count), strict=True))
    long = [span for span, size in sized if size > limit and span.end - span.start > 1]
    if not long:
        return sized
    halves = _fitting(text, [half for span in long for half in _halves(text, span)], limit, count)
    return sorted([*halves, *(each for each in sized if each[1] <= limit or each[0].end - each[0].start == 1)])


def _halves(text: str, span: Span) -> tuple[Span, Span]:
    """The two parts of a span, cut nearest to its middle after a clause, else between words, else anywhere."""
    middle, quarter = (span.start + span.end) // 2, (span.end - span.start) // 4
    for pattern in (_CLAUSE, _WORD):
        ends = [found.end() for found in pattern.finditer(text, middle - quarter, middle + quarter)]
        if ends:
            middle = min(ends, key=lambda end: abs(end - (span.start + span.end) // 2))
            break
    return _trimmed(text, span.start, middle), _trimmed(text, middle, span.end)


def _endings(text: str, spans: Sequence[Span]) -> list[float]:
    """The costs of ending a passage after each of the spans."""
    return [*(_ending(text, span, following) for span, following in pairwise(spans)), 0.0]


def _ending(text: str, span: Span, following: Span) -> float:
    stopped = _STOPPED.search(text[max(span.start, span.end - _LONGEST_STOP) : span.end])
    if _PARAGRAPH.search(text, span.end, following.start):
        return 0.0 if stopped else _AFTER_HEADING
    return _AFTER_SENTENCE if stopped else _IN_SENTENCE


def _packed(units: Sequence[tuple[Span, int]], endings: Sequence[float], limit: int) -> list[range]:
    """The units of each passage. Of all ways to fill passages in order it is the cheapest, as TeX breaks a paragraph:
    the sum, over the passages, of their endings and of the squares of the parts that stay empty."""
    sums = [0, *accumulate(size for _, size in units)]
    cost, first = [0.0], [0]  # of the best passages up to each unit, and where the last of them begins
    for end in range(1, len(units) + 1):
        best, begin = float("inf"), end - 1
        for start in range(end - 1, -1, -1):
            size = sums[end] - sums[start]
            if size > limit and start < end - 1:
                break
            if (total := cost[start] + max(0.0, 1 - size / limit) ** 2) < best:
                best, begin = total, start
        cost.append(best + endings[end - 1])
        first.append(begin)
    ranges, end = [], len(units)
    while end > 0:
        ranges.append(range(first[end], end))
        end = first[end]
    return ranges[::-1]


def _counted(text: str, spans: Sequence[Span], ranges: Sequence[range], limit: int, count: Count) -> list[Span]:
    """The span of each range of `spans`, halved where too long: the sizes of parts of words need not add up."""
    passages = [Span(spans[each.start].start, spans[each.stop - 1].end) for each in ranges]
    sizes = _sizes(text, passages, count)
    middles = {
        (each.start + each.stop) // 2
        for each, size in zip(ranges, sizes, strict=True)
        if size > limit and len(each) > 1
    }
    if not middles:
        return passages
    cuts = sorted({0, *(each.stop for each in ranges), *middles})
    return _counted(text, spans, [range(start, stop) for start, stop in pairwise(cuts)], limit, count)
