"""One wording for what is written in several, before a text is read: short names, one script, one word for one use."""

from __future__ import annotations

import re

from bot.language.thesaurus import SHORT_NAMES
from index.script import simplified
from index.words import tagged

_DISPOSED = 40  # characters after 将, in which the thing and what is done to it stand
# One name for a war that is written in many ways, of which "I" alone would be no word to compare.
_WORLD_WAR = re.compile(
    r"\b(?:(?P<ordinal>First|1st|Second|2nd) World War(?! (?:II?|[12]|One|Two)\b)|"
    r"(?:WW|World War)[ -]?(?P<number>II?|[12]|One|Two)(?![,.]?\d))\b",
    re.IGNORECASE,
)
# One word, which is another one than its last part: "non-native", "Non-Proliferation", "semi-final", "mother-in-law".
_PREFIXED = re.compile(r"\b(?P<prefix>[Nn]on|[Ss]emi|[Qq]uarter)[-‐‑](?P<word>[^\W\d_]{2,})")
_IN_LAW = re.compile(r"(?<=[a-z])[-‐‑]in[-‐‑]law\b")
_EX = re.compile(r"\b[Ee]x[-‐‑](?=[^\W\d_]{3})")
_FULL_NAME = re.compile("|".join(SHORT_NAMES))
_HOW_MUCH = re.compile(r"有?多(?=[长高大远重深宽](?![\u4e00-\u9fff]))")  # "有多高？"
_CLAUSE = re.compile(r"[;!?()—，；。：！？]")


def normalised(text: str) -> str:
    """
    >>> normalised("The Second World War"), normalised("世界衛生組織"), normalised("non-native plants")
    ('The World War WWII', '世卫组织', 'nonnative plants')
    """
    text = _PREFIXED.sub(_joined, simplified(_WORLD_WAR.sub(_world_war, text)))
    text = _EX.sub("former ", _IN_LAW.sub("inlaw", text))
    if "将" in text:
        text = _disposed(text)
    return _HOW_MUCH.sub("", _FULL_NAME.sub(lambda found: SHORT_NAMES[found[0]], text))


def _world_war(found: re.Match[str]) -> str:
    first = (found["ordinal"] or found["number"]).lower() in ("first", "1st", "i", "1", "one")
    return f"World War {'WWI' if first else 'WWII'}"


def _joined(found: re.Match[str]) -> str:
    word = found["word"]
    return found["prefix"] + (word if word.isupper() else word.lower())


def _disposed(text: str) -> str:
    """A text in Chinese with 把 for each 将 that stands for it, before a thing and what is done to that.

    >>> _disposed("央行将利率上调。"), _disposed("央行将上调利率。")
    ('央行把利率上调。', '央行将上调利率。')
    """
    place = -1
    while (place := text.find("将", place + 1)) >= 0:
        clause = _CLAUSE.split(text[place + 1 : place + _DISPOSED])[0]
        (thing, *rest) = [sort for _, sort in tagged(clause)] or [""]
        if thing[:1] in ("n", "r", "j", "m") and any(sort == "v" for sort in rest) and "vn" not in rest[:1]:
            text = f"{text[:place]}把{text[place + 1 :]}"
    return text
