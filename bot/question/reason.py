"""Reasons: whether one is asked for, claimed, told of or stated outright."""

from __future__ import annotations

import re
from collections.abc import Iterable

# "When did he explain why …?" asks for a day.
_WHY = re.compile(
    r"(?:^|[,;:.?!]\s*|\b(?:and|but|or|so)\s+)\W*why\b|^\W*(?:please )?(?:explain|tell|say)\b.{0,20}\bwhy\b|"
    r"\b(?:what|whose)\b(?: [\w'’-]+){0,3}? (?:reasons?|explanations?|justifications?|pretext)\b|"
    r"\bon what grounds\b|^\W*what (?:made|prompted|caused|persuaded) |"
    r"^\W*what (?:led|drove|moved|brought|pushed) [^?]{1,90}? to [a-z]|"
    r"\b(?:for|which) (?:what |which )?reasons?\b|"
    r"[为為](?:什[么麼]|何)|原因|理由",
    re.IGNORECASE,
)
_BECAUSE = re.compile(
    r"\b(?:because|due to|owing to|thanks to|as a result of|on account of)\b|因[为為]|由[于於]",
    re.IGNORECASE,
)
# What may tell of a reason, loosely: a quote without any of it tells of none.
_MAYBE = re.compile(
    r"\b(?:because|due|owing|thanks|since(?! (?:the )?(?:\d|early|late|mid|then|[A-Z][a-z]+ \d))|as|so|for|over|"
    r"after|following|therefore|thus|hence|thereby|account|reasons?|"
    r"result\w*|caus\w+|forc\w+|prompt\w*|trigger\w*|lead\w*|led|concern\w*|fear\w*|in order|"
    r"in (?:response|answer|protest|retaliation))\b|"
    r"因|由于|为了|(?:\A|[，。；：])为(?!止)|故|(?<![可所])以(?![及来上下后前内外])",
    re.IGNORECASE,
)
# What says that something was done as an answer, and what a quote of that has, loosely.
_IN_ANSWER = re.compile(
    r"\b(?:in|as(?: part of)?(?: an?| the)?(?: \w+)?) (?:response|retaliation|reprisal|revenge|protest|punishment)\b|"
    r"作为(?:回应|报复|反制)",
    re.IGNORECASE,
)
_ANSWERS = re.compile(
    r"\b(?:respon[sd]|retaliat|repris|reveng|aveng|protest|punish|answer|counter|react|return\b|tit for tat)|"
    r"回应|报复|反制|对等",
    re.IGNORECASE,
)
_STATED = re.compile(
    r"\b(?:reasons?(?! why\b)|in order to|so that|on the grounds|out of (?:fear|concern)|"
    r"in (?:response|protest|retaliation)|in an? (?:attempt|bid|effort) to|"
    r"(?:is|are|was|were|been) (?:aimed at|(?:designed|intended|meant) to)|"
    rf"citing)\b|理由|原因|为了|旨在|{_BECAUSE.pattern}",
    re.IGNORECASE,
)


def asked(question: str) -> bool:
    """Whether a question asks for a reason.

    >>> asked("Why did it close?"), asked("What reason was given?"), asked("When did it close?")
    (True, True, False)
    """
    return bool(_WHY.search(question))


def unreasoned(claim: str, quotes: Iterable[str]) -> bool:
    """Whether a claim gives the reason of something, or what it answers, and none of the quotes any.

    >>> unreasoned("It closed because of the silt.", ["It closed, full of silt."])
    True
    >>> unreasoned("It closed because of the silt.", ["It closed after years of silt."])
    False
    >>> unreasoned("It closed in response to the order.", ["It closed after the order."])
    True
    """
    quotes = [*quotes]
    answers = bool(_IN_ANSWER.search(claim)) and not any(map(_ANSWERS.search, quotes))
    return answers or (bool(_BECAUSE.search(claim)) and not told(quotes))


def told(quotes: Iterable[str]) -> bool:
    """Whether any of the quotes may tell of a reason."""
    return any(_MAYBE.search(quote) or stated(quote) for quote in quotes)


def stated(sentence: str) -> bool:
    """Whether a sentence gives a reason outright.

    >>> stated("The council gave the silt as the reason."), stated("The ban was meant to protect swimmers.")
    (True, True)
    >>> stated("It closed after years of silt.")
    False
    """
    return bool(_STATED.search(sentence))
