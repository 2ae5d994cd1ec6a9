"""How long a search takes, against the sum of its parts taken raw: the same call of the embedder, a query of Chroma and
one of tantivy, with the same number of hits and the same filters.

Both embed the question. The raw parts ask for ten ids of each engine, one after the other, and read no text. A search
asks for 50 and 100, reads their passages, vectors and facts, fuses, and leaves out what is nearly the same.

The articles are made up: sentences drawn from real ones, with made-up outlets and days. So that they need not be
embedded, the vector of a passage is made of the vectors of the texts that its sentences are from, and some noise.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from bot.training.sets import articles, queries
from bot.training.table import table
from index import Article, Filters, Index, Passage
from index.store.ledger import ArticleDraft
from index.store.lexicon import query_terms
from index.text.sentence import sentences

SIZES = (10_000, 100_000)  # passages
SOURCES, QUESTIONS, HITS = 1_000, 500, 10
PASSAGES = 4  # of an article
OUTLETS, AUTHORS, FIRST, DAYS = 20, 500, date(2020, 1, 1), 1_000
FILTERS = {
    "none": Filters(),
    "an outlet": Filters(outlet=("Outlet 7",)),
    "an outlet, and days": Filters(outlet=("Outlet 7",), since=FIRST + timedelta(DAYS // 2)),
}
Search = Callable[[str, Filters], object]


def report(data: Path) -> str:
    rows = [row for size in SIZES for row in _rows(data, size)]
    head = ["passages", "filters", "p50, ms", "p95, ms", "raw parts: p50", "p95", "ratio of p50", "of p95"]
    return "## Search\n\n" + table(head, rows)


def _rows(data: Path, size: int) -> Iterator[list[str]]:
    asked = questions(data)
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder, Index.open(Path(folder) / "store") as index:
        fill(index, data, size)
        bare = raw(index, Path(folder) / "raw")
        for name, filters in FILTERS.items():
            ours, parts = milliseconds(asked, filters, index.search, bare)
            ratios = [f"{one / other:.2f}" for one, other in zip(ours, parts, strict=True)]
            yield [f"{size:,}", name, *(f"{each:.1f}" for each in (*ours, *parts)), *ratios]


def milliseconds(asked: Sequence[str], filters: Filters, *ways: Callable[..., object]) -> list[tuple[float, float]]:
    """The median and the 95th percentile of each way, the ways taking turns at each question."""
    taken: list[list[float]] = [[] for _ in ways]
    for number, question in enumerate(asked):
        for way in (0, 1) if number % 2 else (1, 0):
            began = perf_counter()
            ways[way](question, filters=filters)
            taken[way].append(1000 * (perf_counter() - began))
    return [(float(np.percentile(each, 50)), float(np.percentile(each, 95))) for each in taken]


def questions(data: Path) -> list[str]:
    sets = (queries(data, "scifact"), queries(data, "clapnq", "queries_rewrite.jsonl"))
    return [text for one in sets for text in one.texts.values()][:QUESTIONS]


# The index


def fill(index: Index, data: Path, size: int) -> None:
    """Puts `size` passages in, without the embedder."""
    parts = list(_parts(index, data))
    with index._writing() as store:
        for start in range(0, size // PASSAGES, 1_000):
            store.put([_draft(number, parts) for number in range(start, min(start + 1_000, size // PASSAGES))])


def _parts(index: Index, data: Path) -> Iterator[tuple[list[str], Any]]:
    """The sentences of some real texts, and their vectors."""
    texts = [each.text for name in ("scifact", "clapnq") for each in islice(articles(data, name), SOURCES)]
    for text, vector in zip(texts, index.embed(texts), strict=True):
        yield [text[span.start : span.end] for span in sentences(text)], vector


def _draft(number: int, parts: Sequence[tuple[list[str], Any]]) -> ArticleDraft:
    draw = random.Random(number)
    drawn = [[draw.choice(parts) for _ in range(5)] for _ in range(PASSAGES)]
    texts = [" ".join(draw.choice(sentences) for sentences, _ in each) for each in drawn]
    noise = np.random.default_rng(number).normal(scale=0.02, size=(PASSAGES, parts[0][1].size))
    vectors = np.array([sum(vector for _, vector in each) for each in drawn]) + noise
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return made_up(number, texts, vectors, draw)


def made_up(number: int, texts: Sequence[str], vectors: Any, draw: random.Random) -> ArticleDraft:
    """An article of these passages and their vectors (n, dim), with a made-up outlet, author and day."""
    article = Article(
        f"made-up-{number}",
        texts[0][:60],
        "\n\n".join(texts),
        outlet=f"Outlet {number % OUTLETS}",
        author=f"Author {number % AUTHORS}",
        published=FIRST + timedelta(draw.randrange(DAYS)),
    )
    return ArticleDraft(article, str(number), list(_passages(article.id, texts)), vectors.astype("<f2"))


def _passages(article_id: str, texts: Sequence[str]) -> Iterator[Passage]:
    start = 0
    for text in texts:
        yield Passage(article_id, start, start + len(text), text)
        start += len(text) + 2


# Its parts, raw


def raw(index: Index, folder: Path) -> Callable[..., object]:
    """A search that asks copies of the two indexes, with nothing in between."""
    import chromadb
    import tantivy

    now = index._store.ledger.published()
    copytree(index.path / "vectors" / now.vectors, folder / "vectors")
    copytree(index.path / "words" / now.words, folder / "words")
    vectors = chromadb.PersistentClient(folder / "vectors").get_collection("passages", embedding_function=None)
    words = tantivy.Index.open(str(folder / "words"))
    words.register_tokenizer("terms", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    searcher = words.searcher()

    def search(question: str, filters: Filters) -> None:
        vector = index.embed([question])[0]
        limits = [{"outlet": outlet} for outlet in filters.outlet]
        limits += [{"day": {"$gte": filters.since.toordinal()}}] if filters.since else []  # type: ignore[dict-item]
        where = limits[0] if len(limits) == 1 else {"$and": limits} if limits else None
        vectors.query(query_embeddings=[vector], n_results=HITS, where=where, include=[])  # type: ignore[arg-type]
        searcher.search(_query(tantivy, words.schema, question, filters), HITS)

    return search


def _query(tantivy: Any, schema: Any, question: str, filters: Filters) -> Any:
    query, occur = tantivy.Query, tantivy.Occur
    terms = [(occur.Should, query.term_query(schema, "terms", term)) for term in query_terms(question)]
    limits = [query.term_query(schema, "outlet", outlet) for outlet in filters.outlet]
    if filters.since:
        limits.append(query.range_query(schema, "day", tantivy.FieldType.Integer, filters.since.toordinal(), None))
    return query.boolean_query([(occur.Must, each) for each in (query.boolean_query(terms), *limits)])
