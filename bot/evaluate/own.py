"""Byline's own types of assertion. They judge the words of an answer, its proof and its articles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from math import log2
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from bot.answering.attribute import day, leads, speaks_for_somebody
from bot.classifiers.intent import LANGUAGES
from bot.classifiers.intent import language as language_of
from bot.evaluate import found
from bot.evaluate.errors import Unmeasured
from bot.evaluate.found import listed, quoted
from bot.evaluate.rule import Rule, RuleFinding, Share, Text, Texts, at_least, plain, reached
from bot.evaluate.types import STABLE, Assertion, JudgedReply, Verdict
from bot.types import Answer, Citation, Intent, Sentence, State, Status

_DAY = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")


def _day_named(value: str) -> str:
    if not _DAY.fullmatch(value):
        raise ValueError("name a day as 2020-06-30, a month as 2020-06 or a year as 2020")
    return value


Day = Annotated[str, AfterValidator(_day_named)]  # or a month, a year

# Words of attribution: verbs of saying, and nouns for statements.
_SAYS = re.compile(
    r"\b(?:accord(?:s|ing)|accus|allege|argu|assert|believ|blam|call(?:s|ed)\b|claim|conclud|consider|count|criticis"
    r"|criticiz|declar|denie|deny|describ|estimat|expect|figure|find|found|insist|judg|opinion|point|put(?:s)?\b|regard"
    r"|reject|report|said|say|see(?:s|n)?\b|state[sd]?\b|stating|suggest|tell|think|thought|told|view|warn|writ|wrote)"
    r"|说|称|表示|认为|指出|批评|强调|主张|据|看来",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class CitedFacts:
    """Facts of a cited article. The given ones have to match; the days are of publication, both inclusive."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    article: str | None = None
    author: str | None = None
    outlet: str | None = None
    since: date | None = None
    until: date | None = None

    def __post_init__(self) -> None:
        if not (self.article or self.author or self.outlet or self.since or self.until):
            raise ValueError("name an article, an author, an outlet or days")
        if self.since and self.until and self.since > self.until:
            raise ValueError("since is after until")


@dataclass(frozen=True, slots=True)
class RankedArticle:
    """An article, and the greatest rank at which it has to be found."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    article: Text
    first: Annotated[int, Field(ge=1)]


@dataclass(frozen=True, slots=True)
class RelevantArticles:
    """The relevant articles, and the greatest rank that counts (k)."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    articles: Texts
    first: Annotated[int, Field(ge=1)]


KEYS = {
    each.name for value in (CitedFacts, RankedArticle, RelevantArticles) for each in fields(value)
}  # the names in a value


def cites(reply: JudgedReply, expected: str | CitedFacts | tuple[str | CitedFacts, ...]) -> bool:
    """One of the sources is among the citations. A text alone is an article's id."""
    return any(_is_of(citation, source) for citation in reply.answer.citations for source in _sources(expected))


def _cited(reply: JudgedReply, expected: str | CitedFacts | tuple[str | CitedFacts, ...]) -> str:
    return found.cited(reply, *(each.article for each in _sources(expected) if each.article))


def quote_valid(reply: JudgedReply, _: None) -> bool:
    """Each quote is equal to its span of the article. True without citations."""
    return not found.misquoted(reply)


def cited_sentences(reply: JudgedReply, _: None) -> float:
    """The share of sentences with a citation; 1 without sentences, as of a refusal."""
    sentences = reply.answer.sentences
    return sum(bool(each.citations) for each in sentences) / len(sentences) if sentences else 1.0


def unsupported(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    """The share of unsupported sentences is at most the threshold."""
    sentences = reply.answer.sentences
    share = sum(each.state is State.UNSUPPORTED for each in sentences) / len(sentences) if sentences else 0.0
    met = share <= (assertion.threshold or 0)
    score = share if assertion.negated else 1 - share
    reason = f"unsupported {share:.2f}, threshold {assertion.threshold:g}; {found.unsupported(reply)}"
    return RuleFinding(met != assertion.negated, reason, score)


def refuses(reply: JudgedReply, _: None) -> bool:
    return reply.answer.status is Status.REFUSED


def attributes(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    """The answer opens with an attribution, and keeps to it.

    A sentence that rests only on opinions and the like has a word of saying, or an attribution of Byline's.
    """
    names = assertion.expected if isinstance(assertion.expected, tuple) else (str(assertion.expected),)
    fault = _wrong_opening(reply.answer, names) or _unattributed(reply.answer)
    return RuleFinding(
        (not fault) != assertion.negated, fault or f"opens with {quoted(reply.answer.sentences[0].text)}"
    )


def _wrong_opening(answer: Answer, names: tuple[str, ...]) -> str:
    """Why the first sentence attributes nothing to one of the names; empty if it does."""
    if not answer.sentences:
        return "the answer has no sentence"
    opening = answer.sentences[0].text
    if not any(name in opening for name in names):
        return f"the answer has to open with {' or '.join(names)}, and opens with {quoted(opening)}"
    return "" if _says(answer.sentences[0], answer) else f"no word of saying in {quoted(opening)}"


def _unattributed(answer: Answer) -> str:
    """The first sentence that rests on opinion and does not say so; empty without one."""
    for each in answer.sentences:
        cited = _citations_of(each, answer)
        if cited and all(map(speaks_for_somebody, cited)) and not _says(each, answer):
            return f"an opinion without a word of saying: {quoted(each.text)}"
    return ""


def _says(sentence: Sentence, answer: Answer) -> bool:
    """Whether a sentence says whose words it is, by a word of saying or by an attribution of Byline's."""
    return bool(_SAYS.search(sentence.text)) or sentence.text.startswith(tuple(leads(_citations_of(sentence, answer))))


def _citations_of(sentence: Sentence, answer: Answer) -> list[Citation]:
    return [each for each in answer.citations if each.mark in sentence.citations]


def both_sides(reply: JudgedReply, sides: tuple[str | tuple[str, ...], ...]) -> bool:
    """Each side occurs, in one of its wordings, in a sentence with a citation."""
    return not _absent(sides, _cited_text(reply.answer))


def kind(reply: JudgedReply, expected: Intent | tuple[Intent, ...]) -> bool:
    """The request is classified as this kind, or as one of these."""
    return reply.answer.request in (expected if isinstance(expected, tuple) else (expected,))


def covers(reply: JudgedReply, facts: tuple[str | tuple[str, ...], ...]) -> float:
    """The share of facts that occur, in one of their wordings, in cited sentences or their quotes."""
    return (len(facts) - len(_absent(facts, _text_and_quotes(reply.answer)))) / len(facts)


def _cited_text(answer: Answer) -> str:
    return " ".join(each.text for each in answer.sentences if each.citations)


def _text_and_quotes(answer: Answer) -> str:
    """The sentences with a citation, and the quotes of these citations."""
    marks = {mark for each in answer.sentences for mark in each.citations}
    return " ".join((_cited_text(answer), *(each.quote for each in answer.citations if each.mark in marks)))


def _absent(facts: tuple[str | tuple[str, ...], ...], text: str) -> list[str | tuple[str, ...]]:
    """The facts that a text has in none of their wordings, in any case."""
    return [fact for fact in facts if not any(wording.lower() in text.lower() for wording in _wordings(fact))]


def _not_told(facts: Iterable[str | tuple[str, ...]]) -> str:
    return listed("not told", (" or ".join(_wordings(fact)) for fact in facts))


def shape(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    """The answer has at least so many blocks of a kind."""
    count = sum(block.kind == assertion.expected for block in reply.answer.blocks)
    met = count >= (assertion.threshold or 0)
    return RuleFinding(met != assertion.negated, f"{count} of {assertion.expected}, threshold {assertion.threshold:g}")


def ordered(reply: JudgedReply, facts: tuple[str | tuple[str, ...], ...]) -> bool:
    """The answer has all facts, each in one of its wordings, in this order."""
    return not _out_of_order(reply, facts)


def _out_of_order(reply: JudgedReply, facts: tuple[str | tuple[str, ...], ...]) -> str:
    """The first fact that does not come after those before it; empty without one."""
    place = 0
    for fact in facts:
        places = [at for each in _wordings(fact) if (at := reply.answer.text.find(each, place)) >= 0]
        if not places:
            return f"not at its place: {' or '.join(_wordings(fact))}"
        place = min(places)
    return ""


def _wordings(fact: str | tuple[str, ...]) -> tuple[str, ...]:
    return fact if isinstance(fact, tuple) else (fact,)


def breadth(reply: JudgedReply, count: int) -> bool:
    """The answer cites at least so many articles."""
    return len({each.article_id for each in reply.answer.citations}) >= count


def uncited(reply: JudgedReply, _: None) -> bool:
    return not reply.answer.citations


def as_of(reply: JudgedReply, expected: str | tuple[str, ...]) -> bool:
    """The answer names one of the days, months or years."""
    days = expected if isinstance(expected, tuple) else (expected,)
    return any(re.search(_forms(each), reply.answer.text) for each in days)


def language(reply: JudgedReply, code: str) -> bool:
    """The answer is in the language. Short text in Latin script counts as English if it shows no other language."""
    return language_of(reply.answer.text) == code


def retrieves(reply: JudgedReply, place: RankedArticle) -> bool:
    return place.article in _ranked(reply, place.first)


def _retrieved(reply: JudgedReply, wanted: RelevantArticles) -> str:
    return found.retrieved(reply, *wanted.articles)


def recall(reply: JudgedReply, wanted: RelevantArticles) -> float:
    """Recall at k: the share of relevant articles among the first k."""
    return len(set(wanted.articles) & set(_ranked(reply, wanted.first))) / len(set(wanted.articles))


def reciprocal_rank(reply: JudgedReply, wanted: RelevantArticles) -> float:
    """1 / the rank of the first relevant article, from 1; 0 without one.

    The mean over questions is MRR (E. Voorhees, TREC-8, 1999).
    """
    ranks = (rank for rank, each in enumerate(_ranked(reply, wanted.first), start=1) if each in wanted.articles)
    return 1 / next(ranks, float("inf"))


def ndcg(reply: JudgedReply, wanted: RelevantArticles) -> float:
    """nDCG at k with binary relevance: Σ 1/log2(rank + 1) over the relevant articles, as a share of the maximum.

    K. Järvelin and J. Kekäläinen, 2002, https://doi.org/10.1145/582415.582418.
    """
    ranks = [rank for rank, each in enumerate(_ranked(reply, wanted.first), start=1) if each in wanted.articles]
    best = range(1, min(len(set(wanted.articles)), wanted.first) + 1)
    return sum(1 / log2(rank + 1) for rank in ranks) / sum(1 / log2(rank + 1) for rank in best)


def no_leak(reply: JudgedReply, texts: tuple[str, ...]) -> bool:
    """None of the texts occurs in the answer or in a quote."""
    return not _leaked(reply, texts)


def _leaked(reply: JudgedReply, texts: tuple[str, ...]) -> list[str]:
    shown = " ".join((reply.answer.text, *(each.quote for each in reply.answer.citations))).lower()
    return [text for text in texts if text.lower() in shown]


def stable(reply: JudgedReply, assertion: Assertion) -> RuleFinding:
    """The share of repetitions with the more frequent verdict of passed and failed.

    Repetitions without such a verdict count in the total. Raises Unmeasured for a case that was asked once.
    """
    if not reply.verdicts:
        raise Unmeasured(STABLE, "The case was asked once.")
    most_frequent = max(reply.verdicts.count(verdict) for verdict in (Verdict.PASSED, Verdict.FAILED))
    share = most_frequent / len(reply.verdicts)
    return reached("the same verdict", share, assertion, share >= (assertion.threshold or 0))


OWN: Mapping[str, Rule] = {
    "cites": Rule(
        plain(cites, _cited),
        Text | CitedFacts | Annotated[tuple[Text | CitedFacts, ...], Field(min_length=1)],
        proof=True,
    ),
    "quote-valid": Rule(plain(quote_valid, lambda reply, _: found.misquotes(reply)), proof=True),
    "cited-sentences": Rule(
        at_least("cited", cited_sentences, lambda reply, _: found.uncited(reply)),
        threshold=Share,
        certain=0,
        proof=True,
    ),
    "unsupported": Rule(unsupported, threshold=Share, certain=1, proof=True),
    "refuses": Rule(plain(refuses, lambda reply, _: f"status: {reply.answer.status}"), proof=True),
    "attributes": Rule(attributes, Text | Texts, proof=True),
    "both-sides": Rule(
        plain(both_sides, lambda reply, sides: _not_told(_absent(sides, _cited_text(reply.answer)))),
        Annotated[tuple[Text | Texts, ...], Field(min_length=2)],
        proof=True,
    ),
    "kind": Rule(
        plain(kind, lambda reply, _: f"understood as {reply.answer.request}"),
        Intent | Annotated[tuple[Intent, ...], Field(min_length=1)],
        proof=True,
    ),
    "covers": Rule(
        at_least("covered", covers, lambda reply, facts: _not_told(_absent(facts, _text_and_quotes(reply.answer)))),
        Annotated[tuple[Text | Texts, ...], Field(min_length=1)],
        Share,
        certain=0,
        proof=True,
    ),
    "shape": Rule(
        shape, Literal["paragraph", "bullet", "row", "event"], Annotated[int, Field(ge=1)], certain=0, proof=True
    ),
    "ordered": Rule(plain(ordered, _out_of_order), Annotated[tuple[Text | Texts, ...], Field(min_length=2)]),
    "breadth": Rule(
        plain(breadth, lambda reply, _: found.cited(reply)), Annotated[int, Field(ge=1, strict=True)], proof=True
    ),
    "uncited": Rule(plain(uncited, lambda reply, _: found.cited(reply)), proof=True),
    "as-of": Rule(
        plain(as_of, lambda reply, _: found.days(reply)), Day | Annotated[tuple[Day, ...], Field(min_length=1)]
    ),
    "language": Rule(plain(language, lambda reply, _: found.language(reply)), Literal[*LANGUAGES]),
    "retrieves": Rule(
        plain(retrieves, lambda reply, place: found.retrieved(reply, place.article)), RankedArticle, proof=True
    ),
    "recall": Rule(at_least("recall", recall, _retrieved), RelevantArticles, Share, certain=0, proof=True),
    "reciprocal-rank": Rule(
        at_least("reciprocal rank", reciprocal_rank, _retrieved), RelevantArticles, Share, certain=0, proof=True
    ),
    "ndcg": Rule(at_least("nDCG", ndcg, _retrieved), RelevantArticles, Share, certain=0, proof=True),
    "no-leak": Rule(plain(no_leak, lambda reply, texts: listed("it says", _leaked(reply, texts))), Texts),
    # above 0.5, since one of two verdicts always has half
    STABLE: Rule(
        stable, Annotated[int, Field(ge=2, strict=True)], Annotated[float, Field(gt=0.5, le=1)], "threshold", default=1
    ),
}


def _ranked(reply: JudgedReply, first: int) -> list[str]:
    """The first k distinct articles of the hits, best first."""
    return list(reply.answer.hits.article_ids[:first])


def _sources(expected: str | CitedFacts | tuple[str | CitedFacts, ...]) -> list[CitedFacts]:
    sources = expected if isinstance(expected, tuple) else (expected,)
    return [CitedFacts(article=each) if isinstance(each, str) else each for each in sources]


def _is_of(citation: Citation, wanted: CitedFacts) -> bool:
    return (
        wanted.article in (None, citation.article_id)
        and wanted.author in (None, citation.author)
        and wanted.outlet in (None, citation.outlet)
        and _within(citation.published, wanted)
    )


def _within(published: date | None, wanted: CitedFacts) -> bool:
    """Whether the day of publication is within the given days; an unknown day is not."""
    if wanted.since is None and wanted.until is None:
        return True
    if published is None:
        return False
    then = published.date() if isinstance(published, datetime) else published
    return (wanted.since or then) <= then <= (wanted.until or then)


def _forms(expected: str) -> str:
    """A pattern for the written forms of a day, a month or a year.

    >>> [bool(re.search(_forms("2020-06-15"), text)) for text in ("15 June 2020", "June 15, 2020", "2020年6月15日")]
    [True, True, True]
    >>> [bool(re.search(_forms("2020-06"), text)) for text in ("on 5 June 2020", "June 5, 2020", "June 2021")]
    [True, True, False]
    """
    parts = [int(part) for part in expected.split("-")]
    if len(parts) == 1:
        return rf"(?<!\d){parts[0]}(?!\d)"
    year, number = parts[:2]
    month = day(date(year, number, 1)).split()[1]
    if len(parts) == 2:
        return rf"{month}(?: \d{{1,2}},)? {year}|(?<!\d){expected}|{year}年{number}月"
    return (
        rf"(?<!\d){parts[2]} {month} {year}|{month} {parts[2]}, {year}|(?<!\d){expected}(?!\d)"
        rf"|{year}年{number}月{parts[2]}日"
    )
