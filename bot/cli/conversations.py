"""The commands that show what was asked before, write it to files, and take it out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import terminal
from bot.cli.options import AsJson, StoreFolder, kept_history, open_index
from bot.cli.output import on_screen, safe, say, say_json
from bot.cli.terminal import show
from bot.config import Config, read
from bot.errors import ShownError, UsageError
from bot.history import Conversation, ConversationMissing, History, Owner, Place, Record
from bot.history.export import Form, Look, conversation_json, export, record_json
from bot.history.file import FILE
from bot.history.since import NOTHING, known
from bot.types import Status
from bot.wording import worded

app = typer.Typer(rich_markup_mode=None)

HERE = Owner("cli", "")  # whoever may read the file

Id = Annotated[str, typer.Argument(metavar="ID")]
Ids = Annotated[list[str] | None, typer.Argument(metavar="ID...")]
All = Annotated[bool, typer.Option("--all", help="Every conversation.")]


@app.callback(invoke_without_command=True)
def conversations(context: typer.Context, store: StoreFolder = None, as_json: AsJson = False) -> None:
    """List the conversations of all surfaces; show, export or delete some."""
    if context.invoked_subcommand:
        if store or as_json:
            raise UsageError(f"Options stand at the end: `byline history {context.invoked_subcommand} ID --store DIR`.")
        return
    found = kept(store).everybodys()
    if as_json:
        say_json([conversation_json(each) for each in found])
        return
    for each in found:
        where = f"  {moment(each.used)}  {each.place.owner.surface}  "
        show((each.place.id, terminal.MARK), (where, ""), (" ".join(each.title.split()), "bold"))


@app.command("show")
def show_conversation(conversation_id: Id, store: StoreFolder = None, as_json: AsJson = False) -> None:
    """One conversation, or one that `byline ask --conversation NAME` named, with its answers."""
    history = kept(store)
    found = named(history, conversation_id)
    records = history.records(found.place)
    if as_json:
        say_json({**conversation_json(found), "records": [record_json(each) for each in records]})
        return
    for record in records:
        show((f"{moment(record.asked)}  ", ""), (record.question, "bold"))
        show_outcome(record)
        say("")


@app.command("export")
def export_conversation(
    conversation_id: Id,
    form: Annotated[Form, typer.Option("--format", help="What to write.")] = Form.MARKDOWN,
    answer: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Only the answer to the Nth question, counted from 1.")
    ] = None,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it there.")] = None,
    store: StoreFolder = None,
) -> None:
    """A conversation with its proof, or one answer of it: as Markdown, a page that prints well, or JSON."""
    config = read({"store": store})
    history = kept(store)
    found = named(history, conversation_id)
    records = history.records(found.place)
    if answer is not None and answer > len(records):
        raise UsageError(f"The conversation has {len(records)} questions, and there is no answer {answer}.")
    chosen = records if answer is None else records[answer - 1 : answer]
    with changes(config) as told:
        text = export(form, found, chosen, told)
    write_out(text, output)


@app.command("delete")
def delete_conversations(conversation_ids: Ids = None, every: All = False, store: StoreFolder = None) -> None:
    """Delete conversations for good. Where one of them is not there, none is."""
    if bool(conversation_ids) is every:
        raise UsageError("Name the conversations to delete, or all with `byline history delete --all`.")
    history = kept(store)
    if every:
        history.delete_all()
        say("Deleted all conversations")
    for found in [named(history, each) for each in conversation_ids or ()]:
        history.delete(found.place)
        say(f"Deleted {found.place.id}")


def kept(store: StoreFolder) -> History:
    """The history of the settings. Raises StoreMissing where there is neither one nor an index."""
    from index import Index
    from index.errors import StoreMissing

    config = read({"store": store})
    if not (config.store / FILE).is_file() and not Index.exists(config.store, config.database_url):
        raise StoreMissing(config.store)
    return kept_history(config)


def named(history: History, name: str) -> Conversation:
    """The conversation of an id, or of the name that `byline ask` gave it. Raises ConversationMissing."""
    try:
        return history.find(Place(HERE, name).id)
    except ConversationMissing:
        return history.find(name)


def show_outcome(record: Record) -> None:
    if record.answer is None:
        say("Stopped.")
    elif record.answer.status is Status.FAILED:
        say(f"Failed: {worded(record.answer.reason)}")
    else:
        terminal.show_answer(record.answer)


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


@contextmanager
def changes(config: Config) -> Iterator[Look]:
    """A look at what became of the articles since, as far as there is an index to tell."""
    from index import Index

    if not Index.exists(config.store, config.database_url):
        yield lambda _: NOTHING
        return
    with open_index(config, agree=False) as index:
        yield lambda answer: known(answer, index.article)


def write_out(text: str, output: Path | None) -> None:
    """To a file as it is; to a screen without what a terminal would obey. Raises FileUnwritable."""
    if output is None:
        typer.echo(safe(text) if on_screen() else text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FileUnwritable(output, error.strerror or str(error)) from error
    say(f"Written to {output}")


class FileUnwritable(ShownError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be written: {reason}. Name another file with --output.")
