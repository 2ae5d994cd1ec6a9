"""Texts that are being held against the articles, and those that lately were: in memory, and nowhere else."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from secrets import token_urlsafe
from threading import Lock

from bot.errors import Cancelled, ShownError
from bot.render.html.words import PageError
from bot.service.errors import CaughtError
from bot.types import Cancellation, Report
from bot.web.access import Visitor

RUNNING = 2  # checks at a time; the others wait
UNFINISHED = 20  # that may run and wait
KEPT = 50  # that are remembered


class StillChecking(PageError):
    def __init__(self) -> None:
        super().__init__("check.busy")


class ManyChecks(PageError):
    def __init__(self) -> None:
        super().__init__("check.many")


@dataclass(slots=True)
class TextCheck:
    """One text. The thread that judges it replaces its report sentence by sentence."""

    visitor: Visitor
    report: Report
    cancel: Cancellation
    error: ShownError | None = None  # what ended it before it was done
    finished: bool = False  # whether the report grows no more
    id: str = field(default_factory=lambda: token_urlsafe(16))

    def holds(self, visitor: Visitor) -> bool:
        """Whether somebody may see it: who sent it. Where nobody signs in, whoever knows its id."""
        return self.visitor.owner == visitor.owner


class Checks:
    """All checks of this process. Of one person one runs at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._checks: OrderedDict[str, TextCheck] = OrderedDict()
        self._threads = ThreadPoolExecutor(RUNNING, thread_name_prefix="checks")

    def begin(self, reports: Generator[Report], cancel: Cancellation, visitor: Visitor) -> TextCheck:
        """Has the reports of a text made, which `cancel` stops. Raises StillChecking, ManyChecks, and what the first
        report does."""
        check = TextCheck(visitor, next(reports), cancel)
        with self._lock:
            self._ensure_free(visitor)
            self._checks[check.id] = check
            for old in [each.id for each in self._checks.values() if each.finished][: len(self._checks) - KEPT]:
                del self._checks[old]
        self._threads.submit(_judge, check, reports)
        return check

    def ensure_free(self, visitor: Visitor) -> None:
        """Raises StillChecking, ManyChecks where a check would not be begun."""
        with self._lock:
            self._ensure_free(visitor)

    def _ensure_free(self, visitor: Visitor) -> None:
        unfinished = [each for each in self._checks.values() if not each.finished]
        if any(each.visitor.key == visitor.key for each in unfinished):
            raise StillChecking
        if len(unfinished) >= UNFINISHED:
            raise ManyChecks

    def check(self, check_id: str, visitor: Visitor) -> TextCheck | None:
        """None where it is forgotten, or not theirs."""
        with self._lock:
            found = self._checks.get(check_id)
        return found if found and found.holds(visitor) else None

    def close(self) -> None:
        """Stops all."""
        with self._lock:
            for each in self._checks.values():
                each.cancel.set()
        self._threads.shutdown(wait=False, cancel_futures=True)


def _judge(check: TextCheck, reports: Generator[Report]) -> None:
    """Takes the reports until the last one, or until it is stopped. What breaks is told on the page."""
    with CaughtError() as mishap:
        try:
            for report in reports:
                check.report = report
        except Cancelled:
            pass  # the report tells how far it came
        except ShownError as error:
            check.error = error
    if mishap.reference:
        check.error = mishap.error
    check.finished = True
