"""The measuring sets, read. They are no part of Byline: a folder of them is named when measuring."""

from __future__ import annotations

import csv
import json
import lzma
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from index import Article

TESTS = Path(__file__).parents[2] / "tests"  # of the repository: the package has no rows
DATA, BENCH = TESTS / "data", TESTS / "bench"
CORPORA = {"scifact": "scifact", "clapnq": "mtrag_pooled/clapnq", "multihop_rag": "multihop_rag"}


class Queries(NamedTuple):
    texts: dict[str, str]  # by the query's id
    relevant: dict[str, dict[str, int]]  # query -> article -> how relevant


def articles(data: Path, name: str) -> Iterator[Article]:
    """The articles of a corpus, in the order of the file."""
    for row in rows(data / CORPORA[name] / "corpus.jsonl"):
        day = row.get("date")
        yield Article(
            row["_id"],
            row.get("title") or "",
            row["text"],
            url=row.get("url"),
            author=row.get("author"),
            outlet=row.get("source"),
            published=datetime.fromisoformat(day) if day else None,
        )


def queries(data: Path, name: str, file: str = "queries.jsonl") -> Queries:
    """The queries of a corpus that have relevant articles."""
    folder = data / CORPORA[name]
    relevant: dict[str, dict[str, int]] = defaultdict(dict)
    with (folder / "qrels" / "test.tsv").open(newline="") as lines:
        for query, article, score in list(csv.reader(lines, delimiter="\t"))[1:]:
            relevant[query][article] = int(score)
    texts = {row["_id"]: row["text"] for row in rows(folder / file) if row["_id"] in relevant}
    return Queries(texts, {query: relevant[query] for query in texts})


def in_fitting_half(query: str) -> bool:
    """Whether a query is of the half on which settings are fitted."""
    return crc32(query.encode()) % 2 == 0


def rows(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)
