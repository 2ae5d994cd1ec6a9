"""The words that name models, and the models they mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bot.errors import ModelMissing, ModelUnknown, NothingAfterExtractive
from bot.model.chain import EXTRACTIVE
from bot.model.pull import QWEN, installed, place
from bot.types import Model

_PROVIDER = re.compile(r"([a-z][a-z0-9_-]*):\S+")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a spec stands for: the models, in the order they are tried, and whether the articles' own sentences come
    after them. `notice` is a sentence for the person: what is missing for a better model, where none was asked for."""

    models: tuple[Model, ...] = ()
    quotes: bool = False
    notice: str | None = None


def open_model(
    spec: str | None = None,
    *,
    url: str | None = None,
    key: str | None = None,
    timeout: float = 60.0,
    folder: Path | None = None,
) -> Opened:
    """The models that `spec` names: `local`, `extractive`, `gguf:PATH` or `provider:name`; or several with commas, of
    which the next one takes over where one fails. None takes the best here.

    `url`, `key` and `timeout` (seconds) are for providers, the first two for the provider that is named first and no
    other; `folder` is where the local model lies. Nothing is loaded and nobody is asked yet. Raises `ModelUnknown`,
    `NothingAfterExtractive`, or `ModelMissing` for a model that was named and is not there.
    """
    if spec is None:
        missing = " and ".join(_missing(place(QWEN, folder)))
        notice = f"Answers are quoted sentences, without a language model: {missing}."
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
    if spec.startswith("gguf:") and spec != "gguf:":
        return _local(Path(spec.removeprefix("gguf:")).expanduser())
    if _PROVIDER.fullmatch(spec):
        return provide(spec)
    raise ModelUnknown(spec)


def _providers(specs: Sequence[str], url: str | None, key: str | None, timeout: float) -> Callable[[str], Model]:
    """Opens the models of providers. Neither the key nor the questions meant for one go to another."""
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
    """What a local model lacks, and the remedy."""
    if path == place(QWEN, path.parent):
        if installed(QWEN, path.parent) is None:
            yield "its file is not here (`byline model pull` fetches it)"
    elif not path.is_file():
        yield f"there is no file {path}"
    if find_spec("llama_cpp") is None:
        yield "llama-cpp-python is not installed (`pip install 'byline[local]'` does it)"
