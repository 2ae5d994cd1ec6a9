"""JSON and server-sent events as bytes. Half a surrogate pair, which no byte can say, becomes a question mark."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import Response
    from starlette.types import Receive, Scope, Send

STREAM = "text/event-stream"
COMMENT = b": still here\n\n"
DONE = b"data: [DONE]\n\n"  # the last event of OpenAI's streams
SILENCE = 15.0  # seconds


def encoded(value: Any) -> bytes:
    """JSON in the letters of the texts."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode(errors="replace")


def event(data: Any, name: str = "", event_id: str = "") -> bytes:
    """One server-sent event. Its JSON is ASCII, since some clients end lines where Unicode would.

    >>> event({"text": "“Yes”"}, "words", "a:1")
    b'id: a:1\\nevent: words\\ndata: {"text": "\\\\u201cYes\\\\u201d"}\\n\\n'
    """
    written = data if isinstance(data, str) else json.dumps(data, allow_nan=False)
    lines = (f"id: {event_id}" if event_id else "", f"event: {name}" if name else "", f"data: {written}")
    return "".join(f"{line}\n" for line in lines if line).encode() + b"\n"


def answered(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A response of JSON."""
    from fastapi import Response

    return Response(encoded(value), status, headers, "application/json")


def streamed(events: AsyncGenerator[bytes]) -> Response:
    """A response of server-sent events, which no proxy holds back. Whoever leaves ends `events`."""
    from starlette.responses import StreamingResponse

    class Closing(StreamingResponse):
        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            async with aclosing(lively):
                await super().__call__(scope, receive, send)

    lively = _lively(events)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return Closing(lively, media_type=STREAM, headers=headers)


async def _lively(events: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """The events, with a comment now and then while there is none: a proxy ends a connection that is silent."""
    async with aclosing(events):
        following = asyncio.ensure_future(_next(events))
        try:
            while True:
                done, _ = await asyncio.wait({following}, timeout=SILENCE)
                if not done:
                    yield COMMENT
                elif found := following.result():
                    yield found
                    following = asyncio.ensure_future(_next(events))
                else:
                    return
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


async def _next(events: AsyncGenerator[bytes]) -> bytes:
    """The next event; nothing at their end."""
    return await anext(events, b"")
