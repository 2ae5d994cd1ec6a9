"""The commands of standing questions: what articles that are new since the last look say about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.alerts.watch import Every, News, Watch, Watches, news
from bot.cli import terminal
from bot.cli.conversations import HERE, moment
from bot.cli.filters import limited
from bot.cli.options import AsJson, ModelSpec, StoreFolder, Strictness, open_index
from bot.cli.output import say, say_json
from bot.cli.terminal import show
from bot.config import read
from bot.history import Place
from bot.render import text as render
from bot.types import Reason
from bot.wording import facts, worded
from index.types import Filters

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Standing questions: what articles that are new since the last look say about them, cited.",
)

MINE = Place(HERE, "watch")

Id = Annotated[str, typer.Argument(metavar="ID")]


@app.command("add")
@limited
def add(
    question: Annotated[str, typer.Argument(metavar="QUESTION")],
    every: Annotated[Every, typer.Option(help="How often to look.")] = Every.DAILY,
    filters: Filters = Filters(),
    store: StoreFolder = None,
) -> None:
    """Watch a question: `byline watch run` tells what articles say that arrive from now on."""
    config = read({"store": store})
    with open_index(config, agree=False) as index:
        index.require(filters)
        watch = Watches(config.store, url=config.database_url).add(MINE, question, every, filters, index.snapshot)
    say(f"Watching {watch.id}, {watch.every}: the next look is due on {moment(watch.due)}")


@app.command("list")
def list_watches(store: StoreFolder = None, as_json: AsJson = False) -> None:
    """The watches, with their ids."""
    found = _watches(store).list(MINE)
    if as_json:
        say_json([watch_json(each) for each in found])
        return
    for each in found:
        when = "paused" if each.paused else f"{each.every}, due {moment(each.due)}"
        show((each.id, terminal.MARK), (f"  {when}  ", ""), (each.question, "bold"))
        if each.filters:
            say(f"  {render.filters_line(each.filters)}")
        if each.failure:
            show((f"  The last look failed: {facts.one_line(worded(each.failure))}", "yellow"))
    if not found:
        say('There is no watch yet. Make one with `byline watch add "QUESTION"`.', error=True)


@app.command("pause")
def pause(watch_id: Id, store: StoreFolder = None) -> None:
    """Stop looking at one; what arrives meanwhile is told after `resume`."""
    _watches(store).pause(MINE, watch_id)
    say(f"Paused {watch_id}")


@app.command("resume")
def resume(watch_id: Id, store: StoreFolder = None) -> None:
    """Look at one again that was paused."""
    _watches(store).resume(MINE, watch_id)
    say(f"Resumed {watch_id}")


@app.command("remove")
def remove(watch_id: Id, store: StoreFolder = None) -> None:
    """Take one out for good."""
    _watches(store).remove(MINE, watch_id)
    say(f"Removed {watch_id}")


@app.command("run")
def run(
    everything: Annotated[bool, typer.Option("--all", help="Also those that are not due yet; never a paused one.")] = (
        False
    ),
    store: StoreFolder = None,
    model: ModelSpec = None,
    strictness: Strictness = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")] = False,
) -> None:
    """Look at those that are due, and print what is new. For cron: it prints nothing where nothing is."""
    from bot.answering.bot import Bot

    watches = _watches(store)
    due = (watches.active if everything else watches.due)(HERE.surface)
    if not due:
        return
    config = read({"store": store, "model": model, "strictness": strictness})
    with Bot.open(config.store, config.model, config) as bot:
        failed = [each for each in news(bot, watches, due) if not _told(each, bot.notice, as_json)]
    if failed:
        raise typer.Exit(1)


def watch_json(watch: Watch) -> dict[str, Any]:
    return {
        "id": watch.id,
        "question": watch.question,
        "every": str(watch.every),
        "filters": render.filters_json(watch.filters),
        "made": render.iso(watch.made),
        "due": render.iso(watch.due),
        "last": render.iso(watch.last),
        "paused": watch.paused,
        "failure": worded(watch.failure),
    }


def _watches(store: Path | None) -> Watches:
    """The watches about the index of the settings. Raises StoreMissing."""
    config = read({"store": store})
    open_index(config, agree=False).close()
    return Watches(config.store, url=config.database_url)


def _told(found: News, notice: Reason | None, as_json: bool) -> bool:
    """Prints what a look gave; a failure goes to standard error, and is false."""
    if found.answer is None:
        say(f"{found.watch.question}\n{worded(found.failure)} The watch {found.watch.id} stays due.", error=True)
        return False
    if as_json:
        say_json({"watch": watch_json(found.watch), "answer": render.to_json(found.answer)}, on_one_line=True)
        return True
    show((found.watch.question, "bold"))
    terminal.show_answer(found.answer)
    say("")
    if notice:
        say(worded(notice), error=True)
    return True
