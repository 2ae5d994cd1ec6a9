"""The answers that are being given, each by a thread of its own: they go on whether or not a page shows them.

Whoever comes again, after a reload or in another tab, finds the answer of a conversation by its place.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from threading import Lock, Thread
from time import monotonic

from bot.history import Owner, Place
from bot.render.html.words import PageError
from bot.service.errors import CaughtError
from bot.service.service import Slots
from bot.types import Answer, Cancellation
from bot.web.conversation import ChatState, Queued, new_place

MOST = 4  # conversations of one person that are answered at a time
QUEUED = 5  # questions of one conversation that wait for its answer
RECENT = 64  # conversations whose end is remembered, for a page that is about to follow them
ALONE = 600.0  # seconds for which an answer goes on that no page shows
LOOK = 0.5  # seconds between two looks at how many questions are ahead

Steps = Callable[[ChatState, Cancellation], Generator[ChatState]]
Watcher = tuple[asyncio.AbstractEventLoop, asyncio.Event]


class StillAnswering(PageError):
    def __init__(self) -> None:
        super().__init__("page.one_at_a_time")


@dataclass(frozen=True, slots=True)
class _Next:
    """A question that waits, and how it is answered."""

    shown: Queued
    steps: Steps


@dataclass(slots=True, eq=False)
class Run:
    """A conversation while it is being answered: what it is by now, and what waits. `Running` alone changes it."""

    place: Place
    latest: ChatState
    cancel: Cancellation  # of the answer that is being given; another answer has another
    queue: list[_Next] = field(default_factory=list)
    number: int = 0  # of the last question that waited
    version: int = 0  # of `latest`
    over: bool = False
    watchers: set[Watcher] = field(default_factory=set)
    left: float = 0.0  # since when nobody has watched
    ahead: int = 0  # questions that the model answers first, as it was told last

    def become(self, latest: ChatState) -> None:
        self.latest = replace(latest, queue=tuple(each.shown for each in self.queue))
        self.version += 1
        for loop, news in self.watchers:
            with suppress(RuntimeError):  # the server has ended
                loop.call_soon_threadsafe(news.set)


class Running:
    """All of this process, by the places of their conversations. Each answer holds a slot until its work has ended."""

    def __init__(
        self,
        slots: Slots,
        observe: Callable[[Answer], None] = lambda _: None,  # is told each answer as it ends
        clock: Callable[[], float] = monotonic,
        ahead: Callable[[Cancellation], int] = lambda _: 0,  # how many questions an answer waits for
    ) -> None:
        self._slots = slots
        self._observe = observe
        self._clock = clock
        self._ahead = ahead
        self._lock = Lock()
        self._runs: dict[Place, Run] = {}
        self._over: OrderedDict[Place, Run] = OrderedDict()

    def at(self, place: Place | None) -> Run | None:
        """The conversation there, while it is being answered."""
        with self._lock:
            return self._runs.get(place) if place else None

    def recent(self, place: Place | None) -> Run | None:
        """Same as `at`; also where it was answered a moment ago."""
        with self._lock:
            return (self._runs.get(place) or self._over.get(place)) if place else None

    def begin(self, before: ChatState, steps: Steps, admit: Callable[[], None] = lambda: None) -> Run:
        """Has a question answered. `admit` is called where there is room for it.

        Raises Busy, Stopping, what `admit` raises, and Said where the person has too many answers on their way.
        """
        before = before if before.place else replace(before, place=new_place())
        assert before.place
        run = Run(before.place, before, Cancellation(), left=self._clock())
        with ExitStack() as held:
            held.enter_context(self._slots.slot())
            admit()
            with self._lock:
                if before.place in self._runs:
                    raise StillAnswering
                if self._count(before.place.owner) >= MOST:
                    raise PageError("page.many", count=MOST)
                self._runs[before.place] = run
                self._over.pop(before.place, None)
            self._start(run, steps, run.cancel, held.pop_all())
        return run

    def add(self, run: Run, question: str, steps: Steps) -> bool:
        """Has a question wait for its turn; False where the run is over by now. Raises Said where many wait already."""
        with self._lock:
            if run.over:
                return False
            if len(run.queue) >= QUEUED:
                raise PageError("page.queue_full", count=QUEUED)
            run.number += 1
            run.queue.append(_Next(Queued(run.number, question), steps))
            run.become(run.latest)
        return True

    def drop(self, run: Run, number: int) -> None:
        """Takes out a question that waits."""
        with self._lock:
            run.queue = [each for each in run.queue if each.shown.number != number]
            run.become(run.latest)

    def stop(self, place: Place | None) -> Run | None:
        """Stops the answer there at once, however busy its model is. The question that waits longest is next, by the
        same thread and in the same slot: nobody else can take that in between."""
        with self._lock:
            if not (run := self._runs.get(place) if place else None):
                return None
            run.cancel.set()
            if run.queue:
                run.become(run.latest.stopped())
            else:
                self._end(run)
        return run

    def end(self, place: Place | None) -> None:
        """Stops the answer there, and what waits for it, and forgets it."""
        if place is None:
            return
        if run := self.at(place):
            with self._lock:
                run.queue.clear()
            self.stop(place)
        with self._lock:
            self._over.pop(place, None)

    def close(self) -> None:
        """Stops all."""
        with self._lock:
            places = list(self._runs)
        for place in places:
            self.end(place)

    async def follow(self, run: Run) -> AsyncGenerator[ChatState]:
        """The conversation as it is, and whenever it is another, until it is answered. Who leaves stops nothing."""
        seen = -1
        with self._watching(run) as news:
            while True:
                news.clear()
                with self._lock:
                    version, latest, over = run.version, run.latest, run.over
                if version != seen:
                    seen = version
                    yield latest
                if over:
                    return
                with suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), LOOK)
                self._look(run)

    def _look(self, run: Run) -> None:
        """Tells how many questions are ahead, where that has changed."""
        ahead = self._ahead(run.cancel)
        with self._lock:
            if not run.over and ahead != run.ahead:
                run.ahead = ahead
                run.become(run.latest.behind(ahead))

    @contextmanager
    def _watching(self, run: Run) -> Iterator[asyncio.Event]:
        watcher = (asyncio.get_running_loop(), asyncio.Event())
        with self._lock:
            run.watchers.add(watcher)
        try:
            yield watcher[1]
        finally:
            with self._lock:
                run.watchers.remove(watcher)
                run.left = self._clock()

    def _count(self, owner: Owner) -> int:
        return sum(place.owner == owner for place in self._runs)

    def _start(self, run: Run, steps: Steps, cancel: Cancellation, held: ExitStack) -> None:
        Thread(target=copy_context().run, args=(self._work, run, steps, cancel, held), name="answer").start()

    def _work(self, run: Run, steps: Steps, cancel: Cancellation, held: ExitStack) -> None:
        with held:
            while True:
                with CaughtError():
                    self._answer(run, steps, cancel)
                with self._lock:
                    if run.over:  # it was stopped
                        return
                    if not run.queue or self._slots.closed:
                        held.close()  # before the end is told: whoever hears of it may ask at once
                        self._end(run)
                        return
                    steps, cancel = self._next(run)

    def _answer(self, run: Run, steps: Steps, cancel: Cancellation) -> None:
        with closing(steps(run.latest, cancel)) as states:
            for state in states:
                if state.answering and state.last and state.last.answer:
                    self._observe(state.last.answer)
                with self._lock:
                    if cancel.is_set():
                        return
                    run.become(state.behind(run.ahead) if run.ahead else state)
                    if not run.watchers and self._clock() - run.left > ALONE:
                        cancel.set()

    def _next(self, run: Run) -> tuple[Steps, Cancellation]:
        """The answer to the question that waits longest. Under the lock."""
        run.cancel, run.ahead = Cancellation(), 0
        following = run.queue.pop(0)
        run.become(run.latest.stopped())
        return following.steps, run.cancel

    def _end(self, run: Run) -> None:
        """Nothing is next. Under the lock."""
        run.queue.clear()
        run.over = True
        self._runs.pop(run.place, None)
        self._over[run.place] = run
        while len(self._over) > RECENT:
            self._over.popitem(last=False)
        run.become(run.latest.stopped())
