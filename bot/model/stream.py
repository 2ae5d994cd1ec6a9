"""What comes piece by piece over a network, for callers in threads, who can stop it while nothing comes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Generator
from functools import cache
from queue import Empty, SimpleQueue
from time import monotonic, sleep
from typing import TypeVar

from bot.errors import Cancelled
from bot.model.line import LOOK
from bot.types import Cancellation

Piece = TypeVar("Piece")


def pieces(source: AsyncIterator[Piece], cancel: Cancellation, timeout: float) -> Generator[Piece]:
    """The pieces of `source` as they come. Closing this, or `cancel`, ends its reading at once.

    Raises `Cancelled`, `TimeoutError` where the next piece takes longer than `timeout` seconds, and what it raises.
    """
    arrived: SimpleQueue[tuple[Piece] | None] = SimpleQueue()

    async def read() -> None:
        async for piece in source:
            arrived.put((piece,))

    reading = asyncio.run_coroutine_threadsafe(read(), _loop())
    reading.add_done_callback(lambda _: arrived.put(None))
    try:
        while found := _next(arrived, cancel, timeout):
            yield found[0]
        reading.result()
    finally:
        reading.cancel()


def pause(seconds: float, cancel: Cancellation) -> None:
    """Waits. Raises `Cancelled`."""
    end = monotonic() + seconds
    while (left := end - monotonic()) > 0:
        if cancel.is_set():
            raise Cancelled
        sleep(min(left, LOOK))


def _next(arrived: SimpleQueue[tuple[Piece] | None], cancel: Cancellation, timeout: float) -> tuple[Piece] | None:
    end = monotonic() + timeout
    while not cancel.is_set():
        if monotonic() > end:
            raise TimeoutError
        try:
            return arrived.get(timeout=LOOK)
        except Empty:
            continue
    raise Cancelled


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """One for all: the clients of providers keep their connections open in the loop that they were first used in."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="streams of models", daemon=True).start()
    return loop
