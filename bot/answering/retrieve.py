"""Hits to evidence: the sentences of the hits, their articles, and a choice within the token budget."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answering import evidence
from bot.answering.flow import Clock, EvidencePool
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
) -> EvidencePool:
    """The evidence of the hits, with at most `budget` tokens of chosen sentences. Raises Cancelled."""
    hits, articles = present(index, searched)
    clock.mark("search")
    weights, readable = evidence.question_weights(question, index.rarity), index.reads(question)
    scored = evidence.scored(question, weights, hits, index.embed if readable else None)
    plain = [each for each in scored if not evidence.title(each.text, articles[each.article_id].title)]
    sentences, answers = evidence.judged(question, plain, articles, judge, cancel)
    chosen = evidence.choose(sentences, budget)
    clock.mark("evidence")
    return EvidencePool(question, hits, tuple(plain), tuple(sentences), chosen, answers, weights, articles, readable)


def present(index: Index, hits: Hits) -> tuple[Hits, dict[str, Article]]:
    """The hits and their articles, by id, without passages that were removed or rewritten since the search.

    A replica may search an earlier generation of the index.
    """
    articles: dict[str, Article] = {}
    for article_id in hits.article_ids:
        with suppress(ArticleMissing):
            articles[article_id] = index.article(article_id)
    current = replace(hits, items=tuple(hit for hit in hits if _is_span(hit.passage, articles)))
    return current, {hit.passage.article_id: articles[hit.passage.article_id] for hit in current}


def _is_span(passage: Passage, articles: Mapping[str, Article]) -> bool:
    article = articles.get(passage.article_id)
    return article is not None and article.text[passage.start : passage.end] == passage.text
