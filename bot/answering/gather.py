"""A query to its hits, and these to the evidence: single sentences, or the parts of an answer to a broad request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from bot.answering.evidence import candidates
from bot.answering.flow import Asked, EvidencePool, Flow
from bot.answering.overview import survey
from bot.answering.overview.shape import BROAD, AnswerPart, cells, event, parts
from bot.answering.retrieve import find, present
from bot.classifiers.comparison import likeliest, sides
from bot.types import Intent, Length

if TYPE_CHECKING:
    from bot.classifiers.intent import Embed
    from bot.judge import Judge
    from index.index import Index

PASSAGES = 10  # of the search for a short answer
READ_IN_FULL = 24  # of the search for a model that reads whole passages; as many as its budget holds are shown
FURTHER = 8  # of each query that a model names


def searched(flow: Flow, index: Index) -> Flow:
    """With the passages for the query, by meaning and by words. Raises the errors of the search."""
    count = READ_IN_FULL if flow.asked.cites else survey.PASSAGES if flow.request in BROAD else PASSAGES
    options = flow.options
    filters = replace(options.filters, article=flow.pointed) if flow.pointed else options.filters
    hits = index.search(flow.question, count, filters, ignore=options.ignore, understand=options.understand)
    # The marks limit this search only: the next question keeps the filters that the person chose.
    return replace(flow, hits=replace(hits, filters=replace(hits.filters, article=options.filters.article)))


def gathered(flow: Flow, index: Index, judge: Judge, embed: Embed | None) -> Flow:
    """With the evidence of the hits, within the token budget of the model. Raises Cancelled."""
    asked = flow.asked
    if flow.asked.cites or flow.request not in BROAD:
        return replace(
            flow, found=find(index, flow.question, flow.hits, asked.budget, judge, asked.clock, asked.cancel)
        )
    most = survey.SENTENCES[asked.options.length]
    weights = survey.subject_weights(flow.question, flow.request, embed)
    found = survey.survey(index, flow.question, flow.request, weights, flow.hits, asked.clock, most, asked.cancel)
    return replace(flow, found=found, parts=_parts(flow, found, most))


def searched_again(flow: Flow, index: Index, queries: Sequence[str]) -> EvidencePool:
    """The evidence with that of further queries: the best passage of each search comes first, then the second ones.

    Raises the errors of the search, Cancelled.
    """
    assert flow.found
    options, before = flow.options, flow.found
    found = [index.search(each, FURTHER, options.filters, understand=False) for each in queries]
    ranks = zip_longest(before.hits, *found)
    hits = {hit.passage: hit for rank in ranks for hit in rank if hit}
    there, articles = present(index, replace(before.hits, items=tuple(hits.values())))
    known = {(each.article_id, each.start) for each in before.sentences}
    further = [each for each, _ in candidates(there) if (each.article_id, each.start) not in known]
    return replace(before, hits=there, sentences=(*before.sentences, *further), articles=articles)


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
