"""The commands that show articles and take them out."""

from __future__ import annotations

from typing import Annotated

import typer

from bot import render
from bot.cli import terminal
from bot.cli.options import AsJson, StoreFolder, open_index
from bot.cli.terminal import say, say_json, show
from bot.config import read
from bot.errors import UsageError

app = typer.Typer(rich_markup_mode=None)

Id = Annotated[str, typer.Argument(metavar="ID")]
Ids = Annotated[list[str], typer.Argument(metavar="ID...")]


@app.callback(invoke_without_command=True)
def articles(context: typer.Context, store: StoreFolder = None, as_json: AsJson = False) -> None:
    """List the articles; show one, or its history; remove some."""
    if context.invoked_subcommand:
        if store or as_json:
            raise UsageError(
                f"Options stand at the end: `byline articles {context.invoked_subcommand} ID --store DIR`."
            )
        return
    with open_index(read({"store": store})) as index:
        if as_json:
            say_json([render.article_json(article) for article in index.articles()])
            return
        for article in index.articles():
            show((article.id, terminal.MARK), ("  ", ""), (render.article_line(article), ""))


@app.command("show")
def show_article(article_id: Id, store: StoreFolder = None, as_json: AsJson = False) -> None:
    """One article with its text."""
    with open_index(read({"store": store})) as index:
        article = index.article(article_id)
    if as_json:
        say_json(render.article_json(article, text=True))
        return
    show((article.title, "bold"))
    show((render.byline(article), ""))
    if also := render.also(article):
        show((also, ""))
    say("")
    say(article.text)


@app.command("remove")
def remove_articles(article_ids: Ids, store: StoreFolder = None) -> None:
    """Take articles out. Where one of them is not there, none is."""
    with open_index(read({"store": store})) as index:
        for article_id in article_ids:
            index.article(article_id)
        for article_id in dict.fromkeys(article_ids):
            index.remove(article_id)
            say(f"Removed {article_id}")


@app.command("history")
def show_history(article_id: Id, store: StoreFolder = None, as_json: AsJson = False) -> None:
    """What changed in an article since it first came in, and when."""
    with open_index(read({"store": store})) as index:
        article, revisions = index.article(article_id), index.history(article_id)
    if as_json:
        say_json([render.revision_json(revision) for revision in revisions])
        return
    show((article.title, "bold"))
    if not revisions:
        say("It is as it first came in.")
    for revision in revisions:
        show((f"{revision.at:%Y-%m-%d %H:%M} UTC", terminal.MARK))
        for line in render.revision_lines(revision):
            say(f"  {line}")
