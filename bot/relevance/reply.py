"""Whether an answer says anything of what was asked, or only the question again, another thing, or the contrary."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.cite import said
from bot.disagreement.disagree import WHETHER
from bot.entailment.deed import brings_about, deed_of, done_by_the_next, done_to_the_doer, the_other_way, undone
from bot.entailment.support import Piece, added, adds, certain, measure
from bot.language.claim import Claim, read
from bot.language.wording import NAME, carries_all, light, stands
from bot.question import reason
from bot.question.define import WHO, introduces, name_asked
from bot.question.either import chosen, undecided
from bot.relevance.answer_type import lacks_type, names_a_people
from index.words import CAPITAL, MONTHS, chinese, content_terms, vocabulary

_NAMES = re.compile(NAME)
_NAME_ALONE = re.compile(
    rf"(?:[Tt]he )?(?P<name>{CAPITAL}[\w’'-]*(?: {CAPITAL}[\w’'-]*)*)"
    rf"(?: (?:of|from) (?:[Tt]he )?{CAPITAL}[\w’' -]*)?\W*"
)
_MONTH = re.compile("|".join(MONTHS))
# "What did Ann do after the bridge fell?"
_OCCASION = re.compile(
    r"\W*what (?:did|does|has|have|had)\b[^?]* (?:do|done)(?: in [^?]{1,40}?)? (?:after|before) (?P<occasion>[^?]+)\W*",
    re.IGNORECASE,
)
_THEN = re.compile(
    r"\b(?:after\w*|before|when|once|as soon as|follow\w*|then|later|next|subsequent\w*|"
    r"in (?:response|return|answer|reaction|turn)|respond\w*|answer\w*|react\w*|retaliat\w*)\b",
    re.IGNORECASE,
)
_HOW_MUCH = re.compile(r"\bhow (?:many|much)\b", re.IGNORECASE)
_SO_MUCH = re.compile(r"\b(?:no|none|nobody|one|once|twice|few|all|every|both|half)\b", re.IGNORECASE)
_WHICH = re.compile(r"\W*which [a-z]+s\b", re.IGNORECASE)
_WHICH_SO_MANY = re.compile(
    r"\W*which (?:two|three|four|five|six|seven|eight|nine|ten|\d+) (?!(?:year|month|day|date|decade|season)s\b)",
    re.IGNORECASE,
)
# A people, and its state where that has another name: who led the American delegation was not the United States.
_STATE_OF = {"American": "United States", "British": "United Kingdom"}
_WHICH_ONE = re.compile(r"\W*(?:who|which)\b", re.IGNORECASE)
_WHAT = re.compile(r"\W*what\b", re.IGNORECASE)
_ASIDE = re.compile(r"\b(?:if|whether|when|where|because|although|though)\b|[()]", re.IGNORECASE)
# What tells, beside a denial, what it is.
_BUT = re.compile(r"\b(?:unless|only|until|but|except|anything|nothing)\b", re.IGNORECASE)
_NOBODY = re.compile(r"\b(?:nobody|no one|none|neither|no)\b", re.IGNORECASE)

# "Besides Ann Example, who left?"
_BESIDES = re.compile(
    rf"\b(?i:besides|beside|other than|apart from|aside from|except(?: for)?|in addition to) (?:[a-z]+ ){{0,2}}"
    rf"(?P<names>{NAME}(?:(?:, | and |, and ){NAME}){{0,4}})"
)

# Who is in charge now, and who no longer is.
_IN_CHARGE = re.compile(
    r"\W*who (?:(?:currently|now|really) )?(?:runs|leads|heads|chairs|manages|directs|governs|commands|"
    r"is (?:(?:now|currently) )?(?:in charge|running|leading|heading|the (?:new |current )?(?:head|director|chair\w*|"
    r"boss|leader|president|mayor|manager|chief|minister|chancellor)))\b",
    re.IGNORECASE,
)
_LEFT = re.compile(
    r"\b(?:step(?:s|ped) down|resign(?:s|ed)|retire[sd]|quit|died|left (?:the|his|her|its|office|in|at|on)|"
    r"was (?:sacked|fired|dismissed|removed|ousted))\b",
    re.IGNORECASE,
)
_CAME = re.compile(
    r"\b(?:t(?:ook|akes|aken) over|succe[de]\w*|replac\w+|appoint\w+|elected|became|new)\b", re.IGNORECASE
)


def echoes(words: str, question: str) -> bool:
    """Whether an answer only says again what was asked, where more than a yes or a no was asked for.

    >>> echoes("The first ferry sailed.", "When did the first ferry sail?")
    True
    >>> echoes("The pact involved eight towns.", "Which eight towns took part in the pact?")
    True
    >>> echoes("Eight towns asked about the pact.", "Which towns asked about the pact?")
    True
    >>> echoes("Eight towns tried the pact in 2022.", "Which eight towns tried the pact?")
    True
    >>> echoes("They were 2021 and 2022.", "Which two years saw the pact?")
    False
    """
    if WHETHER.search(question) or chosen(question, words):
        return False
    if (name := name_asked(question)) and any(_tells_more(each, name) for each in said(words)):
        return False
    if names_a_people(words, question) or _counts(words, question):
        return False
    states = [state for people, state in _STATE_OF.items() if people in question] if WHO.match(question) else []
    claims, asked = [read(each) for each in said(words)], read(" ".join([question, *states]))
    if _WHICH_SO_MANY.match(question) and all(added(each, asked) <= each.deeds | each.days for each in claims):
        return True  # "Which eight towns took part?": "Eight towns were involved in 2022."
    if _WHICH.match(question) and all(_counts_the_asked(each, asked) for each in claims):
        return True
    return (
        not any(adds(each, asked) for each in claims)
        or _tells_the_occasion(words, question)
        or _is_the_asked(words, question)
    )


def _counts_the_asked(told: Claim, asked: Claim) -> bool:
    """Whether a sentence only counts those that were asked for, and tells of them in another verb: "Which towns took
    part?": "Eight towns were involved."."""
    numbers = {number for number, word in told.counted if stands(asked.vocabulary, word)}
    return bool(numbers) and added(told, asked) <= told.deeds | numbers


def _counts(words: str, question: str) -> bool:
    """Whether it was asked how many or how much, and a word that tells it is all that is new: "one", "few", "all"."""
    return bool(_HOW_MUCH.search(question)) and any(
        not re.search(rf"\b{found[0]}\b", question, re.IGNORECASE) for found in _SO_MUCH.finditer(words)
    )


def _is_the_asked(words: str, question: str) -> bool:
    """Whether it was asked who or which one, and a name that the question has is all that is told.

    >>> _is_the_asked("King Karl of Vellmar.", "Who did King Karl serve?")
    True
    >>> _is_the_asked("King Karl Second.", "Who did King Karl serve?")
    False
    """
    found = _NAME_ALONE.fullmatch(words.strip())
    return bool(found and _WHICH_ONE.match(question) and re.search(rf"\b{re.escape(found['name'])}\b", question))


def _tells_more(sentence: str, name: str) -> bool:
    """Whether a sentence says who or what the named one is, in other words than the name."""
    return bool(introduces(sentence, name) and {*content_terms(sentence)}.difference(content_terms(name)))


def _tells_the_occasion(words: str, question: str) -> bool:
    """Whether it was asked what somebody did after something, or before, and each sentence tells that alone again.

    >>> _tells_the_occasion("The bridge fell on 4 May.", "What did Ann do after the bridge fell?")
    True
    >>> _tells_the_occasion("After the bridge fell, Ann left.", "What did Ann do after the bridge fell?")
    False
    """
    found = _OCCASION.fullmatch(question)
    occasion = [term for term in read(found["occasion"]).vocabulary if term not in light()] if found else []
    return bool(occasion) and all(
        carries_all(read(each).vocabulary, occasion) and not _THEN.search(each) for each in said(words)
    )


def evades(words: str, question: str) -> bool:
    """Whether an answer has nothing of the type that was asked for, as `lacks_type` has it; or says that what was asked
    for is not so, or the other way round, or names those alone whom the question names, or excepts, or both of two
    without ranking them, or who is in charge no more.

    >>> evades("Kim led it since May 2020.", "Who led it before Kim?"), evades("Ann did.", "Who led it before Kim?")
    (True, False)
    >>> evades("The council cannot change the law.", "Who can change the law?")
    True
    """
    return (
        _contrary(words, question)
        or _names_the_asked_alone(words, question)
        or _names_the_excepted_alone(words, question)
        or _names_who_left(words, question)
        or undecided(question, words)
        or lacks_type(words, question)
    )


def _contrary(words: str, question: str) -> bool:
    """Whether each sentence denies what was asked who or what does, or tells it of the one to whom it was done, or of
    the one before or after whom. That nobody does answers it, and so does that something is not done where it was
    asked when."""
    asked, told = read(question), [read(each) for each in said(words)]
    return bool(told) and all(
        _denies(each, asked, question)
        or the_other_way(question, each)
        or done_by_the_next(question, each)
        or done_to_the_doer(question, each)
        or brings_about(question, each)
        or undone(question, each)
        for each in told
    )


def _denies(told: Claim, asked: Claim, question: str) -> bool:
    """Whether a sentence denies what was asked who or what does; what, before anything that it says aside. Beside the
    likeliest sentence of its paragraph of SQuAD 2.0, it denies what of 5 of 459 questions that begin with it and
    have no answer there, and of 1 of 516 that have one."""
    text, what = told.texts[0], _WHAT.match(question)
    if asked.denied.heads or not (what or _WHICH_ONE.match(question)) or (what and _BUT.search(text)):
        return False
    if what:
        told = read(text := _ASIDE.split(text, maxsplit=1)[0])
    return not _NOBODY.search(text) and bool(measure(asked, [Piece(told)]).denied)


def _names_the_asked_alone(words: str, question: str) -> bool:
    """Whether it was asked who does something, and an answer without a word for that has several names, each of them
    one of the question's: those two met, but who interpreted?"""
    if not deed_of(question) or not omits([words], question) or chosen(question, words):
        return False
    old = read(question).vocabulary
    named = [terms for each in _NAMES.findall(words) if not _MONTH.fullmatch(each) and (terms := content_terms(each))]
    return len(named) > 1 and all(old & {*each} for each in named)


def _names_the_excepted_alone(words: str, question: str) -> bool:
    """Whether all that an answer names is what was asked for others than.

    >>> _names_the_excepted_alone("Besides Ann, it was Ann.", "Besides Ann, who left?")
    True
    >>> _names_the_excepted_alone("Ann and Ben left.", "Besides Ann, who left?")
    False
    """
    found = _BESIDES.search(question)
    if not found:
        return False
    excepted, old = content_terms(found["names"]), read(question).vocabulary
    told = read(_BESIDES.sub("", words))
    others = [term.text for term in told.terms if certain(term) and term.text not in old]
    return carries_all(told.vocabulary, excepted) and not others


def _names_who_left(words: str, question: str) -> bool:
    """Whether it is asked who is in charge, and all that is told is who left.

    >>> _names_who_left("Ann stepped down in May.", "Who runs the bank these days?")
    True
    >>> _names_who_left("Ben took over after Ann stepped down.", "Who runs the bank these days?")
    False
    """
    told = said(words) if _IN_CHARGE.match(question) else []
    return bool(told) and all(_LEFT.search(each) and not _CAME.search(each) for each in told)


def omits(told: Iterable[str], question: str) -> bool:
    """Whether nothing that is told has the word for what was asked who does it, or one like it, or says who or what the
    one is whom that was asked of.

    >>> omits(["Ann and Ben met in Vellmar."], "Who interpreted for Ann and Ben?")
    True
    >>> omits(["Ann Example left."], "Who is Ann Example?"), omits(["Judge Ann Example left."], "Who is Ann Example?")
    (True, False)
    """
    if name := name_asked(question):
        return not any(introduces(each, name) for each in told)
    deed = deed_of(question)
    return bool(deed) and not stands(present(told), deed)


def present(told: Iterable[str]) -> frozenset[str]:
    """The vocabulary of all that is told."""
    return frozenset[str]().union(*(read(each).vocabulary for each in told))


def explains_nothing(shown: str, question: str) -> bool:
    """Whether a reason was asked for, and what is `shown` has nothing but names of what it was asked for.

    >>> explains_nothing("Ann took the boats to sell them.", "Why did the jury convict Ann?")
    True
    """
    asked = read(question)
    words = [term for term in asked.plain if term not in light()]
    if not reason.asked(question) or chinese(question) or not words:
        return False
    present = vocabulary(shown)
    return not reason.stated(shown) and not any(stands(present, term) for term in words)
