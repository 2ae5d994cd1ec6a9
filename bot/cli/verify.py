"""The command that holds a text against the articles."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import terminal
from bot.cli.filters import limited
from bot.cli.options import AsJson, StoreFolder
from bot.cli.output import say, say_json
from bot.cli.terminal import show
from bot.config import read
from bot.errors import UsageError
from bot.history import export
from bot.render import text as render
from bot.service.limits import ensure_some_for_command
from bot.types import Report, Sentence, State
from bot.wording import facts, worded
from index.errors import SourceMissing
from index.types import Filters

if TYPE_CHECKING:
    from bot.answering.bot import Bot

SUPPORTED, NOT_ALL, STOPPED = 0, 3, 130
STANDARD_INPUT = "-"
_STYLES = {State.SUPPORTED: "green", State.CONTRADICTED: "red", State.UNSUPPORTED: "yellow"}
_WIDTH = 1 + max(map(len, facts.STATES.values()))

Given = Annotated[str, typer.Argument(metavar="TEXT|FILE", help="A text, a file of one, or - for standard input.")]


@limited
def verify(
    text: Given,
    store: StoreFolder = None,
    as_json: AsJson = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    filters: Filters = Filters(),
) -> None:
    """Whether the articles support each sentence of a text, with quotes. Ends with 3 unless they support all."""
    from bot.answering.bot import Bot

    if as_json and as_markdown:
        raise UsageError("A report is printed in one form. Leave out --json or --markdown.")
    written, config = text_of(text), read({"store": store})
    with Bot.open(config.store, "extractive", config) as bot:
        ensure_some_for_command(bot.index, filters)
        report = judged(bot, written, filters)
    if as_json:
        say_json(render.report_json(report))
    elif as_markdown:
        say(export.report_markdown(report).rstrip("\n"))
    else:
        show_report(report)
    raise typer.Exit(STOPPED if not report.finished else SUPPORTED if report.supported else NOT_ALL)


def text_of(given: str) -> str:
    """The text itself, that of the file that it names, or that of standard input. Raises UsageError, Unreadable."""
    if given == STANDARD_INPUT:
        return sys.stdin.buffer.read().decode(errors="replace")
    if os.path.isdir(given):  # noqa: PTH112 - Path.is_dir fails on a text that is too long for a path
        raise UsageError(f"{given} is a folder. Name one file of it, or give the text itself.")
    if os.path.exists(given):  # noqa: PTH110 - likewise
        from bot.answering.verify import text_of as text_of_articles
        from index.load import read as read_articles

        return text_of_articles(read_articles([given]))
    from index.load.registry import suffix

    if suffix(given) and not any(map(str.isspace, given)):
        raise SourceMissing(given)
    return given


def judged(bot: Bot, text: str, filters: Filters) -> Report:
    """The report, with a bar on the screen; after Ctrl-C as far as it is."""
    report: Report | None = None
    try:
        with terminal.progress() as tell:
            for report in bot.verify_stream(text, filters):
                tell("Checking", len(report.sentences), report.total)
    except KeyboardInterrupt:
        if report is None:
            raise
    assert report is not None
    return report


def show_report(report: Report) -> None:
    """The sentences with their states and marks, a line each; the quotes; how many there are of each."""
    for sentence in report.sentences:
        show(*_line(sentence))
    if report.citations:
        say("")
    for citation in report.citations:
        show((render.footnote(citation), ""))
    say("")
    say(render.summary(report))
    if not report.finished:
        say(f"{len(report.sentences)} of {report.total} sentences were checked.", error=True)


def _line(sentence: Sentence) -> list[terminal.Styled]:
    marks = "".join(f" [{mark}]" for mark in sentence.citations)
    return [
        (f"{facts.STATES[sentence.state]:<{_WIDTH}}", _STYLES[sentence.state]),
        (facts.one_line(sentence.text), ""),
        (marks, terminal.MARK),
        (f" ({worded(sentence.reason)})" if sentence.reason else "", "dim"),
    ]
