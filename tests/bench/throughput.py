"""Indexing against the stock path: langchain-chroma's `add_documents` with sentence-transformers in float32.

Both take the same passages of the same articles. The stock path is given them ready; Byline's time also has the
cutting, the word index, the ledger and the second copy of the vectors in it. The two take turns, each with articles
that it has not seen, and the fastest turn of each counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.training.sets import articles
from bot.training.table import table
from index import Article, Index
from tests.bench.stock import collection, stock_embeddings

if TYPE_CHECKING:
    from langchain_chroma import Chroma

TURNS, ARTICLES = 4, 150  # of which about 330 passages each


def report(data: Path) -> str:
    stock = stock_embeddings()
    turns = [_turn(taken, stock) for taken in _portions(data)]
    slow, quick, precision = max(turn[0] for turn in turns), max(turn[1] for turn in turns), turns[0][3]
    cosines = np.concatenate([turn[2] for turn in turns])
    near = f"mean {cosines.mean():.4f}, 5 % under {np.percentile(cosines, 5):.4f}, least {cosines.min():.4f}"
    rows = [
        ("langchain-chroma's `add_documents`, float32", f"{slow:.1f}", "1", ""),
        (f"`Index.add`, {precision}", f"{quick:.1f}", f"{quick / slow:.2f}", near),
    ]
    return "## Indexing\n\n" + table(["path", "passages a second", "times the stock path", "cosine to it"], rows)


def _portions(data: Path) -> list[Sequence[Article]]:
    some = list(islice(articles(data, "scifact"), TURNS * ARTICLES))
    return [some[start : start + ARTICLES] for start in range(0, len(some), ARTICLES)]


def _turn(taken: Sequence[Article], stock: Any) -> tuple[float, float, Any, str]:
    """Passages a second of the stock path and of ours, the cosines of their vectors, and our precision."""
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, Index.open(Path(folder) / "ours") as ours:
        ours.embed(["so that the model is loaded"])
        began = perf_counter()
        ours.add(taken)
        quick = perf_counter() - began
        texts = [f"{each.title}\n{one.text}" for each in taken for one in ours.passages(each.id)]
        theirs = collection("stock", stock, Path(folder) / "theirs")
        began = perf_counter()
        _add(theirs, texts)
        slow = perf_counter() - began
        near = (np.asarray(stock.embed_documents(texts[:40])) * ours.embed(texts[:40])).sum(axis=1)
        return len(texts) / slow, len(texts) / quick, near, ours.embedder.precision


def _add(chroma: Chroma, texts: Sequence[str]) -> None:
    from langchain_core.documents import Document

    chroma.add_documents([Document(text, metadata={"number": number}) for number, text in enumerate(texts)])
