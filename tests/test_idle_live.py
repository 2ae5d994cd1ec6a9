"""The real local model, at work while nobody asks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.answering.bot import Bot
from bot.config import shipped
from bot.errors import Cancelled
from bot.model import Model, open_model
from bot.model.pull import installed
from bot.suggestions.follow_ups import FOLLOW_UPS, presentable
from bot.suggestions.offers import Offers
from bot.types import Cancellation, Prompt
from index import Index
from index.load import read
from index.types import Filters

PATH = installed()
pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(PATH is None, reason="the local model is not here: byline model pull"),
]

PARAGRAPH = "The agency was founded in 1948 and has its seat in Geneva, and its members meet there every year in May. "
PAGE = Prompt("Answer in one short sentence.", f"{PARAGRAPH * 4}\n\nWhere does the agency have its seat?")
LONG = Prompt("Count.", f"{PARAGRAPH * 4}\n\nCount from one to a hundred, in words.")  # half a minute of writing
OTHER = Prompt("Answer in one word.", f"{PARAGRAPH * 4}\n\nIn which month do its members meet?")


@pytest.fixture(scope="module")
def model() -> Model:
    pytest.importorskip("llama_cpp", reason="llama-cpp-python is not installed: pip install 'byline[local]'")
    [opened] = open_model(f"gguf:{PATH}").models
    return opened


def read_of(model: Model, prompt: Prompt) -> tuple[str, int]:
    """What the model answers, and how many tokens it had to read for that."""
    before = model.usage()
    answer = "".join(model.complete(prompt))
    return answer, (model.usage() - before).read


def idly(model: Model, prompt: Prompt, cancel: Cancellation | None = None) -> Iterator[str]:
    assert model.idle is not None
    return model.idle(prompt, cancel)


def test_idle_work_costs_the_next_question_nothing_of_what_was_read_before(model: Model) -> None:
    first, _ = read_of(model, PAGE)
    again, read = read_of(model, PAGE)
    with closing(idly(model, OTHER)) as words:  # type: ignore[type-var]
        next(words)
    assert read_of(model, PAGE) == (again, read) == (first, 1)


def test_idle_work_goes_on_from_what_was_read_for_idle_work(model: Model) -> None:
    "".join(idly(model, PAGE))
    read_of(model, OTHER)
    before = model.usage()
    "".join(idly(model, PAGE))
    assert (model.usage() - before).read == 1


def test_whoever_asks_ends_idle_work_and_is_answered(model: Model) -> None:
    begun, ended, cancel = threading.Event(), list[bool](), Cancellation()

    def work() -> None:
        try:
            for _ in idly(model, LONG, cancel):
                begun.set()
            ended.append(False)
        except Cancelled:
            ended.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    assert begun.wait(120)
    answer, _ = read_of(model, PAGE)
    thread.join(120)
    assert ended == [True]
    assert "Geneva" in answer


def test_what_the_model_suggests_after_an_answer_is_answered_by_the_articles(model: Model, tmp_path: Path) -> None:
    with Index.open(tmp_path / "store") as index:
        index.add(read([str(shipped("seeds"))]))
        answer = Bot(index).answer("Who reversed the US withdrawal from the WHO?")
        bot = Bot(index, model)
        found = list(Offers(bot).next(answer, [], Filters(), Cancellation()))
        assert 0 < len(found) <= FOLLOW_UPS
        assert all(presentable(each, answer.question) for each in found)
        assert all(bot.quoting().answer(each).citations for each in found)
