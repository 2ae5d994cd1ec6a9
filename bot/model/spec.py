"""The words that name a model, and the model they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bot.errors import ModelMissing, ModelUnknown
from bot.model.pull import QWEN, installed, place
from bot.types import Model

RETRIES = 1  # of a request that failed or timed out; a person waits meanwhile
_PROVIDER = re.compile(r"[a-z][a-z0-9_-]*:\S+")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a spec stands for: a model, or None for `extractive`. `notice` is a sentence for the person: what is missing
    for a better one, where none was asked for."""

    model: Model | None
    notice: str | None = None


def open_model(
    spec: str | None = None,
    *,
    url: str | None = None,
    key: str | None = None,
    timeout: float = 60.0,
    folder: Path | None = None,
) -> Opened:
    """The model that `spec` names: `local`, `extractive`, `gguf:PATH` or `provider:name`; None takes the best here.

    `url`, `key` and `timeout` (seconds) are for providers; `folder` is where the local model lies. Nothing is loaded
    and nobody is asked yet. Raises `ModelUnknown`, or `ModelMissing` for a model that was named and is not there.
    """
    if spec is None:
        missing = " and ".join(_missing(place(QWEN, folder)))
        notice = f"Answers are quoted sentences, without a language model: {missing}."
        return Opened(None, notice) if missing else Opened(_local(place(QWEN, folder)))
    if spec == "extractive":
        return Opened(None)
    if spec == "local":
        return Opened(_local(place(QWEN, folder)))
    if spec.startswith("gguf:") and spec != "gguf:":
        return Opened(_local(Path(spec.removeprefix("gguf:")).expanduser()))
    if _PROVIDER.fullmatch(spec):
        from bot.model.provider import open_provider

        return Opened(open_provider(spec, url=url, key=key, timeout=timeout, retries=RETRIES))
    raise ModelUnknown(spec)


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
