"""`byline` and its commands."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from bot.cli.examples import show_examples
from bot.cli.output import checked_output, say
from bot.errors import ShownError, UsageError

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter

# The commands by name, in the order of the help: the module, what it has for the command, and the help's first lines.
# A module is loaded when its command is called.
COMMANDS = {
    "index": ("bring", "index", "Bring articles in. What is known and unchanged costs nothing."),
    "search": ("questions", "search", "The passages that a question finds, with their scores."),
    "ask": ("questions", "ask", "One answer with its footnotes."),
    "chat": (
        *("serve", "chat"),
        "The web chat. Where there is no index yet, it makes one of the articles that come with Byline.",
    ),
    "serve": (
        *("serve", "serve_all"),
        "One server: the web chat, /v1 for programs, MCP at /mcp, and Slack where its secrets are set.",
    ),
    "mcp": (
        *("mcp", "mcp"),
        "The articles for programs that speak MCP, over standard input and output: see docs/mcp.md.",
    ),
    "verify": (
        *("verify", "verify"),
        "Whether the articles support each sentence of a text, with quotes. Ends with 3 unless they support all.",
    ),
    "eval": (
        *("evaluate.command", "evaluate"),
        "Ask scripted test prompts, and say which answers are as they should be.",
    ),
    "draft": (
        *("draft", "draft"),
        "Draft test prompts from the articles, each with its sentence, for a person to accept. Needs no model.",
    ),
    "feedback": (
        *("feedback", "feedback"),
        "Show what readers said of answers, the newest first; or test prompts made from it.",
    ),
    "gaps": (
        *("gaps", "gaps"),
        "Show what people asked that the articles do not say, grouped by meaning, the most asked first.",
    ),
    "doctor": ("doctor", "doctor", "Show what is set up, what is missing, and how to mend it."),
    "fit": ("fit", "fit", "Fits a model again and says how well it does on rows that were held out."),
    "articles": ("articles", "app", "List the articles; show one, or its history; remove some."),
    "collection": ("collections", "app", "Name parts of the articles, to be asked about by that name."),
    "keys": ("keys", "app", "Keys for programs: see `byline serve`."),
    "slack": (
        *("slack", "app"),
        "The Slack bot, in Socket Mode or over HTTP. Its tokens are in the environment: see docs/slack.md.",
    ),
    "watch": (
        *("watch", "app"),
        "Standing questions: what articles that are new since the last look say about them, cited.",
    ),
    "history": (
        *("conversations", "app"),
        "List the conversations of all surfaces; show, export or delete some.",
    ),
    "model": (
        *("models", "app"),
        "Fetch, list, check and remove language models; serve the embedder and the judge.",
    ),
    "store": ("store", "app", "Keep the index safe: backup and restore."),
    "users": ("users", "app", "Who may sign in to the web chat."),
}

FAILED, USAGE, STOPPED = 1, 2, 130


class _Commands(TyperGroup):
    """The commands, each loaded when it is called. Tells in Byline's own words what is wrong with an option."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002  (the library passes it)
        return list(COMMANDS)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002
        return _loaded(cmd_name) if cmd_name in COMMANDS else None

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002
        """Writes the first lines of each help, without loading a command."""
        limit = formatter.width - 6 - max(map(len, COMMANDS))
        helps = {name: TyperCommand(name, help=told) for name, (_, _, told) in COMMANDS.items()}
        with formatter.section("Commands"):
            formatter.write_dl([(name, each.get_short_help_str(limit)) for name, each in helps.items()])

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        try:
            return super().invoke(ctx)
        except typer.BadParameter as error:
            from pydantic import ValidationError

            from index.invalid import told

            if isinstance(error.__cause__, ValidationError):
                error.message = told(error.__cause__.errors()[0], "").rstrip(".") + "."
            raise


app = typer.Typer(cls=_Commands, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)


def _loaded(name: str) -> Command:
    """A command or a group of them."""
    module, attribute, _ = COMMANDS[name]
    found = getattr(import_module(f"bot.cli.{module}"), attribute)
    whole = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)
    if isinstance(found, typer.Typer):
        whole.add_typer(found, name=name)
    else:
        whole.command(name, context_settings=vars(found).get("context_settings"))(found)
    whole.callback()(lambda: None)
    show_examples(whole)
    group = typer.main.get_group(whole)
    return group.commands[name]


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
    from bot.config import misspelt

    for sentence in misspelt():
        say(sentence, error=True)


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
