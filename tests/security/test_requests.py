"""What programs may do on the one server by their keys, and what they cannot make it do by what they write."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from urllib.parse import quote

import anyio
import httpx
import pytest

from bot.answering.bot import Bot
from bot.auth.keys import Keys
from bot.auth.users import Role, Users
from bot.cli import main
from bot.cli.surfaces import gates
from bot.web.access import Access
from index.index import Index
from tests.conftest import WordEmbeddings
from tests.news_server import page as web_page
from tests.news_server import serving as serving_news
from tests.serving import PASSWORD, QUESTION, QUOTE, serving
from tests.small_news import ARTICLES, BRIDGE, TRAM

SCOPE = "Press of Vellmar"
Known = Mapping[str, dict[str, str]]  # by whom something is sent: its headers


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index.open(tmp_path_factory.mktemp("requests") / "store", embedder=WordEmbeddings()) as opened:
        opened.add(ARTICLES)
        opened.add_to_collection(SCOPE, [BRIDGE.id])
        yield opened


@pytest.fixture(scope="module")
def known(index: Index) -> Known:
    keys = Keys(Path(index.path))
    secrets = {
        "reader": keys.create("a reader")[1],
        "scoped": keys.create("a scoped reader", collections=(SCOPE,))[1],
        "editor": keys.create("an editor", Role.EDITOR)[1],
        "admin": keys.create("an administrator", Role.ADMIN)[1],
    }
    return {"nobody": {}, **{who: {"authorization": f"Bearer {secret}"} for who, secret in secrets.items()}}


@pytest.fixture(scope="module")
def client(index: Index, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The server as `byline serve` composes it, for those who have a key or sign in."""
    users = Users(tmp_path_factory.mktemp("users") / "users.json")
    users.put("ada", Role.ADMIN, PASSWORD)
    with served(index, Access(users=users, questions=1000)) as opened:
        yield opened


@contextmanager
def served(index: Index, access: Access) -> Iterator[httpx.Client]:
    with (
        serving(Bot(index), access=access, gates=gates(Keys(Path(index.path)))) as address,
        httpx.Client(base_url=address, timeout=60) as opened,
    ):
        while opened.get("/readyz").status_code != 200:
            sleep(0.02)
        yield opened


# Who may do what

EVERY_KEY = (401, 200, 200, 200, 200)
EDITORS = (401, 403, 403, 200, 200)
ADMINISTRATORS = (401, 403, 403, 403, 200)
WRONG = (401, 400, 400, 400, 400)  # reached, and found wanting
TABLE: list[tuple[str, str, object, tuple[int, ...]]] = [
    ("GET", "/v1/models", None, EVERY_KEY),
    ("GET", "/v1/openapi.json", None, EVERY_KEY),
    ("GET", "/v1/docs", None, EVERY_KEY),
    ("POST", "/v1/ask", {"question": QUESTION}, EVERY_KEY),
    ("POST", "/v1/search", {"query": "bridge"}, EVERY_KEY),
    ("POST", "/v1/verify", {"text": QUOTE}, EVERY_KEY),
    ("POST", "/v1/ask", {"question": ""}, WRONG),
    ("POST", "/v1/ask", {"question": QUESTION, "collection": ["Trams"]}, (401, 404, 403, 404, 404)),
    (
        "POST",
        "/v1/chat/completions",
        {"model": "byline", "messages": [{"role": "user", "content": QUESTION}]},
        EVERY_KEY,
    ),
    ("POST", "/v1/responses", {"model": "byline", "input": QUESTION}, EVERY_KEY),
    ("GET", "/v1/search?query=bridge", None, EVERY_KEY),
    ("GET", "/v1/models/none", None, (401, 404, 404, 404, 404)),
    ("GET", "/v1/responses/none", None, (401, 404, 404, 404, 404)),
    ("DELETE", "/v1/responses/none", None, (401, 404, 404, 404, 404)),
    ("GET", "/v1/streams/none", None, (401, 404, 404, 404, 404)),
    ("GET", "/v1/articles", None, EVERY_KEY),
    ("GET", f"/v1/articles/{BRIDGE.id}", None, EVERY_KEY),
    ("GET", f"/v1/articles/{TRAM.id}", None, (401, 200, 404, 200, 200)),
    ("POST", "/v1/articles", {"addresses": ["http://127.0.0.1/"]}, (401, 403, 403, 202, 202)),
    ("DELETE", "/v1/articles/none", None, (401, 403, 403, 404, 404)),
    ("GET", "/v1/jobs", None, EDITORS),
    ("GET", "/v1/jobs/none", None, (401, 403, 403, 404, 404)),
    ("GET", "/v1/jobs/none/events", None, (401, 403, 403, 404, 404)),
    ("DELETE", "/v1/jobs/none", None, (401, 403, 403, 404, 404)),
    ("GET", "/v1/collections", None, EVERY_KEY),
    ("POST", "/v1/collections", {"name": SCOPE, "articles": [BRIDGE.id]}, EDITORS),
    ("DELETE", "/v1/collections/none", None, (401, 403, 403, 404, 404)),
    ("POST", "/v1/feedback", {"good": True}, (401, 404, 404, 404, 404)),
    ("GET", "/v1/feedback", None, ADMINISTRATORS),
    ("GET", "/v1/gaps", None, EDITORS),
    ("GET", "/library", None, (401,) * 5),
    ("GET", "/gradio_api/info", None, (401,) * 5),
]


@pytest.mark.parametrize(("method", "path", "body", "statuses"), TABLE)
def test_who_may_do_what(
    client: httpx.Client, known: Known, method: str, path: str, body: object, statuses: tuple[int, ...]
) -> None:
    found = {who: client.request(method, path, json=body, headers=headers) for who, headers in known.items()}
    assert {who: each.status_code for who, each in found.items()} == dict(zip(known, statuses, strict=True))


def test_every_route_of_the_api_stands_in_the_table(client: httpx.Client, known: Known) -> None:
    described = client.get("/v1/openapi.json", headers=known["reader"]).json()["paths"]
    routes = {(method.upper(), path.partition("{")[0]) for path, ways in described.items() for method in ways}
    tried = {(method, path) for method, path, *_ in TABLE}
    assert [(m, p) for m, p in routes if not any(m == way and path.startswith(p) for way, path in tried)] == []


@pytest.mark.parametrize("who", ["nobody", "reader", "scoped", "editor", "admin"])
def test_the_tools_of_mcp_read_what_the_key_reads_and_nothing_without_one(
    client: httpx.Client, known: Known, who: str
) -> None:
    """None of them changes anything, whatever the role."""
    address = f"{client.base_url}mcp"

    async def call() -> tuple[list[str], bool]:
        from mcp import Client
        from mcp.client.streamable_http import streamable_http_client
        from mcp.shared._httpx_utils import create_mcp_http_client

        http = create_mcp_http_client(known[who])
        async with Client(streamable_http_client(address, http_client=http)) as opened:
            tools = (await opened.list_tools()).tools
            assert all(each.annotations and each.annotations.read_only_hint for each in tools)
            got = await opened.call_tool("get_article", {"id": TRAM.id})
            return [each.name for each in tools], bool(got.is_error)

    if who == "nobody":
        assert client.post("/mcp", json={}).status_code == 401
        return
    names, refused = anyio.run(call)
    assert len(names) > 5
    assert refused == (who == "scoped")


# Addresses that a server must not fetch from

HOSTS = (
    *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "0.0.0.0", "localhost", "LOCALHOST."),
    *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
    *("10.0.0.1", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "168.63.129.16"),
    *("[fe80::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "224.0.0.1", "255.255.255.255"),
)
NO_WEB = (
    *("file:///etc/passwd", "FILE:///etc/passwd", "/etc/passwd", "../../etc/passwd", "ftp://127.0.0.1/a", "data:,a"),
    *("gopher://127.0.0.1:6379/_INFO", "javascript:alert(1)", "//127.0.0.1/", "dict://127.0.0.1:11211/", "http:", ""),
)


def test_no_surface_fetches_from_this_machine_or_its_network(index: Index, tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    with serving_news() as news, served(index, Access()) as client:
        news.replies["/"] = web_page("<p>A secret of this machine.</p>")
        addresses = [f"http://{host}:{news.port}/" for host in HOSTS]
        api = client.post("/v1/articles", json={"addresses": addresses}).json()["id"]
        page = client.post("/library/bring", data={"addresses": "\n".join(addresses)}, headers=own(client))
        assert page.status_code == 303, page.text
        job = ended(client, api)
        while "refresh" in (shown := client.get(page.headers["location"])).headers:
            sleep(0.05)
        with pytest.raises(SystemExit):
            main(["index", "--store", store, *addresses])
        assert news.asked == []
    assert {(each["state"], each["articles"]) for each in job["sources"]} == {("failed", 0)}  # type: ignore[attr-defined]
    assert all(each["reasons"] for each in job["sources"])  # type: ignore[attr-defined]
    assert shown.text.count(" fetched from") >= len(HOSTS) - 1


def test_what_is_no_address_of_the_web_is_never_read(index: Index) -> None:
    with served(index, Access()) as client:
        for written in NO_WEB:
            assert client.post("/v1/articles", json={"addresses": [written]}).status_code == 400, written
            page = client.post("/library/bring", data={"addresses": written}, headers=own(client))
            assert page.status_code != 303, written
            assert "root:x:" not in page.text


def own(client: httpx.Client) -> dict[str, str]:
    """What a form of the page itself is sent with."""
    return {"origin": str(client.base_url).rstrip("/")}


def ended(client: httpx.Client, job_id: str, headers: Mapping[str, str] | None = None) -> dict[str, object]:
    while (job := client.get(f"/v1/jobs/{job_id}", headers=headers).json())["done"] < job["total"]:
        sleep(0.05)
    return dict(job)


# Paths, headers and logs

PATHS = (
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "/etc/passwd",
    "C:\\windows\\win.ini",
    "a\0b",
    "....//etc/passwd",
)


@pytest.mark.parametrize("written", PATHS)
def test_a_path_for_a_name_leads_nowhere(client: httpx.Client, known: Known, index: Index, written: str) -> None:
    for path in ("/v1/articles/", "/v1/jobs/", "/v1/collections/", "/share/", "/library/article?id=", "/v1/ask/"):
        found = client.get(path + quote(written, safe=""), headers=known["admin"])
        assert found.status_code in (401, 404, 405), path
        assert "root:x:" not in found.text
    before = sorted(path.name for path in Path(index.path).parent.rglob("*") if path.is_file())
    sent = client.post("/v1/articles", files={"files": (written, b"Only some words.")}, headers=known["editor"])
    name = ended(client, sent.json()["id"], known["editor"])["sources"][0]["name"]  # type: ignore[index]
    assert not set("/\\\0") & set(name)
    after = sorted(path.name for path in Path(index.path).parent.rglob("*") if path.is_file())
    assert not {"passwd", "win.ini"} & set(after), before


HOSTILE_LINES = "When\r\nSet-Cookie: a=b\r\n\r\n<script>\u001b[31mred\u001b[0m\u2028ERROR forged"


def test_what_is_asked_never_becomes_a_header_or_a_line_of_the_log(
    client: httpx.Client, known: Known, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    asked = client.post("/v1/ask", json={"question": HOSTILE_LINES}, headers=known["reader"])
    assert asked.status_code == 200
    assert "set-cookie" not in asked.headers
    for name in ("origin", "user-agent", "x-request-id", "last-event-id"):
        client.get("/v1/models", headers={**known["reader"], name: "a\u001b[31m ERROR forged"})
    client.get(f"/v1/{quote(HOSTILE_LINES)}", headers=known["reader"])
    assert not [each for each in caplog.messages if "\u001b" in each or ("forged" in each and "\n" in each)]


@pytest.mark.parametrize("name", ["a\r\nb", "a\nb", "\u001b[31m", "a\u2028b", "\0", "a\u202eb"])
def test_a_key_has_a_name_on_one_line(index: Index, name: str) -> None:
    from bot.auth.keys import KeyNameUnusable

    with pytest.raises(KeyNameUnusable):
        Keys(Path(index.path)).create(f"a{name}b")


def test_no_log_has_a_secret(client: httpx.Client, known: Known, caplog: pytest.LogCaptureFixture) -> None:
    """Where everything is logged, libraries included."""
    caplog.set_level(logging.DEBUG)
    for headers in known.values():
        for path in ("/v1/models", "/v1/nothing", "/mcp", "/"):
            client.get(path, headers=headers)
        client.post("/v1/ask", json={"question": QUESTION}, headers=headers)
    wrong = "byl_ABCDEF_" + "s3cret" * 6
    client.get("/v1/models", headers={"authorization": f"Bearer {wrong}"})
    client.get("/v1/models", headers={"authorization": f"Basic {PASSWORD}"})
    for secret in (wrong, PASSWORD, *(each["authorization"].split("_", 2)[2] for who, each in known.items() if each)):
        assert secret not in caplog.text
    assert caplog.records
