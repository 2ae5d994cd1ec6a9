"""Kept answers with their proof, to be taken elsewhere: as Markdown, as a page that prints well, as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bot.attribute import day
from bot.history import Conversation, Record
from bot.reference import as_markdown
from bot.reference import markdown as quoted
from bot.render import article_line, iso, to_json
from bot.types import Answer, Citation, Sentence, State, Status
from bot.web.sheet import fill, sheet

if TYPE_CHECKING:
    from markupsafe import Markup

Since = Callable[[Answer], Mapping[int, str]]  # what became of the quoted articles, a sentence by mark: `bot.since`


class Form(StrEnum):
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"

    @property
    def ending(self) -> str:
        """Of a file's name."""
        return {Form.MARKDOWN: "md"}.get(self, str(self))

    @property
    def media_type(self) -> str:
        return {Form.JSON: "application/json"}.get(self, f"text/{self}")


@dataclass(frozen=True, slots=True)
class Source:
    """The quotes of one article, as it was in one version."""

    facts: Citation  # the first one
    citations: tuple[Citation, ...]


def export(form: Form, conversation: Conversation, records: Sequence[Record], since: Since) -> str:
    """Some answers of a conversation, or all: a file's text."""
    match form:
        case Form.MARKDOWN:
            return markdown(conversation.title, records, since)
        case Form.HTML:
            return html(conversation.title, records, since)
        case Form.JSON:
            return json_text(conversation, records, since)


def markdown(title: str, records: Sequence[Record], since: Since) -> str:
    """Each question with its answer, and below it each quote with where it is from. What is text stays text."""
    blocks = [f"# {as_markdown(title)}"]
    for record in records:
        blocks += [f"## {as_markdown(record.question)}", f"Asked {asked(record.asked)}."]
        blocks += _markdown_blocks(record.answer, since(record.answer)) if record.answer else ["Stopped."]
    return "\n\n".join(block for block in blocks if block) + "\n"


def html(title: str, records: Sequence[Record], since: Since) -> str:
    """A page of its own that fetches nothing and runs nothing, for the screen and for paper."""
    return sheet(title, fill("conversation.html", answers=[answer_html(each, since) for each in records]))


def answer_html(record: Record, since: Since, *, headed: bool = True) -> Markup:
    """One answer as part of a page: its question as a heading, unless the page has it; its marks lead to its quotes."""
    answer = record.answer
    return fill(
        "answer.html",
        record=record,
        answer=answer,
        headed=headed,
        asked=asked(record.asked),
        sources=sources(answer) if answer else (),
        since=since(answer) if answer else {},
    )


def json_text(conversation: Conversation, records: Sequence[Record], since: Since) -> str:
    """As `byline history show --json`; each record also says by mark what became of the quoted articles `since`."""
    told = [{**record_json(each), "since": since(each.answer) if each.answer else {}} for each in records]
    whole = {**conversation_json(conversation), "records": told}
    return json.dumps(whole, ensure_ascii=False, indent=2).encode(errors="replace").decode() + "\n"


def conversation_json(conversation: Conversation) -> dict[str, Any]:
    """`byline history --json`."""
    return {
        "id": conversation.place.id,
        "surface": conversation.place.owner.surface,
        "name": conversation.place.name,
        "title": conversation.title,
        "started": iso(conversation.started),
        "used": iso(conversation.used),
        "turns": conversation.turns,
    }


def record_json(record: Record) -> dict[str, Any]:
    return {
        "question": record.question,
        "asked": iso(record.asked),
        "status": record.status,
        "answer": to_json(record.answer) if record.answer else None,
    }


def sources(answer: Answer) -> tuple[Source, ...]:
    """What an answer quotes, by article, in the order of the marks."""
    found: dict[tuple[str, str], list[Citation]] = {}
    for citation in answer.citations:
        found.setdefault((citation.article_id, citation.version), []).append(citation)
    return tuple(Source(each[0], tuple(each)) for each in found.values())


def asked(at: datetime) -> str:
    return f"{day(at)}, {at:%H:%M} UTC"


def _markdown_blocks(answer: Answer, since: Mapping[int, str]) -> Iterator[str]:
    if answer.status is Status.FAILED:
        yield f"No answer: something failed. {as_markdown(answer.reason or '')}"
        return
    if answer.sentences:
        yield " ".join(map(_markdown_sentence, answer.sentences))
    else:
        yield as_markdown(answer.text)
    if answer.reason:
        yield as_markdown(answer.reason)
    for citation in answer.citations:
        note = since.get(citation.mark)
        yield f"\\[{citation.mark}\\]"
        yield quoted([citation]) + (f"\n>\n> *{as_markdown(note)}*" if note else "")
    if answer.nearest:
        yield "\n".join(f"- {as_markdown(article_line(each))}" for each in answer.nearest)


def _markdown_sentence(sentence: Sentence) -> str:
    text = as_markdown(sentence.text)
    if sentence.state is State.UNSUPPORTED:
        return f"{text} *({as_markdown(unsupported(sentence))})*"
    return " ".join((text, *(f"\\[{mark}\\]" for mark in sentence.citations)))


def unsupported(sentence: Sentence) -> str:
    """Why a sentence has no mark."""
    return sentence.reason or "Nothing in the articles says this."
