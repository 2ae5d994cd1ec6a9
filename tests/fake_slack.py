"""A small Slack on loopback: its Web API, and Socket Mode through a real websocket."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import socket
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Condition, Thread
from types import TracebackType
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

BOT_TOKEN, APP_TOKEN = "xoxb-fake-bot", "xapp-fake-app"
BOT, PERSON, TEAM = "UBOT", "UPERSON", "TTEAM"
PATIENCE = 20.0  # seconds that a test waits for what has to come


@dataclass(frozen=True)
class Call:
    method: str
    args: dict[str, Any]
    token: str
    error: str | None  # Slack's answer, None where it took the call


@dataclass(frozen=True)
class Failure:
    error: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class FakeSlack:
    """Records every call, refuses what Slack refuses, and sends events; `with FakeSlack() as slack`."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.acknowledged: list[str] = []
        self._failures: dict[str, deque[Failure]] = defaultdict(deque)
        self._links: list[WebSocket] = []
        self._changed = Condition()
        self._numbers = itertools.count(1)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._port = self._socket.getsockname()[1]
        routes = [Route("/api/{method}", self._api, methods=["GET", "POST"]), WebSocketRoute("/link", self._link)]
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
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/api/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        self._socket.close()

    # What a test does

    def fail_next(self, method: str, failure: Failure, times: int = 1) -> None:
        self._failures[method].extend([failure] * times)

    def mention(self, text: str, **changes: Any) -> dict[str, Any]:
        """A person mentions the bot in a channel; returns once the bot has acknowledged it."""
        return self.send({"type": "app_mention", "channel": "CNEWS", "text": f"<@{BOT}> {text}"} | changes)

    def direct(self, text: str, **changes: Any) -> dict[str, Any]:
        """A person writes to the bot; returns once the bot has acknowledged it."""
        return self.send({"type": "message", "channel_type": "im", "channel": "DPERSON", "text": text} | changes)

    def send(self, event: dict[str, Any]) -> dict[str, Any]:
        number = next(self._numbers)
        event = {"user": PERSON, "ts": f"1700000000.{number:06}"} | event
        return self.deliver({"type": "event_callback", "team_id": TEAM, "event_id": f"Ev{number}", "event": event})

    def deliver(self, payload: dict[str, Any], attempt: int = 0) -> dict[str, Any]:
        """Sends an event over Socket Mode, or sends it again, and returns it once it is acknowledged."""
        envelope = f"envelope-{next(self._numbers)}"
        message = {
            "type": "events_api",
            "envelope_id": envelope,
            "payload": payload,
            "retry_attempt": attempt,
            "retry_reason": "timeout" if attempt else "",
        }
        self.wait(lambda: self._links, "the bot to connect")
        asyncio.run_coroutine_threadsafe(self._links[-1].send_text(json.dumps(message)), self._loop).result(PATIENCE)
        self.wait(lambda: envelope in self.acknowledged, "an acknowledgement")
        return payload

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

    def wait(self, condition: Any, what: str) -> None:
        with self._changed:
            assert self._changed.wait_for(condition, PATIENCE), f"waited for {what}: {self.calls}"

    # What Slack does

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._server.serve(sockets=[self._socket]))
        self._loop.close()

    async def _api(self, request: Request) -> JSONResponse:
        method = request.path_params["method"]
        is_json = request.headers.get("content-type", "").startswith("application/json")
        args = await request.json() if is_json else dict(await request.form())
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        failure = self._failures[method].popleft() if self._failures[method] else None
        error = failure.error if failure else refusal(method, args, token)
        with self._changed:
            self.calls.append(Call(method, args, token, error))
            self._changed.notify_all()
        if error is not None:
            return JSONResponse(
                {"ok": False, "error": error}, failure.status if failure else 200, failure.headers if failure else None
            )
        return JSONResponse({"ok": True} | self._result(method))

    def _result(self, method: str) -> dict[str, Any]:
        match method:
            case "auth.test":
                return {"user": "byline", "user_id": BOT, "bot_id": "BBOT", "team": "Newsroom", "team_id": TEAM}
            case "apps.connections.open":
                return {"url": f"ws://127.0.0.1:{self._port}/link"}
            case "chat.postMessage":
                return {"channel": "C", "ts": f"1700000001.{next(self._numbers):06}"}
            case _:
                return {}

    async def _link(self, link: WebSocket) -> None:
        await link.accept()
        await link.send_json({"type": "hello", "num_connections": 1})
        with self._changed:
            self._links.append(link)
            self._changed.notify_all()
        with suppress(WebSocketDisconnect):
            while True:
                response = await link.receive_json()
                with self._changed:
                    self.acknowledged.append(response["envelope_id"])
                    self._changed.notify_all()
        with self._changed:
            self._links.remove(link)
            self._changed.notify_all()


SCOPED = {"auth.test": BOT_TOKEN, "chat.postMessage": BOT_TOKEN, "assistant.threads.setStatus": BOT_TOKEN}


def refusal(method: str, args: dict[str, Any], token: str) -> str | None:
    """Slack's error for a call, or None where Slack takes it."""
    if method not in {*SCOPED, "apps.connections.open"}:
        return "unknown_method"
    if token != SCOPED.get(method, APP_TOKEN):
        return "invalid_auth"
    if method == "chat.postMessage":
        return message_refusal(args)
    if method == "assistant.threads.setStatus" and not {"channel_id", "thread_ts", "status"} <= args.keys():
        return "invalid_arguments"
    return None


def message_refusal(args: dict[str, Any]) -> str | None:
    blocks = args.get("blocks", [])
    if not args.get("channel"):
        return "channel_not_found"
    if not args.get("text") and not blocks:
        return "no_text"
    texts = [text for block in blocks for text in texts_of(block)]
    if len(blocks) > 50 or not all(block["type"] in ("section", "context") for block in blocks):
        return "invalid_blocks"
    if not all(0 < len(text["text"]) <= 3000 and text["type"] == "mrkdwn" for text in texts):
        return "invalid_blocks"
    if not all(0 < len(texts_of(block)) <= 10 for block in blocks):
        return "invalid_blocks"
    if sum(len(text["text"]) for text in texts) > 13_200:
        return "msg_blocks_too_long"
    return None


def texts_of(block: dict[str, Any]) -> list[dict[str, Any]]:
    return [block["text"]] if block["type"] == "section" else block["elements"]


def mrkdwn(post: dict[str, Any]) -> list[str]:
    """The texts of a message's blocks, as sent."""
    return [text["text"] for block in post["blocks"] for text in texts_of(block)]


def shown(post: dict[str, Any]) -> str:
    """A message's blocks as a person reads them, without bold and with links as their titles."""
    bare = (re.sub(r"<[^>|]*\|([^>]*)>", r"\1", text).replace("*", "") for text in mrkdwn(post))
    return "\n".join(bare).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def live_markup(post: dict[str, Any]) -> Iterator[str]:
    """What Slack acts on in a message: links, mentions, and bare words where it is not told to leave them."""
    for block in post["blocks"]:
        for text in texts_of(block):
            yield from re.findall(r"<([^>]*)>", text["text"])
            if not text.get("verbatim"):
                yield from re.findall(r"https?://\S+|[@#]\w+", text["text"])
    yield from re.findall(r"<([^>]*)>", post["text"])
