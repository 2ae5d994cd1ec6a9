"""Bringing articles in as jobs: files, addresses and articles that were sent, and what came of each.

Jobs are kept in memory. When the process is killed they are gone; the index is whole, with what was published.
"""

from __future__ import annotations

import shutil
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import takewhile
from secrets import token_urlsafe
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import BinaryIO, cast

from bot.errors import ShownError
from bot.service.errors import CaughtError
from index import load
from index.index import Index
from index.types import Article, IndexReport, Reading

KEPT = 50  # jobs that are remembered
UNFINISHED = 10  # that may be on their way at a time
PAGES = 100  # articles of one feed or sitemap
REASONS = 20  # that are told of one source
IN_MEMORY = 1_000_000  # bytes of a file that waits without one on the disk: a process may open only so many

COUNTED = ("added", "changed", "unchanged", "duplicate")  # of a report, in the order in which it is told

Read = Callable[..., Iterator[Reading]]  # as `index.load.read`
Readings = Callable[[Index], AbstractContextManager[Iterable[Reading]]]


class TooMany(ShownError):
    wording = "jobs_busy"

    def __init__(self) -> None:
        super().__init__("Many articles are being added right now. Wait until some are done, then send this again.")


class JobState(StrEnum):
    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"  # what was published before stays


@dataclass(frozen=True, slots=True)
class JobSource:
    """A file, an address or articles, by the name that is shown, and how they are read."""

    name: str
    readings: Readings


@dataclass(frozen=True, slots=True)
class Item:
    """A source of a job, and what has come of it so far."""

    name: str
    state: JobState = JobState.WAITING
    articles: int = 0  # that were read
    counts: tuple[tuple[str, int], ...] = ()  # what came of them
    error: ShownError | None = None  # what ended it
    reasons: tuple[str, ...] = ()  # why some of it could not be brought in, in English

    @property
    def finished(self) -> bool:
        return self.state not in (JobState.WAITING, JobState.READING)


@dataclass(slots=True)
class Job:
    """The articles that somebody sent at once. The thread that brings them in replaces its items one by one."""

    items: list[Item]
    owner: str = ""  # who sent it, as a surface names them
    cancelled: bool = False  # what is not brought in yet stays out
    id: str = field(default_factory=lambda: token_urlsafe(12))

    @property
    def state(self) -> JobState:
        """The state of the whole job: failed where nothing of it came in."""
        states = {each.state for each in self.items}
        if not self.finished:
            return JobState.WAITING if states == {JobState.WAITING} else JobState.READING
        if JobState.CANCELLED in states:
            return JobState.CANCELLED
        return JobState.FAILED if states == {JobState.FAILED} else JobState.DONE

    @property
    def done(self) -> int:
        return sum(each.finished for each in self.items)

    @property
    def finished(self) -> bool:
        return self.done == len(self.items)


class Jobs:
    """All jobs of this process. One source is brought in at a time: an index has one writer."""

    def __init__(self, read: Read = load.read) -> None:
        self.read = read  # what is at addresses
        self._lock = Lock()
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="jobs")

    def begin(self, index: Index, sources: Sequence[JobSource], owner: str = "") -> Job:
        """Brings sources in, one after the other. Raises TooMany."""
        job = Job([Item(each.name) for each in sources], owner)
        with self._lock:
            if sum(not each.finished for each in self._jobs.values()) >= UNFINISHED:
                raise TooMany
            self._jobs[job.id] = job
            while len(self._jobs) > KEPT:
                self._jobs.popitem(last=False)
        for number, source in enumerate(sources):
            self._thread.submit(_bring, index, job, number, source)
        return job

    def job(self, job_id: str) -> Job | None:
        """None where there is none of that id, or it is forgotten."""
        with self._lock:
            return self._jobs.get(job_id)

    def all(self) -> tuple[Job, ...]:
        """The jobs that are remembered, the newest first."""
        with self._lock:
            return tuple(reversed(self._jobs.values()))

    def close(self) -> None:
        """Cancels all, and waits for what is being written: the index may be closed afterwards. What was published
        before stays."""
        for job in self.all():
            job.cancelled = True
        self._thread.shutdown()


def of_file(name: str, file: BinaryIO) -> JobSource:
    """A file that somebody sent. It is closed when it was read, or will not be."""

    @contextmanager
    def readings(_: Index) -> Iterator[Iterable[Reading]]:
        with file:
            yield load.uploaded(name, file)

    return JobSource(name, readings)


def of_upload(name: str, upload: BinaryIO) -> JobSource:
    """A file that is being sent, kept in a place without a name for as long as it is needed."""
    file = cast(BinaryIO, SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - closed when it was read
    shutil.copyfileobj(upload, file)
    file.seek(0)
    return of_file(load.plain_name(name), file)


def of_articles(name: str, articles: Sequence[Article]) -> JobSource:
    """Articles that are there already."""
    return JobSource(name, lambda _: nullcontext(articles))


def of_address(address: str, read: Read) -> JobSource:
    """A page, a document, a feed or a sitemap, of which at most `PAGES` articles are read."""

    @contextmanager
    def readings(index: Index) -> Iterator[Iterable[Reading]]:
        yield read([address], known=index.known, limit=PAGES)

    return JobSource(address, readings)


def _bring(index: Index, job: Job, number: int, source: JobSource) -> None:
    """Brings one source in. Whatever breaks, the next one's turn comes."""
    item = replace(job.items[number], state=JobState.READING)
    job.items[number] = item

    def tell(articles: int) -> None:
        job.items[number] = replace(item, articles=articles)

    with CaughtError() as mishap:
        try:
            with source.readings(index) as readings:
                wanted = takewhile(lambda _: not job.cancelled, readings)
                report = index.add(wanted, progress=tell, stopped=lambda: job.cancelled)
            ended = _ended(item, report, job.cancelled)
        except ShownError as error:
            ended = replace(item, state=JobState.FAILED, error=error)
    if mishap.reference:
        ended = replace(item, state=JobState.FAILED, error=mishap.error)
    job.items[number] = ended


def _ended(item: Item, report: IndexReport, cancelled: bool) -> Item:
    counts = tuple((name, getattr(report, name)) for name in COUNTED if getattr(report, name))
    reasons = tuple(dict.fromkeys(each.reason for each in report.failures))
    ended = JobState.DONE if counts or not reasons else JobState.FAILED
    return replace(
        item,
        state=JobState.CANCELLED if cancelled else ended,
        articles=sum(count for _, count in counts),
        counts=counts,
        reasons=reasons[:REASONS],
    )
