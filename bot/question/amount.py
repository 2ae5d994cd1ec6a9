"""Whether words give the figure that was asked for: how many, how large, how long, how old, what share, which year."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.language.claim import Sort, Term, read
from bot.language.figures import counting
from bot.language.wording import NAME
from bot.question.figure_asked import figure_asked
from bot.question.money import asks_a_sum, price_missing, without_sums
from bot.question.unit import lasting, no_length, no_unit, of_dimension, without_distances, without_units
from index.words import WEEKDAY, content_terms

_WEEKDAY = re.compile(rf"\b{WEEKDAY}s?\b")
_SHARE = re.compile(
    r"%|\bper ?cent|\bout of\b|\b(?:in|of) (?:every )?(?:\d|two|three|four|five|six|seven|eight|nine|ten)|"
    r"\d[ -]?(?:in|to|/)[ -]?\d|\b(?:share|portion|proportion|fraction|ratio|rate)|\d/\d",
    re.IGNORECASE,
)
_ERA = re.compile(
    r"\b(?:since|until|till|(?:\d+|[a-z]+teen)th[- ]centur(?:y|ies)|\d{3,4}s)\b|\d ?[–-] ?\d", re.IGNORECASE
)
_AGE = re.compile(
    r"\b(?:aged?|born|old|built|found\w*|establish\w*|since|dat(?:e|es|ing)|(?:is|was|turn(?:s|ed)) \d{1,3}|"
    r"(?:year|centur|decade)\w*|"
    r"(?:at|over|under|before) (?:\d{1,3}|[a-z]+teen|six|seven|eight|nine|ten|eleven|twelve)\b(?! ?(?:[%:]|per\b))|"
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)[ -](?:month|week|day)s?)\b",
    re.IGNORECASE,
)
# A number, and no more.
_BARE = re.compile(r"\W*(?:(?:about|around|almost|nearly|over|only|just) )?\d{1,3}(?:[.,]\d+)?\W*")
_OLD = re.compile(rf"\b\d+[ -]years?[ -]old (?:[a-z-]+ ){{0,3}}(?P<who>{NAME})")
SOME = re.compile(
    r"\b(?:an?(?! (?:estimated|approximate|average|overall|combined|total|population|number|area|rate|further)\b)|"
    r"one|no|none|no ?one|nobody|nothing|free|little|all|every|half|both|several|many|most|few|fewer|majority|"
    r"minority|dozens?|hundreds|thousands|millions|billions|single|once|twice|pair|couple|\w+fold|doubl\w+|tripl\w+|"
    r"(?:third|quarter|fifth|sixth|seventh|eighth|ninth|tenth)s?)\b",
    re.IGNORECASE,
)


def figure_given(words: str, new: Sequence[Term], question: str) -> bool | None:
    """Whether an answer has the figure that was asked for, or a word that tells as much, among the `new` terms, which
    the question has not; None where it asks for none.

    >>> def given(words: str, question: str) -> bool | None:
    ...     return figure_given(words, read(words).terms, question)
    >>> given("It has 30 acres.", "How large is it?"), given("It lies in the north.", "How large is it?")
    (True, False)
    >>> given("It came out in 2017.", "How long is it?"), given("It ran for weeks.", "How long did it run?")
    (False, True)
    >>> given("She lost to the 22-year-old Ben.", "How old is Ann?"), given("Born in 1969.", "How old is Ann?")
    (False, True)
    >>> given("It has 30 acres.", "What price did it fetch?"), given("It fetched £30.", "What price did it fetch?")
    (False, True)
    >>> given("They get 30 years old.", "How long do pikes get?"), given("An estimated people.", "How many are there?")
    (False, False)
    >>> given("It took $30 million.", "How many boats has it?"), given("It sails on 4 May.", "bay ferry price")
    (False, False)
    """
    asked = figure_asked(question)
    if not asked:
        return None
    if no_length(words, question):
        return False
    if _told_in_words(asked, words):
        return True
    if not _BARE.fullmatch(words) and _of_another_sort(asked, words, question):
        return False
    known = [term for term in new if term.sort.numeric]
    if asked["years"] and not _ERA.search(words):
        known = [term for term in known if term.sort is Sort.YEAR][1:]  # two of them at least
    if asked["many"] or asked["size"] or asked["long"]:
        counts = _counts(asked, words, question)
        known = [term for term in known if term.text in counts]
    if asked["people"] or (asked["number"] and not asked["of_it"]):
        known = [term for term in known if term.sort is not Sort.PERCENT]
    return bool(known)


def _told_in_words(asked: re.Match[str], words: str) -> bool:
    """Whether a word that is no figure tells what was asked: "few", "for weeks", "on Wednesday"."""
    if (asked["many"] or asked["share"]) and SOME.search(words):
        return True
    return bool((asked["long"] and lasting(words)) or (asked["day"] and _WEEKDAY.search(words)))


def _of_another_sort(asked: re.Match[str], words: str, question: str) -> bool:
    """Whether words have no price, share, weight, distance or age where that was asked for."""
    if price_missing(words, question) or no_unit(words, question) or (asked["share"] and not _SHARE.search(words)):
        return True
    return bool(asked["old"] or asked["age"]) and (not _AGE.search(words) or _of_another_age(words, question))


def _counts(asked: re.Match[str], words: str, question: str) -> set[str]:
    """The terms of the figures that may count or measure what was asked for."""
    if asked["number"]:
        words = without_units(without_sums(words, question), question)
    words = without_distances(of_dimension(words, asked["size"] or ""), question)
    return {term for figure in counting(words) for term in figure.terms}


def asks_a_figure(question: str) -> bool:
    """Whether a figure is asked for, also without a word that asks: "vellmar ferry net income 2023".

    >>> asks_a_figure("How old is it?"), asks_a_figure("vellmar ferry net income 2023"), asks_a_figure("Who left?")
    (True, True, False)
    """
    return figure_asked(question) is not None or asks_a_sum(question)


def _of_another_age(words: str, question: str) -> bool:
    """Whether each age that stands before a name is that of another one than the question names."""
    old = read(question).vocabulary
    whose = [content_terms(found["who"]) for found in _OLD.finditer(words)]
    return bool(whose) and all(old.isdisjoint(name) for name in whose)
