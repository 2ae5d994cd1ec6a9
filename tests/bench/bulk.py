"""Indexing on a Ray cluster of this machine against the plain command: `python -m tests.bench.bulk`.

Both read the same files into a new store each: pages of news, made of the shipped articles. The plain indexer takes the
processors of this machine; so do the workers of the cluster. The start of the cluster is told apart. Ray runs workers
at the niceness 15, so that on a busy machine they wait for everybody else; here they do not.
"""

from __future__ import annotations

import argparse
import os
from contextlib import closing
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from time import perf_counter

from bot.training.table import table
from index import Index, load
from index.ingest import bulk
from tests.bench.machine import machine

SEEDS = Path(__file__).parents[2] / "seeds"
FILES = 600


def corpus(folder: Path, count: int) -> Path:
    """So many files with the texts of the shipped articles, no two the same."""
    folder.mkdir()
    seeds = [each.read_text(encoding="utf-8") for each in sorted(SEEDS.glob("*.md"))]
    for number in range(count):
        (folder / f"{number:05}.md").write_text(f"{seeds[number % len(seeds)]}\n\nThis is copy {number}.\n", "utf-8")
    return folder


def plain(store: Path, files: Path) -> tuple[float, int]:
    """Seconds, and how many articles there are."""
    began = perf_counter()
    with Index.open(store) as index:
        index.add(load.read([files], known=index.known))
        return perf_counter() - began, len(index)


def on_ray(store: Path, files: Path) -> tuple[float, float, int]:
    """Seconds until the cluster runs, those after, and how many articles there are."""
    began = perf_counter()
    with Index.open(store) as index, bulk.cluster(bulk.LOCAL):
        ready = perf_counter()
        traversal = load.Traversal([files], known=index.known)
        with closing(bulk.read(traversal, index.recipe(), index.digests())) as made:
            index.add(made)
        return ready - began, perf_counter() - ready, len(index)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=FILES)
    count = parser.parse_args().files
    os.environ["RAY_worker_niceness"] = "0"  # noqa: SIM112 - as Ray reads it
    folder = Path(mkdtemp())
    try:
        files = corpus(folder / "files", count)
        alone, articles = plain(folder / "plain", files)
        start, together, same = on_ray(folder / "ray", files)
    finally:
        rmtree(folder)
    assert articles == same
    rows = [
        ("plain", "", f"{alone:.0f}", f"{count / alone:.1f}", "1"),
        (
            "Ray on this machine",
            f"{start:.0f}",
            f"{together:.0f}",
            f"{count / together:.1f}",
            f"{alone / together:.2f}",
        ),
    ]
    print(machine(), f"load {os.getloadavg()[0]:.1f}", sep=", ")  # noqa: T201
    print(table(["indexer", "start, s", "indexing, s", "files a second", "times the plain one"], rows))  # noqa: T201


if __name__ == "__main__":
    main()
