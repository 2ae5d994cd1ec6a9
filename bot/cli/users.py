"""The commands about who may sign in to the web chat."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.auth.users import SHORTEST, Role, Users, normal
from bot.cli import terminal
from bot.cli.options import AsJson
from bot.cli.output import say, say_json
from bot.errors import UsageError

app = typer.Typer(help="Who may sign in to the web chat.", rich_markup_mode=None, no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME")]
File = Annotated[Path, typer.Option("--file", metavar="FILE", help="The users file.")]
FILE = Path("users.json")


@app.command("add")
def add_user(
    name: Name,
    role: Annotated[
        Role | None, typer.Option(help="An editor may also bring articles in and take them out; an admin all.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep-password", help="Change the role only.")] = False,
    file: File = FILE,
) -> None:
    """Add a user, or give one another role or password. The password is asked for, or read from the input."""
    users = Users(file)
    known = users.account(name) if file.exists() else None
    role = role or (known.role if known else Role.READER)
    users.put(name, role, None if keep else password())
    say(f"{'Changed' if known else 'Added'} {normal(name)}, {role}, in {file}")


@app.command("remove")
def remove_user(name: Name, file: File = FILE) -> None:
    """Let somebody in no longer. Their session ends at once."""
    Users(file).remove(name)
    say(f"Removed {name} from {file}")


@app.command("list")
def list_users(file: File = FILE, as_json: AsJson = False) -> None:
    """Who may sign in, and as what."""
    accounts = Users(file).accounts()
    if as_json:
        say_json([{"name": name, "role": each.role} for name, each in accounts.items()])
        return
    for name, each in accounts.items():
        terminal.show((f"{name:16}", terminal.MARK), (each.role, ""))


def password() -> str:
    """The password that a person types twice without seeing it, or the first line of what is not typed."""
    if not terminal.interactive():
        return sys.stdin.readline().rstrip("\r\n") if sys.stdin else ""
    first: str = typer.prompt(f"Password of at least {SHORTEST} characters", hide_input=True)
    if first != typer.prompt("Once more", hide_input=True):
        raise UsageError("The two passwords are not the same. Nothing was changed; try again.")
    return first
