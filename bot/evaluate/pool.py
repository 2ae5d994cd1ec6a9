"""Cases asked in parallel, each in a thread of its own. Finished results survive an interrupt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed

from bot.errors import Cancelled
from bot.evaluate.run import settled
from bot.evaluate.types import Case, CaseOutcome, CaseResult
from bot.types import Cancellation

Ask = Callable[[Case, int, Cancellation], CaseResult]  # a case, its repetition from 0, and a cancellation
Tell = Callable[[Case, int], None]  # the case asked last, and the number of finished cases


def ask_all(
    cases: Sequence[Case], ask: Ask, tell: Tell, *, repeat: int = 1, jobs: int = 1
) -> tuple[tuple[CaseOutcome, ...], KeyboardInterrupt | None]:
    """The outcomes of the cases, in order, and the interrupt, if a person stopped the run.

    An interrupt cancels the running cases.
    """
    cancel = Cancellation()
    asking: dict[Future[CaseResult], int] = {}  # to the number of its case
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
    results: list[list[CaseResult]] = [[] for _ in cases]
    for future, number in asking.items():
        if _done(future):
            results[number].append(future.result())
    return tuple(map(settled, cases, results)), stop


def _done(future: Future[CaseResult]) -> bool:
    """Whether the future has a result. False if cancelled; raises any other error."""
    error = None if future.cancelled() else future.exception()
    if error and not isinstance(error, Cancelled):
        raise error
    return not future.cancelled() and error is None
