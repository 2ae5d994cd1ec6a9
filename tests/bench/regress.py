"""Processor time of this checkout against another, by the same interpreter: `--old` names the other.

`python -m tests.bench.regress --old DIR --data DIR` indexes the same articles with both, and searches them. They take
turns, and the fastest turn of each counts. Time that other programs take is not in it. The start of Python is.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from subprocess import DEVNULL, Popen
from tempfile import TemporaryDirectory

from bot.training.sets import articles
from bot.training.table import table
from tests.bench.latency import questions
from tests.bench.machine import machine

HERE = Path(__file__).resolve().parents[2]
PARTS = ("index", "bot")
TURNS, ARTICLES, SEARCHES, READS, PUTS = 2, 5_000, 200, 500, 2_000

# Each takes a store, a file of questions and a number. They name only what every version of Byline has.
OPENED = "import itertools, json, sys; from index import Index; index = Index.open(sys.argv[1])\n"
SEARCHED = OPENED + "for question in json.load(open(sys.argv[2]))[:int(sys.argv[3])]: index.search(question)"
READ = OPENED + "\n".join(
    (
        "ids = [article.id for article in itertools.islice(index.articles(), int(sys.argv[3]))]",
        "for article_id in ids: index.article(article_id)",
    )
)
# Writes without the embedder: vectors of zeros are as long as others.
PUT = "\n".join(
    (
        "import json, sys; import numpy as np; from index import Article, Index",
        "class Zeros:",
        "    name, dimension, limit, languages, precision = 'zeros', 384, 254, None, 'float32'",
        "    def embed(self, texts): return np.tile(np.eye(1, 384, dtype=np.float32), (len(texts), 1))",
        "    def count(self, texts): return [len(text.split()) for text in texts]",
        "rows = (json.loads(line) for line in open(sys.argv[2]))",
        "some = [Article(row['id'], row['title'], row['text']) for row in rows][:int(sys.argv[3])]",
        "with Index.open(sys.argv[1], embedder=Zeros()) as index: index.add(some)",
    )
)


def measured(checkout: Path, folder: Path, sizes: argparse.Namespace) -> dict[str, float]:
    """Seconds of a processor of each step, in a folder of its own."""
    given, asked, store = str(folder / "articles.jsonl"), str(folder / "questions.json"), "store"
    with TemporaryDirectory(dir=folder, ignore_cleanup_errors=True) as place:

        def run(*arguments: str) -> float:
            return processor_time([sys.executable, *arguments], checkout, Path(place))

        index = ["-m", "bot", "index", given, "--store", store]
        return {
            f"`byline index`, {sizes.articles:,} articles": run(*index),
            "`byline index` again, unchanged": run(*index),
            "`byline search`, once": run("-m", "bot", "search", "Which cells does the drug act on?", "--store", store),
            f"{sizes.searches:,} searches": run("-c", SEARCHED, store, asked, str(sizes.searches)),
            f"{sizes.reads:,} articles read": run("-c", READ, store, asked, str(sizes.reads)),
            f"{sizes.puts:,} articles put, without an embedder": run("-c", PUT, "puts", given, str(sizes.puts)),
        }


def processor_time(command: Sequence[str], checkout: Path, folder: Path) -> float:
    """Seconds that a command takes of all processors, with the code of a checkout. Raises RuntimeError."""
    environment = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"}
    process = Popen(command, cwd=folder, env=environment, stdout=DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if code := os.waitstatus_to_exitcode(status):
        raise RuntimeError(f"{command} ended with {code} in {checkout}")
    return used.ru_utime + used.ru_stime


def prepare(checkout: Path, folder: Path) -> None:
    """Compiles a checkout, which is no part of a step. Raises RuntimeError where Python would take other code."""
    processor_time(
        [sys.executable, "-m", "compileall", "-q", *(str(checkout / part) for part in PARTS)], checkout, folder
    )
    found = f"import sys, index; sys.exit(not index.__file__.startswith({str(checkout)!r}))"
    processor_time([sys.executable, "-c", found], checkout, folder)


def fastest(turns: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """
    >>> fastest([{"index": 3.0}, {"index": 2.0}])
    {'index': 2.0}
    """
    return {step: min(turn[step] for turn in turns) for step in turns[0]}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.regress", description=__doc__)
    parser.add_argument("--old", type=Path, required=True, help="another checkout")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--turns", type=int, default=TURNS)
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--searches", type=int, default=SEARCHES)
    parser.add_argument("--reads", type=int, default=READS)
    parser.add_argument("--puts", type=int, default=PUTS, help="at most as many as --articles")
    chosen = parser.parse_args()
    checkouts = {"old": chosen.old.resolve(), "new": HERE}
    turns: dict[str, list[dict[str, float]]] = {name: [] for name in checkouts}
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        write(Path(folder), chosen.data, chosen.articles)
        for checkout in checkouts.values():
            prepare(checkout, Path(folder))
        for _ in range(chosen.turns):
            for name, checkout in checkouts.items():
                turns[name].append(measured(checkout, Path(folder), chosen))
    old, new = fastest(turns["old"]), fastest(turns["new"])
    rows = [[step, f"{old[step]:.2f}", f"{new[step]:.2f}", f"{new[step] / old[step]:.2f}"] for step in old]
    sys.stdout.write(f"Measured on {machine()}.\n\n{table(['seconds of a processor', 'old', 'new', 'ratio'], rows)}\n")


def write(folder: Path, data: Path, count: int) -> None:
    """The articles and the questions, as files that every version reads."""
    with (folder / "articles.jsonl").open("w", encoding="utf-8") as file:
        for each in islice(articles(data, "scifact"), count):
            file.write(json.dumps({"id": each.id, "title": each.title, "text": each.text}) + "\n")
    (folder / "questions.json").write_text(json.dumps(questions(data)), encoding="utf-8")


if __name__ == "__main__":
    main()
