"""From the command to its end, everything cold but the disk."""

from __future__ import annotations

import subprocess
import sys
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bot.training.sets import articles
from bot.training.table import table
from index import Index

ARTICLES, TIMES = 300, 3
QUESTION = "Which cells does the drug act on?"
COMMANDS = (["--help"], ["search", QUESTION], ["ask", QUESTION, "--model", "extractive"])


def report(data: Path) -> str:
    with TemporaryDirectory() as store:
        with Index.open(store) as index:
            index.add(islice(articles(data, "scifact"), ARTICLES))
        rows = [(f"`byline {command[0]}`", f"{_seconds(command, store):.2f}") for command in COMMANDS]
    return f"## Commands, over {ARTICLES} articles\n\n" + table(["command", "seconds"], rows)


def _seconds(command: list[str], store: str) -> float:
    """Of the fastest of some runs."""
    program = [sys.executable, "-m", "bot", *command, *([] if command == ["--help"] else ["--store", store])]
    taken = []
    for _ in range(TIMES):
        began = perf_counter()
        subprocess.run(program, cwd=Path(__file__).resolve().parents[2], capture_output=True, check=False)
        taken.append(perf_counter() - began)
    return min(taken)
