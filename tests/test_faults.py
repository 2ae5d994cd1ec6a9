"""Disk full, permission lost, memory gone: a clear sentence, the store as before, and the next run goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from index import Article, Index
from index.errors import ShownError, StoreBusy
from index.store import unwritable
from index.store.causes import in_words
from tests.conftest import WordEmbeddings
from tests.stores import HERE, Contents, answers, contents, numbered

QUESTIONS = ["subject1", "subject7", "release1"]
KNOWN = 20  # articles that are in before
Seen = tuple[Contents, list[list[tuple[str, int, bool, float]]]]  # a store, and what it answers

# Brings in articles of which each has a batch for itself, under limits that are set when everything is loaded.
ADDING = """
import sys, resource
sys.path[:0] = [{root!r}, {tests!r}]
from tests.conftest import WordEmbeddings
from index import Index
from index.errors import ShownError
from tests.test_faults import many
import index.ingest.ingest
index.ingest.ingest.BATCH = 16
with Index.open({warm!r}, embedder=WordEmbeddings()) as opened:
    opened.add(many(2))
    opened.search("subject1")
{limit}
try:
    with Index.open({store!r}, embedder=WordEmbeddings()) as opened:
        {act}
except ShownError as error:
    print(type(error).__name__, error)
    sys.exit(1)
print("done")
"""
ADD = "opened.add(many(40))"


def many(count: int) -> Iterator[Article]:
    """Articles of some length, from the first number that is not known on."""
    for number in range(KNOWN, KNOWN + count):
        words = " ".join(f"word{number * 1000 + one}" for one in range(1500))
        yield Article(f"a{number}", f"Title {number}", f"The subject{number} is in release1.\n\n{words}")


@dataclass(frozen=True)
class Ended:
    code: int
    said: str
    complained: str

    @property
    def shown(self) -> bool:
        return self.code == 1 and self.said.split(" ")[0].startswith("Store")


def run(store: Path, warm: Path, limit: str = "", act: str = ADD, before: Sequence[str] = ()) -> Ended:
    code = ADDING.format(root=str(HERE.parent), tests=str(HERE), store=str(store), warm=str(warm), limit=limit, act=act)
    done = subprocess.run(
        [*before, sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    return Ended(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store that every fault begins with."""
    folder = tmp_path_factory.mktemp("sound") / "store"
    with Index.open(folder, embedder=WordEmbeddings()) as index:
        index.add(map(numbered, range(KNOWN)))
    return folder


@pytest.fixture(scope="module")
def unharmed(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """The one that nothing happened to, with everything in it."""
    with Index.open(tmp_path_factory.mktemp("unharmed") / "store", embedder=WordEmbeddings()) as index:
        index.add(map(numbered, range(KNOWN)))
        index.add(many(40))
        return seen(index)


@pytest.fixture
def store(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "store"))


def known_as_before(store: Path) -> None:
    """What was in is in, and found, before anything is mended."""
    with Index.open(store, embedder=WordEmbeddings()) as index:
        there = {one.id: one for one in index.articles()}
        assert all(there[f"a{number}"] == numbered(number) for number in range(KNOWN))
        assert all(there[article.id] == article for article in many(40) if article.id in there)
        for number in range(0, KNOWN, 6):
            assert index.search(f"subject{number}", 1)[0].passage.article_id == f"a{number}"


def seen(index: Index) -> Seen:
    return contents(index), answers(index, QUESTIONS)


def goes_on(store: Path, unharmed: Seen) -> None:
    """The next run brings in what lacks, and the store is as one that nothing happened to."""
    with Index.open(store, embedder=WordEmbeddings()) as index:
        index.add(many(40))
        assert all(finding.ok for finding in index.examine())
        assert seen(index) == unharmed


@contextmanager
def disk(folder: Path, room: int) -> Iterator[Path | None]:
    """A disk of its own with so many bytes; None where this machine lets nobody mount one."""
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={room // 1024}k", "tmpfs", folder], capture_output=True, check=False
    )
    if done.returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # a process that has just ended may hold it yet


def used(store: Path) -> int:
    """The bytes of a folder on a disk, in whole pages."""
    return sum((path.stat().st_size + 4095) // 4096 * 4096 + 4096 for path in store.rglob("*"))


@pytest.mark.slow
@pytest.mark.parametrize("room", [16, 700, 2500])
def test_a_full_disk_is_said_to_be_full_and_costs_nothing(
    store: Path, unharmed: Seen, tmp_path: Path, room: int
) -> None:
    with disk(tmp_path / "disk", used(store) + room * 1024) as place:
        if place is None:  # as nearly as can be: no file may grow beyond this
            ended = run(store, tmp_path / "warm", f"resource.setrlimit(resource.RLIMIT_FSIZE, ({room * 1024},) * 2)")
            assert ended.shown, ended
            known_as_before(store)
            goes_on(store, unharmed)
            return
        moved = Path(shutil.copytree(store, place / "store"))
        ended = run(moved, tmp_path / "warm")
        assert ended.shown, ended
        assert "full" in ended.said or "No space left" in ended.said
        with suppress(ShownError):  # a search may need some room, and says so
            known_as_before(moved)
        subprocess.run(["mount", "-o", "remount,size=200m", place], check=True)
        known_as_before(moved)
        goes_on(moved, unharmed)


@pytest.mark.slow
@pytest.mark.parametrize("room", [16, 120])
def test_a_disk_without_room_for_a_new_store_is_said_to_be_full(tmp_path: Path, room: int) -> None:
    with disk(tmp_path / "disk", room * 1024) as place:
        most = f"resource.setrlimit(resource.RLIMIT_FSIZE, ({room * 1024},) * 2)"  # where nobody may mount one
        ended = run((place or tmp_path) / "store", tmp_path / "warm", "" if place else most)
        assert ended.shown, ended
        assert "StoreUnwritable" in ended.said
        assert "[" not in ended.said


def test_what_copying_files_met_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "vectors").mkdir()
    (tmp_path / "vectors" / "one").symlink_to("nowhere")
    with pytest.raises(shutil.Error) as met:
        shutil.copytree(tmp_path / "vectors", tmp_path / "copy")
    assert in_words(met.value) == f"No such file or directory ({tmp_path / 'vectors' / 'one'})"


@pytest.mark.slow
@pytest.mark.parametrize("most", [64, 600, 3000])
def test_a_file_that_may_not_grow_costs_nothing(store: Path, unharmed: Seen, tmp_path: Path, most: int) -> None:
    ended = run(store, tmp_path / "warm", f"resource.setrlimit(resource.RLIMIT_FSIZE, ({most * 1024},) * 2)")
    assert ended.shown, ended
    known_as_before(store)
    goes_on(store, unharmed)


# So that root, too, is refused what the modes of files refuse.
BOUND = "-dac_override,-dac_read_search,-fowner"
AS_ANYBODY = ["setpriv", f"--bounding-set={BOUND}", f"--inh-caps={BOUND}"] if os.geteuid() == 0 else []


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Nobody may write in a folder, or a file."""
    paths = [path, *(path.rglob("*") if path.is_dir() else ())]
    modes = [one.stat().st_mode for one in paths]
    for one in paths:
        one.chmod(0o555 if one.is_dir() else 0o444)
    try:
        yield
    finally:
        for one, mode in zip(paths, modes, strict=True):
            one.chmod(mode)


@pytest.mark.slow
@pytest.mark.parametrize("part", [".", "vectors", "words", "ledger.sqlite", "lock"])
def test_a_store_that_may_not_be_written_is_said_to_be_so(
    store: Path, unharmed: Seen, tmp_path: Path, part: str
) -> None:
    with locked(store / part):
        ended = run(store, tmp_path / "warm", before=AS_ANYBODY)
        assert ended.shown, ended
        assert "StoreUnwritable" in ended.said
        searched = run(store, tmp_path / "warm", act="print(len(opened.search('subject1')) // 5)", before=AS_ANYBODY)
        assert (searched.code, searched.said) == (0, "2\ndone\n"), searched
    known_as_before(store)
    goes_on(store, unharmed)


@pytest.mark.slow
def test_a_store_on_a_read_only_disk_is_read_and_left_as_it_is(store: Path, tmp_path: Path) -> None:
    with disk(tmp_path / "disk", 200_000_000) as place:
        if place is None:
            pytest.skip("this machine lets nobody mount a disk")
        moved = Path(shutil.copytree(store, place / "store"))
        subprocess.run(["mount", "-o", "remount,ro", place], check=True)
        there = sorted(moved.rglob("*"))
        known_as_before(moved)
        ended = run(moved, tmp_path / "warm")
        assert ended.shown, ended
        assert "Read-only file system" in ended.said
        assert sorted(moved.rglob("*")) == there


def test_a_store_that_may_not_be_written_can_be_moved(store: Path, tmp_path: Path) -> None:
    act = (
        "from pathlib import Path; from index.store.moving import _snapshot; from index.store.ledger import Ledger\n"
        f"        with _snapshot(Path({str(store)!r})) as tables: print(len(Ledger(tables.folder)))"
    )
    with locked(store):
        moved = run(store, tmp_path / "warm", act=act, before=AS_ANYBODY)
    assert (moved.code, moved.said) == (0, f"{KNOWN}\ndone\n"), moved


class Owner:
    """Whoever reads a copy."""


def test_a_copy_to_read_is_of_one_moment_though_others_write(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "copies"))
    monkeypatch.setattr(unwritable, "_PAUSE", 0.0)
    (tmp_path / "copies").mkdir()
    waiting = [numbered(KNOWN)]
    with Index.open(store, embedder=WordEmbeddings()) as writer:

        def publishing(source: Path, target: Path) -> None:
            shutil.copyfile(source, target)
            if waiting and source.name == "chroma.sqlite3":
                writer.add([waiting.pop()])

        monkeypatch.setattr(unwritable, "copyfile", publishing)
        owner = Owner()
        with Index.open(unwritable.copied(store, owner), embedder=WordEmbeddings()) as reader:
            assert waiting == []
            assert reader.check().sound
            assert seen(reader) == seen(writer)
        monkeypatch.setattr(unwritable, "_TRIES", 2)
        waiting += map(numbered, range(KNOWN + 1, KNOWN + 3))
        with pytest.raises(StoreBusy, match=f"writing to the index at {store}"):
            unwritable.copied(store, owner)
    assert len(list((tmp_path / "copies").iterdir())) == 1
    del owner
    assert list((tmp_path / "copies").iterdir()) == []


def test_a_copy_of_a_process_that_was_killed_is_removed_by_the_next(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "copies"))
    (tmp_path / "copies").mkdir()
    code = (
        "import os, signal, sys; from pathlib import Path; from index.store.unwritable import copied\n"
        "class Owner: pass\n"
        "owner = Owner(); copied(Path(sys.argv[1]), owner); os.kill(os.getpid(), signal.SIGTERM)"
    )
    for _ in range(2):
        environment = {**os.environ, "TMPDIR": str(tmp_path / "copies"), "PYTHONPATH": str(HERE.parent)}
        subprocess.run([sys.executable, "-c", code, store], env=environment, check=False, timeout=60)
        assert len(list((tmp_path / "copies").iterdir())) == 1
    one, other = Owner(), Owner()
    kept = {unwritable.copied(store, one), unwritable.copied(store, other)}
    assert set((tmp_path / "copies").iterdir()) == kept


@pytest.mark.parametrize("log", [False, True])
def test_a_store_to_read_may_have_a_log_that_nobody_opened(store: Path, tmp_path: Path, log: bool) -> None:
    if log:
        with Index.open(store, embedder=WordEmbeddings()) as writer:
            writer.add(many(1))
            shutil.copytree(store, tmp_path / "moved", ignore=shutil.ignore_patterns("*-shm"))
        store = tmp_path / "moved"
        assert (store / "ledger.sqlite-wal").exists()
    with locked(store):
        run_here = "print(len(opened), len(opened.search('subject1')) // 5)"
        searched = run(store, tmp_path / "warm", act=run_here, before=AS_ANYBODY)
    assert (searched.code, searched.said) == (0, f"{KNOWN + log} 2\ndone\n"), searched


@pytest.mark.slow
@pytest.mark.parametrize("more", [6, 12, 40, 160])
def test_memory_that_ends_costs_nothing(store: Path, unharmed: Seen, tmp_path: Path, more: int) -> None:
    """Chroma and tantivy end the process where they get no memory at all; else there is a sentence."""
    limit = (
        "import os\n"
        "taken = int(open('/proc/self/statm').read().split()[0]) * os.sysconf('SC_PAGE_SIZE')\n"
        f"resource.setrlimit(resource.RLIMIT_AS, (taken + {more} * 2**20,) * 2)"
    )
    ended = run(store, tmp_path / "warm", limit)
    assert ended.shown or (ended.code and "Traceback" not in ended.complained) or "done" in ended.said, ended
    known_as_before(store)
    goes_on(store, unharmed)
