"""How much of a claim others carry: a number in [0, 1], by a logistic regression over a few measures of their words.

What counts is the share of the claim's terms that one to three sentences have, and what makes another claim of it,
whatever else the two share: a figure or a name that they lack, or another one in its place; a denial on one side only;
the opposite word; a plan where the claim tells what was done.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from functools import cached_property
from math import exp, sqrt
from operator import mul

from bot.entailment.chinese import changed
from bot.entailment.count import displaced, on_another_day, within
from bot.entailment.deed import deed_of
from bot.entailment.limit import unlimited
from bot.entailment.nuance import altered
from bot.entailment.rival import replaced
from bot.language.claim import Claim, Scope, Sort, Term, read
from bot.language.doer import supplied
from bot.language.wording import (
    allowing,
    carried,
    carries,
    judgements,
    light,
    opposites,
    refusing,
    sorts_of_names,
    stands,
    synonyms,
)

QUOTES = 3  # at most, for one claim

_WEIGHTS = {Sort.LIGHT: 0.5, Sort.WORD: 1.0, Sort.OPENING: 1.0, Sort.NAME: 1.5, Sort.ACRONYM: 1.5}
_FIGURE = 2.5
_NEAR_BY = 0.25  # what a name carries that stands in the article and not in the quote
_ABOUT_IT = 0.5  # what a sentence has to carry of a claim to be about the same thing, and able to contradict it
_SURELY = 2  # terms beside a name that stand beside another one: then that one is in its place, whatever else is quoted
# Of the question's words, what has to stand where the answer stands. Of 282 drafts with a proof, for questions of the
# fit half, less refuted 5 of 33 wrong ones, 11 of 112 for questions without an answer, and none of 137 right ones.
_BESIDE_IT = 0.4
_ASKED = 2  # of them, at least, that a claim has to have for that to say anything
# Words of a claim that denies, gives up or ends something in other words than the quote.
_TURNS_DOWN = re.compile(
    r"\b(?:den(?:y|ies|ied|ying)|rul(?:e|es|ed|ing) out|clear(?:s|ed)?|acquit\w*|call(?:s|ed|ing)? off|reject\w*|"
    r"refute\w*|dismiss\w*|exclude\w*|cancel\w*|end(?:s|ed)?|scrap\w*|drop\w*|abandon\w*|suspend\w*|halt\w*|"
    r"stop\w*|over|innocent|exonerat\w*|accus\w*|claims|trial|tried)\b",
    re.IGNORECASE,
)
_JOINED = re.compile(r"[;—]|\b(?:and|but|while|whereas|although|though)\b|[；，]|但")  # two statements in one
_A_STATEMENT = 2  # terms, at least, of a clause that says something
_STATED = 0.75  # of the terms of a statement, in a piece that says it
_TRIED = 4  # sentences that are tried as the first quote
_LIKED = 0.6  # how much it counts, beside the support, what the first quote carries by itself...
_SHORT = 0.01  # ...and each quote that is not needed


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence that may be quoted, as it was read, with what is known beside it."""

    said: Claim
    facts: frozenset[str] = frozenset()  # what its article says of itself: as good as the sentence's own terms
    context: frozenset[str] = frozenset()  # what the sentences near it have: it may say "it" of what they name
    article_id: str = ""


@dataclass(frozen=True, slots=True)
class Measures:
    """What speaks for a claim, and then what speaks against it; each in [0, 1]."""

    coverage: float = 0.0  # the weighted share of the claim's terms that the quotes have
    together: float = 0.0  # the share that the best of them has by itself
    figures: float = 0.0  # the root of the share of its figures that they lack
    names: float = 0.0  # the root of the share of its names that neither they nor the sentences near them have
    replaced: float = 0.0  # 1 where a figure or a name stands in the place of another
    denied: float = 0.0  # 1 where one side denies what the other says
    opposite: float = 0.0  # 1 where they have the opposite of a word
    planned: float = 0.0  # 1 where they only plan what it says was done


@dataclass(frozen=True, slots=True)
class Weights:
    """Those of the measures, in their order, after the bias."""

    bias: float
    coverage: float
    together: float
    figures: float
    names: float
    replaced: float
    denied: float
    opposite: float
    planned: float

    def support(self, found: Measures) -> float:
        bias, *weights = astuple(self)
        return float(1 / (1 + exp(-bias - sum(map(mul, weights, astuple(found))))))


# Fitted by `tests/bench/fit_support.py`, which says how.
WEIGHTS = Weights(-4.42, 5.05, 2.31, -4.56, -1.38, -7.76, -7.97, -9.24, -3.53)


def pieces_of(sentences: Iterable[str]) -> list[Piece]:
    """Sentences that stand near each other."""
    found = [read(sentence) for sentence in sentences]
    context = frozenset[str]().union(*(each.vocabulary for each in found))
    return [Piece(each, context=context) for each in found]


def prove(
    claim: Claim,
    pieces: Sequence[Piece],
    liked: Sequence[float] = (),
    gain: float = 0.0,
    needed: Sequence[Collection[str]] = (),
) -> tuple[float, tuple[int, ...]]:
    """The support of the one to three pieces that carry most of the claim, and their places, best first.

    `liked` is how much each piece is to be preferred as the first. A further one has to add `gain` to the coverage, or
    a term that is `needed` of it, and one of another article to be about the claim by itself.
    """
    trial = _Trial(claim, pieces)
    alone = [trial.coverage(row) + more for row, more in zip(trial.shares, liked or [0.0] * len(pieces), strict=True)]
    starts = sorted((place for place, row in enumerate(trial.shares) if any(row)), key=lambda place: -alone[place])
    tried = [(trial.extended(start, gain, needed), alone[start]) for start in starts[:_TRIED]]
    found = [(WEIGHTS.support(trial.measures(places)), places, wish) for places, wish in tried]
    value, places, _ = max(
        found, key=lambda each: each[0] + _LIKED * each[2] - _SHORT * len(each[1]), default=(0.0, (), 0.0)
    )
    return value, places


def disprove(claim: Claim, pieces: Sequence[Piece]) -> tuple[float, tuple[int, ...]]:
    """The support of a piece that says the contrary of the claim, and its place: what a bare "No." rests on."""
    return _but_for(claim, pieces, ("denied", "opposite", "replaced"), ("figures", "names"))


def foretell(claim: Claim, pieces: Sequence[Piece]) -> tuple[float, tuple[int, ...]]:
    """The support of a piece that only plans what the claim tells as done, if it were done, and its place."""
    return _but_for(claim, pieces, ("planned",))


def _but_for(
    claim: Claim, pieces: Sequence[Piece], against: Sequence[str], with_it: Sequence[str] = ()
) -> tuple[float, tuple[int, ...]]:
    """The support of the best piece that any of the measures `against` speaks against, without these and those that
    come `with_it`, and its place."""
    trial = _Trial(claim, pieces)
    found: list[tuple[float, tuple[int, ...]]] = []
    for place, row in enumerate(trial.shares):
        measures = trial.measures((place,)) if any(row) else Measures()
        if any(getattr(measures, name) for name in against):
            agreed = replace(measures, **dict.fromkeys((*against, *with_it), 0.0))
            found.append((WEIGHTS.support(agreed), (place,)))
    return max(found, key=lambda each: each[0], default=(0.0, ()))


def shared(claim: Claim, piece: Piece) -> float:
    """The weighted share of the claim's terms that the piece has."""
    trial = _Trial(claim, [piece])
    return trial.coverage(trial.shares[0])


def plainly(claim: Claim, piece: Piece) -> bool:
    """Whether one piece says in its own voice what a claim says: with all of its words and names, denying nothing,
    planning no more than the claim does, and reporting nobody's words."""
    told = piece.said.vocabulary | piece.facts
    own = [term for term in claim.terms if term.sort is not Sort.LIGHT or not claim.plain]
    return (
        all(carries(told, term.text) for term in own)
        and not (piece.said.denied.heads or piece.said.reports)
        and not (piece.said.planned.heads and not claim.planned.heads)
    )


def adds(claim: Claim, asked: Claim) -> bool:
    """Whether a claim says anything that the question does not."""
    return bool(added(claim, asked))


def added(claim: Claim, asked: Claim) -> frozenset[str]:
    """The terms of a claim that the question does not have, nor an acronym of theirs."""
    spelled = {term for acronym, run in claim.spelled.items() if acronym in asked.words for term in run}
    own = {term.text for term in claim.terms} - spelled
    return frozenset(term for term in own if not carries(asked.vocabulary, term))


def scattered(claim: Claim, asked: Claim, told: Sequence[frozenset[str]]) -> bool:
    """Whether what a claim adds to the question stands apart from what was asked: of the quotes that have most of it,
    or half as much, none has `_BESIDE_IT` of the words that the claim has of the question, and all of the figures; or
    none of those with a figure that it adds has so many. `told` is the vocabulary of each quote, with that of what it
    leans on.

    Two quotes that have a claim's words together do not say what the ones have to do with the others: one that Japan
    made a statement, another one that somebody else did something on 18 January.
    """
    own = [term for term in claim.terms if term.sort is not Sort.LIGHT]
    figures = [term.text for term in own if term.sort.numeric]
    old = [term.text for term in own if carries(asked.vocabulary, term.text)]
    new = [term.text for term in own if term.text not in old]
    known = [figure for figure in figures if figure in old]
    most = max((carried(each, new) for each in told), default=0.0)
    if len(old) < _ASKED or not most:
        return False
    beside = [each for each in told if sum(stands(each, term) for term in old) >= _BESIDE_IT * len(old)]
    apart = [each for each in told if each not in beside]
    return not any(
        carried(each, new) >= most / 2 and all(carries(each, figure) for figure in known) for each in beside
    ) or any(_in_any(apart, figure) and not _in_any(beside, figure) for figure in figures if figure in new)


def _in_any(told: Sequence[frozenset[str]], term: str) -> bool:
    return any(carries(each, term) for each in told)


def unnamed(claim: Claim, asked: Claim, told: Sequence[frozenset[str]], *, whether: bool = False) -> bool:
    """Whether a claim adds names or figures to the question, or else, unless it was asked `whether` something is so,
    other words, and nothing of what is `told` has any of them: what was asked for stands in the article somewhere, and
    the quotes do not say that it is that. A name that begins a sentence cannot be told from another word.

    >>> told = [read("The harbour may be used by ships that lay pipes.").vocabulary]
    >>> unnamed(read("Netters was laying the pipes."), read("Which ship was laying the pipes?"), told)
    True
    """
    new = [term for term in claim.terms if not carries(asked.vocabulary, term.text) and term.sort is not Sort.LIGHT]
    names = [term for term in new if term.sort.numeric or certain(term)]
    sought = names or ([] if whether else new)
    return bool(sought) and not any(_in_any(told, term.text) for term in sought)


def undone(claim: Claim, asked: Claim, told: Sequence[frozenset[str]]) -> bool:
    """Whether a claim tells that what the question asks about was done, or who does it, and nothing of what is `told`
    has that deed, or a word for it.

    >>> told = [read("Ann Example was there.").vocabulary]
    >>> undone(read("Ann Example interpreted."), read("Who interpreted there?"), told)
    True
    """
    deeds = (claim.deeds & asked.vocabulary | {deed_of(asked.texts[0])}).intersection(claim.plain)
    present = frozenset[str]().union(*told)
    return any(not stands(present, deed) for deed in deeds)


def turned(claim: Claim, asked: Claim, quotes: Iterable[Claim]) -> bool:
    """Whether the question denies something, and the claim says it, or none of the quotes denies anything."""
    said = any(
        carries(clause.terms, head) and not carries(clause.denied, head)
        for head in asked.denied.heads
        for clause in claim.clauses
    )
    return bool(asked.denied.heads) and (said or _denied_alone(asked, list(quotes)))


def silent(claim: Claim, pieces: Iterable[Piece]) -> bool:
    """Whether the pieces have none of the claim's words but its names, its figures and what says little."""
    plain = claim.plain
    return bool(plain) and not any(carries(piece.said.vocabulary, term) for term in plain for piece in pieces)


def judging(claim: Claim) -> list[str]:
    """Its words that judge."""
    return [term.text for term in claim.terms if term.text in judgements()]


def unjudged(claim: Claim, pieces: Iterable[Piece]) -> bool:
    """Whether the claim judges with a word that none of the pieces has."""
    return any(not any(carries(piece.said.vocabulary, term) for piece in pieces) for term in judging(claim))


def measure(claim: Claim, pieces: Sequence[Piece]) -> Measures:
    """The measures of a claim beside all of `pieces`, of which there is one at least."""
    return _Trial(claim, pieces).measures(range(len(pieces)))


def opposed(claim: Claim, pieces: Sequence[Piece]) -> bool:
    """Whether anything speaks against a claim that `pieces`, of which there is one at least, are known to be about,
    however few of its words they have."""
    found = _Trial(claim, pieces).measures(range(len(pieces)), least=0.0)
    return any((found.figures, found.names, found.replaced, found.denied, found.opposite, found.planned))


class _Trial:
    """A claim beside the pieces that may carry it."""

    def __init__(self, claim: Claim, pieces: Sequence[Piece]) -> None:
        self.claim = claim
        self.pieces = pieces
        self.weights = [_WEIGHTS.get(term.sort, _FIGURE) for term in claim.terms]
        self.shares = [_shares(claim, piece) for piece in pieces]

    @cached_property
    def statements(self) -> list[frozenset[str]]:
        """The terms of each part of the claim that says something, where more than one does."""
        one, *more = self.claim.texts
        parts = [] if more else [read(part) for part in _JOINED.split(one)]
        told = [frozenset(term.text for term in part.terms) for part in parts if part.plain]
        stated = [terms for terms in told if len(terms) >= _A_STATEMENT]
        return stated if len(stated) > 1 else []

    def coverage(self, shares: Iterable[float]) -> float:
        """The weighted share of the claim's terms, of which each is there to its share."""
        total = sum(self.weights)
        return sum(map(mul, shares, self.weights)) / total if total else 0.0

    def extended(self, start: int, gain: float, needed: Sequence[Collection[str]]) -> tuple[int, ...]:
        """The places of a piece and of those that add most to it."""
        places: tuple[int, ...] = (start,)
        have = self.shares[start]
        home = self.pieces[start].article_id
        near = [
            place
            for place, row in enumerate(self.shares)
            if self.pieces[place].article_id == home
            or (self.coverage(row) >= _ABOUT_IT and self._linked(start, place) and self._states(start, place))
        ]
        while len(places) < QUOTES:
            joined = {place: list(map(max, have, self.shares[place])) for place in near}
            best = max(joined, key=lambda place: self.coverage(joined[place]))
            enough = 0.0 if needed and self._has_more(joined[best], have, needed[best]) else gain
            if self.coverage(joined[best]) <= self.coverage(have) + enough + 1e-9:
                break
            places, have = (*places, best), joined[best]
        return places

    def _has_more(self, joined: Sequence[float], have: Sequence[float], needed: Collection[str]) -> bool:
        """Whether what is joined has a term that is needed and was not there."""
        columns = zip(self.claim.terms, joined, have, strict=True)
        return any(term.text in needed and more and not had for term, more, had in columns)

    def _states(self, start: int, place: int) -> bool:
        """Whether a piece carries one of several statements of the claim, which the first piece does not. What takes
        the words of two articles is said by neither: for 480 questions of SQuAD 2.0 and 109 of NoMIRACL, 205 of 294
        answers were right that one sentence carried, and 8 of 21 that needed two articles."""
        return any(self._carries(place, own) >= _STATED > self._carries(start, own) for own in self.statements)

    def _carries(self, place: int, terms: frozenset[str]) -> float:
        """The share of some terms of the claim that a piece has."""
        shares = [share for term, share in zip(self.claim.terms, self.shares[place], strict=True) if term.text in terms]
        return sum(shares) / len(shares)

    def _linked(self, start: int, place: int) -> bool:
        """Whether a piece of another article names something that the claim and the first piece name, if that does:
        where one article has the one name and another one the other, neither says what the two have to do."""
        piece = self.pieces[place]
        named = [
            term.text
            for term, share in zip(self.claim.terms, self.shares[start], strict=True)
            if share and term.sort.nominal and term.text not in sorts_of_names()
        ]
        known = piece.said.vocabulary | piece.context
        return not named or any(carries(known, name) for name in named)

    def measures(self, places: Sequence[int], least: float = _ABOUT_IT) -> Measures:
        """Those of some pieces; one that carries `least` by itself can contradict the claim."""
        rows = [self.shares[place] for place in places]
        terms, most = self.claim.terms, [max(column) for column in zip(*rows, strict=True)]
        context = frozenset[str]().union(*(self.pieces[place].context for place in places))
        near = [
            _NEAR_BY if not share and term.sort.nominal and carries(context, term.text) else share
            for term, share in zip(terms, most, strict=True)
        ]
        lacking = [term for term, share in zip(terms, near, strict=True) if not share]
        alone = [self.coverage(row) for row in rows]
        said = [self.pieces[place].said for place in places]
        about = [each for each, one in zip(said, alone, strict=True) if one >= least]
        return Measures(
            coverage=self.coverage(near),
            together=max(alone),
            figures=_share_of([term.sort.numeric for term in lacking], [term.sort.numeric for term in terms]),
            names=_share_of([certain(term) for term in lacking], [certain(term) for term in terms]),
            replaced=float(
                replaced(self.claim, about, lacking)
                or supplied(self.claim, about, {term.text for term in lacking})
                or self._rivalled(places, alone)
                or displaced(self.claim, said)
                or altered(self.claim, about)
                or unlimited(self.claim, about)
                or changed(self.claim, about)
                or _invented(self.claim, said)
            ),
            denied=float(any(_denied(self.claim, quote) for quote in about) or _denied_alone(self.claim, about)),
            opposite=float(any(_opposed(word, self.claim, about) for word in self.claim.words)),
            planned=float(_only_planned(self.claim, about)),
        )

    def _rivalled(self, places: Sequence[int], alone: Sequence[float]) -> bool:
        """Whether one of the quotes that is about the claim by itself has another name or figure in the place of one,
        or another day: that a further quote, or a sentence near by, has that one too is no proof of the claim."""
        for place, one in zip(places, alone, strict=True):
            row = self.shares[place]
            lacking = [term for term, share in zip(self.claim.terms, row, strict=True) if not share]
            said = self.pieces[place].said
            if (
                one >= _ABOUT_IT
                and lacking
                and (replaced(self.claim, [said], lacking, _SURELY) or on_another_day(self.claim, said))
            ):
                return True
        return False


def _invented(claim: Claim, quotes: Sequence[Claim]) -> bool:
    """Whether a clause of the claim tells of a deed, and the quotes have nothing of all that it says."""
    told = frozenset[str]().union(*(quote.vocabulary for quote in quotes))
    return len(claim.texts) == 1 and any(
        len(clause.terms) >= _A_STATEMENT
        and any(sum(deed in each.terms for each in claim.clauses) == 1 for deed in clause.terms & claim.deeds)
        and not any(carries(told, term) or synonyms(term) & told for term in clause.terms)
        for clause in claim.clauses
    )


def certain(term: Term) -> bool:
    """Whether a term is a name for sure."""
    return term.sort in (Sort.NAME, Sort.ACRONYM)


def certain_names(claim: Claim) -> list[str]:
    """The terms of a claim that are names for sure, in its order."""
    return [term.text for term in claim.terms if certain(term)]


def _share_of(part: Sequence[bool], whole: Sequence[bool]) -> float:
    """The root of a share: one of four counts half."""
    return sqrt(sum(part) / sum(whole)) if any(whole) else 0.0


def _shares(claim: Claim, piece: Piece) -> list[float]:
    """How much of each of the claim's terms the piece has."""
    present = piece.said.vocabulary | piece.facts
    meant = {term for acronym, run in claim.spelled.items() if acronym in piece.said.words for term in run}
    return [1.0 if term.text in meant else _share(term, present) for term in claim.terms]


def _share(term: Term, present: frozenset[str]) -> float:
    if term.bound and any(within(term, other) for other in present):
        return 1.0
    return carries(present, term.text)


def _denied(claim: Claim, quote: Claim) -> bool:
    """Whether one of the two denies what the other says, or the quote tells that somebody denies it."""
    return _disowned(claim, quote) or any(
        _contrary(head, claim, quote) for head in claim.denied.heads | quote.denied.heads
    )


def _disowned(claim: Claim, quote: Claim) -> bool:
    """Whether the quote tells that somebody denies or ends what the claim says, and the claim has no word for that."""
    heads = frozenset(head for head in quote.disowned.heads if quote.order.count(head) == 1)  # and not said besides
    says = not claim.denied.heads and _says(claim, heads, claim.denied)
    return says and not any(map(_TURNS_DOWN.search, claim.texts))


def _contrary(term: str, claim: Claim, quote: Claim) -> bool:
    """Whether one of the two denies a term and the other one does not, in those of their clauses with it that are most
    alike: that some are able to vote, and others are not, is told by who they are."""
    clauses, others = ([each for each in text.clauses if carries(each.terms, term)] for text in (claim, quote))
    alike = (
        (
            carried(other.terms, own.terms) / min(len(own.terms), len(other.terms)),
            bool(carries(own.denied, term)) is bool(carries(other.denied, term)),
        )
        for own in clauses
        for other in others
    )
    return not max(alike, default=(0.0, True))[1]


def _denied_alone(claim: Claim, quotes: Sequence[Claim]) -> bool:
    """Whether a claim denies something, and none of the quotes has a word that denies or turns anything round, or those
    that deny have nothing of what it denies: "no other painter" does not say that nobody pays."""
    heads = claim.denied.heads - light() or claim.denied.reach
    return bool(claim.denied.heads and quotes) and not any(
        (quote.denies and any(stands(quote.vocabulary, head) for head in heads))
        or carried(quote.denied.heads, claim.denied.heads)
        or not refusing().isdisjoint(quote.words)
        for quote in quotes
    )


def _only_planned(claim: Claim, quotes: Sequence[Claim]) -> bool:
    """Whether a claim tells as done what the quotes only plan: one of them by the claim's words, or all that have its
    figures (any of its words, where it has none), as they tell of nothing that was; or as so what only may be, and is
    not said to be allowed."""
    if any(_says(claim, each.wished.heads, claim.wished) for each in quotes):
        return True
    if claim.coming and not claim.conditional and any(each.conditional for each in quotes):
        return True
    if not claim.past:
        allowed = claim.planned.heads or claim.denied.heads or not allowing().isdisjoint(claim.words)
        perhaps = frozenset[str]().union(*(each.perhaps.heads for each in quotes))
        only = (head for head in perhaps if not any(_says(each, {head}, each.perhaps) for each in quotes))
        return not allowed and _says(claim, only, claim.planned.joined(claim.perhaps))
    figures = [term.text for term in claim.terms if term.sort.numeric]
    own, enough = (figures, all) if figures else (claim.plain, any)
    told = [each for each in quotes if enough(carries(each.vocabulary, term) for term in own)]
    plans = bool(told) and not claim.planned.heads and all(each.planned.heads and not each.past for each in told)
    return plans or any(_does(claim, each.planned.heads, claim.planned) for each in quotes)


def _says(text: Claim, heads: Iterable[str], scope: Scope) -> bool:
    """Whether the text has one of the heads outside of the scope."""
    return any(carries(text.vocabulary, head) and not carries(scope.reach, head) for head in heads)


def _does(text: Claim, heads: Iterable[str], scope: Scope) -> bool:
    """Whether the text tells as done, outside of the scope, what one of the heads names, or a word like it."""
    deeds = text.deeds - scope.reach
    return _says(text, heads, scope) or any(stands(deeds, head) for head in heads)


def _opposed(term: str, claim: Claim, quotes: Sequence[Claim]) -> bool:
    """Whether the quotes have the opposite of a term, and not the term, and the claim has not both."""
    against = opposites(term) - claim.words
    if not any(not against.isdisjoint(quote.words) for quote in quotes):
        return False
    return not any(stands(quote.words, term) for quote in quotes)
