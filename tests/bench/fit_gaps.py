"""How near two questions are that ask for the same, fitted for each embedder: `python -m tests.bench.fit_gaps`.

The questions of every second topic of `tests/data/same_questions.jsonl` are grouped as `bot.alerts.gaps` does, at each
threshold. The one with the best F1 over pairs is kept in `bot/alerts/gaps.json`, with its figures on the other topics.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from bot.alerts.gaps import FILE, clusters
from index.embed import named

if TYPE_CHECKING:
    from index.embed import Embedder

DATA = Path(__file__).parent.parent / "data" / "same_questions.jsonl"
EMBEDDERS = ("all-MiniLM-L6-v2", "multilingual-e5-small")
TRIED = [number / 100 for number in range(30, 96)]

Row = dict[str, str]


def scores(rows: Sequence[Row], groups: Sequence[Sequence[int]]) -> dict[str, float]:
    """Precision, recall and F1 over pairs of questions."""
    group = {place: number for number, each in enumerate(groups) for place in each}
    pairs = [
        (rows[one]["asks"] == rows[two]["asks"], group[one] == group[two])
        for one, two in combinations(range(len(rows)), 2)
    ]
    hits = sum(same and together for same, together in pairs)
    precision = hits / max(1, sum(together for _, together in pairs))
    recall = hits / sum(same for same, _ in pairs)
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return {"precision": round(precision, 3), "recall": round(recall, 3), "f1": round(f1, 3)}


def fitted(embedder: Embedder, rows: Sequence[Row]) -> dict[str, object]:
    """The threshold, and how it does on each half."""
    topics = list(dict.fromkeys((row["language"], row["topic"]) for row in rows))
    halves = [[row for row in rows if topics.index((row["language"], row["topic"])) % 2 == half] for half in (0, 1)]
    vectors = [embedder.embed([row["question"] for row in half]) for half in halves]
    at = {
        each: [scores(*pair) for pair in zip(halves, (clusters(v, each) for v in vectors), strict=True)]
        for each in TRIED
    }
    best = max(at[each][0]["f1"] for each in TRIED)
    equal = [each for each in TRIED if at[each][0]["f1"] == best]
    threshold = equal[len(equal) // 2]
    fit, held = at[threshold]
    return {"threshold": threshold, "questions": len(rows), "fit": fit, "held": held}


def main() -> None:
    rows = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
    found: dict[str, object] = {}
    for name in EMBEDDERS:
        embedder = named(name)
        read = [row for row in rows if embedder.languages is None or row["language"] in embedder.languages]
        found[name] = fitted(embedder, read)
    written = json.dumps(found, indent=2) + "\n"
    FILE.write_text(written, encoding="utf-8")
    sys.stdout.write(written)


if __name__ == "__main__":
    main()
