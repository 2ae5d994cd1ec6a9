"""Byline over MCP: the official client, in both eras of the protocol, over HTTP and stdio, against the real server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from subprocess import PIPE
from threading import Event
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import jsonschema
import pytest

from bot.errors import SettingInvalid
from bot.history import Owner, Place
from bot.mcp import Protected
from bot.mcp.card import CARD, html
from bot.mcp.resources import address_of
from bot.mcp.tools import TOOLS, described
from bot.render.text import article_json, collection_json, passages_json, report_json, to_json
from bot.service.service import Service
from bot.types import Cancellation, Model, Prompt
from index import Article, Filters, Index
from index.types import Kind
from tests.conftest import WordEmbeddings, answering
from tests.mcp_server import ERAS, READER, SCOPED, client, mcp_serving, service_of, timeless
from tests.serving import QUESTION, QUOTE
from tests.small_news import ARTICLES, BRIDGE, HOSTILE, TRAM
from tests.stores import numbered
from tests.test_cli import ROOT, Run, articles, run, store  # noqa: F401  (fixtures)

if TYPE_CHECKING:
    from mcp import Client
    from mcp_types import CallToolResult
    from playwright.sync_api import Page

TEXT = "The old bridge in Vellmar reopened on 3 May 2021. The pope cut the ribbon."

every_era = pytest.mark.parametrize("era", ERAS)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("mcp") / "store", embedder=WordEmbeddings()) as opened:
        opened.add(ARTICLES)
        opened.add_to_collection("Opinions", rules=(Filters(kind=(Kind.OPINION,)),))
        opened.add_to_collection("Bridges", [BRIDGE.id])
        yield opened


@pytest.fixture(scope="module")
def service(index: Index) -> Service:
    return service_of(answering(index))


@pytest.fixture(scope="module")
def address(service: Service) -> Iterator[str]:
    with mcp_serving(service) as served:
        yield served


def said(result: CallToolResult) -> str:
    """The text of a result."""
    [content] = result.content
    assert content.type == "text"
    return content.text


def stated(result: CallToolResult) -> Any:
    """The JSON of a result that is no error."""
    assert not result.is_error, said(result)
    return result.structured_content


# What is there


@every_era
async def test_both_eras_find_the_same_tools_on_one_address(address: str, era: str) -> None:
    async with client(address, era) as asked:
        tools = (await asked.list_tools()).tools
        assert asked.protocol_version == era
        assert "material to judge" in (asked.instructions or "")
    assert [each.name for each in tools] == [each.name for each in TOOLS]
    assert all(each.annotations and each.annotations.read_only_hint for each in tools)
    assert all(each.title and each.description and each.output_schema for each in tools)
    cards = {each.name: each.meta for each in tools if each.meta}
    assert cards == {name: {"ui": {"resourceUri": CARD}} for name in ("ask", "verify")}


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_the_schemas_of_a_tool_are_schemas(tool: Any) -> None:
    told = described(tool)
    for schema in (told.input_schema, told.output_schema):
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["type"] == "object"  # type: ignore[index]
        assert schema["additionalProperties"] is False  # type: ignore[index]


# The same as elsewhere


@every_era
async def test_an_answer_is_the_json_of_the_command_line_and_its_text_reads_by_itself(
    address: str, service: Service, era: str
) -> None:
    async with client(address, era) as asked:
        result = await asked.call_tool("ask", {"question": QUESTION})
    assert timeless(stated(result)) == timeless(to_json(service.bot().answer(QUESTION)))
    assert said(result).startswith(f"{QUOTE} [1]\n\n[1] “{QUOTE}” — Vellmar's old bridge reopens.")
    assert said(result).endswith("Tom Okafor, Vellmar Courier, 4 May 2021. https://news.example/bridge")


@every_era
async def test_a_refusal_is_no_error_and_names_the_nearest_articles(address: str, era: str) -> None:
    async with client(address, era) as asked:
        result = await asked.call_tool("ask", {"question": "Who is the pope?"})
    assert stated(result)["status"] == "refused"
    assert BRIDGE.title in said(result)


@every_era
async def test_a_sentence_that_no_article_supports_says_so_in_the_text(index: Index, era: str) -> None:
    def says(prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:  # noqa: ARG001
        yield TEXT

    with mcp_serving(service_of(answering(index, Model("scripted", says)))) as served:
        async with client(served, era) as asked:
            result = await asked.call_tool("ask", {"question": QUESTION})
    assert stated(result)["status"] == "partial"
    first, second = TEXT.split(". ")
    assert said(result).startswith(f"{first}. [1] {second} (No article says this.)\n\n[1] “")


@every_era
async def test_each_tool_gives_what_the_command_line_gives(address: str, service: Service, era: str) -> None:
    bot, found = service.bot(), service.bot().index.search("bridge", 2)
    async with client(address, era) as asked:
        report = await asked.call_tool("verify", {"text": TEXT})
        passages = await asked.call_tool("search_articles", {"query": "bridge", "k": 2})
        article = await asked.call_tool("get_article", {"id": HOSTILE.id})
        collections = await asked.call_tool("list_collections")
    assert stated(report) == report_json(bot.verify(TEXT))
    assert "not found: The pope cut the ribbon.\n\n[1] “" in said(report)
    assert stated(passages)["passages"] == passages_json(found)
    assert stated(passages)["articles"] == [article_json(bot.index.article(each.passage.article_id)) for each in found]
    assert f"id: {BRIDGE.id}\n" in said(passages)
    assert stated(article) == article_json(bot.index.article(HOSTILE.id), text=True)
    assert stated(collections)["collections"] == [
        collection_json(each, bot.index.collected(each.name)) for each in bot.index.collections()
    ]
    assert said(collections) == "Bridges: 1 articles\nOpinions: 1 articles"


@every_era
async def test_a_connector_finds_documents_and_fetches_them(address: str, era: str) -> None:
    async with client(address, era) as asked:
        found = await asked.call_tool("search", {"query": "the tram of Vellmar"})
        [tram] = [each for each in stated(found)["results"] if each["id"] == TRAM.id]
        document = await asked.call_tool("fetch", {"id": tram["id"]})
    assert json.loads(said(found)) == stated(found)
    assert len({each["id"] for each in stated(found)["results"]}) == len(stated(found)["results"])
    assert tram == {"id": TRAM.id, "title": TRAM.title, "url": address_of(TRAM.id)}  # its own is no web address
    assert json.loads(said(document)) == stated(document)
    assert stated(document) == {
        **tram,
        "text": TRAM.text,
        "metadata": {"author": "Ada Lind", "outlet": "Vellmar Courier", "published": "2021-06-01", "kind": "opinion",
                     "language": "en"},
    }  # fmt: skip


@every_era
async def test_kinds_lengths_and_filters_reach_the_question(address: str, era: str) -> None:
    filters = {"outlet": ["Vellmar Courier"], "since": "2021-05-01", "until": "2021-05-31"}
    async with client(address, era) as asked:
        result = await asked.call_tool(
            "ask", {"question": "Vellmar", "as": "overview", "length": "shorter", "filters": filters}
        )
    assert (stated(result)["request"], stated(result)["filters"]) == ("overview", filters)
    assert {each["article_id"] for each in stated(result)["passages"]} == {BRIDGE.id}


@every_era
async def test_progress_tells_of_the_evidence_and_of_each_sentence(address: str, era: str) -> None:
    told: list[tuple[float, float | None, str | None]] = []

    async def tell(done: float, total: float | None, message: str | None) -> None:
        told.append((done, total, message))

    async with client(address, era) as asked:
        await asked.call_tool("ask", {"question": QUESTION}, progress_callback=tell)  # type: ignore[arg-type]
        answer = told.copy()
        told.clear()
        await asked.call_tool("verify", {"text": TEXT}, progress_callback=tell)  # type: ignore[arg-type]
    assert [message for _, _, message in answer] == ["Found 1 sentences of evidence in 3 articles.", f"{QUOTE} [1]"]
    assert [done for done, _, _ in answer] == [1, 2]
    assert [(done, total) for done, total, _ in told] == [(0, 2), (1, 2), (2, 2)]


@every_era
async def test_a_conversation_goes_on_by_its_name_and_belongs_to_whoever_began_it(
    address: str, service: Service, era: str
) -> None:
    name = f"talk of {era}"
    async with client(address, era) as asked, client(address, era, "s") as other:
        for question in (QUESTION, "What did the repairs cost?"):
            stated(await asked.call_tool("ask", {"question": question, "conversation": name}))
        stated(await other.call_tool("ask", {"question": "Who wants a tram?", "conversation": name}))
    mine, theirs = (Place(Owner("api", who.owner), name) for who in (READER, SCOPED))
    assert [each.question for each in service.history.records(mine)] == [QUESTION, "What did the repairs cost?"]
    assert [each.question for each in service.history.records(theirs)] == ["Who wants a tram?"]


# What goes wrong

WRONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "a collection that is not there": ("ask", {"question": QUESTION, "collection": "No"}, "no collection 'No'"),
    "an empty collection": ("ask", {"question": QUESTION, "collection": ""}, "no collection ''"),
    "a collection of a search": (
        "search_articles", {"query": "bridge", "filters": {"collection": ["No"]}}, "no collection 'No'",
    ),
    "a collection of a check": ("verify", {"text": TEXT, "filters": {"collection": ["No"]}}, "no collection 'No'"),
    "talk within a collection": ("ask", {"question": "Hello!", "collection": "No"}, "no collection 'No'"),
    "an argument of another tool": (
        "ask", {"query": QUESTION}, "query is not known; known: question, as, length, collection, strict, model,",
    ),
    "an argument of none": ("list_collections", {"name": "x"}, "name is not known; known: none"),
    "a misspelt limit": ("ask", {"question": QUESTION, "colection": "Bridges"}, "colection is not known (did you mean"),
    "a misspelt filter": (
        "search_articles", {"query": "x", "filters": {"outlets": ["x"]}}, "(did you mean outlet?); known: outlet, auth",
    ),
    "limits that leave no article": (
        "ask", {"question": QUESTION, "filters": {"outlet": ["Nope"]}}, "these limits: outlet Nope. Correct them",
    ),
    "a search that leaves none": ("search_articles", {"query": "x", "filters": {"author": ["Nope"]}}, "author Nope"),
    "a check that leaves none": ("verify", {"text": TEXT, "filters": {"since": "2090-01-01"}}, "since 2090-01-01"),
    "a collection named twice": (
        "ask", {"question": QUESTION, "collection": "Bridges", "filters": {"collection": ["Opinions"]}}, "named twice",
    ),
    "an article that is not there": ("get_article", {"id": "no"}, "no article 'no'"),
    "a document that is not there": ("fetch", {"id": "../../etc/passwd"}, "no article '../../etc/passwd'"),
    "an article of the filters": ("ask", {"question": QUESTION, "filters": {"article": ["no"]}}, "no article 'no'"),
    "no question": ("ask", {}, "question is missing"),
    "an empty question": ("ask", {"question": " "}, "There is no question."),
    "a long question": ("ask", {"question": "a" * 2001}, "at most 2,000"),
    "an empty text": ("verify", {"text": "…"}, "There is no text to check."),
    "a kind that is none": ("ask", {"question": QUESTION, "as": "poem"}, "as: give one of short"),
    "a kind of article": ("ask", {"question": QUESTION, "filters": {"kind": ["gossip"]}}, "filters.kind.0"),
    "a day that is none": ("ask", {"question": QUESTION, "filters": {"since": "soon"}}, "filters.since"),
    "too many passages": ("search_articles", {"query": "bridge", "k": 101}, "k has to be 100 or less"),
}  # fmt: skip


@every_era
@pytest.mark.parametrize("case", WRONG)
async def test_what_cannot_be_asked_is_an_error_with_a_sentence_and_nothing_is_searched(
    address: str, era: str, case: str
) -> None:
    tool, arguments, told = WRONG[case]
    async with client(address, era) as asked:
        result = await asked.call_tool(tool, arguments)
    assert (result.is_error, result.structured_content) == (True, None)
    assert told in said(result)


@every_era
async def test_a_tool_that_is_not_there_is_an_error_of_the_protocol(address: str, era: str) -> None:
    from mcp import MCPError

    async with client(address, era) as asked:
        with pytest.raises(MCPError, match="There is no tool 'sing' here") as error:
            await asked.call_tool("sing")
    assert error.value.code == -32602


@every_era
async def test_a_model_that_fails_is_an_error_with_its_reason(index: Index, era: str) -> None:
    from bot.errors import ModelFailed

    def fail(prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:  # noqa: ARG001
        raise ModelFailed("The model is out of order.")
        yield

    with mcp_serving(service_of(answering(index, Model("failing", fail)))) as served:
        async with client(served, era) as asked:
            result = await asked.call_tool("ask", {"question": QUESTION})
    assert (result.is_error, said(result)) == (True, "The model is out of order.")
    assert result.structured_content["status"] == "failed"


@every_era
async def test_a_bug_is_told_by_a_reference_and_its_traceback_stays_in_the_log(
    index: Index, era: str, caplog: pytest.LogCaptureFixture
) -> None:
    from mcp import MCPError

    def broken() -> Any:
        raise RuntimeError("a secret of the machine")

    with mcp_serving(replace(service_of(answering(index)), bot=broken)) as served:
        async with client(served, era) as asked:
            told = [said(await asked.call_tool("ask", {"question": QUESTION}))]
            for call in (asked.list_resources(), asked.read_resource(address_of(BRIDGE.id))):
                with pytest.raises(MCPError) as error:
                    await call
                told.append(str(error.value))
    assert "secret" not in "".join(told)
    for each in told:
        assert f"(ref {each.rpartition(' ')[2].rstrip('.')})" in caplog.text
    assert "a secret of the machine" in caplog.text


@every_era
async def test_more_answers_than_may_be_given_at_once_are_turned_away(index: Index, era: str) -> None:
    service = service_of(answering(index), slots=1)
    with mcp_serving(service) as served:
        async with client(served, era) as asked:
            with service.slots.slot():
                busy = [await asked.call_tool(name, arguments) for name, arguments in ASKED.items()]
            stated(await asked.call_tool("ask", ASKED["ask"]))
    assert all(each.is_error and "as many as it may at once" in said(each) for each in busy)


ASKED: dict[str, dict[str, Any]] = {
    "ask": {"question": QUESTION},
    "verify": {"text": TEXT},
    "search_articles": {"query": "x"},
    "search": {"query": "x"},
}


@every_era
async def test_whoever_asks_too_often_is_told_when_to_ask_again(index: Index, era: str) -> None:
    service = replace(service_of(answering(index)), pace=lambda _: 7)
    with mcp_serving(service) as served:
        async with client(served, era) as asked:
            result = await asked.call_tool("ask", {"question": QUESTION})
    assert (result.is_error, said(result)) == (True, "reader asked too often. Ask again in 7 seconds.")


@every_era
@pytest.mark.parametrize("way", ["http", "in process"])
async def test_whoever_stops_waiting_stops_the_model(index: Index, era: str, way: str) -> None:
    from mcp import Client

    from bot.mcp.server import build

    begun, stopped = Event(), Event()

    def slow(prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:  # noqa: ARG001
        begun.set()
        assert cancel
        while not cancel.is_set():
            stopped.wait(0.01)
        stopped.set()
        yield "Too late."

    async def ask(asked: Client) -> None:
        async with asked, anyio.create_task_group() as group:
            group.start_soon(asked.call_tool, "ask", {"question": QUESTION})
            assert await anyio.to_thread.run_sync(begun.wait, 60)
            group.cancel_scope.cancel()
        assert await anyio.to_thread.run_sync(stopped.wait, 60)

    service = service_of(answering(index, Model("slow", slow)))
    if way == "http":
        with mcp_serving(service) as served:
            await ask(client(served, era))
    else:
        await ask(Client(build(service, READER), mode=ERAS[era]))


# Who may read what


@every_era
async def test_a_scoped_principal_finds_reads_and_is_told_of_its_collections_only(address: str, era: str) -> None:
    async with client(address, era, "s") as asked:
        answer = await asked.call_tool("ask", {"question": QUESTION})
        report = await asked.call_tool("verify", {"text": TEXT})
        passages = await asked.call_tool("search_articles", {"query": "bridge"})
        results = await asked.call_tool("search", {"query": "bridge"})
        collections = await asked.call_tool("list_collections")
        hidden = [await asked.call_tool(tool, {"id": BRIDGE.id}) for tool in ("get_article", "fetch")]
        missing = await asked.call_tool("get_article", {"id": "no"})
        outside = await asked.call_tool("ask", {"question": QUESTION, "collection": "Bridges"})
        listed = await asked.list_resources()
    assert (stated(answer)["status"], stated(answer)["filters"]) == ("refused", {"collection": ["Opinions"]})
    assert BRIDGE.title not in said(answer)
    assert stated(report)["counts"]["supported"] == 0
    assert {each["article_id"] for each in stated(passages)["passages"]} == {TRAM.id}
    assert [each["id"] for each in stated(results)["results"]] == [TRAM.id]
    assert [each["name"] for each in stated(collections)["collections"]] == ["Opinions"]
    assert [said(each) for each in hidden] == [said(missing).replace("'no'", "'bridge'")] * 2
    assert outside.is_error
    assert "may not read the collection 'Bridges'" in said(outside)
    assert [each.name for each in listed.resources] == [TRAM.id]


@every_era
async def test_a_scoped_principal_reads_no_other_resource(address: str, era: str) -> None:
    from mcp import MCPError

    async with client(address, era, "s") as asked:
        await asked.read_resource(address_of(TRAM.id))
        with pytest.raises(MCPError, match="no article 'bridge'"):
            await asked.read_resource(address_of(BRIDGE.id))


def test_a_session_of_the_era_before_belongs_to_whoever_began_it(address: str) -> None:
    def post(token: str, method: str, **headers: str) -> httpx.Response:
        hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": hello if method == "initialize" else {}}
        accept = {"accept": "application/json, text/event-stream", "authorization": f"Bearer {token}"}
        return httpx.post(address, json=body, headers={**accept, **headers})

    session = {"mcp-session-id": post("r", "initialize").headers["mcp-session-id"]}
    assert post("r", "tools/list", **session).status_code == 200
    assert post("s", "tools/list", **session).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://127.0.0.1:7860"}, 200),
        ({"host": "evil.example"}, 421),
        ({"host": "localhost.evil.example:80"}, 421),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
    ],
)
def test_pages_of_other_names_are_turned_away_in_both_eras(address: str, headers: dict[str, str], status: int) -> None:
    accept = {"accept": "application/json, text/event-stream"}
    params = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
    before = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}
    meta = {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    }
    now = {"jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": {"_meta": meta}}
    version = {"mcp-protocol-version": "2026-07-28", "mcp-method": "server/discover"}
    assert httpx.post(address, json=before, headers={**accept, **headers}).status_code == status
    assert httpx.post(address, json=now, headers={**accept, **version, **headers}).status_code == status


def test_the_metadata_names_the_authorization_server_where_there_is_one(service: Service, address: str) -> None:
    protected = Protected("https://byline.example/mcp", ("https://login.example/",))
    with mcp_serving(service, protected=protected) as served:
        root = served.removesuffix("/mcp")
        found = [httpx.get(f"{root}/.well-known/oauth-protected-resource{path}").json() for path in ("/mcp", "")]
    assert found[0] == found[1]
    assert found[0]["resource"] == "https://byline.example/mcp"
    assert found[0]["authorization_servers"] == ["https://login.example/"]
    nowhere = address.removesuffix("/mcp") + "/.well-known/oauth-protected-resource"
    assert httpx.get(nowhere).status_code == 404


@pytest.mark.parametrize(
    ("url", "servers", "found"),
    [
        (None, "", None),
        ("https://byline.example/mcp", " , ", None),
        (
            *("https://byline.example/mcp", "https://a.example, https://b.example/"),
            Protected("https://byline.example/mcp", ("https://a.example", "https://b.example/")),
        ),
        (None, "https://a.example", "mcp_url"),
        ("byline.example/mcp", "https://a.example", "mcp_url"),
        ("https://byline.example/mcp", "a.example", "mcp_authorization_servers"),
    ],
)
def test_the_settings_say_who_gives_out_tokens(url: str | None, servers: str, found: Protected | str | None) -> None:
    if isinstance(found, str):
        with pytest.raises(SettingInvalid, match=f"The setting {found} cannot be used"):
            Protected.of(url, servers)
    else:
        assert Protected.of(url, servers) == found


# Resources


@every_era
async def test_articles_are_resources_by_their_ids(address: str, era: str) -> None:
    async with client(address, era) as asked:
        listed = (await asked.list_resources()).resources
        [template] = (await asked.list_resource_templates()).resource_templates
        [content] = (await asked.read_resource(address_of(BRIDGE.id))).contents
    assert {each.name: each.title for each in listed} == {each.id: each.title for each in ARTICLES}
    assert template.uri_template == "byline://article/{id}"
    assert content.text == (  # type: ignore[union-attr]
        "Vellmar's old bridge reopens. Tom Okafor, Vellmar Courier, 4 May 2021\nhttps://news.example/bridge\n\n"
        + BRIDGE.text
    )


@every_era
@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("byline://article/no", "There is no article 'no' here"),
        ("byline://article/", "There is no article '' here"),
        ("byline://article/..%2F..%2Fetc%2Fpasswd", "There is no article '../../etc/passwd' here"),
        ("file:///etc/passwd", "There is no resource 'file:///etc/passwd' here"),
        ("ui://byline/other.html", "There is no resource"),
    ],
)
async def test_a_resource_that_is_not_there_is_an_error(address: str, era: str, uri: str, told: str) -> None:
    from mcp import MCPError

    async with client(address, era) as asked:
        with pytest.raises(MCPError) as error:
            await asked.read_resource(uri)
    assert told in str(error.value)
    assert error.value.code == (-32602 if ERAS[era] == "auto" else -32002)


@every_era
async def test_a_wrong_collection_is_an_error_also_where_there_is_nothing_to_check(address: str, era: str) -> None:
    async with client(address, era) as asked:
        for text in (TEXT, "...", ""):
            told = await asked.call_tool("verify", {"text": text, "filters": {"collection": ["Nope"]}})
            assert told.is_error
            assert "Nope" in said(told)


@every_era
@pytest.mark.parametrize("limits", [{"outlet": ["a"] * 101}, {"author": ["a" * 2_001]}, {"kind": ["opinion"] * 101}])
async def test_limits_are_bounded(address: str, era: str, limits: dict[str, list[str]]) -> None:
    async with client(address, era) as asked:
        told = await asked.call_tool("search_articles", {"query": "bridge", "filters": limits})
    assert told.is_error
    assert "at most" in said(told)


@every_era
@pytest.mark.parametrize("cursor", ["", "-1", "x", "9" * 30, "٣", "300"])
async def test_a_page_that_is_not_there_is_an_error(address: str, era: str, cursor: str) -> None:
    from mcp import MCPError

    async with client(address, era) as asked:
        with pytest.raises(MCPError, match="has no page"):
            await asked.list_resources(cursor=cursor)


@every_era
async def test_an_id_may_be_any_text(tmp_path: Path, words: WordEmbeddings, era: str) -> None:
    odd = [Article(each, f"Title {place}", f"The odd article {place} is here.") for place, each in enumerate(ODD)]
    with Index.open(tmp_path / "store", embedder=words) as index:
        index.add(odd)
        with mcp_serving(service_of(answering(index))) as served:
            async with client(served, era) as asked:
                for each in (await asked.list_resources()).resources:
                    [content] = (await asked.read_resource(each.uri)).contents
                    assert content.text.endswith(index.article(each.name).text)  # type: ignore[union-attr]
                    stated(await asked.call_tool("get_article", {"id": each.name}))


ODD = ("https://example.org/a?b=c#d", "/a/path of/a file.md", "日本", "100%", "%2F", "a\nb", "{id}", "..")


# Nothing, and much


@every_era
async def test_of_an_empty_index_everything_can_be_asked(tmp_path: Path, words: WordEmbeddings, era: str) -> None:
    with Index.open(tmp_path / "store", embedder=words) as index:
        index.add([BRIDGE])
        index.remove(BRIDGE.id)
        bot = answering(index)
        with mcp_serving(service_of(bot)) as served:
            async with client(served, era) as asked:
                answer = await asked.call_tool("ask", {"question": QUESTION})
                report = await asked.call_tool("verify", {"text": TEXT})
                passages = await asked.call_tool("search_articles", {"query": "bridge"})
                results = await asked.call_tool("search", {"query": "bridge"})
                collections = await asked.call_tool("list_collections")
                listed = await asked.list_resources()
        assert timeless(stated(answer)) == timeless(to_json(bot.answer(QUESTION)))
        assert stated(report) == report_json(bot.verify(TEXT))
    assert stated(answer)["status"] == "refused"
    assert (stated(passages)["passages"], said(passages)) == ([], "No passage was found.")
    assert (stated(results), listed.resources, listed.next_cursor) == ({"results": []}, [], None)
    assert (stated(collections), said(collections)) == ({"collections": []}, "There are no collections.")


@every_era
async def test_a_page_begins_where_the_one_before_ended_whatever_came_and_went(
    tmp_path: Path, words: WordEmbeddings, monkeypatch: pytest.MonkeyPatch, era: str
) -> None:
    monkeypatch.setattr("bot.mcp.resources.PAGE", 2)
    with Index.open(tmp_path / "store", embedder=words) as index:
        index.add(map(numbered, range(6)))
        with mcp_serving(service_of(answering(index))) as served:
            async with client(served, era) as asked:
                first = await asked.list_resources()
                index.remove(first.resources[0].name)
                index.add([numbered(9)])
                second = await asked.list_resources(cursor=first.next_cursor)
                third = await asked.list_resources(cursor=second.next_cursor)
    seen = [each.name for page in (first, second, third) for each in page.resources]
    assert len(set(seen)) == len(seen) == 6
    assert {f"a{number}" for number in range(6)} <= {*seen} | {"a9"}


# Over standard input and output


def command(store: Path, *more: str) -> Any:  # noqa: F811
    from mcp import StdioServerParameters

    arguments = ["-m", "bot", "mcp", "--store", str(store), "--model", "extractive", *more]
    return StdioServerParameters(
        command=sys.executable, args=arguments, cwd=ROOT, env={"PYTHONPATH": str(ROOT), "HOME": os.environ["HOME"]}
    )


@pytest.mark.slow
@every_era
async def test_the_command_answers_as_the_command_line_does(store: Path, run: Run, era: str) -> None:  # noqa: F811
    from mcp import Client
    from mcp.client.stdio import stdio_client

    question = "What did the council of Varnholm decide to build?"
    # By default errors go where they went when the module was imported: to pytest, if this test is the first.
    served = stdio_client(command(store), errlog=sys.__stderr__)  # type: ignore[arg-type]
    async with Client(served, mode=ERAS[era]) as asked:
        assert asked.protocol_version == era
        answer = await asked.call_tool("ask", {"question": question})
        report = await asked.call_tool("verify", {"text": question})
        passages = await asked.call_tool("search_articles", {"query": question})
        wrong = await asked.call_tool("ask", {"question": question, "collection": "No"})
    common = ("--store", store, "--json")
    told = run("ask", question, "--model", "extractive", *common)
    assert timeless(stated(answer)) == timeless(told.json)  # type: ignore[arg-type]
    assert stated(report) == run("verify", question, *common).json
    assert stated(passages)["passages"] == run("search", question, *common).json
    assert f"{said(wrong)}\n" == run("ask", question, "--collection", "No", *common).err


@pytest.mark.slow
def test_the_command_writes_nothing_but_the_protocol_and_ends_with_its_input(store: Path) -> None:  # noqa: F811
    called = command(store)
    params = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "x", "version": "1"}}
    calls = {"name": "ask", "arguments": {"question": "What did the council of Varnholm decide to build?"}}
    lines = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": calls},
    ]
    environment = {**called.env, "PATH": os.environ["PATH"]}
    with subprocess.Popen(
        [called.command, *called.args], cwd=ROOT, env=environment, stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("".join(json.dumps(each) + "\n" for each in ["no request", *lines]))
        process.stdin.flush()
        told = [json.loads(process.stdout.readline()) for _ in range(2)]
        rest, errors = process.communicate(timeout=60)
    assert [each["id"] for each in told] == [1, 2]
    assert told[1]["result"]["structuredContent"]["status"] == "answered"
    assert (rest, process.returncode) == ("", 0), errors


def test_without_an_index_the_command_says_so_and_ends(run: Run) -> None:  # noqa: F811
    done = run("mcp", "--store", "nowhere")
    assert (done.code, done.out) == (2, "")
    assert "No index at nowhere" in done.err


# The quote card


async def test_the_card_asks_for_nothing_and_has_the_type_that_programs_show(address: str) -> None:
    async with client(address, "2026-07-28") as asked:
        [content] = (await asked.read_resource(CARD)).contents
        assert asked.server_capabilities.extensions == {"io.modelcontextprotocol/ui": {}}
    assert content.mime_type == "text/html;profile=mcp-app"
    assert content.meta == {"ui": {"csp": {}, "prefersBorder": True}}
    assert content.text == html()  # type: ignore[union-attr]
    assert "http" not in html().replace("http-equiv", "").replace("https?", "")


HOST = """<!doctype html><iframe sandbox="allow-scripts"></iframe><script>
window.heard = [];
addEventListener("message", ({source, data}) => {
  heard.push(data);
  if (data.method === "ui/initialize")
    source.postMessage({jsonrpc: "2.0", id: data.id, result: {hostContext: {theme: "dark"}}}, "*");
  if (data.method === "ui/notifications/initialized")
    source.postMessage({jsonrpc: "2.0", method: "ui/notifications/tool-result", params: RESULT}, "*");
});
document.querySelector("iframe").srcdoc = CARD;
</script>"""


def show(page: Page, result: dict[str, Any]) -> None:
    """A program that shows the card with a result, as the specification of MCP Apps has it."""

    def safe(value: object) -> str:
        return json.dumps(value).replace("<", "\\u003c")

    host = HOST.replace("RESULT", safe({"structuredContent": result})).replace("CARD", safe(html()))
    page.route("http://127.0.0.1/host", lambda route: route.fulfill(body=host, content_type="text/html"))
    page.goto("http://127.0.0.1/host")
    page.frame_locator("iframe").locator("figure, p").first.wait_for()


def test_the_card_marks_the_quoted_words_in_their_passage(page: Page, service: Service) -> None:
    answer = to_json(service.bot().answer(QUESTION))
    show(page, answer)
    card = page.frame_locator("iframe")
    assert card.locator("mark").all_inner_texts() == [QUOTE]
    assert " ".join(card.locator("blockquote").inner_text().split()) == " ".join(BRIDGE.text.split())
    assert card.locator("figcaption").inner_text() == (
        "[1] Vellmar's old bridge reopens. Tom Okafor, Vellmar Courier, 2021-05-04"
    )
    card.get_by_role("button", name="Vellmar's old bridge reopens").click()
    page.wait_for_function("heard.some(each => each.method === 'ui/open-link')")
    heard = page.evaluate("heard")
    assert [each["params"]["url"] for each in heard if each["method"] == "ui/open-link"] == [BRIDGE.url]
    assert any(each["method"] == "ui/notifications/size-changed" for each in heard)


def test_the_card_counts_places_as_python_does(page: Page) -> None:
    text = "😀😀 The 𝔟ridge reopened. 😀 It did."
    start, end = text.index("The"), text.index(" 😀 It")
    facts = {"article_id": "a", "title": "T", "author": None, "outlet": None, "published": None, "url": None}
    citation = {**facts, "mark": 1, "quote": text[start:end], "start": 100 + start, "end": 100 + end}
    passage = {"article_id": "a", "start": 100, "end": 100 + len(text), "text": text}
    show(page, {"citations": [citation], "passages": [passage]})
    assert page.frame_locator("iframe").locator("mark").inner_text() == "The 𝔟ridge reopened."
    assert page.frame_locator("iframe").locator("blockquote").inner_text() == text


def test_what_an_article_says_stays_text_in_the_card(page: Page, service: Service) -> None:
    report = report_json(service.bot().verify(HOSTILE.text.partition("\n")[0]))
    [citation] = report["citations"]
    show(page, report)
    card = page.frame_locator("iframe")
    assert HOSTILE.title in card.locator("figcaption").inner_text()
    assert " ".join(card.locator("mark").inner_text().split()) == " ".join(citation["quote"].split())
    assert card.locator("img, form, iframe, svg, a, script:not(body > script)").count() == 0
    assert page.frames[1].evaluate("window.pwned") is None


def test_a_card_without_quotes_says_so(page: Page) -> None:
    show(page, {})
    assert page.frame_locator("iframe").locator("p").inner_text() == "Nothing is quoted."
