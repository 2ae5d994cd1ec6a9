"""What goes out: from an answer to Slack messages. Pure, within Slack's limits, and inert whatever an article says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.errors import ShownError
from bot.facts import understood
from bot.render import one_line
from bot.slack.elements import Block, Inline, actions, line, note, rich, run, sections
from bot.slack.pages import Part, Sources, fits, pages
from bot.slack.shape import PART_CHARACTERS, body
from bot.slack.sources import article, feedback_buttons, share_button, with_marks
from bot.slack.text import escaped, escaped_bytes, inert, pieces, shortened
from bot.slack.words import SlackWords
from bot.types import Answer, EvidenceReady, Status, Words
from index.types import Article

SUMMARY_BYTES = 4_000  # of a message's text: `chat.update` refuses more
NOTE_CHARACTERS = 2_900
NEAREST = 3  # articles that a message names while the answer is made


@dataclass(frozen=True, slots=True)
class Reply:
    """A message: its blocks, and the text of notifications and screen readers."""

    text: str
    blocks: tuple[Block, ...]


def replies(
    answer: Answer, words: SlackWords, *, key: str | None = None, shareable: bool = False, head: Block | None = None
) -> tuple[Reply, ...]:
    """The messages that show an answer: one, or several of a long one. A failure never looks like an answer.

    Quotes and feedback need the answer's `key`; an answer that one person sees is
    `shareable`; a `head` stands above it.
    """
    if answer.status is Status.FAILED:
        return (failed(answer.reason, words),)
    sources = Sources.of(answer.citations, key, words)
    above = (Part(head),) if head else ()
    parts = (*above, *body(answer, sources), *_notes(answer, words), *_nearest(answer, words))
    return messages(pages(parts, sources, _end(answer, words, key, shareable)), words)


def tail(answer: Answer, words: SlackWords, *, key: str | None = None) -> tuple[Reply, ...]:
    """What stands below a text that was streamed: the blocks of the first end the stream, others are messages."""
    if answer.status is Status.FAILED:
        return (failed(answer.reason, words),)
    sources = Sources.of(answer.citations, key, words)
    below = (*sources.below(sources.citations), *_end(answer, words, key, False))
    parts = (*_notes(answer, words), *_nearest(answer, words), *map(Part, below))
    return messages(pages(parts, sources), words)


def searching(words: SlackWords) -> Reply:
    """The first message, before anything is found."""
    return _doing(words("chat.searching"))


def reading(found: EvidenceReady, articles: Sequence[Article], words: SlackWords) -> Reply:
    """What was found, with the titles of the first `articles`."""
    count = len({hit.passage.article_id for hit in found.hits})
    doing = _doing(words("chat.reading", passages=len(found.hits), articles=count))
    titles = [note(f"• {shortened(one_line(each.title), 150)}") for each in articles[:NEAREST]]
    return Reply(doing.text, (*doing.blocks, *titles))


def writing(said: Sequence[Words], words: SlackWords) -> Reply:
    """The answer so far, each sentence with its marks; of one that is too long for a message, the beginning."""
    doing = note(words("doing.writing"))
    shown: list[Block] = []
    for block in (rich([line(each)]) for each in _written(said)):
        if not fits([*shown, block, doing]):
            break
        shown.append(block)
    return Reply(_summary("".join(each.text for each in said) or words("doing.writing")), (*shown, doing))


def sentence(text: str) -> Reply:
    """A message of plain words."""
    return Reply(_summary(text), sections(text))


def error(error: ShownError, words: SlackWords) -> Reply:
    """What a person is told of an error."""
    return sentence(words.error(error))


def help_text(words: SlackWords) -> str:
    """What can be asked, and how, a line each."""
    first, *rest = (
        words(f"help.{each}") for each in ("what", "mention", "ask", "watch", "watches", "settings", "check")
    )
    return "\n".join((first, *(f"• {each}" for each in rest)))


def mishap(reference: str, words: SlackWords) -> Reply:
    """That something broke, with the reference that stands in the log."""
    return sentence(words("error.mishap", reference=reference))


def failed(reason: str | None, words: SlackWords) -> Reply:
    """That there is no answer, and why."""
    head = words("chat.failed")
    why = words.told(reason) if reason else words("chat.no_reason")
    return Reply(_summary(f"{head} {why}"), (rich([line([run(head, bold=True)])]), *sections(why)))


def messages(made: Sequence[tuple[Block, ...]], words: SlackWords) -> tuple[Reply, ...]:
    """Each with the words of its rich text; one without any is said to hold the sources."""
    texts = [spoken(each for each in blocks if each["type"] in ("rich_text", "table")) for blocks in made]
    return tuple(
        Reply(_summary(text.strip() or words("source.list")), blocks) for text, blocks in zip(texts, made, strict=True)
    )


def spoken(blocks: Iterable[Mapping[str, Any]]) -> str:
    """What a screen reader says of rich text: the words of its paragraphs, items and cells, a line each."""
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
    """What was searched for and understood, why another model spoke, and what a person can do."""
    named = words("facts.semicolon").join(understood(each, words) for each in answer.understood)
    told = (
        words("chat.searched", question=one_line(answer.searched)) if answer.searched else "",
        words("answer.understood", named=named) if named else "",
        words.told(answer.notice) if answer.notice else "",
    )
    notes = tuple(note(each) for each in told if each)
    if key is None:
        return notes
    share = (actions([share_button(key, words)]),) if shareable else ()
    return (*notes, *share, feedback_buttons(key, words))


def _notes(answer: Answer, words: SlackWords) -> Iterator[Part]:
    """Of how many articles an answer with a shape is, and what the articles do not say."""
    if answer.shape:
        cited = len({each.article_id for each in answer.citations})
        found = len({hit.passage.article_id for hit in answer.hits})
        yield Part(note(words("chat.breadth", cited=cited, found=found)))
    yield from (Part(note(each)) for each in pieces((answer.reason or "").strip(), NOTE_CHARACTERS))


def _nearest(answer: Answer, words: SlackWords) -> Iterator[Part]:
    yield from (Part(article(each, words, "• ")) for each in answer.nearest)
    if answer.status is Status.REFUSED:
        yield Part(note(words("answer.ask_or_read" if answer.nearest else "answer.ask")))


def _written(said: Sequence[Words]) -> Iterator[list[Inline]]:
    """The paragraphs of what was streamed."""
    paragraph: list[Inline] = []
    for each in said:
        text = shortened(each.text.lstrip("\n"), PART_CHARACTERS)
        begins = each.text.startswith("\n") or sum(len(one["text"]) for one in paragraph) > PART_CHARACTERS
        if begins and paragraph:
            yield paragraph
            paragraph = []
        paragraph += with_marks([run(text)], each.citations)
    if paragraph:
        yield paragraph


def _doing(what: str) -> Reply:
    return Reply(_summary(what), (note(what),))


def _summary(text: str) -> str:
    return escaped(inert(shortened(text, SUMMARY_BYTES - 6, escaped_bytes))).strip() or "–"
