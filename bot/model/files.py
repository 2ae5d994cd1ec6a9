"""The model files of this machine, by name. A name is never a path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bot.errors import UsageError

SUFFIX = ".gguf"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,127}")


class ModelNameUnusable(UsageError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} cannot be a model's name. Take letters, figures, points and hyphens, without a path."
        )


class ModelNameMissing(UsageError):
    def __init__(self, name: str) -> None:
        super().__init__(f"There is no model {name!r} here. `byline model list` shows those that are.")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a model's file came from."""

    source: str  # hf:OWNER/REPO/FILE
    sha256: str


@dataclass(frozen=True, slots=True)
class LocalModelFile:
    """A model file on this machine. A file that was copied by hand has no origin."""

    name: str
    path: Path
    size: int  # bytes
    origin: Origin | None = None


def models_folder() -> Path:
    """The folder of model files, in the user's cache."""
    from platformdirs import user_cache_path

    return user_cache_path("byline", appauthor=False) / "models"


def is_name(text: str) -> bool:
    """Whether the text can be a model's name. A text that ends with `.gguf` is a file's name.

    >>> is_name("Qwen3-4B-Q4_K_M"), is_name("../secret"), is_name(".hidden"), is_name("a/b"), is_name("a.gguf")
    (True, False, False, False, False)
    """
    return _NAME.fullmatch(text) is not None and not text.endswith(SUFFIX)


def path_of(name: str, folder: Path | None = None) -> Path:
    """The path for a model of this name, which may be written with `.gguf`. Raises NameUnusable."""
    stem = name.removesuffix(SUFFIX)
    if not is_name(stem):
        raise ModelNameUnusable(name)
    return (folder or models_folder()) / (stem + SUFFIX)


def found(folder: Path | None = None) -> Iterator[LocalModelFile]:
    """The model files of the folder, by name."""
    for path in sorted((folder or models_folder()).glob(f"*{SUFFIX}")):
        if is_name(path.stem) and path.is_file():
            yield LocalModelFile(path.stem, path, path.stat().st_size, origin_of(path))


def origin_of(path: Path) -> Origin | None:
    """The origin noted when the file was fetched; None without a readable note."""
    with suppress(OSError, ValueError, TypeError):
        fields: Any = json.loads(_note(path).read_text(encoding="utf-8"))
        return (
            Origin(str(fields["source"]), str(fields["sha256"])) if "source" in fields and "sha256" in fields else None
        )
    return None


def note(path: Path, origin: Origin) -> None:
    """Writes the origin to a note beside the file. Raises OSError."""
    _note(path).write_text(json.dumps(asdict(origin)) + "\n", encoding="utf-8")


def forget(path: Path) -> None:
    """Deletes the note. Raises OSError."""
    _note(path).unlink(missing_ok=True)


def _note(path: Path) -> Path:
    return path.with_name(path.name + ".json")
