"""Embedding models by LangChain's names: the real clients, and a server on this machine that speaks as providers do."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from bot.answering.bot import Bot
from bot.cli.app import app as byline
from bot.config import Config
from index import Article, Index, SentenceEmbedder, StoreMismatch
from index.embed import ProviderEmbedder, RemoteEmbedder, named, provided
from index.embed import providers as table
from index.embed.remote import AT_ONCE, BATCH
from index.errors import EmbedderFailed, EmbedderNotSetUp, EmbedderSettingUnused, PrecisionMissing
from index.extras import installing
from index.remote import RETRIES
from tests.loopback import running
from tests.provider_service import KEY, MODEL, ProviderService

OPENAI, OLLAMA = f"openai:{MODEL}", f"ollama:{MODEL}"
NOWHERE = "http://127.0.0.1:9"
ARTICLES = [
    Article("ferry", "The ferry", "The ferry to the island sails at nine. It takes an hour."),
    Article("tram", "The tram", "The tram to the station rings its bell. It is old."),
    Article("walrus", "The walrus", "The walrus sleeps on the ice. Nobody wakes it."),
]


@pytest.fixture
def provider() -> ProviderService:
    return ProviderService()


@pytest.fixture
def address(provider: ProviderService) -> Iterator[str]:
    with running(provider.app()) as url:
        yield url


@pytest.fixture(autouse=True)
def without_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys of whoever runs the tests stay out of them."""
    for variable in (each for one in table.PROVIDERS.values() for each in one.keys):
        monkeypatch.delenv(variable, raising=False)
    for variable in ("OPENAI_API_BASE", "OPENAI_BASE_URL", "OLLAMA_HOST", "OLLAMA_API_KEY"):
        monkeypatch.delenv(variable, raising=False)


def of_openai(address: str, key: str | None = KEY) -> ProviderEmbedder:
    return ProviderEmbedder(OPENAI, url=f"{address}/v1", key=key)


# Names


def test_the_providers_are_those_that_langchain_knows() -> None:
    from langchain.embeddings import base

    known = base._BUILTIN_PROVIDERS
    assert {name: each.package.replace("-", "_") for name, each in table.PROVIDERS.items()} == {
        name: module.partition(".")[0] for name, (module, *_) in known.items()
    }


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("openai:text-embedding-3-small", ProviderEmbedder),
        ("ollama:nomic-embed-text:v1.5", ProviderEmbedder),
        ("cohere:embed-v4.0", ProviderEmbedder),
        ("C:\\models\\mine", SentenceEmbedder),
        ("C:/models/mine", SentenceEmbedder),
        ("models/openai:mine", SentenceEmbedder),
        ("nomic-embed-text:latest", SentenceEmbedder),
        ("gguf:mine", SentenceEmbedder),
        ("openai:", SentenceEmbedder),
    ],
)
def test_only_a_known_provider_with_a_model_is_one(name: str, kind: type) -> None:
    assert isinstance(named(name), kind)
    assert provided(name) is (kind is ProviderEmbedder)


def test_a_url_is_the_providers_own_or_that_of_a_service() -> None:
    assert isinstance(named(OPENAI, None, NOWHERE), ProviderEmbedder)
    assert isinstance(named("nomic-embed-text:latest", None, NOWHERE), RemoteEmbedder)


def test_what_a_provider_does_not_take_is_told_at_once() -> None:
    with pytest.raises(EmbedderSettingUnused, match="takes no `embedder_url`"):
        named("google_vertexai:text-embedding-005", None, NOWHERE)
    with pytest.raises(EmbedderSettingUnused, match="takes no `embedder_key`"):
        named("bedrock:amazon.titan-embed-text-v2:0", None, None, "a key")
    with pytest.raises(PrecisionMissing, match=r"has no int8. Ask for float32"):
        named(OPENAI, "int8")


def test_to_name_a_model_loads_nothing() -> None:
    code = f"from index.embed import named; named({OPENAI!r}); import sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"langchain", "langchain_core", "openai", "numpy"} & set(loaded)


# Vectors


@pytest.mark.parametrize(("name", "path"), [(OPENAI, "/v1"), (OLLAMA, "")])
def test_vectors_are_the_providers_of_length_1(provider: ProviderService, address: str, name: str, path: str) -> None:
    texts = ["The ferry sails.", "Nobody wakes the walrus."]
    embedder = ProviderEmbedder(name, url=address + path, key=KEY)
    raw = np.array([provider.vector(text) for text in texts])
    np.testing.assert_allclose(embedder.embed(texts), raw / np.linalg.norm(raw, axis=1, keepdims=True), atol=1e-6)
    assert embedder.embed(texts).dtype == np.float32
    assert {each["key"] for each in provider.asked} == {f"Bearer {KEY}"}
    assert (embedder.name, embedder.precision, embedder.languages) == (name, "float32", None)


def test_texts_go_out_as_they_are_and_surrogates_do_not(provider: ProviderService, address: str) -> None:
    of_openai(address).embed(["half \ud800", "中国", ""])
    assert provider.asked[0]["input"] == ["half ?", "中国", " "]


def test_a_dimension_is_measured_once(provider: ProviderService, address: str) -> None:
    embedder = of_openai(address)
    assert (embedder.dimension, embedder.dimension, embedder.embed([]).shape) == (8, 8, (0, 8))
    assert len(provider.asked) == 1


def test_many_texts_go_in_batches_some_at_once(provider: ProviderService, address: str) -> None:
    provider.together = Event()
    texts = [f"word{number}" for number in range(BATCH * 7 + 1)]
    vectors = of_openai(address).embed(texts)
    assert sorted(len(each["input"]) for each in provider.asked) == [1, *[BATCH] * 7]
    assert 1 < provider.most <= AT_ONCE
    np.testing.assert_allclose(vectors, [of_openai(address).embed([text])[0] for text in texts[:3]] + [*vectors[3:]])
    assert [int(each.argmax()) for each in vectors] == [int(np.argmax(provider.vector(text))) for text in texts]


def test_pieces_are_estimated_by_bytes() -> None:
    embedder = named(OPENAI)
    assert (embedder.count(["abcd", "中国", ""]), embedder.limit) == ([2, 2, 0], 254)


def test_another_process_gets_it_whole(provider: ProviderService, address: str) -> None:
    there = pickle.loads(pickle.dumps(of_openai(address)))
    np.testing.assert_array_equal(there.embed(["a ferry"]), of_openai(address).embed(["a ferry"]))
    assert {each["key"] for each in provider.asked} == {f"Bearer {KEY}"}


# Keys


def test_the_providers_variable_has_the_key(
    provider: ProviderService, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", f"{address}/v1")
    assert named(OPENAI).embed(["a"]).shape == (1, 8)
    assert provider.asked[0]["key"] == f"Bearer {KEY}"


def test_the_providers_key_goes_to_no_other_server(
    provider: ProviderService, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with pytest.raises(EmbedderFailed, match=r"refused the key at .*Check BYLINE_EMBEDDER_KEY"):
        of_openai(address, None).embed(["a"])
    assert KEY not in str(provider.asked)


def test_a_server_without_keys_needs_none(provider: ProviderService, address: str) -> None:
    provider.key = None
    assert of_openai(address, None).embed(["a"]).shape == (1, 8)
    assert ProviderEmbedder(OLLAMA, url=address).embed(["a"]).shape == (1, 8)


def test_a_missing_key_is_told_with_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    told = f"^The embedding model {OPENAI} has no key. Set OPENAI_API_KEY to your key.$"
    for value in (None, ""):
        if value is not None:
            monkeypatch.setenv("OPENAI_API_KEY", value)
        with pytest.raises(EmbedderNotSetUp, match=told):
            named(OPENAI).embed(["a"])


def test_a_refused_key_is_told_with_its_variable(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "another")
    monkeypatch.setenv("OPENAI_BASE_URL", f"{address}/v1")
    with pytest.raises(EmbedderFailed, match=f"^The embedding model {OPENAI} refused the key. Check OPENAI_API_KEY, "):
        named(OPENAI).embed(["a"])
    with pytest.raises(EmbedderFailed, match=r"Check BYLINE_EMBEDDER_KEY, and that it may use this model.$"):
        ProviderEmbedder(OLLAMA, url=address, key="another").embed(["a"])


# Failures


@pytest.mark.parametrize(
    ("name", "module", "command"),
    [
        (OPENAI, "langchain_openai", installing("providers")),
        (OLLAMA, "langchain_ollama", installing("ollama")),
        (f"cohere:{MODEL}", "langchain_cohere", "`pip install langchain-cohere`"),
        (f"mistralai:{MODEL}", "langchain_mistralai", "`pip install langchain-mistralai`"),
    ],
)
def test_a_missing_package_is_told_with_its_command(
    name: str, module: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from langchain.embeddings import base

    base._get_embeddings_class_creator.cache_clear()
    monkeypatch.setitem(sys.modules, module, None)  # as if it were not installed, whether it is or not
    with pytest.raises(EmbedderNotSetUp) as told:
        ProviderEmbedder(name, url=NOWHERE, key="k").embed(["a"])
    assert str(told.value) == f"The embedding model {name} needs another package. Install it with {command}."


@pytest.mark.parametrize("fails", [[(429, "0")], [(500, None), (503, "0")]])
@pytest.mark.parametrize(("name", "path"), [(OPENAI, "/v1"), (OLLAMA, "")])
def test_a_failure_that_passes_is_tried_again(
    provider: ProviderService, address: str, fails: list[tuple[int, str | None]], name: str, path: str
) -> None:
    provider.fails = list(fails)
    assert ProviderEmbedder(name, url=address + path, key=KEY).embed(["a"]).shape == (1, 8)
    assert len(provider.asked) == len(fails) + 1


@pytest.mark.parametrize(
    ("status", "times", "told"),
    [
        (503, RETRIES + 1, "answered 503 at .*Try again in a moment"),
        (429, RETRIES + 1, "is over its limit of requests or credit. Wait"),
        (400, 1, "gave an error instead of vectors"),
        (401, 1, "refused the key"),
        (404, 1, "was not found"),
    ],
)
def test_only_what_may_pass_is_tried_again_and_not_for_ever(
    provider: ProviderService, address: str, status: int, times: int, told: str
) -> None:
    provider.fails = [(status, "0")] * 10
    with pytest.raises(EmbedderFailed, match=told):
        of_openai(address).embed(["a"])
    assert len(provider.asked) == times


def test_a_question_does_not_wait_as_long_as_articles_do(
    provider: ProviderService, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("index.embed.provider.time.sleep", waited.append)
    provider.fails = [(429, "30"), (429, "30")]
    with pytest.raises(EmbedderFailed, match="over its limit"):
        of_openai(address).embed(["a question"])
    assert of_openai(address).embed(["one passage", "another"]).shape == (2, 8)
    assert waited == [30]


def test_a_silent_server_is_asked_once_more(
    provider: ProviderService, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(table._OPENAI, "timeout", 0.5)
    provider.silent = 1
    assert of_openai(address).embed(["a"]).shape == (1, 8)
    provider.silent, provider.asked = 10, []
    with pytest.raises(EmbedderFailed, match="said nothing for"):
        of_openai(address).embed(["a"])
    assert len(provider.asked) == 2


@pytest.mark.parametrize("name", [OPENAI, OLLAMA])
def test_a_server_that_is_not_there_is_told(name: str) -> None:
    with pytest.raises(EmbedderFailed, match=f"{name} cannot be reached at {NOWHERE}. Check the network"):
        ProviderEmbedder(name, url=NOWHERE, key="k").embed(["a"])


@pytest.mark.parametrize(
    "garbled",
    [
        lambda data: data[:-1],
        lambda data: [{**each, "embedding": [0.0] * 8} for each in data],
        lambda data: [{**each, "embedding": [1e39] * 8} for each in data],
        lambda data: [{**each, "embedding": [1.0] * each["index"]} for each in data],
        lambda data: [{**each, "embedding": "no base64"} for each in data],
        lambda _: [],
    ],
)
def test_a_reply_without_good_vectors_is_no_success(
    provider: ProviderService, address: str, garbled: Callable[[Any], Any]
) -> None:
    provider.replies = lambda reply: {**reply, "data": garbled(reply["data"])}
    with pytest.raises(EmbedderFailed, match=f"^The embedding model {OPENAI} gave "):
        of_openai(address).embed(["one", "two"])


# Indexes


def test_an_index_is_made_and_searched_by_meaning(provider: ProviderService, address: str, tmp_path: Path) -> None:
    provider.dimension = 64
    with Index.open(tmp_path / "store", embedder=of_openai(address)) as index:
        index.add(ARTICLES)
        hits = index.search("Where does the walrus sleep on ice?")
    assert hits[0].passage.article_id == "walrus"
    assert hits[0].meaning > max((hit.meaning for hit in hits[1:]), default=0.0)
    asked = [text for each in provider.asked for text in each["input"]]
    assert asked[0] == "dimension"
    assert asked[-1] == "Where does the walrus sleep on ice?"
    with Index.open(tmp_path / "store", embedder=of_openai(address)) as index:
        provider.asked = []
        assert index.search("ferry")[0].passage.article_id == "ferry"
    assert [each["input"] for each in provider.asked] == [["ferry"]]  # its dimension is kept with the index


def test_an_index_of_another_embedder_or_dimension_is_told(
    provider: ProviderService, address: str, tmp_path: Path
) -> None:
    with Index.open(tmp_path / "store", embedder=of_openai(address)) as index:
        index.add(ARTICLES)
    with pytest.raises(StoreMismatch, match=f"the embedder {OPENAI}, not {OLLAMA}. Run `byline index --rebuild`"):
        Index.open(tmp_path / "store", embedder=ProviderEmbedder(OLLAMA, url=address, key=KEY))
    provider.dimension = 16
    with Index.open(tmp_path / "store", embedder=of_openai(address)) as index:
        with pytest.raises(StoreMismatch, match=r"vectors of 8, not 16. Run `byline index --rebuild`"):
            index.search("ferry")
        with pytest.raises(StoreMismatch, match="vectors of 8, not 16"):
            index.add([Article("new", "New", "New words.")])
        index.rebuild()
        assert index.search("ferry")[0].passage.article_id == "ferry"


def test_the_settings_open_it_for_answers_and_for_the_doctor(
    provider: ProviderService, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"EMBEDDER": OPENAI, "EMBEDDER_URL": f"{address}/v1", "EMBEDDER_KEY": KEY, "STORE": str(tmp_path / "s")}
    for name, value in settings.items():
        monkeypatch.setenv(f"BYLINE_{name}", value)
    config = Config(embedder=OPENAI, embedder_url=f"{address}/v1", embedder_key=KEY)
    with Index.open(tmp_path / "s", embedder=of_openai(address)) as index:
        index.add(ARTICLES)
    with Bot.open(tmp_path / "s", "extractive", config) as bot:
        assert bot.index.embedder.name == OPENAI
        bot.answer("When does the ferry to the island sail?")
    assert {each["path"] for each in provider.asked} == {"/v1/embeddings"}
    told = CliRunner().invoke(byline, ["doctor"]).output
    assert f"{OPENAI} at {address}/v1" in " ".join(told.split())
    provider.key = "another"
    assert "refused the key" in " ".join(CliRunner().invoke(byline, ["doctor"]).output.split())
