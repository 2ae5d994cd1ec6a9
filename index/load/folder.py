"""Folders: the files in them that can be read."""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

from index.load.registry import NAMES, suffix
from index.types import Failure

EXCLUDES = (".gitignore", ".bylineignore")  # the second is asked last, and so has the last word
_PASSED_OVER = (".", "~$")  # hidden; what office programs put beside a document that is open
_LARGEST_RULES = 1_000_000  # bytes


class Folder:
    """The files in a folder and in its folders, and what came of looking at them."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.hindered = False  # whether a part of it could not be looked at
        self._empty = True
        self._excluded = False
        self._entered = set[str]()

    def files(self) -> Iterator[str | Failure]:
        """The files that can be read, as resolved paths, in order of name, and what stood in the way.

        Hidden files, and those that `.gitignore` and `.bylineignore` name, are passed over as git does it. A file of
        rules holds for its folder and below. The last rule that fits decides, and deeper rules come later. Nothing in
        an excluded folder is taken back. Links are followed; no folder is entered twice.
        """
        waiting = [_Place(self.root, self.root, ())]
        while waiting:
            place = waiting.pop()
            if place.real in self._entered:
                continue
            self._entered.add(place.real)
            try:
                folders = yield from self._listed(place)
            except OSError as error:
                self.hindered = True
                yield Failure(str(error.filename or place.real), in_words(error))
            else:
                waiting += reversed(folders)
        if self._empty and not self.hindered:
            yield Failure(self.root, self._why_empty())

    def _listed(self, place: _Place) -> Generator[str, None, list[_Place]]:
        """The files of one folder; returns the folders in it."""
        with os.scandir(place.path) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        rules = place.rules + _rules(place.path, entries)
        folders, parts = [], _parts_of_pages(entries)
        for entry in entries:
            is_folder = _is_folder(entry)
            if entry.name.startswith(_PASSED_OVER) or not (is_folder or suffix(entry.name)):
                continue
            if is_folder and entry.name in parts:
                continue
            if _excluded(entry.path + "/" * is_folder, rules):
                self._excluded = True
                continue
            real = _resolved(entry) if entry.is_symlink() else f"{place.real.rstrip('/')}/{entry.name}"
            if is_folder:
                folders.append(_Place(entry.path, real, rules))
            else:
                self._empty = False
                yield real
        return folders

    def _why_empty(self) -> str:
        if self._excluded:
            return (
                f"All that could be read in the folder is excluded by {' or '.join(EXCLUDES)}. Change the rules there."
            )
        return f"The folder holds no file that can be read. Put {NAMES} files there."


def _parts_of_pages(entries: Iterable[os.DirEntry[str]]) -> frozenset[str]:
    """The folders into which browsers put the parts of a page that is saved beside them: frames, advertisements."""
    names = (os.path.splitext(entry.name) for entry in entries)  # noqa: PTH122 - these paths are strings
    return frozenset(f"{stem}_files" for stem, ending in names if ending.lower() in (".html", ".htm"))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _resolved(link: os.DirEntry[str]) -> str:
    """Where a link leads, or where it is, if it leads nowhere."""
    return os.path.realpath(link.path) if os.path.exists(link.path) else link.path  # noqa: PTH110 - as in `files`


@dataclass(frozen=True, slots=True)
class _Place:
    """A folder as it was come to, where it is, and the rules that hold for it."""

    path: str
    real: str
    rules: tuple[_Rules, ...]


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules of a folder's files of rules, for what is in it and below, the last rule first."""

    folder: str
    rules: tuple[_Rule, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    excludes: bool
    folders: bool  # whether it names folders alone

    def fits(self, path: str) -> bool:
        """Whether the rule names this very path; a pattern of pathspec matches all that is below, too."""
        if self.folders and path[-1] != "/":
            return False
        if not self.pattern.groups:  # "a/**": what is in a folder
            return self.pattern.search(path.rstrip("/")) is not None
        if not self.pattern.pattern.startswith("^"):  # "*/": any folder
            return path[-1] == "/"
        return self.pattern.fullmatch(path) is not None


def _rules(folder: str, entries: Iterable[os.DirEntry[str]]) -> tuple[_Rules, ...]:
    """The rules that stand in a folder. Raises OSError."""
    present = {entry.name for entry in entries if entry.name in EXCLUDES and entry.is_file()}
    rules: list[_Rule] = []
    for name in EXCLUDES:
        if name in present:
            with open(os.path.join(folder, name), "rb") as file:  # noqa: PTH118, PTH123 - these paths are strings
                written = os.fsdecode(file.read(_LARGEST_RULES).removeprefix(b"\xef\xbb\xbf"))
            rules += filter(None, map(_rule, written.replace("\r\n", "\n").split("\n")))
    return (_Rules(folder, tuple(reversed(rules))),) if rules else ()


def _rule(line: str) -> _Rule | None:
    """The rule that a line is. A line that is none is passed over, as git does."""
    from pathspec import GitIgnoreSpec

    if "//" in line:
        return None  # no path has that
    folders = line.rstrip().endswith("**/")
    try:
        (found,) = GitIgnoreSpec.from_lines([line.rstrip()[:-1] if folders else line]).patterns
    except ValueError:
        return None
    if found.regex is None or found.include is None:
        return None
    pattern = found.regex.pattern.replace("[^", "[^/")  # no class holds the slash
    return _Rule(re.compile(pattern), found.include, folders)


def _excluded(path: str, levels: tuple[_Rules, ...]) -> bool:
    """Whether the last rule that fits excludes a path; that of a folder ends with a slash."""
    for level in reversed(levels):
        inner = path[len(level.folder.rstrip("/")) + 1 :]
        for rule in level.rules:
            if rule.fits(inner):
                return rule.excludes
    return False


def in_words(error: OSError) -> str:
    """Why a file cannot be read, for a person."""
    if isinstance(error, FileNotFoundError):
        return "It is not there any more, or it is a link to nothing. Mend the link, or leave it out."
    return f"It cannot be read: {error.strerror or error}. Check who may read it, then try again."
