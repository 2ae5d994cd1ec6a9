"""What has to be told besides: the other one of two that are compared, the reason that was asked for, the word of each
side, what others say against it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import islice

from bot.disagreement.disagree import contradiction, dated, other_side
from bot.entailment.support import judging, shared, silent
from bot.evidence import heading, leans_back
from bot.language.claim import Claim, read
from bot.language.moment import misleads
from bot.language.speaker import report, spoken
from bot.language.wording import carries, carries_all, stands
from bot.proof import Proof, Shelf, Told, supported, tongue
from bot.question import reason
from bot.question.define import name_asked
from bot.question.either import Either, either_of
from bot.question.sides import Sides, sides_of
from bot.types import Evidence
from index.periods import periods
from index.words import terms

_NEXT = 3  # sentences after a quote, in which an answer to it is looked for
_APART = 6  # sentences, at most, after one that says that sides differ, in which each has its word
_ALIKE = 0.5  # of the question's terms, in a sentence that states the reason, or judges
_BEFORE = 0.75  # of them, in the sentence before one that states the reason of what that one tells
_NOW = re.compile(
    r"\b(?:still|now|nowadays|currently|today|at present|these days|presently|already|yet)\b|现在|目前|如今|仍|已经",
    re.IGNORECASE,
)
_KNOWN = re.compile(
    r"\b(?:reasons?|because|grounds) (?:for|of|behind) (?:the|this|that|its|their) (\w+)", re.IGNORECASE
)
_SETS_TIME = re.compile(
    r"\W*(?:(?:in|on|as of|by|during) (?:the (?:end|start|beginning) of )?|截至|在)?\Z", re.IGNORECASE
)
_DATED = ("As of ", "截至")  # how a sentence begins that says by itself of when it is


def complete(question: str, told: Sequence[Told], shelf: Shelf, newer: Evidence | None = None) -> list[Told]:
    """What is told, with all that; nothing where no article supports any of it. What is `newer` is known to tell the
    same question's answer otherwise."""
    if not any(map(supported, told)):
        return list(told)
    judged = _judged(_reasoned(question, _compared(either_of(question), told, shelf), shelf), shelf)
    sided = _sided(sides_of(question), _both_sides(question, judged, shelf, newer), shelf)
    return _as_of_their_days(_as_of_now(question, sided, shelf), shelf)


def _compared(either: Either, told: Sequence[Told], shelf: Shelf) -> list[Told]:
    """What is told; where the question compares two and one of them is not told of, with the sentence that tells of it
    most of what was asked, half at least."""
    name = either.left_out(" ".join(each.sentence for each in told if supported(each)))
    about = (piece for piece in shelf.found if name and carries_all(read(piece.text).vocabulary, name))
    likeness = _likeness(about, shelf, read(either.matter))
    near = [piece for piece, share in likeness.items() if share >= _ALIKE]
    return [*told, *_verbatim([max(near, key=lambda each: (likeness[each], each.score))] if near else [], shelf)]


def _reasoned(question: str, told: Sequence[Told], shelf: Shelf) -> list[Told]:
    """What is told; where a reason was asked for and no quote may tell of one, with the one that their articles state:
    in a sentence that goes on from a quote, or has a word of what was asked that is no name, and with it half of all
    that was, or the sentence before it most; or refers to what was asked as to something known; or under a heading that
    announces it."""
    quotes = _quoted(told)
    if not reason.asked(question) or reason.told(quote.text for quote in quotes):
        return list(told)
    next_ones = {piece for quote in quotes for piece in _following(quote, shelf)}
    ids = dict.fromkeys(quote.article_id for quote in quotes)
    stated = [piece for each in ids for piece in shelf.whole(each) if reason.stated(piece.text)]
    under = [first for each in stated if _announces(each, shelf) for first in _following(each, shelf)[:1]]
    stated = [each for each in stated if not heading(each.text)]
    likeness = _likeness(stated, shelf)
    near = [
        piece
        for piece, share in likeness.items()
        if (piece in next_ones and leans_back(piece.text))
        or _refers(piece, shelf)
        or (not silent(shelf.asked, [shelf.piece(piece)]) and (share >= _ALIKE or _goes_on(piece, shelf)))
    ]
    if not near and not under:
        return list(told)
    best = max(near, key=likeness.__getitem__) if near else under[0]
    return [*told, Told(best.text, Proof(1.0, (best,)))]  # the article's own words, beside what they go on from


def _announces(piece: Evidence, shelf: Shelf) -> bool:
    """Whether it is a heading with no words but for a reason and of what was asked: "The reasons Russia gave"."""
    words = [term.text for term in read(piece.text).terms]
    return heading(piece.text) and all(carries(shelf.asked.vocabulary | _reasons(), word) for word in words)


@cache
def _reasons() -> frozenset[str]:
    return frozenset(terms("reason give gave given cause motive behind 理由 原因"))


def _refers(piece: Evidence, shelf: Shelf) -> bool:
    """Whether it refers to what was asked by a noun for that, or one like it: "the reason for the ban"."""
    known = frozenset(term for noun in _KNOWN.findall(piece.text) for term in terms(noun))
    return any(stands(known, word) for word in shelf.asked.plain if word not in _reasons())


def _goes_on(piece: Evidence, shelf: Shelf) -> bool:
    """Whether the sentence before it has most of what was asked."""
    return any(shared(shelf.asked, shelf.piece(each)) >= _BEFORE for each in shelf.before(piece)[-1:])


def _judged(told: Sequence[Told], shelf: Shelf) -> list[Told]:
    """What is told; where the question asks for a judgement and nothing told is somebody's word, with that of the one
    who judges, in the sentence with most of what was asked."""
    if not judging(shelf.asked) or any(spoken(each.sentence) for each in told):
        return list(told)
    likeness = _likeness((each for each in shelf.found if judging(read(each.text)) and report(each.text)), shelf)
    near = [piece for piece, share in likeness.items() if share >= _ALIKE]
    return [*told, *_verbatim([max(near, key=likeness.__getitem__)] if near else [], shelf)]


def _both_sides(question: str, told: Sequence[Told], shelf: Shelf, newer: Evidence | None) -> list[Told]:
    """What is told; where an article of another day or outlet gives another value, both, the newer first, each with its
    day and outlet."""
    found = _told_by_then(question, shelf)
    for place, each in enumerate(told):
        if not supported(each):
            continue
        other = other_side(question, each.sentence, each.proof.quotes, found, shelf.articles)
        other = other or (newer if newer in found else None)
        if other:
            rest = [one for one in told if one is not each and not (supported(one) and other in one.proof.quotes)]
            return [*rest[:place], *_newer_first([each, shelf.own_words(other)], shelf), *rest[place:]]
    return list(told) if name_asked(question) else [one for each in told for one in _contradicted(each, shelf)]


def _told_by_then(question: str, shelf: Shelf) -> Sequence[Evidence]:
    """What was found; where the question begins with its time, "In July 2020, when was it to expire?", not what was
    told only later."""
    days = {article.id: article.day for article in shelf.articles.values()}
    newest = max(filter(None, days.values()), default=None)
    times = periods(question, newest) if newest else ()
    ends = (each.until for each in times if _SETS_TIME.match(question[: each.start]))
    then = next(filter(None, ends), date.max)
    return [each for each in shelf.found if (days[each.article_id] or date.min) <= then]


def _contradicted(told: Told, shelf: Shelf) -> list[Told]:
    """What is told, and what somebody else says against it, where it only is somebody's word."""
    other = None
    if supported(told) and spoken(told.sentence):
        quotes = told.proof.quotes
        other = contradiction(shelf.asked, quotes, _following(quotes[0], shelf), shelf.found)
    return [told, shelf.own_words(other)] if other else [told]


def _as_of_now(question: str, told: Sequence[Told], shelf: Shelf) -> list[Told]:
    """What is told; where the question asks what is so now, with the day of the newest article that says it."""
    if not _NOW.search(question) or any(each.lead or each.sentence.startswith(_DATED) for each in told):
        return list(told)
    first = next(place for place, each in enumerate(told) if supported(each))
    articles = [shelf.articles[quote.article_id] for quote in told[first].proof.quotes]
    newest = max(articles, key=lambda each: each.day or date.min)
    lead = dated(newest, tongue(told[first].sentence)) if newest.day else ""
    return [replace(each, lead=lead) if place == first else each for place, each in enumerate(told)]


def _as_of_their_days(told: Sequence[Told], shelf: Shelf) -> list[Told]:
    """What is told; with the day of its article, where a sentence tells its own from that: "on Monday". What somebody
    argues has it anyway, and of several in a row from one article the first."""
    found: list[Told] = []
    last = ""
    for each in told:
        lead = _lead(each, shelf) if supported(each) else ""
        bare = not each.lead and not each.sentence.startswith(_DATED) and misleads(each.sentence)
        if bare and lead != last and not shelf.voices(each.sentence, each.proof):
            each = replace(each, lead=lead)
        last = each.lead or (last if lead == last else "")
        found.append(each)
    return found


def _lead(told: Told, shelf: Shelf) -> str:
    """The day and outlet of the article from whose day a sentence tells its own; empty where that day is not known."""
    quotes = told.proof.quotes
    quote = next((each for each in quotes if misleads(each.text)), quotes[0])
    article = shelf.articles[quote.article_id]
    return dated(article, tongue(told.sentence)) if article.day else ""


def _newer_first(told: Sequence[Told], shelf: Shelf) -> list[Told]:
    """Each after its day and outlet."""
    articles = [shelf.articles[each.proof.quotes[0].article_id] for each in told]
    language = tongue(told[0].sentence)
    pairs = [
        (article.day, replace(each, lead="" if each.sentence.startswith(_DATED) else dated(article, language)))
        for article, each in zip(articles, told, strict=True)
    ]
    return [each for _, each in sorted(pairs, key=lambda pair: pair[0] or date.min, reverse=True)]


def _sided(sides: Sides, told: Sequence[Told], shelf: Shelf) -> list[Told]:
    """What is told; with the word of each side that nothing told gives: the sentence that goes on from where the sides
    are set apart, or the one with most of what was asked. Where all have their word, nothing but that is told: what
    nobody is named for would be Byline's own word in their dispute."""
    if not sides.names:
        return list(told)
    matter = read(sides.matter)
    spoken_for = [each for each in told if supported(each) and sides.heard(each.sentence)]
    quoted = _quoted(spoken_for)
    heard_in = {piece: sides.heard(piece.text) for piece in (*quoted, *shelf.found)}
    worth = {
        piece: (_set_apart(sides, piece, shelf), shared(matter, shelf.piece(piece)), piece.score)
        for piece, names in heard_in.items()
        if names
    }
    heard, found = 0, []
    for name in sides.names:
        own = [each for each in worth if name in heard_in[each] and any(worth[each][:2])]
        apart = any(worth[each][0] for each in own)
        if any(each in quoted and worth[each][0] >= apart for each in own):
            heard += 1
        elif own:
            found.append(max(own, key=worth.__getitem__))
    added = _verbatim(found, shelf)
    heard += sum(piece in _quoted(added) for piece in found)  # one sentence may have the word of two
    return [*(spoken_for if heard == len(sides.names) else told), *added]


def _set_apart(sides: Sides, piece: Evidence, shelf: Shelf) -> bool:
    """Whether one of the sentences before it says that the sides see something differently."""
    return any(sides.set_apart(each.text) for each in shelf.before(piece)[-_APART:])


def _following(quote: Evidence, shelf: Shelf) -> list[Evidence]:
    """The next sentences of its article."""
    after = (each for each in shelf.whole(quote.article_id) if each.start >= quote.end)
    return list(islice(after, _NEXT))


def _quoted(told: Sequence[Told]) -> list[Evidence]:
    return [quote for each in told if supported(each) for quote in each.proof.quotes]


def _likeness(pieces: Iterable[Evidence], shelf: Shelf, matter: Claim | None = None) -> dict[Evidence, float]:
    """How much each has of what was asked, or of the `matter` of that."""
    return {piece: shared(matter or shelf.asked, shelf.piece(piece)) for piece in pieces}


def _verbatim(pieces: Iterable[Evidence], shelf: Shelf) -> list[Told]:
    """Each in its article's own words, where these are their own proof."""
    return [told for told in map(shelf.own_words, dict.fromkeys(pieces)) if supported(told)]
