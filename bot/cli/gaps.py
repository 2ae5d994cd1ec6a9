"""The command that shows what people asked that the articles do not say."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.alerts.gaps import SHOWN, Gap, Gaps, gap_json
from bot.cli import terminal
from bot.cli.conversations import kept
from bot.cli.filters import Since
from bot.cli.options import AsJson, StoreFolder, open_bot
from bot.cli.output import say, say_json
from bot.cli.terminal import show
from bot.config import read
from bot.wording.facts import line, one_line


def gaps(
    since: Since = None,
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, help="Groups at most.")] = SHOWN,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show what people asked that the articles do not say, grouped by meaning, the most asked first.

    Each group is asked again, without a language model, so that it is said what the articles answer by now.
    """
    history = kept(store)
    with open_bot(read({"store": store, "model": "extractive"})) as bot:
        found = Gaps(history).list(bot, since, most)
    if as_json:
        say_json([gap_json(each) for each in found])
        return
    for each in found:
        _show(each)
    if not found:
        say("Nothing was asked that the articles do not say, or it is no longer kept.", error=True)


def _show(gap: Gap) -> None:
    times = "once" if gap.count == 1 else f"{gap.count} times"
    show((one_line(gap.question), "bold"), ("  answered by now" if gap.answered else "", terminal.MARK))
    show((f"{times}, last on {gap.last}, by {', '.join(gap.surfaces)}", ""))
    for question in gap.questions:
        if question != gap.question:
            say(f"  {one_line(question)}")
    for near in gap.nearest:
        say(f"  nearest: {near.article_id}  {line(near)}")
    say("")
