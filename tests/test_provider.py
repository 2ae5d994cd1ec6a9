"""Providers: the real clients, and a real server on this machine that behaves and misbehaves as it is told."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from langchain_core.messages import AIMessageChunk

from bot.answering.bot import Bot
from bot.errors import Cancelled, ModelFailed, ModelMissing
from bot.model import open_model
from bot.model.messages import citations
from bot.model.provider import RETRIES
from bot.model.stream import pieces
from bot.types import Answer, Cancellation, Cited, Evidence, Excerpt, Model, Prompt, Status, Usage
from bot.types import Words as Shown
from bot.wording import worded
from index import Article, Index
from index.extras import installing
from tests.chat_server import WORDS, ChatServer, chat_server

ROOT = Path(__file__).parent.parent
NOWHERE = "http://127.0.0.1:9/v1"
ASK = Prompt("Answer briefly.", "What is the WHO?")


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat_server() as served:
        yield served


def served_by(server: ChatServer, name: str, timeout: float | None = None) -> Model:
    [model] = open_model(f"openai:{name}", url=server.url, timeout=timeout or patience(name)).models
    return model


def patience(spec: str) -> float:
    """Seconds: few for who says nothing, many for who may only be slow on a machine that has much to do."""
    return 3.0 if "silent" in spec or "pings" in spec else 60.0


def wait_for(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.005)


# Words


def test_a_provider_streams_its_words(server: ChatServer) -> None:
    model = served_by(server, "fine")
    assert tuple(model.complete(ASK)) == WORDS
    [asked] = server.asked
    assert asked["messages"] == [
        {"role": "system", "content": "Answer briefly."},
        {"role": "user", "content": "What is the WHO?"},
    ]
    assert (asked["stream"], asked["temperature"]) == (True, 0)
    assert (model.name, model.remote, model.waiting()) == ("openai:fine", True, 0)
    assert model.budget > Model("here", model.complete).budget


@pytest.mark.parametrize("provider", ["anthropic", "ollama"])
def test_other_providers_stream_their_words_too(server: ChatServer, provider: str) -> None:
    [model] = open_model(f"{provider}:fine", url=server.address).models
    assert tuple(model.complete(ASK)) == WORDS


def test_a_name_may_have_colons_and_slashes(server: ChatServer) -> None:
    list(served_by(server, "org/fine:7b").complete(ASK))
    assert server.asked[0]["model"] == "org/fine:7b"


def test_words_come_also_where_a_loop_is_running(server: ChatServer) -> None:
    async def ask() -> tuple[str, ...]:
        return tuple(served_by(server, "fine").complete(ASK))

    assert asyncio.run(ask()) == WORDS


def test_many_ask_at_once(server: ChatServer) -> None:
    model, said = served_by(server, "fine"), []
    threads = [threading.Thread(target=lambda: said.append(tuple(model.complete(ASK)))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == [WORDS] * 8


# Failures


@pytest.mark.parametrize("name", ["500-once", "503-twice", "429-twice", "hangs-up-once"])
def test_a_failure_that_passes_is_tried_again(server: ChatServer, name: str) -> None:
    assert tuple(served_by(server, name).complete(ASK)) == WORDS
    assert len(server.asked) == (3 if "twice" in name else 2)


@pytest.mark.parametrize(
    ("name", "times"), [("503", RETRIES + 1), ("401", 1), ("404", 1), ("400", 1), ("silent", 1), ("error-inside", 1)]
)
def test_only_what_may_pass_is_tried_again_and_not_for_ever(server: ChatServer, name: str, times: int) -> None:
    with pytest.raises(ModelFailed):
        list(served_by(server, name).complete(ASK))
    assert len(server.asked) == times


def test_a_server_that_says_how_long_to_wait_is_heard(server: ChatServer) -> None:
    start = time.monotonic()
    assert tuple(served_by(server, "429-once-wait-2").complete(ASK)) == WORDS
    assert time.monotonic() - start >= 2


def test_a_server_that_asks_to_wait_for_long_has_failed(server: ChatServer) -> None:
    with pytest.raises(ModelFailed, match="is over its limit"):
        list(served_by(server, "429-once-wait-3600").complete(ASK))
    assert len(server.asked) == 1


def test_after_the_first_words_nothing_is_tried_again(server: ChatServer) -> None:
    words = served_by(server, "breaks").complete(ASK)
    assert next(words) == "The"
    with pytest.raises(ModelFailed):
        list(words)
    assert len(server.asked) == 1


FAULTS = {
    "401": "refused the key",
    "403": "refused the key",
    "404": "was not found at http://127.0.0.1",
    "400": "gave an error instead of words: .*This is 400",
    "429": "is over its limit",
    "500": "gave an error instead of words: .*This is 500",
    "silent": "gave no answer for 3 seconds",
    "pings": "gave no answer for 3 seconds",
    "falls-silent": "gave no answer for 3 seconds",
    "breaks": "cannot be reached at http://127.0.0.1",
    "garbled": "gave an error instead of words",
    "error-inside": "gave an error instead of words: The model is overloaded",
    "empty": "gave an error instead of words",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failing_provider_is_a_failed_model_and_a_sentence(server: ChatServer, fault: str) -> None:
    with pytest.raises(ModelFailed, match=rf"^The model openai:{fault} {FAULTS[fault]}.*\.$"):
        list(served_by(server, fault).complete(ASK))


@pytest.mark.parametrize("provider", ["anthropic", "ollama"])
@pytest.mark.parametrize("fault", ["401", "404", "429-wait-60", "400", "500", "silent"])
def test_other_providers_fail_with_the_same_sentences(server: ChatServer, provider: str, fault: str) -> None:
    [model] = open_model(f"{provider}:{fault}", url=server.address, timeout=patience(fault)).models
    reason = FAULTS[fault.removesuffix("-wait-60")]
    with pytest.raises(ModelFailed, match=rf"^The model {provider}:{fault} {reason}.*\.$"):
        list(model.complete(ASK))


@pytest.mark.parametrize("provider", ["openai", "anthropic", "ollama"])
def test_a_provider_out_of_reach_is_a_failed_model(provider: str) -> None:
    [model] = open_model(f"{provider}:any", url=NOWHERE).models
    with pytest.raises(ModelFailed, match=rf"cannot be reached at {NOWHERE}"):
        list(model.complete(ASK))


# Stopping


def test_closing_the_words_stops_the_reading(server: ChatServer) -> None:
    words = served_by(server, "endless").complete(ASK)
    assert next(words) == "The"
    words.close()
    assert server.lost.wait(60)


def test_cancelling_stops_the_reading(server: ChatServer) -> None:
    cancel = Cancellation()
    words = served_by(server, "endless").complete(ASK, cancel)
    assert next(words) == "The"
    cancel.set()
    with pytest.raises(Cancelled):
        list(words)
    assert server.lost.wait(60)


def cancelled_when_asked(server: ChatServer) -> Cancellation:
    """Set as soon as the server has a request."""
    cancel = Cancellation()

    def watch() -> None:
        wait_for(lambda: bool(server.asked))
        cancel.set()

    threading.Thread(target=watch).start()
    return cancel


def test_cancelling_stops_the_waiting_for_the_first_word(server: ChatServer) -> None:
    """And the server learns of it, which may still be reading the prompt."""
    cancel = cancelled_when_asked(server)
    with pytest.raises(Cancelled):
        list(served_by(server, "silent", timeout=60).complete(ASK, cancel))
    assert server.lost.wait(60)


def test_cancelling_stops_the_pause_before_the_next_try(server: ChatServer) -> None:
    cancel = cancelled_when_asked(server)
    with pytest.raises(Cancelled):
        list(served_by(server, "429-once-wait-9").complete(ASK, cancel))
    assert len(server.asked) == 1


def test_a_source_is_ended_when_its_pieces_are_not_wanted_any_more() -> None:
    ended = threading.Event()

    async def source() -> AsyncGenerator[int]:
        try:
            yield 1
            await asyncio.sleep(3600)
        finally:
            ended.set()

    with closing(pieces(source(), Cancellation(), 60)) as numbers:
        assert next(numbers) == 1
    assert ended.wait(60)


# Tokens


@pytest.mark.parametrize(
    ("spec", "usage"),
    [
        ("openai:counts", Usage(read=4, cached=6, written=3, cost=None)),
        ("anthropic:fine", Usage(read=5, cached=2, written=4, cost=None)),
        ("ollama:fine", Usage(read=9, cached=0, written=4, cost=None)),
        ("openai:fine", Usage()),  # it tells none
    ],
)
def test_tokens_are_counted_where_the_server_tells_them(server: ChatServer, spec: str, usage: Usage) -> None:
    [model] = open_model(spec, url=server.url if spec.startswith("openai") else server.address).models
    assert model.usage() == Usage()
    for times in (usage, usage + usage):
        assert tuple(model.complete(ASK)) == WORDS
        assert model.usage() == times


# Keys and packages


def test_a_key_of_a_provider_is_not_shown_to_another_server(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "the-providers-own")
    list(served_by(server, "fine").complete(ASK))
    [model] = open_model("openai:fine", url=server.url, key="the-servers-own").models
    list(model.complete(ASK))
    assert [asked["key"] for asked in server.asked] == ["Bearer none", "Bearer the-servers-own"]


def test_address_and_key_are_for_the_first_provider_of_a_chain(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "another")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server.address)
    chain = open_model("openai:a,anthropic:b,openai:c", url=server.url, key="the-servers-own").models
    for model in chain:
        list(model.complete(ASK))
    keys = {asked["model"]: asked["key"].removeprefix("Bearer ") for asked in server.asked}
    assert keys == {"a": "the-servers-own", "b": "another", "c": "the-servers-own"}


def test_a_provider_without_its_key_is_missing_with_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ModelMissing, match="Set OPENAI_API_KEY to your key"):
        open_model("openai:gpt-5")


PACKAGES = {
    "openai": installing("providers"),
    "anthropic": installing("anthropic"),
    "ollama": installing("ollama"),
    "mistralai": "`pip install langchain-mistralai`",
}
WITHOUT_PACKAGES = """
import sys
from bot.errors import ModelMissing
from bot.model import open_model
from bot.model.messages import citations
for provider in sys.argv[1:]:
    sys.modules[f"langchain_{provider}"] = None
    try:
        open_model(f"{provider}:any")
    except ModelMissing as error:
        print(error)
"""


def test_a_provider_whose_package_is_not_here_is_missing_with_the_remedy() -> None:
    """In a process of its own: LangChain keeps what it has imported once."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PACKAGES, *PACKAGES], capture_output=True, text=True, check=True, cwd=ROOT
    )
    for said, remedy in zip(done.stdout.splitlines(), PACKAGES.values(), strict=True):
        assert remedy in said


# A chain of them, in the bot

QUESTION = "How old is the WHO, the World Health Organization?"
WHO = Article("who", "The WHO is old", "The WHO, the World Health Organization, is old. It was founded in 1948.")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("provider") / "store") as opened:
        opened.add([WHO])
        yield opened


def ask(index: Index, server: ChatServer, spec: str, question: str = QUESTION) -> tuple[Answer, str]:
    """The answer, and the words that were shown before it."""
    opened = open_model(spec, url=server.url, timeout=patience(spec))
    events = list(Bot(index, *opened.models, quotes=opened.quotes, verify="off").stream(question))
    assert isinstance(events[-1], Answer)
    return events[-1], "".join(event.text for event in events if isinstance(event, Shown))


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("401", "refused the key. Check the key, and that it may use this model."),
        ("404", "was not found at {url}. Check its name."),
        ("silent", "gave no answer for 3 seconds. Try again, or set a longer `model_timeout`."),
    ],
)
def test_a_second_model_takes_over_and_the_answer_says_why(
    index: Index, server: ChatServer, fault: str, why: str
) -> None:
    answer, shown = ask(index, server, f"openai:{fault},openai:fine")
    assert (answer.status, answer.model, shown) == (Status.ANSWERED, "openai:fine", "".join(WORDS))
    assert worded(answer.notice) == f"The model openai:{fault} {why.format(url=server.url)} So openai:fine took over."


def test_quoted_sentences_take_over_from_all(index: Index, server: ChatServer) -> None:
    answer, _ = ask(
        index, server, "openai:401,openai:404,extractive", "When was the World Health Organization founded?"
    )
    assert (answer.status, answer.model) == (Status.ANSWERED, "extractive")


def test_a_chain_that_fails_names_each(index: Index, server: ChatServer) -> None:
    answer, shown = ask(index, server, "openai:401,openai:404")
    assert (answer.status, shown) == (Status.FAILED, "")
    assert str(worded(answer.reason)).startswith("The model openai:401 refused the key.")
    assert f"The model openai:404 was not found at {server.url}." in str(worded(answer.reason))


def test_a_model_that_breaks_off_after_a_sentence_is_not_taken_over_from(index: Index, server: ChatServer) -> None:
    server.says = lambda _: "The WHO is old. It was founded in"
    answer, shown = ask(index, server, "openai:breaks,openai:fine")
    assert (answer.status, answer.model) == (Status.PARTIAL, "openai:breaks")
    assert (answer.text, shown) == ("The WHO is old. [1]", "The WHO is old.")


# Citations of a model's own


def test_what_a_model_of_anthropics_cites_is_the_first_candidate_for_the_proof(
    index: Index, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", server.address)
    monkeypatch.setenv("ANTHROPIC_API_URL", server.address)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "of-this-test")
    [model] = open_model("anthropic:cites", timeout=60).models
    excerpt = Excerpt(
        "[Article]", "who", (Evidence("who", 0, 54, WHO.text[:54]), Evidence("who", 55, 78, WHO.text[55:]))
    )
    assert model.cite
    said = list(model.cite(Prompt("Answer.", "all", excerpts=(excerpt,), question="How old is it?")))
    assert "".join(each.words for each in said) == "It dates back to 1948."
    assert said[-1] == Cited("", (excerpt.sentences[1],))
    question = "When was the WHO, the World Health Organization, founded?"
    events = list(Bot(index, model, verify="off").stream(question))
    answer = events[-1]
    assert isinstance(answer, Answer)
    asked = server.asked[-1]["messages"][-1]["content"]
    assert [each["type"] for each in asked] == ["search_result", "text"]
    assert [each["text"] for each in asked[0]["content"]][-1] == "It was founded in 1948."
    assert asked[0]["citations"] == {"enabled": True}
    assert WHO.text not in asked[1]["text"]
    assert question in asked[1]["text"]


def test_a_citation_of_what_was_not_shown_counts_for_nothing() -> None:
    excerpt = Excerpt("[Article]", "who", (Evidence("who", 0, 54, WHO.text[:54]),))
    prompt = Prompt("", "", excerpts=(excerpt,))
    for place in ((1, 0, 1), (0, 1, 2), (-1, 0, 1), (0, None, 1), (0, "0", 1)):
        names = ("search_result_index", "start_block_index", "end_block_index")
        block = {"type": "text", "text": "", "citations": [dict(zip(names, place, strict=True))]}
        assert citations(AIMessageChunk([block]), prompt) == ()  # type: ignore[call-arg]
    assert citations(AIMessageChunk("plain"), prompt) == ()  # type: ignore[call-arg]


def test_another_server_is_shown_the_excerpts_in_words(server: ChatServer) -> None:
    [model] = open_model("anthropic:fine", url=server.address).models
    excerpt = Excerpt("[Article]", "who", (Evidence("who", 0, 54, WHO.text[:54]),))
    list(model.complete(Prompt("", "All of it.", excerpts=(excerpt,), question="The question.")))
    assert server.asked[-1]["messages"][-1]["content"] == "All of it."
