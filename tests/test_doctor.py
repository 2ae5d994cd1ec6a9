"""`byline doctor --deep` finds what differs and mends what it can; `byline store` keeps what it cannot."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from bot.cli.app import main
from index import Index
from tests.small_news import ARTICLES


@dataclass(frozen=True)
class Done:
    code: object
    out: str
    err: str

    def found(self, part: str) -> str:
        """What one check found, with its mark."""
        return next(line for line in self.out.splitlines() if line[8:].startswith(part))


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BYLINE_STORE", "store")

    def run(*arguments: str | Path) -> Done:
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Done(end.value.code or 0, out, err)

    return run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "store"
    with Index.open(folder) as index:
        index.add(ARTICLES)
    return folder


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    return Path(copytree(made, tmp_path / "store"))


def test_a_store_that_is_whole_is_said_to_be_so_part_by_part(run: Run, store: Path) -> None:
    before = Index.open(store)._store.ledger.published()
    done = run("doctor", "--deep")
    assert done.code == 0
    for part in ("index file", "index articles", "index passages", "index vectors", "index words"):
        assert done.found(part).startswith("ok"), done.out
    assert "made again" not in done.out
    assert Index.open(store)._store.ledger.published() == before


def vectors_moved(index: Index) -> None:
    now = index._store.ledger.published()
    with index._store.followers.vectors(now)._reading(now.generation) as collection:  # type: ignore[union-attr]
        collection.update(ids=["1"], embeddings=[[1.0] + [0.0] * 383])


def facts_changed(index: Index) -> None:
    now = index._store.ledger.published()
    with index._store.followers.vectors(now)._reading(now.generation) as collection:  # type: ignore[union-attr]
        collection.update(ids=["1"], metadatas=[{"outlet": "Nobody"}])


def vector_lost(index: Index) -> None:
    now = index._store.ledger.published()
    with index._store.followers.vectors(now)._reading(now.generation) as collection:  # type: ignore[union-attr]
        collection.delete(ids=["1"])


def word_lost(index: Index) -> None:
    words = index._store.followers.words(index._store.ledger.published())
    words.write([], [1], 1)
    words.rest("")


def vectors_gone(index: Index) -> None:
    index.close()
    rmtree(index.path / "vectors")


def words_gone(index: Index) -> None:
    index.close()
    rmtree(index.path / "words")


DERIVED = {
    "vectors": (vectors_moved, facts_changed, vector_lost),
    "words": (word_lost,),
}


@pytest.mark.parametrize(("part", "damage"), [(part, one) for part, ways in DERIVED.items() for one in ways])
def test_what_is_derived_is_mended(run: Run, store: Path, part: str, damage: Callable[[Index], None]) -> None:
    with Index.open(store) as index:
        damage(index)
    done = run("doctor", "--deep")
    assert done.code == 0, done.out
    assert re.search(r"again from the ledger; before: of \d passages 1 are missing", done.found(f"index {part}"))
    again = run("doctor", "--deep")
    assert "made again" not in again.out
    assert "MISSING" not in again.out
    with Index.open(store) as index:
        assert index.search("When did the old bridge reopen?")[0].passage.article_id == "bridge"


@pytest.mark.parametrize("damage", [vectors_gone, words_gone])
def test_a_part_that_is_gone_is_made_again(run: Run, store: Path, damage: Callable[[Index], None]) -> None:
    with Index.open(store) as index:
        damage(index)
    assert run("doctor", "--deep").code == 0
    with Index.open(store) as index:
        assert index.search("When did the old bridge reopen?")[0].passage.article_id == "bridge"


LEDGER = {
    "UPDATE article SET text = text || ' More.' WHERE id = 'bridge'": "index articles",
    "UPDATE article SET outlet = 'Nobody' WHERE id = 'bridge'": "index articles",
    "UPDATE passage SET start = start + 1, end = end + 1 WHERE key = 1": "index passages",
    "UPDATE passage SET vector = x'00' WHERE key = 1": "index passages",
    "DELETE FROM passage WHERE article = 1": "index passages",
}


@pytest.mark.parametrize("statement", LEDGER)
def test_what_is_wrong_in_the_ledger_is_said_and_not_mended(run: Run, store: Path, statement: str) -> None:
    with sqlite3.connect(store / "ledger.sqlite") as connection:
        assert connection.execute(statement).rowcount > 0
    connection.close()
    done = run("doctor", "--deep")
    assert done.code == 1
    assert done.found(LEDGER[statement]).startswith("MISSING"), done.out
    assert "byline store restore FILE --force" in done.out
    assert "made again" not in done.out


def test_broken_pages_are_found(run: Run, store: Path) -> None:
    ledger = store / "ledger.sqlite"
    pages = bytearray(ledger.read_bytes())
    pages[-4096:] = b"\xff" * 4096
    ledger.write_bytes(pages)
    done = run("doctor", "--deep")
    assert done.code == 1
    assert "MISSING" in done.out


def test_deep_is_for_those_who_ask(run: Run, store: Path) -> None:
    with Index.open(store) as index:
        vectors_moved(index)
    assert "index vectors" not in run("doctor").out
    deep = json.loads(run("doctor", "--deep", "--json").out)
    assert {check["name"] for check in deep["checks"]} >= {"index file", "index vectors", "index words", "index"}


def test_a_store_is_kept_in_a_file_and_comes_back(run: Run, store: Path, tmp_path: Path) -> None:
    kept = run("store", "backup", "kept.byline")
    assert (kept.code, kept.out) == (0, f"{len(ARTICLES)} articles kept in kept.byline\n")
    assert run("store", "backup", "kept.byline").code == 2
    assert run("store", "restore", "kept.byline").code == 2
    assert run("articles", "remove", "tram").code == 0
    back = run("store", "restore", "kept.byline", "--force")
    assert (back.code, back.out) == (0, f"{len(ARTICLES)} articles restored to store\n")
    assert run("articles", "show", "tram").code == 0
    assert run("store", "restore", "kept.byline", "--store", "new").code == 0
    assert run("doctor", "--deep", "--store", "new").code == 0
    (tmp_path / "kept.byline").write_bytes(b"something else")
    spoiled = run("store", "restore", "kept.byline", "--force")
    assert spoiled.code == 1
    assert "the index is as it was" in spoiled.err
    assert run("store", "backup", "x.byline", "--store", "nowhere").code == 2
    assert store.is_dir()


def test_ones_own_model_server_needs_no_key_and_a_provider_does(
    run: Run, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    chain = ("--store", store, "--model", "openai:any,extractive")
    assert run("doctor", *chain).found("language model").startswith("MISSING")
    monkeypatch.setenv("BYLINE_MODEL_URL", "http://127.0.0.1:9/v1")
    assert run("doctor", *chain).found("language model").startswith("ok")
