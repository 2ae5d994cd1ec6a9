"""Printed dates and times to values. Only what names a day, a month and a year in full is a date."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from typing import Literal

Moment = datetime | date
Order = Literal["dmy", "mdy"]

_LONGEST = 90  # characters
_LANGUAGES = ["en", "zh", "de", "fr", "es", "it", "pt", "ru"]  # of the names of months

_YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?([-/.年])\s?(\d{1,2})\s?([-/.月])\s?(\d{1,2})(?!\d)日?")
_YEAR_LAST = re.compile(r"(?<![\d/.-])(\d{1,2})([-/.])(\d{1,2})\2((?:19|20)\d\d)(?!\d)")
_NAMED = re.compile(
    r"(?<!\d)\d{1,2}(?:st|nd|rd|th|er|º|\.)?[\s-]?(?:of\s|de\s)?[^\W\d_]{3,12}\.?,?[\s-](?:de\s)?(?:19|"
    r"20)\d\d(?!\d)(?:\sг\.)?"
    r"|[^\W\d_]{3,9}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d\d(?!\d)"
)
# Days that lack something: they show that a line is about a date, and give none.
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    r"Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_PARTIAL = re.compile(
    rf"(?:\d{{1,2}}\s)?{_MONTH}(?:\s\d{{1,2}}(?!\d))?(?:,?\s(?:19|20)\d\d)?|\d{{1,2}}月\d{{1,2}}日|"
    rf"\d{{1,2}}([-/.])\d{{1,2}}\1\d\d(?!\d)"
    r"|(?:an?|\d+)\s(?:second|minute|min|hour|hr|day|week|month|year)s?\sago|\d+\s?(?:分钟|小时|天)前|just\snow|"
    r"today|yesterday|昨天|今天",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?P<noon>上午|下午|晚上)?\s?(?<![\d:])(?P<hour>\d{1,2})(?:[:.：]|时|点)(?P<minute>\d{2})(?:(?:[:.：]|"
    r"分)(?P<second>\d{2})(?:\.\d+)?)?"
    r"[分秒]?(?![\d:])(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?|(?<!\d)(?P<hour12>\d{1,2})\s?(?P<half12>[ap])\.?m\b\.?"
    r"|(?<!\d)(?P<hour24>\d\d)(?P<minute24>\d\d)(?=\s(?:GMT|UTC)\b)",
    re.IGNORECASE,
)
# Zones with one meaning, in hours. CST, IST, BST and the like have several: the clock is then taken as it stands.
_ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3, "SGT": 8, "HKT": 8,
    "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "EST": -5, "EDT": -4, "CDT": -5, "MDT": -6, "PST": -8,
    "PDT": -7,
}  # fmt: skip
_OFFSET = re.compile(r"(?:(?:GMT|UTC)\s?)?([+-])(\d{1,2})(?::?(\d{2}))?(?!\d)")
_ZONE = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(sorted(_ZONES, key=len, reverse=True))})(?![A-Za-z])")
_LOCAL = re.compile(r"\b(?:[ECMP]T|[CIBMA]ST|(?:(?:[A-Z]\w+|local)\s){1,2}[Tt]ime)\b|北京时间")
_FILLERS = re.compile(
    r"\((?:[^()]{1,20})\)|\b(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs?)?|Fri|Sat(?:ur)?|Sun)(?:day)?\b\.?|(?:星期|"
    r"周)[一二三四五六日天]"
    r"|\b(?:at|on|le|am)\b|[\s,，;|·•()/—–-]|T(?=$|[\s])",
    re.IGNORECASE,
)


def when(text: str, order: Order | None = None) -> Moment | None:
    """The date that `text` is, a datetime where it has a time; None if it is anything else or reads two ways.

    `order` is what 7/8/2020 means, where something else tells.

    >>> when("2020/7/15 13:03:40"), when("15 July 2020"), when("7/8/2020")
    (datetime.datetime(2020, 7, 15, 13, 3, 40), datetime.date(2020, 7, 15), None)
    """
    moment, rest = _read(text, order)
    return None if rest else moment


def dated(text: str) -> bool:
    """Whether `text` is all about a date, even one that is not stated in full: "July 3", "2 hours ago"."""
    moment, rest = _read(text, None)
    return not rest and (moment is not None or bool(_PARTIAL.search(text) or _YEAR_LAST.search(text)))


def order_in(texts: Iterable[str]) -> Order | None:
    """What the first two numbers of dates like 7/8/2020 are, if any of `texts` has one that reads one way only."""
    orders: set[Order] = set()
    for text in texts:
        for found in _YEAR_LAST.finditer(text):
            if int(found[1]) > 12:
                orders.add("dmy")
            elif int(found[3]) > 12:
                orders.add("mdy")
    return orders.pop() if len(orders) == 1 else None


def _read(text: str, order: Order | None) -> tuple[Moment | None, str]:
    """The date in `text`, and what of the text is neither date nor time."""
    text = " ".join(text.split())
    if len(text) > _LONGEST:
        return None, text
    day, rest = _day(re.sub(r"(?<=\d)T(?=\d)", " ", text), order)
    clock, rest = _clock(rest)
    rest = _FILLERS.sub("", _PARTIAL.sub("", rest) if day is None else rest)
    return (datetime.combine(day, clock) if day and clock else day), rest.strip(".:：")


def _day(text: str, order: Order | None) -> tuple[date | None, str]:
    if found := _YEAR_FIRST.search(text):
        return _date(int(found[1]), int(found[3]), int(found[5])), _without(text, found)
    if found := _YEAR_LAST.search(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        order = "dmy" if first > 12 or first == second else "mdy" if second > 12 else order
        day, month = (second, first) if order == "mdy" else (first, second)
        return (_date(year, month, day) if order else None), _without(text, found)
    for found in _NAMED.finditer(text):
        if day_named := _named(found[0]):
            return day_named, _without(text, found)
    return None, text


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _named(text: str) -> date | None:
    import dateparser

    settings = {"STRICT_PARSING": True, "REQUIRE_PARTS": ["day", "month", "year"], "PARSERS": ["absolute-time"]}
    found: datetime | None = dateparser.parse(text, languages=_LANGUAGES, settings=settings)
    return found.date() if found else None


def _clock(text: str) -> tuple[time | None, str]:
    """The time in `text`, with its zone if that has one meaning, and the text without them."""
    found = _CLOCK.search(text)
    if found is None:
        return None, text
    hour = int(found["hour"] or found["hour12"] or found["hour24"])
    half = (found["half"] or found["half12"] or "").lower()
    if half or found["noon"]:
        hour = hour % 12 + 12 if half == "p" or found["noon"] in ("下午", "晚上") else hour % 12
    zone, rest = _zone(_without(text, found))
    minute, second = int(found["minute"] or found["minute24"] or 0), int(found["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return None, text
    return time(hour, minute, second, tzinfo=zone), rest


def _zone(text: str) -> tuple[tzinfo | None, str]:
    if found := _OFFSET.search(text):
        offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0)) * (-1 if found[1] == "-" else 1)
        return (timezone(offset) if abs(offset) < timedelta(hours=15) else None), _without(text, found)
    if found := _ZONE.search(text):
        return timezone(timedelta(hours=_ZONES[found[0]])), _without(text, found)
    return None, _LOCAL.sub("", text)
