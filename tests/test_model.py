"""Specs, prompts and messages, the line of callers; test_provider and test_model_live have the models themselves."""

from __future__ import annotations

import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_tests.unit_tests import ChatModelUnitTests
from langchain_tests.unit_tests.chat_models import ChatModelTests

from bot.answering.configured import open_configured
from bot.config import Config
from bot.errors import Cancelled, ModelFailed, ModelMissing, ModelUnknown, NothingAfterExtractive
from bot.model import Opened, open_model
from bot.model.line import WaitingLine
from bot.model.local import LocalChat
from bot.model.messages import to_messages
from bot.model.meter import Meter
from bot.model.pull import QWEN
from bot.model.text import decode, until
from bot.types import Cancellation, Price, Prompt, Usage
from bot.wording import worded
from index.extras import installing

NOWHERE = "http://127.0.0.1:9/v1"

# What a spec means


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder with a file in the place and of the size of the local model; it takes no space."""
    with (tmp_path / QWEN.name).open("wb") as file:
        file.truncate(QWEN.size)
    return tmp_path


@pytest.fixture
def engine() -> None:
    pytest.importorskip("llama_cpp", reason="llama-cpp-python is not installed: pip install 'byline[local]'")


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llama_cpp", None)  # Python's own way to say that there is no such module


@pytest.mark.parametrize(
    "spec",
    ["", "gpt-5", "gguf", "gguf:", "local:", "locale", "Extractive", ":", "openai:", "no-such-provider:x", "a b:c"],
)
def test_a_spec_that_means_nothing_is_unknown(spec: str) -> None:
    with pytest.raises(ModelUnknown, match=r"`local`, `extractive`, `gguf:NAME`, `gguf:PATH`, or `provider:name`"):
        open_model(spec)


def test_extractive_is_no_model_and_nothing_to_remark() -> None:
    assert open_model("extractive") == Opened(models=(), quotes=True, notice=None)


@pytest.mark.usefixtures("engine")
def test_several_are_a_chain_in_their_order(here: Path) -> None:
    opened = open_model("openai:fine, local,extractive", url=NOWHERE, folder=here)
    assert [model.name for model in opened.models] == ["openai:fine", "qwen2.5-coder-1.5b-instruct-q4_k_m"]
    assert opened.quotes
    assert not open_model("openai:fine,local", url=NOWHERE, folder=here).quotes


@pytest.mark.parametrize("spec", [",", "extractive,", "openai:fine,", "openai:fine,,extractive", "openai:fine,gpt-5"])
def test_an_unknown_model_in_a_chain_is_unknown(spec: str) -> None:
    with pytest.raises((ModelUnknown, NothingAfterExtractive)):
        open_model(spec, url=NOWHERE)


def test_a_missing_model_in_a_chain_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="`byline model pull`"):
        open_model("openai:fine,local", url=NOWHERE, folder=tmp_path)


def test_nothing_comes_after_quoted_sentences(tmp_path: Path) -> None:
    with pytest.raises(NothingAfterExtractive, match="Put it last"):
        open_model("extractive,local", folder=tmp_path)


@pytest.mark.usefixtures("engine")
def test_nothing_named_takes_the_local_model_where_it_is(here: Path) -> None:
    opened = open_model(folder=here)
    assert (opened.notice, opened.quotes) == (None, False)
    [model] = opened.models
    assert model.name == "qwen2.5-coder-1.5b-instruct-q4_k_m"
    assert model.waiting() == 0
    assert model.usage() == Usage()


@pytest.mark.usefixtures("engine")
def test_nothing_named_and_no_file_is_extractive_with_the_remedy(tmp_path: Path) -> None:
    opened = open_model(folder=tmp_path)
    assert (opened.models, opened.quotes) == ((), True)
    assert opened.notice is not None
    assert "`byline model pull`" in worded(opened.notice)
    assert "pip install" not in worded(opened.notice)


@pytest.mark.usefixtures("no_engine")
def test_nothing_named_and_no_engine_is_extractive_with_the_remedy(here: Path) -> None:
    opened = open_model(folder=here)
    assert (opened.models, opened.quotes) == ((), True)
    assert opened.notice is not None
    assert installing("local") in worded(opened.notice)
    assert "model pull" not in worded(opened.notice)


@pytest.mark.usefixtures("no_engine")
def test_local_by_name_is_missing_with_every_remedy(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"`byline model pull`.* and .*" + re.escape(installing("local"))):
        open_model("local", folder=tmp_path)


def test_a_file_that_was_only_begun_is_no_local_model(tmp_path: Path) -> None:
    (tmp_path / QWEN.name).write_bytes(b"begun")
    with pytest.raises(ModelMissing, match="`byline model pull`"):
        open_model("local", folder=tmp_path)


@pytest.mark.usefixtures("engine")
def test_a_path_names_any_file(tmp_path: Path) -> None:
    (tmp_path / "other.gguf").write_bytes(b"")
    [model] = open_model(f"gguf:{tmp_path / 'other.gguf'}").models
    assert model.name == "other"


def test_a_path_to_nothing_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"there is no file .*nothing\.gguf"):
        open_model(f"gguf:{tmp_path / 'nothing.gguf'}")


@pytest.mark.usefixtures("engine")
def test_a_file_that_is_no_model_fails_when_it_is_first_asked_and_blocks_nobody(tmp_path: Path) -> None:
    (tmp_path / "text.gguf").write_text("These are words.")
    [model] = open_model(f"gguf:{tmp_path / 'text.gguf'}").models
    for _ in range(2):
        with pytest.raises(ModelFailed, match=r"text\.gguf cannot be used"):
            list(model.complete(Prompt("", "Hello?")))
    assert model.waiting() == 0


# Prompts and messages


def test_instructions_and_request_are_messages_of_their_own_kinds() -> None:
    messages = to_messages(Prompt("Be brief.", "Why?", (("Who?", "Ada."),)))
    assert [(message.type, message.text) for message in messages] == [
        ("system", "Be brief."),
        ("human", "Who?"),
        ("ai", "Ada."),
        ("human", "Why?"),
    ]
    assert [message.type for message in to_messages(Prompt("", "Why?"))] == ["human"]


# Words


def in_pieces(whole: Any) -> st.SearchStrategy[list[Any]]:
    """The whole cut anywhere, any number of times."""
    cuts = st.lists(st.integers(0, len(whole)), max_size=6).map(lambda found: [0, *sorted(found), len(whole)])
    return cuts.map(lambda places: [whole[start:end] for start, end in pairwise(places)])


@given(st.data())
def test_characters_are_whole_wherever_their_bytes_are_cut(data: st.DataObject) -> None:
    text = data.draw(st.text())
    pieces = list(decode(data.draw(in_pieces(text.encode()))))
    assert "".join(pieces) == text
    assert "" not in pieces


@given(st.data())
def test_text_ends_before_the_stop_that_is_first_complete(data: st.DataObject) -> None:
    text = data.draw(st.text("abc"))
    stops = data.draw(st.lists(st.text("abc", min_size=1, max_size=3), max_size=3))
    ends = [end for end in range(len(text) + 1) if any(text[:end].endswith(stop) for stop in stops)]
    before = text
    if ends:
        before = text[: ends[0] - max(len(stop) for stop in stops if text[: ends[0]].endswith(stop))]
    pieces = list(until(stops, data.draw(in_pieces(text))))
    assert "".join(pieces) == before
    assert "" not in pieces


def test_what_cannot_begin_a_stop_is_given_at_once() -> None:
    given = until(["\n\n"], iter(["One", " two", "\n", "three"]))
    assert [next(given), next(given), next(given)] == ["One", " two", "\nthree"]


# The line of callers


class Caller(threading.Thread):
    """Takes its turn, says so, and holds it until it is let go."""

    def __init__(self, line: WaitingLine, served: list[str], name: str) -> None:
        super().__init__(name=name)
        self.line, self.served = line, served
        self.cancel, self.has_turn, self.let_go = Cancellation(), threading.Event(), threading.Event()
        self.cancelled = False

    def run(self) -> None:
        try:
            with self.line.turn(self.cancel):
                self.served.append(self.name)
                self.has_turn.set()
                self.let_go.wait(60)
        except Cancelled:
            self.cancelled = True


def wait_for(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.005)


@contextmanager
def callers(names: str) -> Iterator[tuple[WaitingLine, list[str], list[Caller]]]:
    """In line in the order of their names; all are let go at the end."""
    line, served = WaitingLine(), []  # type: ignore[var-annotated]
    waiting = [Caller(line, served, name) for name in names]
    for place, caller in enumerate(waiting, 1):
        caller.start()
        wait_for(lambda place=place: len(line) == place)  # type: ignore[misc]
    try:
        yield line, served, waiting
    finally:
        for caller in waiting:
            caller.let_go.set()
            caller.join()


def test_callers_are_served_one_at_a_time_in_the_order_they_came() -> None:
    with callers("abcd") as (line, served, waiting):
        for place, caller in enumerate(waiting):
            assert caller.has_turn.wait(60)
            assert served == list("abcd")[: place + 1]
            assert len(line) == len(waiting) - place
            caller.let_go.set()
        for caller in waiting:
            caller.join()
        assert len(line) == 0


@pytest.mark.parametrize(("gives_up", "left"), [(1, ["a", "c"]), (2, ["a", "b"])])
def test_a_caller_who_gives_up_leaves_the_line_and_the_others_keep_their_places(gives_up: int, left: list[str]) -> None:
    with callers("abc") as (line, served, waiting):
        waiting[gives_up].cancel.set()
        waiting[gives_up].join(60)
        assert waiting[gives_up].cancelled
        assert len(line) == 2
        other = waiting[3 - gives_up]
        assert not other.has_turn.wait(0.2)
        waiting[0].let_go.set()
        assert other.has_turn.wait(60)
        assert served == left


def test_a_turn_ends_with_an_error() -> None:
    line = WaitingLine()
    with pytest.raises(ZeroDivisionError), line.turn(Cancellation()):
        raise ZeroDivisionError
    with line.turn(Cancellation()):
        assert len(line) == 1


def test_who_has_given_up_already_is_not_served() -> None:
    line, cancel = WaitingLine(), Cancellation()
    cancel.set()
    with pytest.raises(Cancelled), line.turn(cancel):
        raise AssertionError("served")
    assert len(line) == 0


# LangChain's own tests of a chat model, those that are about what this one does


class TestTheLocalModelIsAChatModel(ChatModelTests):
    test_init = ChatModelUnitTests.test_init
    test_init_streaming = ChatModelUnitTests.test_init_streaming
    test_standard_params = ChatModelUnitTests.test_standard_params
    test_standard_params_model_override = ChatModelUnitTests.test_standard_params_model_override

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return LocalChat

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"path": Path("model.gguf")}


# Several models to choose from


def test_a_model_that_several_specs_name_is_one_and_has_its_price(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    config = Config(model_url=NOWHERE, prices={"openai:a": Price(1, 2)})
    first, second, quoting = open_configured(["openai:a", "openai:b,openai:a", "extractive"], config)
    assert first.models[0] is second.models[1]
    assert [each.name for each in second.models] == ["openai:b", "openai:a"]
    assert quoting == Opened(quotes=True)


def test_the_address_is_of_the_provider_that_is_named_first_in_all_specs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    config = Config(model_url=NOWHERE, model_key="of-the-first")
    assert len(open_configured(["openai:a", "openai:b"], config)) == 2
    with pytest.raises(ModelMissing):
        open_configured(["anthropic:a", "openai:b"], config)


def test_the_cost_of_tokens_is_counted_by_question() -> None:
    meter, one, other = Meter(), Cancellation(), Cancellation()
    price = Price(2, 8, 0.5)
    for cancel, used in ((one, Usage(read=1_000_000)), (other, Usage(written=500_000)), (one, Usage(cached=2_000_000))):
        meter.add(replace(used, cost=price.of(used)), cancel)
    assert meter.usage(one) == Usage(read=1_000_000, cached=2_000_000, cost=3.0)
    assert meter.usage(other) == Usage(written=500_000, cost=4.0)
    assert meter.usage().cost == 7.0
    assert meter.usage(Cancellation()) == Usage()
    assert (meter.usage() + Usage(read=1, cost=None)).cost is None
