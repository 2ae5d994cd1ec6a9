"""`byline` and its commands."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from bot.cli import (
    articles,
    bring,
    collections,
    conversations,
    doctor,
    draft,
    feedback,
    fit,
    gaps,
    keys,
    mcp,
    models,
    questions,
    serve,
    slack,
    store,
    users,
    verify,
    watch,
)
from bot.cli.evaluate.command import evaluate
from bot.cli.examples import show_examples
from bot.cli.terminal import checked_output, say
from bot.config import misspelt
from bot.errors import ShownError, UsageError
from index.invalid import told

FAILED, USAGE, STOPPED = 1, 2, 130


class _Commands(TyperGroup):
    """Tells in Byline's own words what is wrong with an option."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        from pydantic import ValidationError

        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            if isinstance(error.__cause__, ValidationError):
                error.message = told(error.__cause__.errors()[0], "").rstrip(".") + "."
            raise


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        say(f"byline {version('byline')}")
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Answers questions about a body of articles, and proves every sentence."""
    for sentence in misspelt():
        say(sentence, error=True)


app.command()(bring.index)
app.add_typer(articles.app, name="articles")
app.add_typer(collections.app, name="collection")
for command in (questions.search, questions.ask, serve.chat):
    app.command()(command)
app.command("serve")(serve.serve_all)
app.add_typer(keys.app, name="keys")
app.add_typer(slack.app, name="slack")
app.command()(mcp.mcp)
app.command()(verify.verify)
app.add_typer(watch.app, name="watch")
app.command("eval")(evaluate)
app.command()(draft.draft)
app.add_typer(conversations.app, name="history")
app.command()(feedback.feedback)
app.command()(gaps.gaps)
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(fit.fit)
app.add_typer(models.app, name="model")
app.add_typer(store.app, name="store")
app.add_typer(users.app, name="users")
app.command()(doctor.doctor)
show_examples(app)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs one command and exits: 0 done, 1 failed, 2 usage, 3 refused, 4 worse than the baseline, 130 stopped."""
    sys.stdout = checked_output(sys.stdout)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a letter that the terminal's encoding lacks is no failure
    try:
        _run(arguments)
    except ShownError as error:
        say(str(error), error=True)
        sys.exit(USAGE if isinstance(error, UsageError) else FAILED)
    raise AssertionError("a command ends by exiting")


def _run(arguments: Sequence[str] | None) -> None:
    """Raises SystemExit or a ShownError."""
    try:
        app(arguments, prog_name="byline")
    except SystemExit as end:
        if end.code == STOPPED:
            say("Stopped.", error=True)
        if sys.stdout:
            sys.stdout.flush()  # here, where a failure can be told; when Python ends it is too late
        raise
