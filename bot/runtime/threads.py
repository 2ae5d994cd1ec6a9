"""Iterators that run in a thread, for callers in an event loop whose clients may leave early."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, nullcontext
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar

from bot.errors import ShownError
from bot.types import Cancellation

Piece = TypeVar("Piece")
Given = TypeVar("Given")

Receive = Callable[[], Awaitable[Mapping[str, Any]]]  # of a request, as ASGI has it


class TookTooLong(ShownError):
    """Work that was stopped because its time was up."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"This was not done within {seconds:g} seconds, so it was stopped. Ask for less, such as a shorter answer, "
            "or ask again later. Whoever runs Byline gives more time with `answer_timeout`."
        )


class ClientGone(ShownError):
    def __init__(self) -> None:
        super().__init__("Whoever asked left before the answer was there.")


async def unless_gone(receive: Receive, work: Coroutine[Any, Any, Given]) -> Given:
    """The result of the work. A client that leaves before ends it. Raises ClientGone, and what the work raises."""
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(_left(receive))
    try:
        await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientGone
    finally:
        working.cancel()
        leaving.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def awaited(
    source: Generator[Piece],
    cancel: Cancellation,
    around: AbstractContextManager[object] | None = None,
    seconds: float | None = None,
) -> AsyncGenerator[Piece]:
    """The pieces of `source`, which runs in a thread of its own, in the caller's context. A task that is cancelled, or
    leaves before the end, sets `cancel`. That stops the work, not only the waiting for it.

    `around` is entered before there is a thread, and left by that thread when the work has ended. After so many
    `seconds` from the beginning the work is stopped, too. Raises TookTooLong, and what `around` and `source` raise.
    """
    loop, held = asyncio.get_running_loop(), ExitStack()
    held.enter_context(around or nullcontext())
    held.callback(source.close)  # before what is around it
    thread = ThreadPoolExecutor(1)  # of a pool for all, those who wait for the model take it from who has it
    run, ask = copy_context().run, partial(next, source, None)
    end = loop.time() + seconds if seconds is not None else None
    try:
        while True:
            coming = loop.run_in_executor(thread, run, ask)
            coming.add_done_callback(_seen)
            # Each piece may be asked for by another task, so that no `asyncio.timeout` can be around all of them.
            done, _ = await asyncio.wait({coming}, timeout=None if end is None else max(0, end - loop.time()))
            if not done:
                cancel.set()
                raise TookTooLong(seconds or 0)
            if (piece := coming.result()) is None:
                return
            yield piece
    except (asyncio.CancelledError, GeneratorExit):
        cancel.set()
        raise
    finally:
        thread.submit(run, held.close)
        thread.shutdown(wait=False)


def _seen(coming: asyncio.Future[object]) -> None:
    """Retrieves the exception of abandoned work, which asyncio would log as never retrieved."""
    if not coming.cancelled():
        coming.exception()
