"""Files, folders and addresses to articles: `read`."""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from index.errors import SourceMissing, Unreadable, UsageError
from index.load import hashed
from index.load.folder import Folder, in_words
from index.load.raw import Raw
from index.load.registry import reader
from index.load.stamps import Known, current, nothing, versioned
from index.text.surrogates import without_surrogates
from index.types import Article, Failure, Outcome, Reading, Stamp, Visit, Walk

if TYPE_CHECKING:
    from index.load.fetch import Fetcher

T = TypeVar("T")

_SETTLED = 2_000_000_000  # nanoseconds: the coarsest clock of a file system in use, FAT's
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)  # of two letters at least; one is a disk


Progress = Callable[[int], None]  # how many more bytes of files went by


@dataclass(frozen=True, slots=True)
class FoundSource:
    """A file or an address that is to be read, the root that it was found in, its last stamp."""

    source: str
    root: str
    last: Stamp | None = None


Step = Reading | FoundSource  # of a traversal: what is known of a source already, or a source that is to be read


@dataclass(frozen=True, slots=True)
class _Run:
    """The parameters of one `read`."""

    known: Known
    since: date | None
    limit: int | None
    allow_private: bool
    progress: Progress


def no_progress(count: int) -> None:
    """For callers who ask for no progress."""


def read(
    sources: Iterable[str | Path],
    *,
    known: Known = nothing,
    since: date | None = None,
    limit: int | None = None,
    allow_private: bool = False,
    progress: Progress = no_progress,
) -> Iterator[Reading]:
    """The articles of files, folders and addresses, one by one, each source once.

    After the articles of a source comes its `Visit`. After all that one of `sources` holds comes its `Walk`, unless a
    part of it could not be looked at. A source that gives no article is a `Failure` that says why, and the others go
    on. A source whose last stamp is `known` and the same is not read. `since` and `limit` hold for each feed and
    sitemap. In folders, hidden files, files of other kinds and what `.gitignore` and `.bylineignore` name are passed
    over. `progress` is given the bytes that were read since its last call; `weigh` counts all. Raises `SourceMissing`
    at once if one of `sources` does not exist, `UsageError` if its scheme is not http or https.
    """
    traversal = Traversal(
        sources, known=known, since=since, limit=limit, allow_private=allow_private, progress=progress
    )
    return traversal.readings()


class Traversal:
    """Same as `read`, in two parts, so that another process or machine may read the files that are found."""

    def __init__(
        self,
        sources: Iterable[str | Path],
        *,
        known: Known = nothing,
        since: date | None = None,
        limit: int | None = None,
        allow_private: bool = False,
        progress: Progress = no_progress,
    ) -> None:
        given = {_named(str(source)): os.path.abspath(source) for source in sources}  # noqa: PTH100 - as in `_named`
        self._roots = tuple(given)
        self._links = {root: link for root, link in given.items() if root != link and not is_address(root)}
        self._run = _Run(known, since, limit, allow_private, progress)
        self._fetcher: Fetcher | None = None  # one for the run: it knows how long each host has been let be

    @property
    def progress(self) -> Progress:
        return self._run.progress

    def steps(self) -> Iterator[Step]:
        """The steps in the sources, in order. No file is opened, and nothing is fetched."""
        return map(self.as_given, _steps(self._roots, self._run))

    def as_given(self, step: T) -> T:
        """A failure by the link that was named and not by where that leads; anything else as it is."""
        if not isinstance(step, Failure):
            return step
        for root, link in self._links.items():
            if step.source == root or step.source.startswith((f"{root.rstrip('/')}/", f"{root}:")):
                return replace(step, source=f"{link}{step.source.removeprefix(root)}")
        return step

    def readings(self) -> Iterator[Reading]:
        """All of it, as `read` gives it."""
        return chain.from_iterable(
            self.read(step) if isinstance(step, FoundSource) else (step,) for step in self.steps()
        )

    def read(self, found: FoundSource) -> Iterator[Reading]:
        """The articles of a file or an address, and the end of the visit."""
        if not is_address(found.source):
            return map(self.as_given, read_file(found, self._run.progress))
        from index.load import web
        from index.load.fetch import Fetcher

        self._fetcher = self._fetcher or Fetcher(allow_private=self._run.allow_private)
        return web.visit(found.source, self._fetcher, self._run.known, self._run.since, self._run.limit)


def is_address(source: str) -> bool:
    """Whether `read` would fetch it, and never look for a file of that name."""
    return _ADDRESS.match(source) is not None


def weigh(sources: Iterable[str | Path]) -> int | None:
    """The bytes of all files that `read` would look at, or None where there are addresses among the sources."""
    named = [_named(str(source)) for source in sources]
    if any(map(_ADDRESS.match, named)):
        return None
    return sum(_size(path) for path in {path for root in named for path in _files(root)})


def _files(root: str) -> Iterator[str]:
    if not os.path.isdir(root):  # noqa: PTH112 - Path.is_dir fails on what may not be looked at
        yield root
        return
    yield from (found for found in Folder(root).files() if isinstance(found, str))


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - a Path costs more than the rest
    except OSError:
        return 0


def _named(source: str) -> str:
    """A source as it is kept: an address as it is, a path resolved."""
    if _ADDRESS.match(source):
        return source
    if os.path.exists(source):  # noqa: PTH110 - Path.exists is true of "" and fails on what may not be looked at
        return os.path.realpath(source)
    if _SCHEME.match(source):
        raise UsageError(f"{source!r} cannot be read. Name a file, a folder, or an address with http:// or https://.")
    raise SourceMissing(source)


def _steps(roots: Iterable[str], run: _Run) -> Iterator[Step]:
    seen = set[str]()
    for root in dict.fromkeys(roots):
        if _ADDRESS.match(root):
            yield FoundSource(root, root)
        elif os.path.isdir(root):  # noqa: PTH112 - Path.is_dir fails on what may not be looked at
            yield from _folder(root, run, seen)
        elif root not in seen:
            seen.add(root)
            yield from _looked_at(root, root, run)
            yield Walk(root)


def _folder(root: str, run: _Run, seen: set[str]) -> Iterator[Step]:
    """The files in a folder; its end only where all of it could be looked at."""
    folder = Folder(root)
    for found in folder.files():
        if isinstance(found, Failure):
            yield Failure(without_surrogates(found.source), found.reason)
            yield Visit(without_surrogates(found.source), root, Outcome.FAILED)
        elif found not in seen:
            seen.add(found)
            yield from _looked_at(found, root, run)
    if not folder.hindered:
        yield Walk(root)


def _looked_at(path: str, root: str, run: _Run) -> Iterator[Step]:
    """A file that is to be read, or the end of the visit where it is unchanged or unreadable."""
    if (shown := without_surrogates(path)) != path:
        yield Failure(shown, "Its name is not valid Unicode. Rename it.")
        yield Visit(shown, root, Outcome.FAILED)
        return
    last = current(run.known(path))
    if last and _same(last, path):
        run.progress(last.size or 0)
        yield Visit(path, root, Outcome.UNCHANGED, last)
    else:
        yield FoundSource(path, root, last)


def read_file(found: FoundSource, progress: Progress = no_progress) -> Iterator[Reading]:
    """The articles of a file, unless it is as it was, and the end of the visit."""
    path, root = found.source, found.root
    try:
        yield from _opened(path, root, found.last, progress)
    except Unreadable as error:
        yield Failure(error.source, error.reason)
        yield Visit(path, root, Outcome.FAILED)
    except OSError as error:
        yield Failure(path, in_words(error))
        yield Visit(path, root, Outcome.FAILED)
    except MemoryError:
        yield Failure(path, "Reading it takes more memory than there is. Split it.")
        yield Visit(path, root, Outcome.FAILED)


def _opened(path: str, root: str, last: Stamp | None, progress: Progress) -> Iterator[Reading]:
    if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - before it is opened: a pipe would wait for a writer
        raise Unreadable(path, "It is not a file that has an end. Name a file or a folder.")
    with hashed.opened(path) as file:
        now, found = time.time_ns(), os.fstat(file.fileno())
        if last and last.size == found.st_size and _stamp(found, now, file.hash()).hash == last.hash:
            progress(found.st_size)
            yield Visit(path, root, Outcome.UNCHANGED, _stamp(found, now, file.hash()))
            return
        raw, articles, failures, reported = Raw(path, file), 0, 0, 0
        for item in reader(raw)(raw):
            articles += isinstance(item, Article)
            failures += isinstance(item, Failure)
            progress(file.done - reported)
            reported = file.done
            yield item
        progress(found.st_size - reported)
        # The next visit reports failures, too: so a source that failed in part has no stamp.
        stamp = _stamp(found, now, file.hash()) if articles and not failures else Stamp()
        yield Visit(path, root, Outcome.READ if articles else Outcome.FAILED, stamp)


def _same(last: Stamp, path: str) -> bool:
    """Whether a file looks as it did. Of one that cannot be looked at, reading it says why."""
    try:
        found = os.stat(path)  # noqa: PTH116 - a Path costs more than the rest
    except OSError:
        return False
    return last.touched is not None and (last.size, last.touched) == (found.st_size, _touched(found))


def _stamp(found: os.stat_result, now: int, digest: str) -> Stamp:
    """How a file looked. The time does not show a change that came just before: one right after could have the same."""
    touched = _touched(found)
    return versioned(Stamp(found.st_size, touched if touched < now - _SETTLED else None, digest))


def _touched(found: os.stat_result) -> int:
    """When the file or what the system notes of it last changed: archives and copies bring old times with them."""
    return max(found.st_mtime_ns, found.st_ctime_ns)
