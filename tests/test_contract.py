"""The API and MCP say the same: one service, asked by both at once, gives the same JSON and the same sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from bot.auth.principal import Principal
from bot.auth.users import Role
from bot.mcp.resources import PAGE
from bot.render.text import article_json
from index import Article, Filters, Index
from index.types import Kind
from tests.api_server import service_of, serving
from tests.conftest import WordEmbeddings, answering
from tests.mcp_server import ERAS, READER, SCOPED, TOKENS, client, mcp_serving, timeless
from tests.serving import QUESTION, QUOTE
from tests.small_news import ARTICLES, BRIDGE, TRAM
from tests.stores import numbered

MANY = 10_050
OURS = ("conversation", "number", "tokens")  # what /v1/ask says beside the answer
GONE = Principal("gone", Role.READER, ("Closed",), "K9")  # its collection was removed since


@dataclass(frozen=True, slots=True)
class Both:
    """One service by its two ways. What comes back is the JSON, or the sentence of an error."""

    api: httpx.Client
    mcp: str

    def get(self, path: str, key: str = "r", **query: Any) -> Any:
        return self._read(self.api.get(path, params=query, headers={"authorization": f"Bearer {key}"}))

    def post(self, path: str, body: Mapping[str, Any], key: str = "r") -> Any:
        return self._read(self.api.post(path, json=dict(body), headers={"authorization": f"Bearer {key}"}))

    async def call(self, tool: str, arguments: Mapping[str, Any], key: str = "r") -> Any:
        async with client(self.mcp, next(iter(ERAS)), key) as asked:
            result = await asked.call_tool(tool, dict(arguments))
        [content] = result.content
        assert content.type == "text"
        return content.text if result.is_error else result.structured_content

    @staticmethod
    def _read(reply: httpx.Response) -> Any:
        told = reply.json()
        return told["error"]["message"] if "error" in told else told


@contextmanager
def both(index: Index, monkeypatch: pytest.MonkeyPatch) -> Iterator[Both]:
    service = service_of(answering(index))
    principals = {"r": READER, "s": SCOPED, "g": GONE}
    monkeypatch.setattr("tests.mcp_server.TOKENS", {**TOKENS, **principals})
    with (
        serving(service, principals) as api,
        mcp_serving(service) as mcp,
        httpx.Client(base_url=api, timeout=300) as opened,
    ):
        yield Both(opened, mcp)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("contract") / "store", embedder=WordEmbeddings()) as opened:
        opened.add(ARTICLES)
        opened.add_to_collection("Opinions", rules=(Filters(kind=(Kind.OPINION,)),))
        opened.add_to_collection("Bridges", [BRIDGE.id])
        yield opened


@pytest.fixture(scope="module")
def asked(index: Index) -> Iterator[Both]:
    with pytest.MonkeyPatch.context() as monkeypatch, both(index, monkeypatch) as found:
        yield found


def without(told: Any, *names: str) -> Any:
    return {name: value for name, value in told.items() if name not in names} if isinstance(told, dict) else told


def answer(told: Any) -> Any:
    return without(timeless(told), *OURS) if isinstance(told, dict) else told


# The same answers


OPTIONS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "none": ({}, {}),
    "strict": ({"strict": True}, {}),
    "a kind": ({"as": "overview"}, {}),
    "a length": ({"as": "overview", "length": "shorter"}, {}),
    "an outlet": ({}, {"outlet": ["Vellmar Courier"]}),
    "days": ({}, {"since": "2021-05-01", "until": "2021-05-31"}),
    "an article": ({}, {"article": ["tram"]}),
    "a collection": ({}, {"collection": ["Bridges"]}),
    "no collection": ({}, {"collection": ["No"]}),
    "no article": ({}, {"article": ["no"]}),
    "words to ignore": ({"ignore": ["Vellmar Courier"]}, {}),
    "as it is asked": ({"as_asked": True}, {}),
}


@pytest.mark.parametrize("key", ["r", "s"])
@pytest.mark.parametrize("case", OPTIONS)
async def test_an_answer_is_the_same(asked: Both, case: str, key: str) -> None:
    options, filters = OPTIONS[case]
    question = {"question": f"{QUESTION} The Vellmar Courier of May 2021 told it.", **options}
    api = answer(asked.post("/ask", {**question, **filters}, key))
    assert answer(await asked.call("ask", {**question, "filters": filters}, key)) == api


@pytest.mark.parametrize("case", [each for each in OPTIONS if not {"strict", "as", "length"} & {*OPTIONS[each][0]}])
@pytest.mark.parametrize("key", ["r", "s"])
async def test_a_search_is_the_same(asked: Both, case: str, key: str) -> None:
    options, filters = OPTIONS[case]
    query = {"query": "bridge of the Vellmar Courier in May 2021", "k": 5, **options}
    api = asked.post("/search", {**query, **filters}, key)
    assert await asked.call("search_articles", {**query, "filters": filters}, key) == api


async def test_what_the_options_do_differs(asked: Both) -> None:
    """Else equality would say nothing of them."""
    found = {case: str(answer(asked.post("/ask", {"question": QUESTION, **options, **filters})))
             for case, (options, filters) in OPTIONS.items()}  # fmt: skip
    assert found["a kind"] != found["none"] != found["an article"]
    query = {"query": "bridge of the Vellmar Courier in May 2021"}
    understood = [asked.post("/search", {**query, **each})["understood"]
                  for each in ({}, {"ignore": ["Vellmar Courier"]}, {"as_asked": True})]  # fmt: skip
    assert len(understood[0]) > len(understood[1]) > len(understood[2]) == 0


@pytest.mark.parametrize("key", ["r", "s"])
@pytest.mark.parametrize("filters", [{}, {"outlet": ["Vellmar Courier"]}, {"collection": ["No"]}, {"article": ["no"]}])
async def test_a_check_is_the_same(asked: Both, filters: dict[str, Any], key: str) -> None:
    text = f"{QUOTE} The pope cut the ribbon."
    api = asked.post("/verify", {"text": text, **filters}, key)
    assert await asked.call("verify", {"text": text, "filters": filters}, key) == api


@pytest.mark.parametrize("key", ["r", "s"])
@pytest.mark.parametrize("article_id", [BRIDGE.id, TRAM.id, "no", "../../etc/passwd", "日本"])
async def test_an_article_is_the_same(asked: Both, article_id: str, key: str) -> None:
    api = asked.get(f"/articles/{quote(article_id, safe='')}", key)
    assert await asked.call("get_article", {"id": article_id}, key) == without(api, "history")


@pytest.mark.parametrize("key", ["r", "s"])
async def test_the_collections_are_the_same(asked: Both, key: str) -> None:
    assert await asked.call("list_collections", {}, key) == asked.get("/collections", key)


async def test_a_scoped_key_finds_nothing_else_by_either_way(asked: Both) -> None:
    for told in (asked.post("/search", {"query": QUESTION}, "s"),
                 await asked.call("search_articles", {"query": QUESTION}, "s")):  # fmt: skip
        assert {each["id"] for each in told["articles"]} == {TRAM.id}
    for told in (asked.post("/ask", {"question": QUESTION, "collection": "Bridges"}, "s"),
                 await asked.call("ask", {"question": QUESTION, "collection": "Bridges"}, "s")):  # fmt: skip
        assert told == "scoped may not read the collection 'Bridges'. Ask within Opinions."


@pytest.mark.parametrize("article_id", [BRIDGE.id, TRAM.id, "no"])
async def test_a_key_whose_collection_is_gone_hears_the_same_of_every_article(asked: Both, article_id: str) -> None:
    told = [
        asked.get(f"/articles/{article_id}", "g"),
        asked.post("/ask", {"question": QUESTION, "article": article_id}, "g"),
        asked.post("/search", {"query": QUESTION, "article": article_id}, "g"),
        asked.get("/articles", "g", article=article_id),
        await asked.call("get_article", {"id": article_id}, "g"),
        await asked.call("fetch", {"id": article_id}, "g"),
        await asked.call("ask", {"question": QUESTION, "filters": {"article": [article_id]}}, "g"),
    ]
    assert len(set(told)) == 1
    assert told[0].startswith("There is no collection 'Closed'")


# Where a copy lies outside of a collection


async def test_where_else_an_article_was_published_is_told_only_to_whom_may_read_all(tmp_path: Path) -> None:
    text = " ".join(f"Sentence {number} of the opinion about the tram tells something else." for number in range(30))
    one = Article("one", "The tram", text, outlet="Courier", kind=Kind.OPINION)
    other = Article("other", "The tram", text, outlet="Herald", kind=Kind.OPINION)
    with Index.open(tmp_path / "store", embedder=WordEmbeddings()) as index:
        index.add([one, other])
        index.add_to_collection("Opinions", ["one"])
        assert index.article("one").also
        with pytest.MonkeyPatch.context() as monkeypatch, both(index, monkeypatch) as asked:
            for key, copies in (("r", 1), ("s", 0)):
                found = (
                    asked.post("/search", {"query": "tram"}, key)["articles"][0],
                    (await asked.call("search_articles", {"query": "tram"}, key))["articles"][0],
                    asked.get("/articles/one", key),
                    await asked.call("get_article", {"id": "one"}, key),
                )
                assert [len(each["also"]) for each in found] == [copies] * 4


# Nothing, and much


async def test_of_an_empty_index_both_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Index.open(tmp_path / "store", embedder=WordEmbeddings()) as index:
        index.add([BRIDGE])
        index.remove(BRIDGE.id)
        with both(index, monkeypatch) as asked:
            told = asked.post("/ask", {"question": QUESTION})
            assert told["status"] == "refused"
            assert answer(await asked.call("ask", {"question": QUESTION})) == answer(told)
            assert await asked.call("verify", {"text": QUOTE}) == asked.post("/verify", {"text": QUOTE})
            assert await asked.call("search_articles", {"query": "x"}) == asked.get("/search", query="x")
            assert await asked.call("list_collections", {}) == asked.get("/collections") == {"collections": []}
            assert await asked.call("get_article", {"id": BRIDGE.id}) == asked.get(f"/articles/{BRIDGE.id}")


def paged(page: Callable[[str], tuple[list[str], str | None]]) -> Iterator[list[str]]:
    after: str | None = ""
    while after is not None:
        found, after = page(after)
        yield found


@pytest.mark.slow
async def test_more_than_ten_thousand_articles_are_listed_once_in_one_order_found_and_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Index.open(tmp_path / "store", embedder=WordEmbeddings()) as index:
        index.add(map(numbered, range(MANY)))
        with both(index, monkeypatch) as asked:

            def page(after: str) -> tuple[list[str], str | None]:
                told = asked.get("/articles", limit=500, after=after)
                return [each["id"] for each in told["articles"]], told["next"]

            pages = list(paged(page))
            listed = [each for found in pages for each in found]
            assert [len(each) for each in pages] == [500] * (MANY // 500) + [MANY % 500]
            assert len(set(listed)) == MANY
            assert await resources(asked.mcp) == listed
            query = {"query": "subject7777", "k": 50}
            found = asked.post("/search", query)
            assert await asked.call("search_articles", query) == found
            assert (found["passages"][0]["article_id"], len(found["passages"])) == ("a7777", 50)
            assert len((await asked.call("search", {"query": "subject7777"}))["results"]) == 10
            assert await asked.call("get_article", {"id": "a7777"}) == article_json(numbered(7777), text=True)


async def resources(address: str) -> list[str]:
    """The articles that MCP lists, page by page."""
    names: list[str] = []
    cursor: str | None = None
    async with client(address, next(iter(ERAS))) as asked:
        while cursor or not names:
            found = await asked.list_resources(cursor=cursor)
            assert len(found.resources) == PAGE or found.next_cursor is None
            names += [each.name for each in found.resources]
            cursor = found.next_cursor
    return names
