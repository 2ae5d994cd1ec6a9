"""Where articles of different days or outlets disagree: the sentence that gives another value for the same thing.

A false alarm is worse than a miss: readers would be told of a dispute that there is none. So the other sentence has to
have nearly all of what was asked, and a value of the same sort that the answer has not. What an article only sees
coming may also be overtaken by a newer article that is about just that: its title names the change. And a newer
sentence may name the old value beside its own, whatever words of the question it has (`revised`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, reduce

from bot.attribute import day
from bot.disagreement.discrepancy import another_figure, asks_how_much, asks_when, with_its_dead, without_asking
from bot.disagreement.functional import names_another
from bot.disagreement.revised import revises, vocabulary_of
from bot.entailment.support import Piece, certain_names, measure, shared
from bot.language.claim import Claim, Scope, Sort, read, together
from bot.language.ordinal import another_in_line
from bot.language.speaker import denies, named_in, replies, report
from bot.language.wording import NAME, ROLE, carries, carries_all, light, opposites, stands
from bot.question.define import name_asked
from bot.question.whether import tells
from bot.types import Evidence
from index.types import Article
from index.words import content_terms, terms

_ALIKE = 0.8  # the share of the question's weighted terms that the other sentence has to have
_WHOLE = 0.95  # the same, of a question after a person
_SAME_MATTER = 0.4  # the same, of one that an article sets against what it told before
_SUBJECT = 2  # words that say something, at least, of a question that is about one thing

_WHO = re.compile(r"\b(?:who|whom|whose)\b|[谁誰]", re.IGNORECASE)
# "The shop of the Museum"
_PART = re.compile(rf"\b(?:[Tt]he|[Aa]n?) (?!{ROLE}\b)(?P<part>[a-z]+) of (?:the )?(?P<whole>{NAME})")
_FORESEEN = re.compile(
    r"\b(?:expect|predict|forecast|project|hop|aim|tip|tipp|bet|back|plan|plann)(?:e|es|ed|s|ing)? "
    r"(?:[\w’'-]+ ){0,4}?(?:to|for|that)\b|预计|预测|有望",
    re.IGNORECASE,
)
_VERB = r"(?:is|are|was|were|does|do|did|has|have|had|will|would|can)\b"
WHETHER = re.compile(
    rf"^{_VERB}|^(?!\W*(?:who|what|which|when|where|why|how)\w*\b)[^?]*(?:[:–—] | - )(?-i:{_VERB})|"
    r"(?:^|[,:–—] )any (?:\w+ ){0,2}(?:links?|connections?|associations?|relations?|differences?|effects?|evidence|"
    r"benefits?)\b[^?]*\W*$|"
    r"[吗嗎]|是否|是不是|有[没沒]有",
    re.IGNORECASE,
)
_NOW = re.compile(r"^(?:is|are|does|do|has|have|will|can)\b|\bstill\b|[吗嗎]|是否|[还還]|仍", re.IGNORECASE)
_CONTRAST = re.compile(
    r"^(?:But|However|Yet|Conversely|(?:By|In) contrast|On the other hand)\b|"
    r"\b(?:however|by contrast|on the contrary|differently|otherwise|disagree[sd]?)\b|^(?:但|然而|相反|不过)|却|不同意",
)
_ASIDE = re.compile(r",? \b(?:after|before|since|when|while)\b[^,;.]*(?<=\d{4})")
_OPEN = re.compile(r"(?: to (?:determine|decide|find out|see|establish))? whether\b[^.;]*")  # what is not said to be so
_CHANGES = (
    "reverse reversal retract retracted rescind revoke repeal cancel cancelled withdraw withdrawal leave suspend "
    "suspension end ended stop stopped cease lift drop abandon postpone delay extend extension prolong "
    "renew resume restore rejoin return overturn replace break broken collapse fail "
    "延长 延期 撤回 撤销 取消 推翻 中止 暂停 终止 退出 恢复 重返 推迟 失效"
)


@cache
def _changes() -> frozenset[str]:
    return frozenset(terms(_CHANGES))


def dated(article: Article, language: str) -> str:
    """Of when a statement is and whose, as it is written before it: `As of 15 July 2020 (Global Times): `."""
    if not (article.day or article.outlet):
        return ""
    if language == "zh":
        outlet = f"（{article.outlet}）" if article.outlet else ""
        return f"截至{day(article.day, 'zh')}{outlet}：" if article.day else f"{article.outlet}："
    outlet = f" ({article.outlet})" if article.outlet else ""
    return f"As of {day(article.day)}{outlet}: " if article.day else f"{article.outlet}: "


def apart(one: Article, other: Article) -> bool:
    """Whether two articles are of different days or outlets, as far as both say so."""
    days = one.day and other.day and one.day != other.day
    outlets = one.outlet and other.outlet and one.outlet != other.outlet
    return one.id != other.id and bool(days or outlets)


def other_side(
    question: str,
    sentence: str,
    quotes: Sequence[Evidence],
    candidates: Sequence[Evidence],
    articles: Mapping[str, Article],
) -> Evidence | None:
    """The candidate that gives another value than `sentence` for what was asked: the nearest, then the newest. Who
    somebody is may be told in many ways, none of them another value."""
    if name_asked(question):
        return None
    asked, said = read(question), _as_planned(read(sentence), quotes)
    if sum(term.sort is not Sort.LIGHT for term in asked.terms) < _SUBJECT:
        return None
    matter = without_asking(asked)
    # Dates say when, not what, and weigh too much to count alone.
    undated = replace(matter, terms=tuple(term for term in matter.terms if not term.sort.temporal))
    own = [articles[article_id] for article_id in dict.fromkeys(quote.article_id for quote in quotes)]
    least = _WHOLE if _WHO.search(question) else _ALIKE
    found = []
    for piece in candidates:
        article = articles[piece.article_id]
        if not all(apart(article, each) for each in own):
            continue
        there = with_its_dead(_without_asides(piece.text, asked), asked)
        whole = Piece(_turned(question, asked, said, there))
        near = min(shared(matter, whole), shared(undated, whole))
        if (
            near >= least
            and _names_all(asked, there, article)
            and _differs(question, asked, said, there, article)
            and not another_in_line(f"{question} {sentence}", piece.text)
            and not _only_foreseen(said, there, article, own)
        ):
            found.append((1 + near, piece.score, article.day or date.min, piece))
        elif all(_later(article, each) for each in own) and (
            _overtakes(question, asked, said, there, near, article)
            or (revises(question, asked, said, there, read(article.title)) and _tells_of(article, asked, candidates))
        ):
            about = shared(read(article.title), Piece(there)) + _set_anew(question, said, there, article)
            found.append((about, piece.score, article.day or date.min, piece))
    return max(found, key=lambda each: each[:3])[3] if found else None


def _tells_of(article: Article, asked: Claim, candidates: Iterable[Evidence]) -> bool:
    """Whether an article has each name that was asked about, and one other word of that."""
    known = vocabulary_of(article, (each for each in candidates if each.article_id == article.id))
    plain = (word for word in asked.plain if word not in light())
    return carries_all(known, certain_names(asked)) and any(carries(known, word) for word in plain)


def _names_all(asked: Claim, there: Claim, article: Article) -> bool:
    """Whether a sentence, or its article's title, has each name that was asked about."""
    known = there.vocabulary | read(article.title).vocabulary
    return carries_all(known, certain_names(asked))


def _turned(question: str, asked: Claim, said: Claim, other: Claim) -> Claim:
    """The other claim with each word of a yes-or-no question that it has the contrary of, where it has no further
    matter: that the shop beside the museum is closed says nothing of the museum."""
    if not WHETHER.search(question):
        return other
    told = report(other.texts[0])
    plain = read(told.content).plain if told else other.plain
    contrary = {
        term for term in asked.plain if opposites(term) & other.vocabulary and not carries(other.vocabulary, term)
    }
    turned = contrary.union(*map(opposites, contrary))
    known = asked.vocabulary | said.vocabulary | turned
    further = [word for word in plain if not carries(known, word) and word not in light()]
    return other if further else replace(other, vocabulary=other.vocabulary | contrary)


def _only_foreseen(said: Claim, other: Claim, article: Article, own: Sequence[Article]) -> bool:
    """Whether the other one only foresaw, in an older article, what is told as done."""
    done = said.past and not _foresees(said)
    return done and _foresees(other) and all(_later(each, article) for each in own)


def _foresees(claim: Claim) -> bool:
    return bool(claim.planned.heads or _FORESEEN.search(claim.texts[0]))


def _later(one: Article, other: Article) -> bool:
    """Whether an article is of a later day than another one, as far as both say so."""
    return bool(one.day and other.day and one.day > other.day)


def contradiction(
    asked: Claim, quotes: Sequence[Evidence], following: Sequence[Evidence], candidates: Sequence[Evidence]
) -> Evidence | None:
    """The sentence in which somebody else denies or rejects what the quotes report: one of those `following` them that
    replies to them or is set against them, else the first one that denies something of what was asked and has nearly
    all of it, or less where it is the denial of whom the quotes tell of, in the same article; with a word of theirs, or
    of what was asked."""
    told = [report(quote.text) for quote in quotes]
    speakers = frozenset(term for each in told if each for term in content_terms(each.who))
    accused = frozenset(term for each in told if each for term in content_terms(each.content)) - speakers
    own = {quote.article_id for quote in quotes}
    if not speakers or any(denies(quote.text) for quote in quotes):
        return None
    said = {word for quote in quotes for word in read(quote.text).plain}
    matter = said.union(asked.plain, asked.names) - light()
    against = _set_against(following)
    for piece in (*following, *candidates):
        other = report(piece.text)
        if piece in quotes or other is None or named_in(other, speakers):
            continue
        denied = denies(piece.text)
        if denied and piece in following and replies(piece.text):
            return piece
        by_accused = denied and piece.article_id in own and named_in(other, accused)
        least = _SAME_MATTER if piece in against or by_accused else _ALIKE
        there = read(piece.text)
        about = any(stands(there.vocabulary, word) for word in matter.difference(content_terms(other.who)))
        if (denied or piece in against) and about and shared(asked, Piece(there)) >= least:
            return piece
    return None


def _set_against(following: Sequence[Evidence]) -> list[Evidence]:
    """Those of the sentences that say, or follow one that says, that somebody else sees it otherwise."""
    before = (None, *following)
    return [
        each
        for each, last in zip(following, before, strict=False)
        if _CONTRAST.search(each.text) or (last and _CONTRAST.search(last.text))
    ]


def _without_asides(text: str, asked: Claim) -> str:
    """A sentence without what it says of other things' times: "..., after Another Treaty ended in 2019"; and without
    what it leaves open: "whether he is guilty"."""

    def kept(aside: re.Match[str]) -> str:
        own = all(carries(asked.vocabulary, term.text) for term in read(aside[0]).terms if term.sort.nominal)
        return aside[0] if own else ""

    return _ASIDE.sub(kept, _OPEN.sub("", text))


def _as_planned(said: Claim, quotes: Sequence[Evidence]) -> Claim:
    """What is said, with what its quotes only plan: a model may tell as done what was to be done on a day that is over
    by now."""
    plans = [read(quote.text).planned for quote in quotes]
    return replace(said, planned=reduce(Scope.joined, plans, said.planned))


def _differs(question: str, asked: Claim, said: Claim, other: Claim, article: Article) -> bool:
    """Whether the other one answers the question as well, and otherwise."""
    if WHETHER.search(question):
        if not tells(question, other.texts[0]):
            return False
        # Of an answer that denies, the question's own words deny nothing.
        measures = [measure(claim, [Piece(other)]) for claim in (said, together(said, asked))]
        return any(each.denied or each.opposite for each in measures)
    if _of_another_deed(asked, other) or (not asks_how_much(question) and _of_a_part(asked, said, other)):
        return False
    if another_figure(asked, said, other, article):
        return True
    return not asks_how_much(question) and names_another(asked, said, other)


def _of_another_deed(asked: Claim, other: Claim) -> bool:
    """Whether it has the contrary of a word that was asked and not the word: who were killed are not the injured."""
    there = other.vocabulary
    return any(opposites(word) & there and not carries(there, word) for word in asked.plain)


def _of_a_part(asked: Claim, said: Claim, other: Claim) -> bool:
    """Whether it tells of something of what was asked about: who runs the shop of the museum need not run that."""
    known = asked.vocabulary | said.vocabulary
    return any(
        carries_all(asked.vocabulary, content_terms(found["whole"]))
        and not carries_all(known, content_terms(found["part"]))
        for found in _PART.finditer(other.texts[0])
    )


def _overtakes(question: str, asked: Claim, said: Claim, other: Claim, near: float, article: Article) -> bool:
    """Whether a newer sentence tells what became of something that was not over yet.

    Of a plan it tells what was done; of what was so or was to be on a day, its article is about a change in just that:
    the title says so.
    """
    figures = {term.text for term in said.terms if term.sort.numeric}
    if figures and figures <= other.vocabulary:
        return False
    if said.planned.heads and not asked.planned.heads and near >= _ALIKE and other.past and not other.planned.heads:
        return _becomes(said.planned.heads, other)
    if not (asks_when(question) and (said.planned.heads or not said.past)) and not _NOW.search(question):
        return False
    title = read(article.title)
    names = certain_names(asked)
    changes = _changes() & title.words
    told = any(carries(other.words, word) for word in changes) or _set_anew(question, said, other, article)
    about = len(names) > 1 or any(stands(other.vocabulary, word) for word in asked.plain if word not in light())
    return bool(names and about and changes and told) and all(
        carries(title.vocabulary, name) and carries(other.vocabulary, name) for name in names
    )


def _becomes(plans: Iterable[str], other: Claim) -> bool:
    """Whether another one has the word for what was only planned, one like it, its contrary, or one for a change."""
    return not _changes().isdisjoint(other.words) or any(
        stands(other.vocabulary, plan) or not opposites(plan).isdisjoint(other.vocabulary) for plan in plans
    )


def _set_anew(question: str, said: Claim, other: Claim, article: Article) -> bool:
    """Whether a question after a day gets another one, that lies ahead of the article."""
    years = {term.text for term in other.terms if term.sort is Sort.YEAR} - said.vocabulary
    return asks_when(question) and any(article.day and int(year) > article.day.year for year in years)
