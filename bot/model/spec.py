"""Model specifications (`--model SPEC`) to models."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import TypedDict, Unpack

from bot.errors import ModelMissing, ModelUnknown, NothingAfterExtractive
from bot.model.chain import EXTRACTIVE
from bot.model.files import is_name, path_of
from bot.model.pull import QWEN, installed, place
from bot.model.writers import Writer, able
from bot.types import Model, Price, Reason
from index.extras import installing

LOCAL = "local"
_PROVIDER = re.compile(r"([a-z][a-z0-9_-]*):\S+")


@dataclass(frozen=True, slots=True)
class Opened:
    """The models of a spec, in order of preference.

    With `quotes` the articles' own sentences come last. `notice` tells a person which parts a better model lacks.
    """

    models: tuple[Model, ...] = ()
    quotes: bool = False
    notice: Reason | None = None


class ModelOptions(TypedDict, total=False):
    """Options of `open_models`, beside the specs."""

    url: str | None
    key: str | None
    timeout: float
    folder: Path | None
    writer: Writer
    evidence_tokens: int | None
    prices: Mapping[str, Price]


def open_model(spec: str | None = None, **options: Unpack[ModelOptions]) -> Opened:
    """The models of one spec, as by `open_models`."""
    [opened] = open_models([spec], **options)
    return opened


def open_models(
    specs: Sequence[str | None],
    *,
    url: str | None = None,
    key: str | None = None,
    timeout: float = 60.0,
    folder: Path | None = None,
    writer: Writer = "auto",
    evidence_tokens: int | None = None,
    prices: Mapping[str, Price] = MappingProxyType({}),
) -> list[Opened]:
    """The models of each spec: `local`, `extractive`, `gguf:NAME`, `gguf:PATH` or `provider:name`.

    Several have commas between; if a model fails, the next one takes over. None gives the best model here. A model that
    several specs name is opened once. `url` and `key` are for the first named provider of all specs only, `timeout`
    (seconds) and `prices` (by specs) for all providers. `folder` holds the local model. `writer` and `evidence_tokens`
    are as in `bot.model.writers.able`. Loads nothing and opens no connection. Raises `ModelUnknown`,
    `NothingAfterExtractive`, `ModelMissing`.
    """
    named = [name for spec in specs if spec for name in _names(spec)]
    provide = _providers(named, url, key, timeout, prices)

    @cache
    def opened(name: str) -> Model:
        return able(_open(name, provide, folder), writer, evidence_tokens, folder)

    return [_best(opened, folder) if spec is None else _chain(spec, opened) for spec in specs]


def _best(opened: Callable[[str], Model], folder: Path | None) -> Opened:
    if missing := " and ".join(_missing(place(QWEN, folder))):
        return Opened(quotes=True, notice=Reason.of("no_language_model", reason=missing))
    return Opened((opened(LOCAL),))


def _names(spec: str) -> list[str]:
    return [name.strip() for name in spec.split(",")]


def _chain(spec: str, opened: Callable[[str], Model]) -> Opened:
    *before, last = names = _names(spec)
    if EXTRACTIVE in before:
        raise NothingAfterExtractive(spec)
    quotes = last == EXTRACTIVE
    return Opened(tuple(map(opened, before if quotes else names)), quotes)


def _open(spec: str, provide: Callable[[str], Model], folder: Path | None) -> Model:
    if spec == LOCAL:
        return _local(place(QWEN, folder))
    if path := gguf_path(spec, folder):
        return _local(path)
    if _PROVIDER.fullmatch(spec):
        return provide(spec)
    raise ModelUnknown(spec)


def gguf_path(spec: str, folder: Path | None = None) -> Path | None:
    """The path for `gguf:NAME` or `gguf:PATH`; None for other specs. A PATH has a folder or ends with `.gguf`."""
    scheme, _, named = spec.partition(":")
    if scheme != "gguf" or not named:
        return None
    return path_of(named, folder) if is_name(named) else Path(named).expanduser()


def _providers(
    specs: Sequence[str], url: str | None, key: str | None, timeout: float, prices: Mapping[str, Price]
) -> Callable[[str], Model]:
    """Gives a function that opens a provider's model. `url` and `key` go to the first named provider only."""
    first = next((found[1] for spec in specs if (found := _PROVIDER.fullmatch(spec)) and found[1] != "gguf"), None)

    def provide(spec: str) -> Model:
        from bot.model.provider import open_provider

        at, with_key = (url, key) if spec.startswith(f"{first}:") else (None, None)
        return open_provider(spec, url=at, key=with_key, timeout=timeout, price=prices.get(spec))

    return provide


def _local(path: Path) -> Model:
    if missing := " and ".join(_missing(path)):
        raise ModelMissing(f"The local model cannot be used: {missing}.")
    from bot.model.local import open_local

    return open_local(path)


def _missing(path: Path) -> Iterator[str]:
    """The missing parts of a local model, each with its remedy."""
    if path == place(QWEN, path.parent):
        if installed(QWEN, path.parent) is None:
            yield "its file is not here (`byline model pull` fetches it)"
    elif not path.is_file():
        yield f"there is no file {path} (`byline model list` shows what is here, `byline model pull` fetches more)"
    if find_spec("llama_cpp") is None:
        yield f"llama-cpp-python is not installed ({installing('local')} does it)"
