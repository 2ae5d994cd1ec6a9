"""What is found: nDCG@10 over articles, by words alone, by meaning alone, and by both.

`python -m tests.bench.retrieval --data DIR [--cache DIR]`. The indexes are made in the cache, and used again there
where nothing changed; without one it is a folder of the machine's for such things.

The articles of a search are those of its 50 best passages, in the order of the best of each. Nothing in a search is
fitted to these sets: tests/bench/fit_search.py leaves each out in turn.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from statistics import mean
from tempfile import gettempdir

from bot.training.sets import CORPORA, Queries, articles, queries
from bot.training.table import table
from index import Filters, Index
from index.store.lexicon import query_terms

DEPTH = 50  # passages of a search, of whose articles the first ten count
BEST = 10
FILES = {"clapnq": "queries_rewrite.jsonl"}  # the questions that people rewrote to be understood alone
Find = Callable[[Index, str, int], Sequence[str]]  # an index, a question, a number of passages -> their articles


def report(data: Path, cache: Path | None = None) -> str:
    rows = [row for name in CORPORA for row in _rows(data, name, cache or default_cache())]
    head = ["set", "by", "nDCG@10", "recall@10", "articles in 10 hits"]
    return "## Retrieval, nDCG@10 over articles\n\n" + table(head, rows)


def default_cache() -> Path:
    return Path(os.environ.get("BYLINE_BENCH_CACHE") or Path(gettempdir()) / "byline-bench")


def opened(data: Path, name: str, cache: Path) -> Index:
    """The index of a set's corpus, made or brought up to date."""
    index = Index.open(cache / name)
    index.add(articles(data, name))
    return index


def asked_of(data: Path, name: str) -> Queries:
    return queries(data, name, FILES.get(name, "queries.jsonl"))


def ndcg(relevant: dict[str, dict[str, int]], found: dict[str, Sequence[str]]) -> dict[str, float]:
    """nDCG@10 of the articles found for each query, best first."""
    return _measured("ndcg_cut", relevant, found)


def _measured(measure: str, relevant: dict[str, dict[str, int]], found: dict[str, Sequence[str]]) -> dict[str, float]:
    """A measure of trec_eval, at the ten best articles."""
    from pytrec_eval import RelevanceEvaluator

    ranks = {
        query: {name: -float(rank) for rank, name in enumerate(dict.fromkeys(each))} for query, each in found.items()
    }
    scored = RelevanceEvaluator(relevant, {f"{measure}.{BEST}"}).evaluate(ranks)
    return {query: values[f"{measure}_{BEST}"] for query, values in scored.items()}


def _rows(data: Path, name: str, cache: Path) -> Iterator[list[str]]:
    with opened(data, name, cache) as index:
        asked = asked_of(data, name)
        for way, find in WAYS.items():
            found = {query: find(index, text, DEPTH) for query, text in asked.texts.items()}
            ten = {query: find(index, text, BEST) for query, text in asked.texts.items()}
            scores, recall = ndcg(asked.relevant, found), _measured("recall", asked.relevant, found)
            figures = [_mean(each.values()) for each in (scores, recall)]
            yield [name, way, *figures, f"{mean(len(set(names)) for names in ten.values()):.1f}"]


def _mean(values: Iterable[float]) -> str:
    return f"{mean(values):.4f}"


def _by_words(index: Index, question: str, k: int) -> Sequence[str]:
    found = index._store.candidates(None, query_terms(question), 5 * k, Filters())
    return [each.found.passage.article_id for each in sorted(found, key=lambda each: -each.words)[:k]]


def _by_meaning(index: Index, question: str, k: int) -> Sequence[str]:
    found = index._store.candidates(index.embed([question])[0], (), 5 * k, Filters())
    return [each.found.passage.article_id for each in sorted(found, key=lambda each: -each.meaning)[:k]]


def _as_asked(index: Index, question: str, k: int) -> Sequence[str]:
    return [hit.passage.article_id for hit in index.search(question, k, understand=False)]


def _understood(index: Index, question: str, k: int) -> Sequence[str]:
    return [hit.passage.article_id for hit in index.search(question, k)]


WAYS: dict[str, Find] = {
    "words alone (BM25)": _by_words,
    "meaning alone": _by_meaning,
    "both": _as_asked,
    "both, with what the question names": _understood,
}


def arguments(description: str | None) -> argparse.Namespace:
    """`--data` and `--cache` of a measurement that is run by itself."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, default=os.environ.get("BYLINE_BENCH_DATA"))
    parser.add_argument("--cache", type=Path, default=default_cache())
    given = parser.parse_args()
    if given.data is None or not Path(given.data, CORPORA["scifact"], "corpus.jsonl").is_file():
        parser.error("name the folder of the measuring sets with --data DIR or BYLINE_BENCH_DATA")
    given.data = Path(given.data)
    return given


if __name__ == "__main__":
    given = arguments(__doc__)
    sys.stdout.write(f"{report(given.data, given.cache)}\n")
