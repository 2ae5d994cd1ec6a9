"""Cases asked side by side, each in a thread of its own. What is done when a person stops them is not lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed

from bot.errors import Cancelled
from bot.evaluate.run import settled
from bot.evaluate.types import Case, Outcome, Result
from bot.types import Cancellation

Ask = Callable[[Case, int, Cancellation], Result]  # a case for the so-manieth time, counted from 0
Tell = Callable[[Case, int], None]  # of which suite one was asked last, and how many are done


def ask_all(
    cases: Sequence[Case], ask: Ask, tell: Tell, *, repeat: int = 1, jobs: int = 1
) -> tuple[tuple[Outcome, ...], KeyboardInterrupt | None]:
    """What became of the cases, in their order, and how a person stopped them, if one did. Those that are being asked
    then are stopped too."""
    cancel = Cancellation()
    asking: dict[Future[Result], int] = {}  # and the number of its case
    stop = None
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for number, case in enumerate(cases):
                times = range(max(repeat, case.times))
                asking.update((pool.submit(ask, case, time, cancel), number) for time in times)
            left = Counter(asking.values())
            for future in as_completed(asking):
                left[asking[future]] -= 1
                tell(cases[asking[future]], sum(not often for often in left.values()))
        except KeyboardInterrupt as pressed:
            stop = pressed
            cancel.set()
            pool.shutdown(cancel_futures=True)
    results: list[list[Result]] = [[] for _ in cases]
    for future, number in asking.items():
        if _done(future):
            results[number].append(future.result())
    return tuple(map(settled, cases, results)), stop


def _done(future: Future[Result]) -> bool:
    """Whether it ran to its end, and was not stopped before. Raises what else ended it."""
    error = None if future.cancelled() else future.exception()
    if error and not isinstance(error, Cancelled):
        raise error
    return not future.cancelled() and error is None
