"""Model specifications (`--model SPEC`) to models."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from bot.errors import ModelMissing, ModelUnknown, NothingAfterExtractive
from bot.model.chain import EXTRACTIVE
from bot.model.files import is_name, path_of
from bot.model.pull import QWEN, installed, place
from bot.model.writers import Writer, able
from bot.types import Model, Reason
from index.extras import installing

_PROVIDER = re.compile(r"([a-z][a-z0-9_-]*):\S+")


@dataclass(frozen=True, slots=True)
class Opened:
    """The models of a spec, in order of preference.

    With `quotes` the articles' own sentences come last. `notice` tells a person which parts a better model lacks.
    """

    models: tuple[Model, ...] = ()
    quotes: bool = False
    notice: Reason | None = None


def open_model(
    spec: str | None = None,
    *,
    url: str | None = None,
    key: str | None = None,
    timeout: float = 60.0,
    folder: Path | None = None,
    writer: Writer = "auto",
    evidence_tokens: int | None = None,
) -> Opened:
    """The models of `spec`: `local`, `extractive`, `gguf:NAME`, `gguf:PATH` or `provider:name`.

    Several have commas between; if a model fails, the next one takes over. None gives the best model here. `url` and
    `key` are for the first named provider only, `timeout` (seconds) for all providers. `folder` holds the local model.
    `writer` and `evidence_tokens` are as in `bot.model.writers.able`. Loads nothing and opens no connection. Raises
    `ModelUnknown`, `NothingAfterExtractive`, `ModelMissing`.
    """
    opened = _opened(spec, url, key, timeout, folder)
    models = tuple(able(each, writer, evidence_tokens, folder) for each in opened.models)
    return replace(opened, models=models)


def _opened(spec: str | None, url: str | None, key: str | None, timeout: float, folder: Path | None) -> Opened:
    if spec is None:
        missing = " and ".join(_missing(place(QWEN, folder)))
        notice = Reason.of("no_language_model", reason=missing)
        return Opened(quotes=True, notice=notice) if missing else Opened((_local(place(QWEN, folder)),))
    *before, last = names = [name.strip() for name in spec.split(",")]
    if EXTRACTIVE in before:
        raise NothingAfterExtractive(spec)
    provide = _providers(names, url, key, timeout)
    quotes = last == EXTRACTIVE
    return Opened(tuple(_open(name, provide, folder) for name in (before if quotes else names)), quotes)


def _open(spec: str, provide: Callable[[str], Model], folder: Path | None) -> Model:
    if spec == "local":
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


def _providers(specs: Sequence[str], url: str | None, key: str | None, timeout: float) -> Callable[[str], Model]:
    """Gives a function that opens a provider's model. `url` and `key` go to the first named provider only."""
    first = next((found[1] for spec in specs if (found := _PROVIDER.fullmatch(spec)) and found[1] != "gguf"), None)

    def provide(spec: str) -> Model:
        from bot.model.provider import open_provider

        at, with_key = (url, key) if spec.startswith(f"{first}:") else (None, None)
        return open_provider(spec, url=at, key=with_key, timeout=timeout)

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
