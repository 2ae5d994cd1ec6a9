"""Requests from outside all else: each gets an id, and is counted and told to the log when it has ended.

A path may hold a secret, and a query a question. So the log has the route's own words instead.
"""

from __future__ import annotations

from secrets import token_hex
from time import perf_counter
from typing import TYPE_CHECKING

from bot.auth.principal import PRINCIPAL
from bot.service.middleware import below
from bot.service.service import Surface
from bot.telemetry.logs import tell
from bot.telemetry.telemetry import Telemetry

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = b"x-request-id"
LONGEST = 64  # characters of an id that somebody sends
LEFT = 499  # as nginx says it of a client that left before it was answered

PATHS = {"/v1": Surface.API, "/mcp": Surface.MCP, "/.well-known": Surface.MCP, "/slack": Surface.SLACK}


class Requests:
    """An app whose requests are told."""

    def __init__(self, app: ASGIApp, telemetry: Telemetry) -> None:
        self._app = app
        self._telemetry = telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, began, status = request_id_of(scope), perf_counter(), LEFT

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), (HEADER, request_id.encode())]}
            await send(message)

        try:
            await self._app(scope, receive, named)
        except Exception:
            status = 500
            raise
        finally:
            self._told(scope, request_id, status, perf_counter() - began)

    def _told(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        surface, who = surface_of(scope["path"]), scope.get(PRINCIPAL)
        self._telemetry.metrics.requested(surface, status)
        tell(
            "request",
            id=request_id,
            surface=surface,
            method=scope["method"],
            route=getattr(scope.get("route"), "path", None),
            status=status,
            seconds=round(seconds, 3),
            key=who.key if who else "",
        )


def request_id_of(scope: Scope) -> str:
    """The id that the client sends, where it is one word of letters, figures, - and _; else a new one."""
    sent = next((value.decode("latin-1") for name, value in scope["headers"] if name == HEADER), "")
    plain = sent.isascii() and sent.replace("-", "").replace("_", "").isalnum() and len(sent) <= LONGEST
    return sent if plain else token_hex(8)


def surface_of(path: str) -> Surface:
    """The surface that a path belongs to.

    >>> surface_of("/v1/ask").value, surface_of("/v10").value
    ('api', 'web')
    """
    return next((surface for prefix, surface in PATHS.items() if below(path, (prefix,))), Surface.WEB)
