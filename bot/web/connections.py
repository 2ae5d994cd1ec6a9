"""Connections that cannot be held for nothing: headers have an end, and so many seconds to come."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import Protocol, Transport

CONNECTIONS = 1_000  # at a time; one more is answered 503
HEADERS = 16 * 1024  # bytes of the headers of a request; more is answered 400
HEADERS_WITHIN = 10.0  # seconds


@cache
def bounded_http() -> type[Protocol]:
    """uvicorn's protocol on h11, which bounds headers as httptools does not. A connection whose first request has not
    come after `HEADERS_WITHIN` seconds is closed; uvicorn itself closes those that wait for a next one."""
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Bounded(H11Protocol):
        def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.loop.call_later(HEADERS_WITHIN, self._close_unless_asked)

        def _close_unless_asked(self) -> None:
            if self.scope is None:
                self.timeout_keep_alive_handler()

    return Bounded
