"""The last state of a question to its `Answer`: answered, refused, failed, or a reply that reads no article."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answering import library, refuse
from bot.answering.decide import far, missing, signals
from bot.answering.flow import EvidencePool, Flow
from bot.errors import ShownError
from bot.runtime.error_log import public
from bot.types import Answer, Intent, Near, Reason, State, Status, joined
from bot.wording import reply, worded

if TYPE_CHECKING:
    from bot.answering.write.generate import Draft
    from index.index import Index


def replied(flow: Flow, index: Index) -> Answer:
    """A reply without the text of any article: to talk, or about the articles of the library. Raises UsageError."""
    filters = flow.options.filters
    index.require(filters)  # an unknown collection or article is an error for any request
    near: tuple[Near, ...] = ()
    if flow.request is Intent.LIBRARY:
        text, near = library.reply(index, flow.question, flow.hits, filters, flow.reply)
    else:
        text = reply(flow.request or Intent.OTHER, flow.reply)
    return replace(_answer(flow, Status.ANSWERED), text=text, nearest=near)


def answered(flow: Flow, spoken: Draft) -> Answer:
    """An answer with at least one supported sentence."""
    silent = refuse.silent(spoken.absent, flow.reply)
    strict = refuse.too_strict(flow.options.strictness, flow.reply) if spoken.too_strict else None
    reason = refuse.partial(silent, strict, spoken.contradicted, spoken.failure, flow.reply, unsure=spoken.unsure)
    reason = joined(reason, refuse.marked(spoken.page.sentences, flow.reply), _left_out(flow, spoken))
    answer = _answer(flow, Status.ANSWERED if spoken.whole else Status.PARTIAL, reason, spoken)
    unproved = not any(each.state is State.SUPPORTED for each in spoken.page.sentences)
    return replace(
        answer,
        nearest=refuse.nearest(answer.hits, _found(flow, spoken).articles) if unproved else (),
        text=f"{spoken.page.text} {worded(silent)}" if silent else spoken.page.text,
        sentences=spoken.page.sentences,
        citations=spoken.page.citations,
        trace=spoken.trace,
        shape=tuple(spoken.blocks),
    )


def refused(flow: Flow, spoken: Draft) -> Answer:
    """The articles do not say, with the articles nearest to the question."""
    found = _found(flow, spoken)
    # Typed nonsense has no kind and no words of any article: none is near to it.
    nonsense = flow.request is Intent.OTHER and far(signals(found))
    nearest = () if nonsense else refuse.nearest(found.hits, found.articles)
    absent = missing(found, [each.article_id for each in nearest])
    reason = refuse.reason(found.question, absent, flow.reply) if nearest else None
    if spoken.too_strict:
        reason = refuse.too_strict(flow.options.strictness, flow.reply)
    answer = _answer(flow, Status.REFUSED, joined(reason, _left_out(flow, spoken)), spoken)
    answer = replace(answer, nearest=nearest, trace=spoken.trace)
    if spoken.page.sentences:  # the model says itself what the articles lack
        return replace(answer, text=spoken.page.text, sentences=spoken.page.sentences, shape=tuple(spoken.blocks))
    return replace(answer, text=refuse.sentence(nearest, flow.reply, unsure=spoken.too_strict))


def failed(flow: Flow, error: ShownError) -> Answer:
    """An error of a model or a store, with its reason."""
    return replace(_answer(flow, Status.FAILED, reason=public(error)), error=error)


def _found(flow: Flow, spoken: Draft) -> EvidencePool:
    """The evidence, with that of a further search."""
    return spoken.found or flow.found or EvidencePool(flow.question)


def _left_out(flow: Flow, spoken: Draft) -> Reason | None:
    """The reason of a strict answer that leaves out what is not proved."""
    return Reason.of("strict_left_out", language=flow.reply) if spoken.unproved else None


def _answer(flow: Flow, status: Status, reason: Reason | None = None, spoken: Draft | None = None) -> Answer:
    """The fields that answers of every status share."""
    asked, found = flow.asked, (spoken.found if spoken else None) or flow.found
    return Answer(
        question=asked.question,
        status=status,
        text="",
        model=asked.chain.name,
        notice=joined(asked.chain.notice, spoken.notice if spoken else None),
        searched_again=spoken.searched_again if spoken else (),
        evidence=found.chosen if found else (),
        hits=found.hits if found else flow.hits,
        reason=reason,
        request=flow.request or Intent.OTHER,
        searched=flow.question if flow.question != asked.question else None,
        timings=asked.clock.timings(),
    )
