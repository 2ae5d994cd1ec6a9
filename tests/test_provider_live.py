"""A provider that is a real one: the server that comes with llama-cpp-python, and the real local model in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answering.bot import Bot
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
    pytest.importorskip("llama_cpp", reason="llama-cpp-python is not installed: pip install 'byline[local]'")
    model = {"model": str(PATH), "model_alias": "served", "n_ctx": 1024, "verbose": False}
    with served([model], tmp_path_factory.mktemp("server")) as address:
        yield address


def opened(url: str) -> Model:
    [model] = open_model("openai:served", url=url, timeout=500).models  # it is loaded first
    return model


def test_it_streams_its_words(url: str) -> None:
    assert "Paris" in "".join(opened(url).complete(CAPITAL))


def test_a_prompt_that_is_too_long_is_a_failure_and_a_sentence(url: str) -> None:
    with pytest.raises(ModelFailed, match=r"^The model openai:served .*\.$"):
        list(opened(url).complete(Prompt("", "pier " * 3000)))


def test_the_bot_answers_with_it(url: str, tmp_path: Path) -> None:
    with Index.open(tmp_path / "store") as index:
        index.add([PIER])
        answer = Bot(index, opened(url)).answer("When did the pier of Varnholm open?")
    assert (answer.status, answer.model) == (Status.ANSWERED, "openai:served")
    assert "1921" in answer.text
