"""What is said to be more, or less, than something else: whoever reads two figures can compare them, and a small model
says the contrary too easily."""

from __future__ import annotations

import re
from collections.abc import Sequence

# "more profit than", "worse than"; but not more than three, no later than May, other or rather than something.
DEGREE = r"(?:more|less|fewer|better|worse|(?!ot|ev|nev|ov|und|aft|wh?eth|rath)[a-z]{2,}er)\b"
_ANOTHER_SENSE = r"(?:eith|neith|lat|earli|soon)er"  # what ends like one, or says when
_AMOUNT = r"(?:about |around )?[$£€]?(?:\d|an? (?:hundred|thousand|dozen)|half|one\b|two\b)"
_COMPARES = re.compile(
    rf"(?<!\bno )\b(?!{_ANOTHER_SENSE}\b)(?P<word>{DEGREE})[^,;.]{{0,60}}?"
    rf"\bthan\b(?! {_AMOUNT})",
    re.IGNORECASE,
)
# What tells which of two is more, loosely.
_TELLS = re.compile(
    r"\b(?:than|more|less|fewer|most|least|worse|better|worst|best|above|below|beyond|over|under|up|down|ahead|behind|"
    r"too|twice|double|triple|half|times|only|even|"
    r"(?:rise|rising|rose|risen|grow|grew|grown|increas|gain|climb|jump|surg|soar|improv|exceed|surpass|outnumber|"
    r"outperform|overtak|overtook|beat|fall|fell|fallen|drop|declin|decreas|shrink|shrank|shrunk|reduc|cut|lost|los[es]|"
    r"halv|doubl|tripl|lag|trail|lead|led|prefer|dominat|superior|inferior|record)\w*|"
    r"(?:bigg|broad|cheap|clos|cold|cool|costli|dark|deep|dri|earli|easi|fast|furth|great|hard|heavi|high|hott|larg|lat|"
    r"light|long|low|near|new|old|poor|quick|rich|saf|short|simpl|slow|small|soon|strong|tall|thick|thinn|ti|tough|warm|"
    r"weak|wett|wid|young)(?:er|est))\b",
    re.IGNORECASE,
)


def uncompared(sentence: str, quotes: Sequence[str]) -> bool:
    """Whether a sentence says that something is more or less than something else, and no quote says which is.

    >>> uncompared("Ann earned more than the year before.", ["Ann earned 31 marks, compared with 34 the year before."])
    True
    >>> uncompared("Ann earned more than 30 marks.", ["Ann earned 31 marks."])
    False
    """
    found = _COMPARES.search(sentence)
    if not found or any(map(_TELLS.search, quotes)):
        return False
    degree = found["word"].lower().removesuffix("er")
    return not any(degree in quote.lower() for quote in quotes)
