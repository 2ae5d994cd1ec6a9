"""The models as a service: what joining the requests of many clients gives, beside the same requests each run alone by
a thread of its own, in the same run; and the memory of a replica with the models in it, and without.

Where other programs use the machine, only the texts a processor second can be compared: who has more threads gets more
of the processors.

`python -m tests.bench.service` takes no measuring sets.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from bot.inference.batching import Batcher, tokens
from bot.inference.models import embedding, judging
from bot.judge.encoder import Encoder
from bot.training.table import table
from index import Index, MiniLM, SentenceEmbedder
from index.embed import minilm_folder
from tests.bench.load import Held, articles, questions
from tests.bench.machine import machine

ROOT = Path(__file__).resolve().parents[2]
CLIENTS, TEXTS, SECONDS, ROUNDS = 8, 8, 5.0, 3
PASSAGES, ASKED = 500, 5

Ask = Callable[[Sequence[Any]], Awaitable[Any]]
Run = Callable[[Sequence[Any]], Any]


def sentences() -> list[str]:
    """Of 5 to 60 words."""
    random = Random(0)
    words = " ".join(each.text for each in articles(200)).split()
    return [" ".join(random.choices(words, k=random.randint(5, 60))) for _ in range(2_000)]


@dataclass(frozen=True, slots=True)
class Served:
    items: int
    seconds: tuple[float, ...]  # of each request
    wall: float  # seconds
    processor: float  # seconds of all processors

    def __add__(self, other: Served) -> Served:
        return Served(
            self.items + other.items,
            self.seconds + other.seconds,
            self.wall + other.wall,
            self.processor + other.processor,
        )


async def served(ask: Ask, items: Sequence[Any], seconds: float) -> Served:
    """What was done for `CLIENTS` that send one request after the other for so many seconds."""
    times, start, used = list[float](), perf_counter(), process_time()
    end = start + seconds

    async def client(number: int) -> int:
        random, done = Random(number), 0
        while (began := perf_counter()) < end:
            await ask(random.sample(items, TEXTS))
            times.append(perf_counter() - began)
            done += TEXTS
        return done

    done = sum(await asyncio.gather(*(client(number) for number in range(CLIENTS))))
    return Served(done, tuple(times), perf_counter() - start, process_time() - used)


async def compared(
    run: Callable[[Sequence[Any]], Any], size: Callable[[Any], int], items: Sequence[Any]
) -> dict[str, Served]:
    """The rounds of both in turn, so that what else the machine does falls on both."""
    threads = ThreadPoolExecutor(CLIENTS)
    batcher = Batcher(run, size)

    def alone(some: Sequence[Any]) -> Awaitable[Any]:
        return asyncio.get_running_loop().run_in_executor(threads, run, some)

    found: dict[str, Served] = {}
    for _ in range(ROUNDS):
        for name, ask in (("alone", alone), ("joined", batcher.ask)):
            found[name] = found.get(name, Served(0, (), 0, 0)) + await served(ask, items, SECONDS)
    await batcher.close()
    return found


def rows(what: str, found: dict[str, Served]) -> Iterator[tuple[str, ...]]:
    base = found["alone"].items / found["alone"].processor
    for name, each in found.items():
        times = sorted(each.seconds)
        p50, p95 = (times[round(share * (len(times) - 1))] * 1000 for share in (0.5, 0.95))
        used = each.items / each.processor
        yield (
            what,
            name,
            f"{used:.0f}",
            f"{used / base:.2f}",
            f"{each.items / each.wall:.0f}",
            f"{p50:.0f}",
            f"{p95:.0f}",
        )


def throughput() -> str:
    texts = sentences()
    random = Random(1)
    pairs = [("entailment", *random.sample(texts, 2)) for _ in range(2_000)]
    other = SentenceEmbedder(str(minilm_folder()), "float32")
    measured: tuple[tuple[str, Run, Callable[[Any], int], Sequence[Any]], ...] = (
        ("all-MiniLM-L6-v2", embedding(MiniLM()), tokens, texts),
        ("the judge", judging(Encoder()), lambda pair: tokens(*pair[1:]), pairs),
        ("a model of sentence-transformers", embedding(other), tokens, texts),
    )
    found = list[tuple[str, ...]]()
    for what, run, size, items in measured:
        run(items[:2])
        found += rows(what, asyncio.run(compared(run, size, items)))
    return table(["model", "requests", "a processor second", "ratio", "a second", "p50 ms", "p95 ms"], found)


@contextmanager
def service() -> Iterator[tuple[str, int]]:
    """The address of `byline model serve`, and the id of its process."""
    command = [sys.executable, "-m", "bot", "model", "serve", "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().removeprefix("The models are on ").split(". ")[0], process.pid
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()


def replica(store: Path, url: str) -> None:
    """Answers some questions, with the models of `url` or its own, and prints what this process holds."""
    from bot.answering.bot import Bot
    from bot.config import Config

    config = Config(embedder_url=url, judge_url=url) if url else Config()
    with Bot.open(store, "extractive", config) as bot:
        bot.warm()
        for question, _ in zip(questions(), range(ASKED), strict=False):
            bot.answer(question)
        sys.stdout.write(f"{Held.of(os.getpid()).megabytes:.0f}\n")


def memory() -> str:
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        with Index.open(folder) as index:
            index.add(articles(PASSAGES))

        def held(url: str) -> str:
            command = [sys.executable, "-m", "tests.bench.service", "--replica", folder, url]
            return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()

        with service() as (address, process):
            found = [("a replica with its models", held("")), ("a replica with both URLs", held(address))]
            found.append(("the service", f"{Held.of(process).megabytes:.0f}"))
    return table(["", "resident MB"], found)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.service", description=__doc__)
    parser.add_argument("--replica", nargs=2, metavar=("STORE", "URL"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.replica:
        replica(Path(asked.replica[0]), asked.replica[1])
        return
    say(f"Measured on {machine()}: {CLIENTS} clients, {TEXTS} texts or pairs a request, {ROUNDS} rounds.\n")
    say(f"{memory()}\n")
    say(throughput())


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
