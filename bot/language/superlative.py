"""What is said to be the first, the last or the most of its kind, and is not: of another kind it may be none of these.

A claim may leave out words of its proof, but not those that narrow such a kind: the first hybrid bus is not the first
bus.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.language.wording import carries, stands
from index.words import ORDINALS, content_terms

_CLAUSE = 200  # characters of a clause that are read
_NEXT = 5  # terms after such a word, in its clause, that may say of what kind it is
_NO_DEGREE = (  # what ends like one
    r"\w*west|est|\w*forest|rest|unrest|test|con?test|protest|attest|detest|interest|disinterest|request|quest|conquest|"
    r"inquest|bequest|guest|arrest|crest|harvest|manifest|suggest|honest|modest|digest|ingest|congest|invest|divest|"
    r"infest|nest|priest|chest|pest|tempest|vest|zest|jest|earnest|behest|incest"
)
_PLACE = rf"(?:{'|'.join(ORDINALS[1:10])}|next|\d+(?:st|nd|rd|th))"
_RANK = re.compile(
    r"(?P<some>\b(?i:one|some|among|many|most)(?: of)? )?"
    r"(?:(?:(?<!\bat )|(?!(?:its|their) [a-z]+est\b))\b(?i:the|its|his|her|their|our|my|whose)|['’]s?) "
    rf"(?:(?P<place>{_PLACE})[ -])?(?:\w+ )?"
    rf"(?P<word>first|last(?! time\b)|only|sole|most|least|(?!(?:{_NO_DEGREE})\b)[a-z]+est)\b"
    r"(?! (?:few|two|three|several|\d+|half|quarter|place|night|(?:week|month|year|decade)s?|century|centuries)\b)"
)
# Who does something first, or last: "Vellmar closed first in 2020".
_FIRST_OF_ALL = re.compile(
    r"\b(?:[a-z]+ed|came|left|went|fell|won|began|spoke|arose|withdrew|broke|quit) (?P<word>first|last)\b"
    r"(?! (?:(?-i:[A-Z])|(?:time|season|week|month|year|decade|century|summer|winter|spring|autumn|fall|night)\b))"
)
_EARLIER = re.compile(r"\b(?:earlier|later|before|after|already|ahead|preced\w*|previous\w*|follow\w*|then)\b")
# What is only the second or the third so.
_PLACED = re.compile(rf"\b{_PLACE}[ -](?:most|least|[a-z]+est)\b")
_CONTRARY = {
    "first": rf"last|final|{_PLACE}",
    "last": "first",
    "largest": "smallest",
    "smallest": "largest|biggest",
    "highest": "lowest",
    "lowest": "highest",
    "longest": "shortest",
    "shortest": "longest|tallest",
    "tallest": "shortest",
    "oldest": "youngest|newest",
    "youngest": "oldest",
    "most": "least",
    "least": "most",
    "best": "worst",
    "worst": "best",
    "richest": "poorest",
    "poorest": "richest",
}
# Then what is told of one place tells of the other too.
_COMES_NEXT = re.compile(
    r"\b(?:after|before|behind|ahead|next to|follow\w*|prece\w*|prede\w*|succe\w*|replac\w*|except\w*|second only|"
    r"other than|"
    r"than|unlike|while|whereas|former|latter|tak\w* over|took over|beat\w*|defeat\w*|between|both)\b",
    re.IGNORECASE,
)
_SAID_OF_IT = re.compile(
    r"\b(?:is|are|was|were|be|been|being|bec[ao]mes?|remain(?:s|ed)?|as)(?: also)? ?\Z", re.IGNORECASE
)
_DEED = re.compile(
    r"(?:\A|(?<=\w)) to (?=[a-z]{2,})(?!(?:the|an|its|his|her|their|our|be)\b)"
)  # what the first one did
_NO_NOUN = re.compile(r"[^\w\s]|\s+(?:to|in|on|of|at|for|since|from|by|with|when|after|before|under|during)\b|\s*\Z")
_BORDER = re.compile(r"[,;:!?()—–]|\.(?:\s|\Z)|\b(?:and|but|or|who|which|that)\b")
# What only says of which kind a name is: "the town of Vellmar", "the drama Saltmarsh".
_KIND_OF_NAME = re.compile(
    r"\b(?:(?:town|city|village|port|province|state|county|district|region|island) of|the [a-z]+) (?=[A-Z])"
)
_NO_KIND = frozenset(content_terms("ever exist existing known surviving remaining recorded whole single all-time"))
_ALIKE = {"earliest": "first", "oldest": "first", "latest": "last", "sole": "only"}
# What says without such a word that something is the first, the last or the only one, loosely...
_SAYS_SO = {
    "first": r"\b(?:first|1st|original|initial|debut|pioneer|inaugura|maiden|invent|never before|until then|new\b|"
    r"start|began|begin|introduc)",
    "last": r"\b(?:last|final|latest|ultimate|end|clos|ceas|youngest|no more|never again)",
    "only": r"\b(?:only|sole|alone|single|no other|nobody else|except|unique|one\b|exclusive|nowhere else|no one else)",
}
# ...and that it is the most of anything.
_MOST = (
    r"\w+est\b|\b(?:most|least|top|leading|chief|main|major|record|primary|principal|foremost|maximum|minimum|peak|best|"
    r"worst|first|only|rank\w*|height|heyday|zenith|apex|unrivalled|unmatched|than any)\b"
)


@dataclass(frozen=True, slots=True)
class _Rank:
    """A word that ranks, with which place and whether of several, the terms after it, whether what it ranks is told
    there: "the first bus came", and not "it was the first bus", nor "the first to come"; and those of the terms that
    say what the first one does: "the first woman to fly"."""

    word: str
    place: str
    several: bool
    kind: tuple[str, ...]
    thing: bool
    deed: tuple[str, ...] = ()


def overreaches(claim: str, quotes: Sequence[str]) -> bool:
    """Whether a claim ranks something that no quote ranks, or that all of them rank in a narrower kind.

    >>> quote = "It was the first hybrid bus in London."
    >>> overreaches("It was the first bus.", [quote]), overreaches("It was the first hybrid bus.", [quote])
    (True, False)
    >>> overreaches("The gate in Vellmar closed first.", ["The gate in Vellmar closed on 4 May."])
    True
    >>> quotes = ["Lwow is one of the largest cities.", "Lwow is a large city."]
    >>> overreaches("Lwow is the largest city.", quotes)
    True
    """
    if any(not any(_says(rank, claim, quote) for quote in quotes) for rank in _ranks(claim) if not rank.several):
        return True
    return any(not any(_says_when(found["word"], each) for each in quotes) for found in _FIRST_OF_ALL.finditer(claim))


def of_another_kind(question: str, quotes: Sequence[str]) -> bool:
    """Whether the question asks for the first, the last or the only one, and the quotes tell only that of a narrower
    kind, or of something else: the first hybrid bus answers no question about the first bus.

    >>> of_another_kind("When did the first bus run?", ["The first hybrid bus ran in 2007."])
    True
    >>> of_another_kind("When did the first bus run?", ["Buses have run since 1829."])
    False
    >>> of_another_kind("When did the first bus run?", ["The last bus ran in 1964."])
    True
    >>> of_another_kind("Who was the first man to climb Hoe?", ["Ann was the first to get up Hoe."])
    False
    """
    own = frozenset(content_terms(question)) | _NO_KIND
    asked = [rank for rank in _ranks(question) if rank.word in _SAYS_SO and not rank.several]
    for rank in asked:
        there = [(each, quote) for quote in quotes for each in _ranks(quote) if each.word == rank.word]
        if there and not any(_answers(each, rank, own, quote) or _did_it(each, rank, own) for each, quote in there):
            return True
    return any(_placed_otherwise(rank, quotes) for rank in _ranks(question) if not rank.several)


def _placed_otherwise(asked: _Rank, quotes: Sequence[str]) -> bool:
    """Whether what is asked for is only told of at another place: the second longest river or the shortest one, and no
    word says which is the longest."""
    if not asked.kind or any(_COMES_NEXT.search(quote) for quote in quotes):
        return False
    same = [rank for quote in quotes for rank in _ranks(quote) if rank.word == asked.word]
    if same:
        own = re.compile(rf"\b{asked.place}\b" if asked.place else r"\Z.")
        others = all(rank.place != asked.place and carries(frozenset(rank.kind), asked.kind[0]) for rank in same)
        return others and not any(own.search(quote) for quote in quotes)
    contrary = _CONTRARY.get(asked.word)
    told = re.compile(_SAYS_SO.get(asked.word, rf"\b{asked.word}"), re.IGNORECASE)
    if asked.place or not contrary or any(told.search(quote) for quote in quotes):
        return False
    placed = re.compile(rf"\b(?:[Tt]he|its|his|her|their|['’]s) (?:{contrary}) (?P<thing>[a-z]+(?: [a-z]+)?)\b")
    return all(
        any(carries(frozenset(content_terms(found["thing"])), asked.kind[0]) for found in placed.finditer(quote))
        for quote in quotes
    )


def _did_it(told: _Rank, asked: _Rank, own: frozenset[str]) -> bool:
    """Whether the first one to do something is asked for, and told of in other words: who climbed a mountain reached
    its top."""
    alike = told.place == asked.place and not told.several
    deed = alike and any(carries(frozenset(told.deed), term) for term in asked.deed)
    kind, claimed = ([term for term in each.kind if term not in each.deed] for each in (told, asked))
    return deed and not _narrower(kind, claimed, own)


def _answers(told: _Rank, asked: _Rank, own: frozenset[str], quote: str) -> bool:
    """Whether what a quote ranks is what is asked for, in no narrower kind than the `own` terms tell."""
    alike = told.place == asked.place and not told.several
    return alike and not (_narrower(told.kind, asked.kind, own) or _of_another(told, asked, quote))


def _says(rank: _Rank, claim: str, quote: str) -> bool:
    """Whether the quote ranks like that, in no narrower kind than the claim tells."""
    there = [each for each in _ranks(quote) if each.word == rank.word]
    if there:
        own = frozenset(content_terms(claim)) | _NO_KIND
        return any(_answers(each, rank, own, quote) for each in there)
    told = quote if rank.place else _PLACED.sub(" ", quote)
    return bool(re.search(_SAYS_SO.get(rank.word, _MOST), told, re.IGNORECASE))


def _says_when(word: str, quote: str) -> bool:
    """Whether the quote says that something came first, or last, or before or after anything."""
    return bool(re.search(_SAYS_SO[word], quote, re.IGNORECASE) or _EARLIER.search(quote))


def _narrower(kind: Sequence[str], claimed: Sequence[str], own: frozenset[str]) -> bool:
    """Whether a kind has a term that the claim has not, before the last one of the kind that is `claimed`."""
    shared = [place for place, term in enumerate(kind) if carries(frozenset(claimed), term)]
    return any(not stands(own, term) for term in kind[: shared[-1]]) if shared else False


def _of_another(rank: _Rank, claimed: _Rank, quote: str) -> bool:
    """Whether a quote ranks another thing than the claim, and has that one too: the first telegraph came, then the
    telephone."""
    if not (rank.thing and claimed.thing) or any(carries(frozenset(rank.kind), term) for term in claimed.kind):
        return False
    return bool(carries(frozenset(content_terms(quote)), claimed.kind[0]))


def _ranks(text: str) -> Iterator[_Rank]:
    for found in _RANK.finditer(text):
        clause = text[found.end() : found.end() + _CLAUSE]
        border = _BORDER.search(clause)
        after = clause[: border.start()] if border else clause
        word = _ALIKE.get(found["word"], found["word"])
        kind = tuple(content_terms(_KIND_OF_NAME.sub("", after))[:_NEXT])
        thing = bool(kind) and not _NO_NOUN.match(after) and not _SAID_OF_IT.search(text[: found.start()])
        deed = _DEED.search(after)
        done = tuple(content_terms(after[deed.end() :])) if deed else ()
        yield _Rank(word, found["place"] or "", bool(found["some"]), kind, thing, done)
