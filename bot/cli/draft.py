"""The command that drafts test prompts from the articles of an index."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.conversations import kept
from bot.cli.options import StoreFolder, open_index
from bot.cli.output import say
from bot.config import read
from bot.errors import ShownError, UsageError
from index.types import Article

Ids = Annotated[list[str] | None, typer.Option("--article", metavar="ID", help="Only this one; may be repeated.")]
Output = Annotated[Path | None, typer.Option("--output", metavar="FILE", help="Write them to this new file.")]
Most = Annotated[int, typer.Option("--facts", min=1, metavar="N", help="At most so many facts of an article.")]


Complaints = Annotated[
    bool, typer.Option("--from-feedback", help="Of the questions whose answers readers found not good, instead.")
]


def draft(
    article: Ids = None,
    facts: Most = 4,
    from_feedback: Complaints = False,
    output: Output = None,
    store: StoreFolder = None,
) -> None:
    """Draft test prompts from the articles, each with its sentence, for a person to accept. Needs no model."""
    if output and output.exists():
        raise UsageError(f"There is a file {output} already. Name a new one.")
    if from_feedback and article:
        raise UsageError("Feedback is about answers, not about one article. Leave out --article or --from-feedback.")
    count, text = of_feedback(store) if from_feedback else of_articles(article, facts, store)
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{output} cannot be written ({error.strerror}). Name another file.") from error
    first = "Complete each" if from_feedback else "Read each against its article"
    drafts = "1 draft" if count == 1 else f"{count} drafts"
    say(f"{drafts} in {output}. {first}: `byline eval` asks none that is a draft.")


def of_articles(ids: Sequence[str] | None, facts: int, store: Path | None) -> tuple[int, str]:
    """How many drafts, and their file."""
    from bot.evaluate.draft import drafts, to_yaml

    with open_index(read({"store": store})) as index:
        articles = [index.article(each) for each in ids] if ids else sorted(index.articles(), key=_id)
    found = drafts(articles, facts)
    if not found:
        raise ShownError("No sentence of these articles could be turned into a question. Write test prompts by hand.")
    return len(found), to_yaml(found)


def of_feedback(store: Path | None) -> tuple[int, str]:
    """The same of the answers that readers found not good. Raises NothingToDraft."""
    from bot.history.feedback import draftable, drafts, everybodys

    complaints = [each for each in everybodys(kept(store)) if not each.feedback.good]
    found = [each for each in complaints if draftable(each)]
    if left := len(complaints) - len(found):
        say(f"Left out {left} whose question promptfoo would read as a template or a file.", error=True)
    return len(found), drafts(found)


def _id(article: Article) -> str:
    return article.id
