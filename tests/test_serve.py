"""One server for the page and for programs: who reaches what on it, and how it starts, waits and ends."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Semaphore
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest

from bot.answering.bot import Bot
from bot.auth.keys import FILE, Keys
from bot.auth.principal import PRINCIPAL
from bot.auth.users import Role, Users
from bot.cli.serve import ServingMissing, access_of, require_serving
from bot.cli.surfaces import gates
from bot.config import Config
from bot.errors import UsageError
from bot.runtime import listening
from bot.runtime.listening import listen
from bot.service import middleware as gate
from bot.service.middleware import Program, ProgramGuard, below, oauth_form
from bot.service.service import Service
from bot.web.access import Access
from index.extras import installing
from index.index import Index
from tests.conftest import WordEmbeddings
from tests.loopback import wait_until_ready
from tests.real_server import address_of, process
from tests.serving import PASSWORD, QUESTION, ask, serving
from tests.small_news import ARTICLES, BRIDGE

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

PRESS = "Press of Vellmar"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served") / "store"


@pytest.fixture(scope="module")
def index(store: Path) -> Iterator[Index]:
    with Index.open(store, embedder=WordEmbeddings()) as opened:
        opened.add(ARTICLES)
        opened.add_to_collection(PRESS, [BRIDGE.id])
        yield opened


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Users:
    users = Users(tmp_path_factory.mktemp("users") / "users.json")
    for name in ("reader", "editor", "admin"):
        users.put(name, Role(name), PASSWORD)
    return users


@pytest.fixture(scope="module")
def keys(index: Index) -> Keys:
    return Keys(Path(index.path))


def telling() -> Starlette:
    """A program that tells whom it knows a request to be of."""
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def tell(request: Request) -> Response:
        who = request.scope.get(PRINCIPAL)
        sent = len(await request.body())
        return JSONResponse(
            {"name": who.name, "role": who.role, "collections": who.collections, "sent": sent} if who else {}
        )

    methods = ["GET", "POST", "DELETE"]
    return Starlette(routes=[Route(path, tell, methods=methods) for path in ("/v1/who", "/mcp", "/signed/events")])


def telling_gates(keys: Keys) -> Any:
    def made(service: Service) -> tuple[ProgramGuard, ...]:
        programs = (
            Program(telling(), ("/v1",)),
            Program(telling(), ("/mcp",), oauth_form),
            Program(telling(), ("/signed/events",), open=("/signed/events",)),
        )
        return (*(ProgramGuard(each, keys, service) for each in programs), *gates(keys)(service))

    return made


@contextmanager
def served(index: Index, keys: Keys, access: Access, **named: Any) -> Iterator[httpx.Client]:
    """A client of a real server with the page and programs that tell who asks."""
    with (
        serving(Bot(index), access=access, gates=telling_gates(keys), **named) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        wait_until_ready(client)
        yield client


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def signed_in(client: httpx.Client, name: str) -> dict[str, str]:
    entered = client.post("/sign-in", data={"name": name, "password": PASSWORD})
    assert entered.status_code == 303
    cookie = entered.headers["set-cookie"].partition(";")[0]
    client.cookies.clear()
    return {"cookie": cookie}


# Who reaches what

WHO = ("nobody", "reader key", "scoped key", "editor key", "admin key", "reader", "editor", "admin")
PAGE = (401, 401, 401, 401, 401, 200, 200, 200)  # a key opens the surfaces for programs, and nothing of the page
EDITORS = (401, 401, 401, 401, 401, 403, 200, 200)
PROGRAM = (401, 200, 200, 200, 200, 200, 200, 200)
EVERYBODY = (200,) * 8
NOBODY = (403,) * 8


def but(status: int) -> tuple[int, ...]:
    """Nothing for whom the page does not know, and this for those it does."""
    return (*PAGE[:5], status, status, status)


TABLE = {
    "GET /healthz": EVERYBODY,
    "GET /readyz": EVERYBODY,
    "GET /sign-in": (200, 200, 200, 200, 200, 303, 303, 303),
    "GET /language.js": EVERYBODY,
    "GET /sheet.js": EVERYBODY,
    "GET /font.css": EVERYBODY,
    "GET /share/none": (404,) * 8,
    "GET /": PAGE,
    "GET /script.js": PAGE,
    "GET /config": PAGE,
    "GET /theme.css": PAGE,
    "GET /gradio_api/info": PAGE,
    "GET /gradio_api/startup-events": PAGE,
    "GET /gradio_api/file=/etc/passwd": but(403),
    "GET /gradio_api/file=bot/web/page.py": but(403),
    "GET /file=/etc/passwd": but(404),
    "GET /gradio_api/proxy=http://127.0.0.1:80/": but(400),
    "GET /monitoring": but(403),
    "POST /gradio_api/upload": NOBODY,
    "POST /upload": but(404),
    "GET /library": PAGE,
    "GET /library.js": PAGE,
    "GET /library/counts": PAGE,
    "GET /library/article?id=bridge": PAGE,
    "GET /library/bring": EDITORS,
    "GET /library/remove?id=bridge": EDITORS,
    "GET /check": PAGE,
    "GET /v1/who": PROGRAM,
    "POST /v1/who": PROGRAM,
    "DELETE /v1/who": PROGRAM,
    "GET /v1/nothing": (401, *(404,) * 7),
    "GET /v1": (401, *(404,) * 7),
    "POST /mcp": PROGRAM,
    "GET /v10": but(404),
    "POST /signed/events": EVERYBODY,
}


@pytest.fixture(scope="module")
def guarded(index: Index, keys: Keys, users: Users) -> Iterator[tuple[httpx.Client, Mapping[str, dict[str, str]]]]:
    """A server that lets in keys and users, and by whom something is sent how."""
    with served(index, keys, Access(users=users, questions=1000)) as client:
        secrets = {
            "reader key": keys.create("a program")[1],
            "scoped key": keys.create("a program", collections=(PRESS,))[1],
            "editor key": keys.create("a program", Role.EDITOR)[1],
            "admin key": keys.create("a program", Role.ADMIN)[1],
        }
        names = ("reader", "editor", "admin")
        known = {**{each: bearer(secret) for each, secret in secrets.items()}, "nobody": {}}
        yield client, {**known, **{name: signed_in(client, name) for name in names}}


@pytest.mark.parametrize("asked", TABLE)
def test_who_reaches_what(guarded: tuple[httpx.Client, Mapping[str, dict[str, str]]], asked: str) -> None:
    client, sent = guarded
    method, path = asked.split(" ", 1)
    statuses = {who: client.request(method, path, headers=sent[who]).status_code for who in WHO}
    assert statuses == dict(zip(WHO, TABLE[asked], strict=True))


def test_no_route_of_the_page_is_opened_by_a_key(
    guarded: tuple[httpx.Client, Mapping[str, dict[str, str]]], index: Index, users: Users
) -> None:
    """Whatever Gradio adds to its routes later."""
    from bot.web import build_app, door

    def paths(routes: Any, before: str = "") -> Iterator[str]:
        for route in routes:
            path = before + (getattr(route, "path", "") or "")
            yield path
            for inner in (route, getattr(route, "original_router", None)):
                yield from paths(getattr(inner, "routes", None) or (), path)

    client, sent = guarded
    app = build_app(lambda: Bot(index), access=Access(users=users))
    found = {re.sub(r"{[^}]*}", "x", path) for path in paths(app.routes)} - {"", *door.OPEN}
    assert len(found) > 50
    for path in sorted(each for each in found if not each.startswith(door.OPEN_BELOW)):
        for method in ("GET", "POST"):
            expected = 403 if path.endswith("/gradio_api/upload") else 401
            assert client.request(method, path, headers=sent["admin key"]).status_code == expected, (method, path)


def test_a_program_finds_who_asks(guarded: tuple[httpx.Client, Mapping[str, dict[str, str]]]) -> None:
    client, sent = guarded
    told = {who: client.get("/v1/who", headers=sent[who]).json() for who in WHO if who != "nobody"}
    assert {who: each["role"] for who, each in told.items()} == {
        "reader key": "reader",
        "scoped key": "reader",
        "editor key": "editor",
        "admin key": "admin",
        "reader": "reader",
        "editor": "editor",
        "admin": "admin",
    }
    assert [who for who, each in told.items() if each["collections"] == [PRESS]] == ["scoped key"]
    assert client.post("/signed/events").json() == {}


def test_a_refusal_has_the_form_of_its_surface(guarded: tuple[httpx.Client, Mapping[str, dict[str, str]]]) -> None:
    client, _ = guarded
    refused = client.post("/v1/who")
    assert refused.json()["error"]["code"] == "invalid_api_key"
    assert "byline keys create NAME" in refused.json()["error"]["message"]
    assert refused.headers["www-authenticate"] == 'Bearer realm="Byline"'
    unknown = client.post("/mcp", headers=bearer("byl_AAAA_none"))
    assert unknown.json()["error"] == "invalid_token"
    assert unknown.headers["www-authenticate"] == 'Bearer realm="Byline", error="invalid_token"'


@pytest.mark.parametrize("path", ["/v1/who", "/mcp"])
def test_what_is_refused_in_front_of_a_surface_has_its_form_too(index: Index, keys: Keys, path: str) -> None:
    with served(index, keys, Access(hosts=("127.0.0.1",), largest=10)) as client:
        refused = [
            client.post(path, headers={"host": "evil.example"}),
            client.post(path, headers={"origin": "https://evil.example"}),
            client.post(path, content=b"x" * 11),
            client.post(path, content=iter([b"x" * 11])),
        ]
    assert [each.status_code for each in refused] == [400, 403, 413, 413]
    for each in refused:
        told = each.json()
        sentence = told["error"]["message"] if path == "/v1/who" else told["error_description"]
        assert "page" not in sentence
        assert "x-content-type-options" in each.headers


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer none", "Basic YTpi", "Bearer byl_", "byl_AAAA_x", "Bearer byl_\xff_x"]
)
def test_no_word_but_a_secret_lets_in(guarded: tuple[httpx.Client, Mapping[str, dict[str, str]]], header: str) -> None:
    client, _ = guarded
    assert client.get("/v1/who", headers={"authorization": header.encode("latin-1")}).status_code == 401  # type: ignore[arg-type]


def test_a_revoked_key_is_refused_at_once_and_no_session_stands_in_for_it(
    guarded: tuple[httpx.Client, Mapping[str, dict[str, str]]], keys: Keys
) -> None:
    client, sent = guarded
    key, secret = keys.create("a program")
    assert client.get("/v1/who", headers=bearer(secret)).status_code == 200
    keys.revoke(key.id)
    assert client.get("/v1/who", headers=bearer(secret)).status_code == 401
    assert client.get("/v1/who", headers={**bearer(secret), **sent["admin"]}).status_code == 401


def test_another_page_sends_nothing_in_the_name_of_who_signed_in(
    guarded: tuple[httpx.Client, Mapping[str, dict[str, str]]],
) -> None:
    client, sent = guarded
    foreign = {**sent["admin"], "origin": "https://evil.example"}
    assert client.post("/v1/who", headers=foreign).status_code == 403
    preflight = client.options("/v1/who", headers={**foreign, "access-control-request-method": "POST"})
    assert "access-control-allow-origin" not in preflight.headers


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
def test_another_page_reaches_no_program_not_even_to_read(
    guarded: tuple[httpx.Client, Mapping[str, dict[str, str]]], headers: dict[str, str]
) -> None:
    client, sent = guarded
    for path in ("/v1/who", "/mcp"):
        assert client.get(path, headers={**sent["admin"], **headers}).status_code == 403, path
    own = {"origin": str(client.base_url).rstrip("/"), "sec-fetch-site": "same-origin"}
    assert client.get("/v1/who", headers={**sent["admin"], **own}).status_code == 200
    assert client.post("/signed/events", headers={"sec-fetch-site": "cross-site"}).status_code == 200


def test_keys_that_cannot_be_read_let_nobody_in_and_tell_no_path(index: Index, users: Users, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("no database")
    with served(index, Keys(tmp_path), Access(users=users)) as client:
        refused = client.get("/v1/who", headers=bearer("byl_AAAA_x"))
        assert refused.status_code == 503
        assert str(tmp_path) not in refused.text


# Who comes where nobody signs in


def test_on_this_machine_a_program_needs_no_key_and_may_send_any_word_for_one(index: Index, keys: Keys) -> None:
    with served(index, keys, Access()) as client:
        for headers in ({}, bearer("none")):
            assert client.get("/v1/who", headers=headers).json()["role"] == "editor"
        assert client.get("/v1/who", headers=bearer("byl_AAAA_x")).status_code == 401
        scoped = keys.create("a program", collections=(PRESS,))[1]
        for cut in (scoped[1:], scoped[4:], scoped[:-1], f'"{scoped}"', f"Bearer {scoped}", scoped.upper()):
            assert client.get("/v1/who", headers=bearer(cut)).status_code == 401, cut
        assert client.get("/v1/who", headers=bearer(scoped)).json()["role"] == "reader"


def test_whoever_a_proxy_brings_from_elsewhere_is_not_on_this_machine(index: Index, keys: Keys, tmp_path: Path) -> None:
    with served(index, keys, access_of(Config(store=tmp_path))) as client:
        assert client.get("/v1/who").json()["role"] == "editor"
        elsewhere = {"x-forwarded-for": "203.0.113.9"}
        for path in ("/v1/who", "/library"):
            assert client.get(path, headers=elsewhere).status_code in (401, 403), path
        assert client.get("/v1/who", headers={"x-forwarded-for": "127.0.0.1"}).status_code == 200
        secret = keys.create("a program")[1]
        assert client.get("/v1/who", headers={**elsewhere, **bearer(secret)}).json()["role"] == "reader"


def test_where_only_keys_let_in_the_page_is_there_for_nobody(index: Index, keys: Keys) -> None:
    _, secret = keys.create("a program")
    with served(index, keys, Access(open_to=None)) as client:
        assert client.get("/v1/who", headers=bearer(secret)).status_code == 200
        assert client.get("/v1/who").status_code == 401
        for path in ("/", "/config", "/library", "/gradio_api/info"):
            for headers in ({}, bearer(secret), {"accept": "text/html"}):
                refused = client.get(path, headers=headers)
                assert (refused.status_code, "programs with a key" in refused.text) == (403, True), path


def test_only_what_a_name_of_its_own_is_asked_for_is_served(index: Index, keys: Keys) -> None:
    with served(index, keys, Access(hosts=("127.0.0.1",))) as client:
        assert client.get("/v1/who", headers={"host": "evil.example"}).status_code == 400


def test_no_more_is_taken_than_may_be_sent(index: Index, keys: Keys) -> None:
    with served(index, keys, Access(largest=2_000_000)) as client:
        assert client.post("/v1/who", content=b"x" * 1_500_000).json()["sent"] == 1_500_000
        assert client.post("/v1/who", content=b"x" * 2_500_000).status_code == 413
        assert client.post("/v1/who", content=(b"x" * 500_000 for _ in range(5))).status_code == 413


def test_a_path_is_below_another_only_as_a_whole_name() -> None:
    assert [below(path, ["/v1"]) for path in ("/v1", "/v1/a", "/v1x", "/", "//v1", "/V1")] == [True, True, *[False] * 4]


@pytest.mark.slow
def test_the_page_and_programs_share_the_answers_that_are_made_at_once(page: Page, index: Index) -> None:
    services: list[Service] = []
    with serving(Bot(index), at_once=1, gates=lambda service: services.append(service) or ()) as address:
        page.goto(address)
        page.get_by_text("3 articles · model: extractive").wait_for()
        with services[0].slots.slot():
            page.get_by_label("Your question").fill(QUESTION)
            page.keyboard.press("Enter")
            page.get_by_text("as many answers as it can").wait_for()
            assert page.get_by_label("Your question").input_value() == QUESTION
        ask(page, QUESTION)
        assert services[0].slots.held == 0


# How the server starts, waits and ends


def test_before_the_bot_is_open_programs_are_told_to_come_again_and_the_health_is_shown(
    index: Index, keys: Keys
) -> None:
    released = Event()

    def opens() -> Bot:
        released.wait(60)
        return Bot(index)

    with serving(opens, gates=gates(keys)) as address, httpx.Client(base_url=address, timeout=60) as client:
        for path in ("/v1/articles", "/mcp"):
            refused = client.get(path)
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
            assert "being opened" in refused.text
        assert client.get("/healthz").json() == {"status": "starting"}
        assert client.get("/readyz").status_code == 503
        released.set()
        wait_until_ready(client)
        assert client.get("/v1/articles").status_code == 200


def test_more_requests_than_threads_can_do_are_told_to_come_again(
    index: Index, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "MOST", 1)
    entered, released = Semaphore(0), Event()

    def holding(service: Service) -> tuple[ProgramGuard, ...]:
        from starlette.applications import Starlette
        from starlette.responses import PlainTextResponse
        from starlette.routing import Route

        def hold(_: Request) -> Response:
            entered.release()
            released.wait(60)
            return PlainTextResponse("done")

        app = Starlette(routes=[Route(f"/v1/{path}", hold) for path in ("hold", "listen")])
        return (ProgramGuard(Program(app, ("/v1",), listening=("/v1/listen",)), keys, service),)

    with (
        serving(Bot(index), gates=holding, at_once=1) as address,
        httpx.Client(base_url=address, timeout=60) as client,
        ThreadPoolExecutor(3) as threads,
    ):
        wait_until_ready(client)
        held = [threads.submit(client.get, f"/v1/{path}") for path in ("listen", "hold", "hold")]
        for _ in held:
            assert entered.acquire(timeout=60)
        refused = client.get("/v1/hold")
        released.set()
        assert [each.result().text for each in held] == ["done"] * 3
        assert client.get("/v1/hold").text == "done"
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")
    assert refused.json()["error"]["type"] == "rate_limit_error"


def test_what_was_begun_can_be_fetched_while_the_server_ends(index: Index, keys: Keys) -> None:
    services: list[Service] = []

    def made(service: Service) -> tuple[ProgramGuard, ...]:
        services.append(service)
        return gates(keys)(service)

    with serving(Bot(index), gates=made) as address, httpx.Client(base_url=address, timeout=60) as client:
        wait_until_ready(client)
        streamed = client.post("/v1/ask", json={"question": QUESTION, "stream": True}).text
        stream = re.search("id: ([^:]+):", streamed)
        assert stream
        services[0].slots.close()
        assert client.get(f"/v1/streams/{stream[1]}").text == streamed
        assert client.get("/v1/jobs").json() == {"jobs": []}
        assert client.get("/v1/jobs/none").status_code == client.delete("/v1/jobs/none").status_code == 404
        assert client.get("/v1/articles").status_code == 503


PROGRAM_THAT_HOLDS = """
import sys
from pathlib import Path
from threading import Event

sys.path[:0] = [{root!r}]
from bot.answering.bot import Bot
from bot.errors import UsageError
from bot.service.middleware import ProgramGuard, Program
from bot.auth.keys import Keys
from bot.web import serve
from index import Index
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from tests.conftest import WordEmbeddings

released = Event()


def gates(service):
    def hold(request):
        def words():
            with service.slots.slot():
                yield "begun "
                released.wait()
                yield "done"
        return StreamingResponse(words())

    def release(request):
        released.set()
        return PlainTextResponse("released")

    app = Starlette(routes=[Route("/v1/hold", hold, methods=["POST"]), Route("/v1/release", release)])
    return (ProgramGuard(Program(app, ("/v1",), open=("/v1/release",)), Keys(Path({store!r})), service),)


index = Index.open({store!r}, embedder=WordEmbeddings())
serve(lambda: Bot(index), "127.0.0.1", 0, gates=gates)
"""


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_ends_finishes_what_was_begun_and_begins_nothing_more(index: Index, sent: signal.Signals) -> None:
    code = PROGRAM_THAT_HOLDS.format(root=str(Path(__file__).parent.parent), store=str(index.path))
    with process(sys.executable, "-c", code) as started:
        with httpx.Client(base_url=address_of(started), timeout=60) as client:
            wait_until_ready(client)
            with client.stream("POST", "/v1/hold") as held:
                words = held.iter_text()
                assert next(words) == "begun "
                started.send_signal(sent)
                while (ready := client.get("/readyz")).status_code == 200:
                    pass
                assert ready.json() == {"status": "stopping"}
                refused = client.post("/v1/hold")
                assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")
                assert client.get("/healthz").status_code == 200
                assert client.get("/v1/release").text == "released"
                assert "".join(words) == "done"
        assert started.wait(60) == 0


def byline(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        timeout=120,
    )


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store as the command opens it."""
    folder = tmp_path_factory.mktemp("stored")
    with Index.open(folder / "data" / "store") as opened:
        opened.add(ARTICLES)
        opened.add_to_collection(PRESS, [BRIDGE.id])
    return folder


@pytest.fixture
def real(stored: Path, tmp_path: Path) -> Path:
    """A copy for a test that makes keys."""
    return Path(shutil.copytree(stored, tmp_path / "real"))


def test_keys_are_made_listed_and_revoked(real: Path) -> None:
    made = byline("keys", "create", "press office", "--collection", PRESS, "--questions-a-minute", "5", folder=real)
    assert made.returncode == 0, made.stderr
    secret = made.stdout.strip()
    assert "shown this once" in made.stderr
    listed = json.loads(byline("keys", "list", "--json", folder=real).stdout)
    assert [(each["name"], each["role"], each["collections"], each["questions_a_minute"]) for each in listed] == [
        ("press office", "reader", [PRESS], 5)
    ]
    shown = byline("keys", "list", folder=real)
    assert "press office, reader, Press of Vellmar" in shown.stdout
    assert secret.split("_", 2)[2] not in shown.stdout + json.dumps(listed)
    assert Keys(real / "data" / "store").principal(secret)
    assert byline("keys", "revoke", listed[0]["id"], folder=real).returncode == 0
    assert Keys(real / "data" / "store").principal(secret) is None
    for wrong in (
        ("revoke", listed[0]["id"]),
        ("create", "x", "--collection", "Nowhere"),
        ("create", "x", "--collection", PRESS, "--role", "editor"),
        ("create", " "),
    ):
        refused = byline("keys", *wrong, folder=real)
        assert refused.returncode == 2
        assert "Traceback" not in refused.stderr
    assert "There is no key yet" in byline("keys", "list", folder=real).stderr


def test_keys_of_no_store_are_an_error_with_its_remedy(tmp_path: Path) -> None:
    for command in (("create", "x"), ("list",), ("revoke", "X")):
        refused = byline("keys", *command, folder=tmp_path)
        assert (refused.returncode, "byline index" in refused.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_the_server_starts_where_somebody_has_to_say_who_they_are_or_everybody_may(real: Path) -> None:
    elsewhere = ("serve", "--model", "extractive", "--host", "192.0.2.1", "--port", "0")  # no machine has this address
    refused = byline(*elsewhere, folder=real)
    assert refused.returncode == 2
    for remedy in ("--auth FILE", "byline keys create NAME", "--open"):
        assert remedy in refused.stderr
    begun = "cannot be served on 192.0.2.1"
    assert begun in byline(*elsewhere, "--open", folder=real).stderr
    assert begun in byline(*elsewhere, "--auth-header", "X-Forwarded-User", folder=real).stderr
    key, _ = Keys(real / "data" / "store").create("a program")
    assert begun in byline(*elsewhere, folder=real).stderr
    Keys(real / "data" / "store").revoke(key.id)
    assert begun not in byline(*elsewhere, folder=real).stderr


def test_a_server_with_a_name_of_its_own_is_not_this_machines_alone(
    stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BYLINE_ALLOWED_HOSTS", "byline.example")
    for command in ("serve", "chat"):
        refused = byline(command, "--model", "extractive", "--port", "0", folder=stored)
        assert (refused.returncode, "Everybody who reaches byline.example" in refused.stderr) == (2, True)


def test_without_the_extra_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    require_serving()
    monkeypatch.setitem(sys.modules, "mcp", None)  # as where it is not installed
    with pytest.raises(ServingMissing, match=re.escape(installing("serve"))):
        require_serving()


@dataclass(frozen=True)
class Ended:
    """What `byline serve` replied, and how it ended when it was told to."""

    health: httpx.Response
    page: httpx.Response
    left: httpx.Response  # to a page that was gone
    code: int
    errors: str


@pytest.fixture(scope="module")
def ended(stored: Path) -> Ended:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    command = (sys.executable, "-m", "bot", "serve", "--model", "extractive", "--port", "0")
    with process(*command, cwd=stored, env=environment) as started:
        with httpx.Client(base_url=address_of(started), timeout=60) as client:
            wait_until_ready(client)
            health, page = client.get("/healthz"), client.get("/")
            left = client.get("/gradio_api/queue/data", params={"session_hash": "gone"})
        started.send_signal(signal.SIGINT)
        errors = started.communicate(timeout=60)[1]
        return Ended(health, page, left, started.returncode, errors)


def test_the_command_serves_the_page_and_ends_when_it_is_told_to(ended: Ended) -> None:
    assert ended.health.json() == {"status": "ready"}
    assert ended.page.status_code == 200
    assert ended.code == 0


def test_a_page_that_is_left_while_it_loads_leaves_nothing_in_the_terminal(ended: Ended) -> None:
    assert '"session_not_found":true' in ended.left.text
    assert ended.errors == ""


# The address that is printed


def unusable(host: str, port: int, reason: str) -> UsageError:
    return UsageError(f"{host}:{port}: {reason}")


def test_a_server_on_every_address_prints_one_that_a_neighbour_can_open() -> None:
    with closing(listen("0.0.0.0", 0, unusable)) as listener:
        printed = urlsplit(listening.address_of(listener))
        assert printed.hostname not in (None, "0.0.0.0")
        assert printed.port == listener.getsockname()[1]
        with socket.create_connection((printed.hostname, printed.port), timeout=60):
            listener.accept()[0].close()


def test_a_machine_without_a_network_prints_its_loopback() -> None:
    assert listening.address_in_network(socket.AF_INET, elsewhere="255.255.255.255") == "127.0.0.1"  # not reachable
    with closing(listen("127.0.0.1", 0, unusable)) as listener:
        assert listening.address_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"
