"""Evidence to words: by a model that is shown nothing else, or without one, in the articles' own sentences."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from itertools import groupby

from bot.attribute import day
from bot.evidence import heading as no_sentence
from bot.evidence import leans_back
from bot.types import Citation, Evidence
from index.types import Article
from index.words import chinese

_SECOND = 0.9  # a further sentence is given where its score is this share of the best one's


def extract(evidence: Sequence[Evidence]) -> Generator[str]:
    """The best sentence, and a second one that is nearly as good, verbatim, best first; one that leans on the
    sentence before it comes after that one."""
    best = sorted(evidence, key=lambda each: -each.score)[:2]
    near = [each for each in best if each.score >= _SECOND * best[0].score]
    given = list(dict.fromkeys(each for sentence in near for each in _with_lead(sentence, evidence)))
    for place, sentence in enumerate(given):
        yield f" {sentence.text}" if place else sentence.text


def best(evidence: Sequence[Evidence], among: Sequence[Evidence] = ()) -> tuple[Evidence, ...]:
    """The best sentence, or the best `among` some, after the one that it leans on; a heading only where there is no
    sentence."""
    return _with_lead(max(among or evidence, key=lambda each: (not no_sentence(each.text), each.score)), evidence)


def held(words: Iterable[str], refusal: str) -> Generator[str]:
    """The words, of which none is given while they may still become the `refusal`, so that nothing need be taken back.

    >>> list(held(["Not", " in", " May", "."], "Not in the articles."))
    ['Not in May', '.']
    """
    before: str | None = ""
    for piece in words:
        if before is None:
            yield piece
        elif refusal.startswith((before + piece).lstrip()):
            before += piece
        else:
            yield before + piece
            before = None
    if before:
        yield before


def _with_lead(sentence: Evidence, evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The sentence after the one that it leans on, where that one is among the evidence just before it."""
    place = evidence.index(sentence)
    before = evidence[place - 1] if place else None
    leads = before is not None and before.article_id == sentence.article_id and leans_back(sentence.text)
    return (before, sentence) if before is not None and leads else (sentence,)


def language_of(question: str) -> str:
    """The language to answer in, as a model is told it."""
    return "Chinese" if chinese(question) else "the language of the question"


def excerpts(evidence: Sequence[Evidence], articles: Mapping[str, Article]) -> str:
    """The evidence as a model reads it: each article's facts on a line, its sentences below."""
    parts = []
    for article_id, group in groupby(evidence, key=lambda each: each.article_id):
        parts.append(heading(articles[article_id]) + "\n" + " ".join(each.text for each in group))
    return "\n\n".join(parts)


def quotes(citations: Sequence[Citation]) -> tuple[Evidence, ...]:
    """What is quoted, by article, in the order of the marks."""
    order = {article_id: place for place, article_id in enumerate(dict.fromkeys(each.article_id for each in citations))}
    quoted = (Evidence(each.article_id, each.start, each.end, each.quote) for each in citations)
    return tuple(sorted(quoted, key=lambda each: order[each.article_id]))


def heading(article: Article) -> str:
    """Who says it, where and when: `[Opinion by Yang Jin, Global Times, 15 July 2020: "China-Russia ties …"]`."""
    kind = (article.kind or "article").capitalize()
    by = f"{kind} by {article.author}" if article.author else kind
    facts = ", ".join(part for part in (by, article.outlet, day(article.day)) if part)
    return f'[{facts}: "{article.title}"]'
