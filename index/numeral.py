"""Numerals: the number that is spelled in words or characters, "two hundred and five", "三百五十", "一亿三千万"."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from index.words import ORDINALS

UNITS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
} | {"dozen": 12}
TENS = {
    word: 10 * (place + 2) for place, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())
}
ORDINAL_NUMBERS = {word: number for number, word in enumerate(ORDINALS[1:], 2)}
SCALES = {"hundred": 10**2, "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
SHORT_SCALES = {"k": 10**3, "m": 10**6, "mn": 10**6, "bn": 10**9, "tn": 10**12}
HAN_DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
HAN_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}


def digit_of(character: str) -> int:
    return int(character) if character.isdigit() else HAN_DIGITS[character]


def scaled(number: Decimal, scales: str) -> Decimal:
    """A number with what stands after it: "1亿3000万", of which that is "亿3000万"."""
    total = Decimal(0)
    for more, scale in re.findall(r"(\d*)([百千万亿]+)", scales):
        part = Decimal(more) if more else number
        for character in scale:
            part *= HAN_SCALES[character]
        total += part
    return total


def read_in_chinese(words: str) -> Decimal:
    """
    >>> read_in_chinese("三点五"), read_in_chinese("二〇二〇"), read_in_chinese("60")
    (Decimal('3.5'), Decimal('2020'), Decimal('60'))
    """
    if words[0].isdigit():
        return Decimal(unicodedata.normalize("NFKC", words))
    whole, _, after = words.partition("点")
    places = "".join(str(HAN_DIGITS.get(character, 0)) for character in after)
    return Decimal(f"{spelled_in_chinese(whole)}.{places}" if places else spelled_in_chinese(whole))


def spelled(words: str) -> int:
    """
    >>> spelled("two hundred and five thousand thirty-one")
    205031
    """
    total, part = 0, 0
    for word in re.split(r"[-\s]+", words):
        if word in SCALES:
            scale = SCALES[word]
            part = max(part, 1) * scale
            if scale > 100:
                total, part = total + part, 0
        elif word != "and":
            part += UNITS.get(word) or TENS.get(word) or 0
    return total + part


def spelled_in_chinese(words: str) -> int:
    """
    >>> spelled_in_chinese("三百五十"), spelled_in_chinese("两万三千")
    (350, 23000)
    >>> spelled_in_chinese("一亿三千万"), spelled_in_chinese("一九八四")
    (130000000, 1984)
    """
    if len(words) > 1 and HAN_SCALES.keys().isdisjoint(words):
        return int("".join(str(HAN_DIGITS[character]) for character in words))
    total, part, digit = 0, 0, 0
    for character in words:
        if character in HAN_DIGITS:
            digit = HAN_DIGITS[character]
            continue
        scale = HAN_SCALES[character]
        if scale >= 10**4:
            own = (part + digit or (not total)) * scale
            total, part, digit = (total + own if total >= scale else total * scale + own), 0, 0
        else:
            part, digit = part + (digit or 1) * scale, 0
    return total + part + digit
