"""Kept answers with their proof, to be taken elsewhere: as Markdown, as a page that prints well, as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Any

from bot.history import Conversation, Record
from bot.history.since import NOTHING, KnownChanges
from bot.render.html.sheet import fill, sheet
from bot.render.html.words import ENGLISH, PageWording
from bot.render.references import as_markdown
from bot.render.references import markdown as quoted
from bot.render.text import iso, pieces_of, rows, sides_of, to_json, words_of
from bot.types import Answer, Block, Citation, Reason, Report, Sentence, Status
from bot.wording import worded
from bot.wording.facts import counts, line, one_line
from index.text.surrogates import without_surrogates

if TYPE_CHECKING:
    from markupsafe import Markup

Look = Callable[[Answer], KnownChanges]  # what is known by now of the quoted articles: `bot.history.since`


class Form(StrEnum):
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"

    @property
    def ending(self) -> str:
        """The suffix of a file's name."""
        return {Form.MARKDOWN: "md"}.get(self, str(self))

    @property
    def media_type(self) -> str:
        return {Form.JSON: "application/json"}.get(self, f"text/{self}")


@dataclass(frozen=True, slots=True)
class QuotedArticle:
    """The quotes of one article, as it was in one version."""

    facts: Citation  # the first one
    citations: tuple[Citation, ...]


def export(
    form: Form, conversation: Conversation, records: Sequence[Record], look: Look, words: PageWording = ENGLISH
) -> str:
    """Some answers of a conversation, or all: a file's text, for a reader of one language."""
    match form:
        case Form.MARKDOWN:
            return markdown(conversation.title, records, look, words)
        case Form.HTML:
            return html(conversation.title, records, look, words)
        case Form.JSON:
            return json_text(conversation, records, look)


def markdown(title: str, records: Sequence[Record], look: Look, words: PageWording = ENGLISH) -> str:
    """Each question with its answer, and below it each quote with where it is from. What is text stays text."""
    blocks = [f"# {as_markdown(title)}"]
    for record, headed in _headed(title, records):
        blocks += [
            f"## {as_markdown(record.question)}" if headed else "",
            as_markdown(words("answer.asked", time=asked(record.asked, words))),
        ]
        blocks += (
            _markdown_blocks(record.answer, look(record.answer).since, words)
            if record.answer
            else [as_markdown(words("chat.stopped"))]
        )
    return "\n\n".join(block for block in blocks if block) + "\n"


def html(title: str, records: Sequence[Record], look: Look, words: PageWording = ENGLISH) -> str:
    """A page of its own that fetches nothing and runs nothing, for the screen and for paper."""
    answers = [answer_html(each, look, words, headed=headed) for each, headed in _headed(title, records)]
    return sheet(title, fill("conversation.html", words, answers=answers), words)


def _headed(title: str, records: Sequence[Record]) -> Iterator[tuple[Record, bool]]:
    """The records, each with whether its question is a heading of its own: not the first one, if it is the title."""
    return ((record, place > 0 or record.question != title) for place, record in enumerate(records))


def answer_html(record: Record, look: Look, words: PageWording = ENGLISH, *, headed: bool = True) -> Markup:
    """One answer as part of a page: its question as a heading, unless the page has it; its marks lead to its quotes."""
    answer = record.answer
    return fill(
        "answer.html",
        words,
        record=record,
        answer=answer,
        headed=headed,
        beside=beside,
        asked=asked(record.asked, words),
        sources=sources(answer.citations) if answer else (),
        known=look(answer) if answer else NOTHING,
    )


def json_text(conversation: Conversation, records: Sequence[Record], look: Look) -> str:
    """The text of `byline history show --json`, with what became of the quoted articles by mark: `since`."""
    told = [{**record_json(each), "since": _since(look, each.answer)} for each in records]
    whole = {**conversation_json(conversation), "records": told}
    return without_surrogates(json.dumps(whole, ensure_ascii=False, indent=2)) + "\n"


def _since(look: Look, answer: Answer | None) -> dict[int, str]:
    return {mark: worded(reason) for mark, reason in look(answer).since.items()} if answer else {}


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


def report_markdown(report: Report, words: PageWording = ENGLISH) -> str:
    """A text held against the articles: its sentences, a line each, and below them each quote with where it is from."""
    lines = [_markdown_judged(each, words) for each in report.sentences]
    blocks = [f"# {as_markdown(words('check.report'))}", counts(report, words), "\n".join(lines)]
    return "\n\n".join((*blocks, *_markdown_quotes(report.citations, {}, words))) + "\n"


def sources(citations: Iterable[Citation]) -> tuple[QuotedArticle, ...]:
    """The quoted articles, in the order of the marks."""
    found: dict[tuple[str, str], list[Citation]] = {}
    for citation in citations:
        found.setdefault((citation.article_id, citation.version), []).append(citation)
    return tuple(QuotedArticle(each[0], tuple(each)) for each in found.values())


def asked(at: datetime, words: PageWording = ENGLISH) -> str:
    return words("answer.time", day=words.day(at), clock=f"{at:%H:%M}")


def _markdown_blocks(answer: Answer, since: Mapping[int, Reason], words: PageWording) -> Iterator[str]:
    if answer.status is Status.FAILED:
        why = words.reason(answer.reason) if answer.reason else ""
        yield as_markdown(f"{words('chat.failed')} {why}")
        return
    if answer.sentences:
        sentences = [_markdown_sentence(each, beside(each, words)) for each in answer.sentences]
        for kind, some in groupby(answer.blocks, key=lambda block: block.kind):
            blocks = list(some)
            yield _table(blocks, sentences) if kind == "row" else "\n".join(_lines(blocks, sentences))
    else:
        yield as_markdown(answer.said)
    if answer.reason:
        yield as_markdown(words.reason(answer.reason))
    yield from _markdown_quotes(answer.citations, since, words)
    if answer.nearest:
        yield "\n".join(f"- {as_markdown(line(each, words))}" for each in answer.nearest)


def _markdown_quotes(citations: Iterable[Citation], since: Mapping[int, Reason], words: PageWording) -> Iterator[str]:
    for citation in citations:
        yield f"\\[{citation.mark}\\]"
        yield quoted([citation], words, since)


def _lines(blocks: Iterable[Block], sentences: Sequence[str]) -> Iterator[str]:
    """Blocks but for those of a table: items of a list, the day of an event before it."""
    for block in blocks:
        said = words_of(block, sentences)
        day = f"**{as_markdown(block.label)}** " if block.label else ""
        yield said if block.kind == "paragraph" else f"- {day}{said}"


def _table(blocks: Sequence[Block], sentences: Sequence[str]) -> str:
    sides = sides_of(blocks)
    cells = [[words_of(row[side], sentences) if side in row else "" for side in sides] for row in rows(blocks)]
    lines = [[as_markdown(each) for each in sides], ["---"] * len(sides), *cells]
    return "\n".join(f"| {' | '.join(each.replace('|', '&#124;') for each in line)} |" for line in lines)


def _markdown_sentence(sentence: Sentence, note: str) -> str:
    marks = (f"\\[{mark}\\]" for mark in sentence.citations)
    told = f"*{as_markdown(note)}*" if note else ""
    return " ".join(filter(None, (_markdown_words(sentence), *marks, told)))


def _markdown_words(sentence: Sentence) -> str:
    """The text of a sentence, with the words that answer in bold."""
    pieces = pieces_of(sentence.text, sentence.answering)
    return one_line("".join(_bold(piece) if answers else _spaced(piece) for piece, answers in pieces))


def _bold(words: str) -> str:
    return f"**{as_markdown(words)}**"


def _spaced(piece: str) -> str:
    """Same as `as_markdown`, with a space where the piece has some at an end."""
    before, behind = (" " if each.isspace() else "" for each in (piece[:1], piece[-1:]))
    return f"{before}{as_markdown(piece)}{behind}"


def _markdown_judged(sentence: Sentence, words: PageWording) -> str:
    state = as_markdown(words(f"check.{sentence.state}"))
    note = words("answer.note", note=words.reason(sentence.reason)) if sentence.reason else ""
    return f"- **{state}** {_markdown_sentence(sentence, note)}"


def beside(sentence: Sentence, words: PageWording) -> str:
    """Why a sentence has no mark, or that it stands in for others, in brackets; empty for any other."""
    if sentence.reason:
        return words("answer.note", note=words.reason(sentence.reason))
    return words("answer.note", note=words("chat.unsupported")) if sentence.unproved else ""
