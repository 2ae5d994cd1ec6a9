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
from index.index import Index
from index.load import uploaded
from index.load.addresses import MEANT
from index.types import IndexReport, Reading

KEPT = 50  # deliveries that are remembered
UNFINISHED = 10  # that may be on their way at a time
PAGES = 100  # articles of one feed or sitemap
REASONS = 20  # that are told of one source

NOT_HERE = "Whoever runs Byline can bring it in with `byline index`."  # in the place of an option that no page has

Read = Callable[..., Iterator[Reading]]  # as `index.load.read`


class TooMany(ShownError):
    def __init__(self) -> None:
        super().__init__("Much is being brought in at the moment. Wait until some of it is done, then send this again.")


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
    outcome: str = ""
    reasons: tuple[str, ...] = ()  # why some of it could not be brought in

    @property
    def finished(self) -> bool:
        return self.state in (State.DONE, State.FAILED)


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
            ended = replace(parcel, state=State.FAILED, outcome=str(error))
    if mishap.reference:
        ended = replace(parcel, state=State.FAILED, outcome=mishap.sentence)
    delivery.parcels[number] = ended


def _ended(parcel: Parcel, report: IndexReport) -> Parcel:
    names = ("added", "changed", "unchanged", "duplicate")
    counts = {name: getattr(report, name) for name in names if getattr(report, name)}
    reasons = tuple(dict.fromkeys(each.reason.replace(MEANT, NOT_HERE) for each in report.failures))
    state = State.DONE if counts or not reasons else State.FAILED
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    return replace(
        parcel,
        state=state,
        articles=sum(counts.values()),
        outcome=told or ("" if reasons else "There is no article in it."),
        reasons=reasons[:REASONS],
    )
