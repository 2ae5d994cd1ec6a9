"""The most memory that indexing and searching hold, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.training.table import table
from tests.bench.machine import peak

ARTICLES, QUESTIONS = 1_000, 100
ROOT = Path(__file__).resolve().parents[2]


def report(data: Path) -> str:
    with TemporaryDirectory() as folder:
        rows = [(what, _in_a_process(step, data, Path(folder))) for step, what in STEPS.items()]
    return "## Memory\n\n" + table(["", "most, MB"], rows)


def _in_a_process(step: str, data: Path, folder: Path) -> str:
    program = [sys.executable, "-m", "tests.bench.memory", step, str(data), str(folder)]
    return subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def _do(step: str, data: Path, folder: Path) -> None:
    from bot.training.sets import articles, queries
    from index import Index

    with Index.open(folder) as index:
        if step == "add":
            index.add(islice(articles(data, "scifact"), ARTICLES))
        if step == "search":
            for question in islice(queries(data, "scifact").texts.values(), QUESTIONS):
                index.search(question)


STEPS = {
    "open": "opening an index",
    "add": f"adding {ARTICLES:,} articles",
    "search": f"searching them {QUESTIONS} times",
}

if __name__ == "__main__":
    _do(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    sys.stdout.write(f"{peak():.0f}\n")
