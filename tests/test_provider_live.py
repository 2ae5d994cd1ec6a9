"""A provider that is a real one: the server that comes with llama-cpp-python, and the real local model in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answer import Bot
from bot.errors import ModelFailed
from bot.model import Model, open_model
from bot.model.pull import installed
from bot.types import Prompt, Status
from index import Article, Index
from tests.served import served

PATH = installed()
pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(PATH is None, reason="the local model is not here: byline model pull"),
]

CAPITAL = Prompt("Answer in one word.", "What is the capital of France?")
PIER = Article("pier", "The pier", "The pier of Varnholm opened on 3 May 1921. It is 90 metres long.")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a server with one model under two names, of which only `tells` can give probabilities."""
    pytest.importorskip("llama_cpp", reason="llama-cpp-python is not installed: pip install 'byline[local]'")
    models = [
        {"model": str(PATH), "model_alias": name, "n_ctx": 1024, "logits_all": name == "tells", "verbose": False}
        for name in ("tells", "mute")
    ]
    with served(models, tmp_path_factory.mktemp("server")) as address:
        yield address


def named(url: str, name: str) -> Model:
    [model] = open_model(f"openai:{name}", url=url, timeout=500).models  # it is loaded first
    return model


def test_it_streams_its_words(url: str) -> None:
    assert "Paris" in "".join(named(url, "tells").complete(CAPITAL))


@pytest.mark.parametrize(
    ("question", "likely"), [("Is Paris the capital of France?", True), ("Is a whale a plant?", False)]
)
def test_yes_is_more_likely_where_it_is_true(url: str, question: str, likely: bool) -> None:
    model = named(url, "tells")
    assert model.probability is not None
    yes = model.probability(Prompt("Answer Yes or No.", question))
    assert yes is not None
    assert (yes > 0.5) is likely


def test_a_prompt_that_is_too_long_is_a_failure_and_a_sentence(url: str) -> None:
    with pytest.raises(ModelFailed, match=r"^The model openai:tells .*\.$"):
        list(named(url, "tells").complete(Prompt("", "pier " * 3000)))


def test_a_server_that_tells_no_probabilities_still_answers(url: str, tmp_path: Path) -> None:
    model = named(url, "mute")
    assert model.probability is not None
    assert model.probability(Prompt("Answer Yes or No.", "Is a whale a plant?")) is None
    with Index.open(tmp_path / "store") as index:
        index.add([PIER])
        answer = Bot(index, model).answer("When did the pier of Varnholm open?")
    assert (answer.status, answer.model) == (Status.ANSWERED, "openai:mute")
    assert "1921" in answer.text
