"""Readers of a folder and its one writer: SQLite's lock as filelock takes it, and as `SharedLock` does."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import ReadWriteLock, Timeout

from index.store.lock import SharedLock
from tests.stores import ask, child

# Holds the readers' side while it waits for a line, and says whether it does.
READER = """
import sys
sys.path.insert(0, {root!r})
from pathlib import Path
from index.store.lock import SharedLock
for line in sys.stdin:
    with SharedLock(Path(line.strip())).held() as held:
        print(held, flush=True)
        sys.stdin.readline()
    print("left", flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vectors" / "a.lock"


def test_readers_share_and_keep_the_writer_out(path: Path) -> None:
    one, other = SharedLock(path), SharedLock(path)
    with one.held() as first, one.held() as second, other.held() as third:
        assert (first, second, third) == (True, True, True)
        with pytest.raises(Timeout):
            ReadWriteLock(path, is_singleton=False).acquire_write(blocking=False)
    with ReadWriteLock(path, is_singleton=False).write_lock(blocking=False), one.held() as held:
        assert not held
    with one.held() as held:
        assert held


def test_readers_of_filelock_and_ours_share(path: Path) -> None:
    lock = SharedLock(path)
    with lock.held(), ReadWriteLock(path, is_singleton=False).read_lock(blocking=False), lock.held() as held:
        assert held
    lock.close()


def test_another_process_keeps_the_writer_out_until_it_leaves(path: Path) -> None:
    with child(READER, path.parent.parent) as reader:
        assert ask(reader, str(path)) == ["True"]
        with pytest.raises(Timeout):
            ReadWriteLock(path, is_singleton=False).acquire_write(blocking=False)
        assert ask(reader, "leave") == ["left"]
        with ReadWriteLock(path, is_singleton=False).write_lock(blocking=False):
            assert ask(reader, str(path)) == ["False"]


def test_a_lock_that_cannot_be_made_is_the_machines_fault(tmp_path: Path) -> None:
    (tmp_path / "a.lock").mkdir()
    with pytest.raises(OSError, match="unable to open"), SharedLock(tmp_path / "a.lock").held():
        pass
