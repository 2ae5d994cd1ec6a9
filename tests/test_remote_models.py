"""The embedder and the judge as a service, and replicas that hold no model."""

from __future__ import annotations

import asyncio
import base64
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import openai
import pytest
from typer.testing import CliRunner

from bot.answering.bot import Bot
from bot.classifiers.intent import classify, embedding
from bot.cli.app import app as byline
from bot.cli.models import UnguardedModels
from bot.config import Config
from bot.errors import Cancelled, JudgeElsewhere, JudgeUnreachable
from bot.inference.application import app
from bot.inference.batching import Batcher, QueueFull
from bot.inference.models import Models
from bot.judge import Judge, scorer
from bot.judge.encoder import Encoder
from bot.judge.judgement import log_odds
from bot.judge.remote import RemoteScorer
from bot.model import open_model
from bot.types import Cancellation, Prompt, Status, Usage
from bot.wording import worded
from index import Index, MiniLM, StoreMismatch
from index.embed import RemoteEmbedder, named
from index.embed.e5 import E5, PREFIX, centred
from index.errors import EmbedderElsewhere, EmbedderUnreachable
from index.remote import RETRIES
from tests.loopback import running
from tests.model_service import OtherService
from tests.small_news import ARTICLES

ROOT = Path(__file__).parent.parent
NOWHERE = "http://127.0.0.1:9"
LONG = 60.0  # seconds: a wait ends when what it waits for is there
TEXTS = [
    "The bridge reopened.",
    "",
    "中国退出世卫组织。",
    *(f"The bridge number {number} reopened. " * (number % 40) for number in range(150)),
]
CLOSED = "The harbour of Brightsea closed in 1974."
PAIRS = [
    (CLOSED, "The harbour closed."),
    (CLOSED, "The harbour is open."),
    ("中国退出世卫组织。", "中国"),
    ("Whales came.", CLOSED),
]
QUESTIONS = (
    "When did the old bridge in Vellmar reopen?",
    "Who is the mayor of Atlantis?",
    "Give me an overview of Vellmar",
    "Who won the 2018 World Cup?",
)


@pytest.fixture(scope="module")
def models() -> Models:
    return Models.of(MiniLM.name, "float32", None)


@pytest.fixture(scope="module")
def service(models: Models) -> Iterator[str]:
    with running(app(models)) as address:
        yield address


@pytest.fixture
def other() -> OtherService:
    return OtherService()


@pytest.fixture
def elsewhere(other: OtherService) -> Iterator[str]:
    with running(other.app()) as address:
        yield address


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("remote") / "store"
    with Index.open(path, embedder=MiniLM("float32")) as index:
        index.add(ARTICLES)
    return path


# What a service says is what its models say


def test_vectors_are_to_the_bit_those_of_the_model(service: str) -> None:
    remote, here = RemoteEmbedder(MiniLM.name, service), MiniLM("float32")
    np.testing.assert_array_equal(remote.embed(TEXTS), here.embed(TEXTS))
    assert remote.embed([]).shape == (0, 384)
    assert remote.count(TEXTS) == here.count(TEXTS)
    told = (remote.dimension, remote.limit, remote.languages, remote.precision)
    assert told == (here.dimension, here.limit, here.languages, here.precision)


def test_half_a_character_is_sent_as_none(service: str) -> None:
    np.testing.assert_array_equal(*RemoteEmbedder(MiniLM.name, service).embed(["half \ud800", "half ?"]))


def test_the_judge_says_to_the_bit_what_it_says_here(service: str) -> None:
    remote, here = RemoteScorer(Encoder.name, service), Encoder()
    assert list(remote.entailment(PAIRS)) == list(here.entailment(PAIRS))
    assert list(remote.answers(PAIRS)) == list(here.answers(PAIRS))
    assert None in remote.answers(PAIRS)  # Chinese
    assert remote.answers([]) == remote.entailment([]) == []
    assert Judge.load(url=service).entails(CLOSED, ["It closed."]) == Judge.load().entails(CLOSED, ["It closed."])


def test_openais_client_reads_the_embeddings(service: str) -> None:
    client = openai.OpenAI(base_url=f"{service}/v1", api_key="none")
    expected = MiniLM("float32").embed(["The bridge reopened."])[0]
    for form in ("float", "base64"):
        told = client.embeddings.create(model=MiniLM.name, input="The bridge reopened.", encoding_format=form)
        found = told.data[0].embedding
        numbers = np.frombuffer(base64.b64decode(found), "<f4") if isinstance(found, str) else np.asarray(found, "<f4")
        np.testing.assert_allclose(numbers, expected, atol=1e-7)
        assert told.usage.prompt_tokens == told.usage.total_tokens == 4
    assert [each.id for each in client.models.list()] == [MiniLM.name, Encoder.name]
    with pytest.raises(openai.BadRequestError, match="There is no model 'other' here"):
        client.embeddings.create(model="other", input="a")


def _much(body: dict[str, Any]) -> bytes:
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("/v1/embeddings", b"{", "The request cannot be read: it has to be JSON, and is none"),
        ("/v1/embeddings", b'{"model": "all-MiniLM-L6-v2", "input": [[1, 2]]}', "input"),
        ("/v1/judge", b'{"task": "guesses", "pairs": []}', "task: it has to be 'entailment' or 'answers'"),
        ("/v1/judge", b'{"task": "answers", "pairs": [["alone"]]}', "pairs.0"),
        ("/v1/embeddings", _much({"model": MiniLM.name, "input": ["a" * 100_001]}), "at most 100000 characters"),
        ("/v1/embeddings", _much({"model": MiniLM.name, "input": "a" * 100_001}), "at most 100000 characters"),
        ("/v1/judge", _much({"task": "answers", "pairs": [["a" * 100_001, "a"]]}), "at most 100000 characters"),
        ("/tokenize", _much({"model": MiniLM.name, "prompt": "a" * 100_001}), "at most 100000 characters"),
        ("/v1/judge", b" " * 16_000_001, "at most 16,000,000 bytes"),
    ],
)
def test_what_cannot_be_read_is_told(service: str, path: str, body: bytes, says: str) -> None:
    reply = httpx.post(f"{service}{path}", content=body)
    assert reply.status_code == 400
    assert says in reply.json()["error"]["message"]


def test_the_figures_count_runs_by_model(service: str, models: Models) -> None:
    RemoteScorer(Encoder.name, service).answers(PAIRS)
    shown = httpx.get(f"{service}/metrics").text
    assert models.pairs is not None
    assert f'byline_models_runs_total{{model="byline-encoder"}} {models.pairs.counts.runs}\n' in shown
    assert 'byline_models_waiting{model="all-MiniLM-L6-v2"} 0\n' in shown


def test_without_its_key_a_service_says_nothing_but_that_it_is_there(models: Models) -> None:
    with running(app(Models({MiniLM.name: models.embedder(MiniLM.name)}, None), "its key")) as address:
        assert httpx.get(f"{address}/healthz").status_code == 200
        for path in ("/v1/models", "/metrics"):
            assert httpx.get(f"{address}{path}").status_code == 401
        with pytest.raises(EmbedderUnreachable, match="it answered 401"):
            RemoteEmbedder(MiniLM.name, address, "another").embed(["a"])
        assert RemoteEmbedder(MiniLM.name, address, "its key").embed(["a"]).shape == (1, 384)
        with pytest.raises(JudgeUnreachable, match="There is no judge here"):
            RemoteScorer(Encoder.name, address, "its key").answers(PAIRS)


@pytest.mark.parametrize("environment", [{}, {"BYLINE_OPEN": "true"}])  # which opens the page, and not the models
def test_no_service_is_open_to_others_without_a_key_or_the_word(environment: dict[str, str]) -> None:
    done = CliRunner().invoke(byline, ["model", "serve", "--host", "0.0.0.0", "--port", "0"], env=environment)
    assert isinstance(done.exception, UnguardedModels)
    assert "BYLINE_SERVICE_KEY" in str(done.exception)


def test_the_command_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "model", "serve", "--port", "0"]
    environment = {"PYTHONPATH": str(ROOT), "BYLINE_SERVICE_KEY": "k", "PATH": ""}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=environment) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().removeprefix("The models are on ").split(". ")[0]
            assert RemoteEmbedder(MiniLM.name, address, "k").embed(["a"]).shape == (1, 384)
        finally:
            process.terminate()
        assert process.wait(LONG) == 0


# Requests are joined


class Model:
    """Doubles numbers. Keeps what each run was given, and waits in a run until it may go on."""

    def __init__(self) -> None:
        self.runs: list[list[int]] = []
        self.begun, self.may = threading.Semaphore(0), threading.Event()
        self.may.set()

    def __call__(self, items: Sequence[int]) -> list[int]:
        self.runs.append(list(items))
        self.begun.release()
        assert self.may.wait(LONG)
        if 13 in items:
            raise ValueError("13")
        return [2 * item for item in items]

    async def busy(self) -> None:
        """Waits until a run has begun."""
        assert await asyncio.to_thread(self.begun.acquire, timeout=LONG)


def batcher(model: Model, **named: Any) -> Batcher[int, int]:
    return Batcher(model, lambda item: item, **named)


async def soon(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONG):
        while not true():
            await asyncio.sleep(0.001)


async def test_requests_that_wait_are_one_run_in_the_order_of_their_sizes() -> None:
    model = Model()
    queue = batcher(model)
    model.may.clear()
    first = asyncio.create_task(queue.ask([1]))
    await model.busy()
    rest = [asyncio.create_task(queue.ask(items)) for items in ([5, 2], [4], [3, 6])]
    await soon(lambda: queue.waiting == 5)
    model.may.set()
    assert list(await asyncio.gather(first, *rest)) == [[2], [10, 4], [8], [6, 12]]
    assert model.runs == [[1], [6, 5, 4, 3, 2]]
    assert (queue.counts.runs, queue.counts.items, queue.counts.joined, queue.waiting) == (2, 6, 1, 0)


async def test_a_run_has_a_budget_and_a_question_does_not_wait_for_all_of_a_large_request() -> None:
    model = Model()
    queue = batcher(model, budget=20)
    model.may.clear()
    large = asyncio.create_task(queue.ask([10] * 6))
    await model.busy()
    small = asyncio.create_task(queue.ask([1]))
    await soon(lambda: queue.waiting == 5)
    model.may.set()
    assert await small == [2]
    assert not large.done()
    assert await large == [20] * 6
    assert model.runs == [[10, 10], [10, 10, 1], [10, 10]]


async def test_a_full_queue_refuses_and_takes_again() -> None:
    model = Model()
    queue = batcher(model, most=3)
    model.may.clear()
    first = asyncio.create_task(queue.ask([1]))
    await model.busy()
    waits = asyncio.create_task(queue.ask([1, 2]))
    await soon(lambda: queue.waiting == 2)
    with pytest.raises(QueueFull, match="Ask again in 1 second"):
        await queue.ask([1, 2])
    model.may.set()
    await asyncio.gather(first, waits)
    assert await queue.ask([1, 2]) == [2, 4]
    assert queue.counts.refused == 1


async def test_who_leaves_is_not_computed_for() -> None:
    model = Model()
    queue = batcher(model)
    model.may.clear()
    first = asyncio.create_task(queue.ask([1]))
    await model.busy()
    left, stays = asyncio.create_task(queue.ask([7, 7])), asyncio.create_task(queue.ask([2]))
    await soon(lambda: queue.waiting == 3)
    left.cancel()
    await soon(lambda: queue.waiting == 1)
    model.may.set()
    assert list(await asyncio.gather(first, stays)) == [[2], [4]]
    assert model.runs == [[1], [2]]
    assert queue.counts.dropped == 1


async def test_a_run_that_breaks_is_told_to_its_requests_and_the_next_goes_on() -> None:
    queue = batcher(Model())
    with pytest.raises(ValueError, match="13"):
        await queue.ask([13])
    assert await queue.ask([4]) == [8]


async def test_who_waits_when_the_queue_closes_is_cancelled() -> None:
    model = Model()
    queue = batcher(model)
    model.may.clear()
    first = asyncio.create_task(queue.ask([1]))
    await model.busy()
    waits = asyncio.create_task(queue.ask([2]))
    await soon(lambda: queue.waiting == 1)
    model.may.set()
    await queue.close()
    assert isinstance((await asyncio.gather(waits, return_exceptions=True))[0], asyncio.CancelledError)
    first.cancel()


class Held:
    """A judge's model that waits until it may go on."""

    name = Encoder.name

    def __init__(self) -> None:
        self.begun, self.may, self.read = threading.Event(), threading.Event(), list[tuple[str, str]]()

    def entailment(self, pairs: Sequence[tuple[str, str]], cancel: Cancellation | None = None) -> list[None]:  # noqa: ARG002
        self.read += pairs
        self.begun.set()
        assert self.may.wait(LONG)
        return [None] * len(pairs)

    answers = entailment


def test_a_request_that_somebody_stops_leaves_the_queue_of_the_service() -> None:
    held, cancel = Held(), Cancellation()
    models = Models({}, held)
    assert models.pairs is not None
    with running(app(models)) as address, ThreadPoolExecutor() as pool:
        remote = RemoteScorer(Encoder.name, address)
        first = pool.submit(remote.answers, [("one", "")])
        assert held.begun.wait(LONG)
        second = pool.submit(remote.answers, [("two", "")], cancel)
        waits_until(lambda: models.pairs.waiting == 1)  # type: ignore[union-attr]
        cancel.set()
        with pytest.raises(Cancelled):
            second.result(LONG)
        waits_until(lambda: models.pairs.waiting == 0)  # type: ignore[union-attr]
        held.may.set()
        assert first.result(LONG) == [None]
    assert held.read == [("one", "")]


def waits_until(true: Callable[[], bool]) -> None:
    asyncio.run(soon(true))


def test_a_busy_service_is_asked_again_after_the_time_that_it_says(other: OtherService, elsewhere: str) -> None:
    other.fails = [(429, "1"), (503, None)]
    assert RemoteEmbedder(other.name, elsewhere).embed(["a"]).shape == (1, 8)
    assert len(other.asked) == 4  # the list three times, and the vectors


# Services that fail


def test_a_service_that_stays_away_is_told_with_the_remedy() -> None:
    with pytest.raises(EmbedderUnreachable, match=f"{NOWHERE} gives no vectors: .*Start it, or correct `embedder_url`"):
        RemoteEmbedder(MiniLM.name, NOWHERE).embed(["a"])
    with pytest.raises(JudgeUnreachable, match=f"{NOWHERE} says nothing: .*Start it, or correct `judge_url`"):
        RemoteScorer(Encoder.name, NOWHERE).answers(PAIRS)


@pytest.mark.parametrize(("fails", "times"), [((503, None), RETRIES + 1), ((429, "3600"), 1), ((400, None), 1)])
def test_not_everything_is_tried_again_and_nothing_for_ever(
    other: OtherService, elsewhere: str, fails: tuple[int, str | None], times: int
) -> None:
    other.fails = [fails] * 9
    with pytest.raises(JudgeUnreachable, match=f"it answered {fails[0]}"):
        RemoteScorer(Encoder.name, elsewhere).answers(PAIRS)
    assert len(other.asked) == times


def test_stopping_closes_the_request(other: OtherService, elsewhere: str) -> None:
    other.silent, cancel = True, Cancellation()
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(RemoteScorer(Encoder.name, elsewhere).answers, PAIRS, cancel)
        assert other.reached.wait(LONG)
        cancel.set()
        with pytest.raises(Cancelled):
            asking.result(LONG)
    assert other.lost.wait(LONG)


def test_a_silent_service_is_asked_once(other: OtherService, elsewhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.remote.TIMEOUT", 0.5)
    other.silent = True
    with pytest.raises(JudgeUnreachable, match="it said nothing for"):
        RemoteScorer(Encoder.name, elsewhere).answers(PAIRS)
    assert len(other.asked) == 1


def test_a_reply_that_cannot_be_unpacked_is_told(other: OtherService, elsewhere: str) -> None:
    other.garbled = True
    with pytest.raises(JudgeUnreachable, match="cannot be unpacked"):
        RemoteScorer(Encoder.name, elsewhere).answers(PAIRS)


def test_a_service_that_is_started_anew_is_known_anew(other: OtherService, elsewhere: str) -> None:
    other.precision = "int8"
    embedder = RemoteEmbedder(other.name, elsewhere).at("int8")
    assert embedder.embed(["a"]).shape == (1, 8)
    other.precision = "float32"
    with pytest.raises(EmbedderElsewhere, match="in float32, and int8, in which the index was made"):
        embedder.embed(["a"])
    other.precision = "int8"
    assert embedder.embed(["a"]).shape == (1, 8)


def test_a_long_text_is_counted_in_parts(other: OtherService, elsewhere: str) -> None:
    assert RemoteEmbedder(other.name, elsewhere).count(["word " * 30_000]) == [30_000]


@pytest.mark.parametrize("embedding", [lambda _: "no base64", lambda _: None, lambda _: [1e39], lambda _: [0.0]])
def test_a_reply_of_another_form_is_told(other: OtherService, elsewhere: str, embedding: Callable[[Any], Any]) -> None:
    other.embedding = embedding
    with pytest.raises(EmbedderUnreachable):
        RemoteEmbedder(other.name, elsewhere).embed(["a"])


def test_a_service_with_other_models_is_told_apart(other: OtherService, elsewhere: str, service: str) -> None:
    with pytest.raises(EmbedderElsewhere, match="has org/other-model, and all-MiniLM-L6-v2 is asked for"):
        RemoteEmbedder(MiniLM.name, elsewhere).embed(["a"])
    other.name = MiniLM.name
    with pytest.raises(EmbedderElsewhere, match="vectors of 8 numbers, and one of 384"):
        RemoteEmbedder(MiniLM.name, elsewhere).embed(["a"])
    with pytest.raises(JudgeElsewhere, match="has the judge byline-encoder, and org/judge is asked for"):
        RemoteScorer("org/judge", service).answers(PAIRS)


def test_an_index_of_another_precision_is_not_asked_of(service: str, tmp_path: Path) -> None:
    with Index.open(tmp_path / "store", embedder=MiniLM("int8")) as index:
        index.add(ARTICLES[:1])
    with (
        Index.open(tmp_path / "store", embedder=named(MiniLM.name, None, service)) as index,
        pytest.raises(EmbedderElsewhere, match="in float32, and int8, in which the index was made, is asked for"),
    ):
        index.search("bridge")
    with pytest.raises(StoreMismatch, match="precision int8, not float32"):
        Index.open(tmp_path / "store", embedder=named(MiniLM.name, "float32", service))


# Other servers


def test_another_server_embeds_and_counts(other: OtherService, elsewhere: str) -> None:
    remote = RemoteEmbedder(other.name, f"{elsewhere}/v1/", "a key")
    vectors = remote.embed(TEXTS)
    raw = np.array([other.vector(text) for text in TEXTS])
    np.testing.assert_allclose(vectors, raw / np.linalg.norm(raw, axis=1, keepdims=True), atol=1e-6)
    assert (remote.dimension, remote.limit, remote.languages, remote.precision) == (8, 128, None, "float32")
    assert remote.count(["one two", "three"]) == [2, 1]
    assert {each["key"] for each in other.asked} == {"Bearer a key"}


def test_where_nobody_counts_pieces_the_bytes_do(other: OtherService, elsewhere: str) -> None:
    other.tokenizes = other.lists = False
    remote = RemoteEmbedder(other.name, elsewhere)
    assert remote.count(["abcd", "中国", ""]) == [2, 2, 0]
    assert remote.limit == 254


def test_e5_of_another_server_is_read_as_ours_is(other: OtherService, elsewhere: str) -> None:
    other.name, other.dimension = E5.name, E5.dimension
    texts = ["China has 320", "中国有320枚"]
    raw = np.array([other.vector(PREFIX + text) for text in texts], dtype=np.float32)
    unit = raw / np.linalg.norm(raw, axis=1, keepdims=True)
    np.testing.assert_allclose(RemoteEmbedder(E5.name, elsewhere).embed(texts), centred(texts, unit), atol=1e-6)


def test_an_index_is_made_and_searched_with_the_vectors_of_a_service(service: str, store: Path, tmp_path: Path) -> None:
    with Index.open(tmp_path / "store", embedder=named(MiniLM.name, None, service)) as index:
        index.add(ARTICLES)
        there = index.search(QUESTIONS[0])
    with Index.open(store) as index:
        assert index.search(QUESTIONS[0]) == there


def test_a_cross_encoder_of_another_server_judges_by_its_scores(other: OtherService, elsewhere: str) -> None:
    remote = RemoteScorer(other.name, elsewhere)
    told = remote.entailment([("a", "a"), ("a", "b")])
    assert [each and each.supported for each in told] == [log_odds(0.9), log_odds(0.2)]
    assert [each and each.answers for each in remote.answers([("a", "a")])] == [log_odds(0.9)]
    assert other.asked[-1]["path"] == "/score"


def test_the_words_of_a_server_that_is_loading_come_and_its_tokens_are_counted(
    other: OtherService, elsewhere: str
) -> None:
    other.fails = [(503, "1")]
    [model] = open_model(f"openai:{other.name}", url=f"{elsewhere}/v1", timeout=LONG).models
    assert "".join(model.complete(Prompt("Answer.", "When?"))) == "The bridge reopened."
    assert model.usage() == Usage(11, 0, 3, cost=None)


# Replicas

REPLICA = """
import json, sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
from bot.answering.bot import Bot
from bot.config import Config
from bot.render.text import to_json
store, url, *questions = sys.argv[1:]
with Bot.open(store, "extractive", Config(embedder_url=url, judge_url=url)) as bot:
    bot.warm()
    answers = [to_json(bot.answer(question)) for question in questions]
weights = [each for each in opened if each.endswith((".safetensors", ".onnx", ".gguf", "-q4.bin"))]
loaded = [each for each in ("onnxruntime", "torch", "sentence_transformers") if each in sys.modules]
print(json.dumps({"answers": answers, "weights": weights, "loaded": loaded}))
"""


def test_a_replica_loads_no_model_and_answers_the_same(service: str, store: Path) -> None:
    from bot.render.text import to_json

    command = [sys.executable, "-c", REPLICA, str(store), service, *QUESTIONS]
    told = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    assert (told["weights"], told["loaded"]) == ([], [])
    here = MiniLM("float32")  # as the service
    with Index.open(store, embedder=here) as index:
        bot = Bot(index, embed=here.embed)
        expected = [json.loads(json.dumps(to_json(bot.answer(question)))) for question in QUESTIONS]
    for answer in (*told["answers"], *expected):
        del answer["seconds"]
    assert told["answers"] == expected
    assert {each["status"] for each in expected} >= {"answered", "refused"}


def test_an_answer_that_no_model_can_be_asked_for_has_failed(store: Path, service: str) -> None:
    for config in (Config(embedder_url=NOWHERE, judge_url=service), Config(embedder_url=service, judge_url=NOWHERE)):
        with Bot.open(store, "extractive", config) as bot:
            answer = bot.answer(QUESTIONS[0])
        assert answer.status is Status.FAILED
        assert answer.reason is not None
        assert NOWHERE in worded(answer.reason)
    with Index.open(store, embedder=named(MiniLM.name, None, NOWHERE)) as index, pytest.raises(EmbedderUnreachable):
        index.search(QUESTIONS[0])


def test_requests_are_read_as_here_whatever_the_service_has(service: str, elsewhere: str) -> None:
    for text in QUESTIONS:
        assert classify(text, embedding(service, None)).request == classify(text).request
        assert classify(text, embedding(elsewhere, None)) == classify(text)  # it has no MiniLM: that of here is asked
    assert embedding(None, None) is None


def test_coverage_alone_asks_nobody() -> None:
    assert scorer("coverage", NOWHERE) is None
