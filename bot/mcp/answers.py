"""The tools that prove something: an answer to a question, and any text held against the articles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot import render
from bot.export import beside
from bot.mcp.arguments import Ask, Verify
from bot.mcp.call import Call, Result, Step, Steps
from bot.reference import whole
from bot.service import Surface
from bot.types import Answer, Event, EvidenceReady, Report, Sentence, Status, Words
from bot.web.words import ENGLISH


def ask(call: Call[Ask]) -> Steps:
    """The steps are the evidence, then each sentence as it is proved. Raises what `Bot.stream` and `Service` raise."""
    asked, service = call.arguments, call.service
    filters = service.filters(call.principal, asked.within())
    place = service.place(call.principal, asked.conversation)
    with service.answering(call.principal), service.history.exchange(place, asked.question) as exchange:
        turns, options = exchange.turns(), {"request": asked.as_kind, "length": asked.length, "cancel": call.cancel}
        for number, event in enumerate(service.bot().stream(asked.question, turns, filters, **options), 1):  # type: ignore[arg-type]
            if isinstance(event, Answer):
                service.observe(Surface.MCP, event)
                yield answered(exchange.ended(event))
            else:
                yield Step(number, told(event))


def verify(call: Call[Verify]) -> Steps:
    """Raises what `Bot.verify_stream` and `Service` raise."""
    given = call.arguments
    filters = call.service.filters(call.principal, given.filters.filters())
    with call.service.answering(call.principal):
        bot = call.service.bot()
        bot.index.require(filters)
        for report in bot.verify_stream(given.text, filters, cancel=call.cancel):
            done = len(report.sentences)
            yield Step(done, f"{done} of {report.total} sentences are checked.", report.total)
        yield Result("\n".join(report_lines(report)), render.report_json(report))


def told(event: Event) -> str:
    """What has happened on the way to an answer, as a line."""
    match event:
        case EvidenceReady(hits=hits, evidence=evidence):
            articles = len({hit.passage.article_id for hit in hits})
            return f"Found {len(evidence)} sentences of evidence in {articles} articles."
        case Words(text=text, citations=citations):
            marks = "".join(f" [{each.mark}]" for each in citations)
            return f"{render.one_line(text)}{marks}"
    raise AssertionError("an answer is no step towards one")


def answered(answer: Answer) -> Result:
    if answer.status is Status.FAILED:
        return Result(answer.reason or "The answer failed.", render.to_json(answer), failed=True)
    return Result(whole(replace(answer, text=noted(answer))), render.to_json(answer))


def noted(answer: Answer) -> str:
    """The text of an answer, in which each sentence that no article supports says so."""
    text = answer.text
    for sentence in reversed(answer.sentences):
        if note := beside(sentence, ENGLISH):
            text = f"{text[: sentence.end]} {note}{text[sentence.end :]}"
    return text


def report_lines(report: Report) -> Iterator[str]:
    """A line for each sentence with its state and marks, then the quotes, then how many there are of each state."""
    yield from map(_judged, report.sentences)
    yield ""
    yield from map(render.footnote, report.citations)
    yield render.summary(report)


def _judged(sentence: Sentence) -> str:
    marks = "".join(f" [{mark}]" for mark in sentence.citations)
    reason = f" ({sentence.reason})" if sentence.reason else ""
    return f"{render.STATES[sentence.state]}: {render.one_line(sentence.text)}{marks}{reason}"
