"""What comes piece by piece in a thread, for callers in an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import TypeVar

from bot.types import Cancellation

Piece = TypeVar("Piece")


async def awaited(source: Generator[Piece], cancel: Cancellation) -> AsyncGenerator[Piece]:
    """The pieces of `source`, which runs in a thread of its own, in the caller's context. A task that is cancelled, or
    leaves before the end, sets `cancel`, which stops the work and not only the waiting for it."""
    thread = ThreadPoolExecutor(1)  # of a pool for all, those who wait for the model take it from who has it
    run, ask = copy_context().run, partial(next, source, None)
    try:
        while (piece := await asyncio.get_running_loop().run_in_executor(thread, run, ask)) is not None:
            yield piece
    except (asyncio.CancelledError, GeneratorExit):
        cancel.set()
        raise
    finally:
        thread.submit(run, source.close)
        thread.shutdown(wait=False)
