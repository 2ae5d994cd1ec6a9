"""What an answer of its type must have: the name of somebody or of a country, a place, a time, a figure, a death."""

from __future__ import annotations

import re

from bot.cite import said
from bot.language.claim import Sort, read
from bot.language.wording import NAME, ROLE, sorts_of_names, titles
from bot.question.amount import figure_given
from bot.question.when import time_given
from index.words import CAPITAL, MONTHS, WEEKDAY, chinese, content_terms

_FEW = 2  # words that may be a name alone, without a capital
_NAME_ASKED = re.compile(
    rf"\b(?:who (?:is|was|are|were)|name of) the (?:[\w-]+ ){{0,2}}?{ROLE}(?: general)?s?"
    r"(?=\W*$|,? (?:of|in|for|at|from|to|on|by|when|while|who|during|before|after|and|responsible)\b)",
    re.IGNORECASE,
)
# Names that are no person's: what "the" stands before, but for a rank, and what is told as a place.
_NO_PERSON = re.compile(
    rf"\b(?:(?:[Tt]he (?!Duke|Earl|Count|Marqu|Baron|Prince|Reverend|Rev\b|Sultan|Lord|Lady)|"
    rf"(?:[Ii]n|[Aa]t|[Nn]ear|[Oo]utside) )(?:{CAPITAL}[\w.-]*)(?: (?:of (?:the )?)?{CAPITAL}[\w.-]*)*"
    rf"(?:, {CAPITAL}\w+(?=[,.)]))?)"
)
_NO_TIME_ASKED = re.compile(r"\W*(?:who|whom|whose|where|why)\b", re.IGNORECASE)
_WHERE = re.compile(r"\W*where (?:is|are|was|were)\b", re.IGNORECASE)
_SOMEWHERE = re.compile(
    r"\b(?:in|at|near|from|to|through|via|across|into|outside|inside|within|along|between|under|around|throughout|"
    r"towards?|north|south|east|west|here|there|home|abroad|behind|beside|opposite|on (?:the|an?|its|their))\b",
    re.IGNORECASE,
)
# A place that is named alone, on which street it is, or where what is told of is based.
_PLACE_NAMED = re.compile(
    rf"\A\W*(?:[Tt]he )?{NAME}(?:(?:,| and|, and) (?:the )?{NAME})*\W*\Z|\bon (?!{WEEKDAY}|(?:{'|'.join(MONTHS)})\b)"
    rf"{CAPITAL}\w|\b{CAPITAL}\w+-based\b"
)
_WEEKDAYS = frozenset(content_terms("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"))
# What has a name of its own.
_NAMED_ASKED = re.compile(
    r"(?:\A\W*(?:(?:in|from|to|at|for|of|on|by) )?|\b(?:in|from|to) )(?:what|which) "
    r"(?:country|city|town|language)\b(?! of\b)",
    re.IGNORECASE,
)
_SHORTENED = re.compile(r"\b[A-Z]\.[A-Z]")
_WORDS = re.compile(r"[^\W\d_]+")
_PEOPLE_ASKED = re.compile(r"\b(?:what|which) (?:\w+ )?(?:languages?|nationality|citizenship)\b", re.IGNORECASE)
_HOW_DIED = re.compile(r"\bhow (?:did|do|has|have|had) [^?]+ (?:die|died|perish|perished)\W*\Z", re.IGNORECASE)
# What a death was, and what may tell of it.
_DEATH_TOLD = re.compile(
    r"\b(?:die[sd]?|dying|perished|deaths?) (?:\w+ ){0,3}?(?:of|from|by|after|when|due|because|fighting|peacefully)\b|"
    r"\b(?:kill|murder|shot|shoot|stab|drown|crash|accident|collision|suicide|hang|hung|execut|behead|assassinat|poison|burn|"
    r"fire|hit\b|struck|disease|cancer|tumou?r|heart|stroke|ill\b|illness|sick|fever|attack|fell\b|fall\b|collaps|overdose|"
    r"injur|wound|natural causes|old age|sleep|battle|combat|duel|explo|infect|pneumonia|virus|complication|starv|"
    r"hunger|thirst|fr[eo]z|suffocat|chok|strangl|lynch|guillotin|electrocut|shipwreck|sank|storm|caus|failure|"
    r"(?:him|her)self|own life)",
    re.IGNORECASE,
)
# How many there are of something, and what something costs, in Chinese; and what is a sum or a share, and no number.
_COUNT_ASKED = re.compile(r"(?:多少|[几幾])[个個名位人辆輛座艘架只隻条條张張家所项項种種次]")
_SUM_ASKED = re.compile(r"多少(?:钱|錢|[美欧歐日]?元)|[几幾](?:块钱|塊錢|元)")
_SUM = re.compile(r"[元镑鎊块塊]|卢布|盧布|卢比|盧比|[免收]费|[免收]費|无偿|無償|[$€£¥]")
_SUM_OR_SHARE = re.compile(
    r"[\d.,一二三四五六七八九十百千万萬亿億两兩]{1,20}[多余餘]?(?:[美欧歐日港]?元|英[镑鎊]|卢[布比]|盧[布比]|[%％]|个百分点|個百分點)|"
    r"百分之[\d.一二三四五六七八九十百两兩]{1,12}"
)
_NUMBER = re.compile(r"[\d一二三四五六七八九十百千万萬亿億两兩几幾数數半]|没有|沒有|无|無|全部|所有")


def lacks_type(words: str, question: str) -> bool:
    """Whether an answer has no figure where one was asked for, no name where somebody's was, no place where that was,
    no time, or nothing but a time where that was not; what the question has is none.

    >>> lacks_type("It is a park in the north.", "How large is it?"), lacks_type("It has few.", "How many has it?")
    (True, False)
    >>> lacks_type("The mayor heads the town.", "Who is the mayor?"), lacks_type("Ann Example is.", "Who is the mayor?")
    (True, False)
    >>> lacks_type("The mayor sits in Vellmar, Northland.", "Who is the mayor?")
    True
    >>> [lacks_type(each, "How did she die?") for each in ("She died in 1971 as head of the bank.", "She drowned.")]
    [True, False]
    >>> [lacks_type(each, "这列车有多少个商务座？") for each in ("商务座票价是620元。", "有24个。")]
    [True, False]
    >>> [lacks_type(each, "修隧道花了多少钱？") for each in ("隧道长12公里。", "花了6亿元。")]
    [True, False]
    """
    old = read(question).vocabulary
    terms = [term for each in said(words) for term in read(each).terms if term.text not in old]
    given: list[bool] = []
    if _NAME_ASKED.search(question):
        given.append(_names_somebody(words, old))
    if _NO_TIME_ASKED.match(question):
        new = {Sort.DAY if term.text in _WEEKDAYS else term.sort for term in terms} - {Sort.LIGHT}
        if new and all(sort.temporal for sort in new):
            given.append(False)
    if _WHERE.match(question) and not (_SOMEWHERE.search(words) or _PLACE_NAMED.search(words)):
        given.append(False)
    if _HOW_DIED.search(question):
        given.append(bool(_DEATH_TOLD.search(words)))
    if (figure := figure_given(words, terms, question)) is not None:
        given.append(figure)
    if (time := time_given(words, question)) is not None:
        given.append(time)
    if _COUNT_ASKED.search(question):
        given.append(bool(_NUMBER.search(_SUM_OR_SHARE.sub("", words))))
    if _SUM_ASKED.search(question):
        given.append(bool(_SUM.search(words)))
    if _NAMED_ASKED.search(question):
        given.append(_newly_named(words, question))
    return bool(given) and not any(given)


def _names_somebody(words: str, old: frozenset[str]) -> bool:
    """Whether it has a name beside the `old` terms that may be a person's."""
    others = old | sorts_of_names() | titles() | _WEEKDAYS
    left = [term for each in said(_NO_PERSON.sub(" ", words)) for term in read(each).terms]
    return any(term.sort.nominal and term.text not in others for term in left)


def _newly_named(words: str, question: str) -> bool:
    """Whether words have a name that the question does not have in that form, or are no more than a name themselves."""
    old, new = (_WORDS.findall(text) for text in (question.lower(), words))
    named = any(word[0].isupper() and word.lower() not in old and content_terms(word) for word in new)
    return named or len(new) <= _FEW or chinese(words) or bool(_SHORTENED.search(words))


def names_a_people(words: str, question: str) -> bool:
    """Whether a language or a nationality was asked for, and there is a name that the question does not have in that
    form: what is spoken in France is French."""
    return bool(_PEOPLE_ASKED.search(question)) and _newly_named(words, question)
