"""Printed dates and times to values. Only what names a day, a month and a year in full is a date."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Literal

Moment = datetime | date
Order = Literal["dmy", "mdy"]

_LONGEST = 90  # characters
_LANGUAGES = ["en", "zh", "de", "fr", "es", "it", "pt", "ru", "ar", "nl", "pl", "tr", "uk"]  # of the names of months

_YEAR_FIRST = re.compile(
    r"(?<![\d./-])((?:19|20)\d\d)\s?([-/.年년])\s?(\d{1,2})\s?([-/.月월])\s?(\d{1,2})(?!\d)[日일]?"
)
_YEAR_LAST = re.compile(r"(?<![\d/.-])(\d{1,2})([-/.])(\d{1,2})\2((?:19|20)\d\d)(?!\d)")
_NAMED = re.compile(
    r"(?<!\d)\d{1,2}(?:st|nd|rd|th|er|º|\.)?[\s/-]?(?:of\s|de\s)?[^\W\d_]{3,12}\.?,?[\s/-](?:del?\s)?(?:19|"
    r"20)\d\d(?!\d)(?:\s(?:г|р)\.)?"
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
    r"today|yesterday|昨天|今天|\d+\s?(?:分|時間|日)前|\d+\s?(?:분|시간|일)\s?전|"
    r"(?:vor|il y a|hace|há|منذ)\s(?:\d+\s)?[^\W\d_]{3,10}(?:\s(?:fa|atrás))?|\d+\s[^\W\d_]{3,8}\s(?:fa|atrás|назад)",
    re.IGNORECASE,
)
# The months by their names in the Levant and in Egypt. Many papers print both: "تموز/يوليو".
_ARABIC = {
    "كانون الثاني": "يناير", "شباط": "فبراير", "آذار": "مارس", "نيسان": "أبريل", "أيار": "مايو", "حزيران": "يونيو",
    "تموز": "يوليو", "آب": "أغسطس", "أيلول": "سبتمبر", "تشرين الأول": "أكتوبر", "تشرين الثاني": "نوفمبر",
    "كانون الأول": "ديسمبر",
}  # fmt: skip
_LEVANTINE = re.compile(rf"\b(?:{'|'.join(_ARABIC)})\b")
_MONTH_TWICE = re.compile(r"\b([^\W\d_]+)\s?/\s?\1\b")
_CLOCK = re.compile(
    r"(?P<noon>上午|下午|晚上|午前|午後|오전|오후)?\s?(?<![\d:])(?P<hour>\d{1,2})(?:[:.：]|\s?h\s?|时|時|点|시\s?)"
    r"(?P<minute>\d{1,2}(?=[分분])|\d{2})(?:(?:[:.：]|분\s?|"
    r"分)(?P<second>\d{2})(?:\.\d+)?)?"
    r"[分秒분초]?(?![\d:])(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?|(?<!\d)(?P<hour12>\d{1,2})\s?(?P<half12>[ap])\.?m\b\.?"
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
_EVENING = frozenset({"下午", "晚上", "午後", "오후"})
_ZONE = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(sorted(_ZONES, key=len, reverse=True))})(?![A-Za-z])")
_ZERO = date(1970, 1, 1)
_MACHINE = re.compile(
    r"(?P<year>1[6-9]\d\d|20\d\d)(?P<mark>-?)(?P<month>\d\d)(?P=mark)(?P<day>\d\d)"
    r"(?:[T\s]*(?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"\s*(?P<zone>[A-Z]{1,5}|[+-][\d:]{2,6})?)?"
)
_JAVA = re.compile(r"(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2} \d{1,2}) ([\d:]{5,8}) ([A-Z]{1,5}) ((?:19|20)\d\d)")
_NOTE = re.compile(r"\s*(?:\[[\w/+-]+\]|\([^()]{1,60}\)|[A-Z][a-z]+/[A-Z][A-Za-z_/]+)\Z")  # the zone in words
_LOCAL = re.compile(r"\b(?:[ECMP]T|[CIBMA]ST|(?:(?:[A-Z]\w+|local)\s){1,2}[Tt]ime)\b|北京时间")
_WEEKDAYS = (
    r"(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch|Sonnabend|Mo|Di|Mi|Do|Fr|Sa|So|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo|"
    r"(?:segunda|ter[çc]a|quarta|quinta|sexta)(?:-feira)?|(?:lune|marte|mercole|giove|vener)d[ìi]|sabato|domenica|"
    r"понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|"
    r"(?:ال)?(?:اثنين|إثنين|ثلاثاء|أربعاء|خميس|جمعة|سبت|أحد)"
)
_BEFORE_CLOCK = "at|on|le|am|um|uhr|om|klo?|à|a las|las|as|às|em|el|il|alle|ore|h|hs|hrs|v|о|в|г|الساعة|في"
_FILLERS = re.compile(
    r"\((?:[^()]{1,20})\)|（[^（）]{1,20}）"
    r"|\b(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs?)?|Fri|Sat(?:ur)?|Sun)(?:day)?\b\.?"
    r"|(?:星期|周)[一二三四五六日天]|[月火水木金土日]曜日?|[월화수목금토일]요일"
    rf"|\b(?:{_WEEKDAYS})\b\.?|\b(?:{_BEFORE_CLOCK})\b|[\s,，;|·•()/—–-]|T(?=$|[\s])",
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


def stamp(text: str, order: Order | None = None) -> Moment | None:
    """The moment that markup states: as `when`, and in the forms that machines write. None for a machine's zero.

    Ten digits are seconds since 1970 and thirteen are milliseconds; eight, twelve and fourteen are 20200715130340.

    >>> stamp("20200715"), stamp("1594818220"), stamp("1970-01-01T00:00:00Z")
    (datetime.date(2020, 7, 15), datetime.datetime(2020, 7, 15, 13, 3, 40, tzinfo=datetime.timezone.utc), None)
    """
    text = _western(" ".join(text.split()))[:_LONGEST]
    if re.fullmatch(r"\d{10}|\d{13}", text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    text = _NOTE.sub("", text)
    if found := _MACHINE.fullmatch(text):
        return _written(found)
    if found := _JAVA.fullmatch(text):
        text = f"{found[1]} {found[4]} {found[2]} {found[3]}"
    return when(text, order)


def _written(found: re.Match[str]) -> Moment | None:
    day = _date(int(found["year"]), int(found["month"]), int(found["day"]))
    if day is None or day == _ZERO or found["hour"] is None:
        return None if day == _ZERO else day
    zone, rest = _zone(found["zone"] or "")
    try:
        clock = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0), tzinfo=zone)
    except ValueError:
        return None
    return None if rest.strip() else datetime.combine(day, clock)


def dated(text: str) -> bool:
    """Whether `text` is all about a date, even one that is not stated in full: "July 3", "2 hours ago"."""
    moment, rest = _read(text, None)
    return not rest and (moment is not None or bool(_PARTIAL.search(text) or _YEAR_LAST.search(text)))


def order_in(texts: Iterable[str]) -> Order | None:
    """The order of day and month in dates like 7/8/2020, where a date of `texts` reads one way only."""
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
    text = _MONTH_TWICE.sub(r"\1", _LEVANTINE.sub(lambda found: _ARABIC[found[0]], _western(" ".join(text.split()))))
    if len(text) > _LONGEST:
        return None, text
    day, rest = _day(re.sub(r"(?<=\d)T(?=\d)", " ", text), order)
    clock, rest = _clock(rest)
    rest = _FILLERS.sub("", _PARTIAL.sub("", rest) if day is None else rest)
    return (datetime.combine(day, clock) if day and clock else day), rest.strip(".:：")


def _western(text: str) -> str:
    """`text` with the digits of other scripts, such as ٢٠٢٠ or ２０２０, as 0 to 9."""
    return text if text.isascii() else "".join(str(int(each)) if each.isdecimal() else each for each in text)


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
        hour = hour % 12 + 12 if half == "p" or found["noon"] in _EVENING else hour % 12
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
