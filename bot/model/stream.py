"""Asynchronous streams for callers in threads, who can cancel while they wait for the next piece."""

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
    """The pieces of `source` as they come. Closing the generator, or `cancel`, stops the reading at once.

    Raises `Cancelled`, `TimeoutError` after `timeout` seconds without a piece, and the errors of `source`.
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
    """Waits for some seconds. Raises `Cancelled`."""
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
    """A loop that all streams share: the clients of providers keep connections open in their first loop."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="streams of models", daemon=True).start()
    return loop
