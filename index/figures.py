"""The figures of a text: its numbers and months, however they are written, as values that can be compared."""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import takewhile

from index.words import carries_meaning, content_terms, tagged

# Digits with their separators, and a Chinese scale right behind them.
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*(?:\s?[万亿])?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
# A number before a scale that `text_to_num` has written out: "3.5 1000000".
_SCALED = re.compile(r"(\d+(?:\.\d+)?) (1(?:000){1,4})(?!\d)")
_MONEY = re.compile(r"(?<=[$€£¥])\s?(\d+(?:\.\d+)?)\s?(k|mn?|bn|tn)\b")
_SCALES = {"万": 10**4, "亿": 10**8, "k": 10**3, "m": 10**6, "mn": 10**6, "bn": 10**9, "tn": 10**12}
_WORD = re.compile(r"[^\W\d_]{3,}\.?")
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])")
# A month in digits: "2021-05", "2021-05-31", "5月".
_MONTH = re.compile(r"(?<=\d{4})-(?P<iso>0[1-9]|1[0-2])(?!\d)(?:-(?=\d))?|(?<!\d)(?P<han>1[0-2]|0?[1-9])月")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SIGNS = "%‰"
# A number with the sign of money before it, or with what stands right behind it: a sign, two words, a run of Chinese.
# Letters that touch the number make it a name, or an ordinal: "5G", "3rd".
_QUANTITY = re.compile(
    rf"(?<![A-Za-z\d.,-])([$€£¥]?) ?({_DIGITS.pattern})(?![A-Za-z])"
    rf"( ?[{_SIGNS}]|[\u4e00-\u9fff]+|(?: [^\W\d_]+){{0,2}})"
)
_LEAST = 2.0  # the smallest number word that is read by itself: "one" is a pronoun, too
_NEAR = 5  # characters between a month and the number that makes it one: "May 2020", "4 May", "4 de mayo"


@lru_cache(maxsize=4096)
def figures(text: str) -> frozenset[str]:
    """The numbers of `text` as plain decimals, and its months as `month 7`.

    Number words are read in English (text2num) and Chinese (cn2an), month names in the languages of `_months`
    (the Unicode CLDR, by babel). A month counts beside a number only: "May" is a name and a verb, too. "One" counts as
    a word.

    >>> sorted(figures("On 15 July 2020 two hundred and five people paid $3.5 million, or 1,000 each."))
    ['1000', '15', '2020', '205', '3500000', 'month 7']
    >>> sorted(figures("2020年7月15日，三百五十人捐了1.2亿元。"))
    ['120000000', '15', '2020', '350', 'month 7']
    """
    plain = _in_digits(unicodedata.normalize("NFKC", text))
    written = (int(found["iso"] or found["han"]) for found in _MONTH.finditer(plain))
    return frozenset((*_numbers(_MONTH.sub(" ", plain)), *_months_of(plain), *(f"month {each}" for each in written)))


def missing(claim: str, text: str) -> frozenset[str]:
    """The figures of a claim that a text lacks.

    >>> sorted(missing("It rose by 4 percent in May 2021.", "It rose by 4% (2021-05)."))
    []
    >>> sorted(missing("It rose by 5 percent.", "It rose by 4 percent."))
    ['5']
    >>> sorted(missing("It cost 9 million dollars.", "It cost 9 million euros.")), sorted(missing("$5", "5 dollars"))
    (['9000000 dollars'], [])
    """
    return figures(claim) - figures(text) | frozenset(_other_money(claim, text))


def _other_money(claim: str, text: str) -> Iterator[str]:
    """The sums of a claim that a text has in another currency alone."""
    for each, codes in _sums(claim):
        same = [other for there, other in _sums(text) if there.value == each.value]
        if same and not any(codes & other for other in same):
            yield f"{each.before}{_plain(each.value)}{each.behind}"


@lru_cache(maxsize=4096)
def _sums(text: str) -> tuple[tuple[Quantity, frozenset[str]], ...]:
    """The sums of money of a text, each with the currencies that it may be in."""
    return tuple((each, codes) for each in quantities(text) if (codes := _currencies(each)))


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


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, as written: the sign of money before it, or a sign or up to two words behind it."""

    value: float
    before: str = ""
    behind: str = ""

    @property
    def units(self) -> frozenset[str]:
        """What two quantities of one unit share; empty where it has none."""
        return frozenset(filter(None, (self.before, *(content_terms(self.behind) or (self.behind.strip(),)))))


def quantities(text: str) -> Iterator[Quantity]:
    """The numbers of a text in its order, those of dates too.

    >>> [(each.value, each.before, each.behind) for each in quantities("It cost $3.5 million, 4% of it for two ships.")]
    [(3500000.0, '$', ''), (4.0, '', '%'), (2.0, '', ' ships')]
    """
    for sign, digits, behind in _QUANTITY.findall(_in_digits(unicodedata.normalize("NFKC", text))):
        number = _value(digits)
        if number.count(".") < 2:
            yield Quantity(float(number), sign, "" if sign else _unit(behind))


def _unit(behind: str) -> str:
    if _HAN.search(behind):
        return "".join(word for word, _ in tagged(behind)[:2])
    if behind.strip() in _SIGNS:
        return behind
    return "".join(f" {each}" for each in takewhile(lambda word: carries_meaning(word.lower()), behind.split()))


def _in_digits(text: str) -> str:
    """The text with its number words in digits."""
    from text_to_num import alpha2digit

    plain = _MONEY.sub(lambda found: _plain(float(found[1]) * _SCALES[found[2]]), _THOUSANDS.sub("", text))
    if _HAN.search(plain):
        from cn2an import transform

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a scale without a number before it
            plain = str(transform(plain, "cn2an"))
    written = str(alpha2digit(_HYPHEN.sub(" ", plain), "en", threshold=_LEAST))
    # two numbers that stood side by side are no number with its scale
    return _SCALED.sub(
        lambda found: found[0] if found[0] in plain else _plain(float(found[1]) * int(found[2])), written
    )


def _numbers(text: str) -> list[str]:
    return [_value(found[0]) for found in _DIGITS.finditer(text)]


def _value(digits: str) -> str:
    """
    >>> _value("007"), _value("3,5"), _value("1.2.3"), _value("1.5万")
    ('7', '3.5', '1.2.3', '15000')
    """
    number = digits.rstrip("万亿 ").replace(",", ".")
    scale = _SCALES.get(digits[-1], 1)
    return _plain(float(number) * scale) if number.count(".") < 2 else number


def _plain(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")


def _months_of(text: str) -> list[str]:
    known = _months()
    found = []
    for word in _WORD.finditer(text):
        name = word[0].rstrip(".")
        month = known.get(name) or known.get(name.lower() if name.isupper() else name)
        around = text[max(0, word.start() - _NEAR) : word.start()] + text[word.end() : word.end() + _NEAR]
        if month and any(each.isdigit() for each in around):
            found.append(f"month {month}")
    return found


@cache
def _months() -> dict[str, int]:
    """Full names as the languages write them, and English abbreviations: "may" and "set" are words, too."""
    from babel.dates import get_month_names

    full = (get_month_names("wide", locale=each) for each in ("en", "de", "es", "fr", "it", "nl", "pt"))
    short = (get_month_names("abbreviated", locale=each) for each in ("en_US", "en_GB"))
    return {name.rstrip("."): number for names in (*short, *full) for number, name in names.items()}
