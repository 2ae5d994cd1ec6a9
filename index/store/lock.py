"""Who may write. Locks end with the process that holds them, however it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from index.errors import StoreBusy, StoreUnwritable

PATIENCE = 10.0  # seconds that a second writer waits


@contextmanager
def writing(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Holds the one writer's lock of a store, across processes and threads.

    Raises StoreBusy where another holds it for longer than `patience` seconds, and StoreUnwritable.
    """
    from filelock import FileLock, Timeout

    holder = folder / "writer"
    lock = FileLock(folder / "lock", timeout=patience)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise StoreBusy(folder, *_named(holder)) from error
    except OSError as error:
        raise StoreUnwritable(folder, str(error)) from error
    try:
        _sign(folder, holder)
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def _sign(folder: Path, holder: Path) -> None:
    try:
        holder.write_text(f"{os.getpid()} {datetime.now().astimezone():%Y-%m-%d %H:%M:%S %z}")
    except OSError as error:
        raise StoreUnwritable(folder, str(error)) from error


def _named(holder: Path) -> tuple[str, str | None]:
    """The process that writes, and since when, where it could be read."""
    try:
        process, _, since = holder.read_text().partition(" ")
    except OSError:
        process, since = "", ""
    return (f"Process {process}" if process else "Another process"), since or None
