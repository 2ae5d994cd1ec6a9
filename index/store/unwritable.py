"""A store that may not be written, as on a read-only disk: it is read by a copy, since readers write a little."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from shutil import copyfile, rmtree
from typing import TYPE_CHECKING
from weakref import finalize

from index.errors import StoreBusy, StoreUnwritable
from index.store.causes import shown_as

if TYPE_CHECKING:
    from filelock import FileLock

_LEDGER, _LOG = "ledger.sqlite", "ledger.sqlite-wal"
_FOLLOWERS = ("vectors", "words")
_PUBLISHED = "SELECT generation, vectors, words FROM published"
_HELD = ".byline-copy"  # the file in a copy that is locked while its process runs
_TRIES = 8
_PAUSE = 0.3  # seconds before the second try, and as much more before each later one


def unwritable(folder: Path) -> bool:
    """Whether there is a store whose files or folders this process may not write."""
    found = [folder, *(folder / name for name in (_LEDGER, _LOG, *_FOLLOWERS))]
    return (folder / _LEDGER).is_file() and not all(os.access(each, os.W_OK) for each in found if each.exists())


def copied(folder: Path, owner: object) -> Path:
    """A new folder with all that is read of a store, as it is at one moment. It is gone with its `owner`.

    Raises StoreUnwritable where there is no room for it, StoreBusy where the store changes all the time.
    """
    with shown_as(StoreUnwritable, Path(tempfile.gettempdir())):
        for _ in _tries():
            copy = Path(tempfile.mkdtemp(prefix="byline-"))
            remove = finalize(owner, _remove, copy, _held(copy))
            _remove_abandoned(copy)
            if _copied_unchanged(folder, copy):
                return copy
            remove()
    raise StoreBusy(folder, "Another process")


def copy_ledger(folder: Path, copy: Path) -> None:
    """The ledger of a store that may not be written, as it is at one moment, in another folder.

    Raises StoreUnwritable, StoreBusy.
    """
    with shown_as(StoreUnwritable, copy):
        for _ in _tries():
            before = _moment(folder)
            _copy_ledger(folder, copy)
            if _moment(folder) == before:
                return
    raise StoreBusy(folder, "Another process")


def _tries() -> Iterator[int]:
    for number in range(_TRIES):
        time.sleep(number * _PAUSE)
        yield number


def _copied_unchanged(folder: Path, copy: Path) -> bool:
    """Copies what readers see. False where that changed meanwhile, so that the copy is of no one moment.

    A writer leaves published followers alone. Once it has published others, it writes these.
    """
    try:
        before = _moment(folder)
        _copy_ledger(folder, copy)
        parts = [part for part in _published_parts(copy) if (folder / part).is_dir()]
        files = _stamps(folder, parts)
        for part in parts:
            _copy_folder(folder / part, copy / part)
        return (_moment(folder), _stamps(folder, parts)) == (before, files)
    except FileNotFoundError:
        return False


def _moment(folder: Path) -> object:
    """By what one moment of a store is told from another: what is published, or how files look that nobody writes."""
    if (folder / _LOG).exists():
        with suppress(sqlite3.DatabaseError), closing(_connected(folder)) as connection:
            return connection.execute(_PUBLISHED).fetchone()
    return [_stamp(folder / name) for name in (_LEDGER, _LOG) if (folder / name).exists()]


def _connected(folder: Path) -> sqlite3.Connection:
    """A connection that writes nothing. A ledger without a log is opened by nobody else, and needs none."""
    immutable = "" if (folder / _LOG).exists() else "&immutable=1"
    return sqlite3.connect(f"{(folder / _LEDGER).resolve().as_uri()}?mode=ro{immutable}", uri=True, timeout=30)


def _copy_ledger(folder: Path, copy: Path) -> None:
    try:
        with closing(_connected(folder)) as source, closing(sqlite3.connect(copy / _LEDGER)) as target:
            source.backup(target)
    except sqlite3.DatabaseError:  # damaged, as its readers will say, or with a log that only a writer could open
        for name in (_LEDGER, _LOG):
            if (folder / name).exists():
                copyfile(folder / name, copy / name)


def _published_parts(copy: Path) -> list[Path]:
    """The places in a store of the followers that readers use; none where the ledger cannot be read."""
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(copy / _LEDGER)) as connection:
        _, *names = connection.execute(_PUBLISHED).fetchone()
        return [Path(kind, name) for kind, name in zip(_FOLLOWERS, names, strict=True) if name]
    return []


def _stamps(folder: Path, parts: Sequence[Path]) -> dict[Path, tuple[int, int]]:
    files = (Path(path) / name for part in parts for path, _, names in os.walk(folder / part) for name in names)
    return {file: _stamp(file) for file in files}


def _stamp(file: Path) -> tuple[int, int]:
    found = file.stat()
    return found.st_size, found.st_mtime_ns


def _copy_folder(folder: Path, copy: Path) -> None:
    """The files without their modes: the first may be ones that nobody may write."""
    for path, _, names in os.walk(folder):
        to = copy / Path(path).relative_to(folder)
        to.mkdir(parents=True)
        for name in names:
            copyfile(Path(path) / name, to / name)


def _held(copy: Path) -> FileLock:
    """A lock that ends with this process, however it ends."""
    from filelock import FileLock

    lock = FileLock(copy / _HELD, timeout=0, thread_local=False)
    lock.acquire()
    return lock


def _remove(copy: Path, lock: FileLock) -> None:
    lock.release()
    rmtree(copy, ignore_errors=True)


def _remove_abandoned(copy: Path) -> None:
    """Removes the copies of this user, beside one of its own, whose processes were ended by a signal."""
    user = copy.stat().st_uid
    for other in copy.parent.glob("byline-*"):
        with suppress(OSError):  # another process holds it, or has just removed it
            if other.lstat().st_uid == user and not other.is_symlink() and (other / _HELD).is_file():
                _remove(other, _held(other))
