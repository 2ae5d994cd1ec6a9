"""A file of answers, so that a stopped run resumes, and a repeated run asks nothing again.

The file has a line of JSON for each answer, added at once. Only answers are kept; they are judged anew by each run. The
key of an answer covers everything that could change it. These are the question, the history, the articles, the
settings, the files of local models, the prompts, and the program.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from bot.errors import ShownError, UsageError
from bot.evaluate.types import Case
from bot.history.reread import answer_of
from bot.render import text as render
from bot.types import Answer
from index.fingerprint import digest as digest_of
from index.types import Article

_SOURCES = ("*.py", "*.json", "*.md")


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """An answer, and the seconds from the first question of its history to its end."""

    answer: Answer
    seconds: float


class AnswerFile:
    """The answers of a file, by key. Several threads may use it."""

    def __init__(self, path: Path) -> None:
        """Raises UsageError for a file that cannot be read, or has other content."""
        self._path = path
        self._lock = Lock()
        self._lines = dict(_read(path))

    def find(self, key: str) -> CachedAnswer | None:
        written = self._lines.get(key)
        return None if written is None else CachedAnswer(answer_of(written["answer"]), written["seconds"])

    def keep(self, key: str, kept: CachedAnswer) -> None:
        """Adds an answer to the file. Raises ShownError if it cannot be written."""
        written = {"key": key, "seconds": kept.seconds, "answer": render.to_json(kept.answer)}
        try:
            with self._lock, self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(written) + "\n")
        except OSError as error:
            raise ShownError(f"The answer cannot be kept in {self._path} ({error.strerror}). Make room.") from error


@dataclass(frozen=True, slots=True)
class Cache:
    """The answers of a file for one configuration: `about` is a digest of the bot and its articles."""

    file: AnswerFile
    about: str

    def find(self, case: Case, time: int) -> CachedAnswer | None:
        """The answer to the case in its repetition `time`, counted from 0."""
        return self.file.find(self._key(case, time))

    def keep(self, case: Case, time: int, kept: CachedAnswer) -> None:
        self.file.keep(self._key(case, time), kept)

    def _key(self, case: Case, time: int) -> str:
        within = [json.dumps(render.filters_json(case.filters))] if case.filters else []
        return digest([self.about, *case.history, case.question, str(time), *within])


def digest(parts: Iterable[str]) -> str:
    """The SHA-256 of a list of parts, in hexadecimal digits."""
    return sha256(json.dumps(list(parts)).encode()).hexdigest()


def digest_of_articles(articles: Iterable[Article]) -> str:
    """The digest of a set of articles, whatever their order."""
    return digest(sorted(map(digest_of, articles)))


def digest_of_files(folders: Iterable[Path]) -> str:
    """The digest of the sources in the folders: programs, fitted parameters and prompts."""
    paths = [path for folder in folders for pattern in _SOURCES for path in folder.rglob(pattern)]
    return digest(part for path in sorted(paths) for part in (str(path), sha256(path.read_bytes()).hexdigest()))


def digest_of_models(places: Iterable[Path]) -> str:
    """The digest of the models in files and folders, without missing ones.

    It is of the name, the size and the modification time of each file, since models are large.
    """
    files = [file for place in places for file in (sorted(place.rglob("*")) if place.is_dir() else [place])]
    stats = ((str(file), file.stat()) for file in files if file.is_file())
    return digest(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in stats)


def _read(path: Path) -> Iterable[tuple[str, Mapping[str, Any]]]:
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        whole, _, torn = text.rpartition("\n")
        if torn:  # a partial last line of a killed run: a new line must not follow it
            path.write_text(f"{whole}\n" if whole else "", encoding="utf-8")
        for line in whole.splitlines():
            written = json.loads(line)
            answer_of(written["answer"])
            yield written["key"], written
    except OSError as error:
        raise UsageError(f"The answers in {path} cannot be read ({error.strerror}). Name another file.") from error
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{path} holds no answers of an earlier run. Name another file.") from error
