"""The commands about models: the local language model, and the embedder and the judge as a service."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from bot.cli import terminal
from bot.cli.options import AsJson
from bot.cli.serve import Everybody, Host, on_loopback
from bot.cli.terminal import say, say_json
from bot.config import Config, read
from bot.errors import ModelMissing, UsageError

app = typer.Typer(
    help="Fetch the local language model; list the models; serve the embedder and the judge.",
    rich_markup_mode=None,
    no_args_is_help=True,
)

PORT = 7861  # of the service; one further than the page's


class UnguardedModels(UsageError):
    def __init__(self, config: Config) -> None:
        super().__init__(
            f"Everybody who reaches {config.host} could use the models. Set a key in BYLINE_SERVICE_KEY; replicas send "
            "it from BYLINE_EMBEDDER_KEY and BYLINE_JUDGE_KEY. If everybody may, say so with `--open`."
        )


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


@app.command("serve")
def serve_models(
    host: Host = None,
    port: Annotated[int, typer.Option(min=0, max=65535, metavar="PORT", help="0 takes any free one.")] = PORT,
    embedder: Annotated[str | None, typer.Option(metavar="NAME", help="Default all-MiniLM-L6-v2.")] = None,
    precision: Annotated[
        Literal["float32", "bfloat16", "int8"] | None, typer.Option(help="That of the index; default by the processor.")
    ] = None,
    judge: Annotated[str | None, typer.Option(metavar="NAME", help="Default the one that comes along.")] = None,
    everybody: Everybody = None,
) -> None:
    """The embedder and the judge for many replicas: see `embedder_url` and `judge_url`."""
    from bot.inference.models import Models
    from bot.inference.server import serve

    flags = {"host": host, "embedder": embedder, "precision": precision, "judge": judge}
    config = read(flags)
    if not (config.service_key or everybody or on_loopback(config.host)):
        raise UnguardedModels(config)
    serve(Models.of(config.embedder, config.precision, config.judge), config.host, port, config.service_key)


def missing(spec: str, url: str | None = None, key: str | None = None) -> str | None:
    """What a model lacks and how to get it, or None where it can be used; `url` and `key` are a provider's."""
    from bot.model import open_model

    try:
        open_model(spec, url=url, key=key)
    except ModelMissing as error:
        return str(error)
    return None
