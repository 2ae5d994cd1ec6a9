"""Requests that wait are joined into one run of a model (dynamic batching)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bot.errors import ShownError

BUDGET = 2_048  # tokens of a run: what comes next waits for no more, some 0.2 s on two processors
MOST = 4_096  # texts or pairs that may wait
PATIENCE = 0.002  # seconds that a run waits for others to join it
AGAIN = 1  # seconds after which it is worth to ask again
CHARACTERS = 4  # of a token, about

Item = TypeVar("Item")
Result = TypeVar("Result")


class QueueFull(ShownError):
    """HTTP's 429 with Retry-After."""

    def __init__(self, most: int) -> None:
        super().__init__(f"{most:,} texts wait for the model, as many as may. Ask again in {AGAIN} second.")


@dataclass(slots=True, eq=False)
class _Request(Generic[Item, Result]):
    items: Sequence[Item]
    done: asyncio.Future[None]
    results: dict[int, Result] = field(default_factory=dict)  # by the item's place
    begun: int = 0  # items that were given to the model


@dataclass(slots=True)
class Counts:
    """Counts of what has happened since the start."""

    runs: int = 0
    items: int = 0
    joined: int = 0  # runs that served more than one request
    refused: int = 0  # requests
    dropped: int = 0  # requests that nobody waited for any more


class Batcher(Generic[Item, Result]):
    """A model that many ask at once: it runs in one thread, for as many items at a time as make up a budget of tokens.

    Each request gives an item in turn, so that a question does not wait for all of a large request before it. The
    items of a run are in the order of their sizes, the largest first: texts of a length are beside each other, and no
    processor begins a long one when the others are done. Only one event loop may use it; `close` ends its thread.
    """

    def __init__(
        self,
        run: Callable[[Sequence[Item]], Sequence[Result]],
        size: Callable[[Item], int],
        *,
        budget: int = BUDGET,
        most: int = MOST,
        patience: float = PATIENCE,
    ) -> None:
        """`run` gives a result an item, in order; `size` is about how many tokens an item has."""
        self.counts = Counts()
        self._run, self._size = run, size
        self._budget, self._most, self._patience = budget, most, patience
        self._queue: deque[_Request[Item, Result]] = deque()
        self._waiting = 0
        self._working: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="model")

    @property
    def waiting(self) -> int:
        """The items that wait."""
        return self._waiting

    async def ask(self, items: Sequence[Item]) -> list[Result]:
        """The results, in order. A caller that is cancelled leaves the queue. Raises QueueFull, and what `run` does."""
        if not items:
            return []
        if self._waiting and self._waiting + len(items) > self._most:  # one that is larger than the queue goes alone
            self.counts.refused += 1
            raise QueueFull(self._most)
        request: _Request[Item, Result] = _Request(items, asyncio.get_running_loop().create_future())
        self._queue.append(request)
        self._waiting += len(items)
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())
        try:
            await request.done
        except asyncio.CancelledError:
            self._drop(request)
            raise
        return [request.results[place] for place in range(len(items))]

    async def close(self) -> None:
        """Whoever still waits is cancelled."""
        for request in self._queue:
            request.done.cancel()
        if self._working:
            self._working.cancel()
            with suppress(asyncio.CancelledError):
                await self._working
        self._thread.shutdown(wait=False)

    async def _work(self) -> None:
        """Runs until nothing waits."""
        while self._queue:
            if len(self._queue) == 1 and not self._queue[0].begun:
                await asyncio.sleep(self._patience)  # the only one: others may be on their way
            if taken := self._take():
                await self._do(taken)

    def _take(self) -> list[tuple[_Request[Item, Result], int]]:
        """Items in turn of all requests, up to the budget; at least one, where any waits."""
        taken: list[tuple[_Request[Item, Result], int]] = []
        tokens = 0
        while self._queue and (not taken or tokens < self._budget):
            request = self._queue.popleft()
            taken.append((request, request.begun))
            tokens += self._size(request.items[request.begun])
            request.begun += 1
            self._waiting -= 1
            if request.begun < len(request.items):
                self._queue.append(request)
        return sorted(taken, key=lambda each: -self._size(each[0].items[each[1]]))

    async def _do(self, taken: Sequence[tuple[_Request[Item, Result], int]]) -> None:
        requests = {id(request): request for request, _ in taken}.values()
        self.counts.runs += 1
        self.counts.items += len(taken)
        self.counts.joined += len(requests) > 1
        items = [request.items[place] for request, place in taken]
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._thread, self._run, items)
        except Exception as error:  # of the model: whoever asked for this run is told, and the next one is begun
            for request in requests:
                self._leave(request)
                if not request.done.done():
                    request.done.set_exception(error)
            return
        for (request, place), result in zip(taken, found, strict=True):
            request.results[place] = result
        for request in requests:
            if len(request.results) == len(request.items) and not request.done.done():
                request.done.set_result(None)

    def _drop(self, request: _Request[Item, Result]) -> None:
        self.counts.dropped += 1
        self._leave(request)

    def _leave(self, request: _Request[Item, Result]) -> None:
        """Takes a request out of the queue, if it is there."""
        with suppress(ValueError):
            self._queue.remove(request)
            self._waiting -= len(request.items) - request.begun


def tokens(*texts: str) -> int:
    """About how many tokens texts have, without reading them.

    >>> tokens("A bridge reopened."), tokens("")
    (5, 1)
    """
    return sum(map(len, texts)) // CHARACTERS + 1
