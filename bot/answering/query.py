"""A question to the query that is searched for: marks as titles, follow-ups made whole, in the language of a search."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answering.flow import Flow
from bot.answering.rewrite import condense, marks, with_titles
from bot.answering.translate import languages, translated
from bot.classifiers.injection import is_injection
from bot.classifiers.intent import UNREAD, classify
from bot.types import Intent, Turn
from index.errors import ArticleMissing
from index.types import Article

if TYPE_CHECKING:
    from bot.classifiers.intent import Embed
    from index.index import Index


def standing_alone(flow: Flow, index: Index, embed: Embed | None) -> Flow:
    """With a question that stands alone, and the languages to search in. Raises ShownError."""
    answered = [
        each
        for each in flow.history
        if not each.refused and (each.request or classify(each.question, embed).request) not in UNREAD
    ]
    asked, pointed = _with_titles(index, flow.asked.question, answered)
    chain = flow.asked.chain
    corrects = flow.request is Intent.CORRECTION
    whole = condense(asked, answered, chain.line if chain.model else None, corrects=corrects)
    request = flow.request
    if not flow.options.request and not whole.endswith(asked):  # the model has worded the question anew
        request = classify(whole, embed).request
    to_search = languages(flow.language, index.inventory(flow.options.filters)) if chain.model else ()
    return replace(
        flow,
        request=request,
        leans=whole != asked,
        pointed=pointed,
        whole=whole,
        question=whole,
        languages=to_search,
    )


def in_first_language(flow: Flow) -> Flow:
    """With the question in the first language to search in; unchanged without a translation. Raises ShownError."""
    return in_next_language(flow) or replace(flow, languages=())


def in_next_language(flow: Flow) -> Flow | None:
    """With the question in the next language to search in; None without a translation. Raises ShownError."""
    for tried, language in enumerate(flow.languages, 1):
        same = language == flow.language
        question = flow.whole if same else translated(flow.whole, language, flow.asked.chain.line)
        if question and (same or question != flow.whole):
            return replace(flow, question=question, languages=flow.languages[tried:])
    return None


def _with_titles(index: Index, question: str, turns: Sequence[Turn]) -> tuple[str, tuple[str, ...]]:
    """The question with the titles of articles in place of marks such as `[2]`, and the ids of the articles.

    A mark refers to the last answer. The mark of a removed article stays, and that of a title that gives an order.
    """
    articles: dict[str, Article] = {}
    for mark, article_id in marks(question, turns).items():
        with suppress(ArticleMissing):
            articles[mark] = index.article(article_id)
    titles = {mark: each.title for mark, each in articles.items() if not is_injection(each.title)}
    return with_titles(question, titles), tuple(dict.fromkeys(each.id for each in articles.values()))
