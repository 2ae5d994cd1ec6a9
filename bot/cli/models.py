"""The commands about the local language model."""

from __future__ import annotations

import typer

from bot.cli import terminal
from bot.cli.options import AsJson
from bot.cli.terminal import say, say_json
from bot.errors import ModelMissing

app = typer.Typer(help="Fetch the local language model; list the models.", rich_markup_mode=None, no_args_is_help=True)


@app.command("pull")
def pull_model() -> None:
    """Fetch the local model: 1.1 GB, once."""
    from bot.model.pull import installed, pull

    if path := installed():
        say(f"The local model is here: {path}")
        return
    with terminal.progress(in_bytes=True) as tell:
        path = pull(tell)
    say(f"The local model is now here: {path}")


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """The models of this machine. Others are named `provider:name`."""
    found = [{"model": name, "missing": missing(name)} for name in ("local", "extractive")]
    if as_json:
        say_json(found)
        return
    for each in found:
        terminal.show((f"{each['model']:12}", terminal.MARK), (each["missing"] or "ready", ""))


def missing(spec: str, url: str | None = None, key: str | None = None) -> str | None:
    """What a model lacks and how to get it, or None where it can be used; `url` and `key` are a provider's."""
    from bot.model import open_model

    try:
        open_model(spec, url=url, key=key)
    except ModelMissing as error:
        return str(error)
    return None
