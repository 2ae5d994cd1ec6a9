"""The figures of a text as values that can be compared: dates, numbers with their units, and names with a number."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from itertools import takewhile
from typing import Any

from index.text.periods.dates import PartialDate, partial_dates
from index.text.words import content_terms, tagged

# Digits with their separators, and a Chinese scale right behind them.
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*(?:\s?[万亿])?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# A number before a scale that `text_to_num` has written out: "3.5 1000000".
_SCALED = re.compile(r"(\d+(?:\.\d+)?) (1(?:000){1,4})(?!\d)")
_MONEY = re.compile(r"(?<=[$€£¥])\s?(\d+(?:\.\d+)?)\s?(k|mn?|bn|tn)\b")
_SCALES = {"万": 10**4, "亿": 10**8, "k": 10**3, "m": 10**6, "mn": 10**6, "bn": 10**9, "tn": 10**12}
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SIGNS = "%‰"
_ORDINALS = ("st", "nd", "rd", "th")
_LETTER = r"[A-Za-z\u00c0-\u052f]"
# A name with a number ("COVID-19", "G20"), or a number of several points: "1.2.3".
_NAME = re.compile(rf"(?<!\w){_LETTER}+[-.]?\d[\w-]*|(?<![\w.])\d+(?:\.\d+){{2,}}(?!\w)")
# A number with the sign of money before it, the letters that touch it, and then a sign, two words, or a run of Chinese.
_QUANTITY = re.compile(
    rf"(?<![A-Za-z\d])(?<!\d[.,])([$€£¥]?) ?({_DIGITS.pattern})({_LETTER}*)"
    rf"( ?[{_SIGNS}]|[\u4e00-\u9fff]+|(?:[ -]{_LETTER}+){{0,2}})"
)
# "一" by itself is a part of other words, too; a character of private use holds its place.
_LONE = re.compile(r"(?<![〇零一二两三四五六七八九十百千万亿点第之\d])一(?![〇零一二两三四五六七八九十百千万亿点\d])")
_HELD = "\ue000"
_LEAST = 2.0  # the smallest number word that is read by itself: "one" is a pronoun, too


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, as written: the sign of money before it, or a sign or up to two words behind it."""

    value: float
    before: str = ""
    behind: str = ""
    ordinal: bool = False

    @property
    def units(self) -> frozenset[str]:
        """The terms that two quantities of one unit share; empty where it has none."""
        return frozenset(filter(None, (self.before, *(content_terms(self.behind) or (self.behind.strip(),)))))


@dataclass(frozen=True, slots=True)
class Figures:
    """The counts, measures and dates of a text. The numbers of a date are none of its quantities."""

    dates: tuple[PartialDate, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    names: frozenset[str] = frozenset()  # with a number in them, casefolded
    terms: frozenset[str] = frozenset()  # the content terms of the text, its dates aside


@lru_cache(maxsize=4096)
def read(text: str) -> Figures:
    """The figures of a text.

    Number words are read in English (text2num) and Chinese (cn2an), the names of months in English, Chinese and the
    languages of `_months`.

    >>> found = read("On 15 July 2020 two hundred and five people paid $3.5 million for COVID-19.")
    >>> [(each.year, each.month, each.day) for each in found.dates], sorted(found.names)
    ([(2020, 7, 15)], ['covid-19'])
    >>> [(each.value, each.before, each.behind) for each in found.quantities]
    [(205.0, '', ' people paid'), (3500000.0, '$', '')]
    """
    plain, dates = _without_dates(unicodedata.normalize("NFKC", text))
    plain = in_digits(plain)
    names = frozenset(found[0].casefold() for found in _NAME.finditer(plain))
    bare = _NAME.sub(";", plain)
    return Figures(dates, tuple(_quantities(bare)), names, frozenset(content_terms(plain)))


def missing(claim: str, text: str, days: Iterable[date] = (), title: str = "") -> frozenset[str]:
    """The figures of a claim that a text lacks; `days` are further days that the text may be read with.

    A `title` names things: a name with a number may stand in it, and an ordinal (“the second line”), but no count.

    A date is one value: its numbers count nothing, and it stands in one date of the text, but for a year that the text
    tells elsewhere. A number stands there with its unit, where both have one: see `_may_be`.

    >>> sorted(missing("It rose by 4 percent in May 2021.", "It rose by 4% (2021-05)."))
    []
    >>> sorted(missing("15 men died.", "They died on 15 June.")), sorted(missing("On 5 May.", "On 4 May 5 came."))
    (['15 men died'], ['05-05'])
    >>> sorted(missing("It cost 9 million dollars.", "It cost 9 million euros.")), sorted(missing("$5", "5 dollars"))
    (['9000000 dollars'], [])
    """
    wanted, there, named = read(claim), read(text), read(title)
    dates = (*there.dates, *(PartialDate(0, 0, day.year, day.month, day.day, None) for day in days))
    return frozenset(
        (
            *(_written(each) for each in wanted.dates if not _dated(each, dates, there.quantities)),
            *(
                f"{each.before}{_plain(each.value)}{each.behind}"
                for each in wanted.quantities
                if not _counted(each, wanted.terms, there)
                and not (each.ordinal and _counted(each, wanted.terms, named))
            ),
            *(wanted.names - there.names - named.names),
        )
    )


def values(text: str) -> frozenset[str]:
    """The numbers of a text as plain decimals, those of its dates too: what a translation keeps.

    >>> sorted(values("On 15 July 2020 two hundred and five people paid $3.5 million, or 1,000 each."))
    ['1000', '15', '2020', '205', '3500000', '7']
    """
    found = read(text)
    of_dates = (number for each in found.dates for number in (each.year, each.month, each.day) if number)
    return frozenset((*map(str, of_dates), *(_plain(each.value) for each in found.quantities), *found.names))


def differing(one: str, other: str) -> tuple[Quantity, Quantity] | None:
    """The two figures of one unit that two texts give with different values; None unless that is one pair.

    Numbers of dates and ordinals are no figures. Values are equal within the last place of the rougher one: see
    `_place`.

    >>> found = differing("It burnt 41 hectares on 2 May.", "On 3 May 34 hectares of forest burnt.")
    >>> [each.value for each in found or ()]
    [41.0, 34.0]
    >>> differing("1.2 million people live there.", "1,204,311 people live there.")
    >>> differing("It has 41 hectares.", "It has 34 houses.")
    """
    here, there = read(one), read(other)
    pairs = [
        (each, another)
        for each in here.quantities
        for another in there.quantities
        if not each.ordinal and not another.ordinal and _comparable(each, another)
    ]
    return pairs[0] if len(pairs) == 1 and not _equal(*(each.value for each in pairs[0])) else None


# Dates


def _dated(wanted: PartialDate, dates: Collection[PartialDate], numbers: Iterable[Quantity]) -> bool:
    """Whether a date stands among some dates, or a year among some numbers."""
    if not wanted.year and not wanted.day:
        return True  # a month alone is a name and a verb, too
    years = {each.year for each in dates if each.year}
    if not wanted.month:
        return wanted.year in years or any(each.value == wanted.year for each in numbers)
    return any(
        each.month == wanted.month
        and (not wanted.day or (each.day or 0) <= wanted.day <= (each.last or each.day or 0))
        and (not wanted.year or wanted.year == each.year or (not each.year and wanted.year in years))
        for each in dates
    )


def _written(point: PartialDate) -> str:
    """
    >>> _written(PartialDate(0, 0, 2020, 7, None, None)), _written(PartialDate(0, 0, None, 7, 4, None))
    ('2020-07', '07-04')
    """
    return "-".join(f"{number:02}" for number in (point.year, point.month, point.day) if number)


def _without_dates(text: str) -> tuple[str, tuple[PartialDate, ...]]:
    """The text with a mark in the place of each date, and the dates."""
    found: list[PartialDate] = []
    for reader in (_dates, _foreign_dates):
        dates = list(reader(text))
        for each in reversed(dates):
            # A month alone stays: it may be a name.
            if each.year or each.day:
                text = f"{text[: each.start]};{text[each.end :]}"
        found += dates
    return text, tuple(found)


def _dates(text: str) -> Iterator[PartialDate]:
    """The dates of a text, without those of a small letter that lack a year: "12 may leave"."""
    for point in partial_dates(text):
        written = text[point.start : point.end]
        if point.year or not written.islower() or not written.isascii():
            yield point


def _foreign_dates(text: str) -> Iterator[PartialDate]:
    months = _months()
    for found in _foreign_date().finditer(text):
        day, month, year, alone, of = found.groups()
        number = months[(month or alone).casefold()]
        yield PartialDate(*found.span(), int(year or of or 0) or None, number, int(day) if day else None, None)


@cache
def _foreign_date() -> re.Pattern[str]:
    """A day and a month, or a month and a year: "3. Oktober 1990", "4 de mayo", "juillet 2020"."""
    name = "|".join(sorted(map(re.escape, _months()), key=len, reverse=True))
    return re.compile(
        rf"(?<!\d)(\d{{1,2}})(?:er|\.|º)?\s(?:de\s)?({name})\b(?:\s(?:del?\s)?(\d{{4}}))?"
        rf"|\b({name})\s(?:del?\s)?(\d{{4}})\b",
        re.IGNORECASE,
    )


@cache
def _months() -> dict[str, int]:
    """The months by their full names in German, Spanish, French, Italian, Dutch and Portuguese, casefolded (the Unicode
    CLDR, by babel)."""
    from babel.dates import get_month_names

    every = (get_month_names("wide", locale=each) for each in ("de", "es", "fr", "it", "nl", "pt"))
    return {name.casefold(): number for names in every for number, name in names.items()}


# Numbers


def _counted(wanted: Quantity, terms: frozenset[str], there: Figures) -> bool:
    """Whether a text has a quantity of a claim with these terms."""
    if wanted.ordinal and any(wanted.value == each.day for each in there.dates):
        return True  # "on the 15th"
    same = (each for each in there.quantities if each.value == wanted.value and each.ordinal == wanted.ordinal)
    return any(_may_be(each, wanted, terms, there.quantities) for each in same)


def _may_be(found: Quantity, wanted: Quantity, terms: frozenset[str], every: Iterable[Quantity]) -> bool:
    """Whether an equal number of a text may be that of a claim with these terms.

    It is not, where one is money or of a measure, as kilometres and per cent are, and the other has another unit; nor
    where the text counts as many others of the same.
    """
    codes, others = _currencies(wanted), _currencies(found)
    if codes and others:
        return bool(codes & others)
    units, other_units = _named(wanted.units), _named(found.units)
    if not units or not other_units or units & other_units or other_units & terms:
        return True
    if codes or others or (units | other_units) & _measures():
        return False
    return not any(units & each.units for each in every if each.value != wanted.value)


def _comparable(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities are counts of one thing, or measures of one unit."""
    codes, other_codes = _currencies(one), _currencies(other)
    if codes and other_codes:
        return bool(codes & other_codes)
    return bool(_named(one.units) & _named(other.units))


def _equal(one: float, other: float) -> bool:
    """Whether two values are one number, told to the last place of the rougher one.

    >>> _equal(1_200_000, 1_204_311), _equal(62.9, 63), _equal(40, 42), _equal(200, 180)
    (True, True, False, False)
    """
    return 2 * abs(Decimal(_plain(one)) - Decimal(_plain(other))) <= Decimal(10) ** max(_place(one), _place(other))


def _place(value: float) -> int:
    """The power of ten of the last place that a number is told to: zeros at its end are none, but in its first two.

    >>> _place(1_200_000), _place(1_000_000), _place(320), _place(10), _place(62.9), _place(0)
    (5, 5, 1, 0, -1, 0)
    """
    plain = Decimal(_plain(value)).normalize()
    exponent = int(plain.as_tuple().exponent)
    return min(exponent, max(plain.adjusted() - 1, 0)) if exponent > 0 else exponent


def _named(units: frozenset[str]) -> frozenset[str]:
    """Units with one name for per cent."""
    return units | {"%"} if units & _percent() else units


@cache
def _percent() -> frozenset[str]:
    """The terms of “per cent” in five languages."""
    return frozenset(term for name in _unit_names("concentr-percent") for term in content_terms(name))


@cache
def _measures() -> frozenset[str]:
    """The terms of units whose name is one word, in five languages, and the sign of per cent."""
    return frozenset(term for unit in _unit_patterns("en") for term in _unit_terms(unit)) | _percent() | {"%"}


def _unit_terms(unit: str) -> Iterator[str]:
    """The terms of a unit's names of one word."""
    for name in _unit_names(unit):
        yield from content_terms(name) if len(name.split()) == 1 else ()


def _unit_names(unit: str) -> Iterator[str]:
    """A unit's long and short names (the Unicode CLDR, by babel)."""
    for language in ("en", "en_GB", "de", "es", "fr"):
        lengths = _unit_patterns(language).get(unit, {})
        for length in ("long", "short"):
            yield from (str(pattern).replace("{0}", "").strip() for pattern in lengths.get(length, {}).values())


def _unit_patterns(language: str) -> Mapping[str, Any]:
    from babel.core import Locale

    patterns: Mapping[str, Any] = Locale.parse(language)._data["unit_patterns"]
    return patterns


def _currencies(quantity: Quantity) -> frozenset[str]:
    """The codes (ISO 4217) that the unit of a quantity may mean; empty where it is no money."""
    known = _money()
    return frozenset().union(*(known.get(word.lower(), ()) for word in (quantity.before, *quantity.behind.split())))


@cache
def _money() -> dict[str, frozenset[str]]:
    """The signs of money and the nouns of its names, as “dollars” of “US dollars”, with the codes that they may mean
    (the Unicode CLDR, by babel)."""
    from babel.core import Locale
    from babel.numbers import get_currency_name

    found: dict[str, set[str]] = {}
    for language, noun in (("en", -1), ("de", -1), ("es", 0), ("fr", 0), ("zh", 0)):
        locale = Locale.parse(language)
        for code in map(str, locale.currencies):
            for name in {get_currency_name(code, count, locale) for count in (1, 2)}:
                if not any(map(str.isdigit, name)):  # else a currency of former years
                    found.setdefault(re.split(r"[\s-]", name)[noun].lower(), set()).add(code)
        for code, sign in locale.currency_symbols.items():
            found.setdefault(str(sign), set()).add(str(code))
    return {word: frozenset(codes) for word, codes in found.items()}


def _quantities(text: str) -> Iterator[Quantity]:
    """The numbers of a text in digits, in its order."""
    for sign, digits, letters, behind in _QUANTITY.findall(text):
        ordinal = letters.lower() in _ORDINALS
        words = behind.replace("-", " ")
        unit = _unit(words if ordinal or not letters else f" {letters}{words}")
        yield Quantity(float(_value(digits)), sign, "" if sign else unit, ordinal)


def _unit(behind: str) -> str:
    if _HAN.search(behind):
        return "".join(word for word, _ in tagged(behind)[:2])
    if behind.strip() in _SIGNS:
        return behind
    return "".join(f" {each}" for each in takewhile(content_terms, behind.split()))


@lru_cache(maxsize=8192)
def in_digits(text: str) -> str:
    """The text with its number words in digits.

    >>> in_digits("Twenty-one ships, $3.5bn.")
    '21 ships, $3500000000.'
    """
    from text_to_num import alpha2digit

    plain = _MONEY.sub(lambda found: _plain(float(found[1]) * _SCALES[found[2]]), _THOUSANDS.sub("", text))
    if _HAN.search(plain):
        from cn2an import transform

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a scale without a number before it
            plain = str(transform(_LONE.sub(_HELD, plain), "cn2an")).replace(_HELD, "一")
    written = str(alpha2digit(_HYPHEN.sub(" ", plain), "en", threshold=_LEAST))
    # two numbers that stood side by side are no number with its scale
    return _SCALED.sub(
        lambda found: found[0] if found[0] in plain else _plain(float(found[1]) * int(found[2])), written
    )


def _value(digits: str) -> str:
    """
    >>> _value("007"), _value("3,5"), _value("1.5万")
    ('7', '3.5', '15000')
    """
    number = digits.rstrip("万亿 ").replace(",", ".")
    return _plain(float(number) * _SCALES.get(digits[-1], 1))


def _plain(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")
