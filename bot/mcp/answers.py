"""The tools that prove something: an answer to a question, and any text held against the articles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bot.history.export import beside
from bot.mcp.arguments import Ask, Verify
from bot.mcp.call import Call, CallResult, Step, Steps
from bot.render import text as render
from bot.render.html.words import ENGLISH
from bot.render.references import whole
from bot.service.asking import Answered, asking, within
from bot.service.service import Surface
from bot.types import Answer, EvidenceReady, Report, SearchedAgain, Sentence, Status, Verifying, Words
from bot.wording import facts, worded


def ask(call: Call[Ask]) -> Steps:
    """The steps are the evidence, then each sentence as it is proved.

    Raises what `asking` and `Service.place` raise.
    """
    place = call.service.place(call.principal, call.arguments.conversation)
    asked = replace(call.arguments.asked(), place=place)
    for number, event in enumerate(asking(call.service, call.principal, asked, Surface.MCP, call.cancel), 1):
        if isinstance(event, Answered):
            yield answered(event.answer)
        else:
            yield Step(number, told(event))


def verify(call: Call[Verify]) -> Steps:
    """Raises what `within` and `Bot.verify_stream` raise."""
    given = call.arguments
    filters = within(call.service, call.principal, given.filters.filters())
    for report in call.service.bot().verify_stream(given.text, filters, cancel=call.cancel):
        done = len(report.sentences)
        yield Step(done, f"{done} of {report.total} sentences are checked.", report.total)
    yield CallResult("\n".join(report_lines(report)), render.report_json(report))


def told(event: EvidenceReady | SearchedAgain | Words | Verifying) -> str:
    """A line that tells what has happened on the way to an answer."""
    match event:
        case EvidenceReady(hits=hits, evidence=evidence):
            articles = len(hits.article_ids)
            return f"Found {len(evidence)} sentences of evidence in {articles} articles."
        case SearchedAgain(queries=queries):
            return ENGLISH("chat.searched_again", queries=ENGLISH.every(queries))
        case Verifying():
            return ENGLISH("chat.verifying")
        case Words(text=text, citations=citations):
            marks = "".join(f" [{each.mark}]" for each in citations)
            return f"{facts.one_line(text)}{marks}"


def answered(answer: Answer) -> CallResult:
    if answer.status is Status.FAILED:
        return CallResult(worded(answer.reason) or "The answer failed.", render.to_json(answer), failed=True)
    return CallResult(whole(replace(answer, text=noted(answer))), render.to_json(answer))


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
    reason = f" ({worded(sentence.reason)})" if sentence.reason else ""
    return f"{facts.STATES[sentence.state]}: {facts.one_line(sentence.text)}{marks}{reason}"
