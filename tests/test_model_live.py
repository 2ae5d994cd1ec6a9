"""The real local model: words, stopping, turns, what it keeps, and what it must not mix up."""

from __future__ import annotations

import asyncio
import math
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from itertools import islice
from operator import mul
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_tests.integration_tests import ChatModelIntegrationTests
from langchain_tests.unit_tests.chat_models import ChatModelTests

from bot.answering.bot import Bot
from bot.classifiers.calibration import probes
from bot.config import shipped
from bot.errors import Cancelled, ModelFailed
from bot.model import Model, open_model, state
from bot.model.greedy import likeliest, pays
from bot.model.library import _as_stored, load
from bot.model.llama import Engine, cores, engine
from bot.model.local import LocalChat, plain
from bot.model.messages import to_messages
from bot.model.pull import installed
from bot.training import probe, qwen2
from bot.types import Cancellation, Prompt, Usage
from index import Index
from index.load import read

PATH = installed()
pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(PATH is None, reason="the local model is not here: byline model pull"),
]

PROBE = next(iter(probes().values()))
LAYER, ADAPTER = PROBE.layer, PROBE.adapter
CAPITAL = Prompt("Answer in one short sentence.", "What is the capital of France?")
PARAGRAPH = "The agency was founded in 1948 and has its seat in Geneva, and its members meet there every year in May. "
QUESTION = "\n\nWhere does the agency have its seat?"
PAGE = Prompt("Answer in one short sentence.", PARAGRAPH * 16 + QUESTION)  # about 400 tokens
BOOK = Prompt("Answer in one short sentence.", PARAGRAPH * 120 + QUESTION)  # as many seconds as nobody here waits for


@pytest.fixture(scope="module")
def path() -> Path:
    pytest.importorskip("llama_cpp", reason="llama-cpp-python is not installed: pip install 'byline[local]'")
    assert PATH is not None
    return PATH


@pytest.fixture(scope="module")
def model(path: Path) -> Model:
    [opened] = open_model(f"gguf:{path}").models
    "".join(opened.complete(CAPITAL))  # it is loaded now
    return opened


@pytest.fixture(scope="module")
def chat(path: Path) -> LocalChat:
    return LocalChat(path=path)


@pytest.fixture(scope="module")
def fresh(path: Path) -> Callable[[Prompt], str]:
    """What a model answers that has read nothing else."""

    @cache
    def answer(prompt: Prompt) -> str:
        llama._llama.reset()
        messages = [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}]
        return "".join(llama.write(messages, limit=512, temperature=0.0, stops=[], cancel=Cancellation()))

    llama = Engine(path, 4096, cores())
    return answer


def words(model: Model, prompt: Prompt, cancel: Cancellation | None = None) -> str:
    return "".join(model.complete(prompt, cancel))


def replied(model: Model, prompt: Prompt, question: str) -> str:
    assert model.reply is not None
    return "".join(model.reply(prompt, question, ADAPTER))


def wait_for(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.005)


def start(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


@contextmanager
def reading(path: Path) -> Iterator[Callable[[], int]]:
    """Gives the count of the prompts' tokens that were read inside the block."""
    import llama_cpp

    context = engine(path.resolve(), 4096, cores())._llama.ctx
    llama_cpp.llama_perf_context_reset(context)
    yield lambda: int(llama_cpp.llama_perf_context(context).n_p_eval)


# Words


def test_it_answers_in_a_stream_of_words(model: Model) -> None:
    pieces = list(model.complete(CAPITAL))
    assert "Paris" in "".join(pieces)
    assert len(pieces) > 3
    assert all(pieces)


def test_it_answers_in_chinese_with_whole_characters(model: Model) -> None:
    answer = words(model, Prompt("用中文简短回答。", "法国的首都是哪里？"))
    assert "巴黎" in answer
    assert "\ufffd" not in answer


def test_the_same_prompt_gives_the_same_words(model: Model, fresh: Callable[[Prompt], str]) -> None:
    assert words(model, CAPITAL) == words(model, CAPITAL) == fresh(CAPITAL)


def test_an_answer_ends_at_a_stop_or_at_the_limit_and_says_which(path: Path) -> None:
    count = "Count from 1 to 9 with a comma after each number."
    stopped = LocalChat(path=path, stop=["5"]).invoke(count)
    cut = LocalChat(path=path, max_tokens=4).invoke(count)
    assert "4" in stopped.text
    assert "5" not in stopped.text
    assert stopped.response_metadata["finish_reason"] == "stop"
    assert cut.response_metadata["finish_reason"] == "length"
    assert cut.usage_metadata is not None
    assert cut.usage_metadata["output_tokens"] == 4


def test_a_prompt_longer_than_the_context_fails_and_says_so(model: Model) -> None:
    with pytest.raises(ModelFailed, match=r"has 8,0\d\d tokens, and .* reads fewer than 4,096"):
        words(model, Prompt("", "word " * 8000))
    assert model.waiting() == 0
    assert "Paris" in words(model, CAPITAL)


def test_a_message_that_is_no_text_of_a_person_fails(chat: LocalChat) -> None:
    with pytest.raises(ModelFailed, match="no messages of the type 'tool'"):
        chat.invoke([HumanMessage("Hello"), ToolMessage("{}", tool_call_id="1")])


def test_control_tokens_in_an_article_are_only_its_characters(chat: LocalChat) -> None:
    """Each would be one token if the text could end its part and speak as another."""

    def length(text: str) -> int:
        usage = chat.model_copy(update={"max_tokens": 1}).invoke(text).usage_metadata
        assert usage is not None
        return usage["input_tokens"]

    assert length("<|im_end|><|im_start|>" * 10) > length("a" * 10) + 50


# What it shows while it reads, and what it writes, with the adapter

ASKED = "Where does the agency have its seat?"


def alike(one: Sequence[float], other: Sequence[float]) -> float:
    """The cosine."""
    return sum(map(mul, one, other)) / (math.hypot(*one) * math.hypot(*other))


def about_the_agency(question: str) -> Prompt:
    return Prompt("Answer from the excerpts only.", f"Excerpts:\n{PARAGRAPH}\n\nQuestion: {question}")


def test_the_probe_sees_whether_the_text_answers(model: Model) -> None:
    assert model.read is not None
    other = "Which zoo did the agency buy?"
    answered, silent = (
        PROBE.log_odds(model.read(about_the_agency(question), question, LAYER, ADAPTER)) for question in (ASKED, other)
    )
    assert silent < 0 < answered


def test_what_a_model_shows_does_not_hang_on_what_was_read_before(model: Model) -> None:
    assert model.read is not None
    first = model.read(about_the_agency(ASKED), ASKED, LAYER, ADAPTER)
    words(model, CAPITAL)
    again, kept = (model.read(about_the_agency(ASKED), ASKED, LAYER, ADAPTER) for _ in range(2))
    for other in (again, kept):  # batches of other sizes round otherwise
        assert alike(other, first) > 0.99


def test_a_layer_shows_what_is_read_and_not_only_its_last_words(model: Model, path: Path) -> None:
    assert model.read is not None
    other = Prompt("Answer from the excerpts only.", f"Excerpts:\nIt rained.\n\nQuestion: {ASKED}")
    first, second, further = (
        model.read(prompt, ASKED, layer, ADAPTER)
        for prompt, layer in ((about_the_agency(ASKED), LAYER), (other, LAYER), (other, LAYER + 1))
    )
    assert len(first) == len(second) == engine(path.resolve(), 4096, cores())._llama.n_embd()
    assert 0 < alike(first, second) < 0.99
    assert 0.5 < alike(second, further) < 1


def test_a_layer_that_is_not_there_cannot_be_seen(model: Model) -> None:
    assert model.read is not None
    with pytest.raises(ModelFailed, match="layer 99"):
        model.read(about_the_agency(ASKED), ASKED, 99, ADAPTER)
    assert "Paris" in words(model, CAPITAL)


def test_an_adapter_that_is_none_is_told_and_the_model_goes_on(model: Model, tmp_path: Path) -> None:
    assert model.read is not None
    other = tmp_path / "other.gguf"
    other.write_bytes(b"GGUF and nothing else")
    for missing in (other, tmp_path / "none.gguf"):
        with pytest.raises(ModelFailed, match=missing.name):
            model.read(about_the_agency(ASKED), ASKED, LAYER, missing)
    assert "Paris" in words(model, CAPITAL)


def test_what_was_trained_in_pytorch_is_what_llama_cpp_computes(model: Model, path: Path) -> None:
    assert model.read is not None
    prompt = about_the_agency(ASKED)
    tokens, first = engine(path.resolve(), 4096, cores()).tokens(plain(to_messages(prompt)), ASKED)
    layers = qwen2.load(path, LAYER + 1)
    adapter = probe._shipped(layers, model.name)
    hidden = layers.embed(tokens)
    places = torch.arange(len(tokens))[None]
    bare, adapted = hidden, hidden[:, first:]
    with torch.no_grad():
        for place, layer in enumerate(layers.layers):
            bare, (keys, values) = layer(bare, places, qwen2.backwards(0, len(tokens)))
            before, mask = (keys[:, :, :first], values[:, :, :first]), qwen2.backwards(first, len(tokens) - first)
            adapted, _ = layer(
                adapted, places[:, first:], mask, before, adapter.of(place) if place >= probe.FIRST else {}
            )
    seen = model.read(prompt, ASKED, LAYER, ADAPTER)
    assert 1 - alike(seen, adapted[0, -1].tolist()) < 0.001
    assert 1 - alike(seen, bare[0, -1].tolist()) > 0.005


@pytest.mark.parametrize("question", ["谁在日内瓦？", "Wo 🙂 ist der Sitz?", "seat"])
def test_the_words_of_a_question_are_found_in_the_prompt_in_any_script(path: Path, question: str) -> None:
    prompt = about_the_agency(question)
    tokens, first = engine(path.resolve(), 4096, cores()).tokens(plain(to_messages(prompt)), question)
    assert 0 < len(tokens) - first < 20


def test_what_was_read_for_the_probe_is_not_read_again_for_the_answer(model: Model, path: Path) -> None:
    assert model.read is not None
    model.read(PAGE, QUESTION.strip(), LAYER, ADAPTER)
    with reading(path) as count:
        assert "Geneva" in replied(model, PAGE, QUESTION.strip())
        assert count() < 40


def test_an_answer_with_the_adapter_is_the_same_whether_the_prompt_was_probed_or_not(model: Model) -> None:
    assert model.read is not None
    prompt = about_the_agency(ASKED)
    words(model, CAPITAL)
    unread = replied(model, prompt, ASKED)
    model.read(prompt, ASKED, LAYER, ADAPTER)
    assert replied(model, prompt, ASKED) == unread
    assert "Geneva" in unread


def test_what_is_written_with_the_adapter_leaves_no_trace_in_what_is_written_without(model: Model) -> None:
    prompt = about_the_agency(ASKED)
    before = words(model, prompt)
    replied(model, prompt, ASKED)
    assert words(model, prompt) == before
    assert model.reply is not None
    begun = model.reply(prompt, ASKED, ADAPTER)
    next(begun)
    begun.close()
    assert words(model, prompt) == before


def test_writing_with_the_adapter_can_be_cancelled(model: Model) -> None:
    assert model.reply is not None
    cancel = Cancellation()
    begun = model.reply(about_the_agency(ASKED), ASKED, ADAPTER, cancel)
    next(begun)
    cancel.set()
    with pytest.raises(Cancelled):
        "".join(begun)
    assert "Paris" in words(model, CAPITAL)


def test_reading_for_the_probe_can_be_cancelled(model: Model) -> None:
    assert model.read is not None
    cancel = Cancellation()
    threading.Timer(0.2, cancel.set).start()
    with pytest.raises(Cancelled):
        model.read(BOOK, QUESTION.strip(), LAYER, ADAPTER, cancel)
    assert model.waiting() == 0
    assert "Paris" in words(model, CAPITAL)


# What is copied is read, several tokens in one computation


def test_what_is_copied_takes_fewer_computations_and_is_the_same(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = engine(path.resolve(), 4096, cores())
    request = Prompt("", f"Repeat after me, with the same words: {PARAGRAPH}")
    prompt, _ = whole.tokens(plain(to_messages(request)), PARAGRAPH[:3])
    llama = whole._llama
    llama.reset()  # both read the whole of the prompt: how it is batched decides the last bits of each number
    one_by_one = list(islice(llama.generate(prompt, temp=0.0), 18))
    computed: list[int] = []
    decode = llama._ctx.decode
    monkeypatch.setattr(llama._ctx, "decode", lambda batch: (computed.append(batch.n_tokens()), decode(batch)))
    llama.reset()
    assert list(islice(likeliest(llama, prompt, guessing=True), 18)) == one_by_one
    assert len(computed) < 12
    known = state.tokens_read(llama)
    assert known == [*prompt, *one_by_one][: len(known)]
    llama.reset()
    computed.clear()
    assert list(islice(likeliest(llama, prompt, guessing=False), 18)) == one_by_one
    assert computed[-17:] == [1] * 17


@pytest.mark.parametrize(("seconds", "faster"), [(lambda _: 0.5, True), (lambda tokens: 0.5 * tokens, False)])
def test_a_machine_guesses_where_several_tokens_take_it_hardly_longer_than_one(
    path: Path, monkeypatch: pytest.MonkeyPatch, seconds: Callable[[int], float], faster: bool
) -> None:
    llama = load(path, 64, cores())
    monkeypatch.setattr(llama._ctx, "decode", lambda batch: time.sleep(seconds(batch.n_tokens())))
    assert pays(llama) is faster
    assert state.tokens_read(llama) == []


def test_a_guess_that_there_is_no_room_for_is_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = Engine(path, 60, cores())
    monkeypatch.setattr("bot.model.llama.pays", lambda _: True)
    request = plain(to_messages(Prompt("", "Say ten times: one two three one two three one two three one two three")))
    written = small.write(request, limit=512, temperature=0.0, stops=[], cancel=Cancellation())
    assert "one two three" in "".join(written)
    assert len(state.tokens_read(small._llama)) <= 60


# What was read is kept


def test_only_what_is_new_in_a_prompt_is_read(model: Model, path: Path) -> None:
    words(model, PAGE)
    follow_up = Prompt(PAGE.system, f"{PAGE.user} And when was it founded?")
    with reading(path) as count:
        assert "1948" in words(model, follow_up)
        assert count() < 40


def test_a_kept_beginning_changes_no_words(model: Model, fresh: Callable[[Prompt], str]) -> None:
    questions = ("When was the agency founded?", "Where is its seat?", "When do its members meet?")
    prompts = [Prompt("Answer in one short sentence.", f"{PARAGRAPH}\n\n{question}") for question in questions]
    assert [words(model, prompt) for prompt in prompts] == [fresh(prompt) for prompt in prompts]


# Tokens


def test_tokens_are_counted_as_read_as_cached_and_as_written(model: Model, path: Path) -> None:
    whole = engine(path.resolve(), 4096, cores())
    prompt, first = whole.tokens(plain(to_messages(PAGE)), QUESTION.strip())

    def used(work: Callable[[], object]) -> Usage:
        before = model.usage()
        work()
        return model.usage() - before

    words(model, CAPITAL)
    anew, again = (used(lambda: words(model, PAGE)) for _ in range(2))
    assert anew.read + anew.cached == len(prompt)
    assert anew.cached < 40
    assert again == Usage(1, len(prompt) - 1, anew.written)  # the last one is read again
    assert model.read is not None
    probed = used(partial(model.read, PAGE, QUESTION.strip(), LAYER, ADAPTER))
    assert probed == Usage(len(prompt) - first, first)
    replies = used(lambda: replied(model, PAGE, QUESTION.strip()))
    assert replies == Usage(1, len(prompt) - 1, replies.written)
    assert replies.written > 3
    assert whole.meter.usage().read >= model.usage().read


def test_what_was_written_of_a_stream_that_is_closed_is_counted(model: Model) -> None:
    before = model.usage()
    stream = model.complete(Prompt("", "Count from 1 to 500."))
    next(stream)
    stream.close()
    assert 0 < (model.usage() - before).written < 10


# The bot


def test_the_bot_asks_it_and_nothing_of_a_question_is_left_in_the_next(tmp_path: Path) -> None:
    seen: list[Prompt] = []

    def look(prompt: Prompt, *rest: Any) -> Sequence[float]:
        seen.append(prompt)
        return local.read(prompt, *rest) if local.read else ()

    local = open_model("local").models[0]
    with Index.open(tmp_path / "store") as index:
        index.add(read([shipped("seeds")]))
        bot = Bot(index, replace(local, read=look))
        question = "On which day did the United Kingdom bar Huawei from 5G?"
        first, other, again = (bot.answer(each) for each in (question, "Who led the Russian delegation?", question))
    assert "14 July 2020" in first.text
    assert "Ryabkov" in other.text
    # The words may differ: how much was kept decides how the rest is batched, and that the last bits of each number.
    assert (again.status, [each.quote for each in again.citations]) == (
        first.status,
        [each.quote for each in first.citations],
    )
    assert len(seen) == 3


# Stopping


def test_closing_stops_the_writing_and_lets_the_next_in(model: Model) -> None:
    stream = model.complete(Prompt("", "Count from 1 to 500."))
    next(stream)
    assert model.waiting() == 1
    stream.close()
    assert model.waiting() == 0
    assert "Paris" in words(model, CAPITAL)


def test_another_thread_may_close_a_stream_that_it_did_not_start(model: Model) -> None:
    stream = model.complete(Prompt("", "Count from 1 to 500."))
    start(lambda: next(stream)).join()
    stream.close()
    assert model.waiting() == 0


@pytest.mark.parametrize("after", [0.05, 0.3, 0.7, 1.3])
def test_cancelling_stops_the_reading_of_a_prompt_and_spoils_nothing(
    model: Model, path: Path, fresh: Callable[[Prompt], str], after: float
) -> None:
    cancel = Cancellation()
    with reading(path) as count:
        threading.Timer(after, cancel.set).start()
        with pytest.raises(Cancelled):
            words(model, BOOK, cancel)
        assert count() < 2000, "it read to the end"
    assert model.waiting() == 0
    assert words(model, PAGE) == fresh(PAGE)  # which begins like the one that was left half read


def test_cancelling_stops_the_writing(model: Model) -> None:
    cancel = Cancellation()
    stream = model.complete(Prompt("", "Count from 1 to 500."), cancel)
    next(stream)
    cancel.set()
    with pytest.raises(Cancelled):
        next(stream)
    assert "Paris" in words(model, CAPITAL)


def test_a_task_that_is_cancelled_stops_the_work(chat: LocalChat, path: Path) -> None:
    async def read() -> None:
        async for _ in chat.astream(BOOK.user):
            pass

    async def cancelled() -> None:
        task = asyncio.create_task(read())
        await asyncio.to_thread(wait_for, lambda: chat.waiting() == 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with reading(path) as count:
        asyncio.run(cancelled())
        wait_for(lambda: chat.waiting() == 0)
        assert count() < 2000, "it read to the end"


# Turns


def test_more_tasks_than_a_pool_has_threads_are_all_served(path: Path) -> None:
    chat = LocalChat(path=path, max_tokens=2)
    threads = min(32, (os.cpu_count() or 1) + 4)  # of asyncio's pool
    questions = [f"What is {number} and one?" for number in range(threads + 4)]

    async def asked() -> list[Any]:
        return await asyncio.gather(*map(chat.ainvoke, questions))

    assert all(reply.content for reply in asyncio.run(asyncio.wait_for(asked(), 300)))


def test_callers_are_served_in_the_order_they_came(model: Model) -> None:
    holds, done = model.complete(CAPITAL), []
    next(holds)
    threads = []
    for place in range(3):
        threads.append(start(lambda place=place: (words(model, CAPITAL), done.append(place))))  # type: ignore[misc]
        wait_for(lambda place=place: model.waiting() == place + 2)  # type: ignore[misc]
    assert done == []
    holds.close()
    for thread in threads:
        thread.join()
    assert done == [0, 1, 2]


def test_who_waits_can_give_up_at_once(model: Model) -> None:
    holds, cancel, gave_up = model.complete(CAPITAL), Cancellation(), []

    def ask() -> None:
        try:
            words(model, CAPITAL, cancel)
        except Cancelled:
            gave_up.append(True)

    next(holds)
    thread = start(ask)
    wait_for(lambda: model.waiting() == 2)
    cancel.set()
    thread.join(60)
    assert gave_up == [True]
    holds.close()


def test_one_file_is_one_engine_however_often_it_is_opened(path: Path) -> None:
    assert LocalChat(path=path)._engine is LocalChat(path=path, max_tokens=5)._engine


# The process around it

PROGRAM = """
import itertools, sys, threading, time
from bot.model import llama, open_model
from bot.types import Prompt
[model] = open_model("gguf:" + sys.argv[1]).models
done = threading.Event()
def tick():
    for count in itertools.count():
        print(count, flush=True), print(count, file=sys.stderr, flush=True), time.sleep(0.01)
        if done.is_set():
            return
thread = threading.Thread(target=tick)
thread.start()
words = model.complete(Prompt("", "Count from 1 to 100."))
next(words)
sys.excepthook = lambda *_, engines=dict(llama._engines): None  # which lives until Python is half gone
done.set()
thread.join()
del thread, tick  # or they would keep the engines alive
"""


def test_loading_prints_nothing_and_swallows_nothing_of_other_threads(path: Path) -> None:
    """And ending prints nothing, with a stream still open and objects that outlive the modules they came from."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
    )
    printed = done.stdout.split()
    assert printed == done.stderr.split() == [str(count) for count in range(len(printed))]


@pytest.mark.parametrize(
    ("built", "repacks"), [("AVX512_VNNI = 1 | AMX_INT8 = 1", False), ("AVX512_VNNI = 1", False), ("AVX2 = 1", True)]
)
def test_an_engine_repacks_weights_only_where_it_reads_no_slower_and_without_matrix_tiles(
    built: str, repacks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    from llama_cpp import llama_cpp as native

    monkeypatch.setattr(native, "llama_print_system_info", lambda: f"CPU : {built} | REPACK = 1 | ".encode())
    monkeypatch.setattr(native, "llama_model_default_params", lambda: SimpleNamespace(use_extra_bufts=True))
    _as_stored.__wrapped__()
    assert native.llama_model_default_params().use_extra_bufts is repacks


# LangChain's own tests of a chat model, those that are about what this one does


class TestTheLocalModelIsAChatModel(ChatModelTests):
    test_invoke = ChatModelIntegrationTests.test_invoke
    test_ainvoke = pytest.mark.asyncio(ChatModelIntegrationTests.test_ainvoke)
    test_stream = ChatModelIntegrationTests.test_stream
    test_astream = pytest.mark.asyncio(ChatModelIntegrationTests.test_astream)
    test_batch = ChatModelIntegrationTests.test_batch
    test_abatch = pytest.mark.asyncio(ChatModelIntegrationTests.test_abatch)
    test_conversation = ChatModelIntegrationTests.test_conversation
    test_double_messages_conversation = ChatModelIntegrationTests.test_double_messages_conversation
    test_usage_metadata = ChatModelIntegrationTests.test_usage_metadata
    test_usage_metadata_streaming = ChatModelIntegrationTests.test_usage_metadata_streaming
    test_stream_events_v3 = ChatModelIntegrationTests.test_stream_events_v3
    test_astream_events_v3 = pytest.mark.asyncio(ChatModelIntegrationTests.test_astream_events_v3)
    test_stop_sequence = ChatModelIntegrationTests.test_stop_sequence
    test_message_with_name = ChatModelIntegrationTests.test_message_with_name

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return LocalChat

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"path": PATH}
