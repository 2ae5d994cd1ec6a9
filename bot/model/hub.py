"""Models of a model hub, by names such as `hf:OWNER/REPO/FILE`: their description, and their download.

The hub's list gives size and SHA-256 (https://huggingface.co/docs/hub/api). Only a file with both is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import BaseModel, TypeAdapter, ValidationError

from bot.errors import UsageError
from bot.model.chain import EXTRACTIVE
from bot.model.files import SUFFIX, Origin, note, origin_of, path_of
from bot.model.pull import (
    HUB,
    QWEN,
    ModelFile,
    Progress,
    PullFailed,
    client,
    free_space,
    place,
    pull,
    refused,
    remove_at,
)

LARGEST_LIST = 10_000_000  # bytes of a hub's list of files
SHOWN = 30  # files that a message names
_STEP = r"[A-Za-z0-9][A-Za-z0-9._+-]{0,127}"
_SOURCE = re.compile(rf"hf:({_STEP}/{_STEP})(?:/({_STEP}(?:/{_STEP}){{0,5}}))?")
_CHECKSUM = re.compile(r"[0-9a-f]{64}")
_SPLIT = re.compile(r"-\d{5}-of-\d{5}\.gguf")
TAKEN = {"local", EXTRACTIVE, Path(QWEN.name).stem}  # names with another meaning


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository on a hub; an empty path leaves the file open."""

    repository: str  # OWNER/REPO
    path: str  # within the repository

    def __str__(self) -> str:
        return f"hf:{self.repository}/{self.path}".rstrip("/")


@dataclass(frozen=True, slots=True)
class HubEntry:
    """An entry of the hub's list of files."""

    path: str
    size: int  # bytes
    sha256: str | None

    def __str__(self) -> str:
        return f"{self.path} ({self.size / 1e9:.1f} GB)"


class SourceUnusable(UsageError):
    def __init__(self, source: str) -> None:
        super().__init__(f"{source!r} names no model of a hub. Write hf:OWNER/REPO/FILE.gguf.")


class FileUnnamed(UsageError):
    """The repository exists, and the file is not named or not in it."""

    def __init__(self, source: HubFile, listed: Sequence[HubEntry]) -> None:
        models = [each for each in listed if each.path.endswith(SUFFIX) and not _SPLIT.search(each.path)]
        shown = "; ".join(map(str, models[:SHOWN])) + ("; …" if len(models) > SHOWN else "")
        lacking = f"has no file {source.path}" if source.path else "has several files"
        named = f"{lacking}. Name one of these after it: {shown}."
        none = "has no model in one GGUF file. Name another repository, such as one whose name ends in -GGUF."
        super().__init__(f"{source.repository} {named if models else none}")


class FileSplit(UsageError):
    def __init__(self, source: HubFile) -> None:
        super().__init__(f"{source} is one part of several. Byline takes models in one file: name a smaller one.")


class NameTaken(UsageError):
    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"The name {name!r} is taken: {why}. Give this model another name with `--name`.")


def source_of(text: str) -> HubFile:
    """The repository and the path in `hf:OWNER/REPO/FILE`. Raises SourceUnusable, FileSplit.

    >>> source_of("hf:Qwen/Qwen3-4B-GGUF/q4/Qwen3-4B-Q4_K_M.gguf")
    HubFile(repository='Qwen/Qwen3-4B-GGUF', path='q4/Qwen3-4B-Q4_K_M.gguf')
    """
    match = _SOURCE.fullmatch(text)
    if match is None or (match[2] and not match[2].endswith(SUFFIX)):
        raise SourceUnusable(text)
    source = HubFile(match[1], match[2] or "")
    if _SPLIT.search(source.path):
        raise FileSplit(source)
    return source


def fetch(
    text: str,
    progress: Progress,
    *,
    name: str | None = None,
    folder: Path | None = None,
    hub: str = HUB,
    token: str | None = None,
    free: Callable[[Path], int] = free_space,
) -> Path:
    """The path of the model `hf:OWNER/REPO/FILE`, fetched if it is not here. The token goes to the hub only.

    Raises PullFailed, SourceUnusable, FileUnnamed, FileSplit, NameTaken, NameUnusable.
    """
    file = described(source_of(text), hub, token, name)
    path = place(file, folder)
    if path.stem in TAKEN:
        raise NameTaken(path.stem, "it means the default model, or none")
    prepare = partial(_prepare, Origin(file.source, file.sha256))
    return pull(progress, file=file, folder=folder, hub=hub, token=token, free=free, prepare=prepare)


def _prepare(origin: Origin, path: Path) -> None:
    """Notes the origin of what is fetched to the path. Partial downloads of another origin cannot be resumed.

    Raises NameTaken, OSError.
    """
    noted = origin_of(path)
    if noted == origin:
        return
    if path.exists():
        raise NameTaken(path.stem, f"there is a model from {noted.source} here" if noted else "a file has it")
    remove_at(path)
    note(path, origin)


def described(source: HubFile, hub: str = HUB, token: str | None = None, name: str | None = None) -> ModelFile:
    """The file with its size and checksum on the hub, to be kept under `name`.

    Raises PullFailed, FileUnnamed, NameUnusable.
    """
    listed = _listed(source, hub, token)
    found = next((each for each in listed if each.path == source.path), None)
    if found is None:
        raise FileUnnamed(source, listed)
    if found.sha256 is None or found.size <= 0:
        raise PullFailed(f"{hub} lists no checksum of {source}. Name another file.")
    named = path_of(name or Path(source.path).stem).name
    return ModelFile(named, found.size, found.sha256, source.repository, path=source.path)


def _listed(source: HubFile, hub: str, token: str | None) -> Sequence[HubEntry]:
    """The files of a repository. Raises PullFailed."""
    import httpx

    url = f"{hub.rstrip('/')}/api/models/{source.repository}/tree/main"
    try:
        with client(token) as asking, asking.stream("GET", url, params={"recursive": "true"}) as response:
            if response.status_code != httpx.codes.OK:
                raise PullFailed(f"{source} cannot be had. {hub}: {refused(response, hub, source.repository)}.")
            body = b""
            for block in response.iter_bytes():
                body += block
                if len(body) > LARGEST_LIST:
                    raise PullFailed(f"{hub} lists more files of {source.repository} than are read. Name another.")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise PullFailed(
            f"{hub} cannot be reached ({type(error).__name__}). Name another hub in HF_ENDPOINT, or copy a GGUF file "
            "here and use `--model gguf:PATH`."
        ) from error
    return _read(body, hub)


class _Large(BaseModel):
    oid: str


class _Entry(BaseModel):
    type: str
    path: str
    size: int = 0
    lfs: _Large | None = None

    def listed(self) -> HubEntry:
        checksum = self.lfs.oid if self.lfs and _CHECKSUM.fullmatch(self.lfs.oid) else None
        return HubEntry(self.path, self.size, checksum)


def _read(body: bytes, hub: str) -> Sequence[HubEntry]:
    try:
        entries = TypeAdapter(list[_Entry]).validate_json(body)
    except ValidationError as error:
        raise PullFailed(f"{hub} does not list files as a model hub does. Name another in HF_ENDPOINT.") from error
    return [each.listed() for each in entries if each.type == "file"]
