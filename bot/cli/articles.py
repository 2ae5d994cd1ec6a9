"""The commands that bring articles in, show them, and take them out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot import render
from bot.cli import terminal
from bot.cli.options import AsJson, StoreFolder, new_index, open_index
from bot.cli.terminal import say, say_json, show
from bot.config import Config, read, shipped
from bot.errors import UsageError
from index.types import IndexReport

app = typer.Typer(rich_markup_mode=None)

Id = Annotated[str, typer.Argument(metavar="ID")]
Ids = Annotated[list[str], typer.Argument(metavar="ID...")]


def index(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH...", help="Files and folders.")] = None,
    ours: Annotated[bool, typer.Option("--shipped", help="The articles that come with Byline.")] = False,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> None:
    """Bring articles in. One that is known and unchanged costs nothing."""
    sources = [*(paths or ()), *([shipped("seeds")] if ours else ())]
    if not sources:
        raise UsageError("There is nothing to index. Name files or folders, or say `--shipped`.")
    report = bring_in(read({"store": store}), sources)
    for failure in report.failures:
        say(f"{failure.source}: {failure.reason}", error=True)
    if as_json:
        say_json(report_json(report))
    else:
        say(summary(report))
    raise typer.Exit(1 if report.failed else 0)


@app.callback(invoke_without_command=True)
def articles(context: typer.Context, store: StoreFolder = None, as_json: AsJson = False) -> None:
    """List the articles; show one; remove some."""
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


def bring_in(config: Config, sources: Sequence[Path]) -> IndexReport:
    """Indexes files and folders, with a bar on the screen. Raises SourceMissing before anything is begun."""
    from index.load import read as read_articles

    articles = read_articles(sources)
    with new_index(config) as index, terminal.progress() as tell:
        return index.add(articles, progress=lambda done: tell("Indexing", done, None))


def report_json(report: IndexReport) -> dict[str, object]:
    """What an `index` did, with a reason for each failure."""
    return {
        **counts(report),
        "failures": [{"source": failure.source, "reason": failure.reason} for failure in report.failures],
    }


def summary(report: IndexReport) -> str:
    """
    >>> summary(IndexReport(added=3, unchanged=1))
    '3 added, 1 unchanged'
    >>> summary(IndexReport())
    'nothing to index'
    """
    return ", ".join(f"{count} {what}" for what, count in counts(report).items() if count) or "nothing to index"


def counts(report: IndexReport) -> dict[str, int]:
    names = ("added", "changed", "unchanged", "duplicate", "removed", "failed")
    return {name: getattr(report, name) for name in names}
