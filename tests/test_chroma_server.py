"""Vectors on a Chroma server: in several collections, within the limits of Chroma Cloud, with a token."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import numpy as np
import pytest

from bot.answering.bot import Bot
from index import Filters, Index, StoreUnreachable
from index.store import vectors
from index.store.vectors import Address
from tests.chroma_limits import TOKEN, limited
from tests.conftest import WordEmbeddings
from tests.loopback import wait_until_ready
from tests.serving import serving
from tests.stores import chroma_server, found, numbered


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with chroma_server(tmp_path_factory.mktemp("chroma")) as url, limited(url) as door:
        yield door


@pytest.fixture
def index(tmp_path: Path, words: WordEmbeddings, server: str) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=words, url=server, token=TOKEN) as opened:
        yield opened


def collections(index: Index) -> list[int]:
    store = index._store
    return store.followers.vectors(store.published())._listed()  # type: ignore[union-attr]


def test_an_index_lives_within_the_limits(index: Index) -> None:
    index.add(map(numbered, range(700)))
    assert index.check().sound
    assert all(finding.ok for finding in index.examine())
    index.search("article", 200)
    index.remove("a200")
    index.rebuild()
    assert index.check().sound


def test_passages_beyond_a_size_are_in_collections_of_their_own(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "SHARD", 10)
    index.add(map(numbered, range(25)))
    assert collections(index) == [0, 1, 2]
    assert [found(index, f"subject{number}", 1)[2] for number in (1, 11, 22)] == [["a1"], ["a11"], ["a22"]]
    limits = [hit.passage.article_id for hit in index.search("subject11", 3, Filters(article=("a3", "a11", "a24")))]
    assert limits[0] == "a11"
    assert set(limits) == {"a3", "a11", "a24"}
    assert index.check().sound
    index.add([numbered(11, release=2)])
    index.remove("a22")
    assert found(index, "subject11 release2", 1)[2] == ["a11"]
    assert all(finding.ok for finding in index.examine())
    index.rebuild()  # whose keys begin where the others ended
    assert 0 not in collections(index)
    assert all(finding.ok for finding in index.examine())


def test_what_all_collections_hold_comes_in_one_order(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "SHARD", 7)
    index.add(map(numbered, range(60)))
    vector, store = index.embed(["subject3 subject12 subject50 release1"])[0], index._store
    keys = store.followers.vectors(store.published()).near(index.generation, vector, 60)
    stored = store.ledger.vectors(keys)
    cosines = [float(np.frombuffer(stored[key], dtype="<f2").astype(np.float32) @ vector) for key in keys]
    assert len(set(keys)) == 60
    assert cosines == pytest.approx(sorted(cosines, reverse=True), abs=1e-3)


def test_without_the_token_nothing_is_found_and_nothing_said_of_it(
    tmp_path: Path, words: WordEmbeddings, server: str
) -> None:
    with (
        Index.open(tmp_path / "store", embedder=words, url=server, token="another-token") as index,
        pytest.raises(StoreUnreachable) as error,
    ):
        index.add([numbered(1)])
    assert "another-token" not in str(error.value)


def test_a_server_that_refuses_the_token_is_not_ready(index: Index, server: str) -> None:
    index.ready()  # there is nothing yet
    index.add([numbered(1)])
    index.ready()
    unknown = Index.open(index.path, embedder=index.embedder, url=server)
    with unknown, pytest.raises(StoreUnreachable, match="401 Unauthorized"):
        unknown.ready()


def test_a_server_that_hangs_is_not_waited_for_and_asked_once_in_a_while(
    tmp_path: Path, words: WordEmbeddings, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Index.open(tmp_path / "store", embedder=words, url=server, token=TOKEN) as index:
        index.add([numbered(1)])
    monkeypatch.setattr(vectors, "FRESH", 600)
    with socket.create_server(("127.0.0.1", 0)) as hanging:  # it takes connections, and never says anything
        url = f"http://127.0.0.1:{hanging.getsockname()[1]}"
        with Index.open(tmp_path / "store", embedder=words, url=url, token=TOKEN) as index:
            for _ in range(3):
                with pytest.raises(StoreUnreachable, match="timed out"):
                    index.ready()
        hanging.setblocking(False)
        hanging.accept()
        with pytest.raises(BlockingIOError):
            hanging.accept()


def test_readyz_names_the_server_that_went_away(tmp_path: Path, words: WordEmbeddings) -> None:
    with ExitStack() as stack, ExitStack() as running:
        url = running.enter_context(chroma_server(tmp_path / "chroma"))
        index = stack.enter_context(Index.open(tmp_path / "store", embedder=words, url=url))
        index.add([numbered(1)])
        address = stack.enter_context(serving(Bot(index)))
        client = stack.enter_context(httpx.Client(base_url=address, timeout=60))
        wait_until_ready(client)
        running.close()
        while (reply := client.get("/readyz")).status_code == 200:
            pass
        assert (reply.status_code, reply.json()) == (503, {"status": "the Chroma server cannot be reached"})


def test_an_address_is_shown_without_its_secrets() -> None:
    place = Address("https://user:secret@db.example:8443/press/news", "token")
    assert repr(place) == "Address('https://db.example:8443/press/news')"
