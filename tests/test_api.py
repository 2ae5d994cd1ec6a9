"""Byline's own routes on a real server: answers as the commands give them, streams that go on, errors that say why."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event
from time import sleep
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from bot.answering.bot import Bot
from bot.api import replies, streams
from bot.api.streams import EventStream
from bot.auth.principal import Principal
from bot.auth.users import Role
from bot.errors import Cancelled, ModelFailed
from bot.history import History
from bot.model import Opened
from bot.render.text import passages_json, report_json, to_json
from bot.runtime.threads import TookTooLong, awaited
from bot.service.service import Busy, Service
from bot.types import Cancellation, Model, Usage
from index.errors import DatabaseUnreachable
from index.index import Index
from tests.api_server import Endless, events_of, service_of, serving
from tests.conftest import Scripted, answering
from tests.conversations import BRIDGE_QUESTION, town

SENTENCES = ("The old bridge in Vellmar reopened on 3 May 2021. ", "The repairs of the bridge cost 4.2 million euros. ")
SCOPED = Principal("news desk", Role.READER, ("Town hall",), "K1")
KEYS = {"ana": Principal("ana", Role.READER), "ben": Principal("ben", Role.READER), "desk": SCOPED}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with town(tmp_path_factory.mktemp("api")) as opened:
        opened.add_to_collection("Town hall", ["bridge"])
        opened.add_to_collection("Opinions", ["tram"])
        yield opened


@pytest.fixture(scope="module")
def bot(index: Index) -> Bot:
    return answering(index)


@pytest.fixture(scope="module")
def service(bot: Bot) -> Service:
    return service_of(bot)


@pytest.fixture(scope="module")
def client(service: Service) -> Iterator[httpx.Client]:
    with serving(service, KEYS) as address, httpx.Client(base_url=address, timeout=120) as opened:
        yield opened


def key(name: str) -> dict[str, str]:
    return {"authorization": f"Bearer {name}"}


def writing(script: Scripted, index: Index) -> Bot:
    return answering(index, Model("scripted", script.complete))


def freed(service: Service) -> None:
    while service.slots.held:
        sleep(0.01)


def without_times(told: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in told.items() if name not in ("seconds", "conversation", "number", "tokens")}


# The same as the commands


def test_an_answer_is_the_json_of_the_command(client: httpx.Client, bot: Bot) -> None:
    told = client.post("/ask", json={"question": BRIDGE_QUESTION}).json()
    assert without_times(told) == without_times(to_json(bot.answer(BRIDGE_QUESTION)))
    assert told["citations"]


def test_options_are_those_of_the_command(client: httpx.Client) -> None:
    body = {"question": "What about the tram and the bridge?", "as": "list", "collection": "Opinions", "strict": True}
    told = client.post("/ask", json=body).json()
    assert (told["request"], told["filters"]) == ("list", {"collection": ["Opinions"]})
    assert {each["article_id"] for each in told["passages"]} == {"tram"}


def test_a_refusal_is_an_answer_without_citations(client: httpx.Client) -> None:
    found = client.post("/ask", json={"question": "Who won the chess match in Reykjavik?"})
    assert (found.status_code, found.json()["status"], found.json()["citations"]) == (200, "refused", [])


def test_streamed_and_not_streamed_are_the_same(client: httpx.Client) -> None:
    once = client.post("/ask", json={"question": BRIDGE_QUESTION}).json()
    found = events_of(client.post("/ask", json={"question": BRIDGE_QUESTION, "stream": True}).text)
    assert [name for name, _, _ in found] == ["evidence", "words", "answer"]
    assert without_times(dict(found[-1][1])) == without_times(once)
    assert found[1][1]["citations"] == once["citations"]


def test_a_conversation_goes_on_and_is_nobody_elses(client: httpx.Client) -> None:
    first = client.post("/ask", json={"question": BRIDGE_QUESTION, "conversation": "walk"}, headers=key("ana")).json()
    follow = {"question": "What did [1] say about the mayor?", "conversation": "walk"}
    assert first["conversation"] == "walk"
    assert "Vellmar's old bridge reopens" in client.post("/ask", json=follow, headers=key("ana")).json()["searched"]
    assert client.post("/ask", json=follow, headers=key("ben")).json()["searched"] is None


def test_a_search_finds_what_the_command_finds(client: httpx.Client, index: Index) -> None:
    query = {"query": "repairs of the bridge", "k": "2"}
    by_query, by_body = client.get("/search", params=query).json(), client.post("/search", json=query).json()
    assert by_query == by_body
    assert by_query["passages"] == passages_json(index.search("repairs of the bridge", 2))
    assert by_query["articles"][0]["id"] == "bridge"


def test_a_check_is_the_json_of_the_command(client: httpx.Client, bot: Bot) -> None:
    text = "The old bridge in Vellmar reopened on 3 May 2021. The mayor wept."
    told = client.post("/verify", json={"text": text}).json()
    assert told == report_json(bot.verify(text))
    assert [each["state"] for each in told["sentences"]] == ["supported", "unsupported"]
    found = events_of(client.post("/verify", json={"text": text, "stream": True}).text)
    assert [name for name, _, _ in found] == ["sentence", "sentence", "report"]
    assert found[-1][1] == told
    assert [data["sentence"] for _, data, _ in found[:-1]] == told["sentences"]


# Who may read what


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/ask", {"question": BRIDGE_QUESTION}),
        ("/search", {"query": "bridge"}),
        ("/verify", {"text": "The bridge reopened."}),
        ("/responses", {"input": BRIDGE_QUESTION, "byline": {}}),
        ("/chat/completions", {"messages": [{"role": "user", "content": BRIDGE_QUESTION}], "byline": {}}),
    ],
)
def test_a_wrong_collection_is_an_error(client: httpx.Client, path: str, body: dict[str, object]) -> None:
    def asked_within(name: str, who: str) -> httpx.Response:
        told = {**body, "byline": {"collection": name}} if "byline" in body else {**body, "collection": name}
        return client.post(path, json=told, headers=key(who))

    assert asked_within("Town hall", "desk").status_code == 200
    missing, outside = asked_within("Sports", "ana"), asked_within("Opinions", "desk")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "collection_missing")
    assert (outside.status_code, outside.json()["error"]["code"]) == (403, "scope_forbidden")


def test_a_scoped_key_reads_its_collections_alone(client: httpx.Client) -> None:
    about = "What should the town council of Vellmar do about the tram?"
    assert client.post("/ask", json={"question": about}, headers=key("ana")).json()["status"] == "answered"
    told = client.post("/ask", json={"question": about}, headers=key("desk")).json()
    assert told["status"] == "refused"
    assert {each["article_id"] for each in (*told["passages"], *told["nearest"])} <= {"bridge"}
    assert client.get("/search", params={"query": "tram"}, headers=key("desk")).json()["filters"] == {
        "collection": ["Town hall"]
    }


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/ask", {"question": BRIDGE_QUESTION}),
        ("/search", {"query": "bridge"}),
        ("/verify", {"text": "The bridge reopened."}),
        ("/chat/completions", {"messages": [{"role": "user", "content": BRIDGE_QUESTION}]}),
    ],
)
def test_a_scoped_key_learns_of_no_article_outside(client: httpx.Client, path: str, body: dict[str, object]) -> None:
    def asked(article: str) -> httpx.Response:
        limits = {"article": article}
        given = {**body, "byline": limits} if path == "/chat/completions" else {**body, **limits}
        return client.post(path, json=given, headers=key("desk"))

    outside, missing = asked("tram"), asked("nowhere")
    assert (outside.status_code, outside.text) == (404, missing.text.replace("nowhere", "tram"))
    assert asked("bridge").status_code == 200


def test_nobody_without_a_key_names_a_conversation_or_goes_on_with_anothers(client: httpx.Client) -> None:
    refused = client.post("/ask", json={"question": BRIDGE_QUESTION, "conversation": "1"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "conversation_not_given")
    first = client.post("/ask", json={"question": BRIDGE_QUESTION}).json()
    assert len(first["conversation"]) == 32
    follow = {"question": "What did [1] say about the mayor?", "conversation": first["conversation"]}
    assert client.post("/ask", json=follow).json()["conversation"] == first["conversation"]


# Streams that broke


@pytest.fixture
def gate() -> Event:
    return Event()


@pytest.fixture
def halting(index: Index, gate: Event) -> Service:
    """A model that writes its second sentence when it is let."""

    def says() -> Iterator[str]:
        yield SENTENCES[0] + SENTENCES[1][:10]  # a sentence has ended when the next has begun
        gate.wait(60)
        yield SENTENCES[1][10:]

    script = Scripted()
    script.says = says
    return service_of(writing(script, index))


QUESTION = "When did the old bridge in Vellmar reopen and what did the repairs of the bridge cost?"


def first_events(client: httpx.Client, wanted: str) -> list[str]:
    """The ids up to the first event of a name, of a stream that then breaks."""
    ids, name = [], ""
    with client.stream("POST", "/ask", json={"question": QUESTION, "stream": True}) as opened:
        for line in opened.iter_lines():
            ids += [line.removeprefix("id: ")] if line.startswith("id: ") else []
            name = line.removeprefix("event: ") if line.startswith("event: ") else name
            if not line and name == wanted:
                return ids
    raise AssertionError(f"no event {wanted}")


def test_a_stream_that_broke_is_taken_up(halting: Service, gate: Event) -> None:
    with serving(halting, KEYS) as address, httpx.Client(base_url=address, timeout=60, headers=key("ana")) as client:
        seen = first_events(client, "words")
        gate.set()
        body, last = {"question": QUESTION, "stream": True}, {"last-event-id": seen[-1]}
        rest = events_of(client.post("/ask", json=body, headers=last).text)
        stream_id = seen[0].partition(":")[0]
        whole = events_of(client.get(f"/streams/{stream_id}").text)
        assert [each[2] for each in whole] == [*seen, *(each[2] for each in rest)]
        assert [name for name, _, _ in whole] == ["evidence", "words", "words", "answer"]
        said = [data for name, data, _ in whole if name == "words"]
        assert whole[-1][1]["text"] == "".join(f"{each['text']} [{each['citations'][0]['mark']}]" for each in said)
        for other in (key("ben"), {"last-event-id": "nothing:1", **key("ana")}):
            found = client.get(
                "/streams/nothing" if "last-event-id" in other else f"/streams/{stream_id}", headers=other
            )
            assert (found.status_code, found.json()["error"]["code"]) == (404, "stream_missing")


def test_a_stream_that_is_silent_shows_that_it_lives(
    halting: Service, gate: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replies, "SILENCE", 0.01)
    body = {"messages": [{"role": "user", "content": QUESTION}], "stream": True}
    read = ""
    with (
        serving(halting) as address,
        httpx.stream("POST", f"{address}/chat/completions", json=body, timeout=60) as opened,
    ):
        for text in opened.iter_text():
            read += text
            if replies.COMMENT.decode() in read:
                gate.set()
    assert read.endswith("data: [DONE]\n\n")


def test_a_stream_that_nobody_takes_up_ends(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "GRACE", 0.05)
    endless = Endless()
    service = service_of(answering(index, Model("endless", endless.complete)))
    with serving(service) as address, httpx.Client(base_url=address, timeout=60) as client:
        seen = first_events(client, "evidence")
        assert endless.stopped.wait(60)
        freed(service)
        stream_id = seen[0].partition(":")[0]
        name, told, _ = events_of(client.get(f"/streams/{stream_id}").text)[-1]
        assert (name, told["error"]["code"]) == ("error", "stream_unread")


async def test_a_stream_that_is_left_twice_waits_anew_each_time() -> None:
    stream = EventStream("ana")
    stream.work = asyncio.create_task(asyncio.Event().wait())  # type: ignore[arg-type]
    timers = []  # type: ignore[var-annotated]
    for _ in "12":
        listening = stream.after(0)
        stream.add(b"words")
        await anext(listening)
        assert stream.giving_up is None
        await listening.aclose()
        timers.append(stream.giving_up)
    first, second = timers
    assert first
    assert second
    assert (first.cancelled(), second.cancelled()) == (True, False)
    second.cancel()
    stream.work.cancel()


# Under load


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/ask", {"question": BRIDGE_QUESTION}),
        ("/responses", {"input": BRIDGE_QUESTION}),
        ("/responses", {"input": BRIDGE_QUESTION, "stream": True}),
        ("/chat/completions", {"messages": [{"role": "user", "content": BRIDGE_QUESTION}]}),
        ("/chat/completions", {"messages": [{"role": "user", "content": BRIDGE_QUESTION}], "stream": True}),
    ],
)
def test_a_client_that_leaves_stops_the_model(index: Index, path: str, body: dict[str, object]) -> None:
    endless = Endless()
    service = service_of(answering(index, Model("endless", endless.complete)), at_once=1)
    with serving(service) as address:
        parts = urlsplit(address)
        leaving = http.client.HTTPConnection(parts.netloc)
        leaving.request("POST", f"{parts.path}{path}", json.dumps(body), {"content-type": "application/json"})
        assert endless.began.wait(60)
        busy = httpx.post(f"{address}{path}", json=body)
        assert (busy.status_code, busy.json()["error"]["code"]) == (429, "busy")
        assert int(busy.headers["retry-after"]) > 0
        leaving.sock.close()
        leaving.close()
        assert endless.stopped.wait(60)
        freed(service)


def test_each_of_two_questions_at_once_is_told_its_own_tokens(index: Index) -> None:
    began, released = Event(), Event()

    def says() -> Iterator[str]:
        if not began.is_set():
            began.set()
            released.wait(60)
        yield SENTENCES[0]

    script = Scripted(Usage(read=100, written=30, cost=0.25))
    script.says = says
    service = service_of(answering(index, Model("counting", script.complete, usage=script.meter.usage)))
    with serving(service) as address, ThreadPoolExecutor(1) as threads:

        def tokens() -> object:
            return httpx.post(f"{address}/ask", json={"question": BRIDGE_QUESTION}, timeout=60).json()["tokens"]

        first = threads.submit(tokens)
        assert began.wait(60)
        once = {"read": 100, "cached": 0, "written": 30, "cost": 0.25}
        assert tokens() == once
        released.set()
        assert first.result() == once


def test_a_question_names_one_of_the_models_that_are_offered(index: Index) -> None:
    usual, other = Scripted(), Scripted()
    usual.says, other.says = lambda: iter([SENTENCES[0]]), lambda: iter([SENTENCES[1]])
    choices = {"other": Opened((Model("other", other.complete),)), "extractive": Opened(quotes=True)}
    service = service_of(answering(index, Model("usual", usual.complete), choices=choices))
    with serving(service) as address:

        def answered(**more: str) -> dict[str, Any]:
            body: dict[str, Any] = httpx.post(f"{address}/ask", json={"question": BRIDGE_QUESTION, **more}).json()
            return body

        assert answered()["model"] == "usual"
        assert answered(model="other")["model"] == "other"
        assert answered(model="extractive")["model"] == "extractive"
        assert "those that are: other, extractive." in answered(model="dearest")["error"]["message"]


def test_too_many_questions_are_told_when_to_come_again(bot: Bot) -> None:
    with serving(service_of(bot, a_minute=1), KEYS) as address:
        asked = [httpx.post(f"{address}/ask", json={"question": BRIDGE_QUESTION}, headers=key("ana")) for _ in "12"]
        other = httpx.post(f"{address}/ask", json={"question": BRIDGE_QUESTION}, headers=key("ben"))
    assert [each.status_code for each in (*asked, other)] == [200, 429, 200]
    assert asked[1].json()["error"]["type"] == "rate_limit_error"
    assert 0 < int(asked[1].headers["retry-after"]) <= 60


@pytest.mark.parametrize("path", ["/search?query=bridge", "/gaps"])
def test_a_search_and_a_look_for_gaps_count_as_questions(bot: Bot, path: str) -> None:
    editor = {"ed": Principal("ed", Role.EDITOR)}
    with serving(service_of(bot, a_minute=2), editor) as address:
        asked = [httpx.get(f"{address}{path}", headers=key("ed"), timeout=60) for _ in "123"]
        question = httpx.post(f"{address}/ask", json={"question": BRIDGE_QUESTION}, headers=key("ed"))
    assert [each.status_code for each in (*asked, question)] == [200, 200, 429, 429]
    assert asked[2].json()["error"]["code"] == "too_often"


# An answer that takes too long


async def test_work_whose_time_is_up_is_stopped_and_holds_what_is_around_it_until_it_ends() -> None:
    """Also where it does not heed that it is stopped."""
    steps: list[str] = []
    let, ended = Event(), Event()

    @contextmanager
    def around() -> Iterator[None]:
        steps.append("begun")
        yield
        steps.append("left")
        ended.set()

    def work(cancel: Cancellation) -> Generator[str]:
        let.wait(60)
        steps.append("stopped" if cancel.is_set() else "done")
        raise Cancelled
        yield ""

    cancel = Cancellation()
    with pytest.raises(TookTooLong, match=r"within 0\.1 seconds.*`answer_timeout`"):
        await anext(awaited(work(cancel), cancel, around(), 0.1))
    assert steps == ["begun"]
    let.set()
    assert await asyncio.to_thread(ended.wait, 60)
    assert steps == ["begun", "stopped", "left"]


async def test_what_is_turned_away_begins_no_work() -> None:
    begun: list[str] = []

    @contextmanager
    def full() -> Iterator[None]:
        raise Busy(1)
        yield

    def work() -> Generator[str]:
        begun.append("begun")
        yield ""

    with pytest.raises(Busy):
        await anext(awaited(work(), Cancellation(), full()))
    assert begun == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/ask", {"question": BRIDGE_QUESTION}),
        ("/ask", {"question": BRIDGE_QUESTION, "stream": True}),
        ("/responses", {"input": BRIDGE_QUESTION}),
        ("/responses", {"input": BRIDGE_QUESTION, "stream": True}),
        ("/chat/completions", {"messages": [{"role": "user", "content": BRIDGE_QUESTION}]}),
        ("/chat/completions", {"messages": [{"role": "user", "content": BRIDGE_QUESTION}], "stream": True}),
    ],
)
def test_an_answer_that_takes_too_long_is_an_error_and_stops_the_model(
    index: Index, path: str, body: dict[str, object]
) -> None:
    endless = Endless()
    service = replace(service_of(answering(index, Model("endless", endless.complete)), at_once=1), seconds=2)
    with serving(service) as address:
        reply = httpx.post(f"{address}{path}", json=body, timeout=300)
        freed(service)
    assert not endless.began.is_set() or endless.stopped.is_set()
    assert "was not done within 2 seconds" in reply.text
    if reply.headers["content-type"].startswith("application/json"):  # nothing of it had come yet
        assert (reply.status_code, reply.json()["error"]["code"]) == (504, "took_too_long")
    else:
        told = events_of(reply.text.replace("data: [DONE]\n\n", ""))
        assert told[-1][0] == {"/ask": "error", "/responses": "response.failed", "/chat/completions": ""}[path]


# Errors


def test_a_failed_answer_is_an_error_with_its_json(index: Index) -> None:
    def fails() -> Iterator[str]:
        raise ModelFailed("The model is out.")
        yield ""

    script = Scripted()
    script.says = fails
    with serving(service_of(writing(script, index))) as address:
        found = httpx.post(f"{address}/ask", json={"question": BRIDGE_QUESTION}, timeout=60)
        streamed = events_of(
            httpx.post(f"{address}/ask", json={"question": BRIDGE_QUESTION, "stream": True}, timeout=60).text
        )
    assert (found.status_code, found.json()["status"]) == (502, "failed")
    assert found.json()["error"]["message"] == "The model is out."
    assert (streamed[-1][0], streamed[-1][1]["error"]) == ("error", found.json()["error"])


def test_an_answer_that_a_database_kept_from_may_be_asked_for_again(index: Index) -> None:
    def fails() -> Iterator[str]:
        raise DatabaseUnreachable("db.example/news", "it is being started")
        yield ""

    script = Scripted()
    script.says = fails
    with serving(service_of(writing(script, index))) as address:
        ask, chat = ({"question": BRIDGE_QUESTION}, {"messages": [{"role": "user", "content": BRIDGE_QUESTION}]})
        asked = [
            httpx.post(f"{address}/ask", json=ask, timeout=60),
            httpx.post(f"{address}/chat/completions", json={"model": "byline", **chat}, timeout=60),
            httpx.post(f"{address}/responses", json={"model": "byline", "input": BRIDGE_QUESTION}, timeout=60),
        ]
    for found in asked:
        assert (found.status_code, found.headers["retry-after"]) == (503, "5")
        assert found.json()["error"]["code"] == "database_unreachable"


def test_a_bug_is_told_by_a_reference(index: Index, caplog: pytest.LogCaptureFixture) -> None:
    def breaks() -> Iterator[str]:
        raise RuntimeError("secret words")
        yield ""

    script = Scripted()
    script.says = breaks
    with serving(service_of(writing(script, index))) as address:
        found = httpx.post(f"{address}/ask", json={"question": BRIDGE_QUESTION}, timeout=60)
        streamed = httpx.post(f"{address}/ask", json={"question": BRIDGE_QUESTION, "stream": True}, timeout=60).text
    assert found.status_code == 500
    assert "secret words" not in found.text + streamed
    reference = found.json()["error"]["message"].rpartition(" ")[2].rstrip(".")
    assert reference in caplog.text


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("/ask", b"{", None),
        ("/ask", b"{}", "question"),
        ("/ask", b'{"question": 5}', "question"),
        ("/ask", b'{"question": "Who?", "since": "yesterday"}', "since"),
        ("/ask", b'{"question": "Who?", "as": "poem"}', "as"),
        ("/ask", b'{"question": "\\ud800"}', "question"),
        ("/search", b'{"query": "bridge", "k": 0}', "k"),
        ("/verify", b'{"text": ["a"]}', "text"),
        ("/responses", b'{"input": [{"role": "nobody", "content": "Who?"}]}', "input.0.role"),
        ("/responses", b'{"input": "Who?", "conversation": "conv_1"}', "conversation"),
        ("/responses", b'{"input": "Who?", "background": true}', "background"),
        ("/chat/completions", b'{"messages": []}', "messages"),
        ("/chat/completions", b'{"messages": [{"role": "user", "content": "Who?"}], "n": 2}', "n"),
    ],
)
def test_a_wrong_type_is_an_error_in_openais_form(
    client: httpx.Client, path: str, body: bytes, param: str | None
) -> None:
    found = client.post(path, content=body, headers={"content-type": "application/json"})
    assert found.status_code == 400
    error = found.json()["error"]
    assert (error["type"], error["code"]) == ("invalid_request_error", "invalid_value")
    assert param is None or error["param"] == param


ASKED = {"messages": [{"role": "user", "content": BRIDGE_QUESTION}]}


@pytest.mark.parametrize(
    ("method", "path", "sent", "told"),
    [
        ("POST", "/ask", {"question": BRIDGE_QUESTION, "colection": "x"}, "colection is not known (did you mean col"),
        ("POST", "/ask", {"qestion": BRIDGE_QUESTION}, "qestion is not known (did you mean question?)"),
        ("POST", "/ask", {"question": BRIDGE_QUESTION, "colour": {"a": 1}}, "colour is not known; known: outlet, "),
        ("POST", "/search", {"query": "bridge", "outlets": "x"}, "outlets is not known (did you mean outlet?)"),
        ("GET", "/search", {"query": "bridge", "outlets": "x"}, "outlets is not known (did you mean outlet?)"),
        (
            "POST",
            "/verify",
            {"text": "It reopened.", "untill": "2020-01-01"},
            "untill is not known (did you mean until?)",
        ),
        ("GET", "/articles", {"langauge": "en"}, "langauge is not known (did you mean language?)"),
        ("POST", "/articles", {"articles": [], "adresses": []}, "adresses is not known (did you mean addresses?)"),
        ("POST", "/articles", {"id": "a", "title": "A title"}, "article 1 has no `text`"),
        ("DELETE", "/articles/bridge", {"purged": "true"}, "purged is not known (did you mean purge?)"),
        ("POST", "/collections", {"name": "New", "article": ["bridge"]}, "did you mean articles?"),
        ("POST", "/collections", {"name": "New", "rules": [{"outlets": "x"}]}, "rules.0: outlets is not known"),
        ("DELETE", "/collections/Opinions", {"articles": "tram"}, "articles is not known (did you mean article?)"),
        ("POST", "/feedback", {"good": True, "respose": "x"}, "respose is not known (did you mean response?)"),
        ("GET", "/gaps", {"sinse": "2020-01-01"}, "sinse is not known (did you mean since?)"),
        ("GET", "/feedback", {"strat": "1"}, "strat is not known (did you mean start?)"),
        ("POST", "/chat/completions", {**ASKED, "byline": {"outlets": "x"}}, "byline: outlets is not known"),
    ],
)
def test_a_field_that_is_not_known_is_an_error_and_the_nearest_is_named(
    client: httpx.Client, index: Index, method: str, path: str, sent: dict[str, object], told: str
) -> None:
    before = index.generation
    found = client.request(method, path, **{"json" if method == "POST" else "params": sent})  # type: ignore[arg-type]
    assert found.status_code == 400
    assert told in found.json()["error"]["message"]
    assert index.generation == before


@pytest.mark.parametrize("path", ["/responses", "/chat/completions"])
def test_in_openais_shapes_fields_that_are_not_known_are_passed_over(client: httpx.Client, path: str) -> None:
    asked = ASKED if path == "/chat/completions" else {"input": BRIDGE_QUESTION}
    told = client.post(path, json={**asked, "colour": {"a": 1}}).json()
    assert told["byline"]["ignored"] == ["colour"]


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/ask", {"question": BRIDGE_QUESTION, "outlet": "Nope"}),
        ("/ask", {"question": BRIDGE_QUESTION, "outlet": "Nope", "stream": True}),
        ("/search", {"query": "bridge", "outlet": "Nope"}),
        ("/verify", {"text": "The bridge reopened.", "outlet": "Nope"}),
        ("/chat/completions", {**ASKED, "byline": {"outlet": "Nope"}}),
        ("/responses", {"input": BRIDGE_QUESTION, "byline": {"outlet": "Nope"}}),
    ],
)
def test_limits_that_leave_no_article_are_an_error(
    bot: Bot, client: httpx.Client, path: str, sent: dict[str, object]
) -> None:
    found = client.post(path, json=sent)
    assert (found.status_code, found.json()["error"]["code"]) == (404, "nothing_within")
    told = "No article lies within these limits: outlet Nope. Correct them, or leave some out."
    assert found.json()["error"]["message"] == told
    history = History.in_memory()
    with serving(service_of(bot, history)) as address:
        assert httpx.post(f"{address}{path}", json=sent).status_code == 404
    assert history.everybodys() == ()


def test_limits_that_leave_no_article_of_a_scope_are_told_by_what_was_asked_alone(client: httpx.Client) -> None:
    asked = {"question": BRIDGE_QUESTION, "since": "2090-01-01", "author": ["A", "B"]}
    found = client.post("/ask", json=asked, headers=key("desk"))
    assert "these limits: author A, author B, since 2090-01-01. " in found.json()["error"]["message"]


def test_an_empty_index_is_not_blamed_on_the_limits(tmp_path: Path) -> None:
    with Index.open(tmp_path / "S") as empty, serving(service_of(answering(empty))) as address:
        told = httpx.post(f"{address}/ask", json={"question": BRIDGE_QUESTION, "outlet": "Nope"}, timeout=60).json()
    assert told["status"] == "refused"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("DELETE", "/ask", 405)])
def test_an_address_that_is_not_there_is_an_error_in_openais_form(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    found = client.request(method, path)
    assert (found.status_code, found.json()["error"]["type"]) == (status, "invalid_request_error")


def test_an_article_is_data_in_json_and_in_events(client: httpx.Client) -> None:
    found = client.post("/ask", json={"question": "Did the harbour of Vellmar close in April 2019?", "stream": True})
    assert found.headers["content-type"].startswith("text/event-stream")
    assert [name for name, _, _ in events_of(found.text)][-1] == "answer"
    assert found.text.isascii()


# The page


def test_the_page_shows_every_route_and_loads_nothing(client: httpx.Client) -> None:
    document, page = client.get("/openapi.json").json(), client.get("/docs").text
    assert all(path in page for path in document["paths"])
    assert "src=" not in page
    assert "://" not in page.replace("https://news.example/bridge", "")


def test_the_page_shows_code_as_code(client: httpx.Client) -> None:
    page = client.get("/docs").text
    assert "Send a key as <code>Authorization: Bearer byl_…</code>." in page
    assert "`" not in re.sub(r"<pre>.*?</pre>", "", page, flags=re.DOTALL)


def test_conversations_are_kept_in_the_history(bot: Bot, tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite3", 90)
    with serving(service_of(bot, history), KEYS) as address:
        told = httpx.post(f"{address}/ask", json={"question": BRIDGE_QUESTION}, headers=key("ana")).json()
    [conversation] = history.everybodys()
    [record] = history.records(conversation.place)
    assert (conversation.place.owner.surface, conversation.place.owner.key) == ("api", "ana")
    assert (conversation.place.name, record.number) == (told["conversation"], told["number"])
    assert record.answer is not None
    assert without_times(to_json(record.answer)) == without_times(told)
