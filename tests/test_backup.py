"""A backup holds all that cannot be made again; a store from it answers as the one that it was taken of."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest

from index import (
    BackupThere,
    BackupUnreadable,
    BackupUnwritable,
    Index,
    SourceMissing,
    StoreMismatch,
    StoreMissing,
    StoreThere,
)
from index.store.backup import LABEL, LEDGER
from index.store.ledger import Ledger
from tests.conftest import WordEmbeddings
from tests.stores import OPENED, Contents, answers, ask, child, chroma_server, contents, numbered, state

QUESTIONS = ["subject1", "subject7", "release2", "much else is the same"]


class Silent(WordEmbeddings):
    """Fails the test when passages are embedded again."""

    def embed(self, texts):  # type: ignore[no-untyped-def]
        assert len(texts) == 1, "passages are embedded again"
        return super().embed(texts)


@pytest.fixture
def store(tmp_path: Path, words: WordEmbeddings) -> Path:
    with Index.open(tmp_path / "store", embedder=words) as index:
        index.add(map(numbered, range(20)))
        index.add(numbered(number, 2) for number in range(0, 20, 3))
        index.remove("a4")
    return tmp_path / "store"


@pytest.fixture
def file(store: Path, tmp_path: Path, words: WordEmbeddings) -> Path:
    with Index.open(store, embedder=words) as index:
        assert index.backup(tmp_path / "kept.byline").articles == 19
    return tmp_path / "kept.byline"


def all_of(path: Path) -> tuple[Contents, object]:
    with Index.open(path, embedder=Silent()) as index:
        assert all(finding.ok for finding in index.examine())
        return contents(index), answers(index, QUESTIONS)


def test_a_restored_store_holds_and_answers_the_same(store: Path, file: Path, tmp_path: Path) -> None:
    with Index.open(tmp_path / "new", embedder=Silent()) as index:
        index.restore(file)
        assert all(finding.ok for finding in index.examine())
    assert all_of(tmp_path / "new") == all_of(store)
    assert {path.name for path in (tmp_path / "new").iterdir()} <= {path.name for path in store.iterdir()}
    assert Ledger(tmp_path / "new").store() != Ledger(store).store(), "two stores would share a collection on a server"


def test_a_restored_store_goes_on_as_any(file: Path, tmp_path: Path, words: WordEmbeddings) -> None:
    with Index.open(tmp_path / "new", embedder=words) as index:
        index.restore(file)
        report = index.add([numbered(0, 2), numbered(1, 2), numbered(30)])
        assert (report.unchanged, report.changed, report.added) == (1, 1, 1)
        assert all(finding.ok for finding in index.examine())
        index.rebuild()
        assert all(finding.ok for finding in index.examine())


def test_what_was_removed_is_not_in_a_backup(file: Path) -> None:
    with ZipFile(file) as packed:
        assert packed.namelist() == [LABEL, LEDGER]
        ledger = packed.read(LEDGER)
    assert b"subject5" in ledger
    assert b"subject4" not in ledger


def test_a_backup_in_the_middle_of_a_write_has_what_was_staged(store: Path, tmp_path: Path) -> None:
    with Index.open(store, embedder=Silent()) as index:
        index._store.ledger.stage([], gone=["a1"])  # as a writer that was killed before it published this
        index.backup(tmp_path / "kept.byline")
        assert index.article("a1")
    with Index.open(tmp_path / "new", embedder=Silent()) as index:
        index.restore(tmp_path / "kept.byline")
        assert "a1" not in {one.id for one in index.articles()}
        assert len(index) == 18
        assert all(finding.ok for finding in index.examine())


def test_readers_see_what_was_there_until_the_restored_is(file: Path, tmp_path: Path, words: WordEmbeddings) -> None:
    other = tmp_path / "other"
    searching = OPENED + (
        "for line in sys.stdin:\n"
        "    print(*(hit.passage.text.splitlines()[0] for hit in opened.search(line, 3)), flush=True)\n"
    )
    with Index.open(other, embedder=words) as index, Index.open(other, embedder=words) as here:
        index.add(numbered(number, 7) for number in range(30))
        with child(searching, other) as elsewhere:
            assert "release7" in " ".join(ask(elsewhere, "subject3"))
            with ThreadPoolExecutor(1) as pool:
                restoring = pool.submit(index.restore, file, force=True)
                while not restoring.done():
                    assert "subject3 is in release" in here.search("subject3")[0].passage.text
                    assert "subject3" in " ".join(ask(elsewhere, "subject3"))
                restoring.result()
            assert "release2" in here.search("subject3")[0].passage.text
            assert "release2" in " ".join(ask(elsewhere, "subject3"))
            assert "subject4 " not in " ".join(ask(elsewhere, "subject4"))
        assert len(index) == 19
        assert all(finding.ok for finding in index.examine())


def test_a_store_of_another_embedder_is_replaced_by_the_restored_one(file: Path, tmp_path: Path) -> None:
    class Other(WordEmbeddings):
        name, dimension = "other", 300

    with Index.open(tmp_path / "other", embedder=Other()) as index:
        index.add([numbered(1, 7)])
        assert index.search("subject1")
        index.restore(file, force=True)
        with pytest.raises(StoreMismatch, match="embedder words, not other"):
            index.search("subject1")
    all_of(tmp_path / "other")


@pytest.mark.slow
def test_backups_are_whole_while_a_writer_writes_and_readers_read(store: Path, tmp_path: Path) -> None:
    writing = OPENED + (
        "import index.ingest.ingest\n"
        "index.ingest.ingest.BATCH = 4\n"
        "for release in range(3, 10**6):\n"
        "    opened.add(numbered(number, release) for number in range(20))\n"
        "    print(release, flush=True)\n"
    )
    with child(writing, store) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline()
        for number in range(5):
            with Index.open(store, embedder=Silent()) as index:
                kept = index.backup(tmp_path / f"{number}.byline")
                assert kept.articles == 20
                assert index.search("subject1")[0].passage.article_id == "a1"
    for number in range(5):
        with Index.open(tmp_path / f"restored{number}", embedder=Silent()) as index:
            index.restore(tmp_path / f"{number}.byline")
            assert all(finding.ok for finding in index.examine())
            assert len(index) == 20


@pytest.mark.slow
def test_a_store_on_a_server_is_restored_there(file: Path, store: Path, tmp_path: Path) -> None:
    with (
        chroma_server(tmp_path / "server") as url,
        Index.open(tmp_path / "new", embedder=WordEmbeddings(), url=url) as index,
    ):
        for _ in range(2):
            index.restore(file, force=True)
            assert all(finding.ok for finding in index.examine())
            assert state(index) == all_of(store)[0].seen
        import chromadb

        assert len(chromadb.HttpClient(port=int(url.rpartition(":")[2])).list_collections()) == 1


# What is refused


def test_nothing_is_replaced_unless_it_is_said(store: Path, file: Path, words: WordEmbeddings) -> None:
    with Index.open(store, embedder=words) as index:
        taken, before = file.read_bytes(), all_of(store)
        with pytest.raises(BackupThere, match="--force"):
            index.backup(file)
        with pytest.raises(StoreThere, match="--force"):
            index.restore(file)
        assert (file.read_bytes(), all_of(store)) == (taken, before)
        index.add([numbered(77)])
        assert index.backup(file, force=True).articles == 20
        index.restore(file, force=True)
        assert len(index) == 20


def test_what_is_not_there_is_said(tmp_path: Path, file: Path, words: WordEmbeddings) -> None:
    with Index.open(tmp_path / "none", embedder=words) as index:
        with pytest.raises(StoreMissing):
            index.backup(tmp_path / "b.byline")
        with pytest.raises(SourceMissing):
            index.restore(tmp_path / "no.byline")
    with Index.open(file.parent / "store", embedder=words) as index, pytest.raises(BackupUnwritable, match="No such"):
        index.backup(tmp_path / "no" / "b.byline")
    assert not (tmp_path / "none").exists()
    assert not list(tmp_path.glob(".byline-*"))


def ledger_of(file: Path) -> bytes:
    with ZipFile(file) as packed:
        return packed.read(LEDGER)


def packed(file: Path, ledger: bytes, **label: object) -> None:
    """A backup that says of itself what is right, but for `label`."""
    right = {"format": 2, "articles": 19, "taken": "2026-01-01T00:00:00+00:00", "size": len(ledger)}
    whole = right | {"sha256": hashlib.sha256(ledger).hexdigest()} | label
    with ZipFile(file, "w") as target:
        target.writestr(LABEL, json.dumps(whole))
        target.writestr(LEDGER, ledger)


def changed_by(statement: str) -> Callable[[Path], object]:
    def change(file: Path) -> None:
        path = file.with_suffix(".sqlite")
        path.write_bytes(ledger_of(file))
        with sqlite3.connect(path) as connection:
            connection.executescript(statement)
        connection.close()
        packed(file, path.read_bytes())

    return change


def cut(part: float) -> Callable[[Path], object]:
    return lambda file: file.write_bytes(file.read_bytes()[: int(file.stat().st_size * part)])


def flipped(file: Path) -> None:
    taken = bytearray(file.read_bytes())
    taken[len(taken) // 2] ^= 0xFF
    file.write_bytes(taken)


def flipped_inside(file: Path) -> None:
    """Damage that the ZIP file does not notice."""
    ledger = bytearray(ledger_of(file))
    ledger[len(ledger) // 2] ^= 0xFF
    with ZipFile(file) as source:
        label = source.read(LABEL)
    with ZipFile(file, "w", ZIP_STORED) as target:
        target.writestr(LABEL, label)
        target.writestr(LEDGER, bytes(ledger))


def broken_pages(file: Path) -> None:
    ledger = bytearray(ledger_of(file))
    ledger[4096 * 2 : 4096 * 6] = b"\xff" * 4096 * 4
    packed(file, bytes(ledger))


def climbing(file: Path) -> None:
    with ZipFile(file, "w") as target:
        target.writestr("../../../escaped", "x")
        target.writestr(f"../{LEDGER}", "x")


def longer(file: Path) -> None:
    packed(file, ledger_of(file), size=10)


REFUSED: dict[str, Callable[[Path], object]] = {
    "empty": cut(0),
    "half": cut(0.5),
    "all but the end": cut(0.999),
    "a flipped bit": flipped,
    "a flipped bit, repacked": flipped_inside,
    "broken pages, well labelled": broken_pages,
    "longer than it says": longer,
    "another file": lambda file: file.write_text("This is a text.\n" * 1000),
    "another ZIP file": climbing,
    "another database": lambda file: packed(file, b"SQLite format 3\0" + bytes(4080)),
    "no database": lambda file: packed(file, b"a text" * 1000),
    "a trigger": changed_by("CREATE TRIGGER t AFTER INSERT ON article BEGIN DELETE FROM passage; END"),
    "a view": changed_by("CREATE VIEW v AS SELECT load_extension('x')"),
    "another table": changed_by("CREATE TABLE t (x)"),
    "a missing table": changed_by("DROP TABLE passage"),
    "a column that computes": changed_by("ALTER TABLE article ADD COLUMN x AS (upper(title))"),
    "a label of another kind": lambda file: packed(file, ledger_of(file), format="one"),
    "no label": lambda file: packed(file, ledger_of(file), sha256=None),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_is_damaged_or_foreign_is_refused_and_nothing_is_changed(
    what: str, file: Path, tmp_path: Path, words: WordEmbeddings
) -> None:
    target = tmp_path / "target"
    with Index.open(target, embedder=words) as index:
        index.add([numbered(1, 7)])
        before = all_of(target)
        REFUSED[what](file)
        with pytest.raises(BackupUnreadable, match=r"cannot be restored: .*the index is as it was"):
            index.restore(file, force=True)
        assert all_of(target) == before
    assert not list(tmp_path.rglob("*escaped*"))
    assert not (target / "restoring").exists()
    with Index.open(tmp_path / "fresh", embedder=words) as index:
        with pytest.raises(BackupUnreadable):
            index.restore(file)
        assert not Index.exists(tmp_path / "fresh")


def test_a_backup_of_a_later_byline_is_refused(file: Path, tmp_path: Path, words: WordEmbeddings) -> None:
    packed(file, ledger_of(file), format=99)
    with Index.open(tmp_path / "new", embedder=words) as index, pytest.raises(StoreMismatch, match="Update Byline"):
        index.restore(file)


@pytest.mark.parametrize("damage", [b"", b"no database" * 1000, None])
def test_a_damaged_store_is_replaced_by_a_backup(store: Path, file: Path, damage: bytes | None) -> None:
    whole = all_of(store)
    ledger = store / "ledger.sqlite"
    taken = bytearray(ledger.read_bytes())
    taken[4096 * 2 : 4096 * 4] = b"\xff" * 4096 * 2
    ledger.write_bytes(taken if damage is None else damage)
    with Index.open(store, embedder=Silent(), agree=False) as index:
        index.restore(file, force=True)
    assert all_of(store) == whole
