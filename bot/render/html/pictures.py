"""Small pictures beside an answer, as markup: the days of its articles, and figures that contradict each other.

Gradio's cleaner of markup takes `viewBox` and all of ARIA but roles away: places are percentages, and names are titles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.render.html.markup import safe
from bot.render.html.words import ENGLISH, PageWording

RADIUS, STEP = 5, 13  # pixels of a dot, and between two of one place
EDGE = 2  # percent that the line goes on beyond the first and the last dot
THICK = 8  # pixels of a bar


@dataclass(frozen=True, slots=True)
class Dot:
    """An article: its day, and by what people know it."""

    day: date
    name: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure of one side, in the reader's language, and whose it is, which is markup."""

    value: float  # not below 0
    figure: str
    source: str


def strip(dots: Sequence[Dot], words: PageWording = ENGLISH) -> str:
    """A dot for each article on a line from the first day to the last; empty where there are not two days."""
    placed = _placed(sorted(dots, key=lambda each: each.day))
    if len({dot.day for dot, _, _ in placed}) < 2:
        return ""
    height = 2 * (RADIUS + 1) + STEP * max(row for _, _, row in placed)
    middle = height - RADIUS - 1
    drawn = "".join(
        f'<circle cx="{place:.1f}%" cy="{middle - STEP * row}" r="{RADIUS}">'
        f"<title>{safe(_told(dot, words))}</title></circle>"
        for dot, place, row in placed
    )
    name = safe(words("panel.days", days=words("facts.semicolon").join(_told(dot, words) for dot, _, _ in placed)))
    ends = "".join(f"<span>{safe(words.day(dot.day))}</span>" for dot, _, _ in (placed[0], placed[-1]))
    return (
        f'<div class="days"><div role="img" title="{name}"><svg width="100%" height="{height}">'
        f'<line x1="0" y1="{middle}" x2="100%" y2="{middle}"/>{drawn}</svg></div>'
        f'<p class="note">{ends}</p></div>'
    )


def bars(sides: Sequence[Bar], words: PageWording = ENGLISH) -> str:
    """A bar for each side, as long as its figure is large; empty where there are no two, or all are 0."""
    most = max((each.value for each in sides), default=0)
    if len(sides) < 2 or not most:
        return ""
    drawn = "".join(
        f'<p><strong>{safe(each.figure)}</strong> <span class="byline">{each.source}</span></p>'
        f'<svg width="100%" height="{THICK}"><rect width="{100 * each.value / most:.1f}%" height="{THICK}"/></svg>'
        for each in sides
    )
    return f'<div class="figures"><p class="note">{safe(words("panel.disagree"))}</p>{drawn}</div>'


def _placed(dots: Sequence[Dot]) -> list[tuple[Dot, float, int]]:
    """Each with its place on the line, in percent, and how many stand on its day before it."""
    if not dots:
        return []
    first, span = dots[0].day, max((dots[-1].day - dots[0].day).days, 1)
    seen: Counter[date] = Counter()
    placed = []
    for dot in dots:
        placed.append((dot, EDGE + (100 - 2 * EDGE) * (dot.day - first).days / span, seen[dot.day]))
        seen[dot.day] += 1
    return placed


def _told(dot: Dot, words: PageWording) -> str:
    return words("facts.comma").join((dot.name, words.day(dot.day)))
