"""The deed of a question: whether what is told has it done as it was asked, the other way round, or by nobody."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import dropwhile, takewhile

from bot.language.claim import Claim
from bot.language.doer import ARTICLES, BE, BY_SOON
from bot.language.wording import NAME, carries, light, same
from index.words import SAYING, content_terms, terms

_CAUSE_NEAR = 5  # words before a cause, among which that stands which causes
_RELATIVE = frozenset(terms("which whom that"))
# "Who first sued Alpha", and no "those who left".
_WHO_DOES = re.compile(
    r"(?:\A|[,;:.?!] ?|\band )\W*who (?:(?:\w+ly|also|first|later|originally) )?(?P<deed>[a-z]+)\b"
    r"(?P<rest>[^,.;:?!]*)",
    re.IGNORECASE,
)
_BESIDE_WHOM = re.compile(
    rf"\b(?:before|after|besides|except|instead of|other than|to|from|against) (?:the )?(?P<name>{NAME})"
)
# "Who did Alpha sue?", "Who was sued by Alpha?", "What did the storm cause?"
_TO_WHOM = re.compile(
    rf"\W*(?i:who|whom|what|(?:which|what) [a-z]+) (?:"
    rf"(?i:did|does|has|had) (?i:the )?(?P<one>{NAME}|[a-z]+) (?P<deed>[a-z]+)\b|"
    rf"(?i:is|was|were|are) (?P<done>[a-z]+) (?i:by) (?i:the )?(?P<by>{NAME}))"
)
_WHAT_CAUSED = re.compile(
    r"\W*what (?:caused|led to|triggered|prompted|brought about|sparked|provoked|resulted in) "
    r"(?:the |an? )?(?P<effect>[^?]+)",
    re.IGNORECASE,
)
_CAUSES = frozenset(terms("caused causes led leads triggered triggers prompted sparked provoked resulted"))
_SAYS_BY_WHOM = frozenset(
    terms("by anonymous anonymously unknown unclear not never no nobody who which jointly together house")
)
# Whose a deed is: "control of the army rests with the council".
_WHOSE = frozenset(terms("by from to rests rested lies lay belongs"))
_BESIDE_A_DEED = ARTICLES | frozenset(terms("has have had"))


def deed_of(question: str) -> str:
    """The term of what a question asks who does; empty where it does not ask that, or only who says something.

    >>> deed_of("Who welcomed it?"), deed_of("Who was it?"), deed_of("When did those who welcomed it leave?")
    ('welcom', '', '')
    """
    found = _WHO_DOES.search(question)
    return next((term for term in content_terms(found["deed"]) if term not in light() | SAYING), "") if found else ""


def the_other_way(question: str, told: Claim) -> bool:
    """Whether what is told is done by the one to whom it was asked who does it.

    >>> from bot.language.claim import read
    >>> question = "Who sued Alpha Corp?"
    >>> the_other_way(question, read("Alpha sued Beta.")), the_other_way(question, read("Alpha was sued by Beta."))
    (True, False)
    """
    done_to, done = _object_of(question), _done(deed_of(question), told)
    if len(done) != 1:
        return False
    before, after, passive = done[0]
    if passive or done_to not in before or done_to in after:
        return False
    return _RELATIVE.isdisjoint(before[before.index(done_to) :])  # else it may be done by another whom they tell of


def done_to_the_doer(question: str, told: Claim) -> bool:
    """Whether it was asked to whom somebody does something, or what something causes, and what is told is done to that
    one: whom somebody replaced is not who replaced that one.

    >>> from bot.language.claim import read
    >>> question = "Who did Kim replace?"
    >>> [done_to_the_doer(question, read(each)) for each in ("Kim was replaced by Ann.", "Kim replaced Ann.")]
    [True, False]
    >>> done_to_the_doer("Who was replaced by Kim?", read("Kim was replaced by Ann."))
    True
    """
    found = _TO_WHOM.match(question)
    deed = next(iter(content_terms(found["deed"] or found["done"])), "") if found else ""
    done = _done(deed, told)
    if not found or len(done) != 1:
        return False
    before, after, _ = done[0]
    doer = content_terms(found["one"] or found["by"])[-1:]
    by = "by" in after
    return bool(doer) and by and not BE.isdisjoint(before[-3:]) and doer[0] in before and doer[0] not in after


def brings_about(question: str, told: Claim) -> bool:
    """Whether it was asked what caused something, and what is told is what that caused in its turn.

    >>> from bot.language.claim import read
    >>> question = "What caused the closure of the bridge?"
    >>> told = ("The closure of the bridge caused queues.", "The closure of the bridge was caused by silt.")
    >>> [brings_about(question, read(each)) for each in told]
    [True, False]
    """
    found = _WHAT_CAUSED.match(question)
    effect = content_terms(found["effect"])[:1] if found else []
    places = [place for place, word in enumerate(told.order) if word in _CAUSES]
    if not effect or len(places) != 1:
        return False
    before, after = told.order[: places[0]], told.order[places[0] + 1 :]
    apart = "by" in after or not BE.isdisjoint(before[-2:]) or not _RELATIVE.isdisjoint(before)
    return effect[0] in before[:_CAUSE_NEAR] and effect[0] not in after and not apart


def undone(question: str, told: Claim) -> bool:
    """Whether it was asked who did something to something, and what is told says that it was done, and by nobody.

    >>> from bot.language.claim import read
    >>> question = "Who designed the bridge?"
    >>> undone(question, read("The bridge was designed to carry trains.")), undone(question, read("It was by Ann."))
    (True, False)
    """
    done_to, done = _object_of(question), _done(deed_of(question), told)
    if len(done) != 1 or not done_to:
        return False
    before, after, passive = done[0]
    others = told.names - frozenset(content_terms(question))
    return (
        passive
        and not BE.isdisjoint(before[-2:])
        and done_to in before
        and not others
        and not _SAYS_BY_WHOM & {*before, *after}
    )


def nobody_does(question: str, told: Claim) -> bool:
    """Whether it was asked who does something, and what is told only begins with the word for that, as with a noun,
    and names nobody.

    >>> from bot.language.claim import read
    >>> question = "Who counted the boats?"
    >>> told = ("Counts of the boats differ with the weather.", "Counts were made by the harbour.", "Ann counted them.")
    >>> [nobody_does(question, read(each)) for each in told]
    [True, False, False]
    """
    done = _done(deed_of(question), told)
    others = told.names - frozenset(content_terms(question))
    return bool(done) and all(
        ARTICLES.issuperset(before) and not others and _WHOSE.isdisjoint(after) for before, after, _ in done
    )


def done_by_the_next(question: str, told: Claim) -> bool:
    """Whether what is told begins with the one before or after whom it was asked who does it, as who does it.

    >>> from bot.language.claim import read
    >>> question = "Who led it before Kim?"
    >>> done_by_the_next(question, read("Kim has led it since May.")), done_by_the_next(question, read("Ann led it."))
    (True, False)
    """
    names = [content_terms(found["name"]) for found in _BESIDE_WHOM.finditer(question)]
    done = _done(deed_of(question), told)
    if len(done) != 1:
        return False
    before, _, passive = done[0]
    return not passive and [word for word in before if word not in _BESIDE_A_DEED] in names


def is_done(question: str, told: Claim) -> bool:
    """Whether what was asked who does it is told as done, to whom or what that was asked of.

    >>> from bot.language.claim import read
    >>> question = "Who replaced Alpha Corp?"
    >>> is_done(question, read("Beta replaced Alpha.")), is_done(question, read("Alpha replaced its trucks."))
    (True, False)
    """
    done_to = _object_of(question)
    return not nobody_does(question, told) and any(
        not done_to or carries(frozenset(before if passive else after), done_to)
        for before, after, passive in _done(deed_of(question), told)
    )


def _done(deed: str, told: Claim) -> list[tuple[Sequence[str], Sequence[str], bool]]:
    """For each time that a deed is told, the words before and after it, and whether it is told as done by somebody."""
    places = [place for place, word in enumerate(told.order) if deed and (word == deed or word in same(deed))]
    parted = [(told.order[:place], told.order[place + 1 :]) for place in places]
    return [(before, after, not BE.isdisjoint(before[-2:]) or "by" in after[:BY_SOON]) for before, after in parted]


def _object_of(question: str) -> str:
    """The term of what it is done to: a name, or the noun that names stand before; empty where that is not told.

    >>> _object_of("Who sued Alpha Corp in May?"), _object_of("Who led the British forces?"), _object_of("Who left?")
    ('alpha', 'forc', '')
    """
    found = _WHO_DOES.search(question)
    words = found["rest"].split() if found else []
    thing = list(takewhile(content_terms, dropwhile(ARTICLES.__contains__, words)))
    head = thing[0 if thing[-1][0].isupper() else -1] if thing else ""
    return next(iter(content_terms(head)), "")
