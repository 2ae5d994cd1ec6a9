"""A cluster makes the same store as one machine, also when a worker or the run is lost on the way."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from bot.cli import main
from index import Index, IndexReport, load
from index.errors import ClusterUnreachable, RayMissing
from index.extras import installing
from index.ingest import bulk
from index.quiet import quiet
from index.types import Article
from tests.counting import DEADLY, Counting
from tests.stores import contents

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parent.parent
LINES = 12  # articles of the one long file
FAILED = "broken.jsonl"
# Columns: one that is read soon after a file was written has no time of it, and a run publishes every few seconds.
OF_A_RUN = {"fetched", "run", "touched", "generation", "born", "died", "reached", "swept", "vectors", "words"}
OF_A_STORE = "store"  # the setting that is each store's own


@pytest.fixture(scope="module")
def workers() -> Iterator[None]:
    """A cluster of two processors."""
    quiet()
    ray = pytest.importorskip("ray")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{ROOT / 'tests'}")
        patch.setenv("RAY_worker_niceness", "0")  # else any other program goes before
        ray.init(
            address="local",
            num_cpus=2,
            include_dashboard=False,
            log_to_driver=False,
            object_store_memory=100 * 2**20,
        )
    yield
    ray.shutdown()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """60 files: of two outlets with copies of each other, one long, one that fails."""
    folder = tmp_path_factory.mktemp("corpus")
    for number in range(56):
        subject = number - 28 if 40 <= number < 45 else number  # these five say again what others say
        facts = f"title: Harbour report {subject}\noutlet: {'Tide' if number < 28 else 'Shore'}\n"
        said = " ".join(f"Ship {subject}-{each} left the harbour of town {subject * each}." for each in range(24))
        (folder / f"{number:02}.md").write_text(f"---\n{facts}---\n{said}\n")
    page = "<title>Pier</title><article><h1>Pier</h1><p>The pier of the town is old. It will be made new.</p></article>"
    (folder / "page.html").write_text(page)
    lines = [
        {"id": f"line-{each}", "title": f"Line {each}", "text": f"Line {each} is long. " * 30} for each in range(LINES)
    ]
    (folder / "lines.jsonl").write_text("".join(json.dumps(each) + "\n" for each in lines))
    (folder / FAILED).write_text('{"id": "whole", "title": "Whole", "text": "It is whole."}\n{"id": \n')
    (folder / "empty.txt").write_text("")
    return folder


@pytest.fixture(scope="module")
def plain(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Index, IndexReport]]:
    """What one machine makes of the corpus."""
    folder = tmp_path_factory.mktemp("plain")
    with Index.open(folder / "store", embedder=Counting(folder)) as index:
        yield index, index.add(load.read([corpus]), prune=True)


@pytest.fixture
def counting(tmp_path: Path) -> Counting:
    return Counting(tmp_path)


@pytest.fixture
def index(tmp_path: Path, counting: Counting) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=counting) as opened:
        yield opened


def readings(index: Index, *sources: Path) -> Generator[bulk.Given]:
    return bulk.read(load.Traversal(sources, known=index.known), index.recipe(), index.digests())


def rows(index: Index) -> dict[str, list[tuple[object, ...]]]:
    """All that the ledger holds, but for what says when."""
    found = {}
    with sqlite3.connect(index._store.ledger.path) as ledger:
        tables = ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            columns = [name for _, name, *_ in ledger.execute(f"PRAGMA table_info({table})")]
            kept = ", ".join(name for name in columns if name not in OF_A_RUN)
            found[table] = ledger.execute(f"SELECT {kept} FROM {table} ORDER BY {kept}").fetchall() if kept else []
    found["setting"] = [each for each in found["setting"] if each[0] != OF_A_STORE]
    return found


@pytest.mark.usefixtures("workers")
def test_a_cluster_makes_the_store_that_one_machine_makes(
    plain: tuple[Index, IndexReport], index: Index, counting: Counting, corpus: Path
) -> None:
    report = index.add(readings(index, corpus), prune=True)
    assert report == plain[1]
    assert (report.duplicate, report.failed) == (5, 2)
    assert rows(index) == rows(plain[0])
    assert contents(index) == contents(plain[0])
    assert os.getpid() not in counting.processes()


@pytest.mark.usefixtures("workers")
def test_a_worker_that_is_killed_changes_nothing(
    plain: tuple[Index, IndexReport], index: Index, counting: Counting, corpus: Path
) -> None:
    deadly = counting.folder / DEADLY
    deadly.write_text("Ship 30-")
    assert index.add(readings(index, corpus), prune=True) == plain[1]
    assert not deadly.exists()
    assert contents(index) == contents(plain[0])


@pytest.mark.usefixtures("workers")
def test_a_run_that_was_stopped_goes_on_and_makes_nothing_twice(
    plain: tuple[Index, IndexReport], index: Index, counting: Counting, corpus: Path
) -> None:
    with closing(readings(index, corpus)) as stopped:
        index.add(islice(stopped, 60))
    published = len(index)
    assert 0 < published < len(plain[0])
    before = counting.embedded()
    report = index.add(readings(index, corpus), prune=True)
    assert report.unchanged == published
    passages = {article.id: len(index.passages(article.id)) for article in index.articles()}
    copies = 10 * report.duplicate  # which the cluster embeds before the writer knows that they are copies
    assert counting.embedded() - before <= sum(passages.values()) - published + copies
    assert contents(index) == contents(plain[0])


@pytest.mark.usefixtures("workers")
def test_nothing_is_embedded_that_is_known(index: Index, counting: Counting, corpus: Path) -> None:
    lines = corpus / "lines.jsonl"
    articles = [each for each in load.read([lines]) if isinstance(each, Article)]
    index.add(articles)  # as a run leaves it that is killed before the end of a file
    before = counting.embedded()
    assert index.add(readings(index, lines)).unchanged == LINES
    assert counting.embedded() == before


@pytest.mark.usefixtures("workers")
def test_what_a_folder_has_no_more_is_pruned(index: Index, tmp_path: Path) -> None:
    folder = tmp_path / "news"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(f"The {name} says one thing.")
    index.add(readings(index, folder))
    (folder / "b.txt").unlink()
    report = index.add(readings(index, folder), prune=True)
    assert (report.unchanged, report.removed, len(index)) == (1, 1, 1)


def test_a_cluster_that_is_not_there_is_a_sentence(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["byline", "index", str(corpus), "--ray", "127.0.0.1:1"])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "The Ray cluster '127.0.0.1:1' cannot be used" in capsys.readouterr().err
    assert not (tmp_path / "data" / "store").exists()


@pytest.mark.parametrize("address", ["nowhere", "host:port"])
def test_an_address_that_is_none_is_a_sentence(address: str) -> None:
    with pytest.raises(ClusterUnreachable, match="HOST:PORT"), bulk.cluster(address):
        pass


def test_the_command_starts_a_cluster_and_ends_it(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("The pier of the town is old.")
    command = [sys.executable, "-m", "bot", "index", "one.txt", "empty.txt", "--ray", "local"]
    (tmp_path / "empty.txt").write_text("")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "RAY_worker_niceness": "0"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stdout) == (1, "1 article added, 1 failed\n"), done.stderr
    assert "empty.txt" in done.stderr


def test_without_ray_a_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(RayMissing, match=re.escape(installing("ray"))), bulk.cluster("local"):
        pass
