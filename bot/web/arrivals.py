"""Articles on their way in: what was sent, one source after the other, and what came of each."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from enum import StrEnum
from secrets import token_urlsafe
from threading import Lock
from typing import BinaryIO

from bot.errors import ShownError
from bot.web.mishap import Mishap
from bot.web.words import ENGLISH, Said, Wording
from index.index import Index
from index.load import uploaded
from index.load.addresses import MEANT
from index.types import IndexReport, Reading

KEPT = 50  # deliveries that are remembered
UNFINISHED = 10  # that may be on their way at a time
PAGES = 100  # articles of one feed or sitemap
REASONS = 20  # that are told of one source

COUNTED = ("added", "changed", "unchanged", "duplicate")  # of a report, in the order in which it is told

Read = Callable[..., Iterator[Reading]]  # as `index.load.read`


class TooMany(Said):
    def __init__(self) -> None:
        super().__init__("bring.busy")


class State(StrEnum):
    WAITING = "waiting"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file or an address, and what has come of it so far."""

    name: str
    state: State = State.WAITING
    articles: int = 0  # that were read
    counts: tuple[tuple[str, int], ...] = ()  # what came of them
    error: ShownError | None = None  # what ended it
    reasons: tuple[str, ...] = ()  # why some of it could not be brought in, in English

    @property
    def finished(self) -> bool:
        return self.state in (State.DONE, State.FAILED)

    def outcome(self, words: Wording = ENGLISH) -> str:
        """What has come of it so far; empty where all that there is to say are the reasons."""
        if not self.finished:
            state = words(f"delivery.{self.state}")
            return words("delivery.read", state=state, count=self.articles) if self.articles else state
        if self.error:
            return words.error(self.error)
        counts = [words(f"delivery.{name}", count=count) for name, count in self.counts]
        return words("facts.comma").join(counts) or ("" if self.reasons else words("delivery.empty"))

    def why(self, words: Wording = ENGLISH) -> list[str]:
        """The reasons, with a way that a page has in the place of an option that none has."""
        return [words.told(each).replace(MEANT, words("bring.not_here")) for each in self.reasons]


@dataclass(slots=True)
class Delivery:
    """What somebody sent at once. The thread that brings it in replaces its parcels one by one."""

    parcels: list[Parcel]
    id: str = field(default_factory=lambda: token_urlsafe(12))

    @property
    def done(self) -> int:
        return sum(each.finished for each in self.parcels)

    @property
    def finished(self) -> bool:
        return self.done == len(self.parcels)


class Arrivals:
    """All deliveries of this process. One is brought in at a time: an index has one writer."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._lock = Lock()
        self._deliveries: OrderedDict[str, Delivery] = OrderedDict()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="arrivals")

    def begin(self, index: Index, files: Sequence[tuple[str, BinaryIO]], addresses: Sequence[str]) -> Delivery:
        """Brings in files, which are closed when they are read, and what is at addresses. Raises TooMany."""
        sources: list[tuple[str, Callable[[], Iterable[Reading]]]] = [
            *((name, _of_file(name, file)) for name, file in files),
            *((address, self._of_address(index, address)) for address in addresses),
        ]
        delivery = Delivery([Parcel(name) for name, _ in sources])
        with self._lock:
            if sum(not each.finished for each in self._deliveries.values()) >= UNFINISHED:
                raise TooMany
            self._deliveries[delivery.id] = delivery
            while len(self._deliveries) > KEPT:
                self._deliveries.popitem(last=False)
        for number, (_, readings) in enumerate(sources):
            self._thread.submit(_bring, index, delivery, number, readings)
        return delivery

    def delivery(self, delivery_id: str) -> Delivery | None:
        with self._lock:
            return self._deliveries.get(delivery_id)

    def close(self) -> None:
        """What was not begun is left."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _of_address(self, index: Index, address: str) -> Callable[[], Iterable[Reading]]:
        return lambda: self._read([address], known=index.known, limit=PAGES)


def _of_file(name: str, file: BinaryIO) -> Callable[[], Iterable[Reading]]:
    def readings() -> Iterator[Reading]:
        with file:
            yield from uploaded(name, file)

    return readings


def _bring(index: Index, delivery: Delivery, number: int, readings: Callable[[], Iterable[Reading]]) -> None:
    """Brings one source in. Whatever breaks, the next one's turn comes."""
    parcel = replace(delivery.parcels[number], state=State.READING)
    delivery.parcels[number] = parcel

    def tell(articles: int) -> None:
        delivery.parcels[number] = replace(parcel, articles=articles)

    with Mishap() as mishap:
        try:
            ended = _ended(parcel, index.add(readings(), progress=tell))
        except ShownError as error:
            ended = replace(parcel, state=State.FAILED, error=error)
    if mishap.reference:
        ended = replace(parcel, state=State.FAILED, error=mishap.error)
    delivery.parcels[number] = ended


def _ended(parcel: Parcel, report: IndexReport) -> Parcel:
    counts = tuple((name, getattr(report, name)) for name in COUNTED if getattr(report, name))
    reasons = tuple(dict.fromkeys(each.reason for each in report.failures))
    return replace(
        parcel,
        state=State.DONE if counts or not reasons else State.FAILED,
        articles=sum(count for _, count in counts),
        counts=counts,
        reasons=reasons[:REASONS],
    )
