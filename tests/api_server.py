"""The API on a real server, as programs reach it. The key of a request is the name of its principal."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from threading import Event
from time import sleep
from typing import TYPE_CHECKING, Any

from bot.answering.bot import Bot
from bot.api import app
from bot.auth.principal import PRINCIPAL, Principal
from bot.auth.users import Role
from bot.errors import Cancelled
from bot.history import History
from bot.service.service import Service, Slots, pace_of
from bot.types import Cancellation, Prompt
from tests.loopback import running

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

ANYBODY = Principal("Anybody", Role.EDITOR)


class Known:
    """An app whose requests have the principal that their key names; anybody, without one."""

    def __init__(self, app: ASGIApp, principals: Mapping[str, Principal]) -> None:
        self._app = app
        self._principals = principals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            key = dict(scope["headers"]).get(b"authorization", b"").decode().removeprefix("Bearer ")
            scope[PRINCIPAL] = self._principals.get(key, ANYBODY)
        await self._app(scope, receive, send)


def service_of(bot: Bot, history: History | None = None, *, at_once: int = 8, a_minute: int = 10_000) -> Service:
    return Service(lambda: bot, history or History.in_memory(), pace_of(a_minute), Slots(at_once))


@contextmanager
def serving(service: Service, principals: Mapping[str, Principal] | None = None) -> Iterator[str]:
    """The address of the API, which ends with `/v1`."""
    with running(Known(app(service), principals or {}), lifespan="off") as address:
        yield f"{address}/v1"


def events_of(text: str) -> list[tuple[str, Mapping[str, Any], str]]:
    """Server-sent events: their names, data and ids."""
    found = []
    for block in text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines())
        found.append((lines.get("event", ""), json.loads(lines["data"]), lines.get("id", "")))
    return found


class Endless:
    """A model that writes until it is stopped."""

    def __init__(self) -> None:
        self.began, self.stopped = Event(), Event()

    def complete(self, prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str]:  # noqa: ARG002
        assert cancel is not None
        self.began.set()
        while not cancel.is_set():
            sleep(0.01)
        self.stopped.set()
        raise Cancelled
        yield ""
