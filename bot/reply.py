"""Whether words answer what was asked at all, whatever carries them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from bot import reason
from bot.amount import asks_a_figure, counts_a_part, estimates, figure_given, of_another_sum
from bot.cite import said
from bot.claim import Sort, read
from bot.define import introduces, name_asked
from bot.disagree import WHETHER
from bot.doer import deed_of, done_by_the_next, is_done, the_other_way
from bot.either import chosen, undecided
from bot.evidence import heading
from bot.extent import misdated
from bot.opposite import of_the_opposite, tells_only_what_is
from bot.parts import parts
from bot.rival import of_another, of_another_land, of_another_reign
from bot.superlative import of_another_kind
from bot.support import Piece, added, adds, certain, measure, shared
from bot.types import Evidence
from bot.whether import best_telling, tells
from bot.wording import NAME, ROLE, carried, carries_all, light, sorts_of_names, stands, titles
from index.words import CAPITAL, MONTHS, SAYING, acronyms, chinese, content_terms, vocabulary

_FEW = 2  # terms that an answer adds, at most, of which half is one word that may stand anywhere
_MOST = 0.5  # of what an answer adds to its question, or of the question, in a sentence that has or tells it

_NAME_ASKED = re.compile(
    rf"\b(?:who (?:is|was|are|were)|name of) the (?:[\w-]+ ){{0,2}}?{ROLE}(?: general)?s?"
    r"(?=\W*$|,? (?:of|in|for|at|from|to|on|by|when|while|who|during|before|after|and|responsible)\b)",
    re.IGNORECASE,
)
# Names that are no person's: what "the" stands before, but for a rank, and what is told as a place.
_NO_PERSON = re.compile(
    rf"\b(?:(?:[Tt]he (?!Duke|Earl|Count|Marqu|Baron|Prince|Reverend|Rev\b|Sultan|Lord|Lady)|"
    rf"(?:[Ii]n|[Aa]t|[Nn]ear|[Oo]utside) )(?:{CAPITAL}[\w.-]*)(?: (?:of (?:the )?)?{CAPITAL}[\w.-]*)*"
    rf"(?:, {CAPITAL}\w+(?=[,.)]))?)"
)
_NAMES = re.compile(NAME)
_MONTH = re.compile("|".join(MONTHS))
_NO_TIME_ASKED = re.compile(r"\W*(?:who|whom|whose|where|why)\b", re.IGNORECASE)
_WHERE = re.compile(r"\W*where (?:is|are|was|were)\b", re.IGNORECASE)
_SOMEWHERE = re.compile(
    r"\b(?:in|at|near|from|to|through|via|across|into|outside|inside|within|along|between|under|around|throughout|"
    r"towards?|north|south|east|west|here|there|home|abroad|behind|beside|opposite|on (?:the|an?|its|their))\b",
    re.IGNORECASE,
)
_WHO = re.compile(r"\W*who\b", re.IGNORECASE)
_SOMEWHERE_NAMED = re.compile(
    r"\b(?:in|at|near|from|around|across|during)(?: the| early| late)* [\w’'-]+", re.IGNORECASE
)
# "Where was the Eastquay-Vellmar match?"
_PAIR = re.compile(
    rf"\b(?P<one>{CAPITAL}[\w.]*)[-–](?P<other>{CAPITAL}[\w.]*) (?P<thing>match|game|friendly|final|talks|summit|"
    r"treaty|agreement|deal|pact|alliance|war|border|trade|ties|relations)\b"
)
_PARTNER = re.compile(rf"\b(?:against|with|versus|vs\.?) (?:the )?(?P<name>{CAPITAL}[\w.-]*)")
# "What did she do about the canal?"
_MATTER = re.compile(
    r"\W*what\b[^?]* (?:do|done|know|find out|learn|want|decide|complain|worry)\b[^?]{0,60}? about "
    r"(?P<matter>(?!\d)[^,;?]{2,60})\W*",
    re.IGNORECASE,
)
# "What did Ann do after the bridge fell?"
_OCCASION = re.compile(
    r"\W*what (?:did|does|has|have|had)\b[^?]* (?:do|done)(?: in [^?]{1,40}?)? (?:after|before) (?P<occasion>[^?]+)\W*",
    re.IGNORECASE,
)
_THEN = re.compile(
    r"\b(?:after\w*|before|when|once|as soon as|follow\w*|then|later|next|subsequent\w*|"
    r"in (?:response|return|answer|reaction|turn)|respond\w*|answer\w*|react\w*|retaliat\w*)\b",
    re.IGNORECASE,
)
_OR = re.compile(r"\bor\b|还是", re.IGNORECASE)
_IS = re.compile(r"\W*(?:is|are|was|were)\b", re.IGNORECASE)
_WHICH_SO_MANY = re.compile(r"\W*which (?:two|three|four|five|six|seven|eight|nine|ten|\d+)\b", re.IGNORECASE)
_WHICH_ONE = re.compile(r"\W*(?:who|which)\b", re.IGNORECASE)
_NOBODY = re.compile(r"\b(?:nobody|no one|none|neither|no)\b", re.IGNORECASE)
_HOW_DIED = re.compile(r"\bhow (?:did|do|has|have|had) [^?]+ (?:die|died|perish|perished)\W*\Z", re.IGNORECASE)
# What a death was, and what may tell of it.
_DEATH_TOLD = re.compile(
    r"\b(?:die[sd]?|dying|perished|deaths?) (?:\w+ ){0,3}?(?:of|from|by|after|when|due|because|fighting|peacefully)\b|"
    r"\b(?:kill|murder|shot|shoot|stab|drown|crash|accident|collision|suicide|hang|hung|execut|behead|assassinat|poison|burn|"
    r"fire|hit\b|struck|disease|cancer|tumou?r|heart|stroke|ill\b|illness|sick|fever|attack|fell\b|fall\b|collaps|overdose|"
    r"injur|wound|natural causes|old age|sleep|battle|combat|duel|explo|infect|pneumonia|virus|complication|starv|"
    r"hunger|thirst|fr[eo]z|suffocat|chok|strangl|lynch|guillotin|electrocut|shipwreck|sank|storm|caus|failure|"
    r"(?:him|her)self|own life)",
    re.IGNORECASE,
)


def echoes(words: str, question: str) -> bool:
    """Whether an answer only says again what was asked, where more than a yes or a no was asked for.

    >>> echoes("The first ferry sailed.", "When did the first ferry sail?")
    True
    >>> echoes("The pact involved eight towns.", "Which eight towns took part in the pact?")
    True
    """
    if WHETHER.search(question) or chosen(question, words):
        return False
    if (name := name_asked(question)) and any(_tells_more(each, name) for each in said(words)):
        return False
    claims, asked = [read(each) for each in said(words)], read(question)
    if _WHICH_SO_MANY.match(question) and all(added(each, asked) <= each.deeds for each in claims):
        return True  # "Which eight towns took part?": "Eight towns were involved."
    return not any(adds(each, asked) for each in claims) or _tells_the_occasion(words, question)


def _tells_more(sentence: str, name: str) -> bool:
    """Whether a sentence says who or what the named one is, in other words than the name."""
    return bool(introduces(sentence, name) and {*content_terms(sentence)}.difference(content_terms(name)))


def _tells_the_occasion(words: str, question: str) -> bool:
    """Whether it was asked what somebody did after something, or before, and each sentence tells that alone again.

    >>> _tells_the_occasion("The bridge fell on 4 May.", "What did Ann do after the bridge fell?")
    True
    >>> _tells_the_occasion("After the bridge fell, Ann left.", "What did Ann do after the bridge fell?")
    False
    """
    found = _OCCASION.fullmatch(question)
    occasion = [term for term in read(found["occasion"]).vocabulary if term not in light()] if found else []
    return bool(occasion) and all(
        carries_all(read(each).vocabulary, occasion) and not _THEN.search(each) for each in said(words)
    )


def evades(words: str, question: str) -> bool:
    """Whether an answer has no figure where one was asked for, no name where somebody's was, no place where that was,
    or nothing but a time where that was not; what the question has is none. Or it says that what was asked for is not
    so, or the other way round, or names those alone whom the question names, or both of two without ranking them.

    >>> evades("It is a park in the north.", "How large is it?"), evades("It has few trees.", "How many trees has it?")
    (True, False)
    >>> evades("The mayor heads the town.", "Who is the mayor?"), evades("Ann Example is.", "Who is the mayor?")
    (True, False)
    >>> evades("The mayor sits in Vellmar, Northland.", "Who is the mayor?")
    True
    >>> evades("Kim led it since May 2020.", "Who led it before Kim?"), evades("Ann did.", "Who led it before Kim?")
    (True, False)
    >>> evades("She died in 1971 as head of the bank.", "How did she die?"), evades("She drowned.", "How did she die?")
    (True, False)
    >>> evades("The council cannot change the law.", "Who can change the law?")
    True
    """
    if _contrary(words, question) or _names_the_asked_alone(words, question) or undecided(question, words):
        return True
    old = read(question).vocabulary
    terms = [term for each in said(words) for term in read(each).terms if term.text not in old]
    given: list[bool] = []
    if _NAME_ASKED.search(question):
        given.append(_names_somebody(words, old))
    if _NO_TIME_ASKED.match(question):
        new = {term.sort for term in terms} - {Sort.LIGHT}
        if new and all(sort.temporal for sort in new):
            given.append(False)
    if _WHERE.match(question) and not _SOMEWHERE.search(words):
        given.append(False)
    if _HOW_DIED.search(question):
        given.append(bool(_DEATH_TOLD.search(words)))
    if (figure := figure_given(words, terms, question)) is not None:
        given.append(figure)
    return bool(given) and not any(given)


def _contrary(words: str, question: str) -> bool:
    """Whether each sentence denies of somebody what was asked who does, or tells it of the one to whom it was done, or
    of the one before or after whom. That nobody does answers it, and so does that something is not done where it was
    asked when."""
    asked, told = read(question), [read(each) for each in said(words)]
    denies = bool(_WHICH_ONE.match(question)) and not asked.denied.heads and not _NOBODY.search(words)
    return bool(told) and all(
        (denies and measure(asked, [Piece(each)]).denied)
        or the_other_way(question, each)
        or done_by_the_next(question, each)
        for each in told
    )


def _names_the_asked_alone(words: str, question: str) -> bool:
    """Whether it was asked who does something, and an answer without a word for that has several names, each of them
    one of the question's: those two met, but who interpreted?"""
    if not deed_of(question) or not omits([words], question) or chosen(question, words):
        return False
    old = read(question).vocabulary
    named = [terms for each in _NAMES.findall(words) if not _MONTH.fullmatch(each) and (terms := content_terms(each))]
    return len(named) > 1 and all(old & {*each} for each in named)


def strays(words: str, question: str, quotes: Sequence[str], known: Iterable[str], others: Sequence[str] = ()) -> bool:
    """Whether the quotes tell of another year, of another kind or the opposite, of another sum or of another one than
    what was asked about, or have no count where that was; `known` is what else is known of their articles, and `others`
    what else was found: where that has the names of the question, and the quoted articles have none, they tell of
    somebody else."""
    if WHETHER.search(question) or not quotes:
        return False
    told, known = [read(each) for each in quotes], [*quotes, *known]
    return (
        estimates(words, question, quotes)
        or counts_a_part(question, quotes)
        or misdated(question, quotes, known)
        or of_another_kind(question, quotes)
        or of_the_opposite(question, quotes)
        or tells_only_what_is(question, quotes)
        or of_another_reign(question, known)
        or of_another_land(question, quotes, known)
        or _of_nothing_named(question, known)
        or of_another_sum(question, quotes)
        or _of_others_alone(question, known, others)
        or _of_another_pair(question, quotes)
        or of_another(read(words), read(question), told)
    )


def _of_nothing_named(question: str, known: Sequence[str]) -> bool:
    """Whether there are several names in the question, and the articles that are quoted, in its language, have none of
    them; a single one may be mistyped.

    >>> _of_nothing_named("What has Ann built in Vellmar?", ["What he has done, he said, is to make others better."])
    True
    """
    names = _certain_names(question)
    if len(names) < 2 or chinese(question) != chinese(known[0]):
        return False
    spelled = acronyms(question)
    return not any(carried(vocabulary(each, spelled), names) for each in known)


def _of_others_alone(question: str, known: Sequence[str], others: Sequence[str]) -> bool:
    """Whether a figure is asked for, and all the names of the question were found, but for those of where it was, and
    none of them in the articles that are quoted: it is somebody else's. In a question that is typed without capitals,
    those words are names that stand with one wherever they were found.

    >>> others = ["The Vellmar Ferry made a profit."]
    >>> _of_others_alone("how much did vellmar make", ["The company made $2 million."], others)
    True
    >>> _of_others_alone("how much did vellmar make", ["The company, of Vellmar, made $2 million."], others)
    False
    """
    if not asks_a_figure(question):
        return False
    subject = _SOMEWHERE_NAMED.sub(" ", question)
    names = _names_typed_small(subject, others) if question.islower() else _certain_names(subject)
    if not names:
        return False
    spelled = acronyms(question)
    elsewhere = frozenset[str]().union(*(vocabulary(each, spelled) for each in others))
    return carries_all(elsewhere, names) and not any(carried(vocabulary(each, spelled), names) for each in known)


def _of_another_pair(question: str, quotes: Sequence[str]) -> bool:
    """Whether it was asked about what two have with each other, and each quote of such a thing tells of that of one of
    them with somebody else.

    >>> _of_another_pair("Where is the Eastquay-Vellmar match?", ["Eastquay's match against Westport is at the pier."])
    True
    """
    for found in _PAIR.finditer(question):
        sides, spelled = [content_terms(found[side]) for side in ("one", "other")], acronyms(question)
        told = [quote for quote in quotes if stands(vocabulary(quote), *content_terms(found["thing"])[:1])]
        if told and all(_with_another(quote, sides, vocabulary(quote, spelled)) for quote in told):
            return True
    return False


def _with_another(quote: str, sides: Sequence[Sequence[str]], present: frozenset[str]) -> bool:
    """Whether a quote lacks one of two sides, and names somebody else with whom the other has it."""
    both = frozenset(term for side in sides for term in side)
    partners = [content_terms(found["name"]) for found in _PARTNER.finditer(quote)]
    others = any(partner and not carried(both, partner) for partner in partners)
    return others and not all(carries_all(present, side) for side in sides)


def _certain_names(question: str) -> list[str]:
    return [term.text for term in read(question).terms if certain(term)]


def _names_typed_small(question: str, texts: Sequence[str]) -> list[str]:
    """The words of the question that stand with a capital inside of the sentences of texts, and never without."""
    words = {word for each in texts for word in re.findall(r"(?<=[\w,;] )[^\W\d_]+", each)}
    capitals = {word.lower() for word in words if word[0].isupper()} - {word for word in words if word.islower()}
    return [term for word in re.findall(r"[^\W\d_]+", question) if word in capitals for term in content_terms(word)]


def _names_somebody(words: str, old: frozenset[str]) -> bool:
    """Whether it has a name beside the `old` terms that may be a person's."""
    others = old | sorts_of_names() | titles()
    left = [term for each in said(_NO_PERSON.sub(" ", words)) for term in read(each).terms]
    return any(term.sort.nominal and term.text not in others for term in left)


def telling(
    question: str, evidence: Sequence[Evidence], days: Mapping[str, date] = MappingProxyType({})
) -> Evidence | None:
    """The sentence that tells who does what was asked: with the word for it, before whom it is done to, and half of
    what was asked; or who or what the one is whom it was asked of; or whether something is so. Of several, the best,
    but of those that tell who somebody is, the newest, by the `days` of articles, by their ids. None where none of that
    was asked, or no sentence tells."""
    if WHETHER.search(question):
        best = best_telling(question, evidence, days)  # it has most of the words of all
        return best if best and _tells_most(question, best.text) else None
    if matter := _matter(question):
        told = [each for each in evidence if carries_all(read(each.text).vocabulary, matter) and not heading(each.text)]
        return max(told, key=lambda each: (shared(read(question), Piece(read(each.text))), each.score), default=None)
    if name := name_asked(question):
        told = _introducing(name, evidence, days if _WHO.match(question) else {})
        return max(told, key=lambda each: each.score, default=None)
    asked = read(question)
    has = [each for each in evidence if is_done(question, read(each.text))]
    near = [each for each in has if shared(asked, Piece(read(each.text))) >= _MOST]
    return max((each for each in near if not evades(each.text, question)), key=lambda each: each.score, default=None)


def tells_so(question: str, evidence: Sequence[Evidence], days: Mapping[str, date]) -> str:
    """The sentence that tells whether something is so, where that was asked; empty where none does. A small model takes
    for no answer what only somebody says, or denies."""
    told = telling(question, evidence, days) if WHETHER.search(question) else None
    return told.text if told else ""


def _introducing(name: str, evidence: Sequence[Evidence], days: Mapping[str, date]) -> list[Evidence]:
    """The sentences that say who or what the named one is: the newest ones."""
    found = [each for each in evidence if introduces(each.text, name)]
    day = {each: days.get(each.article_id, date.min) for each in found}
    return [each for each in found if day[each] == max(day.values())]


def passes_over(
    words: str,
    quotes: Sequence[str],
    question: str,
    evidence: Sequence[Evidence],
    days: Mapping[str, date] = MappingProxyType({}),
) -> bool:
    """Whether neither an answer nor its quotes say what was asked, as `omits` has it, or name the matter that it was
    asked about, and a sentence of the evidence does; or where an answer says who somebody once was, and the newest
    sentences that say it do not."""
    told = (words, *quotes)
    matter = _matter(question)
    unnamed = bool(matter) and not any(stands(_present(told), term) for term in matter)
    if not unnamed and not omits(told, question):
        name = name_asked(question) if _WHO.match(question) else ""
        newest = _introducing(name, evidence, days) if name else []
        return bool(newest) and source(words, question, newest) is None
    return telling(question, evidence) is not None


def _matter(question: str) -> list[str]:
    """What it is asked what somebody does about, or wants to know: the terms of that. What somebody says about it is
    told by who says it, first of all.

    >>> _matter("What did Ann do about the canal?"), _matter("What is the book about?")
    (['canal'], [])
    >>> _matter("What did Ann say about the canal?")
    []
    """
    found = None if SAYING.intersection(content_terms(question)) else _MATTER.fullmatch(question)
    return [term for term in content_terms(found["matter"]) if term not in light()] if found else []


def omits(told: Iterable[str], question: str) -> bool:
    """Whether nothing that is told has the word for what was asked who does it, or one like it, or says who or what the
    one is whom that was asked of.

    >>> omits(["Ann and Ben met in Vellmar."], "Who interpreted for Ann and Ben?")
    True
    >>> omits(["Ann Example left."], "Who is Ann Example?"), omits(["Judge Ann Example left."], "Who is Ann Example?")
    (True, False)
    """
    if name := name_asked(question):
        return not any(introduces(each, name) for each in told)
    deed = deed_of(question)
    return bool(deed) and not stands(_present(told), deed)


def _present(told: Iterable[str]) -> frozenset[str]:
    """The vocabulary of all that is told."""
    return frozenset[str]().union(*(read(each).vocabulary for each in told))


def leaves_open(shown: str, question: str) -> bool:
    """Whether what is `shown` does not tell whether something is so, where that alone was asked, and not which of two
    it is.

    >>> leaves_open("The bridge is old.", "Was the bridge good for Vellmar?")
    True
    """
    asked = WHETHER.search(question) and not _OR.search(question) and len(parts(question)) == 1
    return bool(asked) and not any(_tells_most(question, each) for each in said(shown))


def explains_nothing(shown: str, question: str) -> bool:
    """Whether a reason was asked for, and what is `shown` has nothing but names of what it was asked for.

    >>> explains_nothing("Ann took the boats to sell them.", "Why did the jury convict Ann?")
    True
    """
    asked = read(question)
    words = [term for term in asked.plain if term not in light()]
    if not reason.asked(question) or chinese(question) or not words:
        return False
    present = vocabulary(shown)
    return not reason.stated(shown) and not any(stands(present, term) for term in words)


def _tells_most(question: str, text: str) -> bool:
    """Whether a sentence tells whether something is so in most of the words of that; where it is asked what somebody
    does, half of them are enough."""
    found = tells(question, text)
    return bool(found) and (found[0] > _MOST or (found[0] == _MOST and not _IS.match(question)))


def source(words: str, question: str, evidence: Sequence[Evidence]) -> Evidence | None:
    """The sentence that an answer was taken from: it has most of what that adds to the question, and half of it at
    least, or all of one or two words; of several, the best. None where there is none: then no sentence is what the
    answer means."""
    asked = read(question)
    new = frozenset[str]().union(*(added(read(each), asked) for each in said(words)))

    def had(each: Evidence) -> float:
        return carried(read(each.text).vocabulary, new) / len(new) if new else 1.0

    best = max(evidence, key=lambda each: (had(each), each.score), default=None)
    if not best or had(best) < _MOST:
        return None
    return best if len(new) > _FEW or all(stands(read(best.text).vocabulary, term) for term in new) else None
