"""The commands that show articles and take them out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import terminal
from bot.cli.options import AsJson, StoreFolder, kept_history, open_index
from bot.cli.output import say, say_json
from bot.cli.terminal import show
from bot.config import read
from bot.errors import UsageError
from bot.render import text as render
from bot.wording import facts
from index.errors import ArticleMissing

if TYPE_CHECKING:
    from index import Index

app = typer.Typer(rich_markup_mode=None)

_HELP = "As `byline articles` lists it, or the path of its file."
Id = Annotated[str, typer.Argument(metavar="ID", help=_HELP)]
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help=_HELP)]


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
            show((article.id, terminal.MARK), ("  ", ""), (facts.line(article), ""))


@app.command("show")
def show_article(article_id: Id, store: StoreFolder = None, as_json: AsJson = False) -> None:
    """One article with its text."""
    with open_index(read({"store": store})) as index:
        article = index.article(_id(index, article_id))
    if as_json:
        say_json(render.article_json(article, text=True))
        return
    show((article.title, "bold"))
    show((facts.byline(article), ""))
    if also := render.also(article):
        show((also, ""))
    say("")
    say(article.text)


@app.command("remove")
def remove_articles(
    article_ids: Ids,
    purge: Annotated[
        bool, typer.Option("--purge", help="Take their words out of conversations, shared answers and feedback too.")
    ] = False,
    store: StoreFolder = None,
) -> None:
    """Take articles out. Where one of them is not there, none is, unless with `--purge`: it may have been before."""
    config = read({"store": store})
    with open_index(config) as index:
        article_ids = [_id(index, each) for each in article_ids]
        there = [each for each in dict.fromkeys(article_ids) if not purge or _is_there(index, each)]
        for article_id in there:
            index.article(article_id)
        for article_id in there:
            index.remove(article_id)
            say(f"Removed {article_id}")
    if purge:
        count = kept_history(config).purge(dict.fromkeys(article_ids))
        if not there and not count:
            raise ArticleMissing(article_ids[0])
        say(f"Purged {count} answer{'' if count == 1 else 's'} that had something of {_them(article_ids)}")


@app.command("history")
def show_history(article_id: Id, store: StoreFolder = None, as_json: AsJson = False) -> None:
    """Show what changed in an article since it first came in, and when."""
    with open_index(read({"store": store})) as index:
        found = _id(index, article_id)
        article, revisions = index.article(found), index.history(found)
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


def _id(index: Index, named: str) -> str:
    """The id of an article, by its id or by the path of its file from here."""
    path = os.path.abspath(named)  # noqa: PTH100 - as `index.load` names files
    return path if not _is_there(index, named) and _is_there(index, path) else named


def _is_there(index: Index, article_id: str) -> bool:
    try:
        index.article(article_id)
    except ArticleMissing:
        return False
    return True


def _them(article_ids: list[str]) -> str:
    return "it" if len(set(article_ids)) == 1 else "them"
