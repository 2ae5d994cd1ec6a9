"""What it costs to bring in what is already there: articles, and a folder of files."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bot.training.sets import articles
from bot.training.table import table
from index import Index
from index.load import read

ARTICLES = 5_000
TIMES = 3


def report(data: Path) -> str:
    rows = [("articles, `Index.add`", *_articles(data)), ("files in a folder, `byline index FOLDER`", *_files(data))]
    cells = [(what, f"{first:.1f}", f"{again:.3f}", f"{first / again:,.0f}") for what, first, again in rows]
    return "## What is already there\n\n" + table([f"{ARTICLES:,}", "first, s", "unchanged, s", "times faster"], cells)


def _articles(data: Path) -> tuple[float, float]:
    given = list(islice(articles(data, "scifact"), ARTICLES))
    with TemporaryDirectory() as folder, Index.open(folder) as index:
        return _seconds(lambda: index.add(given)), min(_seconds(lambda: index.add(given)) for _ in range(TIMES))


def _files(data: Path) -> tuple[float, float]:
    with TemporaryDirectory() as folder, Index.open(Path(folder) / "store") as index:
        files = Path(folder) / "files"
        files.mkdir()
        for number, each in enumerate(islice(articles(data, "scifact"), ARTICLES)):
            (files / f"{number}.md").write_text(f"# {each.title}\n\n{each.text}\n", encoding="utf-8")

        def run() -> None:
            index.add(read([files], known=index.known), prune=True)

        return _seconds(run), min(_seconds(run) for _ in range(TIMES))


def _seconds(do: Callable[[], object]) -> float:
    began = perf_counter()
    do()
    return perf_counter() - began
