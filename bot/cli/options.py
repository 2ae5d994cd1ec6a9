"""The options that several commands share, and what the settings open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from inspect import Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.output import say
from bot.config import Config
from bot.errors import ShownError
from bot.wording import worded
from index.errors import StoreMissing

if TYPE_CHECKING:
    from bot.answering.bot import Bot
    from bot.history import History
    from index import Index

StoreFolder = Annotated[Path | None, typer.Option("--store", metavar="DIR", help="The index; default data/store.")]
ModelSpec = Annotated[
    str | None,
    typer.Option("--model", metavar="SPEC", help="local, extractive, gguf:NAME or provider:name; several with commas."),
]
Strictness = Annotated[
    float | None,
    typer.Option(
        min=0, max=1, metavar="0-1", help="Refuse what the articles answer with a lower probability than this."
    ),
]
Flags = Mapping[str, object]  # what was given, by the names of the settings
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def taking(
    options: Callable[..., object], place: str | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A command with the options of a function in the place of one parameter, which gets what that makes of them.

    Without the name of a `place` it is the first one.
    """

    def taken(command: Callable[..., None]) -> Callable[..., None]:
        shared = signature(options, eval_str=True).parameters
        own = signature(command, eval_str=True).parameters
        name = place or next(iter(own))

        @wraps(command)
        def run(**given: object) -> None:
            made = options(**{each: given.pop(each) for each in shared})
            command(**{name: made}, **given)

        whole = [each for key, own_one in own.items() for each in (shared.values() if key == name else (own_one,))]
        run.__signature__ = Signature(whole)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in whole}
        return run

    return taken


def new_index(config: Config, agree: bool = True) -> Index:
    """The index of the settings, whether it is there or not. Opening makes nothing.

    Raises StoreMismatch where it was made with other settings, unless `agree` is false: then it can only be mended.
    """
    from index import Index
    from index.embed import named
    from index.search.rerank import named_reranker

    embedder = named(config.embedder, config.precision, config.embedder_url, config.embedder_key)
    return Index.open(
        config.store,
        embedder=embedder,
        url=config.store_url,
        agree=agree,
        reranker=named_reranker(config.reranker, config.reranker_url, config.reranker_key),
        database_url=config.database_url,
        token=config.store_token,
    )


def open_index(config: Config, agree: bool = True) -> Index:
    """The index of the settings. Raises StoreMissing where there is none."""
    from index import Index

    if not Index.exists(config.store, config.database_url):
        raise StoreMissing(config.store)
    return new_index(config, agree)


def open_history(config: Config) -> History:
    """The conversations about the index of the settings. If no more are to be kept, it is said how many still are."""
    from bot.history import History

    history = History.open(config.store, config.history_days, url=config.database_url)
    if history.earlier:
        try:
            if count := len(history.earlier.everybodys()):
                say(still_kept(count), error=True)
        except ShownError as error:
            say(str(error), error=True)
    return history


def kept_history(config: Config) -> History:
    """The conversations that are kept, also if no more are to be."""
    from bot.history import History

    history = History.open(config.store, config.history_days, url=config.database_url)
    return history.earlier or history


def still_kept(count: int) -> str:
    kept = f"{count} conversation{'' if count == 1 else 's'} kept"
    return (
        f"{kept} before `history_days` was 0. `byline history delete --all` deletes them; `byline history` lists them."
    )


def open_bot(config: Config) -> Bot:
    """The bot of the settings; what the person should know about its model is said."""
    from bot.answering.bot import Bot

    bot = Bot.open(config.store, config.model, config)
    if bot.notice:
        say(worded(bot.notice), error=True)
    return bot
