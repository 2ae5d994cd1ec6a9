"""The small words that make another claim of the same names and figures: a unit, a bound, a share, a direction, an
office.

Three weeks are not three days, €50 are not $50, most members are not all, what came from Westport did not go there, and
a deputy minister is not the minister. Each of these words is compared with the one that the quotes say of the same
thing; what they say of something else speaks neither for the claim nor against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, product

from bot.language.claim import Claim
from bot.language.figures import YEAR, Bound, Figure, figures
from index.words import CAPITAL, content_terms, terms

Mark = tuple[str, str, str]  # of which kind, what it is said of, and what is said of it

_UNITS = (  # of the same each, so that of a figure there is one
    "second minute hour day week month year decade century",
    "millimetre mm centimetre cm metre kilometre km inch foot feet yard mile",
    "gram kilogram kg tonne ounce",
    "dollar euro pound yuan renminbi yen rupee rouble ruble franc",
    "watt kilowatt megawatt gigawatt",
    "acre hectare",
    "litre gallon barrel",
)
_UNIT = re.compile(r"[ -]?(?:(?:US|(?P<over>square|cubic)|metric|million|billion) )?(?P<unit>[a-z]+)")
_SPELLED = {"feet": "foot", "mm": "millimetre", "cm": "centimetre", "km": "kilometre", "kg": "kilogram"}
_SIGNS = {"$": "dollar", "€": "euro", "£": "pound"}
_POINTS = re.compile(r"(?:percentage|per ?cent|%)[ -]points?\b", re.IGNORECASE)
_CLOCK = re.compile(r" ?([ap])\.?m\b", re.IGNORECASE)
_EXACTLY = re.compile(r"\b(?:exactly|precisely) \Z", re.IGNORECASE)
_EVERY, _AGO = re.compile(r"\bevery \Z", re.IGNORECASE), re.compile(r" \w+ ago\b", re.IGNORECASE)
_VOTE = re.compile(
    r" (?:(?!and\b)[a-z]+ ){0,2}?(?:(?P<favour>in favou?r)|(?P<against>against)|(?P<abstained>abst\w+))\b"
)
_OF_A_VOTE = re.compile(r"\b(?:vot|abst|favou?r)")
_VOTED_AGAINST = re.compile(r"\bvot(?:ed?|es|ing) against\b")
_SCORE = re.compile(r"\b(\d+)(?: to |[–:-])(\d+)\b")
_SHARE = re.compile(
    r"\b(?:(?P<hedged>(?:almost|nearly|virtually|practically|not) (?:all|every|each|(?:the )?(?:entire|whole))|"
    r"all (?:but|except)|"
    r"(?:all|every|each)(?=[^.;:]{1,90}? (?:except|apart from|other than|but for|with the exception|"
    r"(?-i:but [A-Z]\w+))\b)|"
    r"(?:up to|at most|less than|more than|over|under|at least|no more than) (?:an? |one |two[- ]|three[- ])?"
    r"(?:half|thirds?|quarters?))|"
    r"(?P<none>no(?! (?:longer|more|less|fewer|later|sooner|one|doubt|matter)\b)|none of)|"
    r"(?P<all>all|every|each|entire|whole)|(?P<most>most|(?:the|a) majority)|(?P<some>some|several|many|few)|"
    r"(?P<half>half)|(?P<third>(?:a|one) third)|(?P<quarter>(?:a|one) quarter)|(?P<two_thirds>two[- ]thirds)|"
    r"(?P<three_quarters>three[- ]quarters))(?=(?P<after>(?:[ -][\w’'-]+){1,4}))",
    re.IGNORECASE,
)
_WINDS = "(?:north|south|east|west|north-?east|north-?west|south-?east|south-?west)"
_PREPOSITION = r"(?:about|against|at|by|for|from|in|into|of|on|to|with)\b"
_WORD = r"[^\W\d_]+"
# With "by" and "in" only what is done to something: a noun has either of them and means the same.
_DONE = rf"(?:is|are|was|were|be|been|being) (?:\w+ly )?(?!known){_WORD}(?:ed|en|t|d|n|ght)"
_WAYS = [
    re.compile(
        rf"\b(?P<deed>{deed}) (?:(?P<one>{one})|(?P<other>{other}))"
        rf"(?=(?P<after>(?: (?!{_PREPOSITION}{but})[\w’'%.-]+){{1,3}}))",
        re.IGNORECASE,
    )
    for deed, but, one, other in (
        (_WORD, "", "to|into", "from|out of"),
        (_WORD, "", "for", "against"),
        (_WORD, "", "with", "without"),
        (_WORD, "", "before", "after"),
        (_WORD, "", "above", "below"),
        (_WORD, "", "in|at|inside|into|within", rf"near|outside|off|beside|towards?|(?:close|next) to|{_WINDS} of"),
        (_DONE, r"|\d", "by", "to|for|about|against"),
        (_DONE, r"|\d", "in", "for"),
    )
]
_TO_OR_FROM = re.compile(
    r"\b(?i:c[ao]m(?:e|es|ing)|go(?:es|ing|ne)?|went|move[sd]?|moving|travel\w*|fl[eo]w(?:s|n|ed)?|fl[yi]\w*|fle[ed]\w*|"
    r"send\w*|sent|br(?:ing\w*|ought)|ship\w*|sail\w*|deliver\w*|return\w*|withdr[ae]w\w*|import\w*|export\w*|"
    r"transfer\w*|emigrat\w*|migrat\w*)"
    rf"(?: [\w’'-]+){{0,3}}? (?P<way>from|to|into) (?:the )?(?={CAPITAL})(?P<after>[\w’'-]+)"
)
_IN = re.compile(r"(?: of [\w’'-]+)? in ")
_PLACE = re.compile(
    rf"\b(?P<deed>[a-z]+) (?:in|at) (?:the )?(?P<places>{CAPITAL}[\w’'-]+(?:(?:,? |, in )(?:the )?{CAPITAL}[\w’'-]+)*)"
)
_CHANGE = re.compile(r"\b(?P<way>by|to)(?: (?:about|around|almost|nearly|some|over|more than))? \$?\Z", re.IGNORECASE)
_HIGH = "president|minister|chancellor|secretary|director|chair(?:wo)?man|mayor|governor|premier"
_BELOW = "vice|deputy|assistant|acting|interim|shadow"
_OFFICE = re.compile(
    rf"(?:\b(?P<below>{_BELOW})[- ])?(?:(?!(?:{_BELOW})\b)\b[\w’'-]{{1,40}} ){{0,2}}?"
    rf"\b(?P<office>{_HIGH}|commander|consul|speaker|marshal|ambassador|prosecutor|editor|manager)\b",
    re.IGNORECASE,
)
_HOLDS = re.compile(
    rf"\b(?:is|are|remains?) (?:[\w’'-]{{1,40}} ){{0,4}}?(?P<office>{_HIGH})\b",
    re.IGNORECASE,
)
# An office for whoever holds it, who is not named: the former mayor is not the mayor.
_HOLDER = re.compile(rf"\b[Tt]he (?P<once>former )?(?:[A-Z]?[a-z]+ )?(?i:(?P<office>{_HIGH}))\b(?! {CAPITAL})")
_FORMER = re.compile(r"\b(?:former|one-?time|ex)\b", re.IGNORECASE)
_LOSES = re.compile(r"\b(?:los(?:e[sr]?|s|t)|beaten|defeat\w*)\b", re.IGNORECASE)
_OF_TIME = re.compile(r"[ -](?:second|minute|hour|day|night|week|month|year)s?\b", re.IGNORECASE)
# What a figure may be of, by words that say the same.
_QUANTITIES = (
    "concentration",
    "clearance",
    "dose dosage",
    "temperature",
    "volume",
    "weight mass",
    "height",
    "length",
    "width",
    "depth",
    "speed velocity",
    "duration",
)
_QUANTITY_OF = {word: group for group in _QUANTITIES for word in group.split()}
_ANY_QUANTITY = "|".join(_QUANTITY_OF)
_QUANTITY = re.compile(
    rf"\b(?P<quantity>{_ANY_QUANTITY})s?\b(?: (?:of|in|for|at) [^.;,]{{1,60}}?)? (?:was|is|were|are)\b"
    rf"(?P<rest>[^;]*?)(?=;|\Z|\b(?:{_ANY_QUANTITY})s?\b)",
    re.IGNORECASE,
)
_THROUGHOUT = re.compile(r"\bover (?:the )?\Z", re.IGNORECASE)
_ONLY = re.compile(r"\b[Oo]nly (?=[A-Z])(?!In\b)")
_NO_OTHER = re.compile(
    r"\b(?:only|sole|solely|alone|lone|single|except\w*|no other|nobody else|exclusive\w*)\b", re.IGNORECASE
)
# What somebody is said to think that ought to be, and what may say so in other words.
_OUGHT = re.compile(
    r"\b(?:think|thought|believe|say|said|argue|feel|felt|consider|hold|held|reckon)[sd]?\b"
    r"[^.;]*\b(?:should|ought to)\b"
)
_DUTY = re.compile(
    r"\b(?:should|shall|ought|must|need\w*|ha(?:s|ve|d) to|having to|requir\w+|oblig\w+|dut(?:y|ies)|supposed|urg\w+|"
    r"call\w*|demand\w*|recommend\w*|advis\w+|advice|suggest\w*|propos\w+|mandat\w+|order\w*|instruct\w*|command\w*|"
    r"forc\w+|compel\w*|forbid\w*|forbad\w*|prohibit\w*|ban(?:s|ned)?|allow\w*|may|rules?|laws?|"
    r"necess\w+|essential|important|crucial|vital|want\w*|wish\w*|hope\w*|insist\w*|expect\w*|ask\w*|warn\w*|plead\w*|"
    r"appeal\w*|better|best|would|will|aim\w*|goal|only|responsib\w+|condition\w*|if|unless|let|support\w*|favou?r\w*|"
    r"deserv\w*|time to|(?:is|are|was|were) to|due|wrong|right|unfair|fair|oppos\w+|against)\b",
    re.IGNORECASE,
)


def altered(claim: Claim, quotes: Sequence[Claim]) -> bool:
    """Whether the quotes say another such word of what the claim says one of, and never this one; or the claim says
    "only" of somebody, or that somebody thinks that something should be, and no quote does.

    >>> from bot.language.claim import read
    >>> said = [read("The strike of most dockers lasted three days.")]
    >>> altered(read("The strike lasted three weeks."), said), altered(read("Most dockers struck."), said)
    (True, False)
    >>> altered(read("The dose was 9 mg."), [read("The weight of the drug was 9 mg.")])
    True
    >>> altered(read("Ann thinks that dockers should strike."), [read("We see that they have decided to strike.")])
    True
    """
    own = claim.texts[0]
    texts = [text for quote in quotes for text in quote.texts]
    told = frozenset[Mark]().union(*map(_marks, texts))
    spoken_of = {mark[:2] for mark in told}
    claimed: dict[tuple[str, str], set[Mark]] = {}
    for mark in _marks(own):
        claimed.setdefault(mark[:2], set()).add(mark)
    if any(of in spoken_of and marks.isdisjoint(told) for of, marks in claimed.items()):
        return True
    loose = ((_ONLY, _NO_OTHER), (_OUGHT, _DUTY))
    return bool(texts) and any(said.search(own) and not any(map(told.search, texts)) for said, told in loose)


@lru_cache(maxsize=8_192)
def _marks(text: str) -> frozenset[Mark]:
    return frozenset(mark for kind in _KINDS for mark in kind(text))


def _units(text: str) -> Iterator[Mark]:
    """In what each figure is measured."""
    for figure in figures(text):
        sign = _SIGNS.get(text[figure.start - 1 : figure.start])
        found = _UNIT.match(text, figure.end)
        for unit in terms(sign or (found["unit"] if found else ""))[:1]:
            if unit in _units_of():
                kind, name = _units_of()[unit]
                over = (found["over"] or "") if found else ""
                yield from ((kind, term, over + name) for term in figure.terms)


def _readings(text: str) -> Iterator[Mark]:
    """What else a number is: points of a percentage, before or after noon, a bound, so many years ago."""
    for figure in figures(text):
        before, own, after = text[: figure.start], text[figure.start : figure.end], text[figure.end :]
        readings = {
            "percent": ("points" if _POINTS.search(own + after[:7]) else "share") if figure.percent else None,
            "clock": found[1].lower() if (found := _CLOCK.match(after)) else None,
            "bound": _bound(figure, before, own, after),
            "turn": "every" if _EVERY.search(before) else "ago" if _AGO.match(after) else None,
        }
        yield from ((kind, term, read) for kind, read in readings.items() if read for term in figure.terms)


def _bound(figure: Figure, before: str, own: str, after: str) -> str | None:
    """On which side a figure is bound; None where on none, or only in looks: "under the 2015 deal", "over two days"."""
    if _EXACTLY.search(before):
        return "exactly"
    throughout = _THROUGHOUT.search(before) and _OF_TIME.match(after)
    return None if figure.bound is Bound.ABOUT or _is_year(own) or throughout else figure.bound


def _is_year(figure: str) -> bool:
    return re.fullmatch(YEAR, figure) is not None


def _quantities(text: str) -> Iterator[Mark]:
    """What is measured."""
    for found in _QUANTITY.finditer(text):
        what = _QUANTITY_OF[found["quantity"].lower()]
        yield from (("quantity", term, what) for figure in figures(found["rest"]) for term in figure.terms)


def _votes(text: str) -> Iterator[Mark]:
    """For what, or against it, so many voted; and whether those who voted against it are only counted."""
    if not _OF_A_VOTE.search(text):
        return
    told = [(figure, found) for figure in figures(text) if (found := _VOTE.match(text, figure.end))]
    for figure, found in told:
        yield from (("vote", term, str(found.lastgroup)) for term in figure.terms)
    counted = {found.end() for _, found in told if found.lastgroup == "against"}
    if counted:
        yield "vote", "against", "counted"
    if any(found.end() not in counted for found in _VOTED_AGAINST.finditer(text)):
        yield "vote", "against", "named"


def _scores(text: str) -> Iterator[Mark]:
    """Two numbers against each other, in their order; of who loses, either order says the same."""
    for found in () if _LOSES.search(text) else _SCORE.finditer(text):
        yield "score", " ".join(sorted(found.groups())), " ".join(found.groups())


@lru_cache(maxsize=1)
def _units_of() -> dict[str, tuple[str, str]]:
    """The kind of a unit by its term, and its name."""
    return {terms(unit)[0]: (group, terms(_SPELLED.get(unit, unit))[0]) for group in _UNITS for unit in group.split()}


def _shares(text: str) -> Iterator[Mark]:
    for found in _SHARE.finditer(text):
        named = {name: words for name, words in found.groupdict().items() if words}
        yield from (("share", what, next(iter(named))) for what in content_terms(named["after"])[:2])


def _ways(text: str) -> Iterator[Mark]:
    for pattern in _WAYS:
        for found in pattern.finditer(text):
            way = "one" if found["one"] else "other"
            pairs = product(terms(found["deed"])[-1:], content_terms(found["after"])[:1])
            yield from ((pattern.pattern, " ".join(pair), way) for pair in pairs)


def _directions(text: str) -> Iterator[Mark]:
    """From or to what has a name, whatever goes there."""
    for found in _TO_OR_FROM.finditer(text):
        way = "from" if found["way"] == "from" else "to"
        yield from (("direction", name, way) for name in content_terms(found["after"])[:1])


def _changes(text: str) -> Iterator[Mark]:
    """By how much something changed, or to how much."""
    for figure in figures(text):
        found = _CHANGE.search(text[: figure.start])
        if found and figure.value is not None and not _is_year(text[figure.start : figure.end]):
            yield from (("change", term, found["way"].lower()) for term in figure.terms)


def _offices(text: str) -> Iterator[Mark]:
    for found in _OFFICE.finditer(text):
        yield "office", found["office"].lower(), (found["below"] or "").lower()
    for found in _HOLDER.finditer(text):
        yield "holder", found["office"].lower(), (found["once"] or "").lower()
    former = bool(_FORMER.search(text))
    for found in _HOLDS.finditer(text):
        now = not _FORMER.search(found[0])
        yield from (("holds", found["office"].lower(), mark) for mark, so in (("now", now), ("once", former)) if so)


def _moments(text: str) -> Iterator[Mark]:
    """In which year something was so much."""
    found = list(figures(text))
    for figure, year in pairwise(found):
        if _is_year(text[year.start : year.end]) and _IN.fullmatch(text[figure.end : year.start]):
            yield from (("moment", term, moment) for term in figure.terms for moment in year.terms)


def _places(text: str) -> Iterator[Mark]:
    """Where something is done: in each of the names that follow."""
    for found in _PLACE.finditer(text):
        names = content_terms(found["places"])
        yield from (("place", deed, name) for deed in terms(found["deed"])[-1:] for name in names)


_KINDS = (
    _moments,
    _places,
    _units,
    _quantities,
    _readings,
    _votes,
    _scores,
    _shares,
    _ways,
    _directions,
    _changes,
    _offices,
)
