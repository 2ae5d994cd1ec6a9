"""The commands that keep the index safe: one file with all of it, and the index from that file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import StoreFolder, new_index, open_index
from bot.cli.output import say
from bot.config import read
from bot.errors import ShownError
from bot.tables.sqlite import Group

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help="Keep the index safe: backup and restore.")

File = Annotated[Path, typer.Argument(metavar="FILE")]
Force = Annotated[bool, typer.Option("--force", help="Replace what is there.")]


@app.command("backup")
def back_up(file: File, force: Force = False, store: StoreFolder = None) -> None:
    """Write the articles, passages and vectors to one file. Others may read and write meanwhile."""
    with open_index(read({"store": store}), agree=False) as index:
        backup = index.backup(file, force=force)
    say(f"{backup.articles} articles kept in {file}")


@app.command("restore")
def restore(file: File, force: Force = False, store: StoreFolder = None) -> None:
    """Make the index again from such a file; nothing is embedded for it."""
    config = read({"store": store})
    with new_index(config, agree=False) as index:
        index.restore(file, force=force)
        say(f"{len(index)} articles restored to {config.store}")


@app.command("migrate")
def migrate(
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="Copy the index and all else of this folder into the database."),
    ] = None,
) -> None:
    """Make the tables in the PostgreSQL database of `database_url`, or bring them to this Byline's format."""
    from bot.tables.postgresql import migrate, moving
    from index import Index

    url = read().database_url
    if url is None:
        raise NoDatabase
    for step in (*Index.migrate(url), *migrate(url)):
        say(step)
    if source is not None:
        with moving(_groups(), source, url) as kept:  # which count when the index is there, too
            rows = Index.move(source, url)
        say(f"{rows['article']} articles in {rows['passage']} passages copied from {source}")
        say(f"{kept['turn']} questions, {kept['key']} keys and {kept['watch']} watches copied, with all that is theirs")


def _groups() -> Iterator[Group]:
    """The tables that the bot keeps beside an index."""
    from bot.alerts import watch
    from bot.auth import keys
    from bot.history import file
    from bot.slack import installed, store
    from bot.web import session

    for module in (file, keys, watch, store, installed, session):
        yield module.GROUP


class NoDatabase(ShownError):
    def __init__(self) -> None:
        super().__init__("No database is set. Name it with `BYLINE_DATABASE_URL` or `database_url` in byline.toml.")
