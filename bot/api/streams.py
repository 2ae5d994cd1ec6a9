"""Work in a thread, and the clients that wait for it: whoever leaves ends it, and a stream that broke goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import TYPE_CHECKING, TypeVar

from bot.api.errors import NotFound
from bot.errors import Cancelled, ShownError
from bot.runtime.threads import unless_gone

if TYPE_CHECKING:
    from fastapi import Request

Piece = TypeVar("Piece")

GRACE = 15.0  # seconds for which an answer goes on that nobody listens to
KEEP = 300.0  # seconds for which a stream that has ended can be taken up
MOST = 500  # streams that are kept


class StreamUnread(Cancelled):
    wording = ""

    def __init__(self) -> None:
        ShownError.__init__(self, f"Nobody read this for {GRACE:.0f} seconds, so it was stopped. Ask again.")


class StreamMissing(NotFound):
    def __init__(self) -> None:
        super().__init__("There is no such stream, or no longer. Ask again, without Last-Event-ID.")


async def last(request: Request, source: AsyncGenerator[Piece]) -> Piece:
    """The last of the pieces. Raises ClientGone, and then the work is stopped; and what the work raises."""

    async def end() -> Piece:
        async with aclosing(source):
            pieces = [piece async for piece in source]
        return pieces[-1]

    return await unless_gone(request.receive, end())


async def begun(request: Request, source: AsyncGenerator[Piece]) -> AsyncGenerator[Piece]:
    """The pieces, once the first one is there: what is raised before is raised here. Raises ClientGone."""
    first = await unless_gone(request.receive, _first(source))

    async def pieces() -> AsyncGenerator[Piece]:
        async with aclosing(source):
            yield first
            async for piece in source:
                yield piece

    return pieces()


async def _first(source: AsyncGenerator[Piece]) -> Piece:
    return await anext(source)


@dataclass(slots=True, eq=False)
class EventStream:
    """The events of one answer as bytes, counted from 1, for whoever its owner is to read again."""

    owner: str
    id: str = field(default_factory=lambda: token_urlsafe(12))
    events: list[bytes] = field(default_factory=list)
    ended: bool = False
    listeners: int = 0
    grew: asyncio.Event = field(default_factory=asyncio.Event)
    work: asyncio.Task[None] | None = None
    giving_up: asyncio.TimerHandle | None = None  # runs while nobody listens

    def add(self, event: bytes) -> None:
        self.events.append(event)
        self._wake()

    def end(self) -> None:
        self.ended = True
        self._wake()

    def _wake(self) -> None:
        self.grew.set()
        self.grew = asyncio.Event()

    async def after(self, number: int) -> AsyncGenerator[bytes]:
        """The events after one of a number, as they come. When nobody listens for `GRACE` seconds, the work ends."""
        self.listeners += 1
        self._keep_on()
        try:
            while number < len(self.events) or not self.ended:
                grew = self.grew
                for event in self.events[number:]:
                    number += 1
                    yield event
                if not self.ended and number == len(self.events):
                    await grew.wait()
        finally:
            self.listeners -= 1
            self.give_up_soon()

    def give_up_soon(self) -> None:
        """Ends the work in `GRACE` seconds, unless somebody listens then."""
        self._keep_on()
        if self.work and not self.ended and not self.listeners:
            self.giving_up = asyncio.get_running_loop().call_later(GRACE, self.work.cancel)

    def _keep_on(self) -> None:
        if self.giving_up:
            self.giving_up.cancel()
            self.giving_up = None


class Streams:
    """The streams of this process that can be taken up: those that run, and those that ended lately."""

    def __init__(self) -> None:
        self._streams: dict[str, EventStream] = {}

    def begin(self, owner: str, events: Callable[[str], AsyncIterator[bytes]]) -> AsyncGenerator[bytes]:
        """The events of a new stream, which `events` makes for its id. It goes on for a while without a client."""
        stream = EventStream(owner)
        self._streams[stream.id] = stream
        for old in [each for each in self._streams.values() if each.ended][: max(0, len(self._streams) - MOST)]:
            self._forget(old)
        stream.work = asyncio.create_task(self._run(stream, events(stream.id)))
        stream.give_up_soon()
        return stream.after(0)

    def taken_up(self, owner: str, event_id: str) -> AsyncGenerator[bytes]:
        """The events after one whose id was seen last; all, for the id of a stream. Raises StreamMissing."""
        stream_id, _, number = event_id.partition(":")
        stream = self._streams.get(stream_id)
        if stream is None or stream.owner != owner:
            raise StreamMissing
        return stream.after(int(number[:9]) if number.isascii() and number.isdigit() else 0)

    async def _run(self, stream: EventStream, events: AsyncIterator[bytes]) -> None:
        try:
            async for event in events:
                stream.add(event)
        finally:
            stream.end()
            asyncio.get_running_loop().call_later(KEEP, self._forget, stream)

    def _forget(self, stream: EventStream) -> None:
        self._streams.pop(stream.id, None)
