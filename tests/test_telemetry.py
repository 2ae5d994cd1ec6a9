"""What operators see of a server: its figures, its traces, its log, and ids of requests."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.answering.bot import Bot
from bot.auth.keys import Keys
from bot.auth.users import Role, Users
from bot.cli.surfaces import gates, metrics_program
from bot.config import read
from bot.errors import SettingInvalid
from bot.service.service import Surface
from bot.telemetry import conventions as gen_ai
from bot.telemetry import logs
from bot.telemetry.telemetry import Telemetry
from bot.telemetry.traces import Protocol, Traces, spans
from bot.types import Answer, Status, Timings
from bot.web import connections
from bot.web.access import Access
from index.index import Index
from tests.conftest import WordEmbeddings
from tests.loopback import running, wait_until_ready
from tests.serving import PASSWORD, QUESTION, serving
from tests.small_news import ARTICLES

LOCAL = Access(questions=1000)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("seen") / "store", embedder=WordEmbeddings()) as opened:
        opened.add(ARTICLES)
        yield opened


@contextmanager
def served(
    index: Index, telemetry: Telemetry, access: Access = LOCAL, *, local: bool = True, open: bool = False, **named: Any
) -> Iterator[httpx.Client]:
    figures = metrics_program(telemetry.metrics, local=local, open=open)
    made = gates(Keys(Path(index.path)), None, figures)
    with (
        serving(Bot(index), access=access, gates=made, telemetry=telemetry, **named) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        wait_until_ready(client)
        yield client


def figures_of(client: httpx.Client) -> dict[tuple[str, ...], float]:
    """Each figure by its name and the values of its labels, in the order of the labels' names."""
    found = text_string_to_metric_families(client.get("/metrics").text)
    return {(one.name, *one.labels.values()): one.value for each in found for one in each.samples}


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def ask(client: httpx.Client, question: str = QUESTION, **headers: str) -> httpx.Response:
    return client.post("/v1/ask", json={"question": question}, headers=headers)


async def ask_by_mcp(address: str) -> None:
    from mcp import Client

    async with Client(address) as client:
        await client.call_tool("ask", {"question": QUESTION})


def test_answers_are_counted_by_surface_and_outcome_with_their_seconds_and_scores(index: Index) -> None:
    with served(index, Telemetry()) as client:
        statuses = [ask(client, each).json()["status"] for each in (QUESTION, QUESTION, "Who is the king of Spain?")]
        asyncio.run(ask_by_mcp(f"{client.base_url}mcp"))
        found = figures_of(client)
    assert statuses == ["answered", "answered", "refused"]
    assert found["byline_questions_total", "answered", "api"] == 2
    assert found["byline_questions_total", "refused", "api"] == 1
    assert found["byline_questions_total", "answered", "mcp"] == 1
    assert found["byline_step_seconds_count", "total"] == 4
    assert found["byline_judge_score_count", "support"] >= 3
    assert found["byline_judge_score_count", "decide"] >= 1
    assert found["byline_index_articles",] == len(ARTICLES)
    assert found["byline_index_generation",] == index.generation
    assert (found["byline_answers_running",], found["byline_answers_at_once",]) == (0, 8)
    assert found["byline_requests_total", "200", "api"] == 3


def test_what_is_refused_is_counted_by_why(index: Index) -> None:
    with served(index, Telemetry(), Access(questions=1)) as client:
        assert [ask(client).status_code for _ in range(3)] == [200, 429, 429]
        found = figures_of(client)
    assert found["byline_paced_total",] == 2
    assert found["byline_busy_total",] == 0
    assert found["byline_requests_total", "429", "api"] == 2


def test_nothing_that_people_say_is_in_the_figures(index: Index) -> None:
    keys = Keys(Path(index.path))
    _, secret = keys.create("press office")
    with served(index, Telemetry()) as client:
        ask(client, "Who is zyxwv?", **bearer(secret))
        client.get("/v1/zyxwv")
        client.get("/zyxwv", headers={"x-request-id": "zyxwv"})
        told = client.get("/metrics").text
    assert "zyxwv" not in told
    assert "press office" not in told


def test_the_figures_are_for_admins_and_for_anybody_on_this_machine_where_nobody_signs_in(
    index: Index, tmp_path: Path
) -> None:
    users, keys = Users(tmp_path / "users.json"), Keys(Path(index.path))
    users.put("reader", Role.READER, PASSWORD)
    reader, admin = (keys.create("a program", role)[1] for role in (Role.READER, Role.ADMIN))

    def statuses(access: Access, **named: Any) -> list[int]:
        with served(index, Telemetry(), access, **named) as client:
            return [client.get("/metrics", headers=each).status_code for each in ({}, bearer(reader), bearer(admin))]

    assert statuses(LOCAL) == [200, 403, 200]
    assert statuses(LOCAL, local=False) == [403, 403, 200]
    assert statuses(Access(users=users)) == [401, 403, 200]
    assert statuses(Access(users=users), open=True) == [200, 200, 200]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the log has said, in lines of JSON."""
    before, stream = logging.getLogger().handlers[:], io.StringIO()
    level = logging.getLogger().level
    logs.log_json(stream)
    yield stream
    logging.basicConfig(handlers=before, level=level, force=True)
    logging.getLogger(logs.__name__).setLevel(logging.NOTSET)


def lines_of(log: io.StringIO, event: str) -> list[dict[str, Any]]:
    return [told for line in log.getvalue().splitlines() if (told := json.loads(line))["event"] == event]


def test_each_request_has_an_id_and_a_line_that_names_its_route_and_no_secret(index: Index, log: io.StringIO) -> None:
    key, secret = Keys(Path(index.path)).create("press office")
    with served(index, Telemetry()) as client:
        own = ask(client, **bearer(secret), **{"x-request-id": "from-the-proxy_1"})
        client.get("/v1/search", params={"query": "zyxwv"})
        client.get("/share/zyxwv")
        given = [
            client.get("/healthz", headers={b"x-request-id": each.encode()}) for each in ("", "a b", "x" * 65, "é")
        ]
    assert own.headers["x-request-id"] == "from-the-proxy_1"
    ids = {each.headers["x-request-id"] for each in given}
    assert len(ids) == 4
    assert all(len(each) == 16 and each.isalnum() for each in ids)
    told = next(each for each in lines_of(log, "request") if each["id"] == "from-the-proxy_1")
    assert (told["surface"], told["method"], told["route"], told["status"]) == ("api", "POST", "/v1/ask", 200)
    assert told["key"] == key.id
    assert "/share/{key}" in [each["route"] for each in lines_of(log, "request")]
    for each in (secret, "press office", "zyxwv", QUESTION):
        assert each not in log.getvalue()


def test_the_log_has_questions_only_where_it_is_told_to(index: Index, log: io.StringIO) -> None:
    for log_questions in (False, True):
        with served(index, Telemetry(log_questions=log_questions)) as client:
            ask(client)
    without, asked = lines_of(log, "answer")
    assert (without["surface"], without["outcome"], without["model"]) == ("api", "answered", "extractive")
    assert "question" not in without
    assert asked["question"] == QUESTION


def test_a_line_of_the_log_stays_one_line(log: io.StringIO) -> None:
    logging.getLogger("x").warning("a\nb\x1b[31m \u2028")
    try:
        raise ValueError("c\nd")
    except ValueError:
        logging.getLogger("x").exception("it broke")
    first, second = log.getvalue().splitlines()
    assert json.loads(first)["event"] == "a\nb\x1b[31m \u2028"
    assert "ValueError: c" in json.loads(second)["traceback"]


# Traces


@contextmanager
def collector() -> Iterator[tuple[str, list[Any]]]:
    """The address of a collector that takes OTLP over gRPC, and what it was sent."""
    import grpc
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as messages
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc as services

    class Service(services.TraceServiceServicer):
        def Export(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
            sent.extend(request.resource_spans)
            return messages.ExportTraceServiceResponse()

    sent: list[Any] = []
    server = grpc.server(ThreadPoolExecutor(2))
    services.add_TraceServiceServicer_to_server(Service(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"http://127.0.0.1:{port}", sent
    server.stop(0).wait()


@contextmanager
def collector_of_http() -> Iterator[tuple[str, list[Any]]]:
    """As `collector`, for OTLP over HTTP."""
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from threading import Thread

    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2 as messages

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            known = self.path == "/v1/traces" and self.headers["content-type"] == "application/x-protobuf"
            if known:
                sent.extend(messages.ExportTraceServiceRequest.FromString(body).resource_spans)
            self.send_response(200 if known else 404)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    sent: list[Any] = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", sent
        finally:
            server.shutdown()


COLLECTORS: Any = {"grpc": collector, "http/protobuf": collector_of_http}


def sent_by(index: Index, protocol: Protocol = "grpc", *, content: bool) -> tuple[list[Any], str]:
    with COLLECTORS[protocol]() as (endpoint, sent):
        traces = Traces(endpoint, protocol, content=content)
        with served(index, Telemetry(traces=traces)) as client:
            assert ask(client).json()["status"] == "answered"
        traces.close()
        (resource,) = sent
        (scope,) = resource.scope_spans
        return list(scope.spans), f"{resource} {scope.schema_url}"


@pytest.mark.parametrize("protocol", COLLECTORS)
def test_an_answer_is_a_trace_of_which_a_collector_learns_no_words(index: Index, protocol: Protocol) -> None:
    found, told = sent_by(index, protocol, content=False)
    whole, retrieval = sorted(found, key=lambda each: len(each.parent_span_id))
    assert (whole.name, retrieval.name) == ("invoke_agent Byline", "retrieval")
    assert retrieval.parent_span_id == whole.span_id
    assert whole.start_time_unix_nano == retrieval.start_time_unix_nano
    assert retrieval.end_time_unix_nano <= whole.end_time_unix_nano
    attributes = {each.key: each.value.string_value for each in whole.attributes}
    assert attributes[gen_ai.OPERATION] == "invoke_agent"
    assert (attributes[gen_ai.SURFACE], attributes[gen_ai.STATUS]) == ("api", "answered")
    assert gen_ai.SCHEMA_URL in told
    assert "byline" in told
    for word in ("bridge", "Vellmar"):
        assert word not in told


def test_a_collector_learns_the_words_where_the_operator_asks_for_them(index: Index) -> None:
    _, told = sent_by(index, content=True)
    assert QUESTION in told
    assert gen_ai.DOCUMENTS in told


def test_a_model_that_spoke_has_a_span_and_a_failure_is_an_error() -> None:
    timings = Timings(0.1, 0.25, 0.75, 2.0)
    names = [each.name for each in spans(Surface.WEB, Answer("q", Status.ANSWERED, "a", "openai:m", timings=timings))]
    assert names == ["invoke_agent Byline", "retrieval", "chat openai:m"]
    *_, chat = spans(Surface.WEB, Answer("q", Status.ANSWERED, "a", "openai:m", timings=timings))
    assert (chat.start, chat.end, chat.attributes[gen_ai.TIME_TO_FIRST_CHUNK]) == (0.25, 2.0, 0.5)
    assert chat.attributes[gen_ai.PROVIDER] == "openai"
    failed = list(spans(Surface.WEB, Answer("q", Status.FAILED, "", "extractive", timings=Timings(total=0.1))))
    assert [(each.name, each.failed) for each in failed] == [("invoke_agent Byline", True)]


def test_without_a_collector_no_tracing_is_loaded() -> None:
    code = (
        "import sys; from bot.telemetry.telemetry import Telemetry; import bot.telemetry.traces; Telemetry(); "
        "print([each for each in sys.modules if each.startswith('opentelemetry')])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_collector_is_named_by_a_setting_or_by_opentelemetrys_own_variables() -> None:
    general, traces = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
    assert read(environ={}).otel_endpoint is None
    assert read(environ={general: "http://a"}).otel_endpoint == "http://a"
    assert read(environ={general: "http://a", traces: "http://b"}).otel_endpoint == "http://b"
    assert read(environ={traces: "http://b", "BYLINE_OTEL_ENDPOINT": "http://c"}).otel_endpoint == "http://c"
    assert read(environ={}).otel_protocol == "grpc"
    assert read(environ={"OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf"}).otel_protocol == "http/protobuf"
    with pytest.raises(SettingInvalid, match="OTEL_EXPORTER_OTLP_PROTOCOL"):
        read(environ={"OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"})


# Connections


@contextmanager
def bounded() -> Iterator[tuple[str, int]]:
    """The address of a server with our protocol."""
    from starlette.applications import Starlette
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route

    async def hello(_: Any) -> PlainTextResponse:
        return PlainTextResponse("hello")

    app = Starlette(routes=[Route("/", hello)])
    options = {"http": connections.bounded_http(), "lifespan": "off", "timeout_graceful_shutdown": None}
    with running(app, log_level="critical", **options) as address:
        host, _, port = address.removeprefix("http://").partition(":")
        yield host, int(port)


def test_a_client_that_sends_no_request_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEADERS_WITHIN", 0.2)
    with bounded() as address, socket.create_connection(address, timeout=60) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ")
        assert slow.recv(1) == b""
        assert httpx.get(f"http://{address[0]}:{address[1]}/").text == "hello"


def test_an_idle_connection_is_kept_and_where_many_are_open_those_that_become_idle_are_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "CROWDED", 1)
    monkeypatch.setattr(connections, "KEEP_ALIVE", 600)
    monkeypatch.setattr(connections, "KEEP_ALIVE_CROWDED", 0.1)

    def asks(connection: socket.socket) -> bytes:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        said = b""
        while not said.endswith(b"hello"):
            more = connection.recv(1000)
            assert more
            said += more
        return said

    with bounded() as address, socket.create_connection(address, timeout=60) as first:
        asks(first)
        with socket.create_connection(address, timeout=60) as second:
            asks(second)
            assert second.recv(1) == b""
        assert asks(first).startswith(b"HTTP/1.1 200")


def test_headers_without_end_are_refused() -> None:
    with bounded() as address, socket.create_connection(address, timeout=60) as large:
        large.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X-Large: " + b"x" * (2 * connections.HEADERS))
        assert large.recv(100).startswith(b"HTTP/1.1 400")
