"""Answers to Slack messages. Pure, within Slack's limits, and with untrusted text as inert text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import ShownError
from bot.slack.elements import Block, Inline, actions, line, note, progress, rich, run, sections
from bot.slack.pages import CitationBlocks, MessagePart, fits, pages
from bot.slack.shape import PART_CHARACTERS, body
from bot.slack.sources import article, feedback_buttons, share_button, with_marks
from bot.slack.text import escaped, escaped_bytes, inert, pieces, shortened
from bot.slack.words import SlackWords
from bot.types import Answer, EvidenceReady, Reason, Status, Words
from bot.wording.facts import one_line, understood
from index.types import Article

SUMMARY_BYTES = 4_000  # of a message's text: `chat.update` refuses more
NOTE_CHARACTERS = 2_900
NEAREST = 3  # titles in a message of progress, at most


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """A message: its blocks, and the text of notifications and screen readers."""

    text: str
    blocks: tuple[Block, ...]


def replies(
    answer: Answer, words: SlackWords, *, key: str | None = None, shareable: bool = False, head: Block | None = None
) -> tuple[SlackMessage, ...]:
    """The messages of an answer: one, or several for a long one. A failure never looks like an answer.

    Quotes and feedback need the `key` of the answer. An answer for one person is `shareable`. `head` comes first.
    """
    if answer.status is Status.FAILED:
        return (failed(answer.reason, words),)
    sources = CitationBlocks.of(answer.citations, key, words)
    above = (MessagePart(head),) if head else ()
    parts = (*above, *body(answer, sources), *_notes(answer, words), *_nearest(answer, words))
    return messages(pages(parts, sources, _end(answer, words, key, shareable)), words)


def tail(answer: Answer, words: SlackWords, *, key: str | None = None) -> tuple[SlackMessage, ...]:
    """The replies below a streamed text. The blocks of the first reply end the stream."""
    if answer.status is Status.FAILED:
        return (failed(answer.reason, words),)
    sources = CitationBlocks.of(answer.citations, key, words)
    below = (*sources.below(sources.citations), *_end(answer, words, key, False))
    parts = (*_notes(answer, words), *_nearest(answer, words), *map(MessagePart, below))
    return messages(pages(parts, sources), words)


def searching(words: SlackWords) -> SlackMessage:
    """The message before the search has ended."""
    return _doing(words("chat.searching"))


def reading(found: EvidenceReady, articles: Sequence[Article], words: SlackWords) -> SlackMessage:
    """The counts of passages and articles, with the titles of the first `articles`."""
    count = len(found.hits.article_ids)
    doing = _doing(words("chat.reading", passages=len(found.hits), articles=count))
    titles = [note(f"• {shortened(one_line(each.title), 150)}") for each in articles[:NEAREST]]
    return SlackMessage(doing.text, (*doing.blocks, *titles))


def writing(streamed: Sequence[Words], words: SlackWords) -> SlackMessage:
    """The answer so far, with its marks; only the beginning of a text that is too long for a message."""
    doing = progress(words("doing.writing"))
    shown: list[Block] = []
    for block in (rich([line(each)]) for each in _written(streamed)):
        if not fits([*shown, block, doing]):
            break
        shown.append(block)
    return SlackMessage(_summary("".join(each.text for each in streamed) or words("doing.writing")), (*shown, doing))


def sentence(text: str) -> SlackMessage:
    """A message of plain words."""
    return SlackMessage(_summary(text), sections(text))


def error(error: ShownError, words: SlackWords) -> SlackMessage:
    """The message of an error."""
    return sentence(words.error(error))


def help_text(words: SlackWords) -> str:
    """The help: the kinds of questions and commands, a line each."""
    first, *rest = (
        words(f"help.{each}") for each in ("what", "mention", "ask", "watch", "watches", "settings", "check")
    )
    return "\n".join((first, *(f"• {each}" for each in rest)))


def mishap(reference: str, words: SlackWords) -> SlackMessage:
    """The message of a bug, with its reference in the log."""
    return sentence(words("error.mishap", reference=reference))


def failed(reason: Reason | None, words: SlackWords) -> SlackMessage:
    """The message of a failed answer, with its reason."""
    head = words("chat.failed")
    why = words.reason(reason) if reason else words("chat.no_reason")
    return SlackMessage(_summary(f"{head} {why}"), (rich([line([run(head, bold=True)])]), *sections(why)))


def messages(made: Sequence[tuple[Block, ...]], words: SlackWords) -> tuple[SlackMessage, ...]:
    """Replies with the text of their rich text; a reply without any is named a list of sources."""
    texts = [spoken(each for each in blocks if each["type"] in ("rich_text", "table")) for blocks in made]
    return tuple(
        SlackMessage(_summary(text.strip() or words("source.list")), blocks)
        for text, blocks in zip(texts, made, strict=True)
    )


def spoken(blocks: Iterable[Mapping[str, Any]]) -> str:
    """The text of rich text for screen readers: its paragraphs, items and cells, a line each."""
    return "\n".join(line for block in blocks for line in _lines(block))


def _lines(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if value.get("type") in ("rich_text_section", "rich_text_quote"):
            yield "".join(each["text"] for each in value["elements"])
        else:
            yield from _lines(value.get("elements") or value.get("rows"))
    elif isinstance(value, list):
        for each in value:
            yield from _lines(each)


def _end(answer: Answer, words: SlackWords, key: str | None, shareable: bool) -> tuple[Block, ...]:
    """The end of an answer: the search query, the understood facts, the notice, and the buttons."""
    named = words("facts.semicolon").join(understood(each, words) for each in answer.understood)
    lines = (
        words("chat.searched", question=one_line(answer.searched)) if answer.searched else "",
        words("answer.understood", named=named) if named else "",
        words.reason(answer.notice) if answer.notice else "",
    )
    notes = tuple(note(each) for each in lines if each)
    if key is None:
        return notes
    share = (actions([share_button(key, words)]),) if shareable else ()
    return (*notes, *share, feedback_buttons(key, words))


def _notes(answer: Answer, words: SlackWords) -> Iterator[MessagePart]:
    """The number of articles of a broad answer, and the reason of a partial one or a refusal."""
    if answer.shape:
        cited = len({each.article_id for each in answer.citations})
        found = len(answer.hits.article_ids)
        yield MessagePart(note(words("chat.breadth", cited=cited, found=found)))
    reason = words.reason(answer.reason) if answer.reason else ""
    yield from (MessagePart(note(each)) for each in pieces(reason.strip(), NOTE_CHARACTERS))


def _nearest(answer: Answer, words: SlackWords) -> Iterator[MessagePart]:
    yield from (MessagePart(article(each, words, "• ")) for each in answer.nearest)
    if answer.status is Status.REFUSED:
        yield MessagePart(note(words("answer.ask_or_read" if answer.nearest else "answer.ask")))


def _written(streamed: Sequence[Words]) -> Iterator[list[Inline]]:
    """The paragraphs of the streamed words."""
    paragraph: list[Inline] = []
    for each in streamed:
        text = shortened(each.text.lstrip("\n"), PART_CHARACTERS)
        begins = each.text.startswith("\n") or sum(len(one["text"]) for one in paragraph) > PART_CHARACTERS
        if begins and paragraph:
            yield paragraph
            paragraph = []
        paragraph += with_marks([run(text)], each.citations)
    if paragraph:
        yield paragraph


def _doing(what: str) -> SlackMessage:
    return SlackMessage(_summary(what), (progress(what),))


def _summary(text: str) -> str:
    return escaped(inert(shortened(text, SUMMARY_BYTES - 6, escaped_bytes))).strip() or "–"
