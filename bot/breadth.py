"""Evidence for a broad request: many sentences of many articles, by a salience that was fitted on such requests.

`tests/bench/broad.py --fit` fits `bot/breadth.json`: how likely a sentence belongs in a good answer, and whether the
articles say anything to the request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot import calibrate, evidence
from bot.decide import Decision
from bot.find import present
from bot.request import language
from bot.stages import Clock, Found
from bot.types import Evidence, Length, Request
from index.sentence import sentences
from index.types import Article, Hits
from index.words import acronyms, content_terms, vocabulary

if TYPE_CHECKING:
    from index.index import Index

FILE = Path(__file__).with_name("breadth.json")
PASSAGES = 40  # of the search
SENTENCES = {Length.SHORTER: 8, Length.USUAL: 16, Length.LONGER: 32}  # of an answer
# The salience below which a sentence is left out: junk, where an article only shares a word with the request. Of the
# facts of tests/data/broad.jsonl that costs one in eighty.
_LEAST = 0.03
_OF_POSITIONS = ("figures", "names")  # what the fit weighs apart for positions: they need names more than figures
_ALIKE = 0.8  # the share of words from which on two sentences say the same


@dataclass(frozen=True, slots=True)
class Salience:
    """What is seen of a sentence. All but the cosines are in [0, 1]."""

    words: float  # the share of the request's weighted terms that it has
    meaning: float  # its cosine to the request
    passage: float  # the score of its passage
    lead: float  # 1 for the first sentence of the article, 1/2 for the second, ...
    article: float  # the score of the article's best passage
    title_words: float  # as `words`, of the title of its article
    title_meaning: float
    length: float  # in 200 characters
    figures: float  # whether it has a digit
    names: float  # the share of its words that begin with a capital

    def named(self, request: Request) -> dict[str, float]:
        """By name; those of positions are 0 for other kinds of request."""
        seen = {name: getattr(self, name) for name in self.__slots__}
        return seen | {f"{name} of positions": seen[name] * (request is Request.POSITIONS) for name in _OF_POSITIONS}


def survey(index: Index, question: str, request: Request, searched: Hits, clock: Clock, most: int) -> Found:
    """The `most` sentences of the hits that are salient for a kind of request, the best first; `scored` has all."""
    hits, articles = present(index, searched)
    clock.mark("search")
    weights, readable = evidence.question_weights(question, index.rarity), index.reads(question)
    seen = salience(question, weights, hits, articles, index.embed if readable else None)
    fitted = calibrations()["salience"]
    scored = tuple(replace(each, score=fitted.confidence(one.named(request))) for each, one in seen.items())
    clock.mark("evidence")
    elsewhere = foreign(question, articles)
    return Found(question, hits, scored, scored, chosen(scored, most), {}, weights, articles, readable, elsewhere)


def foreign(question: str, articles: Mapping[str, Article]) -> bool:
    """Whether all the articles say that they are in other languages than the question: few words can be the same."""
    return language(question) not in {each.language or language(question) for each in articles.values()}


def beside(found: Found, sides: Sequence[str], most: int) -> dict[str, list[Evidence]]:
    """The salient sentences of each of two sides: those that name it, or whose title does, and the other one less. They
    are put so that what follows each other on the two sides has most words in common."""
    shares = {each: [_naming(side, each, found.articles) for side in sides] for each in found.scored}
    each_side = [
        chosen([each for each, share in shares.items() if share[place] > share[1 - place]], most // 2)
        for place in range(2)
    ]
    return dict(zip(sides, _paired(*map(list, each_side)), strict=True))


def salience(
    question: str,
    weights: Mapping[str, float],
    hits: Hits,
    articles: Mapping[str, Article],
    embed: evidence.Embed | None,
) -> dict[Evidence, Salience]:
    """What is seen of each sentence of the hits that is one."""
    found = {
        each: passage
        for each, passage in evidence.candidates(hits)
        if not evidence.heading(each.text) and not evidence.title(each.text, articles[each.article_id].title)
    }
    spelled = acronyms(question)
    titles = {each.article_id: articles[each.article_id].title for each in found}
    best = {each: max(hit.score for hit in hits if hit.passage.article_id == each) for each in titles}
    title_words = {each: evidence.coverage(weights, vocabulary(title, spelled)) for each, title in titles.items()}
    near = _cosines(question, [*(each.text for each in found), *titles.values()], embed)
    title_meaning = dict(zip(titles, near[len(found) :], strict=True))
    places = {key: _places(articles[key]) for key in titles}
    return {
        each: Salience(
            words=evidence.coverage(weights, vocabulary(each.text, spelled)),
            meaning=meaning,
            passage=passage,
            lead=1 / (1 + places[each.article_id].get(each.start, _UNKNOWN)),
            article=best[each.article_id],
            title_words=title_words[each.article_id],
            title_meaning=title_meaning[each.article_id],
            length=min(len(each.text) / 200, 2.0),
            figures=float(any(map(str.isdigit, each.text))),
            names=_capitals(each.text),
        )
        for (each, passage), meaning in zip(found.items(), near, strict=False)
    }


def chosen(scored: Sequence[Evidence], most: int) -> tuple[Evidence, ...]:
    """The best ones, the best first, without those that another one says in the same words."""
    likely = (each for each in scored if each.score >= _LEAST)
    return tuple(_different(sorted(likely, key=lambda each: -each.score), most))


def decision(found: Found, strictness: float | None = None) -> Decision:
    """Whether the articles say anything to the request."""
    fitted = calibrations()[f"answerable-{fit_of(found)}"]
    return Decision(fitted.confidence(signals(found)), fitted.threshold if strictness is None else strictness)


def fit_of(found: Found) -> str:
    """Which fit of the decision a request has: what its words and its meaning tell differs by its language."""
    return "unread" if not found.readable else "foreign" if found.foreign else "read"


def signals(found: Found) -> dict[str, float]:
    """What speaks for it that the articles say something."""
    spelled = acronyms(found.question)
    texts = [f"{each.text} . {found.articles[each.article_id].title}" for each in found.chosen]
    return {
        "words": evidence.coverage(found.weights, frozenset().union(*(vocabulary(each, spelled) for each in texts))),
        "together": max((evidence.coverage(found.weights, vocabulary(each, spelled)) for each in texts), default=0.0),
        "salience": max((each.score for each in found.chosen), default=0.0),
        "found": max((hit.score for hit in found.hits), default=0.0),
    }


@cache
def calibrations() -> dict[str, calibrate.Calibration]:
    return calibrate.load(FILE)


def _naming(side: str, sentence: Evidence, articles: Mapping[str, Article]) -> float:
    """The share of a side's terms that a sentence has; its title counts half."""
    terms = frozenset(content_terms(side)) or vocabulary(side)
    own, titled = (len(terms & vocabulary(text)) for text in (sentence.text, articles[sentence.article_id].title))
    return max(own, titled / 2) / max(len(terms), 1)


def _paired(one: list[Evidence], other: list[Evidence]) -> tuple[list[Evidence], list[Evidence]]:
    """The second list in the order of the first, the most alike beside each other; what is left of it last."""
    rest, paired = list(other), list[Evidence]()
    for each in one[: len(other)]:
        words = vocabulary(each.text)
        near = max(rest, key=lambda found: len(words & vocabulary(found.text)))
        rest.remove(near)
        paired.append(near)
    return one, [*paired, *rest]


_UNKNOWN = 9  # the place of a sentence that is cut by its passage


def _places(article: Article) -> dict[int, int]:
    """The sentences of an article, counted from 0, by where they start."""
    return {each.start: place for place, each in enumerate(sentences(article.text))}


def _capitals(text: str) -> float:
    words = text.split()
    return sum(word[0].isupper() for word in words[1:]) / max(len(words), 1)


def _cosines(question: str, texts: Sequence[str], embed: evidence.Embed | None) -> list[float]:
    if not embed or not texts:
        return [0.0] * len(texts)
    vectors = embed([question, *texts])
    return [float(each) for each in vectors[1:] @ vectors[0]]


def _different(ranked: Sequence[Evidence], most: int) -> Iterator[Evidence]:
    told: list[frozenset[str]] = []
    for each in ranked:
        words = vocabulary(each.text)
        if len(told) < most and all(len(words & other) < _ALIKE * max(len(words | other), 1) for other in told):
            told.append(words)
            yield each
