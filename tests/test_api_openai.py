"""OpenAI's shapes as OpenAI's client and LangChain's read them; conversations that are kept, go on, and are deleted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from openai.types.responses import Response, ResponseOutputMessage, ResponseOutputText

from bot.answering.bot import Bot
from bot.auth.principal import Principal
from bot.auth.users import Role
from bot.errors import ModelFailed
from bot.history import History, Owner
from bot.history.file import DAY
from bot.history.responses import ResponseMissing, delete, find, turns
from bot.service.service import Service
from bot.types import Model, Usage
from index.index import Index
from tests.api_server import ANYBODY, events_of, service_of, serving
from tests.conftest import Scripted, answering
from tests.conversations import BRIDGE_QUESTION, BRIDGE_QUOTE, TRAM_QUESTION, town

KEYS = {
    "ana": Principal("ana", Role.READER),
    "ben": Principal("ben", Role.READER),
    "desk": Principal("news desk", Role.READER, ("Town hall",), "K1"),
}
BOTH = "When did the old bridge in Vellmar reopen and what did the repairs of the bridge cost?"
WRITTEN = "The old bridge in Vellmar reopened on 3 May 2021. The repairs of the bridge cost 4.2 million euros."
REFUSED = "Who won the chess match in Reykjavik?"
ABOUT_THE_FIRST = "What did [1] say about the mayor?"
TITLE = "Vellmar's old bridge reopens"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with town(tmp_path_factory.mktemp("openai")) as opened:
        opened.add_to_collection("Town hall", ["bridge"])
        opened.add_to_collection("Opinions", ["tram"])
        yield opened


@pytest.fixture(scope="module")
def service(index: Index) -> Service:
    return service_of(answering(index))


@pytest.fixture(scope="module")
def address(service: Service) -> Iterator[str]:
    with serving(service, KEYS) as found:
        yield found


@pytest.fixture(scope="module")
def script() -> Scripted:
    return Scripted()


@pytest.fixture(scope="module")
def writer(index: Index, script: Scripted) -> Bot:
    return answering(index, Model("scripted", script.complete))


@pytest.fixture(scope="module")
def written(writer: Bot) -> Iterator[str]:
    """The address of an API whose answers are written by `script`."""
    with serving(service_of(writer), KEYS) as found:
        yield found


@pytest.fixture
def writes(script: Scripted) -> None:
    script.says = lambda: iter(WRITTEN.partition(" ")[0:1] + WRITTEN.partition(" ")[1:])


def client(address: str, key: str = "ana") -> openai.OpenAI:
    return openai.OpenAI(base_url=address, api_key=key, max_retries=0, timeout=120)


def text_of(response: Response) -> ResponseOutputText:
    [item] = response.output
    assert isinstance(item, ResponseOutputMessage)
    [part] = item.content
    assert isinstance(part, ResponseOutputText)
    return part


def asked(address: str, question: str, previous: Response | None = None, key: str = "ana", **more: Any) -> Response:
    before = {"previous_response_id": previous.id} if previous else {}
    return client(address, key).responses.create(model="byline", input=question, **before, **more)  # type: ignore[call-overload]


def message(text: str, role: str = "user") -> Any:
    return {"role": role, "content": text}


# Responses


@pytest.mark.usefixtures("writes")
def test_a_response_has_an_annotation_for_each_mark(written: str) -> None:
    part = text_of(asked(written, BOTH))
    assert part.text == (
        "The old bridge in Vellmar reopened on 3 May 2021. [1] The repairs of the bridge cost 4.2 million euros. [2]"
    )
    assert [(each.type, part.text[each.start_index : each.end_index]) for each in part.annotations] == [  # type: ignore[union-attr]
        ("url_citation", "[1]"),
        ("url_citation", "[2]"),
    ]
    assert {(each.title, each.url) for each in part.annotations} == {(TITLE, "https://news.example/bridge")}  # type: ignore[union-attr]


def chatted(
    address: str, questions: Sequence[str], *, annotated: bool = False, key: str = "ana", **more: Any
) -> tuple[list[Any], Any]:
    """The messages of a talk, as a client keeps them and sends them back, and its last completion."""
    messages: list[Any] = []
    for question in questions:
        messages.append(message(question))
        last = client(address, key).chat.completions.create(model="byline", messages=messages, **more)
        said = last.choices[0].message
        kept = said.model_dump(include={"annotations"}) if annotated else {}
        messages.append({**message(said.content or "", "assistant"), **kept})
    return messages, last


def searched(completion: Any) -> str | None:
    return completion.to_dict()["byline"]["searched"]


@pytest.mark.parametrize("kept", [{"store": True}, {"annotated": True}])
def test_the_fifth_message_maps_the_marks_of_the_first(address: str, kept: dict[str, Any]) -> None:
    questions = [BRIDGE_QUESTION, "Hello!", REFUSED, "Thank you!", ABOUT_THE_FIRST]
    _, fifth = chatted(address, questions, **kept)
    assert TITLE in (searched(fifth) or "")
    assert {each["article_id"] for each in fifth.to_dict()["sources"]} <= {"bridge"}


def test_a_mark_of_which_nothing_tells_stands_for_no_article(address: str) -> None:
    messages = [message(BRIDGE_QUESTION), message("It did. [1]", "assistant"), message(ABOUT_THE_FIRST)]
    last = client(address).chat.completions.create(model="byline", messages=messages)
    assert TITLE not in (searched(last) or "")


def annotation(url: str, text: str = "It did. [1]", **more: Any) -> dict[str, Any]:
    start = text.index("[")
    return {"type": "url_citation", "url_citation": {"url": url, "start_index": start, "end_index": start + 3, **more}}


@pytest.mark.parametrize(
    ("given", "maps"),
    [
        ([annotation("byline:bridge")], True),
        ([annotation("https://news.example/bridge", article_id="bridge")], True),
        ([annotation("https://news.example/bridge")], False),  # no article has this for an id
        ([annotation("byline:bridge", end_index=3)], False),
        ([annotation("byline:nothing")], False),
        ([{"type": "url_citation", "url_citation": 7}, {"type": "file_citation"}, "x", None], False),
        ("x", False),
    ],
)
def test_annotations_tell_what_marks_stand_for(address: str, given: Any, maps: bool) -> None:
    said = {**message("It did. [1]", "assistant"), "annotations": given}
    last = client(address).chat.completions.create(
        model="byline",
        messages=[message(BRIDGE_QUESTION), said, message(ABOUT_THE_FIRST)],  # type: ignore[list-item]
    )
    assert (TITLE in (searched(last) or "")) is maps


def test_a_message_has_no_more_annotations_than_marks_can_have(address: str) -> None:
    said = {**message("It did. [1]", "assistant"), "annotations": [annotation("byline:bridge")] * 1_001}
    with pytest.raises(openai.BadRequestError, match="at most 1000 entries"):
        client(address).chat.completions.create(model="byline", messages=[message(BRIDGE_QUESTION), said, message("?")])  # type: ignore[list-item]


def test_no_annotation_names_an_article_that_may_not_be_read(address: str) -> None:
    """Its title would stand in the question."""
    said = {**message("It should. [1]", "assistant"), "annotations": [annotation("byline:tram", "It should. [1]")]}
    messages: list[Any] = [message(TRAM_QUESTION), said, message("What did [1] say about the council?")]
    scoped, whole = (
        client(address, each).chat.completions.create(model="byline", messages=messages) for each in ("desk", "ana")
    )
    assert "needs its tram back" in str(whole.to_dict())
    assert "needs its tram back" not in str(scoped.to_dict())


def test_the_output_of_a_response_that_was_not_kept_maps_its_marks(address: str) -> None:
    first = asked(address, BRIDGE_QUESTION, store=False)
    items: Any = [message(BRIDGE_QUESTION), *(each.to_dict() for each in first.output), message(ABOUT_THE_FIRST)]
    last = client(address).responses.create(model="byline", input=items, store=False)
    assert TITLE in last.to_dict()["byline"]["searched"]  # type: ignore[index]


def test_an_error_in_a_message_does_not_shift_the_next(written: str, script: Scripted) -> None:
    def fails() -> Iterator[str]:
        raise ModelFailed("The model is out.")
        yield ""

    script.says = lambda: iter([WRITTEN])
    messages, _ = chatted(written, [BRIDGE_QUESTION, REFUSED], store=True)
    expected = client(written).chat.completions.create(model="byline", messages=[*messages, message(ABOUT_THE_FIRST)])
    script.says = fails
    with pytest.raises(openai.InternalServerError):
        client(written).chat.completions.create(model="byline", messages=[*messages, message(BOTH)], store=True)
    script.says = lambda: iter([WRITTEN])
    fourth = client(written).chat.completions.create(
        model="byline", messages=[*messages, message(BOTH), message(ABOUT_THE_FIRST)]
    )
    assert fourth.choices[0].message.content == expected.choices[0].message.content
    assert fourth.to_dict()["sources"] == expected.to_dict()["sources"]
    assert TITLE in (searched(fourth) or "")


def test_a_message_that_was_taken_out_maps_nothing_and_the_others_go_on(address: str, service: Service) -> None:
    messages, _ = chatted(address, [BRIDGE_QUESTION, TRAM_QUESTION], store=True, key="ben")
    cut = [*messages[:2], message(ABOUT_THE_FIRST)]  # the client took the second turn out
    last = client(address, "ben").chat.completions.create(model="byline", messages=cut)
    assert TITLE in (searched(last) or "")
    for each in service.history.conversations(Owner("api", "ben")):  # and now the server's record is gone
        service.history.delete(each.place)
    last = client(address, "ben").chat.completions.create(model="byline", messages=cut)
    assert TITLE not in (searched(last) or "")


@pytest.mark.usefixtures("writes")
@pytest.mark.parametrize("question", [BOTH, REFUSED, "Hello!", "Give me an overview of the bridge and the tram."])
def test_a_streamed_response_is_the_same(written: str, question: str) -> None:
    once = text_of(asked(written, question))
    with client(written).responses.stream(model="byline", input=question) as stream:
        events = list(stream)
        last = text_of(stream.get_final_response())
    assert (last.text, last.annotations) == (once.text, once.annotations)
    assert [each.sequence_number for each in events] == list(range(len(events)))
    deltas = "".join(each.delta for each in events if each.type == "response.output_text.delta")
    assert deltas == once.text
    added = [each.annotation for each in events if each.type == "response.output_text.annotation.added"]
    assert [each.model_dump() for each in added] == [each.model_dump() for each in once.annotations]  # type: ignore[union-attr]


@pytest.mark.usefixtures("writes")
def test_the_events_of_a_response_come_in_their_order(written: str) -> None:
    kinds = [each.type for each in client(written).responses.create(model="byline", input=BOTH, stream=True)]
    sentence = ["response.output_text.delta", "response.output_text.annotation.added"]
    assert kinds == [
        *("response.created", "response.in_progress", "response.output_item.added", "response.content_part.added"),
        *(sentence * 2),
        *("response.output_text.done", "response.content_part.done", "response.output_item.done", "response.completed"),
    ]


def test_a_response_has_its_sources_beside_it(address: str) -> None:
    told = asked(address, BRIDGE_QUESTION).to_dict()
    assert told["citations"] == ["https://news.example/bridge"]
    [source] = told["sources"]  # type: ignore[misc]
    assert (source["mark"], source["quote"], source["article_id"]) == (1, BRIDGE_QUOTE, "bridge")  # type: ignore[has-type]
    assert told["byline"]["status"] == told["metadata"]["byline_status"] == "answered"  # type: ignore[index]


def test_an_article_without_an_address_has_one_of_bylines(address: str) -> None:
    found = text_of(asked(address, TRAM_QUESTION)).annotations
    assert {each.url for each in found if each.type == "url_citation"} == {"byline:tram"}


def test_a_refusal_is_a_text_without_annotations(address: str) -> None:
    response = asked(address, REFUSED, metadata={"mine": "kept"})
    assert text_of(response).text.startswith("The articles do not say")
    assert (response.status, text_of(response).annotations) == ("completed", [])
    assert response.metadata == {"mine": "kept", "byline_status": "refused"}


def test_what_has_no_effect_is_said(address: str) -> None:
    plain, told = asked(address, BRIDGE_QUESTION), "Answer in rhyme, and never cite."
    response = asked(address, BRIDGE_QUESTION, instructions=told, temperature=0.5, tools=[])
    assert text_of(response) == text_of(plain)
    assert response.to_dict()["byline"]["ignored"] == ["instructions", "temperature", "tools"]  # type: ignore[index]


def test_messages_are_a_question_and_what_was_said_before(address: str) -> None:
    said = [
        {"role": "developer", "content": "Be brief."},
        message(BRIDGE_QUESTION),
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": BRIDGE_QUOTE}]},
        {"role": "user", "content": [{"type": "input_text", "text": "And how much did the repairs cost?"}]},
    ]
    response = client(address).responses.create(model="byline", input=said)
    told = response.to_dict()["byline"]
    assert "When did the old bridge" in told["searched"]  # type: ignore[index]
    assert told["ignored"] == ["instructions"]  # type: ignore[index]


def test_thoughts_of_models_are_passed_over(address: str) -> None:
    said: Any = [{"type": "reasoning", "id": "rs_1", "summary": []}, message(BRIDGE_QUESTION)]
    response = client(address).responses.create(model="byline", input=said, background=False)
    assert text_of(response) == text_of(asked(address, BRIDGE_QUESTION))


@pytest.mark.usefixtures("writes")
def test_the_last_event_of_a_streamed_response_is_done(written: str) -> None:
    told = httpx.post(f"{written}/responses", json={"input": BOTH, "stream": True}, timeout=60).text
    assert told.endswith("data: [DONE]\n\n")


def test_an_answer_whose_id_cannot_be_written_is_given_with_a_notice(index: Index, tmp_path: Path) -> None:
    history = History(tmp_path / "history.sqlite3", 90)
    with history.writing() as connection:
        connection.execute("DROP TABLE response")
    with serving(service_of(answering(index), history), KEYS) as address:
        response = asked(address, BRIDGE_QUESTION)
    assert text_of(response).annotations
    assert "Nothing can go on from this response" in response.to_dict()["byline"]["notice"]  # type: ignore[index]


# Conversations


def test_a_response_that_is_fetched_again_is_equal(address: str) -> None:
    for question in (BRIDGE_QUESTION, REFUSED):
        response = asked(address, question, metadata={"a": "b"}, instructions="Rhyme.")
        assert client(address).responses.retrieve(response.id) == response


def test_the_fifth_turn_maps_the_marks_of_the_first(address: str) -> None:
    first = turn = asked(address, BRIDGE_QUESTION)
    for question in ("Hello!", REFUSED, "Thank you!"):
        turn = asked(address, question, turn)
    fifth = asked(address, ABOUT_THE_FIRST, turn)
    assert TITLE in fifth.to_dict()["byline"]["searched"]  # type: ignore[index]
    assert {each["article_id"] for each in fifth.to_dict()["sources"]} <= {"bridge"}  # type: ignore[attr-defined]
    assert client(address).responses.retrieve(first.id) == first


def test_an_error_in_a_turn_does_not_shift_the_next(written: str, script: Scripted) -> None:
    def fails() -> Iterator[str]:
        raise ModelFailed("The model is out.")
        yield ""

    script.says = lambda: iter([WRITTEN])
    second = asked(written, REFUSED, first := asked(written, BRIDGE_QUESTION))
    expected = asked(written, ABOUT_THE_FIRST, second)
    script.says = fails
    with pytest.raises(openai.InternalServerError, match="The model is out") as raised:
        asked(written, BOTH, second)
    assert raised.value.status_code == 502
    failed = list(
        client(written).responses.create(model="byline", input=BOTH, previous_response_id=second.id, stream=True)
    )[-1]
    assert failed.type == "response.failed"
    assert failed.response.error is not None
    assert failed.response.error.message == "The model is out."
    assert client(written).responses.retrieve(failed.response.id).status == "failed"
    script.says = lambda: iter([WRITTEN])
    for before in (second, failed.response):
        fourth = asked(written, ABOUT_THE_FIRST, before)
        assert text_of(fourth) == text_of(expected)
        assert fourth.to_dict()["byline"] == expected.to_dict()["byline"]
    assert client(written).responses.retrieve(first.id) == first


def test_a_deleted_turn_is_gone_and_the_others_go_on(address: str, service: Service) -> None:
    first = asked(address, BRIDGE_QUESTION)
    second = asked(address, TRAM_QUESTION, first)
    third = asked(address, REFUSED, second)
    client(address).responses.delete(second.id)
    with pytest.raises(openai.NotFoundError, match="no response"):
        client(address).responses.retrieve(second.id)
    with pytest.raises(openai.NotFoundError):
        asked(address, REFUSED, second)
    assert client(address).responses.retrieve(third.id) == third
    fourth = asked(address, ABOUT_THE_FIRST, third)
    assert TITLE in fourth.to_dict()["byline"]["searched"]  # type: ignore[index]
    told = turns(service.history, Owner("api", "ana"), fourth.id)
    assert [each.question for each in told] == [BRIDGE_QUESTION, REFUSED, ABOUT_THE_FIRST]


def test_two_principals_never_see_each_others_conversations(address: str) -> None:
    anas = asked(address, BRIDGE_QUESTION, key="ana")
    for attempt in (
        lambda: client(address, "ben").responses.retrieve(anas.id),
        lambda: client(address, "ben").responses.delete(anas.id),
        lambda: asked(address, "And the mayor?", anas, key="ben"),
        lambda: client(address, "desk").responses.retrieve(anas.id),
    ):
        with pytest.raises(openai.NotFoundError, match="no response"):
            attempt()
    assert client(address, "ana").responses.retrieve(anas.id) == anas


def test_a_conversation_may_part(address: str) -> None:
    first = asked(address, BRIDGE_QUESTION)
    asked(address, TRAM_QUESTION, first)
    other = asked(address, ABOUT_THE_FIRST, first)
    assert TITLE in other.to_dict()["byline"]["searched"]  # type: ignore[index]


def test_a_response_that_is_not_to_be_kept_is_not(address: str, service: Service) -> None:
    before = len(service.history.everybodys())
    response = asked(address, BRIDGE_QUESTION, store=False)
    assert len(service.history.everybodys()) == before
    with pytest.raises(openai.NotFoundError):
        client(address).responses.retrieve(response.id)


def test_responses_go_with_their_time_and_with_their_conversation(
    writer: Bot, script: Scripted, tmp_path: Path
) -> None:
    now = [1_600_000_000.0]
    history, owner = History(tmp_path / "history.sqlite3", 2, lambda: now[0]), Owner("api", "ana")
    script.says = lambda: iter([WRITTEN])
    with serving(service_of(writer, history), KEYS) as address:
        first = asked(address, BRIDGE_QUESTION)
        now[0] += DAY
        second = asked(address, REFUSED, first)
        assert find(history, owner, first.id).place == find(history, owner, second.id).place
        now[0] += 1.5 * DAY
        with pytest.raises(openai.NotFoundError):
            client(address).responses.retrieve(first.id)
        third = asked(address, ABOUT_THE_FIRST, second)
    assert third.to_dict()["byline"]["searched"] is None  # type: ignore[index]
    history.delete(find(history, owner, third.id).place)
    with pytest.raises(ResponseMissing):
        delete(history, owner, third.id)


# Chat completions


@pytest.mark.usefixtures("writes")
def test_a_completion_nests_its_annotations(written: str) -> None:
    completion = client(written).chat.completions.create(model="byline", messages=[message(BOTH)])
    [choice] = completion.choices
    text, found = choice.message.content or "", choice.message.annotations or []
    assert choice.finish_reason == "stop"
    assert [text[each.url_citation.start_index : each.url_citation.end_index] for each in found] == ["[1]", "[2]"]
    told = completion.to_dict()
    assert told["citations"] == [each.url_citation.url for each in found]
    assert [each["mark"] for each in told["sources"]] == [1, 2]  # type: ignore[attr-defined]


def streamed(address: str, question: str, **more: Any) -> tuple[str, list[Any], Any]:
    """The text, the annotations and the last chunk that has choices."""
    with client(address).chat.completions.stream(model="byline", messages=[message(question)], **more) as stream:
        for _ in stream:
            pass
        completion = stream.get_final_completion()
    [choice] = completion.choices
    return choice.message.content or "", choice.message.annotations or [], completion


@pytest.mark.usefixtures("writes")
@pytest.mark.parametrize("question", [BOTH, REFUSED, "Hello!", "Give me an overview of the bridge and the tram."])
@pytest.mark.parametrize(
    "stop", [None, "million", [" The repairs", "euros"], "[2]", ["2021", f"{WRITTEN[:49]} [1] The"]]
)
def test_a_streamed_completion_is_the_same(written: str, question: str, stop: Any) -> None:
    more = {"stop": stop} if stop else {}
    [once] = client(written).chat.completions.create(model="byline", messages=[message(question)], **more).choices
    text, found, _ = streamed(written, question, **more)
    assert text == (once.message.content or "")
    assert [each.url_citation for each in found] == [each.url_citation for each in once.message.annotations or []]
    assert all(text[each.url_citation.start_index : each.url_citation.end_index][0] == "[" for each in found)


@pytest.mark.usefixtures("writes")
def test_an_answer_ends_before_a_stop(written: str) -> None:
    completion = client(written).chat.completions.create(model="byline", messages=[message(BOTH)], stop=[" million"])
    [choice] = completion.choices
    assert choice.message.content == (
        "The old bridge in Vellmar reopened on 3 May 2021. [1] The repairs of the bridge cost 4.2"
    )
    assert len(choice.message.annotations or []) == len(completion.to_dict()["sources"]) == 1  # type: ignore[arg-type]


def test_a_stream_tells_its_tokens_where_it_is_asked_to(index: Index, script: Scripted) -> None:
    script.uses = Usage(read=100, cached=20, written=30)
    script.says = lambda: iter([WRITTEN])
    bot = answering(index, Model("counting", script.complete, usage=script.meter.usage))
    with serving(service_of(bot)) as address:
        once = client(address).chat.completions.create(model="byline", messages=[message(BOTH)])
        chunks = list(
            client(address).chat.completions.create(
                model="byline", messages=[message(BOTH)], stream=True, stream_options={"include_usage": True}
            )
        )
        response = asked(address, BOTH)
    assert once.usage is not None
    assert (once.usage.prompt_tokens, once.usage.completion_tokens, once.usage.total_tokens) == (120, 30, 150)
    assert (chunks[-1].choices, chunks[-1].usage) == ([], once.usage)
    assert response.usage is not None
    assert (response.usage.input_tokens, response.usage.input_tokens_details.cached_tokens) == (120, 20)


@pytest.mark.usefixtures("writes")
def test_tokens_that_nobody_counts_are_not_told(written: str) -> None:
    assert asked(written, BOTH).usage is None


def test_a_failed_completion_is_an_error(written: str, script: Scripted) -> None:
    def fails() -> Iterator[str]:
        raise ModelFailed("The model is out.")
        yield ""

    script.says = fails
    with pytest.raises(openai.InternalServerError, match="The model is out"):
        client(written).chat.completions.create(model="byline", messages=[message(BOTH)])
    with pytest.raises(openai.APIError, match="The model is out"):
        list(client(written).chat.completions.create(model="byline", messages=[message(BOTH)], stream=True))


def test_a_stream_that_is_not_openais_clients_ends_with_done(address: str) -> None:
    body = {"messages": [message(BRIDGE_QUESTION)], "stream": True}
    text = httpx.post(f"{address}/chat/completions", json=body, timeout=60).text
    assert text.endswith("data: [DONE]\n\n")
    told = [data for _, data, _ in events_of(text.removesuffix("data: [DONE]\n\n"))]
    assert sum("annotations" in choice["delta"] for each in told for choice in each["choices"]) == 1


# Models, and errors


def test_the_models_are_what_may_be_asked(address: str) -> None:
    assert [each.id for each in client(address).models.list()] == ["byline", "byline/Opinions", "byline/Town hall"]
    assert [each.id for each in client(address, "desk").models.list()] == ["byline", "byline/Town hall"]
    assert client(address).models.retrieve("byline/Town hall").object == "model"
    with pytest.raises(openai.NotFoundError):
        client(address, "desk").models.retrieve("byline/Opinions")


def test_a_model_may_be_a_collection(address: str) -> None:
    def status_of(model: str) -> Any:
        told = client(address).responses.create(model=model, input=BRIDGE_QUESTION).to_dict()["byline"]
        return told["status"], told["filters"]  # type: ignore[index]

    assert status_of("byline") == ("answered", {})
    assert status_of("byline/Opinions") == ("refused", {"collection": ["Opinions"]})


@pytest.mark.parametrize(
    ("model", "key", "error", "code"),
    [
        ("gpt-6", "ana", openai.NotFoundError, "model_not_found"),
        ("byline/", "ana", openai.NotFoundError, "model_not_found"),
        ("byline/Sports", "ana", openai.NotFoundError, "collection_missing"),
        ("byline/Opinions", "desk", openai.PermissionDeniedError, "scope_forbidden"),
        ("byline/Sports", "desk", openai.PermissionDeniedError, "scope_forbidden"),
    ],
)
def test_a_wrong_model_is_an_error(
    address: str, model: str, key: str, error: type[openai.APIStatusError], code: str
) -> None:
    attempts = (
        lambda: client(address, key).responses.create(model=model, input=BRIDGE_QUESTION),
        lambda: client(address, key).responses.create(model=model, input=BRIDGE_QUESTION, stream=True),
        lambda: client(address, key).chat.completions.create(model=model, messages=[message(BRIDGE_QUESTION)]),
        lambda: client(address, key).responses.create(model=model, input="Hello!"),
    )
    for attempt in attempts:
        with pytest.raises(error) as raised:
            attempt()
        assert raised.value.code == code


def test_a_question_that_cannot_be_asked_is_an_error(address: str) -> None:
    for text in ("", "?", "a" * 3_000):
        with pytest.raises(openai.BadRequestError):
            asked(address, text)
    with pytest.raises(openai.BadRequestError, match="role `user`"):
        client(address).chat.completions.create(model="byline", messages=[message("Yes.", "assistant")])
    with pytest.raises(openai.BadRequestError, match="one collection and the filters another"):
        client(address).responses.create(
            model="byline/Opinions", input=BRIDGE_QUESTION, extra_body={"byline": {"collection": "Town hall"}}
        )


# LangChain


@pytest.mark.usefixtures("writes")
@pytest.mark.parametrize("of_responses", [False, True])
def test_langchain_reads_the_same_text(written: str, of_responses: bool) -> None:
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    model = ChatOpenAI(
        model="byline", base_url=written, api_key=SecretStr("ana"), use_responses_api=of_responses, max_retries=0
    )
    once = model.invoke(BOTH)
    pieces = list(model.stream(BOTH))
    assert once.text == "".join(str(each.text) for each in pieces) == text_of(asked(written, BOTH)).text
    if of_responses:
        [block] = once.content_blocks
        assert [each["title"] for each in block["annotations"]] == [TITLE, TITLE]  # type: ignore[typeddict-item]


def test_anybodys_conversations_are_theirs(service: Service) -> None:
    with serving(service) as address:
        assert client(address).responses.retrieve(asked(address, BRIDGE_QUESTION).id).status == "completed"
    assert any(each.place.owner.key == ANYBODY.owner for each in service.history.everybodys())
