"""When something was, at what time of the day, and how often: whether words may tell it at all."""

from __future__ import annotations

import re

from index.words import MONTHS, WEEKDAY, chinese

_NUMBER = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_WHEN = re.compile(
    r"\W*(?:when|what time|(?:at|by|until|from) what time|how often) (?:exactly )?(?:was|were|did|is|are|does|do|"
    r"will|has|have|had|can|should|would|could)\b(?![^?]*\b(?:and|or) (?:who|where|why|how|what|which)\b)",
    re.IGNORECASE,
)
# What tells no time answers if it denies, or says that it is not known.
_DENIES = r"not\b|never\b|no\b|nobody|none\b|unknown|unclear|unsure|uncertain|yet\b|n['’]t\b"
_TIME = re.compile(
    rf"\d|{WEEKDAY}|\b(?:{'|'.join(MONTHS)}|{_DENIES}|"
    r"centur|decade|year|annual|month|week|day|dai|hour|minute|moment|time|era\b|eras\b|ages?\b|period|season|"
    r"spring|summer|autumn|fall|"
    r"winter|morning|noon|afternoon|evening|night|midnight|dawn|dusk|sun|today|tomorrow|yesterday|now\b|soon|recent|current|"
    r"present|ago\b|before|after|during|whe|whi|until|till|since|once|then|as\b|follow|prior|previous|earl|late|first|last|"
    r"next|always|ever|already|christmas|easter|ramadan|reign|war|under|upon|childhood|youth|birth|born|death|end|start|"
    r"beg[iau]n|mid(?:dle)?\b|antiq|medi(?:a?ev|um)|ancient|prehist|neolith|bronze|iron|if\b|"
    r"dynast|revol|empire|adolesc|adult|"
    r"(?:with|at|in|on|by|from|within|through\w*|for) (?:the|an?|his|her|its|their|it|each|any|every)\b)",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\d[:.h]\d\d|\d ?[–-] ?\d|\d ?(?:[ap]\.?m\b|hours|o[’']?clock|GMT)|\b(?:noon|mid|dawn|dusk|sun(?:rise|set|down)|"
    r"daybreak|nightfall|"
    rf"morning|afternoon|evening|night|lunch|breakfast|dinner|half past|quarter (?:past|to)\b|o[’']clock|"
    rf"early|late|hour|{_DENIES}|"
    rf"clock|any ?time|after|before|when|minutes|"
    rf"(?:at|until|from|by|around|about|to|and|–) (?:exactly |about |around )?"
    rf"(?:\d\d?|{_NUMBER})\b(?!\d|[.,]\d))|\A\W*(?:\d\d?|{_NUMBER})\W*\Z",
    re.IGNORECASE,
)
_OFTEN = re.compile(
    rf"\b(?:every|per\b|each|annual|year|dai|week|month|quarter|hour|fortnight|bienn|trienn|quadr|bi-?[a-z]+ly\b|once|twice|"
    rf"times|rare|seldom|often|frequen|infreq|always|sometimes|occasion|regular|usual|constant|continu|periodic|interval|"
    rf"cycle|an? (?:day|minute|decade|century)|terms?\b|most|night|common|apart|when|{_DENIES}|general|typical|routine|"
    rf"(?:in|of) (?:\d\d?\b|{_NUMBER})\b|day|decade|centur|minute|second)|%|per ?cent",
    re.IGNORECASE,
)


def time_given(words: str, question: str) -> bool | None:
    """Whether an answer may tell when something was, at what time, or how often, as it was asked; None where it was
    not.

    >>> time_given("It was built by Ann Example.", "When was it built?"), time_given("At dawn.", "When was it built?")
    (False, True)
    >>> time_given("It opened in 1954.", "What time does it open?"), time_given("At 5.", "What time does it open?")
    (False, True)
    >>> time_given("It is painted grey.", "How often is it painted?"), time_given("Who built it?", "Who did?")
    (False, None)
    """
    asked = _WHEN.match(question)
    if not asked or chinese(words):
        return None
    kind = _OFTEN if "often" in asked[0].lower() else _CLOCK if "time" in asked[0].lower() else _TIME
    return bool(kind.search(words))
