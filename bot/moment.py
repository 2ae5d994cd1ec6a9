"""When it was what an article tells from its own day: "yesterday", "on Monday", "last year", "on 6 July"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from bot.figures import Figure, figures
from index.periods import Days, told_from
from index.words import WEEKDAY

_WEEK = "mon tue wed thu fri sat sun".split()
_WEEKDAY = re.compile(
    rf"(?<!every )(?<!each )(?P<next>\b(?:next|coming) )?(?P<last>\blast )?\b(?P<name>{WEEKDAY})\b|"
    r"(?<![上下每])周(?P<han>[一二三四五六日])",
    re.IGNORECASE,
)
_NOW = re.compile(r"\b(?:now|currently|at present|nowadays)\b|目前|现在|如今", re.IGNORECASE)
_COMING = re.compile(
    r"\b(?:will|would|shall|(?:is|are|was|were) (?:due |set |expected |about )?to|next|plans?)\b|将", re.IGNORECASE
)
_PAST = re.compile(
    r"\b(?:was|were|had|did|said|told|[a-z]{2,}ed|became|began|broke|came|fell|found|gave|held|kept|led|left|lost|made|"
    r"met|rose|sank|sold|took|went|won|wrote)\b|[了已]"
)
# What misleads a reader of another day: no "the next day", "the last week of July" or "two million years ago".
_MISLEADS = re.compile(
    r"(?:\b(?:yesterday|tomorrow|tonight|(?<!the )(?:last|next|this|this past|this coming) "
    r"(?:week|weekend|month|year|morning|afternoon|evening|night|spring|summer|autumn|fall|winter)(?! of\b)|"
    r"(?:\d{1,2}|an?|two|three|four|five|six|seven|eight|nine|ten|few|several|couple of) "
    r"(?:hour|day|week|month|year)s? ago|"
    rf"(?:on|last|next|this|since|until|by) {WEEKDAY}(?!,? (?:the )?(?:\d|[A-Z][a-z]+ \d)))\b"
    r"|昨[天日晚]|明天|今[天日晨晚年]|去年|明年|[上下本]个?(?:周|月|星期))",
    re.IGNORECASE,
)


def misleads(sentence: str) -> bool:
    """Whether a sentence tells a day from the day of its article, and no year.

    >>> misleads("It closed on Monday."), misleads("It closed on Mondays."), misleads("It closed the next day.")
    (True, False, False)
    """
    return bool(_MISLEADS.search(sentence)) and not any(_a_year(each) for each in figures(sentence))


@lru_cache(maxsize=4_096)
def terms_of_days(text: str, day: date) -> frozenset[str]:
    """The years, months and days that a text of `day` tells from it, in the form of `Figure.terms`.

    >>> sorted(terms_of_days("It closed yesterday.", date(2021, 1, 1)))
    ['12-', '12-31', '2020']
    >>> sorted(terms_of_days("It closed on 28 December.", date(2021, 1, 1)))
    ['2020']
    """
    told = [(each.since or day, each.until or day) for each in told_from(text, day)]
    now = [(day, day)] if _NOW.search(text) else []
    coming = bool(_COMING.search(text))
    past = bool(_PAST.search(text))
    spans = [*told, *now, *_weekdays(text, day, past or not coming, coming)]
    return frozenset(term for span in spans for term in _terms(span)) | {
        str(year) for each in figures(text) if each.month and not each.year for year in _years(each, day, past, coming)
    }


def _terms(days: Days) -> Iterator[str]:
    """What all of some days have in common."""
    first, last = days
    if first.year == last.year:
        yield str(first.year)
        if first.month == last.month:
            yield f"{first.month}-"
    if first == last:
        yield f"{first.month}-{first.day}"


def _weekdays(text: str, day: date, past: bool, coming: bool) -> Iterator[Days]:
    """The last one of each weekday, and the next one where the text tells of what is to come."""
    for found in _WEEKDAY.finditer(text):
        number = "一二三四五六日".index(found["han"]) if found["han"] else _WEEK.index(found["name"][:3].lower())
        back, ahead = (day.weekday() - number) % 7, (number - day.weekday()) % 7
        before = [back or 7 * bool(found["last"])] if past and not found["next"] else []
        after = [ahead or 7 * bool(found["next"])] if coming and not found["last"] else []
        after = [*after, after[0] + 7] if found["next"] and after else after  # this week's or the next one's
        for moved in (*(-each for each in before), *after):
            yield day + timedelta(moved), day + timedelta(moved)


def _years(figure: Figure, day: date, past: bool, coming: bool) -> Iterator[int]:
    """The year of a day or a month: of the last one, of the next one where the text tells of what is to come, or of
    the nearest one."""
    when = (figure.month or 1, figure.day or (day.day if figure.month == day.month else 15))
    last = day.year - (when > (day.month, day.day))
    following = day.year + (when < (day.month, day.day))
    if past or not coming:
        near = (when[0] - day.month) % 12 > 6 or when <= (day.month, day.day)
        yield last if past or near else following
    if coming:
        yield following


def _a_year(figure: Figure) -> bool:
    value = figure.value
    return bool(figure.year) or (
        value is not None and not figure.no_year and 1900 <= value < 2100 and value == int(value)
    )
