"""Who gets in, as whom, and what is kept from everybody else: over HTTP against the real app, and in a real browser."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answering.bot import Bot
from bot.auth.users import Role, Users
from bot.history import History, Owner, RecordMissing
from bot.history.feedback import of_conversation
from bot.render.html.words import ENGLISH
from bot.runtime.rate_limit import RateLimit
from bot.web import door, sign_in
from bot.web.access import LOOPBACK, Access, believed
from bot.web.door import local
from bot.web.session import COOKIE, LASTS, Sessions
from index.index import Index
from tests.serving import PASSWORD, QUESTION, ask, client, open_menu, serving
from tests.small_news import ARTICLES, BRIDGE

if TYPE_CHECKING:
    from fastapi.testclient import TestClient
    from playwright.sync_api import Browser

    from tests.conftest import WordEmbeddings


@pytest.fixture
def index(tmp_path: Path, words: WordEmbeddings) -> Iterator[Index]:
    with Index.open(tmp_path / "store", embedder=words) as opened:
        opened.add(ARTICLES)
        yield opened


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A users file with an editor and a reader."""
    users = Users(tmp_path_factory.mktemp("users") / "users.json")
    users.put("ada", Role.EDITOR, PASSWORD)
    users.put("ben", Role.READER, PASSWORD)
    return users.path.read_bytes()


@pytest.fixture
def users(tmp_path: Path, prepared: bytes) -> Users:
    (tmp_path / "users.json").write_bytes(prepared)
    return Users(tmp_path / "users.json")


def enter(client: TestClient, name: str = "ada", password: str = PASSWORD, target: str = "/") -> Any:
    return client.post("/sign-in", params={"next": target}, data={"name": name, "password": password})


# Nobody comes in who did not sign in


GUARDED = [
    *("/", "/config", "/gradio_api/info", "/theme.css", "/gradio_api/heartbeat/abc", "/gradio_api/startup-events"),
    *("/gradio_api/queue/data?session_hash=abc", "/gradio_api/queue/status", "/script.js", "/monitoring"),
    *("/library", "/library/article?id=bridge", "/library/remove?id=bridge", "/library/bring", "/library/bring/abc"),
    *("/gradio_api/file=/etc/passwd", "/gradio_api/proxy=http://127.0.0.1/", "/download/abc/json", "/sign-out"),
    *("/nothing", "//", "/sign-in/", "/sign-in/..", "/healthz/", "/%73ign-in/x", "/share", "/shared/x"),
]


def test_nothing_of_the_app_is_there_for_somebody_who_did_not_sign_in(index: Index, users: Users) -> None:
    with client(index, Access(users=users)) as guest:
        for path in GUARDED:
            assert guest.get(path).status_code == 401, path
        for path in ("/gradio_api/queue/join", "/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/run/predict"):
            assert guest.post(path, json={}).status_code == 401, path
        assert guest.post("/library/remove", data={"id": BRIDGE.id}).status_code == 401
        assert guest.post("/library/bring", data={"addresses": "https://a.example"}).status_code == 401
        assert guest.get("/gradio_api/queue/data").json()["detail"] == ENGLISH("door.not_signed_in")
        assert guest.get("/healthz").json() == {"status": "ready"}
        assert guest.get("/share/abc").status_code == 404
    assert index.article(BRIDGE.id) == BRIDGE


def test_every_route_of_the_app_is_guarded(index: Index, users: Users) -> None:
    """Whatever Gradio adds to its routes later."""
    from bot.web import build_app

    def paths(routes: Any, before: str = "") -> Iterator[str]:
        for route in routes:
            path = before + (getattr(route, "path", "") or "")
            yield path
            for inner in (route, getattr(route, "original_router", None)):
                yield from paths(getattr(inner, "routes", None) or (), path)

    found = {re.sub(r"{[^}]*}", "x", path) for path in paths(build_app(lambda: Bot(index)).routes)} - {"", *door.OPEN}
    assert len(found) > 30
    with client(index, Access(users=users)) as guest:
        for path in sorted(found):
            for method in ("GET", "POST"):
                status = guest.request(method, path).status_code
                expected = {403} if path.endswith("/gradio_api/upload") else {401}
                if not path.startswith(door.OPEN_BELOW):
                    assert status in expected, (method, path)


def test_a_person_is_led_to_sign_in_and_from_there_to_where_they_were_going(index: Index, users: Users) -> None:
    with client(index, Access(users=users)) as guest:
        led = guest.get("/library?q=bridge&page=2", headers={"accept": "text/html"})
        assert (led.status_code, led.headers["location"]) == (303, "/sign-in?next=/library%3Fq%3Dbridge%26page%3D2")
        form = guest.get(led.headers["location"])
        action = 'action="/sign-in?next=/library%3Fq%3Dbridge%26page%3D2"'
        assert action in form.text
        refused = enter(guest, password="wrong", target="/library?q=bridge&page=2")
        assert (refused.status_code, action in refused.text) == (401, True)
        entered = enter(guest, target="/library?q=bridge&page=2")
        assert (entered.status_code, entered.headers["location"]) == (303, "/library?q=bridge&page=2")
        assert guest.get("/").status_code == 200
        assert guest.get("/sign-in?next=/library").headers["location"] == "/library"


def test_the_cookie_is_for_the_server_alone_and_only_sent_safely_where_it_can_be(index: Index, users: Users) -> None:
    with client(index, Access(users=users)) as guest:
        cookie = enter(guest).headers["set-cookie"]
        assert cookie.startswith(f"{COOKIE}=")
        assert {"HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={LASTS}"} <= set(cookie.split("; "))
        assert "Secure" not in cookie
        forwarded = {"x-forwarded-proto": "https", "host": "byline.example", "origin": "https://byline.example"}
        data = {"name": "ada", "password": PASSWORD}
        assert "Secure" in guest.post("/sign-in", data=data, headers=forwarded).headers["set-cookie"].split("; ")


def test_signing_out_ends_the_session_also_for_who_kept_the_cookie(index: Index, users: Users) -> None:
    with client(index, Access(users=users)) as guest:
        enter(guest)
        kept = guest.cookies[COOKIE]
        assert "ada" in guest.get("/sign-out").text
        for path in ("/library", "/library/article?id=bridge", "/check", "/share/none"):
            head = guest.get(path).text.partition("</header>")[0]
            assert '<span dir="auto">ada</span>' in head, path
            assert "sign-out" in head, path
        assert guest.head("/sign-out").status_code == guest.get("/").status_code == 200  # asking does not do it yet
        out = guest.post("/sign-out")
        assert (out.status_code, COOKIE in guest.cookies) == (303, False)
        assert ENGLISH("sign_in.ended") in guest.get(out.headers["location"]).text
        assert ENGLISH("sign_in.ended") not in guest.get("/sign-in").text
        assert guest.get("/", headers={"cookie": f"{COOKIE}={kept}"}).status_code == 401


def test_who_signed_out_is_out_after_a_restart_and_for_every_worker(index: Index, users: Users, tmp_path: Path) -> None:
    access = Access(users=users, ended=tmp_path / "signed-out.sqlite3")
    with client(index, access) as guest, client(index, access) as worker:
        enter(guest)
        kept, other = guest.cookies[COOKIE], enter(worker).cookies[COOKIE]
        again = {"cookie": f"{COOKIE}={kept}"}
        worker.cookies.clear()
        assert worker.get("/", headers=again).status_code == 200
        guest.post("/sign-out")
        assert worker.get("/", headers=again).status_code == 401
    with client(index, access) as restarted:
        assert restarted.get("/", headers=again).status_code == 401
        assert restarted.get("/", headers={"cookie": f"{COOKIE}={other}"}).status_code == 200


def test_nobody_is_let_in_where_it_is_not_known_who_signed_out(index: Index, users: Users, tmp_path: Path) -> None:
    (tmp_path / "broken.sqlite3").write_bytes(b"no database" * 100)
    with client(index, Access(users=users, ended=tmp_path / "broken.sqlite3")) as guest:
        enter(guest)
        refused = guest.get("/")
        assert refused.status_code == 503
        assert "Nobody can sign in just now." in refused.text


def test_what_is_known_of_ended_sessions_goes_when_they_would_have_ended_anyway(users: Users, tmp_path: Path) -> None:
    now = [1_000_000.0]
    path = tmp_path / "signed-out.sqlite3"
    sessions = Sessions(users, path, clock=lambda: now[0])
    for _ in range(3):
        sessions.end(sessions.begin("ada"))
        now[0] += LASTS + 1
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM ended").fetchone() == (1,)


@pytest.mark.parametrize(
    "others",
    [
        'a="b',
        "a=b,c",
        "[x]=1",
        "a b=c",
        "=",
        ";;",
        "a=\u00e9",
        "{}",
        'j={"a":"b"}',
        "a:b=c",
        "a=1; a=1",
        "@x=y; $Path=/",
        'a=b; bad[]={"x":1}',
    ],
)
def test_no_cookie_of_another_program_signs_anybody_out(index: Index, users: Users, others: str) -> None:
    with client(index, Access(users=users)) as guest:
        kept = f"{COOKIE}={enter(guest).cookies[COOKIE]}"
        guest.cookies.clear()
        for sent in ([f"{others}; {kept}"], [f"{kept}; {others}"], [others, kept], [kept, others]):
            headers = [("cookie", each.encode("latin-1")) for each in sent]
            assert guest.get("/library", headers=headers).status_code == 200, sent  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["ada", "nobody", "<script>alert(1)</script>", "ada\x00", "'; --"])
def test_nothing_tells_whether_a_name_exists(index: Index, users: Users, name: str) -> None:
    with client(index, Access(users=users)) as guest:
        refused = enter(guest, name, "the wrong password")
        assert refused.status_code == 401
        assert ENGLISH("sign_in.wrong") in refused.text
        assert "<script>alert" not in refused.text
        assert "set-cookie" not in refused.headers
        shown = re.sub(r'name="name" value="[^"]*"', "", refused.text)
        assert shown == re.sub(r'name="name" value="[^"]*"', "", enter(guest, "another", "the wrong password").text)


def test_after_some_failed_tries_even_the_right_password_has_to_wait(index: Index, users: Users) -> None:
    with client(index, Access(users=users)) as guest:
        assert [guest.head("/sign-in").status_code for _ in range(sign_in.TRIES)] == [200] * sign_in.TRIES
        for _ in range(sign_in.TRIES):
            assert enter(guest, password="the wrong password").status_code == 401
        slowed = enter(guest)
        assert slowed.status_code == 429
        assert re.search(r"Wait \d+ seconds", slowed.text)
        elsewhere = {"x-forwarded-for": "192.0.2.7"}
        data = {"name": "ada", "password": PASSWORD}
        assert guest.post("/sign-in", data=data, headers=elsewhere).status_code == 303


def test_many_tries_at_once_are_no_more_than_one_after_the_other(index: Index, users: Users) -> None:
    with client(index, Access(users=users)) as guest, ThreadPoolExecutor(12) as threads:
        tries = threads.map(lambda _: enter(guest, password="the wrong password").status_code, range(12))
        assert sorted(tries) == [401] * sign_in.TRIES + [429] * (12 - sign_in.TRIES)


def test_who_signs_in_often_is_not_slowed(index: Index, users: Users) -> None:
    with client(index, Access(users=users)) as guest:
        assert [enter(guest).status_code for _ in range(sign_in.TRIES + 2)] == [303] * (sign_in.TRIES + 2)


def test_gradio_gives_no_file_of_the_machine_and_asks_no_other_for_one(index: Index, users: Users) -> None:
    with client(index, Access(users=users)) as guest:
        enter(guest)
        store = users.path.parent / "store"
        for path in (users.path, "/etc/passwd", *store.glob("*"), "pyproject.toml", "bot/web/page.py"):
            assert guest.get(f"/gradio_api/file={path}").status_code == 403, path
        assert guest.get("/gradio_api/proxy=http://127.0.0.1:80/").status_code == 400


def test_a_name_is_not_tried_for_ever_from_many_addresses(index: Index, users: Users) -> None:
    with client(index, Access(users=users)) as guest:
        answers = [
            guest.post(
                "/sign-in",
                data={"name": ("nobody", "NoBody ", "ｎobody")[number % 3], "password": "the wrong password"},
                headers={"x-forwarded-for": f"192.0.2.{number}"},
            ).status_code
            for number in range(sign_in.TRIES_OF_NAME + 1)
        ]
    assert answers == [401] * sign_in.TRIES_OF_NAME + [429]


# Sessions


def test_a_session_ends_with_time_with_its_password_and_with_its_user(users: Users) -> None:
    now = [1_000_000.0]
    sessions = Sessions(users, clock=lambda: now[0])
    cookie = sessions.begin("Ada")
    assert sessions.name(cookie) == "ada"
    assert Sessions(Users(users.path), clock=lambda: now[0]).name(cookie) == "ada"  # after a restart, too
    now[0] += LASTS - 1
    assert sessions.name(cookie) == "ada"
    now[0] += 2
    assert sessions.name(cookie) is None
    for change in (lambda: users.put("ada", Role.EDITOR, "another long password"), lambda: users.remove("ada")):
        cookie = sessions.begin("ada")
        assert sessions.name(cookie) == "ada"
        change()
        assert sessions.name(cookie) is None


def test_no_cookie_but_ours_is_a_session(users: Users, tmp_path: Path) -> None:
    sessions, other = Sessions(users), Users(tmp_path / "other.json")
    other.put("ada", Role.EDITOR, PASSWORD)
    mine, theirs = sessions.begin("ada"), Sessions(other).begin("ada")
    body, signature = mine.split(".")
    longer = sessions.begin("ben").split(".")[0]
    for cookie in (
        "",
        ".",
        "a.b",
        body,
        f"{body}.",
        f".{signature}",
        f"{longer}.{signature}",
        theirs,
        f"{mine}.",
        mine[:-4],
    ):
        assert sessions.name(cookie) is None, cookie
    assert sessions.name(sessions.begin("nobody")) is None


@given(st.text(max_size=80))
def test_no_text_is_a_session(tmp_path_factory: pytest.TempPathFactory, prepared: bytes, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any-users.json"
    path.write_bytes(prepared)
    assert Sessions(Users(path)).name(text) is None


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "\t//evil.example",
        "/\n/e",
    ],
)
def test_signing_in_leads_nowhere_else(target: str) -> None:
    assert local(target) == "/"


def test_a_users_file_that_is_lost_lets_nobody_in(index: Index, users: Users) -> None:
    with client(index, Access(users=users)) as guest:
        enter(guest)
        users.path.write_text("{}")
        answer = guest.get("/")
        assert answer.status_code == 503
        assert "Nobody can sign in just now." in answer.text


# A proxy says who asks


def test_a_proxy_that_is_believed_says_who_asks_and_as_what(index: Index, users: Users) -> None:
    access = Access(users=users, header="X-Forwarded-User")
    with client(index, access) as guest:
        for name, edits in (("ada", True), ("Ada", True), ("ben", False), ("carl@news.example", False)):
            page = guest.get("/library", headers={"x-forwarded-user": name})
            assert page.status_code == 200
            assert ("/library/bring" in page.text) is edits, name
        assert guest.get("/library", headers={"x-forwarded-user": " "}).status_code == 401
        assert (
            guest.get("/library", headers=[("x-forwarded-user", "ben"), ("x-forwarded-user", "ada")]).status_code == 200
        )
        twice = guest.get("/library", headers=[("x-forwarded-user", "ben"), ("x-forwarded-user", "ada")])
        assert "/library/bring" not in twice.text
    roles = Access(header="X-Forwarded-User", role_header="X-Forwarded-Groups")
    with client(index, roles) as guest:
        for stated, edits in (("staff, Editor", True), ("editors", False), ("", False)):
            headers = {"x-forwarded-user": "dora", "x-forwarded-groups": stated}
            assert ("/library/bring" in guest.get("/library", headers=headers).text) is edits


def test_nobody_else_is_believed_to_be_a_proxy(index: Index, users: Users) -> None:
    claim = {"x-forwarded-user": "ada", "x-forwarded-for": "127.0.0.1"}
    with client(index, Access(header="X-Forwarded-User"), peer=("192.0.2.1", 1)) as guest:
        refused = guest.get("/", headers={**claim, "accept": "text/html"})
        assert (refused.status_code, ENGLISH("door.not_through_proxy") in refused.text) == (403, True)
    with client(index, Access(users=users)) as guest:
        assert guest.get("/", headers=claim).status_code == 401  # no header was named
    named = Access(header="X-Forwarded-User", proxies=("192.0.2.0/24",))
    with client(index, named, peer=("192.0.2.1", 1)) as guest:
        assert guest.get("/", headers=claim).status_code == 200
    with client(index, named) as guest:
        assert guest.get("/", headers=claim).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"x-forwarded-for": "127.0.0.1", "via": "1.1 proxy"}, 200),
        ({"x-forwarded-for": "192.0.2.7"}, 403),
        ({"forwarded": "for=192.0.2.7"}, 403),
        ({"via": "1.1 proxy"}, 403),
        ({"x-real-ip": "192.0.2.7"}, 403),
        ({"X-Forwarded-Host": "byline.example"}, 403),
        ({"x-forwarded-proto": "https"}, 403),
    ],
)
def test_who_comes_by_a_proxy_that_does_not_say_for_whom_is_not_on_this_machine(
    index: Index, headers: dict[str, str], status: int
) -> None:
    with client(index, Access(only_local=True)) as guest:
        assert guest.get("/library", headers=headers).status_code == status
    with client(index, Access()) as guest:
        assert guest.get("/library", headers=headers).status_code == 200


def test_addresses_are_believed_as_they_are_named() -> None:
    assert believed("127.8.8.8", LOOPBACK)
    assert not believed("::ffff:192.0.2.1", LOOPBACK)
    with pytest.raises(Exception, match="proxies cannot be used"):
        Access(proxies=("proxy.example",))


# Whatever comes from elsewhere


def test_a_name_that_is_not_the_pages_own_is_turned_away(index: Index) -> None:
    names = ("localhost", "127.0.0.1", "::1")
    with client(index, Access(hosts=names), base_url="http://localhost") as guest:
        for host in ("localhost:7860", "127.0.0.1", "[::1]:7860", "LOCALHOST"):
            assert guest.get("/healthz", headers={"host": host}).status_code == 200, host
        for host in ("evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "", "evil.example:7860"):
            answer = guest.get("/healthz", headers={"host": host})
            assert (answer.status_code, answer.text) == (400, ENGLISH("door.wrong_name")), host
        from starlette.websockets import WebSocketDisconnect

        with pytest.raises(WebSocketDisconnect), guest.websocket_connect("/ws", headers={"host": "evil.example"}):
            pass


def test_no_other_site_opens_a_socket_and_no_guest_does(index: Index, users: Users) -> None:
    from starlette.websockets import WebSocketDisconnect

    for access, headers in ((Access(), {"origin": "https://evil.example"}), (Access(users=users), {})):
        with (
            client(index, access) as guest,
            pytest.raises(WebSocketDisconnect) as refused,
            guest.websocket_connect("/gradio_api/queue/join", headers=headers),
        ):
            pass
        assert refused.value.code == 1008


def test_every_answer_has_the_headers_that_keep_others_out(index: Index, users: Users) -> None:
    with client(index, Access(users=users)) as guest:
        answers = [guest.get(path) for path in ("/sign-in", "/", "/healthz", "/share/none")]
        answers += [enter(guest), guest.get("/"), guest.get("/library"), guest.post("/x", headers={"origin": "null"})]
        for answer in answers:
            assert answer.headers["cross-origin-opener-policy"] == "same-origin"
            assert answer.headers["permissions-policy"].startswith("camera=(), ")
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
            assert "strict-transport-security" not in answer.headers
            assert "access-control-allow-origin" not in answer.headers
        assert guest.get("/library").headers["cache-control"] == "no-store"
        secure = guest.get("/sign-in", headers={"x-forwarded-proto": "https"})
        assert secure.headers["strict-transport-security"] == "max-age=31536000"
    with client(index, Access(users=users), peer=("192.0.2.1", 1)) as guest:
        assert "strict-transport-security" not in guest.get("/sign-in", headers={"x-forwarded-proto": "https"}).headers


# How much, and how often


def test_no_more_is_taken_than_anything_needs(index: Index) -> None:
    def chunks() -> Iterator[bytes]:
        yield from [b"x" * 100_000] * 20

    with client(index, Access(largest=2_000_000)) as guest:
        much = b"x" * (door.LARGEST + 1)
        for path in ("/gradio_api/queue/join", "/library/remove", "/nothing"):
            answer = guest.post(path, content=much, headers={"content-type": "application/json"})
            assert answer.status_code == 413, path
            assert "at most 1,000,000 bytes" in answer.text
        form = {"content-type": "application/x-www-form-urlencoded"}
        assert guest.post("/library/remove", content=chunks(), headers=form).status_code == 413
        assert guest.post("/library/bring", content=b"x" * 2_000_001, headers=form).status_code == 413
        uploaded = guest.post("/gradio_api/upload", files={"files": ("a.txt", b"A text.")})
        assert (uploaded.status_code, uploaded.json()["detail"]) == (403, ENGLISH("door.no_uploads"))


def test_a_length_that_is_no_length_is_turned_away(index: Index) -> None:
    with client(index, Access()) as guest:
        assert guest.post("/library/remove", content=b"x", headers={"content-length": "9" * 5000}).status_code == 413


def test_a_flood_is_turned_away_in_words(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "ASKED", 3)
    with client(index, Access()) as guest:
        statuses = [guest.post("/gradio_api/reset", json={}).status_code for _ in range(4)]
        assert 429 not in statuses[:3]
        flooded = guest.post("/gradio_api/queue/join", json={})
        assert flooded.status_code == 429
        assert re.search(r"Wait \d+ seconds", flooded.json()["detail"])
        assert flooded.headers["retry-after"].isdigit()
        assert guest.get("/").status_code == 200


def test_a_pace_lets_through_so_many_in_any_stretch_of_time_and_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1_000_000.0]
    monkeypatch.setattr("time.time", lambda: now[0])
    pace = RateLimit(2, 60)
    assert [pace.take("a"), pace.take("a"), pace.take("a"), pace.take("b")] == [0, 0, 60, 0]
    now[0] += 59.5
    assert pace.take("a") == 1
    now[0] += 0.6
    assert [pace.take("a"), pace.take("a"), pace.wait("a")] == [0, 0, 60]
    for number in range(10_001):
        pace.take(f"c{number}")
    now[0] += 61
    pace.take("d")
    assert len(pace._storage.events) == 1


# The command


def chat(*arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "chat", "--model", "extractive", "--port", "0", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), **environment},
        timeout=120,
    )


def test_a_users_file_that_is_not_there_is_said_before_anything_is_served(tmp_path: Path) -> None:
    done = chat("--auth", "none.json", folder=tmp_path)
    assert done.returncode == 1
    assert "The users file none.json cannot be used: No such file or directory." in done.stderr
    assert not (tmp_path / "data").exists()


def test_where_everybody_could_come_nothing_is_served_unless_that_is_wanted(
    index: Index, tmp_path: Path, users: Users
) -> None:
    elsewhere = ("--store", str(index.path), "--host", "192.0.2.1")  # an address that no machine has
    done = chat(*elsewhere, folder=tmp_path)
    assert "Everybody who reaches 192.0.2.1 could ask" in done.stderr
    assert done.returncode == 2
    for wanted in (("--open",), ("--auth", str(users.path))):
        assert "cannot be served on 192.0.2.1" in chat(*elsewhere, *wanted, folder=tmp_path).stderr


def test_the_rules_of_a_deployment_follow_from_its_settings(users: Users) -> None:
    from bot.cli.serve import access_of
    from bot.config import Config

    alone = access_of(Config())
    assert (alone.guarded, alone.open_to, alone.hosts) == (
        False,
        Role.EDITOR,
        ("localhost", "127.0.0.1", "::1", "127.0.0.1"),
    )
    nobody = access_of(Config(host="0.0.0.0"))
    assert (nobody.guarded, nobody.open_to, nobody.closed) == (True, None, True)
    open_to_all = access_of(Config(host="0.0.0.0", open=True))
    assert (open_to_all.guarded, open_to_all.open_to, open_to_all.hosts) == (False, Role.READER, ())
    assert access_of(Config(host="0.0.0.0", editing=True, open=True)).open_to is Role.EDITOR
    proxied = access_of(Config(allowed_hosts="byline.example"))
    assert (proxied.closed, proxied.hosts[0]) == (True, "byline.example")
    assert access_of(Config(allowed_hosts="byline.example", open=True)).open_to is Role.READER
    assert access_of(Config(allowed_hosts="byline.example", open=True, editing=True)).open_to is Role.EDITOR
    assert access_of(Config(open=True)).open_to is Role.READER
    assert access_of(Config(behind_proxy=True)).closed
    assert access_of(Config(behind_proxy=True, open=True)).open_to is Role.READER
    assert access_of(Config(editing=False, auth=users.path)).role("ada") is Role.READER
    named = access_of(Config(auth=users.path, allowed_hosts="Byline.example, other.example", auth_proxies="192.0.2.1"))
    assert named.hosts[:2] == ("byline.example", "other.example")
    assert (named.role("ada"), named.role("ben"), named.proxies) == (Role.EDITOR, Role.READER, ("192.0.2.1",))


# What a person asks is theirs


def test_a_browser_cannot_say_that_it_is_somebody() -> None:
    from bot.web.talk import place_of

    for owner in (None, Owner("web", "@ben")):
        place = place_of(["@ada", "kept"], owner)
        assert place.owner != Owner("web", "@ada")
    assert place_of(["key", "kept"], None).owner == Owner("web", "key")
    assert place_of(["key", "kept"], Owner("web", "@ben")).owner == Owner("web", "@ben")


@pytest.mark.slow
def test_two_people_at_one_browser_each_have_their_own_chat(browser: Browser, users: Users, index: Index) -> None:
    history = History.in_memory()
    with serving(Bot(index), history, Access(users=users, questions=2)) as address:
        page = browser.new_context().new_page()
        page.set_default_timeout(60_000)
        for name in ("ada", "ben"):
            page.goto(address)
            page.get_by_label("Name").fill(name)
            page.get_by_label("Password").fill("not the password")
            page.get_by_role("button", name="Sign in").click()
            page.get_by_text(ENGLISH("sign_in.wrong")).wait_for()
            page.get_by_label("Password").fill(PASSWORD)
            page.keyboard.press("Enter")
            page.get_by_text("3 articles · model: extractive").wait_for()
            page.locator("#out").get_by_text(name).wait_for(state="attached")
            assert page.locator("#chat .message").count() == 0
            ask(page, QUESTION)
            page.reload()
            page.locator("#chat .message.bot .answer").wait_for()
            ask(page, "What did its repairs cost?")
            page.get_by_label("Your question").fill("And who cut the ribbon?")
            page.keyboard.press("Enter")
            page.get_by_text("You have asked many questions in a minute.").wait_for()
            assert page.get_by_label("Your question").input_value() == "And who cut the ribbon?"
            open_menu(page)
            page.get_by_role("link", name="Sign out").click()
            page.get_by_role("button", name="Sign out").click()
            page.get_by_text(ENGLISH("sign_in.ended")).wait_for()
    kept = [(each.place.owner, each.turns) for each in history.everybodys()]
    assert sorted(kept, key=lambda each: each[0].key) == [(Owner("web", "@ada"), 2), (Owner("web", "@ben"), 2)]


@pytest.mark.slow
def test_what_somebody_left_on_show_is_not_whose_who_signs_in_after_them(
    browser: Browser, users: Users, index: Index
) -> None:
    history = History.in_memory()
    with serving(Bot(index), history, Access(users=users)) as address:
        context = browser.new_context()
        left, other = context.new_page(), context.new_page()
        left.set_default_timeout(60_000)
        left.goto(address)
        left.get_by_label("Name").fill("ada")
        left.get_by_label("Password").fill(PASSWORD)
        left.keyboard.press("Enter")
        left.get_by_text("3 articles · model: extractive").wait_for()
        ask(left, QUESTION)
        left.locator("#good-1").wait_for()
        left.get_by_role("button", name="Chats", exact=True).click()
        left.locator("#delete-0").wait_for()
        other.goto(f"{address}sign-out")
        other.get_by_role("button", name="Sign out").click()
        other.get_by_label("Name").fill("ben")
        other.get_by_label("Password").fill(PASSWORD)
        other.keyboard.press("Enter")
        other.locator("#out").get_by_text("ben").wait_for(state="attached")
        [kept] = history.everybodys()
        for button in ("#delete-0", "#name-0", "#save-0", "#open-0"):
            left.locator(button).click()
        left.get_by_text(ENGLISH("sidebar.missing")).wait_for()
        left.locator("#good-1").dispatch_event("click")
        left.get_by_text(str(RecordMissing())).wait_for()
        assert [left.locator(each).is_visible() for each in ("#deleting", "#naming", "#saving")] == [False] * 3
        left.get_by_label("Search your chats").fill("bridge")
        left.get_by_text("No chat has these words.").wait_for()
    assert of_conversation(history, kept.place) == {}
    assert [each.place for each in history.everybodys()] == [kept.place]
