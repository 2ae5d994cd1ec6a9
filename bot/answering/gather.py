"""A query to its hits, and these to the evidence: single sentences, or the parts of an answer to a broad request."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answering.flow import Asked, EvidencePool, Flow
from bot.answering.overview import survey
from bot.answering.overview.shape import BROAD, AnswerPart, cells, event, parts
from bot.answering.retrieve import find
from bot.classifiers.comparison import likeliest, sides
from bot.types import Intent, Length

if TYPE_CHECKING:
    from bot.classifiers.intent import Embed
    from bot.judge import Judge
    from index.index import Index

PASSAGES = 10  # of the search for a short answer


def searched(flow: Flow, index: Index) -> Flow:
    """With the passages for the query, by meaning and by words. Raises the errors of the search."""
    count = survey.PASSAGES if flow.request in BROAD else PASSAGES
    options = flow.options
    filters = replace(options.filters, article=flow.pointed) if flow.pointed else options.filters
    hits = index.search(flow.question, count, filters, ignore=options.ignore, understand=options.understand)
    # The marks limit this search only: the next question keeps the filters that the person chose.
    return replace(flow, hits=replace(hits, filters=replace(hits.filters, article=options.filters.article)))


def gathered(flow: Flow, index: Index, judge: Judge, embed: Embed | None) -> Flow:
    """With the evidence of the hits, within the token budget of the model. Raises Cancelled."""
    asked = flow.asked
    if flow.request not in BROAD:
        return replace(
            flow, found=find(index, flow.question, flow.hits, asked.budget, judge, asked.clock, asked.cancel)
        )
    most = survey.SENTENCES[asked.options.length]
    weights = survey.subject_weights(flow.question, flow.request, embed)
    found = survey.survey(index, flow.question, flow.request, weights, flow.hits, asked.clock, most, asked.cancel)
    return replace(flow, found=found, parts=_parts(flow, found, most))


def of_one_question(flow: Flow) -> Asked:
    """The question with what its kind says of the answer; a chosen length comes before that.

    A rewritten follow-up begins with the earlier question, which is not answered once more.
    """
    explains = flow.request is Intent.EXPLANATION and flow.options.length is Length.USUAL
    asked = replace(flow.asked, corrects=flow.request is Intent.CORRECTION, explains=explains)
    return asked if flow.leans else replace(asked, question=flow.question)


def _parts(flow: Flow, found: EvidencePool, most: int) -> tuple[AnswerPart, ...]:
    """The evidence of each block of the answer to a broad request."""
    some = found.chosen
    if flow.request is Intent.COMPARISON:
        _, named = likeliest(flow.question)
        compared = survey.by_source(found, named, most) or survey.beside(found, sides(flow.question), most)
        if compared and all(compared.values()):
            return cells(compared)
    if flow.request is Intent.TIMELINE:
        events = [each for each in found.scored if event(each.text, found.articles[each.article_id])]
        some = survey.chosen(events, most)
    return parts(flow.request or Intent.OVERVIEW, some or found.chosen, found.articles, flow.reply)
