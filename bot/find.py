"""Hits to evidence: the articles of what was found, all their sentences in the hits, and those that matter most."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import evidence
from bot.stages import Clock, Found
from index.errors import ArticleMissing
from index.types import Article, Hits

if TYPE_CHECKING:
    from index.index import Index


def find(index: Index, question: str, searched: Hits, budget: int, clock: Clock) -> Found:
    """What the hits hold for the question: at most `budget` tokens of it are chosen."""
    hits, articles = _present(index, searched)
    clock.mark("search")
    weights = evidence.question_weights(question, index.rarity)
    scored = evidence.scored(question, weights, hits, index.embed if index.reads(question) else None)
    sentences = [each for each in scored if not evidence.title(each.text, articles[each.article_id].title)]
    chosen = evidence.choose(sentences, budget)
    clock.mark("evidence")
    return Found(question, hits, tuple(sentences), chosen, weights, articles)


def about(index: Index, part: str, found: Found) -> Found:
    """What was found, for one of the questions in the question."""
    if part == found.question:
        return found
    return replace(found, question=part, weights=evidence.question_weights(part, index.rarity))


def _present(index: Index, hits: Hits) -> tuple[Hits, dict[str, Article]]:
    """The hits and their articles, by id, without what was removed since the search."""
    articles: dict[str, Article] = {}
    for article_id in dict.fromkeys(hit.passage.article_id for hit in hits):
        with suppress(ArticleMissing):
            articles[article_id] = index.article(article_id)
    return replace(hits, items=tuple(hit for hit in hits if hit.passage.article_id in articles)), articles
