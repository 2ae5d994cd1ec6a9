"""Units: whether a length, a weight, a distance or a time is told in one, and which figures measure something else."""

from __future__ import annotations

import re

_LENGTHS = r"(?:kilo|centi|milli)?met(?:re|er)s?|[kcm]?m|feet|foot|ft|inch(?:es)?|yards?|miles?|mi|leagues?"
_TIMES = r"second|minute|hour|day|week|month|year|decade"
_WEIGHTS = r"[km]?g|kilo(?:gram(?:me)?)?s?|grams?|tons?|tonnes?|lbs?|pounds?|ounces?|oz|stones?|carats?"
# Of an animal, a plant or a beard, which has a length, and no duration.
_LENGTH_ASKED = re.compile(
    r"\bhow long (?:do|does|did|can|could|will|would) (?![^?]*\btakes?\b)[^?]*\b(?:get|grow)\W*\Z", re.IGNORECASE
)
_LENGTH = re.compile(rf"\b(?:{_LENGTHS}|long(?:er|est)?)\b|\d['’\"”]", re.IGNORECASE)
_DURATION_ASKED = re.compile(
    r"\bhow long (?:did|does|do|will|would|has|had|have|can)\b[^?]* (?:take|last|stay)\b", re.IGNORECASE
)
_DURATION = re.compile(
    r"\b(?:since|until|till|from .+ to|between .+ and|as long as|always|never|forever|permanent\w*|indefinite\w*|"
    rf"life(?:time|long)?|through\w*|brief\w*|still|ever|centur(?:y|ies)|(?:{_TIMES}|(?:fort|over)?night|season|term|"
    r"summer|winter|generation)s?)\b|\d ?[–-] ?\d",
    re.IGNORECASE,
)
# How long a book or a bridge is.
_EXTENT = re.compile(r"\b(?:feet|foot|(?:page|(?:kilo)?met(?:re|er)|mile)s?)\b", re.IGNORECASE)
_WEIGHT_ASKED = re.compile(r"\bhow (?:heavy\b|much (?:do|does|did) [^?]* weigh\b)", re.IGNORECASE)
_WEIGHT = re.compile(rf"(?:\b|\d)(?:{_WEIGHTS})\b|\bweigh", re.IGNORECASE)
_DISTANCE_ASKED = re.compile(r"\bhow far\b", re.IGNORECASE)
_DISTANCE = re.compile(
    rf"(?:\b|\d)(?:{_LENGTHS}|light|blocks?|degrees?|(?<!an )hours?|minutes?|days?|walk\w*|dr[io]ve|steps?|stops?|"
    r"parsecs?|au|astronomical|nautical|halfway|way)\b|%|per ?cent",
    re.IGNORECASE,
)
_COUNT = (
    r"\b(?:\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|"
    r"sixty)"
)
_UNIT = (
    rf"(?:(?:{_TIMES}|(?:kilo)?met(?:re|er)|mile|tonne|kilogram|hectare|acre|inche?)s?|km|kg|feet|centur(?:y|ies))\b"
)
_UNIT_ASKED = re.compile(rf"\bhow many (?:[\w-]+ ){{0,4}}{_UNIT}", re.IGNORECASE)
_OF_A_UNIT = re.compile(rf"{_COUNT}[ -]{_UNIT}", re.IGNORECASE)
_AWAY_ASKED = re.compile(r"\bhow (?:far|many (?:\w+ )?(?:miles|kilomet\w+|met(?:re|er)s|leagues))\b", re.IGNORECASE)
_AWAY = re.compile(  # from something else, which is no size
    rf"\d[\d.,]* ?(?:{_LENGTHS})\b(?: \([^()]*\))? "
    r"(?:(?:north|south|east|west)[\w-]*|from|away|off|outside|up|down)\b",
    re.IGNORECASE,
)
# What other words than those of the question say after a length.
_ACROSS = {"tall": "long|wide|across|deep", "wide": "long|high|tall|deep", "deep": "long|wide|high|tall|across"}
_ACROSS["high"] = _ACROSS["tall"]


def no_length(words: str, question: str) -> bool:
    """Whether it was asked how long something grows, and words tell no length; or how long something takes, and a
    length is all that they tell.

    >>> no_length("They get 30 years old.", "How long do pikes get?"), no_length("A mile.", "How long did it take?")
    (True, True)
    """
    if _LENGTH_ASKED.search(question):
        return not _LENGTH.search(words)
    return bool(_DURATION_ASKED.search(question) and _LENGTH.search(words)) and not lasting(_LENGTH.sub("", words))


def lasting(words: str) -> bool:
    """Whether words tell how long something lasts, or is."""
    return bool(_DURATION.search(words) or _EXTENT.search(words))


def no_unit(words: str, question: str) -> bool:
    """Whether a weight or a distance was asked for, and words have nothing that measures one.

    >>> no_unit("It is 30 m long.", "How heavy is it?"), no_unit("A short walk.", "How far is it?")
    (True, False)
    """
    asked = ((_WEIGHT_ASKED, _WEIGHT), (_DISTANCE_ASKED, _DISTANCE))
    return any(asks.search(question) and not measured.search(words) for asks, measured in asked)


def without_units(words: str, question: str) -> str:
    """Words without the figures that count units, where something else is to be counted."""
    return words if _UNIT_ASKED.search(question) else _OF_A_UNIT.sub("", words)


def without_distances(words: str, question: str) -> str:
    """Words without the figures that say how far away something is, where that was not asked."""
    return words if _AWAY_ASKED.search(question) else _AWAY.sub("", words)


def of_dimension(words: str, asked: str) -> str:
    """Words without the figures that measure another dimension than the one that was asked for, or a weight.

    >>> of_dimension("It is 20 m long and 8 m high.", "high")
    'It is and 8 m high.'
    """
    others = _ACROSS.get(asked.lower())
    if not others:
        return words
    length = rf" (?:{_LENGTHS})(?: \([^()]{{1,40}}\))? (?:{others})\b"
    return re.sub(rf" ?{_COUNT}(?:{length}|[ -](?:kg|tonnes?|tons?|lbs?)\b)", "", words, flags=re.IGNORECASE)
