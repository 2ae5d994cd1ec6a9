"""The commands about the keys by which programs are let in."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.auth.keys import Key, Keys
from bot.auth.users import Role
from bot.cli import terminal
from bot.cli.options import AsJson, StoreFolder, open_index
from bot.cli.output import say, say_json
from bot.cli.terminal import show
from bot.config import Config, read
from index import Filters
from index.errors import StoreMissing

app = typer.Typer(help="Keys for programs: see `byline serve`.", rich_markup_mode=None, no_args_is_help=True)


@app.command("create")
def create_key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Whose key it is.")],
    role: Annotated[
        Role, typer.Option(help="An editor may also bring articles in and take them out; an admin all.")
    ] = Role.READER,
    collection: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Read only the articles of this collection; several times.")
    ] = None,
    questions: Annotated[
        int | None, typer.Option("--questions-a-minute", min=1, metavar="N", help="Default: as the server has it.")
    ] = None,
    store: StoreFolder = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and print its secret, once."""
    config, collections = read({"store": store}), tuple(collection or ())
    with open_index(config, agree=False) as index:
        index.require(Filters(collection=collections))
    key, secret = Keys(config.store, config.database_url).create(name, role, collections, questions)
    if as_json:
        say_json({**_json(key), "secret": secret})
        return
    say(secret)
    say(
        f"This is the secret of the key {key.id}. It is shown this once: keep it where the program finds it.",
        error=True,
    )


@app.command("list")
def list_keys(store: StoreFolder = None, as_json: AsJson = False) -> None:
    """The keys, without their secrets."""
    found = _keys(read({"store": store})).list()
    if as_json:
        say_json([_json(key) for key in found])
        return
    for key in found:
        used = f"used {key.used}" if key.used else "not used yet"
        facts = (key.name, key.role, *key.collections, f"made {key.made}", used)
        show((f"{key.id}  ", terminal.MARK), (", ".join(facts), ""))
    if not found:
        say("There is no key yet. Make one with `byline keys create NAME`.", error=True)


@app.command("revoke")
def revoke_key(key_id: Annotated[str, typer.Argument(metavar="ID")], store: StoreFolder = None) -> None:
    """End a key at once, also for a server that runs."""
    key = _keys(read({"store": store})).revoke(key_id)
    say(f"Revoked {key.id}, the key of {key.name}")


def _keys(config: Config) -> Keys:
    """Raises StoreMissing."""
    from index import Index

    if not Index.exists(config.store, config.database_url):
        raise StoreMissing(config.store)
    return Keys(config.store, config.database_url)


def _json(key: Key) -> dict[str, object]:
    return {
        "id": key.id,
        "name": key.name,
        "role": key.role,
        "collections": list(key.collections),
        "questions_a_minute": key.questions_a_minute,
        "made": key.made.isoformat(),
        "used": key.used.isoformat() if key.used else None,
    }
