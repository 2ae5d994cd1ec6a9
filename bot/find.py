"""Hits to evidence: the articles of what was found, all their sentences in the hits, and those that matter most."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import evidence
from bot.stages import Clock, Found
from bot.types import Cancellation
from index.errors import ArticleMissing
from index.types import Article, Hits, Passage

if TYPE_CHECKING:
    from bot.judge import Judge
    from index.index import Index


def find(
    index: Index,
    question: str,
    searched: Hits,
    budget: int,
    judge: Judge,
    clock: Clock,
    cancel: Cancellation | None = None,
) -> Found:
    """What the hits hold for the question: at most `budget` tokens of it are chosen. Raises Cancelled."""
    hits, articles = present(index, searched)
    clock.mark("search")
    weights, readable = evidence.question_weights(question, index.rarity), index.reads(question)
    scored = evidence.scored(question, weights, hits, index.embed if readable else None)
    plain = [each for each in scored if not evidence.title(each.text, articles[each.article_id].title)]
    sentences, answers = evidence.judged(question, plain, judge, cancel)
    chosen = evidence.choose(sentences, budget)
    clock.mark("evidence")
    return Found(question, hits, tuple(plain), tuple(sentences), chosen, answers, weights, articles, readable)


def present(index: Index, hits: Hits) -> tuple[Hits, dict[str, Article]]:
    """The hits and their articles, by id, without what was removed or rewritten since the search: a replica may search
    what was published before."""
    articles: dict[str, Article] = {}
    for article_id in dict.fromkeys(hit.passage.article_id for hit in hits):
        with suppress(ArticleMissing):
            articles[article_id] = index.article(article_id)
    kept = replace(hits, items=tuple(hit for hit in hits if _is_span(hit.passage, articles)))
    return kept, {hit.passage.article_id: articles[hit.passage.article_id] for hit in kept}


def _is_span(passage: Passage, articles: Mapping[str, Article]) -> bool:
    article = articles.get(passage.article_id)
    return article is not None and article.text[passage.start : passage.end] == passage.text
