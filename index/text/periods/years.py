"""Parts of a year, and several years: "Q3 2021", "the first half of 2020", "the 1990s", "2010-2015"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from index.text.periods.absolute import asked, event
from index.text.periods.bounds import Period, ahead, bounded
from index.text.periods.dates import YEAR
from index.text.periods.days import YEARS_BACK
from index.text.periods.numerals import HAN

_PLACES = ["first", "second", "third", "fourth"]
_PART_OF_YEAR = re.compile(
    rf"\b(?:the\s)?(?:(?P<half>first|second)\shalf|H(?P<h>[12])|(?P<quarter>{'|'.join(_PLACES)}|last|final)\squarter|"
    rf"Q(?P<q>[1-4]))(?:\sof)?\s(?:(?P<y>{YEAR})(?!\d)|(?P<which>last|this)\syear\b)|"
    rf"(?:(?P<yh>{YEAR})\s?年|(?P<han>[去今])年)\s?(?:(?P<hh>[上下])半年|第?(?P<hq>[一二三四1-4])季度)",
    re.IGNORECASE,
)
_DECADE = re.compile(
    r"\bthe\s(?:(?:early|mid|late)[-\s]|(?:beginning|end)\sof\sthe\s)?(?P<y>(?:19|20)\d0)['’]?s\b", re.IGNORECASE
)
_SPAN = re.compile(rf"(?<![\d.,-])(?P<y>{YEAR})(?:[-–—/](?P<l>{YEAR})|–(?P<s>\d\d))(?![\d%-])")


def parts_of_years(text: str, today: date) -> Iterator[Period]:
    """The halves and quarters of years that a text names."""
    for match in _PART_OF_YEAR.finditer(text):
        written = match["y"] or match["yh"]
        year = int(written) if written else today.year - YEARS_BACK[(match["which"] or match["han"]).lower()]
        half = match["half"] or match["h"] or match["hh"]
        nth = (half or match["quarter"] or match["q"] or match["hq"]).lower()
        months = 6 if half else 3
        last = 12 // months
        number = last if nth in ("last", "final", "下") else int(nth) if nth.isdigit() else _nth(nth)
        until = number * months
        days = date(year, until - months + 1, 1), date(year, until, monthrange(year, until)[1])
        start, bound = ahead(text, match.start())
        yield Period(start, match.end(), *bounded(days, bound))


def _nth(word: str) -> int:
    return 1 if word == "上" else HAN.index(word) if word in HAN else _PLACES.index(word) + 1


def years(text: str) -> Iterator[Period]:
    """The decades that a text names, and the years from one to another."""
    for match in _DECADE.finditer(text):
        first = int(match["y"])
        start, bound = ahead(text, match.start())
        yield Period(start, match.end(), *bounded((date(first, 1, 1), date(first + 9, 12, 31)), bound))
    for match in _SPAN.finditer(text):
        first = int(match["y"])
        last = int(match["l"]) if match["l"] else first // 100 * 100 + int(match["s"])
        end = match.end() + text.startswith("年", match.end())
        if first < last and (asked(text, match.start()) or end > match.end()) and not event(text, match.end()):
            yield Period(ahead(text, match.start())[0], end, date(first, 1, 1), date(last, 12, 31))
