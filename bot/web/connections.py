"""Connections that cannot be held for nothing: headers have an end, and so many seconds to come."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import Protocol, Transport

CONNECTIONS = 1_000  # at a time; one more is answered 503
CROWDED = CONNECTIONS // 2  # of them: those that then become idle are closed soon
# Seconds that an idle connection is kept. Whoever sends at the moment at which it is closed reads nothing and does not
# know whether they were heard. So the other side is to close first: clients and proxies keep theirs for a minute.
KEEP_ALIVE = 75
KEEP_ALIVE_CROWDED = 5
HEADERS = 16 * 1024  # bytes of the headers of a request; more is answered 400
HEADERS_WITHIN = 10.0  # seconds


@cache
def bounded_http() -> type[Protocol]:
    """uvicorn's protocol on h11, which bounds headers as httptools does not. A connection whose first request has not
    come after `HEADERS_WITHIN` seconds is closed; uvicorn itself closes those that wait for a next one, sooner where
    many are open."""
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Bounded(H11Protocol):
        def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.loop.call_later(HEADERS_WITHIN, self._close_unless_asked)

        def on_response_complete(self) -> None:
            self.timeout_keep_alive = KEEP_ALIVE_CROWDED if len(self.connections) > CROWDED else KEEP_ALIVE
            super().on_response_complete()

        def _close_unless_asked(self) -> None:
            if self.scope is None:
                self.timeout_keep_alive_handler()

    return Bounded
