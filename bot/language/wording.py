"""Which words say the same, and which say the opposite, where their stems do not tell."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile

from bot.language.thesaurus import CONTRARIES, EQUALS, FORMS, LANDS, OPPOSITES, PEOPLES, SYNONYMS
from index.words import CAPITAL, terms

_RELATED = 0.7  # what a word of the same family carries: agree, agreement
_TURNS = ("dis", "un", "non")
_STEM = 6  # letters of a term, at least, before which they are that: "discover" is not the contrary of "cover"
# What may stand before a name or be left out.
_TITLES = (
    "President Vice-President Chancellor Minister Premier Prime Secretary Foreign Defence Defense King Queen "
    "Prince Princess Sir Lady Lord Dr Mr Mrs Ms Professor General Colonel Captain Admiral Judge Justice Senator "
    "Governor Mayor Ambassador Pope Bishop Archbishop Saint St Deputy Director Chairman Chief Former Then "
    "Spokesman Spokeswoman"
)
# A name of one or more words, "of" among them, as a regular expression.
NAME = rf"{CAPITAL}[\w.’'-]*(?: (?:of (?:the )?)?{CAPITAL}[\w.’'-]*)*"
# What says of somebody what that one is or does, one word, in the singular.
ROLE = (
    r"(?:president|chancellor|(?:prime )?minister|premier|secretary|king|queen|emperor|empress|prince|princess|pope|"
    r"archbishop|bishop|mayor|governor|senator|ambassador|consul|envoy|admiral|general|colonel|captain|commander|"
    r"chair(?:wo)?man|spokes(?:wo)?man|leader|head|chief|director(?:-general)?|founder|inventor|owner|author|writer|"
    r"poet|novelist|journalist|composer|editor|actor|actress|singer|coach|player|painter|artist|architect|engineer|"
    r"scientist|physicist|chemist|biologist|economist|historian|philosopher|professor|doctor|lawyer|judge|activist|"
    r"researcher|fellow|analyst|expert|politician|diplomat|official|officer|banker|businessman|businesswoman)"
)
# What names end or begin with that says which sort of thing they name, and not which one.
_SORTS_OF_NAMES = (
    "County City Town Village River Lake Sea Ocean Bay Island Mount Mountain Street Avenue Road Square State Province "
    "Region District Kingdom Republic Empire University College School Church Hospital Company Bank Party Council "
    "Court Act Treaty War Battle New Old North South East West Northern Southern Eastern Western Great Upper Lower"
)
# Words that judge: a claim with one of them is somebody's, and rests on a quote that judges so.
_JUDGEMENTS = (
    "blame guilty wrong lawful unlawful illegal legitimate illegitimate justified unjustified unfair dangerous harmful "
    "threat lie liar corrupt racist aggressor hypocritical disgraceful scandalous violate violation "
    "责任 合法 非法 正当 公平 危险 威胁 谎言 侵犯"
)
# What denies without a word for it.
_REFUSING = (
    "lack absence absent ban bar block deny end exclude except fail failure few forbid halt ignore impossible instead "
    "leave little lose miss only oppose prevent prohibit refuse refusal reject rule stop suspend unable until withdraw "
    "禁止 否认 停止 反对 除 仅 只"
)
_ALLOWING = "allow right free permission permitted able entitled"  # beside what may stand for the first
# Words that a claim may well have and its proof not: they weigh half.
_LIGHT = (
    "year years time times day days month week new one first way part people make made take took taken use used get go "
    "come came become became include included including many much well several various name named call called known "
    "around throughout even since however although within among across per later currently start end state thing "
    "number place set 年 月 日"
)


def carries(present: frozenset[str], term: str) -> float:
    """How much of `term` a text with the terms `present` has, in [0, 1].

    >>> present = frozenset(terms("The Chinese troops withdrew."))
    >>> [carries(present, term) for term in ("china", "withdraw", "troop", "US")]
    [1.0, 1.0, 1.0, 0.0]
    """
    if term in present or not _same().get(term, _NONE).isdisjoint(present):
        return 1.0
    return _RELATED if any(related(term, other) for other in present) else 0.0


def carried(present: frozenset[str], sought: Iterable[str]) -> float:
    """How many of the terms that are `sought` a text with the terms `present` has.

    >>> carried(frozenset(terms("The Chinese troops withdrew.")), ("china", "troop", "US"))
    2.0
    """
    return sum(carries(present, term) for term in sought)


def carries_all(present: frozenset[str], sought: Iterable[str]) -> bool:
    """Whether a text with the terms `present` has something of each term that is `sought`."""
    return all(carries(present, term) for term in sought)


def same(term: str) -> frozenset[str]:
    """The other terms that say the same."""
    return _same().get(term, _NONE)


def opposites(term: str) -> frozenset[str]:
    """The terms that say the opposite, in any of their forms.

    >>> sorted(opposites("rose"))
    ['declin', 'fall', 'fallen', 'fell']
    """
    against = _NONE.union(*(_opposite().get(form, _NONE) for form in (term, *same(term))))
    return against.union(*(same(other) for other in against), _turned(term))


def synonyms(term: str) -> frozenset[str]:
    """The terms that may stand for it in the same sentence, in any of their forms.

    >>> "establish" in synonyms("found"), "sold" in synonyms("built")
    (True, False)
    """
    alike = _NONE.union(*(_synonym().get(form, _NONE) for form in (term, *same(term))))
    return alike.union(*(same(other) for other in alike))


def stands(present: frozenset[str], term: str) -> bool:
    """Whether a text with the terms `present` has a term, or one that may stand for it.

    >>> present = frozenset(terms("They built it."))
    >>> stands(present, "construct"), stands(present, "sold")
    (True, False)
    """
    return any(carries(present, word) for word in (term, *synonyms(term)))


def _turned(term: str) -> frozenset[str]:
    """The term with a syllable before it that turns it round, and without one that it has: disapprove, approve."""
    bare = (term.removeprefix(turn) for turn in _TURNS if term.startswith(turn) and len(term) >= len(turn) + _STEM)
    return frozenset((*bare, *(turn + term for turn in _TURNS if len(term) >= _STEM)))


def related(term: str, other: str) -> bool:
    """Whether two stems share a beginning of five letters or more, and most of the longer one."""
    if term[:5] != other[:5] or not term.isalpha():
        return False
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(term, other, strict=False)))
    return shared >= max(5, 0.6 * max(len(term), len(other)))


@lru_cache(maxsize=1)
def titles() -> frozenset[str]:
    return frozenset(terms(_TITLES))


@lru_cache(maxsize=1)
def sorts_of_names() -> frozenset[str]:
    return frozenset(terms(_SORTS_OF_NAMES))


@lru_cache(maxsize=1)
def judgements() -> frozenset[str]:
    return frozenset(terms(_JUDGEMENTS))


@lru_cache(maxsize=1)
def refusing() -> frozenset[str]:
    return frozenset(terms(_REFUSING))


@lru_cache(maxsize=1)
def allowing() -> frozenset[str]:
    """Terms that say that something may be."""
    return synonyms("allow").union(terms(_ALLOWING))


@lru_cache(maxsize=1)
def light() -> frozenset[str]:
    return frozenset(terms(_LIGHT))


_NONE = frozenset[str]()


@lru_cache(maxsize=1)
def lands() -> frozenset[str]:
    """The terms for countries, and for their people."""
    return frozenset(terms(f"{PEOPLES} United States Kingdom".replace("/", " "))) | frozenset(LANDS.split())


@lru_cache(maxsize=1)
def _same() -> dict[str, frozenset[str]]:
    equals = [group.split() for group in EQUALS.split("/")]
    return _families(f"{FORMS}/{PEOPLES}") | {word: frozenset(group) - {word} for group in equals for word in group}


@lru_cache(maxsize=1)
def _synonym() -> dict[str, frozenset[str]]:
    return _families(SYNONYMS)


@lru_cache(maxsize=1)
def _opposite() -> dict[str, frozenset[str]]:
    found = {term: set(others) for term, others in _families(OPPOSITES).items()}
    for group in CONTRARIES.split("/"):
        one, other = (side.split() for side in group.split("|"))
        for words, against in ((one, other), (other, one)):
            for word in words:
                found.setdefault(word, set()).update(against)
    return {term: frozenset(others) for term, others in found.items()}


def _families(groups: str) -> dict[str, frozenset[str]]:
    """Each term of the groups, which a slash parts, with the others of its groups."""
    found: dict[str, set[str]] = {}
    for group in groups.split("/"):
        family = set(terms(group))
        for term in family:
            found.setdefault(term, set()).update(family - {term})
    return {term: frozenset(others) for term, others in found.items()}
