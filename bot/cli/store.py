"""The commands that keep the index safe: one file with all of it, and the index from that file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import StoreFolder, new_index, open_index
from bot.cli.terminal import say
from bot.config import read

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
