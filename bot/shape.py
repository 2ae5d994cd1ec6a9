"""The shape of an answer to a broad request: what is told in which order, under which label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest

from bot.attribute import day
from bot.types import BlockKind, Evidence, Request
from index.periods.dates import PartialDate, partial_dates
from index.types import Article
from index.words import MONTHS

When = tuple[int, ...]  # a year, with a month, with a day

BROAD = frozenset({Request.OVERVIEW, Request.LIST, Request.COMPARISON, Request.TIMELINE, Request.POSITIONS})
_MATTERS = 0.5  # the share of the best salience from which on an article matters as much
TOGETHER = 3  # sentences of a bullet, at most


@dataclass(frozen=True, slots=True)
class Part:
    """What one block of an answer rests on."""

    kind: BlockKind
    evidence: tuple[Evidence, ...]  # in reading order
    label: str = ""  # the day of an event as people read it, the side of a cell
    day: str = ""  # of an event, in the form of ISO 8601: a day, a month or a year

    @property
    def lead(self) -> str:
        """What stands before it in a text."""
        return f"{self.label}: " if self.label else "- "


def parts(
    request: Request, chosen: Sequence[Evidence], articles: Mapping[str, Article], language: str = "en"
) -> tuple[Part, ...]:
    """The evidence, the best first, as parts in the order in which they are told."""
    if request is Request.TIMELINE:
        return tuple(_events(chosen, articles, language))
    return tuple(_bullets(_newest_first(chosen, articles) if request is Request.OVERVIEW else chosen))


def cells(sides: Mapping[str, Sequence[Evidence]]) -> tuple[Part, ...]:
    """A row of a table after the other, of each a part a side."""
    rows = zip_longest(*sides.values())
    return tuple(Part("row", (each,), side) for row in rows for side, each in zip(sides, row, strict=True) if each)


def _newest_first(chosen: Sequence[Evidence], articles: Mapping[str, Article]) -> list[Evidence]:
    """With those of the articles that matter most at the beginning, the newest article first."""
    best = {each.article_id: each.score for each in reversed(chosen)}
    least = _MATTERS * max(best.values(), default=0.0)

    def place(each: Evidence) -> tuple[bool, int]:
        matters = best[each.article_id] >= least
        return not matters, -(articles[each.article_id].day or date.min).toordinal() if matters else 0

    return sorted(chosen, key=place)


def _bullets(chosen: Sequence[Evidence]) -> Iterator[Part]:
    """The sentences by article, few to a bullet, in reading order."""
    for article_id in dict.fromkeys(each.article_id for each in chosen):
        own = sorted((each for each in chosen if each.article_id == article_id), key=lambda each: each.start)
        for first in range(0, len(own), TOGETHER):
            yield Part("bullet", tuple(own[first : first + TOGETHER]))


def _events(chosen: Sequence[Evidence], articles: Mapping[str, Article], language: str) -> Iterator[Part]:
    """A sentence each, by its day; those of one day in the order of their articles."""
    dated = [(_event(each.text, articles[each.article_id]), each) for each in chosen]
    for when, each in sorted(dated, key=lambda one: (_first(one[0]), one[1].article_id, one[1].start)):
        written = "-".join(f"{number:02}" for number in when or ())
        yield Part("event", (each,), _read(when, language), written)


def _event(text: str, article: Article) -> When | None:
    """The most exact day, month or year that a sentence names, the first of several; else the day of its article."""
    named = [when for each in partial_dates(text) if (when := _written(each, article))]
    own = article.day
    return max(named, key=len, default=(own.year, own.month, own.day) if own else None)


def _written(point: PartialDate, article: Article) -> When | None:
    """A month without a year is of the year of the article, or of the one before."""
    own, year = article.day, point.year
    if year is None and point.month is not None and own:
        year = own.year - ((point.month, point.day or 1) > (own.month, own.day))
    whole = replace(point, year=year)
    if not year or not whole.days():
        return None
    return tuple(each for each in (year, whole.month, whole.day) if each)


def _first(when: When | None) -> date:
    return date(*(*when, 1, 1)[:3]) if when else date.min


def _read(when: When | None, language: str) -> str:
    """As people read it; empty where it is not known."""
    if when is None or len(when) == 3:
        return day(_first(when), language) if when else ""
    if language == "zh":
        return "".join(f"{number}{unit}" for number, unit in zip(when, "年月", strict=False))
    return " ".join([*(MONTHS[month - 1] for month in when[1:]), str(when[0])])
