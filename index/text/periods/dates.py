"""Dates as they are written, whole or in part: "15 July", "July 2020", "15/07/2020", "2020年7月15日"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from index.text.periods.days import Days
from index.text.periods.numerals import western

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_MONTH = rf"(?P<m>{MONTH})"
_NUMBER = r"(?:0?[1-9]|[12]\d|3[01])"
_ORDINAL = r"(?:st|nd|rd|th)?"
_DAY = rf"(?<![\d.,])(?P<d>{_NUMBER}){_ORDINAL}(?:\s?(?:-|–|to|and)\s?(?P<l>{_NUMBER}){_ORDINAL})?(?![\d%]|[.,]\d)"
YEAR = r"(?:19|20)\d\d"
_BESIDE = r"(?:1[5-9]|20)\d\d"  # beside a month, where it is no other number
_YEAR_BESIDE = rf"(?P<y>{_BESIDE})(?![\d%]|[.,-]\d|['’]?s\b(?<=0s))"
_YEAR = rf"(?<![\d.,-])(?P<y>{YEAR})(?![\d%]|[.,-]\d|['’]?s\b(?<=0s))"  # and no decade
_MONTH_NUMBER = r"(?P<m>1[0-2]|0?[1-9])"
_DIGITS = "一二三四五六七八九"
_PATTERNS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_DAY}\s(?:of\s)?{_MONTH}(?:,?\s{_YEAR_BESIDE})?",
        rf"\b{_MONTH}\s{_DAY}(?:,?\s{_YEAR_BESIDE})?",
        rf"\b{_MONTH}(?:,?\s(?:of\s)?{_YEAR_BESIDE})?",
        rf"(?<![\d.,])(?P<d>{_NUMBER})-{_MONTH}-(?P<y>{YEAR})(?!\d)",
        rf"(?<![\d./-])(?P<y>{YEAR})(?P<s>[/.]){_MONTH_NUMBER}(?P=s)(?P<d>{_NUMBER})(?![\d/]|[.-]\d)",
        rf"(?<![\d./-])(?P<d>0[1-9]|[12]\d|3[01])\.(?P<m>0[1-9]|1[0-2])\.(?P<y>{YEAR})(?![\d/]|[.-]\d)",
        # 15/07/2020 and 7/15/2020; 7/8/2020 reads two ways, and is none
        rf"(?<![\d./-])(?P<d>1[3-9]|2\d|3[01])/{_MONTH_NUMBER}/(?P<y>{YEAR}|\d\d)(?![\d/]|[.-]\d)",
        rf"(?<![\d./-]){_MONTH_NUMBER}/(?P<d>1[3-9]|2\d|3[01])/(?P<y>{YEAR}|\d\d)(?![\d/]|[.-]\d)",
        rf"(?<![\d-])(?P<y>{YEAR})-(?P<m>\d\d)(?:-(?P<d>\d\d))?(?![\d-])",
        rf"(?:(?P<y>{_BESIDE})\s?年\s?)?{_MONTH_NUMBER}\s?月(?:份|\s?(?P<d>\d{{1,2}})\s?[日号])?",
        rf"(?P<y>{YEAR})\s?年(?![代度级])",
        rf"(?:(?P<y>[一二][零〇{_DIGITS}]{{3}})年)?(?P<m>十[一二]?|[{_DIGITS}])月"
        rf"(?:份|(?P<d>[二三]?十[{_DIGITS}]?|[{_DIGITS}])[日号])?",
        _YEAR,
    )
]


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A day, a month or a year as it is written; what is not written is None."""

    start: int
    end: int
    year: int | None
    month: int | None
    day: int | None
    last: int | None  # of several days

    def days(self) -> Days | None:
        """The first and the last day; None where there is no such day."""
        if self.year is None:
            return None
        try:
            if self.month is None:
                return date(self.year, 1, 1), date(self.year, 12, 31)
            last = self.last or self.day or monthrange(self.year, self.month)[1]
            return date(self.year, self.month, self.day or 1), date(self.year, self.month, last)
        except ValueError:
            return None


def partial_dates(text: str) -> Iterator[PartialDate]:
    """All that may be dates in a text, in order, apart; a bare number that looks like a year too."""
    end = 0
    matches = (match for pattern in _PATTERNS for match in pattern.finditer(text))
    for match in sorted(matches, key=lambda match: (match.start(), -match.end())):
        if match.start() >= end:
            end = match.end()
            yield _partial_date(match)


def common_word(text: str, point: PartialDate) -> bool:
    """Whether a month stands alone and in small letters: "may" and "march" are words, too.

    >>> [common_word(text, next(partial_dates(text))) for text in ("Nobody may cross.", "It began in May.", "may 2020")]
    [True, False, False]
    """
    return point.day is None and point.year is None and text[point.start].islower()


def _partial_date(match: re.Match[str]) -> PartialDate:
    written = {name: western(value) for name, value in match.groupdict().items()}
    month = written.get("m")
    day, last, year = (int(value) if (value := written.get(name)) else None for name in ("d", "l", "y"))
    number = None if month is None else int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    year = year + 2000 if year is not None and year < 100 else year
    return PartialDate(match.start(), match.end(), year, number, day, last)
