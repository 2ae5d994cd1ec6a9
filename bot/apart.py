"""Work that blocks, done by a thread, for whoever waits in an event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bot.types import Cancellation

Step = TypeVar("Step")


async def apart(steps: Generator[Step], cancel: Cancellation) -> AsyncGenerator[Step]:
    """The steps, made by a thread. Whoever stops waiting for one goes on at once, and `cancel` ends the work."""
    thread = ThreadPoolExecutor(1, thread_name_prefix="answer")
    try:
        while step := await asyncio.get_running_loop().run_in_executor(thread, next, steps, None):
            yield step
    finally:
        cancel.set()
        thread.submit(steps.close)
        thread.shutdown(wait=False)
