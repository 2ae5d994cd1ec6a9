"""`python -m tests.bench [NAME ...] [--data DIR]`: the measurements, as Markdown."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BENCHES = (
    "retrieval",
    "condense",
    "chunking",
    "precision",
    "throughput",
    "again",
    "latency",
    "memory",
    "start",
    "page",
    "support",
    "citing",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; all without one")
    parser.add_argument("--data", type=Path, help="the folder of the measuring sets; or BYLINE_BENCH_DATA")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(BENCHES):
        parser.error(f"no measurement is called {', '.join(sorted(unknown))}")
    data = asked.data or Path(os.environ.get("BYLINE_BENCH_DATA", ""))
    if not (data / "scifact" / "corpus.jsonl").is_file():
        parser.error("name the folder of the measuring sets with --data DIR or BYLINE_BENCH_DATA")
    from tests.bench.machine import machine

    _say(f"Measured on {machine()}.")
    for name in asked.names or BENCHES:
        _say(f"\n{import_module(f'tests.bench.{name}').report(data)}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
