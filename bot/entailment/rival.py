"""Another name or figure in the place of one that a claim has: then what else the two share is no proof of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import combinations, groupby, pairwise

from bot.entailment.count import within
from bot.entailment.owner import mistaken
from bot.language.claim import Beside, Claim, Sort, Term
from bot.language.doer import ARTICLES, BE, MUTUAL, another, confused, foreign
from bot.language.wording import carries, related, same, synonyms, titles
from index.words import terms

_ALIKE = 0.75  # of a claim's words, in a quote in the same order: then it is meant to say the same
_NEAR, _BY = 6, 2  # words between two that do the same to each other, and from them to the word that says so
# What stands beside a word and makes no other of it.
_SMALL = ARTICLES | BE | frozenset(terms("has have had only also just against under over within"))


def replaced(claim: Claim, quotes: Sequence[Claim], lacking: Sequence[Term], least: int = 1) -> bool:
    """Whether another name or figure stands where the claim has one that is lacking, or two are swapped; `least` is how
    many of the terms beside it have to stand there too."""
    lacked = {term.text for term in lacking}
    if any(_renamed(pair, claim, quote, lacked) for pair in claim.pairs for quote in quotes):
        return True
    known = frozenset[tuple[str, str]]().union(*(quote.pairs for quote in quotes))
    if any(_torn(pair, known, claim, quotes) for pair in claim.pairs - known):
        return True
    alike = [quote for quote in quotes if quote.passive == claim.passive]
    near = [quote for quote in alike if _near(claim, quote)]
    if mistaken(claim, quotes) or confused(claim, quotes, lacked, near):
        return True
    if any(_exchanged(claim, quote) for quote in alike) or any(_reversed(claim, quote) for quote in quotes):
        return True
    if any(_substituted(claim, quote, lacked) for quote in near):
        return True
    return bool(rivals(claim, quotes, lacking, least))


def rivals(claim: Claim, quotes: Sequence[Claim], lacking: Sequence[Term], least: int) -> dict[str, str]:
    """The names and figures of the claim that have a rival, and which: one that the claim has not, or one of which it
    is the rival in its turn."""
    mutual = not MUTUAL.isdisjoint(claim.words)
    found = {term.text: rival for term in claim.terms if (rival := _rival(term, claim, quotes, term in lacking, least))}
    return {
        term: rival
        for term, rival in found.items()
        if rival not in claim.vocabulary or (found.get(rival) == term and not mutual)
    }


def _exchanged(claim: Claim, quote: Claim) -> bool:
    """Whether two names, or two words that stand alone, stand in each other's places.

    The words of both are aligned: one that only moved is gone at one place and new at another, and one that was
    exchanged stands each time where the other one stood.
    """
    names, plain = (
        {_form(word) for word in words} for words in (claim.names | quote.names, [*claim.plain, *quote.plain])
    )
    for pair in combinations(_changed(claim.order, quote.order), 2):
        swapped = _swapped(pair, names)
        if not swapped and all(_single(own, ARTICLES) in plain for own, _ in pair):
            swapped = _swapped(pair, plain)
        if swapped and not _mutual(claim, swapped):
            return True
    return False


def _mutual(claim: Claim, words: Collection[str]) -> bool:
    """Whether a word for what both do alike stands by two words that stand near each other."""
    order = [_form(word) for word in claim.order]
    places = sorted(order.index(word) for word in words)
    first, last = places[0], places[-1]
    near = claim.order[max(0, first - _BY) : last + _BY + 1]
    return last - first <= _NEAR and not MUTUAL.isdisjoint(near)


def _reversed(claim: Claim, quote: Claim) -> bool:
    """Whether two names stand the other way round about one word: the hall in the tower is not the tower in the
    hall."""
    names = claim.names | quote.names
    own, there = (set(_about(each.order, names)) for each in (claim, quote))
    return any((last, word, first) in there and (first, word, last) not in there for first, word, last in own)


def _about(order: Sequence[str], names: Collection[str]) -> Iterator[tuple[Sequence[str], str, Sequence[str]]]:
    """Each word, articles aside, between two names, and these, which may be of several words."""
    bare = [word for word in order if word not in ARTICLES]
    runs = [(named, tuple(run)) for named, run in groupby(bare, key=names.__contains__)]
    for (named, first), (_, between), (_, last) in zip(runs, runs[1:], runs[2:], strict=False):
        if named and len(between) == 1 and between[0] not in MUTUAL:
            yield first, between[0], last


def _substituted(claim: Claim, quote: Claim, lacked: set[str]) -> bool:
    """Whether another word, of another meaning, stands in the place of one that is lacking, with names beside it or
    without: what was only debated was not approved."""
    lacking = {_form(word) for word in lacked}
    plain = {_form(word) for word in (*claim.plain, *quote.plain)}
    beside = {_form(word) for word in claim.names | quote.names} | _SMALL
    places = ([_single(words, beside) for words in place] for place in _changed(claim.order, quote.order))
    return any(
        word in lacking
        and {word, other} <= plain
        and not (related(word, other) or other in synonyms(word) or carries(claim.vocabulary, other))
        for word, other in places
    )


def _near(claim: Claim, quote: Claim) -> bool:
    """Whether the quote has most of the claim's words in the same order."""
    changed = sum(len(own) for own, _ in _changed(claim.order, quote.order))
    return bool(claim.order) and len(claim.order) - changed >= _ALIKE * len(claim.order)


@lru_cache(maxsize=4_096)
def _changed(claim: Sequence[str], quote: Sequence[str]) -> list[tuple[Sequence[str], Sequence[str]]]:
    """The words of a claim, of all in order, that a quote has not in the same order, and what it has in their place; a
    people is its country."""
    own, there = ([_form(word) for word in order] for order in (claim, quote))
    aligned = SequenceMatcher(None, own, there, autojunk=False).get_opcodes()
    return [(own[a:b], there[c:d]) for kind, a, b, c, d in aligned if kind != "equal"]


def _form(word: str) -> str:
    """One for all words that say the same."""
    return min((word, *same(word)))


def _swapped(pair: Iterable[tuple[Sequence[str], Sequence[str]]], words: set[str]) -> set[str]:
    """Of two places in which texts differ, those of the words that each has and the other text has at the other place;
    none where only one has any."""
    (one, one_instead), (other, other_instead) = ([words.intersection(part) for part in each] for each in pair)
    here, there = one & other_instead, other & one_instead
    return here | there if here and there else set()


def _single(words: Sequence[str], beside: Collection[str]) -> str:
    """The one word there is but for those beside it; empty where there is none, or more than one."""
    own = [word for word in words if word not in beside]
    return own[0] if len(own) == 1 else ""


def _renamed(pair: tuple[str, str], claim: Claim, quote: Claim, lacked: set[str]) -> bool:
    """Whether of two names that stand side by side one is lacking, and the quote has another one beside the other; what
    the claim has as a plain word is no other name, nor is one that it has there too: the European Council beside the
    European Central Bank."""
    first, last = pair
    there = quote.pairs - claim.pairs
    if last in lacked:
        return any(one == first and another(other, claim) for one, other in there)
    if first not in lacked or first in titles():
        return False
    others = [one for one, other in there if other == last and another(one, claim)]
    return bool(others) and not _alone(last, [quote])


def _torn(pair: tuple[str, str], known: frozenset[tuple[str, str]], claim: Claim, quotes: Sequence[Claim]) -> bool:
    """Whether two names that stand side by side in the claim stand apart in the quotes, one of them beside another name
    there: "the Second Warsaw Republic" is not the Second Polish Republic, whose capital is Warsaw. `known` are the
    quotes' pairs, among which this one is not."""
    first, last = pair
    runs = [run for acronym, run in claim.spelled.items() if any(acronym in quote.words for quote in quotes)]
    if any(pair in pairwise(run) for run in runs) or not titles().isdisjoint(pair):
        return False
    after = {other for one, other in known if one == first and foreign(other, claim)}
    before = {one for one, other in known if other == last and foreign(one, claim) and not _alone(last, quotes)}
    return bool(after or before) and not any((other, last) in known for other in after)


def _alone(name: str, quotes: Sequence[Claim]) -> bool:
    """Whether a name stands anywhere without another one before it: "the war" beside "the Seven Years' War" may be
    any."""
    return any(quote.order.count(name) > sum(other == name for _, other in quote.pairs) for quote in quotes)


def _rival(term: Term, claim: Claim, quotes: Sequence[Claim], lacking: bool, least: int) -> str | None:
    """The name or figure of the same sort that stands more as the claim has this one than this one itself does.

    Of a term that is lacking, only one that the claim has not is a rival; else only another one of the claim.
    """
    place = claim.beside.get(term.text)
    if not place or not any(place):
        return None
    own, best = 0, (0, "")
    for quote in quotes:
        if not lacking and quote.passive != claim.passive:
            continue
        for rival in quote.terms:
            if rival.text not in quote.beside or not _comparable(term, rival):
                continue
            shared = _shared(place, quote.beside[rival.text])
            if _same(term, rival, claim, quote) or (least > 1 and rival.text in claim.vocabulary):
                own = max(own, shared)  # of several quotes one may have another of the claim's names there
            elif (rival.text in claim.vocabulary) is not lacking and rival.text not in titles():
                best = max(best, (shared, rival.text))
    return best[1] if best[0] > own and best[0] >= max(least, sum(map(len, place)) / 2) else None


def _shared(place: Beside, there: Beside) -> int:
    """How many of the terms before and after stand there too, on their side."""
    return sum(1 for own, other in zip(place, there, strict=True) for term in own if carries(other, term))


def _comparable(term: Term, rival: Term) -> bool:
    return term.sort is rival.sort or {term.sort, rival.sort} == {Sort.NAME, Sort.OPENING}


def _same(term: Term, rival: Term, claim: Claim, quote: Claim) -> bool:
    return (
        term.text == rival.text
        or rival.text in same(term.text)
        or related(term.text, rival.text)
        or rival.text in quote.spelled.get(term.text, ())
        or term.text in claim.spelled.get(rival.text, ())
        or (term.bound is not None and within(term, rival.text))
    )
