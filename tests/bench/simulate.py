"""How long a question takes over many shards, simulated with latencies that were measured on one; and the arithmetic of
ever more passages, of which each figure is measured here or computed from one that was.

    python -m tests.bench.simulate                      the latencies over 1 to 1,000 shards
    python -m tests.bench.simulate --table              the arithmetic
    python -m tests.bench.simulate --folder DIR --data DATA     the simulation beside a real Chroma server

Two waits are simulated. A server of Byline asks so many shards at a time, and a machine serves so many queries at a
time as it has cores. What waits is served in the order in which it came. The network takes no time.
"""

from __future__ import annotations

import argparse
import heapq
import sys
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import count
from math import ceil
from os import cpu_count, sysconf
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.training.table import table
from index import Index
from index.index import POOL
from index.store.vectors import AT_ONCE, SHARD
from tests.bench.latency import questions
from tests.bench.machine import machine
from tests.bench.parts import Parts, timed
from tests.stores import chroma_server

MEASURED = Path(__file__).with_name("parts.json")  # of tests.bench.million --latencies
SHARDS, CORES, QUESTIONS = (1, 10, 100, 1_000), 8, 200
Milliseconds = NDArray[np.float64]
Then = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds that were measured; each is drawn with the same chance."""

    shard: Sequence[float]  # one shard's answer
    replica: Sequence[float] = (0.0,)  # the rest of the search
    judging: Sequence[float] = (0.0,)
    busy: float = 1.0  # the share of a shard's time in which it needs a core


@dataclass(frozen=True, slots=True)
class Cluster:
    shards: int = 1
    machines: int = 1  # with shards, dealt out evenly
    cores: int = CORES  # of each machine, of the replica, and of the service that judges
    at_once: int = AT_ONCE  # shards that the replica asks at a time, of all its questions
    clients: int = 1  # each asks again when it is answered
    slow: float = 1.0  # how many times as long the first shard takes


class Clock:
    """What happens next, and when."""

    def __init__(self) -> None:
        self.now = 0.0  # milliseconds
        self._order = count()
        self._events: list[tuple[float, int, Then]] = []

    def after(self, wait: float, then: Then) -> None:
        heapq.heappush(self._events, (self.now + wait, next(self._order), then))

    def run(self) -> None:
        while self._events:
            self.now, _, then = heapq.heappop(self._events)
            then()


class Places:
    """So many may be in at a time; the others wait in the order in which they came."""

    def __init__(self, clock: Clock, number: int) -> None:
        self._clock = clock
        self._free = number
        self._waiting: deque[Then] = deque()

    def enter(self, then: Then) -> None:
        if self._free:
            self._free -= 1
            then()
        else:
            self._waiting.append(then)

    def leave(self) -> None:
        if self._waiting:
            self._clock.after(0.0, self._waiting.popleft())
        else:
            self._free += 1

    def serve(self, wait: float, then: Then) -> None:
        def served() -> None:
            self.leave()
            then()

        self.enter(lambda: self._clock.after(wait, served))


def simulate(times: Times, cluster: Cluster, asked: int = QUESTIONS, seed: int = 0) -> tuple[Milliseconds, float]:
    """The milliseconds of each question, and how many are answered a second."""
    shard_times, rest, judging = (np.array(each) for each in (times.shard, times.replica, times.judging))
    draw, clock, taken = np.random.default_rng(seed), Clock(), list[float]()
    replica, judge = Places(clock, cluster.cores), Places(clock, cluster.cores)
    machines = [Places(clock, cluster.cores) for _ in range(cluster.machines)]
    threads, left = Places(clock, cluster.at_once), iter(range(asked))

    def ask() -> None:
        if next(left, None) is not None:
            began = clock.now
            replica.serve(draw.choice(rest), lambda: spread(began))

    def spread(began: float) -> None:
        drawn = draw.choice(shard_times, cluster.shards)
        drawn[0] *= cluster.slow
        waiting = set(range(cluster.shards))

        def send(shard: int) -> None:
            threads.enter(lambda: work(shard))

        def work(shard: int) -> None:
            busy = times.busy * float(drawn[shard])
            idle = float(drawn[shard]) - busy
            machines[shard % cluster.machines].serve(busy, lambda: clock.after(idle, lambda: answered(shard)))

        def answered(shard: int) -> None:
            threads.leave()
            waiting.remove(shard)
            if not waiting:
                judge.serve(draw.choice(judging), lambda: done(began))

        for shard in range(cluster.shards):
            send(shard)

    def done(began: float) -> None:
        taken.append(clock.now - began)
        ask()

    for _ in range(cluster.clients):
        ask()
    clock.run()
    return np.array(taken), 1000 * len(taken) / clock.now


def summary(taken: Milliseconds, rate: float) -> list[str]:
    return [*(f"{each:,.0f}" for each in np.percentile(taken, (50, 95, 99))), f"{rate:,.1f}"]


def over_shards(measured: Parts) -> str:
    """The latencies over ever more shards, of which a machine has ten."""
    times = Times(measured.vectors, measured.rest, measured.judging)
    rows = []
    for shards in SHARDS:
        base = Cluster(shards, max(1, shards // 10))
        for what, cluster in (
            ("one client", base),
            (f"{CORES} clients", replace(base, clients=CORES)),
            (f"{CORES} clients, one shard 10 times as slow", replace(base, clients=CORES, slow=10.0)),
            (f"{CORES} clients, all shards asked at once", replace(base, clients=CORES, at_once=CORES * shards)),
        ):
            rows.append([f"{shards:,}", base.machines, what, *summary(*simulate(times, cluster))])
    return table(["shards", "machines", "asked by", "p50, ms", "p95", "p99", "a second"], rows)


# The arithmetic

COUNTS = (1_000_000, 10_000_000, 100_000_000, 1_000_000_000)  # passages


@dataclass(frozen=True, slots=True)
class Facts:
    """What others published, and what `docs/measured.md` has. Money is in US dollars."""

    # docs/measured.md, "Search and indexing": passages a second that `Index.add` embeds and writes on two cores.
    added: float = 95.1
    added_avx2: float = 32.0
    # Chroma's guide to the performance of a single node, read on 30 November 2026: records of 1,024 numbers for each
    # GiB of memory, and a machine of 64 GiB (r7i.2xlarge) by the month.
    records: int = 245_000
    numbers_of_a_record: int = 1_024
    machine_memory: int = 64
    machine_month: float = 387.0
    # Chroma Cloud's prices, read on 30 November 2026: a GiB written, a GiB kept for a month, a TiB asked, the plan.
    written: float = 2.50
    kept: float = 0.33
    asked: float = 0.0075
    plan: float = 250.0
    # A report of multilingual-e5-small on eight A100, read on 30 November 2026: short messages a second.
    embedded_gpus: float = 357_893.0
    gpus: int = 8
    # Ours.
    numbers: int = 384  # of a vector
    facts: int = 200  # bytes of a key, outlet, author, kind, language and day, assumed

    @property
    def in_memory(self) -> float:
        """Bytes of memory a passage: those of a record of theirs, without the numbers that ours lacks."""
        return 2**30 / self.records - 4 * (self.numbers_of_a_record - self.numbers)

    @property
    def in_cloud(self) -> int:
        """Bytes of a passage."""
        return 4 * self.numbers + self.facts


FACTS = Facts()


@dataclass(frozen=True, slots=True)
class Needs:
    """What so many passages need."""

    passages: int
    disk: dict[str, float]  # GB of each part of a store
    shards: int  # collections on a server
    memory: float  # GiB, of all Chroma servers
    machines: int
    month: float  # dollars for the machines
    added: float  # hours to embed and write on two cores with AVX-512
    added_avx2: float  # with AVX2 alone
    gpu: float  # hours to embed on one GPU, at least
    cloud: float  # GiB in Chroma Cloud
    cloud_written: float  # dollars, once
    cloud_month: float  # dollars
    cloud_thousand: float  # dollars for 1,000 questions


def needs(passages: int, measured: Parts, facts: Facts = FACTS) -> Needs:
    memory, cloud = passages * facts.in_memory / 2**30, passages * facts.in_cloud / 2**30
    machines = ceil(memory / facts.machine_memory)
    return Needs(
        passages,
        {name: passages * size / measured.passages / 1e9 for name, size in measured.bytes.items()},
        ceil(passages / SHARD),
        memory,
        machines,
        machines * facts.machine_month,
        passages / facts.added / 3600,
        passages / facts.added_avx2 / 3600,
        passages * facts.gpus / facts.embedded_gpus / 3600,
        cloud,
        cloud * facts.written,
        cloud * facts.kept + facts.plan,
        1_000 * cloud / 1_024 * facts.asked,
    )


def arithmetic(measured: Parts, facts: Facts = FACTS) -> str:
    """What ever more passages need, each row with what it is computed from."""
    each = [needs(passages, measured, facts) for passages in COUNTS]
    rows = [
        [
            f"GB of {STORED[name]}",
            *(_short(one.disk[name]) for one in each),
            f"measured: {size / measured.passages:,.0f} bytes a passage",
        ]
        for name, size in measured.bytes.items()
    ]
    shown = {
        "shards": ("collections on a server", f"as built: one for {SHARD:,} passages"),
        "memory": (
            "GiB of memory for Chroma",
            f"published: {facts.records:,} records a GiB; {facts.in_memory:,.0f} bytes of ours",
        ),
        "machines": ("machines for Chroma", f"published: {facts.machine_memory} GiB each"),
        "month": ("dollars a month for them", f"published: {facts.machine_month:,.0f} each"),
        "added": ("hours to add, two cores, AVX-512", f"measured: {facts.added} a second"),
        "added_avx2": ("hours to add, two cores, AVX2", f"measured: {facts.added_avx2} a second"),
        "gpu": (
            "hours to embed on an A100, at least",
            f"published: {facts.embedded_gpus / facts.gpus:,.0f} short texts a second",
        ),
        "cloud": ("GiB in Chroma Cloud", f"{facts.in_cloud:,} bytes a passage, of which {facts.facts} are assumed"),
        "cloud_written": ("dollars to write them there", f"published: {facts.written:.2f} a GiB"),
        "cloud_month": ("dollars a month there", f"published: {facts.kept} a GiB, {facts.plan:,.0f} for the plan"),
        "cloud_thousand": ("dollars for 1,000 questions there", f"published: {facts.asked} a TiB; each asks all"),
    }
    rows += [[what, *(_short(getattr(one, name)) for one in each), how] for name, (what, how) in shown.items()]
    return table(["passages", *(f"{passages:,}" for passages in COUNTS), "computed from"], rows)


STORED = {
    "ledger.sqlite": "the ledger",
    "vectors": "the vectors, two copies",
    "words": "the words, two copies",
}


def _short(number: float) -> str:
    """
    >>> _short(0.0123), _short(4.56), _short(1234.5)
    ('0.01', '4.6', '1,234')
    """
    return f"{number:,}" if isinstance(number, int) else f"{number:,.{0 if number >= 10 else 1 if number >= 1 else 2}f}"


# Beside a real server


def beside(vectors: NDArray[np.float32], asked: NDArray[np.float32], shards: int, rounds: int = 4) -> str:
    """What is simulated and what a Chroma server does: its shards asked one after another, and all at once.

    The measurements take turns, so that other work on the machine falls on all of them. A shard is simulated to hold a
    core all of its time, and to hold it as long as client and server took of the processors while shards were asked
    alone. Where other work takes cores away, the truth lies between.
    """
    worked, alone, measured = 0.0, list[float](), {1: list[float](), 4: list[float]()}
    walls = dict.fromkeys(measured, 0.0)
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, chroma_server(Path(folder)) as url:
        collections = _collections(url, vectors, shards)
        with ThreadPoolExecutor(AT_ONCE) as threads:
            _together(threads, collections, asked[:10], 1)
            for some in np.array_split(asked, rounds):
                before = _worked()
                alone += [timed(lambda: _near(shard, vector))[1] for vector in some for shard in collections]  # noqa: B023
                worked += _worked() - before
                for clients, taken in measured.items():
                    began = perf_counter()
                    taken += _together(threads, collections, some, clients)
                    walls[clients] += perf_counter() - began
    busy = min(1.0, 1000 * worked / sum(alone))
    rows = [["one shard alone", "measured", *summary(np.array(alone), 1000 / float(np.mean(alone)))]]
    for clients, taken in measured.items():
        what = f"{shards} shards, {clients} {'client' if clients == 1 else 'clients'}"
        cluster = Cluster(shards, 1, cpu_count() or 1, AT_ONCE, clients)
        rows.append([what, "measured", *summary(np.array(taken), len(taken) / walls[clients])])
        for held, share in (("a core all the time", 1.0), (f"a core for {busy:.2f} of the time", busy)):
            rows.append([what, f"simulated, {held}", *summary(*simulate(Times(alone, busy=share), cluster, 4_000))])
    head = [f"{len(vectors) // shards:,} passages a shard", "", "p50, ms", "p95", "p99", "a second"]
    return table(head, rows)


def _worked() -> float:
    """Seconds that this process and those that it started took of the processors."""
    started = " ".join(each.read_text() for each in Path("/proc/self/task").glob("*/children")).split()
    stats = [Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split() for each in started]
    return process_time() + sum(int(each[11]) + int(each[12]) for each in stats) / sysconf("SC_CLK_TCK")


def _collections(url: str, vectors: NDArray[np.float32], shards: int) -> list[Any]:
    from index.store.vectors import Address, _collection, _http

    client = _http(Address(url))
    made = [_collection(client, f"shard-{number}") for number in range(shards)]
    for collection, part in zip(made, np.array_split(vectors, shards), strict=True):
        for start in range(0, len(part), 1_000):
            some = part[start : start + 1_000]
            collection.add(ids=[str(start + each) for each in range(len(some))], embeddings=some)
    return made


def _near(collection: Any, vector: NDArray[np.float32]) -> object:
    return collection.query(query_embeddings=[vector], n_results=POOL, include=["distances"])


def _together(
    threads: ThreadPoolExecutor, collections: Sequence[Any], asked: NDArray[np.float32], clients: int
) -> list[float]:
    """Milliseconds of each question, with so many asked at a time and all shards of each at once."""

    def ask(vector: NDArray[np.float32]) -> float:
        return timed(lambda: list(threads.map(lambda collection: _near(collection, vector), collections)))[1]

    with ThreadPoolExecutor(clients) as people:
        return list(people.map(ask, asked))


def _stored(index: Index) -> NDArray[np.float32]:
    """All vectors of an index, (n, dim)."""
    ledger, pages = index._store.ledger, []
    keys = sorted(ledger.keys(ledger.published()))
    for start in range(0, len(keys), 10_000):
        found = ledger.vectors(keys[start : start + 10_000])
        pages.append(np.array([np.frombuffer(each, dtype="<f2") for each in found.values()], dtype=np.float32))
    return np.concatenate(pages)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.simulate", description=__doc__)
    parser.add_argument("--latencies", type=Path, default=MEASURED)
    parser.add_argument("--table", action="store_true", help="print the arithmetic")
    parser.add_argument("--folder", type=Path, help="of tests.bench.million, whose vectors a Chroma server gets")
    parser.add_argument("--data", type=Path, help="the measuring sets, for the questions; goes with --folder")
    parser.add_argument("--shards", type=int, default=4)
    chosen = parser.parse_args()
    if chosen.folder:
        with Index.open(chosen.folder / "store") as index:
            asked = np.array(index.embed(questions(chosen.data)[:200]), dtype=np.float32)
            shown = f"Measured on {machine()}.\n\n{beside(_stored(index), asked, chosen.shards)}"
    elif chosen.table:
        shown = arithmetic(Parts.read(chosen.latencies))
    else:
        measured = Parts.read(chosen.latencies)
        shown = f"Simulated from latencies of {measured.machine}, {measured.passages:,} passages.\n\n"
        shown += over_shards(measured)
    sys.stdout.write(f"{shown}\n")


if __name__ == "__main__":
    main()
