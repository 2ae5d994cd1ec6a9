"""Answers kept in a file: a run that was stopped goes on where it was, and one that is repeated asks nothing again.

The file has a line of JSON for each answer, added as soon as it is there. What is kept is the answer alone; it is
judged anew each time. It is found again only where nothing changed that could change it: the question and those before
it, the articles, the settings, the models that are files here, the prompts, and the program itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from bot import render
from bot.errors import ShownError, UsageError
from bot.evaluate.types import Case
from bot.history.reread import answer_of
from bot.types import Answer
from index.fingerprint import digest as digest_of
from index.types import Article

_SOURCES = ("*.py", "*.json", "*.md")


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, and the seconds from the first question of its history to its end."""

    answer: Answer
    seconds: float


class AnswerFile:
    """The answers of a file, by key. Several threads may use it."""

    def __init__(self, path: Path) -> None:
        """Raises UsageError where the file cannot be read, or holds something else."""
        self._path = path
        self._lock = Lock()
        self._lines = dict(_read(path))

    def find(self, key: str) -> Kept | None:
        written = self._lines.get(key)
        return None if written is None else Kept(answer_of(written["answer"]), written["seconds"])

    def keep(self, key: str, kept: Kept) -> None:
        """Raises ShownError where it cannot be written."""
        written = {"key": key, "seconds": kept.seconds, "answer": render.to_json(kept.answer)}
        try:
            with self._lock, self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(written) + "\n")
        except OSError as error:
            raise ShownError(f"The answer cannot be kept in {self._path} ({error.strerror}). Make room.") from error


@dataclass(frozen=True, slots=True)
class Cache:
    """The answers of a file that one bot gave about the same articles: `about` is what could change them."""

    file: AnswerFile
    about: str

    def find(self, case: Case, time: int) -> Kept | None:
        """What was answered the `time`-th time that the case was asked, counted from 0."""
        return self.file.find(self._key(case, time))

    def keep(self, case: Case, time: int, kept: Kept) -> None:
        self.file.keep(self._key(case, time), kept)

    def _key(self, case: Case, time: int) -> str:
        within = [json.dumps(render.filters_json(case.filters))] if case.filters else []
        return digest([self.about, *case.history, case.question, str(time), *within])


def digest(parts: Iterable[str]) -> str:
    """The SHA-256 of the parts, which are told apart, in hexadecimal digits."""
    return sha256(json.dumps(list(parts)).encode()).hexdigest()


def digest_of_articles(articles: Iterable[Article]) -> str:
    """That of all they say, in any order."""
    return digest(sorted(map(digest_of, articles)))


def digest_of_files(folders: Iterable[Path]) -> str:
    """That of the sources in the folders: programs, fitted numbers and prompts."""
    paths = [path for folder in folders for pattern in _SOURCES for path in folder.rglob(pattern)]
    return digest(part for path in sorted(paths) for part in (str(path), sha256(path.read_bytes()).hexdigest()))


def digest_of_models(places: Iterable[Path]) -> str:
    """That of models in files and folders, by the name, the size and the time of each file: they are large. What is not
    there is passed over."""
    files = [file for place in places for file in (sorted(place.rglob("*")) if place.is_dir() else [place])]
    stats = ((str(file), file.stat()) for file in files if file.is_file())
    return digest(f"{name} {found.st_size} {found.st_mtime_ns}" for name, found in stats)


def _read(path: Path) -> Iterable[tuple[str, Mapping[str, Any]]]:
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        whole, _, torn = text.rpartition("\n")
        if torn:  # the last line of a run that was killed: what is added must not stand beside it
            path.write_text(f"{whole}\n" if whole else "", encoding="utf-8")
        for line in whole.splitlines():
            written = json.loads(line)
            answer_of(written["answer"])
            yield written["key"], written
    except OSError as error:
        raise UsageError(f"The answers in {path} cannot be read ({error.strerror}). Name another file.") from error
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{path} holds no answers of an earlier run. Name another file.") from error
