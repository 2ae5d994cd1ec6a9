"""What a study only set out to find: an aim is no finding, and what was looked at shows nothing yet."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.wording import stands
from index.words import content_terms, vocabulary

_LOOK = (
    r"(?:assess|determine|evaluate|investigate|examine|explore|test|study|compare|clarify|establish|identify|find out|"
    r"understand|elucidate|ascertain|see)"
)
_AIM = re.compile(
    rf"\b(?:to {_LOOK}\b|(?:aims?|goal|objectives?|purpose) |(?:aimed|sought|set out) (?:to|at)\b|whether\b|"
    r"hypothesi[sz]e[sd]? that\b)[^.;]*",
    re.IGNORECASE,
)
# What was looked at, and how: nothing was found by it yet.
_LOOKED = r"(?:evaluated|measured|assessed|analy[sz]ed|examined|compared|studied|investigated|tested|recorded)"
_METHOD = re.compile(rf"\b(?:was|were) (?:\w+ ){{0,2}}{_LOOKED}\b|\b[Ww]e (?:\w+ )?{_LOOKED}\b|\bunderwent\b")
# A claim of an effect, or that two things have to do with each other, and what may tell so in other words.
_EFFECT = re.compile(
    r"\b(?:reduc|increas|decreas|improv|prevent|caus|affect|protect|worsen|rais|lower|inhibit|promot|induc|enhanc|attenuat|"
    r"ameliorat|alleviat|mitigat|suppress|diminish|abolish)\w*",
    re.IGNORECASE,
)
_RELATES = re.compile(r"\b(?:associat(?:ed|ion)s?|linked (?:to|with)|correlat\w+|risk factors?)\b", re.IGNORECASE)
_MAY_TELL = re.compile(
    rf"{_EFFECT.pattern}|\b(?:associat|link|correlat|relat|connect|tie[sd]?\b|risk|odds|role|lead|led\b|due\b|effect|"
    r"influenc|depend|predict|result|contribut|higher|more|less|fewer|because|implicat|involv|attribut|chang|ris[ek]|rose|f[ae]ll|"
    r"gr[eo]w|drop|declin|cut|boost|gain|los[est]|block|greater|smaller|better|worse)|%|\bper ?cent\b",
    re.IGNORECASE,
)


def only_aimed(claim: str, quotes: Iterable[str]) -> bool:
    """Whether a claim tells of an effect, or that two things go together, and the quotes, which tell how it was looked
    for, do not tell that it was found.

    >>> only_aimed("Tea is associated with sleep.", ["We aimed to assess the association of tea with sleep."])
    True
    >>> only_aimed("Tea reduces sleep.", ["To test whether tea reduces sleep, we asked 40 people."])
    True
    >>> only_aimed("Tea reduces sleep.", ["Sleep and tea were measured."])
    True
    >>> only_aimed("Tea reduces sleep.", ["To test it, we asked 40 people.", "Tea reduced sleep."])
    False
    """
    quotes = [*quotes]
    found = [_AIM.sub(" ", quote) for quote in quotes]
    looked = any(_AIM.search(quote) or _METHOD.search(quote) for quote in quotes)
    own = _AIM.sub(" ", claim)
    if looked and (_RELATES.search(own) or _EFFECT.search(own)) and not any(map(_MAY_TELL.search, found)):
        return True
    there, shown = (frozenset[str]().union(*map(vocabulary, texts)) for texts in (quotes, found))
    effects = {term for effect in _EFFECT.findall(own) for term in content_terms(effect)}
    return any(stands(there, effect) and not stands(shown, effect) for effect in effects)
