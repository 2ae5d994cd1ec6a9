"""Rerankers of services: a server on this machine that speaks as Cohere and Voyage do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from bot.answering.bot import Bot
from bot.cli.app import app as byline
from bot.config import Config
from bot.types import Status
from bot.wording import worded
from index import Article, Index
from index.errors import RerankerFailed
from index.remote import RETRIES
from index.search import rerank_provider
from index.search.rerank import CrossReader, named_reranker
from index.search.rerank_provider import PROTOCOLS, ServedReranker
from tests.conftest import WordEmbeddings
from tests.loopback import running
from tests.provider_service import KEY, MODEL, ProviderService, overlap

COHERE, VOYAGE = f"cohere:{MODEL}", f"voyage:{MODEL}"
NOWHERE = "http://127.0.0.1:9"
QUESTION = "what ferry sails?"
TEXTS = ["The tram rings.", "The ferry sails.", "What ferry sails. What of it."]
ARTICLES = [Article(f"a{number}", "", f"{text} A harbour.") for number, text in enumerate(TEXTS)]


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
    for variable in (each for one in PROTOCOLS.values() for each in one.keys):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def at_home(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server here takes the place of the providers' own."""
    here = {name: replace(protocol, url=address) for name, protocol in PROTOCOLS.items()}
    monkeypatch.setattr(rerank_provider, "PROTOCOLS", here)


# Names


@pytest.mark.parametrize(
    ("name", "url", "kind"),
    [
        ("cohere:rerank-v3.5", None, ServedReranker),
        ("voyage:rerank-2.5", None, ServedReranker),
        ("BAAI/bge-reranker-v2-m3", NOWHERE, ServedReranker),
        ("BAAI/bge-reranker-v2-m3", None, CrossReader),
        ("C:\\models\\mine", None, CrossReader),
        ("openai:mine", None, CrossReader),
        ("cohere:", None, CrossReader),
    ],
)
def test_only_a_known_provider_or_an_address_is_a_service(name: str, url: str | None, kind: type) -> None:
    assert isinstance(named_reranker(name, url), kind)


@pytest.mark.parametrize(
    ("name", "url", "address"),
    [
        ("cohere:m", None, "https://api.cohere.com"),
        ("voyage:m", None, "https://api.voyageai.com"),
        ("cohere:m", "http://here:8000/v2/", "http://here:8000"),
        ("org/model", "http://here:8000/v1", "http://here:8000"),
    ],
)
def test_an_address_may_end_with_its_version(name: str, url: str | None, address: str) -> None:
    assert ServedReranker(name, url, "k")._service.url == address


# Scores


@pytest.mark.parametrize(("name", "path"), [(COHERE, "/v2/rerank"), (VOYAGE, "/v1/rerank"), (MODEL, "/v2/rerank")])
def test_scores_are_in_the_order_of_the_texts(provider: ProviderService, address: str, name: str, path: str) -> None:
    found = ServedReranker(name, address, KEY).scores(QUESTION, [*TEXTS, "half \ud800"])
    assert found == [overlap(QUESTION, text) for text in [*TEXTS, ""]]
    [asked] = provider.asked
    assert asked == {
        **{"model": MODEL, "query": QUESTION, "documents": [*TEXTS, "half ?"]},
        **{"path": path, "key": f"Bearer {KEY}"},
    }


def test_without_texts_nobody_is_asked() -> None:
    assert ServedReranker(COHERE).scores(QUESTION, []) == []


def test_a_search_is_in_the_order_of_the_scores(address: str, tmp_path: Path, words: WordEmbeddings) -> None:
    with Index.open(tmp_path / "store", embedder=words, reranker=named_reranker(COHERE, address, KEY)) as index:
        index.add(ARTICLES)
        hits = index.search(QUESTION)
    assert [hit.passage.article_id for hit in hits] == ["a2", "a1", "a0"]
    assert [hit.reranked for hit in hits] == [overlap(QUESTION, hit.passage.text) for hit in hits]


# Keys


@pytest.mark.parametrize(("name", "variable"), [(COHERE, "COHERE_API_KEY"), (VOYAGE, "VOYAGE_API_KEY")])
@pytest.mark.usefixtures("at_home")
def test_the_providers_variable_has_the_key(name: str, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = f"^The reranker {name} gives no scores: it has no key. Set {variable} to your key, or leave `reranker` out.$"
    with pytest.raises(RerankerFailed, match=told):
        ServedReranker(name).scores(QUESTION, TEXTS)
    monkeypatch.setenv(variable, KEY)
    assert len(ServedReranker(name).scores(QUESTION, TEXTS)) == 3
    monkeypatch.setenv(variable, "another")
    with pytest.raises(RerankerFailed, match=f"it refused the key. Check {variable}, or leave `reranker` out"):
        ServedReranker(name).scores(QUESTION, TEXTS)


def test_the_providers_key_goes_to_no_other_server(
    provider: ProviderService, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COHERE_API_KEY", KEY)
    with pytest.raises(RerankerFailed, match=r"it refused the key. Check BYLINE_RERANKER_KEY"):
        ServedReranker(COHERE, address).scores(QUESTION, TEXTS)
    assert [each["key"] for each in provider.asked] == [None]
    provider.key = None
    assert len(ServedReranker(COHERE, address).scores(QUESTION, TEXTS)) == 3


# Failures


def test_a_failure_that_passes_is_tried_again(provider: ProviderService, address: str) -> None:
    provider.fails = [(429, "0"), (503, "0")]
    assert len(ServedReranker(COHERE, address, KEY).scores(QUESTION, TEXTS)) == 3
    assert len(provider.asked) == 3


@pytest.mark.parametrize(
    ("status", "times", "told"),
    [
        (503, RETRIES + 1, "it answered 503 .*Check the network and the server, or correct `reranker_url`"),
        (429, RETRIES + 1, "it answered 429 .*Wait for its limit to pass, or leave `reranker` out"),
        (404, 1, "it answered 404 .*Check the name in `reranker`, and the address"),
    ],
)
def test_a_failure_is_told_with_what_to_do(
    provider: ProviderService, address: str, status: int, times: int, told: str
) -> None:
    provider.fails = [(status, "0")] * 10
    with pytest.raises(RerankerFailed, match=f"^The reranker {COHERE} gives no scores: {told}"):
        ServedReranker(COHERE, address, KEY).scores(QUESTION, TEXTS)
    assert len(provider.asked) == times


@pytest.mark.parametrize(
    ("garbled", "told"),
    [
        (lambda results: results[:-1], "its reply has not a score for each text"),
        (lambda _: None, "its reply has not a score for each text"),
        (lambda results: [{**each, "relevance_score": 7.5} for each in results], "its scores are not between 0 and 1"),
        (lambda results: [{**each, "relevance_score": "x"} for each in results], "not a score for each text"),
    ],
)
def test_a_reply_without_good_scores_is_no_success(
    provider: ProviderService, address: str, garbled: Callable[[Any], Any], told: str
) -> None:
    provider.replies = lambda reply: {**reply, "results": garbled(reply["results"])}
    with pytest.raises(RerankerFailed, match=told):
        ServedReranker(COHERE, address, KEY).scores(QUESTION, TEXTS)


def test_a_score_that_rounding_put_outside_is_put_back(provider: ProviderService, address: str) -> None:
    provider.replies = lambda reply: {
        "results": [{**each, "relevance_score": 1.000001} for each in reply["results"]],
    }
    assert ServedReranker(COHERE, address, KEY).scores(QUESTION, TEXTS) == [1.0] * 3


# Settings


def test_an_answer_whose_passages_cannot_be_reranked_has_failed(
    provider: ProviderService, address: str, tmp_path: Path
) -> None:
    with Index.open(tmp_path / "store") as index:
        index.add(ARTICLES)
    config = Config(reranker=VOYAGE, reranker_url=address, reranker_key=KEY)
    with Bot.open(tmp_path / "store", "extractive", config) as bot:
        assert bot.answer("When does the ferry sail?").status is not Status.FAILED
        assert {each["path"] for each in provider.asked} == {"/v1/rerank"}
        provider.fails = [(400, None)] * 10
        answer = bot.answer("When does the ferry sail at last?")
    assert answer.status is Status.FAILED
    assert answer.reason is not None
    assert f"The reranker {VOYAGE} gives no scores" in worded(answer.reason)


def test_the_doctor_and_the_search_ask_the_reranker_of_the_settings(
    provider: ProviderService, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"RERANKER": COHERE, "RERANKER_URL": address, "RERANKER_KEY": KEY, "STORE": str(tmp_path / "store")}
    for name, value in settings.items():
        monkeypatch.setenv(f"BYLINE_{name}", value)
    with Index.open(tmp_path / "store") as index:
        index.add(ARTICLES)
    assert CliRunner().invoke(byline, ["search", QUESTION]).exit_code == 0
    assert len(provider.asked) == 1
    assert f"{COHERE} at {address}" in " ".join(CliRunner().invoke(byline, ["doctor"]).output.split())
    provider.key = "another"
    assert "it refused the key" in " ".join(CliRunner().invoke(byline, ["doctor"]).output.split())
