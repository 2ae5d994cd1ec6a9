"""Money: whether a price is told where one was asked for, and whether a sum is the one that was."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.language.figures import YEAR, counting
from bot.question.figure_asked import PRICE

_MONEY_ASKED = re.compile(rf"{PRICE}|\bhow much (?:money\b|[^?]{{0,90}}\b(?:costs?|pays?|paid)\b)", re.IGNORECASE)
_MONEY = re.compile(
    r"[$€£¥₹]|\b(?:dollar|euro|pound|cent|yuan|renminbi|yen|rupee|rou?ble|franc|mark|peso|crown|krone|krona|zloty|lira|"
    r"shilling|livre|ducat|guilder|florin|peseta|dinar|dirham|riyal|shekel|rand|baht)s?\b|"
    r"\b(?:pence|free|nothing|USD|EUR|GBP|per ?cent|(?:m|b|tr)illion)\b|%",
    re.IGNORECASE,
)
_A_SUM = re.compile(r"[$€£¥₹] ?\d[\d.,]*(?: ?(?:thousand|(?:m|b|tr)illion|m|bn)\b)?")
_OF_MONEY = re.compile(
    r"\bhow many (?:\w+ ){0,2}(?:dollar|euro|pound|cent|yuan|yen|rupee|rou?ble|franc|(?:m|b|tr)illion)",
    re.IGNORECASE,
)
# Sums that are not each other.
_REVENUE, _PROFIT = r"(?:revenues?|turnover)", r"(?:profits?|(?:net|operating) income|earnings)"
_SUM = rf"(?:{_REVENUE}|{_PROFIT})"
_SUM_ASKED = re.compile(
    rf"\bhow much (?:\w+ )?({_SUM})\b|\bwhat (?:is|was|were) (?:[^?]{{1,40}} )?({_SUM})\b|"
    rf"\A[^?]* ({_SUM})\b(?: (?:for|in|q[1-4]|\d)[^?]*)?\W*\Z",
    re.IGNORECASE,
)
# What a figure counts that is no money.
_NO_MONEY = re.compile(
    r"[ -]?(?:square )?(?:acres?|hectares?|km|kilomet\w+|miles?|met(?:re|er)s?|m|feet|people|persons|years?|months?|"
    r"weeks?|days?|hours?|minutes?|[ap]\.?m|tonnes?|tons?|kg|kilograms?)\b",
    re.IGNORECASE,
)


def price_missing(words: str, question: str) -> bool:
    """Whether a price was asked for, and words cannot tell one: neither in money, nor in a figure that counts nothing
    else.

    >>> price_missing("It has 30 acres.", "What price did it fetch?"), price_missing("£30.", "What price did it fetch?")
    (True, False)
    """
    if not _MONEY_ASKED.search(question) or _MONEY.search(words):
        return False
    sums = (each for each in counting(words) if not re.fullmatch(YEAR, words[each.start : each.end]))
    return all(_NO_MONEY.match(words, each.end) for each in sums)


def without_sums(words: str, question: str) -> str:
    """Words without the sums of money in them, where none was asked for.

    >>> without_sums("It paid $30 million for 4 boats.", "How many boats did it buy?")
    'It paid  for 4 boats.'
    """
    return words if _OF_MONEY.search(question) else _A_SUM.sub("", words)


def asks_a_sum(question: str) -> bool:
    """Whether revenue or profit is asked for, also without a word that asks: "vellmar ferry net income 2023"."""
    return bool(_SUM_ASKED.search(question))


def of_another_sum(question: str, quotes: Sequence[str]) -> bool:
    """Whether revenue was asked for, and the quotes only tell of sums that are profit, or the other way round.

    >>> of_another_sum("How much revenue did it make?", ["It made $394 million in operating income."])
    True
    >>> of_another_sum("How much revenue did it make?", ["It made $394 million."])
    False
    """
    asked = _SUM_ASKED.search(question)
    if not asked:
        return False
    noun = next(filter(None, asked.groups()))
    revenue, profit = (re.compile(rf"\b{words}\b", re.IGNORECASE) for words in (_REVENUE, _PROFIT))
    own, other = (revenue, profit) if revenue.fullmatch(noun) else (profit, revenue)
    told = [quote for quote in quotes if _A_SUM.search(quote)]
    return bool(told) and all(map(other.search, told)) and not any(map(own.search, quotes))
