"""The shape of an answer to a broad request: its parts, their order and their labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest

from bot.types import BlockKind, Evidence, Intent
from bot.wording import Wording
from index.text.periods import Days, relative, told_from
from index.text.periods.dates import PartialDate, common_word, partial_dates
from index.types import Article

When = tuple[int, ...]  # a year, with a month, with a day

BROAD = frozenset({Intent.OVERVIEW, Intent.LIST, Intent.COMPARISON, Intent.TIMELINE, Intent.POSITIONS})
_FIRST_RANK = 0.5  # the least share of the best salience for an article of the first rank
_HALF_A_YEAR = 6  # months
TOGETHER = 3  # sentences of a bullet, at most


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """The evidence of one block of an answer."""

    kind: BlockKind
    evidence: tuple[Evidence, ...]  # in reading order
    label: str = ""  # the day of an event as people read it, the side of a cell
    day: str = ""  # of an event, in the form of ISO 8601: a day, a month or a year

    @property
    def lead(self) -> str:
        """The text before its first sentence."""
        return f"{self.label}: " if self.label else "- "


def parts(
    request: Intent, chosen: Sequence[Evidence], articles: Mapping[str, Article], language: str = "en"
) -> tuple[AnswerPart, ...]:
    """The chosen sentences, best first, as parts in the order of the answer.

    A timeline has the sentences that state a day. Without any it has bullets.
    """
    if request is Intent.TIMELINE and (events := tuple(_events(chosen, articles, language))):
        return events
    return tuple(_bullets(_newest_first(chosen, articles) if request is Intent.OVERVIEW else chosen))


def cells(sides: Mapping[str, Sequence[Evidence]]) -> tuple[AnswerPart, ...]:
    """The cells of a table, row by row: a part for each side that still has a sentence."""
    rows = zip_longest(*sides.values())
    return tuple(
        AnswerPart("row", (each,), side) for row in rows for side, each in zip(sides, row, strict=True) if each
    )


def _newest_first(chosen: Sequence[Evidence], articles: Mapping[str, Article]) -> list[Evidence]:
    """The sentences of first-rank articles, newest article first; then the others in their order."""
    best = {each.article_id: each.score for each in reversed(chosen)}
    least = _FIRST_RANK * max(best.values(), default=0.0)

    def rank(each: Evidence) -> tuple[bool, int]:
        first_rank = best[each.article_id] >= least
        return not first_rank, -(articles[each.article_id].day or date.min).toordinal() if first_rank else 0

    return sorted(chosen, key=rank)


def _bullets(chosen: Sequence[Evidence]) -> Iterator[AnswerPart]:
    """The sentences by article, few to a bullet, in reading order."""
    for article_id in dict.fromkeys(each.article_id for each in chosen):
        of_article = sorted((each for each in chosen if each.article_id == article_id), key=lambda each: each.start)
        for first in range(0, len(of_article), TOGETHER):
            yield AnswerPart("bullet", tuple(of_article[first : first + TOGETHER]))


def _events(chosen: Sequence[Evidence], articles: Mapping[str, Article], language: str) -> Iterator[AnswerPart]:
    """An event for each sentence that states its day, by day; events of one day by article and place."""
    dated = [(when, each) for each in chosen if (when := event(each.text, articles[each.article_id]))]
    for when, each in sorted(dated, key=lambda one: (_first(one[0]), one[1].article_id, one[1].start)):
        yield AnswerPart("event", (each,), readable(when, language), "-".join(f"{number:02}" for number in when))


def event(text: str, article: Article) -> When | None:
    """The most exact date that a sentence of an article states, the first of several; None if it states none.

    "Yesterday" is told from the day of the article. A date that is written comes first.
    """
    points = (each for each in partial_dates(text) if not common_word(text, each))
    named = [when for each in points if (when := _written(each, article))] or list(resolved(text, article.day))
    return max(named, key=len, default=None)


def resolved(text: str, from_day: date | None) -> Iterator[When]:
    """The periods that a text tells from a day, of those that are one day, month or year."""
    for each in (*told_from(text, from_day), *relative(text, from_day)) if from_day else ():
        if each.since and each.until and (when := _single(each.since, each.until)):
            yield when


def _single(since: date, until: date) -> When | None:
    """A period as numbers, if it is one day, month or year.

    >>> _single(date(2020, 7, 1), date(2020, 7, 31)), _single(date(2020, 7, 6), date(2020, 7, 12))
    ((2020, 7), None)
    """
    day = (since.year, since.month, since.day)
    return next((when for when in (day, day[:2], day[:1]) if _span(when) == (since, until)), None)


def _span(when: When) -> Days | None:
    year, month, day = (*when, None, None)[:3]
    return PartialDate(0, 0, year, month, day, None).days()


def _written(point: PartialDate, article: Article) -> When | None:
    """A date of a text as numbers; None if it cannot be.

    A month without a year is the one nearest to the day of the article: news announce days, too. It cannot be told of a
    month that is half a year away.
    """
    year = point.year or (_nearest_year(point.month, article.day) if point.month and article.day else None)
    whole = replace(point, year=year)
    if not year or not whole.days():
        return None
    return tuple(each for each in (year, whole.month, whole.day) if each)


def _nearest_year(month: int, near: date) -> int | None:
    """The year of such a month that is nearest to a day; None for a month that is as near in two years.

    >>> [_nearest_year(month, date(2020, 1, 15)) for month in (12, 6, 7)]
    [2019, 2020, None]
    """
    away = {12 * (year - near.year) + month - near.month: year for year in (near.year - 1, near.year, near.year + 1)}
    return next((year for months, year in away.items() if abs(months) < _HALF_A_YEAR), None)


def _first(when: When) -> date:
    return date(*(*when, 1, 1)[:3])


def readable(when: When, language: str) -> str:
    """A date for readers, in a language."""
    wording = Wording(language)
    if len(when) == 1:
        return f"{when[0]}年" if language == "zh" else str(when[0])
    return wording.day(_first(when)) if len(when) == 3 else wording.month(_first(when))
