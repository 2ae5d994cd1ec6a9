"""Who may write. Locks end with the process that holds them, however it ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import StoreBusy

PATIENCE = 10.0  # seconds that a second writer waits


@contextmanager
def writing(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Holds the one writer's lock of a store, across processes and threads, or raises StoreBusy."""
    from filelock import FileLock, Timeout

    holder = folder / "writer"
    lock = FileLock(folder / "lock", timeout=patience)
    try:
        lock.acquire()
    except Timeout as error:
        raise StoreBusy(folder, _name(holder)) from error
    try:
        holder.write_text(str(os.getpid()))
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _name(holder: Path) -> str:
    try:
        return f"Process {holder.read_text()}"
    except OSError:
        return "Another process"
