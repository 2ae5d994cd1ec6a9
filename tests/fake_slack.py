"""A small Slack on loopback, which records calls, refuses what Slack refuses, and sends what people do.

It has the Web API, the OAuth page, response addresses and Socket Mode through real websockets. Over HTTP it sends
signed requests. Its clock stands still, so that nothing expires while a test runs, until `pass_time` or with a `speed`.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import re
import socket
import time
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Condition, Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.fake_slack_limits import (
    Refusal,
    blocks_refusal,
    ephemeral_refusal,
    message_refusal,
    refusal,
    response_refusal,
    stream_refusal,
    texts_of,
    update_refusal,
    view_refusal,
)
from tests.fake_slack_payloads import (
    APP,
    Acknowledgement,
    Kind,
    Signature,
    action_of,
    body_of,
    command_fields,
    interaction,
    signed,
)
from tests.fake_slack_state import ALL_SCOPES, TRIGGER_SECONDS, OpenView, State, Workspace, retry_after

__all__ = [
    "Acknowledgement",
    "FakeSlack",
    "Kind",
    "Refusal",
    "Signature",
    "blocks_refusal",
    "ephemeral_refusal",
    "live_markdown",
    "live_markup",
    "message_refusal",
    "mrkdwn",
    "refusal",
    "response_refusal",
    "shown",
    "stream_refusal",
    "texts_of",
    "update_refusal",
    "view_refusal",
]

BOT_TOKEN, APP_TOKEN = "xoxb-fake-bot", "xapp-fake-app"
BOT, PERSON, TEAM = "UBOT", "UPERSON", "TTEAM"
CHANNELS = ("CNEWS", "COTHER", "DPERSON", "C")  # that the bot is in from the start; an event makes its channel known
CLIENT_ID, CLIENT_SECRET, SIGNING_SECRET = "1.2", "fake-client-secret", "fake-signing-secret"
PATIENCE = 60.0  # seconds that a test waits for what has to come
LOOK = 0.1  # seconds between two looks at a condition
JSON_FIELDS = {"blocks", "view", "chunks", "metadata", "attachments", "prompts", "message", "loading_messages"}


@dataclass(frozen=True)
class Call:
    method: str
    args: dict[str, Any]
    token: str
    error: str | None  # Slack's answer, None where it took the call
    reason: str = ""


@dataclass(frozen=True)
class Failure:
    error: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class FakeSlack:
    """`with FakeSlack() as slack`; `slack.url` is the base_url of a WebClient.

    `limits` puts the rates of Slack's tiers in force. `speed` is how many of Slack's seconds pass in a real one; at 0
    only `pass_time` moves its clock. `stream_ttl` and `trigger_ttl` are in Slack's seconds. `retries` is how often an
    event is sent again that the app does not acknowledge within `ack_timeout` real seconds. Ids and timestamps count
    from `first`, in microseconds after 1700000000: an app that was there before has seen the lower ones.
    """

    def __init__(
        self,
        *,
        limits: bool = False,
        speed: float = 0.0,
        stream_ttl: float = State.stream_seconds,
        trigger_ttl: float = TRIGGER_SECONDS,
        retries: int = 0,
        ack_timeout: float = PATIENCE,
        first: int = 1,
    ) -> None:
        self.calls: list[Call] = []
        self.acknowledged: list[str] = []
        self.acknowledgements: list[Acknowledgement] = []
        self.installing: str | None = TEAM  # the workspace that the person chooses on the OAuth page; None: cancels
        self.redirect_url: str | None = None  # of the app's settings, where the browser goes if the app names none
        self._limits, self._speed, self._trigger_ttl = limits, speed, trigger_ttl
        self._retries, self._ack_timeout = retries, ack_timeout
        self._born, self._passed = time.monotonic(), 0.0
        self.state = State(self._now, CLIENT_ID, CLIENT_SECRET, first)
        self.state.stream_seconds = stream_ttl
        self.state.install(TEAM, BOT_TOKEN, BOT)
        self.state.channels.update((TEAM, channel) for channel in CHANNELS)
        self._http: tuple[str, str] | None = None
        self._failures: dict[str, deque[Failure]] = defaultdict(deque)
        self._links: list[WebSocket] = []
        self._responses: dict[str, Any] = {}
        self._changed = Condition()
        self._numbers = itertools.count(first)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._port = self._socket.getsockname()[1]
        routes = [
            Route("/api/{method}", self._api, methods=["GET", "POST"]),
            Route("/response/{name}", self._response, methods=["POST"]),
            Route("/oauth/v2/authorize", self._authorize),
            WebSocketRoute("/link", self._link),
        ]
        self._server = uvicorn.Server(
            uvicorn.Config(
                Starlette(routes=routes),
                log_level="warning",
                ws="websockets-sansio",
                ws_ping_interval=0.05,  # Bolt's client lets go of an idle connection only after something came in
            )
        )
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._run, daemon=True)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        return f"{self.root}/api/"

    @property
    def authorize_url(self) -> str:
        return f"{self.root}/oauth/v2/authorize"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self._socket.close()

    # The course of things

    def fail_next(self, method: str, failure: Failure, times: int = 1) -> None:
        self._failures[method].extend([failure] * times)

    def fail_no_more(self, method: str) -> None:
        """Failures that were not met yet are none any more."""
        self._failures[method].clear()

    def pass_time(self, seconds: float) -> None:
        """Moves Slack's clock on: streams, triggers, response addresses and codes grow old, and rates recover."""
        with self._changed:
            self._passed += seconds

    def _now(self) -> float:
        return self._passed + self._speed * (time.monotonic() - self._born)

    def http(self, url: str, signing_secret: str = SIGNING_SECRET) -> None:
        """From now on everything goes as signed requests to the app at `url`, and nothing over Socket Mode."""
        self._http = (url, signing_secret)

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Asks all connections to go, as Slack does every few hours, and closes them."""
        for link in tuple(self._links):
            self._on_loop(link.send_text(json.dumps({"type": "disconnect", "reason": reason})))
            self._on_loop(link.close())

    @property
    def connections(self) -> int:
        return len(self._links)

    def join(self, channel: str, team: str = TEAM, *, member: bool = True) -> None:
        """Makes a channel known; where the bot is no member of it, Slack says not_in_channel."""
        (self.state.channels if member else self.state.away).add((team, channel))

    def install(self, team: str, scopes: Iterable[str] | None = None) -> Workspace:
        """Installs the app in a workspace, or with other scopes; gives its token and its bot user."""
        known = team == TEAM
        token, bot = (BOT_TOKEN, BOT) if known else (f"xoxb-fake-{team}", f"UBOT{team}")
        self.state.channels.update((team, channel) for channel in CHANNELS)
        return self.state.install(team, token, bot, scopes)

    def uninstall(self, team: str) -> None:
        """Removes the app from a workspace, and tells the app so by two events: tokens_revoked, app_uninstalled."""
        workspace = self.state.workspaces[team]
        workspace.error = "account_inactive"
        self.send({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [workspace.bot]}}, team=team)
        self.send({"type": "app_uninstalled"}, team=team)

    def revoke(self, team: str) -> None:
        """Revokes the bot's token in a workspace, and tells the app so."""
        workspace = self.state.workspaces[team]
        workspace.error = "token_revoked"
        self.send({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [workspace.bot]}}, team=team)

    # What people do. Each returns once the app has acknowledged it.

    def mention(self, text: str, *, team: str = TEAM, **changes: Any) -> dict[str, Any]:
        """A person mentions the bot in a channel; gives the payload."""
        bot = self.state.workspaces[team].bot
        return self.send({"type": "app_mention", "channel": "CNEWS", "text": f"<@{bot}> {text}"} | changes, team=team)

    def direct(self, text: str, *, team: str = TEAM, **changes: Any) -> dict[str, Any]:
        """A person writes to the bot; gives the payload."""
        event = {"type": "message", "channel_type": "im", "channel": "DPERSON", "text": text}
        return self.send(event | changes, team=team)

    def say(self, text: str, *, team: str = TEAM, **changes: Any) -> dict[str, Any]:
        """A person writes in a channel without mentioning the bot; gives the payload."""
        event = {"type": "message", "channel_type": "channel", "channel": "CNEWS", "text": text}
        return self.send(event | changes, team=team)

    def react(
        self, message: Mapping[str, Any], name: str = "+1", *, user: str = PERSON, removed: bool = False
    ) -> dict[str, Any]:
        """A person reacts to a message of `messages`, or takes a reaction back."""
        item = {"type": "message", "channel": message["channel"], "ts": message["ts"]}
        event = {"type": "reaction_removed" if removed else "reaction_added", "user": user, "reaction": name}
        return self.send(event | {"item": item, "item_user": message["user"], "event_ts": "1.1"}, team=message["team"])

    def open_home(self, tab: str = "home", *, user: str = PERSON, team: str = TEAM) -> dict[str, Any]:
        """A person opens the app's home or messages tab."""
        channel = f"D{user[1:]}"
        self.join(channel, team)
        event = {"type": "app_home_opened", "user": user, "channel": channel, "tab": tab, "event_ts": "1.1"}
        home = self.state.homes.get((team, user))
        return self.send(event | ({"view": home.payload()} if home and tab == "home" else {}), team=team)

    def stop(self, message: Mapping[str, Any], *, user: str = PERSON) -> dict[str, Any]:
        """A person presses the stop button of a stream, a message of `messages`."""
        event = {"type": "agent_session_stopped", "channel": message["channel"], "user": user}
        event |= {"thread_ts": message.get("thread_ts", message["ts"]), "streaming_message_ts": [message["ts"]]}
        return self.send(event, team=message["team"])

    def send(self, event: dict[str, Any], *, team: str = TEAM) -> dict[str, Any]:
        number = next(self._numbers)
        event = {"user": PERSON, "ts": self.state.now_ts()} | event
        if event["type"] in ("app_mention", "message") and "subtype" not in event:
            with self._changed:
                self.state.heard(team, event)
        body = {"type": "event_callback", "team_id": team, "api_app_id": APP, "event_id": f"Ev{number}", "event": event}
        return self.deliver(body)

    def deliver(self, payload: dict[str, Any], attempt: int = 0) -> dict[str, Any]:
        """Sends an event, or sends it again, and gives it back once it is acknowledged."""
        self.dispatch(Kind.EVENT, payload, attempt)
        return payload

    def command(
        self, command: str, text: str = "", *, channel: str = "CNEWS", user: str = PERSON, team: str = TEAM
    ) -> Acknowledgement:
        """A person uses a slash command; what the app answers at once is shown to that person alone."""
        address = self._reply_to(team, channel, user)
        more = {"response_url": address, "trigger_id": self._trigger(user, team)}
        given = self.dispatch(Kind.COMMAND, command_fields(command, text, channel, user, team, **more))
        if given.payload:
            self._answered(given.payload, channel, user, team, address.rpartition("/")[2])
        return given

    def click(
        self, shown: Mapping[str, Any], action_id: str, value: str | None = None, *, user: str = PERSON
    ) -> Acknowledgement:
        """A person presses a button, or chooses an option, of a message of `messages`, or of a modal or a home."""
        action = action_of(shown["blocks"], action_id, value)
        team = shown.get("team") or shown["team_id"]
        facts: dict[str, Any] = {"actions": [action], "trigger_id": self._trigger(user, team)}
        if "ts" not in shown:
            facts |= {"container": {"type": "view", "view_id": shown["id"]}, "view": dict(shown)}
            return self.dispatch(Kind.INTERACTIVE, interaction("block_actions", user, team, **facts))
        channel, ts, only = shown["channel"], shown["ts"], shown.get("only")
        container = {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": bool(only)}
        facts |= {"container": container, "channel": {"id": channel, "name": channel.lower()}}
        facts |= {"response_url": self._reply_to(team, channel, user, ts)} | (
            {} if only else {"message": self.state.sent(shown)}
        )
        return self.dispatch(Kind.INTERACTIVE, interaction("block_actions", user, team, **facts))

    def shortcut(
        self, message: Mapping[str, Any], callback_id: str = "check_message", *, user: str = PERSON
    ) -> Acknowledgement:
        """A person chooses a shortcut in the menu of a message of `messages`."""
        team, channel, ts = message["team"], message["channel"], message["ts"]
        facts: dict[str, Any] = {"callback_id": callback_id, "trigger_id": self._trigger(user, team), "message_ts": ts}
        facts |= {"response_url": self._reply_to(team, channel, user), "channel": {"id": channel, "name": "news"}}
        facts |= {"message": self.state.sent(message), "action_ts": "1.1"}
        return self.dispatch(Kind.INTERACTIVE, interaction("message_action", user, team, **facts))

    def submit(self, view: Mapping[str, Any], state: Mapping[str, Any] | None = None) -> Acknowledgement:
        """A person submits a modal; `state` is block id -> action id -> value, as Slack sends it.

        The modal closes, unless the app answers with errors, or with a view that follows.
        """
        opened = self._opened(view["id"])
        sent = dict(view) | {"state": {"values": dict(state or {})}}
        facts = {"view": sent, "trigger_id": self._trigger(opened.user, opened.team), "response_urls": []}
        given = self.dispatch(Kind.INTERACTIVE, interaction("view_submission", opened.user, opened.team, **facts))
        with self._changed:
            self._after_submission(opened, given.payload or {})
        return given

    def _after_submission(self, opened: OpenView, payload: dict[str, Any]) -> None:
        match payload.get("response_action"):
            case None:
                self.state.views.remove(opened)
            case "clear":
                self.state.views = [each for each in self.state.views if each.user != opened.user]
            case "errors":
                inputs = {block["block_id"] for block in opened.view["blocks"] if block["type"] == "input"}
                assert payload["errors"].keys() <= inputs, f"errors for unknown blocks: {payload}"
            case "update" | "push" as action:
                refused = view_refusal(payload["view"])
                assert refused is None, refused
                if action == "update":
                    self.state.replace(opened, payload["view"])
                else:
                    self.state.show(opened.user, opened.team, payload["view"])
            case other:
                raise AssertionError(f"unknown response_action: {other}")

    # What a test sees

    def calls_of(self, method: str) -> list[Call]:
        with self._changed:
            return [call for call in self.calls if call.method == method]

    @property
    def posts(self) -> list[dict[str, Any]]:
        """The messages that Slack took."""
        return [call.args for call in self.calls_of("chat.postMessage") if call.error is None]

    def post(self, number: int = 1) -> dict[str, Any]:
        """The message that the bot posts as its `number`th."""
        self.wait(lambda: len(self.posts) >= number, f"message {number}")
        return self.posts[number - 1]

    def messages(self, channel: str, viewer: str | None = None, *, team: str = TEAM) -> list[dict[str, Any]]:
        """The messages of a channel as they are now, in order: all of them, or as one person sees them."""
        with self._changed:
            here = [each for each in self.state.messages if (each.team, each.channel) == (team, channel)]
            return [seen for each in here if (seen := each.seen_by(viewer)) is not None]

    def from_bot(self, channel: str, viewer: str | None = None, *, team: str = TEAM) -> list[dict[str, Any]]:
        """Those of `messages` that the bot wrote."""
        bot = self.state.workspaces[team].bot
        return [message for message in self.messages(channel, viewer, team=team) if message["user"] == bot]

    def modal(self, user: str = PERSON) -> dict[str, Any] | None:
        """The modal on top of a person's screen."""
        with self._changed:
            return next((each.payload() for each in reversed(self.state.views) if each.user == user), None)

    def home(self, user: str = PERSON, *, team: str = TEAM) -> dict[str, Any] | None:
        """A person's App Home."""
        with self._changed:
            home = self.state.homes.get((team, user))
            return home.payload() if home else None

    def status(self, channel: str, thread: str, *, team: str = TEAM) -> str | None:
        """The status under a thread, which the bot's next message there clears."""
        with self._changed:
            return self.state.status.get((team, channel, thread)) or None

    def session(self, channel: str, thread: str, *, team: str = TEAM) -> str | None:
        """The status of an agent's session: processing, active, suspended, closed."""
        with self._changed:
            return self.state.sessions.get((team, channel, thread))

    @property
    def refused(self) -> list[Call]:
        """The calls that Slack did not take."""
        with self._changed:
            return [call for call in self.calls if call.error is not None]

    def wait(self, condition: Any, what: str, seconds: float = PATIENCE) -> None:
        """Waits for a condition of the calls, or of what the app keeps without a call."""
        end = time.monotonic() + seconds
        with self._changed:
            while not self._changed.wait_for(condition, LOOK):
                assert time.monotonic() < end, f"waited for {what}: {self.calls}"

    # Deliveries

    def dispatch(self, kind: Kind, payload: Mapping[str, Any], attempt: int = 0) -> Acknowledgement:
        """Sends a payload until the app acknowledges it, as often as Slack would; gives the acknowledgement."""
        given = None
        for number in range(attempt, attempt + 1 + (self._retries if kind is Kind.EVENT else 0)):
            given = self._over_http(kind, payload, number) if self._http else self._over_socket(kind, payload, number)
            if given is not None:
                with self._changed:
                    self.acknowledgements.append(given)
                if given.status < 300:
                    return given
        raise AssertionError(f"waited for an acknowledgement of {payload}: {given}, {self.calls}")

    def _over_socket(self, kind: Kind, payload: Mapping[str, Any], attempt: int) -> Acknowledgement | None:
        envelope = f"envelope-{next(self._numbers)}"
        message: dict[str, Any] = {"type": kind, "envelope_id": envelope, "payload": payload}
        message["accepts_response_payload"] = kind is not Kind.EVENT
        if kind is Kind.EVENT:
            message |= {"retry_attempt": attempt, "retry_reason": "timeout" if attempt else ""}
        self.wait(lambda: self._links, "the bot to connect")
        self._on_loop(self._links[-1].send_text(json.dumps(message)))
        with self._changed:
            if not self._changed.wait_for(lambda: envelope in self._responses, self._ack_timeout):
                return None
            return Acknowledgement(kind, self._responses[envelope], attempt=attempt)

    def _over_http(self, kind: Kind, payload: Mapping[str, Any], attempt: int) -> Acknowledgement | None:
        try:
            response = self.request(kind, payload, attempt=attempt)
        except httpx.TimeoutException:
            return None
        is_json = response.headers.get("content-type", "").startswith("application/json")
        given = response.json() if is_json and response.content else {"text": response.text} if response.text else None
        return Acknowledgement(kind, given, response.status_code, attempt)

    def request(
        self,
        kind: Kind,
        payload: Mapping[str, Any],
        *,
        attempt: int = 0,
        signature: Signature = Signature.VALID,
    ) -> httpx.Response:
        """One request to the app over HTTP, with the signature that a test wants, and the app's response."""
        assert self._http is not None, "call http(url, signing_secret) first"
        url, secret = self._http
        body, content_type = body_of(kind, payload)
        headers = {"content-type": content_type, "user-agent": "Slackbot 1.0"} | signed(body, secret, signature)
        if attempt:
            headers |= {"x-slack-retry-num": str(attempt), "x-slack-retry-reason": "http_timeout"}
        return httpx.post(url, content=body, headers=headers, timeout=self._ack_timeout, trust_env=False)

    def verify_url(self) -> httpx.Response:
        """The request by which Slack finds out whether an address is an app's."""
        return self.request(Kind.EVENT, {"type": "url_verification", "token": "old", "challenge": "a challenge"})

    def _trigger(self, user: str, team: str) -> str:
        with self._changed:
            return self.state.trigger(user, team, self._trigger_ttl)

    def _reply_to(self, team: str, channel: str, user: str, original: str | None = None) -> str:
        with self._changed:
            return f"{self.root}/response/{self.state.reply_address(team, channel, user, original)}"

    def _opened(self, view_id: str) -> OpenView:
        with self._changed:
            found = next((each for each in self.state.views if each.id == view_id), None)
        assert found is not None, f"no modal {view_id} is open"
        return found

    def _answered(self, payload: dict[str, Any], channel: str, user: str, team: str, address: str) -> None:
        """Shows an acknowledgement; a response to the same address may replace it."""
        refused = response_refusal(payload)
        assert refused is None, refused
        only = None if payload.get("response_type") == "in_channel" else user
        with self._changed:
            message = self.state.post(self.state.workspaces[team], {"channel": channel} | payload, only)
            self.state.replies[address].original = message.ts

    # The server

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._server.serve(sockets=[self._socket]))
        self._loop.close()

    def _on_loop(self, sending: Any) -> None:
        asyncio.run_coroutine_threadsafe(sending, self._loop).result(PATIENCE)

    async def _api(self, request: Request) -> JSONResponse:
        method, args, token = request.path_params["method"], await _args_of(request), _token_of(request)
        with self._changed:
            failure = self._failures[method].popleft() if self._failures[method] else None
            answer = failure or self._answer(method, args, token)
            error = None if isinstance(answer, dict) else answer.error
            reason = answer.reason if isinstance(answer, Refusal) else ""
            self.calls.append(Call(method, args, token, error, reason))
            self._changed.notify_all()
        if isinstance(answer, Failure):
            return JSONResponse({"ok": False, "error": error}, answer.status, answer.headers)
        if isinstance(answer, Refusal):
            more = {"response_metadata": {"messages": [f"[ERROR] {reason}"]}} if reason else {}
            return JSONResponse({"ok": False, "error": error} | more)
        return JSONResponse({"ok": True} | answer)

    def _answer(self, method: str, args: dict[str, Any], token: str) -> dict[str, Any] | Refusal | Failure:
        if method == "apps.connections.open":
            fine = token == APP_TOKEN
            return {"url": f"ws://127.0.0.1:{self._port}/link"} if fine else Refusal("invalid_auth")
        workspace = self.state.workspace_of(token)
        if refused := self.state.refused(method, args, workspace):
            return refused
        if self._limits and (wait := self.state.wait_for(method, args, workspace.team if workspace else "")):
            return Failure("ratelimited", 429, {"Retry-After": retry_after(wait, self._speed or 1.0)})
        return self.state.call(method, args, workspace)

    async def _response(self, request: Request) -> Response:
        name, payload = request.path_params["name"], await _args_of(request)
        with self._changed:
            refused = self.state.respond(name, payload, response_refusal(payload))
            self.calls.append(Call("response_url", payload, name, refused.error if refused else None))
            self._changed.notify_all()
        if refused:
            gone = refused.error in ("used_url", "expired_url")
            return JSONResponse({"ok": False, "error": refused.error}, 404 if gone else 400)
        return Response("ok")

    async def _authorize(self, request: Request) -> Response:
        """The page on which a person installs the app: it sends the browser on at once."""
        query = request.query_params
        if query.get("client_id") != CLIENT_ID or not query.get("scope"):
            return Response("invalid_client_id or no scope", 400)
        scopes = frozenset(query["scope"].split(","))
        if (
            unknown := scopes
            - ALL_SCOPES
            - {"app_mentions:read", "commands", "reactions:read", "im:write", "mpim:history"}
        ):
            return Response(f"invalid_scope: {sorted(unknown)}", 400)
        with self._changed:
            team = self.installing
            code = self.state.code(team, query.get("redirect_uri"), scopes) if team else None
        sent = {"code": code} if code else {"error": "access_denied"}
        back = query.get("redirect_uri") or self.redirect_url
        return RedirectResponse(f"{back}?{urlencode(sent | {'state': query.get('state', '')})}", 302)

    async def _link(self, link: WebSocket) -> None:
        await link.accept()
        await link.send_json({"type": "hello", "num_connections": len(self._links) + 1})
        with self._changed:
            self._links.append(link)
            self._changed.notify_all()
        try:
            while True:
                response = await link.receive_json()
                with self._changed:
                    self.acknowledged.append(response["envelope_id"])
                    self._responses[response["envelope_id"]] = response.get("payload")
                    self._changed.notify_all()
        except WebSocketDisconnect:
            pass
        finally:
            with self._changed:
                self._links.remove(link)
                self._changed.notify_all()


async def _args_of(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").startswith("application/json"):
        return await request.json()
    args: dict[str, Any] = {**request.query_params, **await request.form()}
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind == "Basic":
        args["client_id"], _, args["client_secret"] = base64.b64decode(value).decode().partition(":")
    return {name: _decoded(name, value) for name, value in args.items()}


def _decoded(name: str, value: Any) -> Any:
    with suppress(json.JSONDecodeError):
        return json.loads(value) if name in JSON_FIELDS else value
    return value


def _token_of(request: Request) -> str:
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    return value if kind == "Bearer" else ""


def mrkdwn(post: dict[str, Any]) -> list[str]:
    """The texts of a message's blocks, as sent."""
    return [text["text"] for text in texts_of(post["blocks"])]


def shown(post: dict[str, Any]) -> str:
    """A message's blocks as a person reads them, without bold and with links as their titles. What a button asks once
    it is pressed is not on the screen."""
    texts = (text["text"] for text in texts_of(unconfirmed(post["blocks"])))
    bare = (re.sub(r"<[^>|]*\|([^>]*)>", r"\1", text).replace("*", "") for text in texts)
    return "\n".join(bare).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def unconfirmed(value: Any) -> Any:
    """Blocks without what their buttons ask once they are pressed."""
    if isinstance(value, dict):
        return {key: unconfirmed(each) for key, each in value.items() if key != "confirm"}
    return list(map(unconfirmed, value)) if isinstance(value, list | tuple) else value


def live_markup(post: dict[str, Any]) -> Iterator[str]:
    """What Slack acts on in a message: links, mentions, and bare words where it is not told to leave them."""
    for text in texts_of(post.get("blocks", ())):
        if text["type"] == "markdown":
            yield from live_markdown(text["text"])
        elif text["type"] == "mrkdwn":
            yield from _live(text["text"], bare=not text.get("verbatim"))
    yield from _live(post["text"], bare=False)


def live_markdown(text: str) -> Iterator[str]:
    """What Slack acts on in the text of a stream or a markdown block: the same, and links as markdown has them."""
    yield from re.findall(r"(?<!\\)\]\(([^)]*)\)", text)
    yield from _live(re.sub(r"(?<!\\)\]\([^)]*\)", "", text), bare=True)


def _live(text: str, *, bare: bool) -> Iterator[str]:
    yield from re.findall(r"<([^>]*)>", text)
    if bare:
        yield from re.findall(r"https?://\S+|[@#]\w+", text)
