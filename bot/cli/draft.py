"""The command that drafts test prompts from the articles of an index."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.options import StoreFolder, open_index
from bot.cli.terminal import say
from bot.config import read
from bot.errors import ShownError, UsageError
from index.types import Article

Ids = Annotated[list[str] | None, typer.Option("--article", metavar="ID", help="Only this one; may be repeated.")]
Output = Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write them to this new file.")]
Most = Annotated[int, typer.Option("--facts", min=1, metavar="N", help="At most so many facts of an article.")]


def draft(article: Ids = None, facts: Most = 4, output: Output = None, store: StoreFolder = None) -> None:
    """Draft test prompts from the articles, each with its sentence, for a person to accept. Needs no model."""
    from bot.evaluate.draft import drafts, to_yaml

    if output and output.exists():
        raise UsageError(f"There is a file {output} already. Name a new one.")
    with open_index(read({"store": store})) as index:
        articles = [index.article(each) for each in article] if article else sorted(index.articles(), key=_id)
    found = drafts(articles, facts)
    if not found:
        raise ShownError("No sentence of these articles could be turned into a question. Write test prompts by hand.")
    if output is None:
        typer.echo(to_yaml(found), nl=False)
        return
    try:
        output.write_text(to_yaml(found), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{output} cannot be written ({error.strerror}). Name another file.") from error
    say(f"{len(found)} drafts in {output}. Read each against its article: `byline eval` asks none that is a draft.")


def _id(article: Article) -> str:
    return article.id
