"""Slack over HTTP, in several workspaces: the real Bolt app and SDK, real SQLite, a small Slack on loopback."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import multiprocessing
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import uvicorn
from slack_bolt import App
from slack_sdk.oauth.installation_store import Bot, Installation
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from bot.cli import main
from bot.cli.doctor import tokens
from bot.config import Config
from bot.slack.errors import (
    AddressInvalid,
    SlackAddressUnusable,
    TokenKeyInvalid,
    TokenKeyMissing,
    TokenKeyMistaken,
)
from bot.slack.http import LARGEST, address, asgi, serve
from bot.slack.installed import FILE
from bot.slack.installs import STATE_SECONDS, Installs, States, ciphers, new_key, oauth_flow
from bot.slack.logs import hidden, hide_secrets
from bot.slack.manifest import SCOPES
from bot.tables.sqlite import FileDamaged, FileUnusable

CLIENT, CLIENT_SECRET, SIGNING_SECRET = "11.22", "client-secret-of-the-test", "signing-secret-of-the-test"
CODE = "1111111111.2222222222.0123456789abcdef"
KEY = urlsafe_b64encode(bytes(range(32))).decode()  # the same in every process
ROOT = Path(__file__).parent.parent


class Workspaces:
    """Slack's Web API for several workspaces: one OAuth code for each, which serves once."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any], str]] = []
        self.codes = {CODE: "T1", CODE.replace("f", "e"): "T2"}
        self.expires: int | None = None  # seconds that tokens live, where they are rotated
        self.renewed = 0
        route = Route("/api/{method}", self._api, methods=["GET", "POST"])
        config = uvicorn.Config(Starlette(routes=[route]), port=0, log_level="warning")
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._server.run)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.servers[0].sockets[0].getsockname()[1]}/api/"

    def calls_of(self, method: str) -> list[tuple[dict[str, Any], str]]:
        return [(args, token) for name, args, token in self.calls if name == method]

    def __enter__(self) -> Workspaces:
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()

    async def _api(self, request: Request) -> JSONResponse:
        method = request.path_params["method"]
        is_json = request.headers.get("content-type", "").startswith("application/json")
        args = (await request.json() if is_json else dict(await request.form())) | dict(request.query_params)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        self.calls.append((method, args, token))
        return JSONResponse(self._answer(method, args, token))

    def _answer(self, method: str, args: dict[str, Any], token: str) -> dict[str, Any]:
        match method:
            case "oauth.v2.access" if args.get("grant_type") == "refresh_token":
                self.renewed += 1
                renewed = {"access_token": "xoxe.xoxb-1-renewed", "refresh_token": "xoxe-1-next", "expires_in": 43_200}
                return {"ok": True, "token_type": "bot", **renewed}
            case "oauth.v2.access":
                team = self.codes.pop(args["code"], None)
                return self._granted(team) if team else {"ok": False, "error": "invalid_code"}
            case "auth.test" if token.startswith("xox"):
                return {
                    "ok": True,
                    "user_id": "UBOT",
                    "bot_id": "BBOT",
                    "team_id": "T",
                    "url": "https://x/",
                    "user": "b",
                }
            case "auth.test":
                return {"ok": False, "error": "invalid_auth"}
            case _:
                return {"ok": True, "channel": "C", "ts": "1.1"}

    def _granted(self, team: str) -> dict[str, Any]:
        rotated = {"refresh_token": "xoxe-1-first", "expires_in": self.expires} if self.expires else {}
        return {
            "ok": True,
            "access_token": f"xoxb-{team}-secret",
            "token_type": "bot",
            "scope": ",".join(SCOPES),
            "bot_user_id": "UBOT",
            "app_id": "A1",
            "team": {"id": team, "name": f"Team {team}"},
            "authed_user": {"id": "UINSTALLER"},
            **rotated,
        }


@pytest.fixture
def slack() -> Iterator[Workspaces]:
    with Workspaces() as slack:
        yield slack


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("BYLINE_", "SLACK_"))]:
        monkeypatch.delenv(name)


def installs(folder: Path, keys: str = KEY, **named: Any) -> Installs:
    return Installs(folder / FILE, CLIENT, ciphers(keys), **named)


def installation(team: str | None = "T1", person: str = "U1", token: str | None = "xoxb-1-secret", **more: Any) -> Any:
    known = {"app_id": "A1", "team_name": "Newsroom", "bot_id": "B1", "bot_user_id": "UB", "bot_scopes": "commands"}
    return Installation(**{**known, "team_id": team, "user_id": person, "bot_token": token, **more})


def found(store: Installs, team: str | None = "T1", enterprise: str | None = None, **more: Any) -> Installation | None:
    return store.find_installation(enterprise_id=enterprise, team_id=team, **more)


def token_of(store: Installs, team: str = "T1") -> str | None:
    bot = store.find_bot(enterprise_id=None, team_id=team)
    return bot.bot_token if bot else None


# The file of tokens


def test_an_installation_is_found_as_it_was_saved(tmp_path: Path) -> None:
    more = {"bot_refresh_token": "xoxe-1-r", "bot_token_expires_in": 60, "user_token": "xoxp-1-u", "user_scopes": "a,b"}
    saved = installation(**more, custom_values={"plan": "é"}, installed_at=17.5)  # type: ignore[arg-type]
    installs(tmp_path).save(saved)
    again = installs(tmp_path)
    kept = found(again)
    assert kept is not None
    assert vars(kept) == vars(saved)
    bot = again.find_bot(enterprise_id=None, team_id="T1")
    assert bot is not None
    assert vars(bot) == vars(saved.to_bot())


def test_the_file_shows_nobody_a_token_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    store = installs(tmp_path)
    store.save(installation(user_token="xoxp-1-secret", bot_refresh_token="xoxe-1-secret"))
    path = tmp_path / FILE
    content = path.read_bytes()
    assert b"secret" not in content
    assert b"xox" not in content
    assert b"Newsroom" not in content
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [FILE]


def test_what_is_deleted_is_gone_from_the_file(tmp_path: Path) -> None:
    store = installs(tmp_path)
    store.save(installation())
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        sealed = [
            row[0] for table in ("bot", "installation") for row in connection.execute(f"SELECT sealed FROM {table}")
        ]
    assert all(each in (tmp_path / FILE).read_bytes() for each in sealed)
    store.delete_all(enterprise_id=None, team_id="T1")
    assert found(store) is None
    assert token_of(store) is None
    assert not any(each in (tmp_path / FILE).read_bytes() for each in sealed)


def test_a_workspace_has_its_last_bot_token_whoever_installed_it(tmp_path: Path) -> None:
    store = installs(tmp_path)
    store.save(installation(person="U1", token="xoxb-1-old", installed_at=1.0))
    store.save(installation(person="U2", token="xoxb-1-new", installed_at=2.0))
    store.save(installation(team="T2", token="xoxb-2"))
    first, last = found(store, user_id="U1"), found(store)
    assert first is not None
    assert last is not None
    assert (first.user_id, last.user_id) == ("U1", "U2")
    assert (first.bot_token, last.bot_token, token_of(store, "T2")) == ("xoxb-1-new", "xoxb-1-new", "xoxb-2")
    assert found(store, user_id="U3") is None


def test_a_person_who_installs_without_a_bot_leaves_the_bot_as_it_is(tmp_path: Path) -> None:
    store = installs(tmp_path)
    store.save(installation(installed_at=1.0))
    store.save(installation(person="U2", token=None, installed_at=2.0))
    kept = found(store)
    assert kept is not None
    assert (kept.user_id, kept.bot_token) == ("U2", "xoxb-1-secret")


def test_an_organisation_is_installed_once_for_all_of_its_workspaces(tmp_path: Path) -> None:
    store = installs(tmp_path)
    store.save(installation(team=None, enterprise_id="E1", is_enterprise_install=True))
    for team in (None, "T1", "T2"):
        kept = found(store, team, "E1", is_enterprise_install=True)
        assert kept is not None
        assert kept.is_enterprise_install
        assert store.find_bot(enterprise_id="E1", team_id=team, is_enterprise_install=True) is not None
    assert found(store, "T1", "E1") is None
    assert found(store, "T1", "E2", is_enterprise_install=True) is None


def test_one_persons_tokens_or_the_bots_are_deleted_alone(tmp_path: Path) -> None:
    store = installs(tmp_path)
    for person in ("U1", "U2"):
        store.save(installation(person=person))
    store.delete_installation(enterprise_id=None, team_id="T1", user_id="U1")
    assert found(store, user_id="U1") is None
    assert found(store, user_id="U2") is not None
    store.delete_bot(enterprise_id=None, team_id="T1")
    kept = found(store)
    assert kept is not None
    assert kept.bot_token is None


def test_another_apps_installations_are_not_found(tmp_path: Path) -> None:
    installs(tmp_path).save(installation())
    other = Installs(tmp_path / FILE, "33.44", ciphers(KEY))
    assert found(other) is None
    other.delete_all(enterprise_id=None, team_id="T1")
    assert found(installs(tmp_path)) is not None


def test_a_new_key_encrypts_anew_and_the_old_one_can_go(tmp_path: Path) -> None:
    new = new_key()
    installs(tmp_path).save(installation())
    installs(tmp_path, f"{new}, {KEY}").renew()
    assert token_of(installs(tmp_path, new)) == "xoxb-1-secret"
    with pytest.raises(TokenKeyMistaken):
        token_of(installs(tmp_path, KEY))


def test_a_wrong_key_is_told_at_the_start_and_changes_nothing(tmp_path: Path) -> None:
    installs(tmp_path).save(installation())
    before = (tmp_path / FILE).read_bytes()
    with pytest.raises(TokenKeyMistaken, match="SLACK_TOKEN_KEY"):
        oauth_flow(tmp_path, CLIENT, CLIENT_SECRET, new_key(), base_url="http://127.0.0.1:9/api/")
    assert (tmp_path / FILE).read_bytes() == before
    assert token_of(installs(tmp_path)) == "xoxb-1-secret"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (None, TokenKeyMissing),
        ("", TokenKeyMissing),
        (" , ", TokenKeyMissing),
        ("hello", TokenKeyInvalid),
        (f"{KEY},hello", TokenKeyInvalid),
        ("é" * 44, TokenKeyInvalid),
    ],
)
def test_what_is_no_key_is_told_with_the_command_that_makes_one(given: str | None, error: type[Exception]) -> None:
    with pytest.raises(error, match="`byline slack key`") as caught:
        ciphers(given)
    assert KEY not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00" + bytes(200)])
def test_a_file_that_cannot_be_used_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises((FileDamaged, FileUnusable), match=re.escape(str(tmp_path / FILE))):
        installs(tmp_path).save(installation())


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileUnusable):
        installs(tmp_path / "nowhere").save(installation())


def test_many_threads_save_and_find_at_once(tmp_path: Path) -> None:
    store = installs(tmp_path)

    def both(number: int) -> str | None:
        store.save(installation(team=f"T{number}", token=f"xoxb-{number}"))
        return token_of(store, f"T{number}")

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(both, range(40))) == [f"xoxb-{number}" for number in range(40)]


def _save_many(folder: Path, first: int) -> None:
    for number in range(first, first + 10):
        installs(folder).save(installation(team=f"T{number}", token=f"xoxb-{number}"))


def test_several_processes_make_the_file_and_save_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_save_many, args=(tmp_path, first)) for first in (0, 10)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert [token_of(installs(tmp_path), f"T{number}") for number in range(20)] == [f"xoxb-{n}" for n in range(20)]


def test_a_state_serves_once_also_among_many_threads(tmp_path: Path) -> None:
    states = States(tmp_path / FILE)
    one, other = states.issue(), states.issue()
    assert one != other
    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(states.consume, [one] * 8)) == [False] * 7 + [True]
    assert not states.consume("made up")
    assert States(tmp_path / FILE).consume(other)


def test_a_state_expires_and_is_swept_out(tmp_path: Path) -> None:
    now = [1_000.0]
    states = States(tmp_path / FILE, clock=lambda: now[0])
    late, intime = states.issue(), States(tmp_path / FILE, clock=lambda: now[0] + 1).issue()
    now[0] += STATE_SECONDS
    assert not states.consume(late)
    assert states.consume(intime)
    states.issue()
    now[0] += STATE_SECONDS
    states.issue()
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        assert connection.execute("SELECT count(*) FROM state").fetchone() == (1,)


# Over HTTP


def signed(body: str | bytes, secret: str = SIGNING_SECRET, at: object = None) -> dict[str, str]:
    timestamp = str(int(time.time()) if at is None else at)
    content = body.encode() if isinstance(body, str) else body
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + content, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": f"v0={digest}"}


def event(team: str = "T1", number: int = 1, **inner: Any) -> str:
    inner = {"type": "app_mention", "user": "U1", "channel": "C1", "text": "Who?", "ts": "1.1"} | inner
    return json.dumps({"type": "event_callback", "team_id": team, "event_id": f"Ev{number}", "event": inner})


def send(client: TestClient, body: str, **headers: str) -> Any:
    return client.post(
        "/slack/events", content=body, headers=signed(body) | {"content-type": "application/json"} | headers
    )


@contextmanager
def one_workspace(slack: Workspaces, listen: Callable[..., object] | None = None) -> Iterator[TestClient]:
    """A client of an app with one bot token; `listen` hears mentions. Leaving ends what was taken."""
    app = App(token="xoxb-one", signing_secret=SIGNING_SECRET, token_verification_enabled=False)
    app.client.base_url = slack.url
    app.event("app_mention")(listen or (lambda say: say("heard")))
    app.command("/ask")(lambda ack: ack("At once."))
    with TestClient(asgi(app, SIGNING_SECRET), follow_redirects=False) as client:
        yield client


def test_a_signed_event_is_heard(slack: Workspaces) -> None:
    with one_workspace(slack) as client:
        assert send(client, event()).status_code == 200
    assert [args["text"] for args, _ in slack.calls_of("chat.postMessage")] == ["heard"]


def test_the_address_is_verified(slack: Workspaces) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c-1"})
    with one_workspace(slack) as client:
        assert send(client, body).json() == {"challenge": "c-1"}


def test_a_command_is_answered(slack: Workspaces) -> None:
    body = urlencode({"command": "/ask", "text": "Who?", "team_id": "T1", "user_id": "U1", "channel_id": "C1"})
    with one_workspace(slack) as client:
        answer = send(client, body, **{"content-type": "application/x-www-form-urlencoded"})
    assert (answer.status_code, answer.text) == (200, "At once.")


def test_a_look_at_the_certificate_is_answered_without_a_signature(slack: Workspaces) -> None:
    with one_workspace(slack) as client:
        assert client.post("/slack/events", content="ssl_check=1&token=x").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        signed(event(), secret="another"),
        signed(event(), at=int(time.time()) - 3600),
        signed(event(), at="abc"),
        signed(event(), at="-5"),
        signed(event(), at="1.5"),
        signed(event(), at="9" * 5000),
        signed(event()) | {"x-slack-request-timestamp": ""},
        {"x-slack-request-timestamp": str(int(time.time()))},
        signed(event()) | {"x-slack-signature": "v0="},
        signed(event()) | {"x-slack-signature": "vé"},
    ],
)
def test_a_request_that_is_not_slacks_is_refused_before_it_is_read(slack: Workspaces, headers: dict[str, str]) -> None:
    latin = {name: value.encode("latin-1") for name, value in headers.items()}
    with one_workspace(slack) as client:
        for body in (event(), "no json", "{", "payload={"):
            answer = client.post("/slack/events", content=body, headers={**latin, "content-type": b"application/json"})  # type: ignore[arg-type]
            assert (answer.status_code, answer.json()) == (401, {"error": "invalid request"})
    assert slack.calls == []


def test_bytes_that_are_no_text_are_refused(slack: Workspaces) -> None:
    with one_workspace(slack) as client:
        assert client.post("/slack/events", content=b"\xff\xfe", headers=signed(b"\xff\xfe")).status_code == 401


def test_a_request_that_is_too_large_is_refused(slack: Workspaces) -> None:
    body = event(text="x" * LARGEST)
    with one_workspace(slack) as client:
        assert send(client, body).status_code == 413
    assert slack.calls == []


def test_other_ways_and_paths_lead_nowhere(slack: Workspaces) -> None:
    with one_workspace(slack) as client:
        assert client.get("/slack/events").status_code == 405
        assert client.get("/slack/install").status_code == 404
        assert client.get("/slack/oauth_redirect").status_code == 404


def test_a_slow_listener_holds_up_no_other_request_and_is_ended_at_the_stop(slack: Workspaces) -> None:
    begun, go_on, done = Signal(), Signal(), Signal()

    def slow() -> None:
        begun.set()
        assert go_on.wait(60)
        time.sleep(0.5)  # the app stops meanwhile
        done.set()

    with one_workspace(slack, slow) as client:
        for number in range(3):  # Bolt's own threads are five
            assert send(client, event(number=number)).status_code == 200
        assert begun.wait(60)
        body = json.dumps({"type": "url_verification", "challenge": "c-2"})
        assert send(client, body).json() == {"challenge": "c-2"}
        assert not done.is_set()
        go_on.set()
    assert done.is_set()


def test_the_app_is_mounted_into_another_one() -> None:
    app = App(token="xoxb-one", signing_secret=SIGNING_SECRET, token_verification_enabled=False)
    outer = Starlette(routes=[Mount("/", asgi(app, SIGNING_SECRET))])
    body = json.dumps({"type": "url_verification", "challenge": "c-3"})
    assert send(TestClient(outer), body).json() == {"challenge": "c-3"}


@pytest.mark.parametrize(
    "given", ["", "3000", ":3000", "host", "host:", "host:x", "host:70000", "[::1", "a@b:1", "h:1/x"]
)
def test_what_is_no_address_is_told(given: str) -> None:
    with pytest.raises(AddressInvalid, match="such as"):
        address(given)


def test_an_address_that_is_taken_is_told() -> None:
    app = App(token="xoxb-one", signing_secret=SIGNING_SECRET, token_verification_enabled=False)
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SlackAddressUnusable):
        serve(app, SIGNING_SECRET, "127.0.0.1", taken.getsockname()[1])


# Installing


@contextmanager
def many_workspaces(slack: Workspaces, folder: Path, **named: Any) -> Iterator[TestClient]:
    flow = oauth_flow(folder, CLIENT, CLIENT_SECRET, KEY, base_url=slack.url, **named)
    app = App(signing_secret=SIGNING_SECRET, oauth_flow=flow)
    app.client.base_url = slack.url
    app.enable_token_revocation_listeners()
    app.event("app_mention")(lambda say: say("heard"))
    with TestClient(asgi(app, SIGNING_SECRET), follow_redirects=False) as client:
        yield client


def begin(client: TestClient) -> tuple[str, dict[str, str]]:
    """The state, and the header by which the browser shows that it began."""
    answer = client.get("/slack/install")
    assert answer.status_code == 302
    state = parse_qs(urlsplit(answer.headers["location"]).query)["state"][0]
    return state, {"cookie": answer.headers["set-cookie"].split(";")[0]}


def come_back(client: TestClient, state: str, cookie: dict[str, str], code: str = CODE) -> Any:
    return client.get("/slack/oauth_redirect", params={"code": code, "state": state}, headers=cookie)


def test_installing_leads_to_slack_with_the_scopes_of_the_manifest(slack: Workspaces, tmp_path: Path) -> None:
    with many_workspaces(slack, tmp_path) as client:
        answer = client.get("/slack/install")
    to = urlsplit(answer.headers["location"])
    query = parse_qs(to.query)
    assert f"{to.scheme}://{to.netloc}{to.path}" == slack.url.replace("/api/", "/oauth/v2/authorize")
    assert query["scope"] == [",".join(SCOPES)]
    assert query["client_id"] == [CLIENT]
    assert {"Secure", "HttpOnly"} <= set(answer.headers["set-cookie"].split("; "))
    assert answer.headers["cache-control"] == "no-store"


def test_two_workspaces_install_it_and_each_is_answered_with_its_own_token(slack: Workspaces, tmp_path: Path) -> None:
    with many_workspaces(slack, tmp_path) as client:
        for code in tuple(slack.codes):
            answer = come_back(client, *begin(client), code)
            assert answer.status_code == 200, answer.text
            assert answer.headers["referrer-policy"] == "no-referrer"
        for number, team in enumerate(("T2", "T1")):
            assert send(client, event(team, number)).status_code == 200
    assert sorted(token for _, token in slack.calls_of("chat.postMessage")) == ["xoxb-T1-secret", "xoxb-T2-secret"]


def test_an_installation_outlives_a_restart(slack: Workspaces, tmp_path: Path) -> None:
    with many_workspaces(slack, tmp_path) as client:
        come_back(client, *begin(client))
    with many_workspaces(slack, tmp_path) as client:
        send(client, event())
    assert [token for _, token in slack.calls_of("chat.postMessage")] == ["xoxb-T1-secret"]


def test_an_event_of_a_known_workspace_costs_one_look_at_its_token(slack: Workspaces, tmp_path: Path) -> None:
    with many_workspaces(slack, tmp_path) as client:
        come_back(client, *begin(client))
        before = len(slack.calls_of("auth.test"))
        for number in range(3):
            send(client, event(number=number))
        assert len(slack.calls_of("auth.test")) == before + 1


def test_an_event_of_a_workspace_that_never_installed_it_is_not_heard(slack: Workspaces, tmp_path: Path) -> None:
    with many_workspaces(slack, tmp_path) as client:
        send(client, event("TSTRANGER"))
    assert slack.calls_of("chat.postMessage") == []


def test_who_did_not_begin_here_or_comes_twice_installs_nothing(slack: Workspaces, tmp_path: Path) -> None:
    with many_workspaces(slack, tmp_path) as client:
        state, cookie = begin(client)
        assert come_back(client, state, {}).status_code == 400
        assert come_back(client, "made-up", {"cookie": "slack-app-oauth-state=made-up"}).status_code == 401
        assert slack.calls == []
        assert come_back(client, state, cookie).status_code == 200
        assert come_back(client, state, cookie).status_code == 401
        assert come_back(client, *begin(client), "a-code-that-slack-never-gave").status_code == 401
    assert len(slack.calls_of("oauth.v2.access")) == 2


def test_who_declines_is_told_and_nothing_of_the_address_is_markup(slack: Workspaces, tmp_path: Path) -> None:
    with many_workspaces(slack, tmp_path) as client:
        answer = client.get("/slack/oauth_redirect", params={"error": "<script>alert(1)</script>"})
    assert answer.status_code == 200
    assert "<script>" not in answer.text


def test_an_uninstalled_workspace_is_forgotten_and_the_others_stay(slack: Workspaces, tmp_path: Path) -> None:
    told: list[tuple[str | None, str | None]] = []
    with many_workspaces(slack, tmp_path, uninstalled=lambda *place: told.append(place)) as client:
        for code in tuple(slack.codes):
            come_back(client, *begin(client), code)
        send(client, event("T1", 1, type="app_uninstalled"))
    assert told == [(None, "T1")]
    assert (token_of(installs(tmp_path)), token_of(installs(tmp_path), "T2")) == (None, "xoxb-T2-secret")
    with many_workspaces(slack, tmp_path) as client:
        send(client, event("T1", 2))
        send(client, event("T2", 3))
    assert [token for _, token in slack.calls_of("chat.postMessage")] == ["xoxb-T2-secret"]


def test_a_revoked_token_is_deleted(slack: Workspaces, tmp_path: Path) -> None:
    with many_workspaces(slack, tmp_path) as client:
        come_back(client, *begin(client))
        send(client, event(type="tokens_revoked", tokens={"bot": ["UBOT"], "oauth": ["UINSTALLER"]}))
    assert token_of(installs(tmp_path)) is None
    assert found(installs(tmp_path)) is None


def test_a_token_that_runs_out_is_renewed_and_kept(slack: Workspaces, tmp_path: Path) -> None:
    slack.expires = 60
    with many_workspaces(slack, tmp_path) as client:
        come_back(client, *begin(client))
        send(client, event())
    assert slack.renewed == 1
    assert [token for _, token in slack.calls_of("chat.postMessage")] == ["xoxe.xoxb-1-renewed"]
    bot: Bot | None = installs(tmp_path).find_bot(enterprise_id=None, team_id="T1")
    assert bot is not None
    assert (bot.bot_token, bot.bot_refresh_token) == ("xoxe.xoxb-1-renewed", "xoxe-1-next")


def test_an_installation_that_cannot_be_kept_is_told_without_its_reason(slack: Workspaces, tmp_path: Path) -> None:
    with many_workspaces(slack, tmp_path) as client:
        state, cookie = begin(client)
        (tmp_path / FILE).write_bytes(b"damaged")
        answer = come_back(client, state, cookie)
    assert answer.status_code == 502
    assert answer.text.startswith("The app could not be installed.")
    assert str(tmp_path) not in answer.text


def test_variables_that_bolt_reads_by_itself_change_nothing(
    slack: Workspaces, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("SLACK_CLIENT_ID", "33.44")
    monkeypatch.setenv("SLACK_CLIENT_SECRET", "another")
    with many_workspaces(slack, tmp_path) as client:
        assert come_back(client, *begin(client)).status_code == 200
    assert token_of(installs(tmp_path)) == "xoxb-T1-secret"
    assert list(home.iterdir()) == []


# The log


def test_the_log_at_its_most_talkative_holds_no_secret(
    slack: Workspaces, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    slack.expires = 60
    with caplog.at_level(logging.DEBUG), many_workspaces(slack, tmp_path) as client:
        state, cookie = begin(client)
        assert come_back(client, state, cookie).status_code == 200
        wrong, wrong_cookie = begin(client)
        assert come_back(client, wrong, wrong_cookie, "9999999999.8888888888.fedcba98").status_code == 401
        send(client, event())
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("slack_"))
    assert "Sending a request" in ours
    assert "Failed to fetch oauth.v2.access" in ours
    everything = caplog.text
    secrets = ("xoxb-", "xoxe-", CODE, "9999999999.8888888888", state, wrong, CLIENT_SECRET, SIGNING_SECRET, KEY)
    assert [secret for secret in secrets if secret in "\n".join(_of_slack(everything))] == []


def _of_slack(log: str) -> Iterator[str]:
    """The log without the lines of the test's own client, which shows the addresses that it asks for."""
    return (line for line in log.splitlines() if "httpx" not in line)


def test_an_exception_in_the_log_holds_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    hide_secrets()
    hide_secrets()
    logger = logging.getLogger("slack_bolt.Test")
    try:
        raise RuntimeError("refused xoxb-1-secret")
    except RuntimeError:
        logger.exception("It broke with %s and %s", "xapp-1-secret", KEY)
    assert "It broke with (hidden) and (hidden)" in caplog.text
    assert "RuntimeError: refused (hidden)" in caplog.text
    assert "-secret" not in caplog.text


def test_other_programs_records_stay_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    hide_secrets()
    logging.getLogger("another").warning("%s", "xoxb-1-kept")
    assert caplog.records[0].args == ("xoxb-1-kept",)
    assert logging.makeLogRecord({"msg": "made"}).getMessage() == "made"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Bearer xoxe.xoxb-1-Mi0y, xoxe-1-abc", "Bearer (hidden), (hidden)"),
        (
            "wss://wss.slack.com/link/?ticket=0123456789abcdef-1&app_id=x",
            "wss://wss.slack.com/link/?ticket=(hidden)&app_id=x",
        ),
        ('"https://hooks.slack.com/commands/T1/2/abc"', '"https://hooks.slack.com/(hidden)"'),
        (f"key {KEY}", "key (hidden)"),
        ("status code: 200 and the state of things", "status code: 200 and the state of things"),
    ],
)
def test_only_secrets_are_hidden(text: str, shown: str) -> None:
    assert hidden(text) == shown


# The commands


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    (folder / "pier.md").write_text("---\ntitle: The pier\n---\nThe council decided on 3 March 2021 to build a pier.\n")
    with pytest.raises(SystemExit) as end:
        main(["index", str(folder / "pier.md"), "--store", str(folder / "S")])
    assert not end.value.code
    return folder / "S"


@pytest.mark.parametrize(
    ("given", "http", "told"),
    [
        ({}, "nowhere", "--http nowhere is no address"),
        ({}, "127.0.0.1:0", "Set SLACK_SIGNING_SECRET (in the app's settings"),
        ({"SIGNING_SECRET": "s"}, "127.0.0.1:0", "Set SLACK_BOT_TOKEN"),
        ({"SIGNING_SECRET": "s", "BOT_TOKEN": "xapp-1"}, "127.0.0.1:0", "does not hold the bot token"),
        ({"SIGNING_SECRET": "s", "CLIENT_ID": "1.2"}, "127.0.0.1:0", "Set SLACK_CLIENT_SECRET"),
        ({"SIGNING_SECRET": "s", "CLIENT_SECRET": "c"}, "127.0.0.1:0", "Set SLACK_CLIENT_ID"),
        ({"SIGNING_SECRET": "s", "CLIENT_ID": "1.2", "CLIENT_SECRET": "c"}, "127.0.0.1:0", "`byline slack key`"),
        (
            {"SIGNING_SECRET": "s", "CLIENT_ID": "1.2", "CLIENT_SECRET": "c", "TOKEN_KEY": KEY, "BOT_TOKEN": "xoxb-1"},
            "127.0.0.1:0",
            "both are set",
        ),
        (
            {"BOT_TOKEN": "xoxb-1", "APP_TOKEN": "xapp-1", "CLIENT_ID": "1.2", "CLIENT_SECRET": "c"},
            None,
            "both are set",
        ),
    ],
)
def test_what_is_missing_is_told_in_a_sentence(
    given: dict[str, str],
    http: str | None,
    told: str,
    store: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"SLACK_{name}", value)
    call = ["slack", "--store", str(store), "--model", "extractive", *(("--http", http) if http else ())]
    with pytest.raises(SystemExit) as end:
        main(call)
    out, err = capsys.readouterr()
    assert (end.value.code, out) == (2, "")
    assert told in err
    assert len(err.splitlines()) == 1


def test_the_command_keeps_secrets_out_of_the_log_from_its_beginning(tmp_path: Path) -> None:
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(logging.LogRecord)
    try:
        with pytest.raises(SystemExit):
            main(["slack", "--store", str(tmp_path / "nowhere")])
        made = logging.getLogger("slack_sdk").makeRecord("slack_sdk", logging.DEBUG, "f", 1, "%s", ("xoxb-1-a",), None)
    finally:
        logging.setLogRecordFactory(before)
    assert made.getMessage() == "(hidden)"


def test_a_key_is_printed_that_encrypts(capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        with pytest.raises(SystemExit):
            main(["slack", "key"])
    first, second = capsys.readouterr().out.split()
    assert first != second
    assert ciphers(f"{first},{second}").decrypt(ciphers(second).encrypt(b"x")) == b"x"


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_several_workspaces_until_it_is_stopped(
    store: Path, tmp_path: Path, stop: signal.Signals
) -> None:
    given = {"CLIENT_ID": CLIENT, "CLIENT_SECRET": CLIENT_SECRET, "SIGNING_SECRET": SIGNING_SECRET, "TOKEN_KEY": KEY}
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("BYLINE_", "SLACK_"))},
        **{f"SLACK_{name}": value for name, value in given.items()},
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "bot", "slack", "--http", "127.0.0.1:0", "--store", str(store)]
    process = subprocess.Popen(
        [*command, "--model", "extractive"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        [url] = re.findall(r"http://127\.0\.0\.1:\d+", line)
        body = json.dumps({"type": "url_verification", "challenge": "c-4"}).encode()
        request = urllib.request.Request(
            f"{url}/slack/events", body, signed(body) | {"content-type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert json.load(answer) == {"challenge": "c-4"}
        with pytest.raises(urllib.error.HTTPError) as led:
            urllib.request.build_opener(_Stay).open(f"{url}/slack/install", timeout=60)
        assert led.value.headers["location"].startswith("https://slack.com/oauth/v2/authorize?")
        process.send_signal(stop)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out, err) == (0, "", "")
    finally:
        process.kill()
        process.wait()


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@pytest.mark.parametrize(
    ("given", "ok", "told"),
    [
        ({}, False, "SLACK_BOT_TOKEN and SLACK_APP_TOKEN not set (Socket Mode)."),
        ({"slack_bot_token": "x", "slack_app_token": "x"}, True, "Socket Mode"),
        ({"slack_bot_token": "x", "slack_signing_secret": "x"}, True, "HTTP, one workspace"),
        (
            {"slack_client_id": "x", "slack_client_secret": "x", "slack_signing_secret": "x"},
            False,
            "SLACK_TOKEN_KEY not set (HTTP, several workspaces).",
        ),
        (
            {
                **{"slack_client_id": "x", "slack_client_secret": "x"},
                **{"slack_signing_secret": "x", "slack_token_key": "x"},
            },
            True,
            "HTTP, several workspaces",
        ),
    ],
)
def test_doctor_says_which_way_is_set_up(given: dict[str, str], ok: bool, told: str) -> None:
    check = tokens(Config(**given))  # type: ignore[arg-type]
    assert (check.ok, check.found) == (ok, told)
