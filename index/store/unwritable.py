"""A store that may not be written, as on a read-only disk: it is read by a copy, since readers write a little."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from shutil import copyfile, rmtree
from weakref import finalize

from index.errors import StoreUnwritable
from index.store.causes import shown_as

_READ = ("ledger.sqlite", "ledger.sqlite-wal", "vectors", "words")  # of all that is in the folder


def unwritable(folder: Path) -> bool:
    """Whether there is a store whose files or folders this process may not write."""
    found = [folder, *(folder / name for name in _READ)]
    return (folder / _READ[0]).is_file() and not all(os.access(each, os.W_OK) for each in found if each.exists())


def copied(folder: Path, owner: object) -> Path:
    """A new folder with all that is read of a store, which is gone with its `owner`.

    Raises StoreUnwritable where there is no room for it.
    """
    with shown_as(StoreUnwritable, Path(tempfile.gettempdir())):
        copy = Path(tempfile.mkdtemp(prefix="byline-"))
        finalize(owner, rmtree, copy, ignore_errors=True)
        for name in _READ:
            if (folder / name).is_dir():
                _copy_folder(folder / name, copy / name)
            elif (folder / name).exists():
                copyfile(folder / name, copy / name)
    return copy


def _copy_folder(folder: Path, copy: Path) -> None:
    """The files without their modes: the first may be ones that nobody may write."""
    for path, _, names in os.walk(folder):
        to = copy / Path(path).relative_to(folder)
        to.mkdir()
        for name in names:
            copyfile(Path(path) / name, to / name)
