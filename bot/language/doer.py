"""Who does what to whom: what one did to another has no proof in what that one did, or in what a third one did."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from itertools import takewhile

from bot.language.claim import Claim
from bot.language.wording import NAME, carries, lands, same, titles
from index.words import CAPITAL, carries_meaning, content_terms, terms

ARTICLES = frozenset(("the", "a", "an"))
BE = frozenset(terms("is are was were be been being"))
# What one does to the other as the other does to the one.
MUTUAL = frozenset(
    terms("meet met talk talks marry married agree sign signed border against between versus with together")
)
_TO_BY, _DOER = 5, 3  # words from a form of "to be" to "by", and those after it among which one names who does it
BY_SOON = 3  # words after a deed, among which "by" says who does it
_OBJECT = 3  # words after a deed, among which that stands to which it is done
_AFTER = 5  # words after a deed, among which one stands that is part of whom it is done to
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
# By whom something is done somewhere, or some time.
_BY_WHOM = re.compile(rf"\b(?:is|are|was|were|been|being) [^,.;:()]{{1,60}}? by (?:the )?({CAPITAL}[\w’'-]+)")
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

    >>> from bot.language.claim import read
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


def supplied(claim: Claim, quotes: Sequence[Claim], lacked: Collection[str]) -> bool:
    """Whether a claim says by whom something is done with a name that is `lacked`, or has that one do it where quotes
    only say that it is done: that pipes were laid is no proof of who laid them.

    >>> from bot.language.claim import read
    >>> said = [read("The pipes were laid in 2019.")]
    >>> supplied(read("Westpipe laid the pipes in 2019."), said, {"westpip"})
    True
    """
    names = claim.names.intersection(lacked)
    return bool(names) and (
        any(term in names for named in _BY_WHOM.findall(claim.texts[0]) for term in content_terms(named)[:1])
        or any(_does_what_is_undergone(deed, claim, names, quote) for deed in claim.deeds for quote in quotes)
    )


def _does_what_is_undergone(deed: str, claim: Claim, names: Collection[str], quote: Claim) -> bool:
    """Whether one of the names does in the claim what the quote tells as undergone, and by nobody."""
    done = _places(deed, quote.order)
    if not done or claim.order.count(deed) != 1 or not all(_undergone(quote.order, place) for place in done):
        return False
    before, _ = _parted(deed, claim.order)
    return _nearest(before) in names and BE.isdisjoint(before[-2:])


def _undergone(order: Sequence[str], place: int) -> bool:
    """Whether the deed at a place is told as undergone, and by nobody."""
    return not BE.isdisjoint(order[:place][-2:]) and "by" not in order[place + 1 :]


def _places(deed: str, order: Sequence[str]) -> list[int]:
    """Where a deed is told, in any of its forms."""
    return [place for place, word in enumerate(order) if word == deed or word in same(deed)]


def _nearest(before: Sequence[str]) -> str:
    """The last word before a deed that carries meaning, which may name who does it; empty where there is none."""
    return next(filter(carries_meaning, reversed(before)), "")


def _follows(claim: Claim, quote: Claim) -> bool:
    """Whether one who does something in the claim stands in the quote only after that deed, which another one whom the
    claim does not name does there: that Kessler won while Lindqvist came fourth does not say that Lindqvist won."""
    names = claim.names | quote.names
    for deed in claim.deeds | {"born"}:
        if quote.order.count(deed) == claim.order.count(deed) == 1:
            (before, _), (earlier, _) = (_parted(deed, each.order) for each in (claim, quote))
            one, other = _nearest(before), _nearest(earlier)
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
        done = _places(deed, quote.order)
        before = claim.order[: claim.order.index(deed)] if deed in claim.order else ()
        one = _nearest(before)
        if len(done) == 1 and one in names and one in quote.order and BE.isdisjoint(before[-2:]):
            after = quote.order[done[0] + 1 :]
            by = next((place for place, word in enumerate(after[:BY_SOON]) if word == "by"), None)
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
