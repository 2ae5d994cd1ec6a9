"""The commands that show what was asked before, and take it out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from bot import render
from bot.cli import terminal
from bot.cli.options import AsJson, StoreFolder, open_history
from bot.cli.terminal import say, say_json, show
from bot.config import read
from bot.errors import UsageError
from bot.history import FILE, Conversation, ConversationMissing, History, Owner, Place, Record
from bot.types import Status

app = typer.Typer(rich_markup_mode=None)

HERE = Owner("cli", "")  # whoever may read the file

Id = Annotated[str, typer.Argument(metavar="ID")]
Ids = Annotated[list[str] | None, typer.Argument(metavar="ID...")]
All = Annotated[bool, typer.Option("--all", help="Every conversation.")]


@app.callback(invoke_without_command=True)
def conversations(context: typer.Context, store: StoreFolder = None, as_json: AsJson = False) -> None:
    """List the conversations of all surfaces; show or delete some."""
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
    if not (config.store / FILE).is_file() and not Index.exists(config.store):
        raise StoreMissing(config.store)
    return open_history(config)


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
        say(f"Failed: {record.answer.reason}")
    else:
        terminal.show_answer(record.answer)


def moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def conversation_json(conversation: Conversation) -> dict[str, Any]:
    """`byline history --json`."""
    return {
        "id": conversation.place.id,
        "surface": conversation.place.owner.surface,
        "name": conversation.place.name,
        "title": conversation.title,
        "started": render.iso(conversation.started),
        "used": render.iso(conversation.used),
        "turns": conversation.turns,
    }


def record_json(record: Record) -> dict[str, Any]:
    return {
        "question": record.question,
        "asked": render.iso(record.asked),
        "status": record.status,
        "answer": render.to_json(record.answer) if record.answer else None,
    }
