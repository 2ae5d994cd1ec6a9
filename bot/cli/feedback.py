"""The command that shows what readers said of answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli import terminal
from bot.cli.conversations import kept, moment, write_out
from bot.cli.options import AsJson, StoreFolder
from bot.cli.output import say, say_json
from bot.cli.terminal import show
from bot.history import feedback as said
from bot.history.feedback import Given
from bot.wording.facts import one_line


def feedback(
    store: StoreFolder = None,
    as_json: AsJson = False,
    export: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write test prompts to be completed, as in prompts/eval.")
    ] = None,
) -> None:
    """Show what readers said of answers, the newest first; or test prompts made from it."""
    given = said.everybodys(kept(store))
    if export:
        _export(given, export)
    elif as_json:
        say_json([said.given_json(each) for each in given])
    else:
        for each in given:
            _show(each)


def _show(given: Given) -> None:
    feedback = given.feedback
    verdict = "good" if feedback.good else ", ".join(feedback.reasons) or "not good"
    show((f"{moment(given.at)}  ", ""), (verdict, terminal.MARK), (f"  {one_line(given.record.question)}", "bold"))
    if given.record.answer and given.record.answer.text:
        show((one_line(given.record.answer.text), ""))
    if feedback.note:
        show((f"Note: {one_line(feedback.note)}", "yellow"))
    say("")


def _export(given: tuple[Given, ...], path: Path) -> None:
    write_out(said.drafts(given), path)
    if left := sum(not said.draftable(each) for each in given):
        say(f"Left out {left} whose question promptfoo would read as a template or a file.", error=True)
