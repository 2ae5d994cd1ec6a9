"""Who does what to whom: what one did to another has no proof in what that one did, or in what a third one did."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import dropwhile, takewhile

from bot.claim import Claim
from bot.wording import NAME, carries, lands, light, same, titles
from index.words import SAYING, carries_meaning, content_terms, terms

ARTICLES = frozenset(("the", "a", "an"))
BE = frozenset(terms("is are was were be been being"))
# What one does to the other as the other does to the one.
MUTUAL = frozenset(
    terms("meet met talk talks marry married agree sign signed border against between versus with together")
)
_TO_BY, _DOER = 5, 3  # words from a form of "to be" to "by", and those after it among which one names who does it
_BY_SOON = 3  # words after a deed, among which "by" says who does it
_OBJECT = 3  # words after a deed, among which that stands to which it is done
_AFTER = 5  # words after a deed, among which one stands that is part of whom it is done to
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
_BESIDE_A_DEED = ARTICLES | frozenset(terms("has have had"))
_WITHIN = frozenset(terms("in at"))
_OWNERS = ARTICLES | frozenset(terms("his her its their our my"))
_BEFORE_A_NOUN = ARTICLES | frozenset(
    (*terms("at one two three four five six seven eight nine ten"), *map(str, range(2, 100)))
)
# At whose word something is done: "on the orders of the Northland government".
_AT_A_WORD = re.compile(
    rf"\b(?:on|at|by) (?:the )?(?P<word>orders?|requests?|demands?|insistence|invitation|suggestion|urging) of "
    rf"(?:the )?(?P<whose>{NAME})"
)
# By whom something is done, or of what somebody dies or is accused.
_NAMED = re.compile(
    r"\b(?:(?:is|are|was|were|been|being) (?:[\w-]+ ){1,2}?by|"
    r"(?:died|dies|ill|guilty|convicted|accused|suspected|cleared|acquitted|charged) (?:of|with)) "
    r"(?:the |an? |his |her |its |their )?([\w’'-]+)",
    re.IGNORECASE,
)


def confused(claim: Claim, quotes: Sequence[Claim], lacked: Collection[str], near: Sequence[Claim]) -> bool:
    """Whether in the quotes another one does what the claim tells, or does it to the one who does it there; or the
    claim names by whom it is done, or of what somebody dies, with a word that is `lacked`. `near` are the quotes that
    have most of the claim's words in its order.

    >>> from bot.claim import read
    >>> said = [read("Two protesters shot at police.")]
    >>> confused(read("Police shot two protesters."), said, (), said)
    True
    """
    alike = [] if not MUTUAL.isdisjoint(claim.words) else [each for each in quotes if each.passive == claim.passive]
    return (
        any(term in lacked for named in _NAMED.findall(claim.texts[0]) for term in content_terms(named)[:1])
        or any(_crossed(claim, quote) for quote in alike)
        or any(_by_another(claim, quote) or _at_the_word_of_another(claim, quote) for quote in quotes)
        or any(_turned(claim, quote) or _turned(quote, claim) or _follows(claim, quote) for quote in quotes)
        or _done_by_another(claim, near)
    )


def deed_of(question: str) -> str:
    """The term of what a question asks who does; empty where it does not ask that, or only who says something.

    >>> deed_of("Who welcomed it?"), deed_of("Who was it?"), deed_of("When did those who welcomed it leave?")
    ('welcom', '', '')
    """
    found = _WHO_DOES.search(question)
    return next((term for term in content_terms(found["deed"]) if term not in light() | SAYING), "") if found else ""


def the_other_way(question: str, told: Claim) -> bool:
    """Whether what is told is done by the one to whom it was asked who does it.

    >>> from bot.claim import read
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

    >>> from bot.claim import read
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

    >>> from bot.claim import read
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
    return effect[0] in before[:_TO_BY] and effect[0] not in after and not apart


def undone(question: str, told: Claim) -> bool:
    """Whether it was asked who did something to something, and what is told says that it was done, and by nobody.

    >>> from bot.claim import read
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


def done_by_the_next(question: str, told: Claim) -> bool:
    """Whether what is told begins with the one before or after whom it was asked who does it, as who does it.

    >>> from bot.claim import read
    >>> question = "Who led it before Kim?"
    >>> done_by_the_next(question, read("Kim has led it since May.")), done_by_the_next(question, read("Ann led it."))
    (True, False)
    """
    names, done = (
        [content_terms(found["name"]) for found in _BESIDE_WHOM.finditer(question)],
        _done(deed_of(question), told),
    )
    if len(done) != 1:
        return False
    before, _, passive = done[0]
    return not passive and [word for word in before if word not in _BESIDE_A_DEED] in names


def is_done(question: str, told: Claim) -> bool:
    """Whether what was asked who does it is told as done, to whom or what that was asked of.

    >>> from bot.claim import read
    >>> question = "Who replaced Alpha Corp?"
    >>> is_done(question, read("Beta replaced Alpha.")), is_done(question, read("Alpha replaced its trucks."))
    (True, False)
    """
    done_to = _object_of(question)
    return any(
        not done_to or carries(frozenset(before if passive else after), done_to)
        for before, after, passive in _done(deed_of(question), told)
    )


def _done(deed: str, told: Claim) -> list[tuple[Sequence[str], Sequence[str], bool]]:
    """For each time that a deed is told, the words before and after it, and whether it is told as done by somebody."""
    places = [place for place, word in enumerate(told.order) if deed and (word == deed or word in same(deed))]
    parted = [(told.order[:place], told.order[place + 1 :]) for place in places]
    return [(before, after, not BE.isdisjoint(before[-2:]) or "by" in after[:_BY_SOON]) for before, after in parted]


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


def _follows(claim: Claim, quote: Claim) -> bool:
    """Whether one who does something in the claim stands in the quote only after that deed, which another one whom the
    claim does not name does there: that Kessler won while Lindqvist came fourth does not say that Lindqvist won."""
    names = claim.names | quote.names
    for deed in claim.deeds | {"born"}:
        if quote.order.count(deed) == claim.order.count(deed) == 1:
            (before, _), (earlier, _) = (_parted(deed, each.order) for each in (claim, quote))
            one, other = (next(filter(carries_meaning, reversed(words)), "") for words in (before, earlier))
            after = quote.order[len(earlier) + 1 :]
            passive, there = (not BE.isdisjoint(words[-2:]) for words in (before, earlier))
            alike = deed == "born" or passive == there
            moved = alike and one in names and one in after and one not in earlier and "by" not in after[:_TO_BY]
            if moved and other and not carries(claim.vocabulary, other):
                return True
    return False


def _by_another(claim: Claim, quote: Claim) -> bool:
    """Whether one who does something in the claim stands in the quote, where that is done "by" others alone."""
    names = claim.names | quote.names
    for deed in claim.deeds:
        done = [place for place, word in enumerate(quote.order) if word == deed or word in same(deed)]
        before = claim.order[: claim.order.index(deed)] if deed in claim.order else ()
        one = next(filter(carries_meaning, reversed(before)), "")
        if len(done) == 1 and one in names and one in quote.order and BE.isdisjoint(before[-2:]):
            after = quote.order[done[0] + 1 :]
            by = next((place for place, word in enumerate(after[:_BY_SOON]) if word == "by"), None)
            others = [] if by is None else [each for each in after[by + 1 :][:_TO_BY] if each not in _OWNERS]
            named = bool(others) and carries_meaning(others[0]) and not others[0][0].isdigit()
            if named and one not in others and not carries(claim.vocabulary, others[0]):
                return True
    return False


def _at_the_word_of_another(claim: Claim, quote: Claim) -> bool:
    """Whether a country orders something in the claim, or asks for it, and in the quote it is done at the word of
    another."""
    for found in _AT_A_WORD.finditer(quote.texts[0]):
        word, whose = content_terms(found["word"]), frozenset(content_terms(found["whose"]))
        done = {deed for deed in word if deed in claim.order and BE.isdisjoint(_parted(deed, claim.order)[0][-1:])}
        own = {one for one, deed in claim.doers if deed in done}
        if own and own | whose <= lands() and not any(carries(whose, one) for one in own):
            return True
    return False


def _done_by_another(claim: Claim, quotes: Sequence[Claim]) -> bool:
    """Whether one whom the quotes name does something in the claim, and in the quotes another alone does it: that India
    says that Chinese troops crossed a line is no proof that India crossed it. Where somebody's office is, it may be
    named by: "the Danish embassy in Oslo" is the Oslo embassy."""
    named = frozenset[str]().union(*(quote.names for quote in quotes))
    for one, deed in claim.doers:
        if any(_is_in(deed, one, quote.order) for quote in quotes):
            continue
        others = {other for quote in quotes for other, done in quote.doers if done == deed}
        spelled = {other for quote in quotes for other in quote.spelled.get(one, ())}
        if one in named and others - spelled and all(foreign(other, claim) for other in others):
            return True
    return False


def _is_in(thing: str, place: str, order: Sequence[str]) -> bool:
    """Whether a thing is said to be in a place, in these words."""
    bare = [word for word in order if word not in ARTICLES]
    three = zip(bare, bare[1:], bare[2:], strict=False)
    return any(one == thing and here == place and there in _WITHIN for one, there, here in three)


def _crossed(claim: Claim, quote: Claim) -> bool:
    """Whether what is done to the one in the claim is done to the other in the quote, who does it in the claim: a word
    that both have once is followed by the one or the other, and the other or the one stands before it."""
    names = claim.names | quote.names
    words = names | {*claim.plain, *quote.plain}
    for word in claim.plain:
        if claim.order.count(word) == quote.order.count(word) == 1:
            (before, one), (earlier, other) = (_parted(word, each.order) for each in (claim, quote))
            crossed = {one, other} <= words and one != other and one in earlier and other in before
            if crossed and ({one, other} <= names or _in_one_clause({one, word, other}, claim, quote)):
                return True
            doer = next((each for each in reversed(before) if each in words), "")
            if _turned_round(doer, word, one, quote) and _in_one_clause({doer, word, one}, claim, quote):
                return True
    return False


def _turned_round(doer: str, deed: str, done_to: str, quote: Claim) -> bool:
    """Whether the quote has whom the deed is done to before it, and who does it soon after it."""
    place = quote.order.index(deed)
    before, after = quote.order[:place], quote.order[place + 1 :][:_AFTER]
    if not BE.isdisjoint(before[-2:]) or "by" in after[:1]:
        return False
    return done_to in before and done_to not in after and doer in after and doer not in before


def _in_one_clause(words: set[str], *texts: Claim) -> bool:
    """Whether each text has all of the words in one of its clauses: a list and a speech told last have them apart."""
    return all(any(words <= clause.terms for clause in text.clauses) for text in texts)


def _turned(passive: Claim, active: Claim) -> bool:
    """Whether the one by whom something is done in the first has it done to itself in the second: who was replaced by
    another did not replace that one."""
    return not active.passive and any(_done_to(doer, deed, active.order) for deed, doer in _passives(passive.order))


def _passives(order: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What is done, and by whom, each of the words that may name them: "was openly accused of fraud by her former
    assistant"."""
    for place, word in enumerate(order):
        if word == "by":
            before = order[max(0, place - _TO_BY) : place]
            deeds = [
                deed for be, *after in (before[at:] for at in range(len(before))) if be in BE for deed in after[:2]
            ]
            after = (each for each in order[place + 1 :][:_DOER] if each not in _OWNERS)
            doers = list(takewhile(carries_meaning, after))
            yield from ((deed, doer) for deed in deeds for doer in doers)


def _done_to(one: str, deed: str, order: Sequence[str]) -> bool:
    """Whether a deed that is told once, and as done by somebody, is done to that one."""
    if order.count(deed) != 1:
        return False
    before, _ = _parted(deed, order)
    done_to = takewhile("by".__ne__, order[len(before) + 1 :][:_OBJECT])
    return one not in before[-_DOER:] and one in done_to and not (before and before[-1] in BE)


def _parted(word: str, order: Sequence[str]) -> tuple[Sequence[str], str]:
    """The words before a word, and the one after it, but for an article, a number or "at"."""
    place = order.index(word)
    return order[:place], next((each for each in order[place + 1 :] if each not in _BEFORE_A_NOUN), "")


def foreign(name: str, claim: Claim) -> bool:
    """Whether a name is another one than all that the claim has, in any of their forms."""
    own = claim.vocabulary
    return another(name, claim) and not carries(own, name) and not any(term.startswith(name) for term in own)


def another(name: str, claim: Claim) -> bool:
    return name not in titles() and name not in claim.plain
