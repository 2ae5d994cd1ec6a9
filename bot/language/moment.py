"""When it was what an article tells from its own day: "yesterday", "on Monday", "last year", "on 6 July"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache

from bot.language.figures import Figure, figures
from index.periods import Days, told_from
from index.words import WEEKDAY

_WEEK = "mon tue wed thu fri sat sun".split()
_WEEKDAY = re.compile(
    rf"(?<!every )(?<!each )(?P<next>\b(?:next|coming) )?(?P<last>\blast )?\b(?P<name>{WEEKDAY})\b|"
    r"(?<![上下每])周(?P<han>[一二三四五六日])",
    re.IGNORECASE,
)
_NEEDS_DAY = re.compile(
    rf"\b(?:today|yesterday|tomorrow|tonight|now|currently|{WEEKDAY}|"
    r"(?:this|last|next|past|coming) (?:week|weekend|month|year|spring|summer|autumn|winter|morning|night))\b|"
    r"\bago\b|weekend|"
    r"今[天年日晨晚]|昨[天日晚]|明[天年日]|去年|本[周月年]|上[周月]|下[周月]|周[一二三四五六日]|前[天年]|目前|现在|[天周月年]前",
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
# One that is told from the day of the article; no "the last week of July".
_TOLD = re.compile(
    r"(?<!the )\b(?P<which>last|past|previous|this|next|coming) "
    r"(?P<unit>day|night|week|weekend|month|quarter|year|decade)\b(?! of\b)",
    re.IGNORECASE,
)
_WHICH = {"past": "last", "previous": "last", "coming": "next"}
# What misleads a reader of another day: no "the next day", "the last week of July", "two million years ago" or "on
# Monday nights", and no title: "her book Next Year". The capital of a sentence's beginning is made small before.
_MISLEADS = re.compile(
    r"(?:\b(?:yesterday|tomorrow|tonight|(?<!the )(?:last|next|this|this past|this coming) "
    r"(?:week|weekend|month|year|morning|afternoon|evening|night|spring|summer|autumn|fall|winter)(?! of\b)|"
    r"(?:\d{1,2}|an?|two|three|four|five|six|seven|eight|nine|ten|few|several|couple of) "
    r"(?:hour|day|week|month|year)s? ago)\b|"
    rf"\b(?<![Mm]ail )(?<![Ss]cotland )(?:on|last|next|this|coming|past|since|until|by) {WEEKDAY}\b"
    r"(?!s? (?:morning|afternoon|evening|night)s\b| (?:Night|Times)\b|,? (?:the )?(?:\d|[A-Z][a-z]+ \d))|"
    r"昨[天日晚]|明天|今[天日晨晚年]|去年|明年|[上下本]个?(?:周|月|星期))"
)
_OPENING = re.compile(r"(?:\A|[.!?:;\n])\s{0,3}[A-Z]")
_QUOTED = re.compile(r"\"[^\"]*\"|(?:“|\A(?=[^“”]*”))[^“”]*(?:”|\Z)|「[^」]*」|《[^》]*》")


@lru_cache(maxsize=1_024)
def needs_day(text: str) -> bool:
    """Whether a sentence leaves its day or its year to the day of its article: "on Monday", "on 6 July".

    >>> needs_day("It closed on 6 July."), needs_day("It closed on 6 July 2020."), needs_day("It closed.")
    (True, False, False)
    """
    return bool(_NEEDS_DAY.search(text)) or any(each.month and not each.year for each in figures(text))


def otherwise_told(claim: str, quotes: Iterable[str]) -> bool:
    """Whether a claim tells of another week, month or year than the quotes, which tell of one from their day too.

    >>> otherwise_told("It met last week.", ["It met last month."])
    True
    >>> otherwise_told("It met last week.", ["It met last week, and last month."])
    False
    """
    own, there = _told(claim), _told(" ".join(quotes))
    return bool(own and there) and own.isdisjoint(there)


def _told(text: str) -> set[tuple[str, str]]:
    found = ((each["which"].lower(), each["unit"].lower()) for each in _TOLD.finditer(text))
    return {(_WHICH.get(which, which), unit) for which, unit in found}


def misleads(sentence: str) -> bool:
    """Whether a sentence tells a day from the day of its article, and no year; what is quoted is told from its own day.

    >>> misleads("It closed on Monday."), misleads("It closed on Mondays."), misleads("It closed the next day.")
    (True, False, False)
    """
    said = _OPENING.sub(lambda found: found[0].lower(), _QUOTED.sub(" ", sentence))
    return bool(_MISLEADS.search(said)) and not _has_year(sentence)


@lru_cache(maxsize=4_096)
def terms_of_days(text: str, day: date) -> frozenset[str]:
    """The years, months and days that a text of `day` tells from it, in the form of `Figure.terms`. "Now" is that day
    only where no year is written: what "will now last until 2026" is of 2026.

    >>> sorted(terms_of_days("It closed yesterday.", date(2021, 1, 1)))
    ['12-', '12-31', '2020']
    >>> sorted(terms_of_days("It closed on 28 December.", date(2021, 1, 1)))
    ['2020']
    """
    if not needs_day(text):
        return frozenset()
    told = [(each.since or day, each.until or day) for each in told_from(text, day)]
    now = [(day, day)] if _NOW.search(text) and not _has_year(text) else []
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


def _has_year(text: str) -> bool:
    return any(_a_year(each) for each in figures(text))


def _a_year(figure: Figure) -> bool:
    value = figure.value
    return bool(figure.year) or (
        value is not None and not figure.no_year and 1900 <= value < 2100 and value == int(value)
    )
