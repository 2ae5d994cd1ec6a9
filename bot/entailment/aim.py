"""What a study only set out to find: an aim is no finding, and what was looked at shows nothing yet."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.language.wording import stands
from index.words import content_terms, vocabulary

_LOOK = r"(?:assess|determine|evaluate|investigate|examine|explore|compare|elucidate|ascertain|clarify|test)"
_WORK = r"(?:the|this|our) (?:present |current )?(?:study|trial|work|paper|review)"
_AIM = re.compile(
    rf"\b(?:to {_LOOK}\b|(?:aims?|objectives?|purpose) (?:of {_WORK}|was|were)\b|(?:aimed|sought|set out) (?:to|at)\b|"
    r"(?:whether(?! or not\b)|if)\b|hypothesi[sz]e[sd]? that\b)[^,.;]*",
    re.IGNORECASE,
)
# What was looked at, and how: nothing was found by it yet.
_LOOKED = r"(?:evaluated|measured|assessed|analy[sz]ed|examined|investigated)"
_METHOD = re.compile(rf"\b(?:was|were) (?:\w+ ){{0,2}}{_LOOKED}\b|\b[Ww]e (?:\w+ )?{_LOOKED}\b")
# A claim that tells of an aim itself, or that nothing was found.
_OPEN = re.compile(
    r"\b(?:if|whether|aim\w*|goal|objective|purpose|intend\w*|meant|designed|want\w*|hop\w+|investigat\w+|asked|tested|"
    r"examin\w+|assess\w+|stud(?:y|ied)|un(?:known|clear|certain)|nobody|not known|hypothesi\w+|role|job|task)\b",
    re.IGNORECASE,
)
# A claim of an effect, or that two things have to do with each other, and what may tell so in other words.
_EFFECT = re.compile(
    r"(?<!\bto )\b(?:reduc|increas|decreas|improv|prevent|caus|affect|protect|worsen|rais|lower|inhibit|promot|induc|"
    r"enhanc|attenuat|ameliorat|alleviat|mitigat|suppress|diminish|abolish)\w*",
    re.IGNORECASE,
)
_RELATES = re.compile(r"\b(?:associat(?:ed|ion)s?|linked (?:to|with)|correlat\w+|risk factors?)\b", re.IGNORECASE)
_MAY_TELL = re.compile(
    rf"{_EFFECT.pattern}|\b(?:associat|link|correlat|relat|connect|tie[sd]?\b|risk|odds|role|lead|led\b|due\b|effect|"
    r"influenc|depend|predict|result|contribut|higher|more|less|fewer|because|implicat|involv|attribut|chang|ris[ek]|rose|f[ae]ll|"
    r"gr[eo]w|drop|declin|cut|boost|gain|los[est]|block|greater|smaller|better|worse|half|twice|doubl|likel|restor|went|up\b|"
    r"down\b|bars?\b|bans?\b|allow|requir|forbid|stop|help|ma[dk]e|let\b|show|found|none\b)|%|\bper ?cent\b|"
    r"\d+ of (?:the )?\d+",
    re.IGNORECASE,
)
# What goes together with something, of which it may be no effect.
_TOGETHER = re.compile(
    rf"{_RELATES.pattern}|\b(?:(?:more|less) (?:likely|often|frequent\w*)|tend(?:s|ed)? to|in relation to|"
    r"(?:ha(?:s|d|ve|ving)|with|report\w*|show\w*|at) (?:an? |the )?(?:[\w.%-]+ ){0,3}?"
    r"(?:lower|higher|greater|reduced|increased|decreased|elevated|poorer|better|worse|fewer) [a-z]+)\b",
    re.IGNORECASE,
)
_NO_DEED = re.compile(
    r"\b(?:reduced|increased|decreased|improved|raised|lower|higher) "
    r"(?:risks?|odds|rates?|levels?|likelihood|mortality)\b"
)
# What says so outright, in a claim, and what may say so, in a quote.
_CAUSED = re.compile(rf"{_EFFECT.pattern}|\b(?:lead(?:s|ing)? to|led to|because of|due to)\b", re.IGNORECASE)
_MAY_CAUSE = re.compile(
    rf"{_CAUSED.pattern}|\b(?:because|owing to|result\w*|effects?|thanks to|makes?|made|attribut\w+|contribut\w+|by|"
    r"drive[sn]?|drove|trigger\w*|benefi\w+|treat\w*|therapy|random\w*|help\w*)\b",
    re.IGNORECASE,
)


def only_together(claim: str, quotes: Iterable[str]) -> bool:
    """Whether a claim makes an effect of what the quotes only tell to go together with something.

    >>> only_together("Tea reduces stress.", ["People who drank tea had a lower risk of stress."])
    True
    >>> only_together("Tea reduces stress.", ["Tea was associated with a reduced risk of stress in one study."])
    True
    >>> only_together("Tea reduces stress.", ["Tea reduced stress."])
    False
    """
    if not _CAUSED.search(_NO_DEED.sub(" ", claim)) or _TOGETHER.search(claim) or _OPEN.search(claim):
        return False
    quotes = [*quotes]
    caused = any(_MAY_CAUSE.search(_NO_DEED.sub(" ", quote)) for quote in quotes)
    return not caused and any(map(_TOGETHER.search, quotes))


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
    if _OPEN.search(claim):
        return False
    found = [_AIM.sub(" ", quote) for quote in quotes]
    looked = bool(quotes) and all(_AIM.search(quote) or _METHOD.search(quote) for quote in quotes)
    if looked and (_RELATES.search(claim) or _EFFECT.search(claim)) and not any(map(_MAY_TELL.search, found)):
        return True
    there, shown = (frozenset[str]().union(*map(vocabulary, texts)) for texts in (quotes, found))
    effects = {term for effect in _EFFECT.findall(claim) for term in content_terms(effect)}
    return any(stands(there, effect) and not stands(shown, effect) for effect in effects)
