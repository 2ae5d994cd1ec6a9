"""The report of a checked text, as a modal that grows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from bot.slack import elements
from bot.slack.elements import Block, Inline, line, link, modal, note, quotation, rich, run, sections
from bot.slack.sources import BYLINE_CHARACTERS, QUOTE_CHARACTERS, with_marks
from bot.slack.text import TITLE_CHARACTERS, pieces, shortened, web_address
from bot.slack.words import SlackWords
from bot.types import Citation, Report, Sentence, State
from bot.wording.facts import byline, counts, one_line

VIEW_BLOCKS, VIEW_BYTES = 90, 200_000  # Slack takes 100 blocks and 250,000 bytes
SENTENCE_CHARACTERS = 2_500
QUOTES = 3  # of a block
_SIGNS = {State.SUPPORTED: "✓", State.CONTRADICTED: "✗", State.UNSUPPORTED: "?"}


def report_view(report: Report, words: SlackWords) -> Block:
    """The modal of a report: its progress, then each sentence with its state and its quotes.

    If the report is too long for a modal, the modal shows its beginning, and says so.
    """
    shown: list[Block] = []
    left, room = len(report.sentences), VIEW_BYTES
    for sentence in report.sentences:
        blocks = _judged(sentence, report.citations, words)
        room -= len(json.dumps(blocks))
        if len(shown) + len(blocks) > VIEW_BLOCKS or room < 0:
            break
        shown += blocks
        left -= 1
    cut = words("report.first", shown=len(report.sentences) - left, all=report.total) if left else ""
    state = note if report.finished else elements.progress
    notes = (state(progress(report, words)), *([note(cut)] if cut else []))
    return modal("report", words("report.title"), (*notes, *shown), words("modal.close"))


def begun_view(words: SlackWords) -> Block:
    """The modal before the first sentence is judged."""
    return modal("report", words("report.title"), (elements.progress(words("chat.searching")),), words("modal.close"))


def said_view(text: str, words: SlackWords) -> Block:
    """A modal of plain words."""
    return modal("report", "Byline", sections(text), words("modal.close"))


def progress(report: Report, words: SlackWords) -> str:
    """The number of judged sentences; of a finished report, the counts by state."""
    if report.finished:
        return counts(report, words)
    return words("report.going", done=len(report.sentences), all=report.total)


def _judged(sentence: Sentence, citations: Sequence[Citation], words: SlackWords) -> list[Block]:
    """A sentence with the sign and the name of its state, its marks, and its quotes below."""
    cited = [each for each in citations if each.mark in sentence.citations]
    *first, last = list(pieces(sentence.text, SENTENCE_CHARACTERS)) or [""]
    state = run(f"{_SIGNS[sentence.state]} {words(f'check.{sentence.state}')}  ", bold=True)
    reason = words("answer.note", note=words.reason(sentence.reason)) if sentence.reason else ""
    ending = [*with_marks([run(last)], cited), *([run(f" {reason}", italic=True)] if reason else [])]
    parts = [rich([line([state, *([run(first[0])] if first else ending)])])]
    parts += [rich([line([run(each)])]) for each in first[1:]]
    parts += [rich([line(ending)])] if first else []
    quotes = [_quoted(each, words) for each in cited]
    parts[-1]["elements"] += quotes[:QUOTES]
    more = (quotes[start : start + QUOTES] for start in range(QUOTES, len(quotes), QUOTES))
    return [*parts, *map(rich, more)]


def _quoted(citation: Citation, words: SlackWords) -> Block:
    """A quote with its mark, and its article: title, author, outlet and day."""
    quote = words("source.quote", quote=shortened(one_line(citation.quote), QUOTE_CHARACTERS))
    return quotation(_facts(citation, f"[{citation.mark}] {quote} — ", words))


def _facts(citation: Citation, before: str, words: SlackWords) -> Iterator[Inline]:
    url, title = web_address(citation.url), shortened(one_line(citation.title), TITLE_CHARACTERS)
    who = shortened(byline(citation, words), BYLINE_CHARACTERS)
    yield run(before)
    yield link(title, url) if url and title else run(title)
    yield run(f"{words('facts.comma')}{who}" if who else "")
