"""MCP's app on a real server, with principals by their tokens, and the official client for it in both eras."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bot.answering.bot import Bot
from bot.auth.principal import PRINCIPAL, Principal
from bot.auth.users import Role
from bot.history import History
from bot.mcp import LOCAL, Protected, app
from bot.service.service import Service, Slots
from tests.loopback import running

if TYPE_CHECKING:
    from mcp import Client
    from starlette.types import ASGIApp, Receive, Scope, Send

ERAS = {"2026-07-28": "auto", "2025-11-25": "legacy"}  # by the version that is agreed on
READER = Principal("reader", Role.READER)
SCOPED = Principal("scoped", Role.READER, ("Opinions",), "K1")
TOKENS = {"r": READER, "s": SCOPED}


class Known:
    """Puts the principal of a token into the scope, as the server around the app does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            token = dict(scope["headers"]).get(b"authorization", b"Bearer r").decode().removeprefix("Bearer ")
            scope[PRINCIPAL] = TOKENS[token]
        await self._app(scope, receive, send)


def service_of(bot: Bot, slots: int = 8) -> Service:
    return Service(lambda: bot, History.in_memory(), lambda _: 0, Slots(slots))


@contextmanager
def mcp_serving(service: Service, hosts: Sequence[str] = LOCAL, protected: Protected | None = None) -> Iterator[str]:
    """The address of /mcp."""
    with running(Known(app(service, hosts, protected))) as address:
        yield f"{address}/mcp"


def client(address: str, era: str, token: str = "r", **named: Any) -> Client:
    """The official client, in an era, with a token."""
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client
    from mcp.shared._httpx_utils import create_mcp_http_client

    http = create_mcp_http_client({"authorization": f"Bearer {token}"})
    return Client(streamable_http_client(address, http_client=http), mode=ERAS[era], **named)


def timeless(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON of an answer without what differs from time to time."""
    return {name: value for name, value in answer.items() if name != "seconds"}
