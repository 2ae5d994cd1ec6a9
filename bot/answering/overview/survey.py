"""Evidence for a broad request: many sentences of many articles, by a fitted salience.

`bot/classifiers/survey.json` (`bot/training/survey.py`) holds the salience, the probability that a sentence belongs in
a good answer. It also holds the decision whether the articles answer the request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from bot.answering import evidence
from bot.answering.attribute import facts_of
from bot.answering.decide import Decision
from bot.answering.flow import Clock, EvidencePool
from bot.answering.retrieve import present
from bot.classifiers import calibration as calibrate
from bot.classifiers.intent import language, subject
from bot.types import Cancellation, Evidence, Intent, Length
from index.text.names import capitals
from index.text.sentence import sentences
from index.text.words import acronyms, content_terms, vocabulary
from index.types import Article, Hits

if TYPE_CHECKING:
    from bot.classifiers.intent import Embed
    from index.index import Index

PASSAGES = 40  # of the search
SENTENCES = {Length.SHORTER: 8, Length.USUAL: 16, Length.LONGER: 32}  # of an answer

# The least share of the best sentence's coverage of the subject. Of the quotes of 48 requests (tests/data/broad.jsonl)
# .137 are of articles without a fact that was asked for, and .051 with this share; from .7 on fewer facts are told.
_ON_SUBJECT = 0.5
_OF_POSITIONS = ("figures", "names")  # features with a second weight for positions, which need names more than figures
_ALIKE = 0.8  # the least share of common words (Jaccard) of two sentences that say the same


@dataclass(frozen=True, slots=True)
class Salience:
    """The features of a sentence. All but the cosines and the length are in [0, 1]."""

    words: float  # its coverage of the request's weighted terms
    meaning: float  # the cosine of its vector and the request's
    passage: float  # the score of its passage
    lead: float  # 1 for the first sentence of the article, 1/2 for the second, ...
    article: float  # the score of the article's best passage
    title_words: float  # as `words`, of its article's title
    title_meaning: float  # as `meaning`, of its article's title
    length: float  # in units of 200 characters, at most 2
    figures: float  # 1 with a digit, else 0
    names: float  # the share of its words that begin with a capital

    def named(self, request: Intent) -> dict[str, float]:
        """The features by name. The features of positions are 0 for other kinds of request."""
        features = {name: getattr(self, name) for name in self.__slots__}
        return features | {
            f"{name} of positions": features[name] * (request is Intent.POSITIONS) for name in _OF_POSITIONS
        }


def survey(
    index: Index,
    question: str,
    request: Intent,
    weights: Mapping[str, float],
    searched: Hits,
    clock: Clock,
    most: int,
    cancel: Cancellation | None = None,
) -> EvidencePool:
    """The `most` salient sentences of the hits for a kind of request, best first; `scored` has all.

    `weights` are those of `subject_weights`.

    Raises Cancelled.
    """
    hits, articles = present(index, searched)
    clock.mark("search")
    readable = index.reads(question)
    embed = evidence.stoppable(index.embed, cancel) if readable else None
    features = salience(question, weights, hits, articles, embed)
    fitted = calibrations()["salience"]
    every = [replace(each, score=fitted.confidence(one.named(request))) for each, one in features.items()]
    elsewhere = foreign(question, articles)
    # Each side of a comparison is a subject of its own: see `beside`. Words alone tell too little of the subject.
    whole = elsewhere or not readable or request is Intent.COMPARISON
    scored = tuple(every if whole else on_subject(every, question, weights, articles))
    clock.mark("evidence")
    return EvidencePool(
        question, hits, scored, scored, chosen(scored, most), {}, weights, articles, readable, elsewhere
    )


def on_subject(
    some: Sequence[Evidence], question: str, weights: Mapping[str, float], articles: Mapping[str, Article]
) -> list[Evidence]:
    """The sentences with at least `_ON_SUBJECT` of what the best one has of the request's weighted terms.

    What its article says of itself counts for a sentence. In another language than the request's all are kept.

    >>> ship, mill = Article("a", "The ferry", "It sank."), Article("b", "The mill", "It burnt.")
    >>> told = [Evidence("a", 0, 8, "It sank."), Evidence("b", 0, 9, "It burnt.")]
    >>> [each.text for each in on_subject(told, "The ferry", {"ferri": 1.0}, {"a": ship, "b": mill})]
    ['It sank.']
    """
    spelled = acronyms(question)
    facts = {key: vocabulary(facts_of(article), spelled) for key, article in articles.items()}
    shares = [evidence.coverage(weights, vocabulary(each.text, spelled) | facts[each.article_id]) for each in some]
    least, spoken = _ON_SUBJECT * max(shares, default=0.0), language(question)
    foreign = {key for key, article in articles.items() if article.language not in (None, spoken)}
    return [each for each, share in zip(some, shares, strict=True) if share >= least or each.article_id in foreign]


def subject_weights(question: str, request: Intent, embed: Embed | None = None) -> dict[str, float]:
    """The weights of a request's content terms, less for words that tell its kind. They sum to 1.

    The rarity of a term in the collection is no part of it: the subject of a small collection is in every article.
    Without `embed`, MiniLM is loaded.
    """
    shares = subject(question, request, evidence.question_terms(question), embed)
    total = sum(shares.values())
    return {term: share / total for term, share in shares.items()}


def foreign(question: str, articles: Mapping[str, Article]) -> bool:
    """Whether every article states another language than the question's, so that few words can match."""
    return language(question) not in {each.language or language(question) for each in articles.values()}


def by_source(found: EvidencePool, sides: Sequence[str], most: int) -> dict[str, list[Evidence]]:
    """Same as `beside`, for two names of outlets or authors: each has the sentences of its own articles.

    Empty if neither side is such a name. If only one is, the other has no sentence.
    """
    by = [_by(side, found.articles.values()) for side in sides]
    return _beside(found, sides, lambda each: [float(each.article_id in ids) for ids in by], most) if any(by) else {}


def beside(found: EvidencePool, sides: Sequence[str], most: int) -> dict[str, list[Evidence]]:
    """The salient sentences of each of two sides of a comparison, in the same order on both sides; empty without sides.

    A sentence belongs to the side that it names more. Sentences with common words stand in one row.
    """
    return _beside(found, sides, lambda each: [_naming(side, each.text) for side in sides], most) if sides else {}


def _beside(
    found: EvidencePool, sides: Sequence[str], belongs: Callable[[Evidence], Sequence[float]], most: int
) -> dict[str, list[Evidence]]:
    shares = {each: belongs(each) for each in found.scored}
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
    """The features of each sentence of the hits, without headings and titles."""
    found = {
        each: passage
        for each, passage in evidence.candidates(hits)
        if evidence.asserts(each.text) and not evidence.title(each.text, articles[each.article_id].title)
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
            names=capitals(each.text),
        )
        for (each, passage), meaning in zip(found.items(), near, strict=False)
    }


def chosen(scored: Sequence[Evidence], most: int) -> tuple[Evidence, ...]:
    """The `most` best sentences, best first, without near duplicates. Those below the threshold are left out."""
    least = calibrations()["salience"].threshold
    likely = (each for each in scored if each.score >= least)
    return tuple(_different(sorted(likely, key=lambda each: -each.score), most))


def decision(found: EvidencePool, strictness: float | None = None, attempt: int = 1) -> Decision:
    """The decision whether the articles answer the request; `strictness` replaces the fitted threshold.

    `attempt` is as of `bot.classifiers.calibration.stricter`.
    """
    fitted = calibrations()[f"answerable-{fit_of(found)}"]
    own = fitted.threshold if strictness is None else strictness
    least, default = (calibrate.stricter(each, attempt) for each in (own, fitted.threshold))
    return Decision(fitted.confidence(signals(found)), least, default)


def fit_of(found: EvidencePool) -> str:
    """The name of the calibration, by language: words and vectors of another language are weaker signals."""
    return "unread" if not found.readable else "foreign" if found.foreign else "read"


def signals(found: EvidencePool) -> dict[str, float]:
    """The features of the decision, in [0, 1] each."""
    spelled = acronyms(found.question)
    facts = found.facts
    texts = [f"{each.text} . {facts[each.article_id]}" for each in found.chosen]
    return {
        "words": evidence.coverage(found.weights, frozenset().union(*(vocabulary(each, spelled) for each in texts))),
        "together": max((evidence.coverage(found.weights, vocabulary(each, spelled)) for each in texts), default=0.0),
        "salience": max((each.score for each in found.chosen), default=0.0),
        "found": max((hit.score for hit in found.hits), default=0.0),
    }


@cache
def calibrations() -> dict[str, calibrate.Calibration]:
    return calibrate.calibrations("survey")


def _naming(side: str, text: str) -> float:
    """The share of a side's terms in a sentence."""
    terms = frozenset(content_terms(side)) or vocabulary(side)
    return len(terms & vocabulary(text)) / max(len(terms), 1)


def _by(side: str, articles: Iterable[Article]) -> frozenset[str]:
    """The ids of the articles whose outlet or author is called so, by the whole name or its last words."""
    name = f" {side.casefold().removeprefix('the ')}"
    return frozenset(
        each.id
        for each in articles
        if any(f" {fact.casefold()}".endswith(name) for fact in (each.outlet, each.author) if fact)
    )


def _paired(one: list[Evidence], other: list[Evidence]) -> tuple[list[Evidence], list[Evidence]]:
    """Both lists, the second by likeness to the first: common words pair the sentences, unpaired ones come last."""
    rest, paired = list(other), list[Evidence]()
    for each in one[: len(other)]:
        words = vocabulary(each.text)
        match = max(rest, key=lambda found: len(words & vocabulary(found.text)))
        rest.remove(match)
        paired.append(match)
    return one, [*paired, *rest]


_UNKNOWN = 9  # the place of a sentence that the end of a passage cuts off


def _places(article: Article) -> dict[int, int]:
    """The place of each sentence of an article, from 0, by its start."""
    return {each.start: place for place, each in enumerate(sentences(article.text))}


def _cosines(question: str, texts: Sequence[str], embed: evidence.Embed | None) -> list[float]:
    if not embed or not texts:
        return [0.0] * len(texts)
    vectors = embed([question, *texts])
    return [float(each) for each in vectors[1:] @ vectors[0]]


def _different(ranked: Sequence[Evidence], most: int) -> Iterator[Evidence]:
    kept: list[frozenset[str]] = []
    for each in ranked:
        words = vocabulary(each.text)
        if len(kept) < most and all(len(words & other) < _ALIKE * max(len(words | other), 1) for other in kept):
            kept.append(words)
            yield each
