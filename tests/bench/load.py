"""A running server under load: many clients at once, beside a bare search in the same run; and what it holds after many
requests. The articles are made up, and no language model is asked.

`python -m tests.bench.load` takes no measuring sets.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

import httpx

from bot.training.table import table
from index import Article, Index
from tests.bench.machine import machine

ROOT = Path(__file__).resolve().parents[2]
PASSAGES, CLIENTS, SECONDS, REQUESTS = 10_000, 50, 60.0, 10_000
ONE_AT_A_TIME = 8  # clients of the measurement of memory: as many as are answered at once
PLACES = ("Vellmar", "Ostrava", "Lindow", "Harrow", "Calvia", "Brenna", "Tarnow", "Elmira", "Sorrel", "Quint")
THINGS = ("bridge", "harbour", "museum", "railway", "library", "airport", "theatre", "hospital", "market", "tower")
EVENTS = ("reopened", "was closed", "was sold", "was flooded", "was rebuilt", "burned down", "was renamed")
ALLOWED = (200, 429)
LOST = 0  # the status of a request whose connection broke


@dataclass(frozen=True, slots=True)
class Load:
    """What came of requests: seconds of each that was answered, and how many had each status."""

    seconds: tuple[float, ...]
    statuses: Counter[int]
    wall: float  # seconds

    def row(self, what: str) -> tuple[str, ...]:
        times = sorted(self.seconds) or [float("nan")]
        p50, p95 = (f"{times[min(len(times) - 1, round(share * len(times)))] * 1000:.0f}" for share in (0.5, 0.95))
        others = sum(each for status, each in self.statuses.items() if status not in ALLOWED)
        answered = self.statuses[200]
        return what, f"{answered / self.wall:.1f}", p50, p95, str(self.statuses[429]), str(others)


@dataclass(frozen=True, slots=True)
class Held:
    """What a process holds."""

    megabytes: float  # resident
    threads: int
    files: int

    @classmethod
    def of(cls, process: int) -> Held:
        status = Path(f"/proc/{process}/status").read_text()
        resident, threads = (int(re.search(rf"^{name}:\s+(\d+)", status, re.M)[1]) for name in ("VmRSS", "Threads"))  # type: ignore[index]
        return cls(resident / 1024, threads, len(list(Path(f"/proc/{process}/fd").iterdir())))


def articles(passages: int) -> Iterator[Article]:
    """As many articles of one passage each."""
    random = Random(0)
    for number in range(passages):
        place, thing, event = random.choice(PLACES), random.choice(THINGS), random.choice(EVENTS)
        day = f"{random.randint(1, 28)} May {random.randint(1950, 2024)}"
        text = f"The {thing} number {number} in {place} {event} on {day}. The mayor of {place} said so in a letter."
        yield Article(f"a{number}", f"The {thing} in {place}", text)


def questions() -> Iterator[str]:
    random = Random(1)
    while True:
        thing, number, place = random.choice(THINGS), random.randrange(PASSAGES), random.choice(PLACES)
        yield f"When was the {thing} number {number} in {place} sold?"


@contextmanager
def server(store: Path) -> Iterator[tuple[str, int]]:
    """The address of `byline serve`, and the id of its process."""
    command = [sys.executable, "-m", "bot", "serve", "--store", str(store), "--model", "extractive", "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "BYLINE_QUESTIONS_A_MINUTE": "1000000"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=store.parent, env=environment) as process:
        try:
            assert process.stdout is not None
            found = next(found for line in process.stdout if (found := re.search(r"is on (http://\S+)\. ", line)))
            while httpx.get(f"{found[1]}/readyz").status_code != 200:
                sleep(0.2)
            yield found[1], process.pid
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()


Send = Callable[[httpx.AsyncClient, str], Awaitable[httpx.Response]]


def ask(client: httpx.AsyncClient, question: str) -> Awaitable[httpx.Response]:
    return client.post("/v1/ask", json={"question": question})


def search(client: httpx.AsyncClient, question: str) -> Awaitable[httpx.Response]:
    return client.get("/v1/search", params={"query": question})


async def load(
    address: str, send: Send, clients: int, *, seconds: float = float("inf"), requests: int = sys.maxsize
) -> Load:
    """What comes of clients that send one request after the other, for so long or until so many were answered. Who is
    told to come again does after the time that the server says."""
    asked, times, statuses, numbers, began = questions(), list[float](), Counter[int](), count(), perf_counter()

    async def go(client: httpx.AsyncClient) -> None:
        while perf_counter() - began < seconds and next(numbers) < requests:
            sent = perf_counter()
            try:
                reply = await send(client, next(asked))
            except httpx.TransportError as error:
                statuses[LOST] += 1
                say(f"A connection was lost after {perf_counter() - sent:.1f} s: {error!r}")
                continue
            statuses[reply.status_code] += 1
            if reply.status_code == 200:
                times.append(perf_counter() - sent)
            elif wait := reply.headers.get("retry-after"):
                await asyncio.sleep(int(wait))

    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
        await asyncio.gather(*(go(client) for _ in range(clients)))
    return Load(tuple(times), statuses, perf_counter() - began)


def bare(store: Path, seconds: float) -> Load:
    """One search after the other in this process, without a server."""
    times, began = list[float](), perf_counter()
    with Index.open(store) as index:
        index.search("so that the model is loaded")
        began = perf_counter()
        for question in questions():
            sent = perf_counter()
            index.search(question)
            times.append(perf_counter() - sent)
            if perf_counter() - began > seconds:
                break
    return Load(tuple(times), Counter({200: len(times)}), perf_counter() - began)


def growth(address: str, process: int, marks: Sequence[int]) -> list[tuple[str, ...]]:
    """What the server holds after as many answers as each of the marks says."""
    rows, done = [], 0
    for mark in marks:
        made = asyncio.run(load(address, ask, ONE_AT_A_TIME, requests=mark - done))
        assert set(made.statuses) <= set(ALLOWED), made.statuses
        done, held = mark, Held.of(process)
        rows.append((f"{mark:,}", f"{held.megabytes:.0f}", str(held.threads), str(held.files)))
    return rows  # type: ignore[return-value]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.load", description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each measurement under load")
    parser.add_argument("--requests", type=int, default=REQUESTS, help="after which memory is read the last time")
    parser.add_argument("--passages", type=int, default=PASSAGES)
    asked = parser.parse_args()
    say(f"Measured on {machine()}: {asked.passages:,} passages, {CLIENTS} clients at once, {asked.seconds:.0f} s.\n")
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        store = Path(folder) / "store"
        with Index.open(store) as index:
            index.add(articles(asked.passages))
        alone = bare(store, asked.seconds)
        with server(store) as (address, process):
            marks = [*(each for each in (1_000,) if each < asked.requests), asked.requests]
            held = growth(address, process, marks)
            loads = [asyncio.run(load(address, each, CLIENTS, seconds=asked.seconds)) for each in (search, ask)]
            after = Held.of(process)
    head = ["", "answered a second", "p50 ms", "p95 ms", "429", "other errors"]
    names = ("`Index.search`, one after the other", "`/v1/search`", "`/v1/ask`, extractive")
    say(table(head, [each.row(name) for each, name in zip((alone, *loads), names, strict=True)]))
    last = ("and after the load", f"{after.megabytes:.0f}", str(after.threads), str(after.files))
    say("\n" + table(["requests", "resident MB", "threads", "open files"], [*held, last]))
    if any(set(each.statuses) - set(ALLOWED) for each in loads):
        sys.exit(1)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
