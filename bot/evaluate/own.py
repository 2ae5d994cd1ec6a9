"""Byline's own types of assertion. They judge the words of an answer, its proof and its articles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from math import log2
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, Field

from bot.attribute import day
from bot.evaluate.errors import Unmeasured
from bot.evaluate.rule import Finding, Rule, Share, Text, Texts, at_least, plain, reached
from bot.evaluate.types import STABLE, Assertion, Reply, Verdict
from bot.request import LANGUAGES
from bot.request import language as language_of
from bot.types import Answer, Citation, Request, Sentence, State, Status
from index.types import Kind

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
_SPEAKING = {Kind.OPINION, Kind.EDITORIAL, Kind.INTERVIEW, Kind.RELEASE}


@dataclass(frozen=True, slots=True)
class Source:
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
class Place:
    """An article, and the greatest rank at which it has to be found."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    article: Text
    first: Annotated[int, Field(ge=1)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The relevant articles, and the greatest rank that counts (k)."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    articles: Texts
    first: Annotated[int, Field(ge=1)]


def cites(reply: Reply, expected: str | Source | tuple[str | Source, ...]) -> bool:
    """One of the sources is among the citations. A text alone is an article's id."""
    sources = expected if isinstance(expected, tuple) else (expected,)
    return any(_is_of(citation, source) for citation in reply.answer.citations for source in sources)


def quote_valid(reply: Reply, _: None) -> bool:
    """Each quote is equal to its span of the article. True without citations."""
    return all(
        citation.quote and reply.texts.get(citation.article_id, "")[citation.start : citation.end] == citation.quote
        for citation in reply.answer.citations
    )


def cited_sentences(reply: Reply, _: None) -> float:
    """The share of sentences with a citation; 1 without sentences, as of a refusal."""
    sentences = reply.answer.sentences
    return sum(bool(each.citations) for each in sentences) / len(sentences) if sentences else 1.0


def unsupported(reply: Reply, assertion: Assertion) -> Finding:
    """The share of unsupported sentences is at most the threshold."""
    sentences = reply.answer.sentences
    share = sum(each.state is State.UNSUPPORTED for each in sentences) / len(sentences) if sentences else 0.0
    met = share <= (assertion.threshold or 0)
    score = share if assertion.negated else 1 - share
    return Finding(met != assertion.negated, f"unsupported {share:.2f}, threshold {assertion.threshold:g}", score)


def refuses(reply: Reply, _: None) -> bool:
    return reply.answer.status is Status.REFUSED


def attributes(reply: Reply, expected: str | tuple[str, ...]) -> bool:
    """The answer opens with an attribution, and keeps to it.

    A sentence that rests only on opinions and the like has a word of saying, or continues a block of the same article.
    """
    names = expected if isinstance(expected, tuple) else (expected,)
    sentences = reply.answer.sentences
    if not sentences or not any(name in sentences[0].text for name in names):
        return False
    kinds = {citation.mark: citation.kind for citation in reply.answer.citations}
    return bool(_SAYS.search(sentences[0].text)) and all(
        _SAYS.search(each.text) or place in _continuing(reply.answer)
        for place, each in enumerate(sentences)
        if _speaks_for_somebody(each, kinds)
    )


def _continuing(answer: Answer) -> set[int]:
    """The places of the sentences that come in a block after one of the same articles."""
    ids = {citation.mark: citation.article_id for citation in answer.citations}
    sources = [{ids[mark] for mark in each.citations} for each in answer.sentences]
    return {
        after
        for block in answer.shape
        for before, after in pairwise(block.sentences)
        if sources[before] == sources[after]
    }


def both_sides(reply: Reply, sides: tuple[str | tuple[str, ...], ...]) -> bool:
    """Each side occurs, in one of its wordings, in a sentence with a citation."""
    cited_text = " ".join(each.text for each in reply.answer.sentences if each.citations).lower()
    return all(any(wording.lower() in cited_text for wording in _wordings(side)) for side in sides)


def kind(reply: Reply, expected: Request | tuple[Request, ...]) -> bool:
    """The request is classified as this kind, or as one of these."""
    return reply.answer.request in (expected if isinstance(expected, tuple) else (expected,))


def covers(reply: Reply, facts: tuple[str | tuple[str, ...], ...]) -> float:
    """The share of facts that occur, in one of their wordings, in cited sentences or their quotes."""
    marks = {mark for each in reply.answer.sentences for mark in each.citations}
    quotes = (each.quote for each in reply.answer.citations if each.mark in marks)
    cited_text = " ".join((*(each.text for each in reply.answer.sentences if each.citations), *quotes)).lower()
    return sum(any(wording.lower() in cited_text for wording in _wordings(fact)) for fact in facts) / len(facts)


def shape(reply: Reply, assertion: Assertion) -> Finding:
    """The answer has at least so many blocks of a kind."""
    count = sum(block.kind == assertion.expected for block in reply.answer.blocks)
    met = count >= (assertion.threshold or 0)
    return Finding(met != assertion.negated, f"{count} of {assertion.expected}, threshold {assertion.threshold:g}")


def ordered(reply: Reply, facts: tuple[str | tuple[str, ...], ...]) -> bool:
    """The answer has all facts, each in one of its wordings, in this order."""
    place = 0
    for wordings in facts:
        found = [at for each in _wordings(wordings) if (at := reply.answer.text.find(each, place)) >= 0]
        if not found:
            return False
        place = min(found)
    return True


def _wordings(fact: str | tuple[str, ...]) -> tuple[str, ...]:
    return fact if isinstance(fact, tuple) else (fact,)


def breadth(reply: Reply, count: int) -> bool:
    """The answer cites at least so many articles."""
    return len({each.article_id for each in reply.answer.citations}) >= count


def uncited(reply: Reply, _: None) -> bool:
    return not reply.answer.citations


def as_of(reply: Reply, expected: str | tuple[str, ...]) -> bool:
    """The answer names one of the days, months or years."""
    days = expected if isinstance(expected, tuple) else (expected,)
    return any(re.search(_forms(each), reply.answer.text) for each in days)


def language(reply: Reply, code: str) -> bool:
    """The answer is in the language. Short text in Latin script counts as English if it shows no other language."""
    return language_of(reply.answer.text) == code


def retrieves(reply: Reply, place: Place) -> bool:
    return place.article in _ranked(reply, place.first)


def recall(reply: Reply, wanted: Wanted) -> float:
    """Recall at k: the share of relevant articles among the first k."""
    return len(set(wanted.articles) & set(_ranked(reply, wanted.first))) / len(set(wanted.articles))


def reciprocal_rank(reply: Reply, wanted: Wanted) -> float:
    """1 / the rank of the first relevant article, from 1; 0 without one.

    The mean over questions is MRR (E. Voorhees, TREC-8, 1999).
    """
    ranks = (rank for rank, each in enumerate(_ranked(reply, wanted.first), start=1) if each in wanted.articles)
    return 1 / next(ranks, float("inf"))


def ndcg(reply: Reply, wanted: Wanted) -> float:
    """nDCG at k with binary relevance: Σ 1/log2(rank + 1) over the relevant articles, as a share of the maximum.

    K. Järvelin and J. Kekäläinen, 2002, https://doi.org/10.1145/582415.582418.
    """
    ranks = [rank for rank, each in enumerate(_ranked(reply, wanted.first), start=1) if each in wanted.articles]
    best = range(1, min(len(set(wanted.articles)), wanted.first) + 1)
    return sum(1 / log2(rank + 1) for rank in ranks) / sum(1 / log2(rank + 1) for rank in best)


def no_leak(reply: Reply, texts: tuple[str, ...]) -> bool:
    """None of the texts occurs in the answer or in a quote."""
    shown = " ".join((reply.answer.text, *(each.quote for each in reply.answer.citations))).lower()
    return not any(text.lower() in shown for text in texts)


def stable(reply: Reply, assertion: Assertion) -> Finding:
    """The share of repetitions with the more frequent verdict of passed and failed.

    Repetitions without such a verdict count in the total. Raises Unmeasured for a case that was asked once.
    """
    if not reply.verdicts:
        raise Unmeasured(STABLE, "The case was asked once.")
    most_frequent = max(reply.verdicts.count(verdict) for verdict in (Verdict.PASSED, Verdict.FAILED))
    share = most_frequent / len(reply.verdicts)
    return reached("the same verdict", share, assertion, share >= (assertion.threshold or 0))


OWN: Mapping[str, Rule] = {
    "cites": Rule(plain(cites), Text | Source | Annotated[tuple[Text | Source, ...], Field(min_length=1)], proof=True),
    "quote-valid": Rule(plain(quote_valid), proof=True),
    "cited-sentences": Rule(at_least("cited", cited_sentences), threshold=Share, certain=0, proof=True),
    "unsupported": Rule(unsupported, threshold=Share, certain=1, proof=True),
    "refuses": Rule(plain(refuses), proof=True),
    "attributes": Rule(plain(attributes), Text | Texts, proof=True),
    "both-sides": Rule(plain(both_sides), Annotated[tuple[Text | Texts, ...], Field(min_length=2)], proof=True),
    "kind": Rule(plain(kind), Request | Annotated[tuple[Request, ...], Field(min_length=1)], proof=True),
    "covers": Rule(
        at_least("covered", covers),
        Annotated[tuple[Text | Texts, ...], Field(min_length=1)],
        Share,
        certain=0,
        proof=True,
    ),
    "shape": Rule(
        shape, Literal["paragraph", "bullet", "row", "event"], Annotated[int, Field(ge=1)], certain=0, proof=True
    ),
    "ordered": Rule(plain(ordered), Annotated[tuple[Text | Texts, ...], Field(min_length=2)]),
    "breadth": Rule(plain(breadth), Annotated[int, Field(ge=1, strict=True)], proof=True),
    "uncited": Rule(plain(uncited), proof=True),
    "as-of": Rule(plain(as_of), Day | Annotated[tuple[Day, ...], Field(min_length=1)]),
    "language": Rule(plain(language), Literal[*LANGUAGES]),
    "retrieves": Rule(plain(retrieves), Place, proof=True),
    "recall": Rule(at_least("recall", recall), Wanted, Share, certain=0, proof=True),
    "reciprocal-rank": Rule(at_least("reciprocal rank", reciprocal_rank), Wanted, Share, certain=0, proof=True),
    "ndcg": Rule(at_least("nDCG", ndcg), Wanted, Share, certain=0, proof=True),
    "no-leak": Rule(plain(no_leak), Texts),
    # above 0.5, since one of two verdicts always has half
    STABLE: Rule(
        stable, Annotated[int, Field(ge=2, strict=True)], Annotated[float, Field(gt=0.5, le=1)], "threshold", default=1
    ),
}


def _ranked(reply: Reply, first: int) -> list[str]:
    """The first k distinct articles of the hits, best first."""
    return list(reply.answer.hits.article_ids[:first])


def _is_of(citation: Citation, source: str | Source) -> bool:
    wanted = Source(article=source) if isinstance(source, str) else source
    return (
        wanted.article in (None, citation.article_id)
        and wanted.author in (None, citation.author)
        and wanted.outlet in (None, citation.outlet)
        and _within(citation.published, wanted)
    )


def _within(published: date | None, wanted: Source) -> bool:
    """Whether the day of publication is within the given days; an unknown day is not."""
    if wanted.since is None and wanted.until is None:
        return True
    if published is None:
        return False
    then = published.date() if isinstance(published, datetime) else published
    return (wanted.since or then) <= then <= (wanted.until or then)


def _speaks_for_somebody(sentence: Sentence, kinds: Mapping[int, Kind | None]) -> bool:
    return bool(sentence.citations) and all(kinds.get(mark) in _SPEAKING for mark in sentence.citations)


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
