"""The embedder's precisions: how fast, how near to float32, and what is found by meaning alone."""

from __future__ import annotations

from pathlib import Path
from statistics import mean
from time import perf_counter
from typing import Any

import numpy as np

from bot.training.sets import Queries, articles, queries
from bot.training.table import table
from index import MiniLM
from index.embed import Precision

PRECISIONS: tuple[Precision, ...] = ("float32", "int8")
PIECE = 64  # texts that the precisions take in turn
ALONE = 200  # questions that are timed one by one


def report(data: Path) -> str:
    asked = queries(data, "scifact")
    names, texts = zip(*((each.id, f"{each.title}\n{each.text}") for each in articles(data, "scifact")), strict=True)
    rates, vectors = _embedded(texts)
    rows = []
    for precision in PRECISIONS:
        embedder = MiniLM(precision)
        near = (vectors[precision] * vectors["float32"]).sum(axis=1)
        found = _ndcg(asked, names, vectors[precision], embedder.embed(list(asked.texts.values())))
        cells = near.mean(), np.percentile(near, 5), near.min(), found
        speed = f"{rates[precision]:.1f}", f"{_milliseconds(embedder, list(asked.texts.values())[:ALONE]):.1f}"
        rows.append([precision, *speed, *(f"{cell:.4f}" for cell in cells)])
    head = ["precision", "texts a second", "ms a question", "cosine: mean", "5 % under", "least", "nDCG@10 of SciFact"]
    return "## Precision of MiniLM, by meaning alone, one vector for each abstract\n\n" + table(head, rows)


def _embedded(texts: tuple[str, ...]) -> tuple[dict[str, float], dict[str, Any]]:
    """Texts a second, at the fastest, and the vectors, of each precision."""
    embedders = [MiniLM(precision) for precision in PRECISIONS]
    rates, parts = dict.fromkeys(PRECISIONS, 0.0), {precision: [] for precision in PRECISIONS}  # type: ignore[var-annotated]
    for start in range(0, len(texts), PIECE):
        for embedder in embedders:
            piece, began = texts[start : start + PIECE], perf_counter()
            parts[embedder.precision].append(embedder.embed(piece))
            rates[embedder.precision] = max(rates[embedder.precision], len(piece) / (perf_counter() - began))
    return {**rates}, {precision: np.concatenate(part) for precision, part in parts.items()}  # type: ignore[dict-item]


def _milliseconds(embedder: MiniLM, questions: list[str]) -> float:
    taken = []
    for question in questions:
        began = perf_counter()
        embedder.embed([question])
        taken.append(perf_counter() - began)
    return 1000 * float(np.median(taken))


def _ndcg(asked: Queries, names: tuple[str, ...], vectors: Any, questions: Any) -> float:
    from pytrec_eval import RelevanceEvaluator

    run = {}
    for query, scores in zip(asked.texts, questions @ vectors.T, strict=True):
        best = np.argsort(-scores)[:10]
        run[query] = {names[place]: float(scores[place]) for place in best}
    measured = RelevanceEvaluator(asked.relevant, {"ndcg_cut.10"}).evaluate(run)
    return mean(each["ndcg_cut_10"] for each in measured.values())
