"""The numbers and dates of a text in one normal form: "1.5 million" is 1,500,000, and "July 6th" is 6 July."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from index.numeral import (
    HAN_DIGITS,
    ORDINAL_NUMBERS,
    SCALES,
    SHORT_SCALES,
    TENS,
    UNITS,
    digit_of,
    read_in_chinese,
    scaled,
    spelled,
    spelled_in_chinese,
)
from index.script import simplified
from index.words import CAPITAL

_MONTHS = {name: number + 1 for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split())}

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
_DAY = r"(?<![\d.,])(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\d%]|[.,]\d)"
YEAR = r"(?<![\d.,])[12]\d{3}(?![\d%]|[.,]\d)"
_YEAR_OF_TIME = re.compile(
    rf"\b(?:in|as of|since|until|till|from|before|after|during|early|mid|late)[ -](?P<figure>{YEAR})", re.IGNORECASE
)
# "The Vellmar 7 is a band", and no "In Vellmar 7 boats sank".
_ENDS_NAME = re.compile(
    rf"(?<=\w )(?<!and )(?<!or )(?<!than )(?:{CAPITAL}[\w’'-]+ ){{1,4}}(?P<figure>\d{{1,3}})"
    rf"(?=[.,;:)?!]*(?:\Z|\s(?!\w)|\s{CAPITAL}|"
    r"\s(?:is|are|was|were|has|had|and|or|in|on|at|to|for|from|with|by|as|who|which|that|when|where|while|but)\b))"
)
# After these, "May" is no verb and nobody's name, and "March" is no march.
_AT_A_TIME = "|".join(
    rf"(?<=\b{word}\s)" for word in "in In since Since until Until early late last next this during During".split()
)
_WORD = "|".join([*UNITS, *TENS, *SCALES])
_DATES = [
    re.compile(pattern)
    for pattern in (
        rf"(?P<d>{_DAY})\s(?:of\s)?(?P<m>{_MONTH})(?:,?\s(?:of\s)?(?P<y>{YEAR}))?",
        rf"\b(?P<m>{_MONTH})\s(?P<d>{_DAY})(?:,?\s(?P<y>{YEAR}))?",
        rf"\b(?P<m>{_MONTH}),?\s(?:of\s)?(?P<y>{YEAR})",
        r"(?<![\d-])(?P<y>[12]\d{3})([-/.])(?P<m>1[0-2]|0?[1-9])\2(?P<d>3[01]|[12]\d|0?[1-9])(?![\d-])",
        # 15/07/2020, 15.07.2020 and 7/15/2020; 7/8/2020 reads two ways, and is no date
        r"(?<![\d./-])(?P<d>1[3-9]|2\d|3[01])/(?P<m>1[0-2]|0?[1-9])/(?P<y>[12]\d{3})(?![\d/]|[.-]\d)",
        r"(?<![\d./-])(?P<m>1[0-2]|0?[1-9])/(?P<d>1[3-9]|2\d|3[01])/(?P<y>[12]\d{3})(?![\d/]|[.-]\d)",
        r"(?<![\d./-])(?P<d>0[1-9]|[12]\d|3[01])\.(?P<m>0[1-9]|1[0-2])\.(?P<y>[12]\d{3})(?![\d/]|[.-]\d)",
        r"(?:(?P<y>[12]\d{3})\s?年\s?)?(?P<m>1[0-2]|0?[1-9])\s?月(?:\s?(?P<d>3[01]|[12]\d|0?[1-9])\s?[日号])?",
        r"(?:(?P<y>[一二][〇零一二三四五六七八九]{3})年)?(?<![二三十〇零])(?P<m>十[一二]?|[一二三四五六七八九])月"
        r"(?:(?P<d>[一二]?十[一二三四五六七八九]?|三十一?|[一二三四五六七八九])[日号])?(?!革命|花)",
        r"\b(?P<m>January|February|April|June|July|August|September|October|November|December)\b",
        rf"\b(?=Ma)(?:{_AT_A_TIME})(?P<m>March|May)\b",
        rf"(?<=\bfrom )(?P<m>March|May)\b(?= (?:to|until|till|through|onwards?|{_MONTH})\b)",
        rf"\bfrom {_MONTH} to (?P<m>March|May)\b",
    )
]
_HAN = "".join(HAN_DIGITS)
_EACH = "个名人年月日次枚项国家位座艘架条起所处天岁倍支队部场轮辆件台户"  # what is counted, after a single digit
_KILO = "(?![米克瓦卡帕赫焦伏])"  # "5千米" are kilometres
_SCALED = rf"(?:[百万亿]|千{_KILO})"
_NAMES_NUMBER = r"(?<!(?-i:[A-Z])-)(?<!(?-i:[A-Z][a-z])-)"  # "TDP-43", "Su-35" are names
_NUMBER = re.compile(
    rf"(?<![\d/])(?P<over>\d)/(?P<under>[2-9]|10)(?=的|以[上下]|多数)|"
    rf"(?<![A-Za-z\d_.]){_NAMES_NUMBER}(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:\s?-?(?P<scale>hundred|thousand|million|billion|trillion)s?\b|(?P<short>k|m|mn|bn|tn)\b|(?P<han>{_SCALED}+(?:\d+{_SCALED}+)*)|"
    rf"(?:st|nd|rd|th|s)\b|(?!(?-i:[A-Z])))"
    rf"|\b(?P<words>(?:{_WORD})(?:(?:-|\s(?:and\s)?)(?:{_WORD}))*)\b(?![ -](?:thirds|quarters|fifths)\b)"
    rf"|(?<!one[ -])(?<!two[ -])(?<!three[ -])\b(?P<ordinal>{'|'.join(ORDINAL_NUMBERS)})\b(?! of\b)"
    r"(?!(?<=\ba third)(?:[.,;:)]|\Z|\s(?:in|since|from|to|over|between|during|last|this|compared)\b))"
    # "a third", "two tenths", "half" of something
    rf"|(?P<whole>百|[{_HAN}十]{{1,3}})分之(?P<part>[{_HAN}十百点]{{1,6}}|\d+(?:\.\d+)?)"
    rf"|(?P<tenths>[{_HAN}\d])成(?P<half>半|[{_HAN}](?![{_EACH}]))?"
    r"(?![立员功为分果就熟长形本型品套不名份语因交绩])"
    r"|(?P<half_of>(?<![事另])一半|半数)"
    rf"|(?P<hanzi>[一二][〇零一二三四五六七八九]{{3}}(?=年)|[{_HAN}十]{{1,6}}点[{_HAN}]{{1,6}}(?![{_HAN}十]*[分钟时刻])|"
    rf"(?:[{_HAN}]{{1,12}}[十百千万亿]|十(?!分))[{_HAN}十百千万亿]*|(?!一)(?<![{_HAN}])[{_HAN}](?=[{_EACH}])|"
    rf"(?<=[上逾近超约])[百千万亿]{{1,2}}(?=[余多]?[{_EACH}])|[百千](?=余[{_EACH}]))",
    re.IGNORECASE,
)
_BOUNDS = re.compile(
    r"(?:(?P<over>more than|over|at least|above|exceed(?:s|ed|ing)?|upwards of|(?:no|not) (?:fewer|less) than|"
    r"超过?|逾|至少|多于|高于|大于|不少于|不低于|不下|上(?=[百千万亿]?$))|"
    r"(?P<under>less than|fewer than|under|below|up to|at most|(?:no|not) more than|nearly|almost|"
    r"不到|不足|少于|低于|至多|最多|不超过|不多于|[接将]?近|几乎)"
    r"|(?P<about>about|around|roughly|approximately|some|circa|约|大约|大概))\s?(?:a |the |"
    r"[有为达])?(?:US)?[$€£¥]?\s?$",
    re.IGNORECASE,
)
# What stands after a number in Chinese, with what it counts between: "1000多人", "50%以上", "30岁左右".
_BOUNDS_AFTER = re.compile(
    r"(?:(?P<over>[多余几]|[^\W\d_年月日的]{0,3}以上)|(?P<under>[^\W\d_年月日的]{0,3}以[下内])|"
    r"(?P<about>[^\W\d_年月日的]{0,3}(?:左右|上下)))"
)
_PERCENT = re.compile(r"\s?(?:[%％]|per ?cent\b|percentage points?\b)", re.IGNORECASE)
# What is counted right after a Chinese number, which is then no year.
_COUNTED = re.compile(
    r"\s?(?:[枚件名个辆架艘座家种次项篇条只台部位户亩吨元]|人(?!民)|公里|千米|美元|欧元|多[枚件人名个])"
)
_YEARS = re.compile(r"\b(?P<century>[12]\d)\d\d ?[-–/] ?\Z")
_BEFORE = 24  # characters that hold any bound


class Bound(StrEnum):
    """On which side of a number that is not exact the true one lies."""

    OVER = "over"
    UNDER = "under"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number or a date as a text has it, at `text[start:end]`. A date has a month."""

    start: int
    end: int
    value: Decimal | None = None  # of a number
    percent: bool = False
    no_year: bool = False  # as it is written: "1,550", "1447枚"
    bound: Bound | None = None  # where it is not exact
    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def terms(self) -> tuple[str, ...]:
        """What has to be there for the figure to be there: the value; of a date, its year and its day or month."""
        if self.value is not None:
            return (f"{self.value.normalize():f}{'%' if self.percent else ''}",)
        year = (str(self.year),) if self.year else ()
        return (*year, f"{self.month}-{self.day}" if self.day else f"{self.month}-")


@lru_cache(maxsize=8_192)  # what a sentence claims, counts and measures is read from the same ones
def figures(text: str) -> tuple[Figure, ...]:
    """The figures of `text` in order, apart. A lone "one" is a word and "first" too: they count nothing. What is told
    in Chinese as so many parts of something is its share of a hundred.

    >>> [each.terms for each in figures("On 6 July 2020, twenty-five people gave $1.5 million.")]
    [('2020', '7-6'), ('25',), ('1500000',)]
    >>> [each.terms for each in figures("2020年7月6日有三百人，占41.3%。")]
    [('2020', '7-6'), ('300',), ('41.3%',)]
    >>> [each.terms for each in figures("百分之五的人，三分之二的党員，兩成學生，1億3000萬元")]
    [('5%',), ('66.7%',), ('20%',), ('130000000',)]
    """
    text = simplified(text)
    dates = _apart(sorted(_dates(text), key=lambda each: (each.start, -each.end)))
    taken = list(dates)
    ends = [each.end for each in taken]
    numbers = [each for each in _numbers(text) if not _within(each, taken, bisect_right(ends, each.start))]
    return tuple(sorted([*taken, *numbers], key=lambda each: each.start))


def _dates(text: str) -> Iterator[Figure]:
    for pattern in _DATES:
        for found in pattern.finditer(text):
            parts = found.groupdict()
            month = parts["m"]
            yield Figure(
                found.start(),
                found.end(),
                year=_spelled_or_not(parts["y"]) if parts.get("y") else None,
                month=_MONTHS.get(month[:3].lower()) or _spelled_or_not(month),
                day=_spelled_or_not(parts["d"]) if parts.get("d") else None,
            )


def _spelled_or_not(number: str) -> int:
    return int(re.sub(r"\D", "", number)) if number[0].isdigit() else spelled_in_chinese(number)


def _within(number: Figure, dates: Sequence[Figure], place: int) -> bool:
    """Whether a number is part of a date; the one at `place` is the first that ends after it begins."""
    return place < len(dates) and dates[place].start < number.end


def _apart(found: list[Figure]) -> Iterator[Figure]:
    end = 0
    for each in found:
        if each.start >= end:
            yield each
            end = each.end


def _numbers(text: str) -> Iterator[Figure]:
    for found in _NUMBER.finditer(text):
        value = _value(found)
        before = text[max(0, found.start() - _BEFORE) : found.start()]
        if value is not None and (century := _YEARS.search(before)) and len(found[0]) == 2:
            value += 100 * int(century["century"])  # "2018–19"
        if value is not None:
            sign = _PERCENT.match(text, found.end())
            percent = sign is not None or any(found[share] for share in ("under", "whole", "tenths", "half_of"))
            end = sign.end() if sign else found.end()
            bound = _bound(before, text[end : end + _BEFORE])
            no_year = "," in (found["digits"] or "") or _COUNTED.match(text, end) is not None
            yield Figure(found.start(), end, value, percent=percent, no_year=no_year, bound=bound)


def _bound(before: str, after: str) -> Bound | None:
    found = _BOUNDS.search(before) or _BOUNDS_AFTER.match(after)
    return Bound(str(found.lastgroup)) if found else None


def _value(found: re.Match[str]) -> Decimal | None:
    if digits := found["digits"]:
        scale = SCALES.get((found["scale"] or "").lower()) or SHORT_SCALES.get((found["short"] or "").lower()) or 1
        number = Decimal(unicodedata.normalize("NFKC", digits).replace(",", "")) * scale
        return scaled(number, found["han"]) if found["han"] else number
    if words := found["words"]:
        return None if words.lower() in ("one", *SCALES) else Decimal(spelled(words.lower()))
    if ordinal := found["ordinal"]:
        return Decimal(ORDINAL_NUMBERS[ordinal.lower()])
    if under := found["under"]:
        return (100 * Decimal(found["over"]) / int(under)).quantize(Decimal("0.1"))
    if found["half_of"]:
        return Decimal(50)
    if tenths := found["tenths"]:
        more = {"半": 5}.get(found["half"]) or digit_of(found["half"] or "零")
        return Decimal(10 * digit_of(tenths) + more)
    if whole := found["whole"]:
        share = 100 * read_in_chinese(found["part"]) / (read_in_chinese(whole) or 1)
        return share.quantize(Decimal("0.1")) if whole != "百" else share
    return read_in_chinese(found["hanzi"])


def counting(text: str) -> list[Figure]:
    """The figures that may count something: no date does, no year, and no number that ends a name.

    >>> [each.value for each in counting("In 1979 it had 1,447 boats, as of 1990 12 more, on 4 May.")]
    [Decimal('1447'), Decimal('12')]
    >>> counting("He led the Vellmar 7 in the band's Studio 3.")
    []
    """
    apart = {found.start("figure") for found in (*_YEAR_OF_TIME.finditer(text), *_ENDS_NAME.finditer(text))}
    return [figure for figure in figures(text) if figure.value is not None and figure.start not in apart]
