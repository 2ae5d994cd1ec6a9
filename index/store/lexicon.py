"""The word index: tantivy over the terms of `index.text.words`, so that one analysis serves everywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from math import log, sqrt
from pathlib import Path
from shutil import rmtree
from threading import Lock
from typing import Any

from index.errors import ShownError, StoreDamaged, StoreUnwritable
from index.store.causes import shown_as
from index.store.ledger import PassageEntry
from index.store.limits import SearchLimits
from index.text.words import carries_meaning, terms

# What a passage is found by: how often its own words count, those of its neighbours in the article, and those of the
# article's title, outlet and author. nDCG@10 of what is fused, without neighbours and with them, by
# tests/bench/fit_search.py: articles of SciFact .742, .753, of MTRAG .451, .461; paragraphs of SQuAD 2.0 .920, .906.
OWN, NEIGHBOURS, ABOUT = 2, 1, 1
FACTS = ("outlet", "author", "kind", "language")
HEAP = 64_000_000  # bytes that the writer may hold before it flushes
# To be raised whenever `text.words.terms` or the fields here change: words of another number are not read but made
# again from the ledger.
ANALYSIS = 4


class Lexicon:
    """One of the two tantivy indexes on disk. A writer writes the one that nobody reads, as with the vectors."""

    by_files = False
    wears = 1 / 8  # tantivy counts the terms of what was removed until it merges its segments, which may be never

    def __init__(self, folder: Path, letter: str) -> None:
        self.name = f"words-{ANALYSIS}{letter}"
        self._store = folder
        self._folder = folder / "words" / self.name
        self._guard = Lock()
        self._index: Any = None
        self._searcher: Any = None
        self._seen = -1
        self._writer: Any = None

    def present(self) -> bool:
        """Whether there is anything on the disk."""
        return (self._folder / "meta.json").is_file()

    def matching(self, at: int, wanted: Sequence[str], count: int, limits: SearchLimits) -> dict[int, float]:
        """The keys of the passages within limits with the best BM25, best first, and that BM25."""
        if not wanted:
            return {}
        searcher = self._at(at)
        found = searcher.search(_query(_weights(searcher, wanted), limits), count, count=False).hits
        keys = searcher.fast_field_values("key", [address for _, address in found])
        return {int(key): float(score) for key, (score, _) in zip(keys, found, strict=True)}

    def sizes(self, at: int, limits: SearchLimits) -> tuple[int, int]:
        """How many passages there are, and how many of them lie within limits."""
        searcher = self._at(at)
        return searcher.num_docs, int(searcher.search(_all_of(_limiting(limits)), 1).count)

    def within(self, at: int, limits: SearchLimits, most: int, among: Sequence[int] | None = None) -> list[int]:
        """The keys of at most so many passages within limits, in no order; of those `among` some, if there are any."""
        queries = _limiting(limits) + ([] if among is None else [_keyed(among)])
        searcher = self._at(at)
        found = searcher.search(_all_of(queries), max(1, most), count=False).hits
        return [int(key) for key in searcher.fast_field_values("key", [address for _, address in found])]

    def frequencies(self, at: int, wanted: Sequence[str]) -> tuple[int, list[int]]:
        """How many passages there are, and how many hold each term."""
        searcher = self._at(at)
        return searcher.num_docs, [searcher.doc_freq("own_terms", term) for term in wanted]

    def count(self, at: int) -> int:
        return int(self._latest(at).num_docs)

    def keys(self, at: int) -> list[int]:
        """The key of every passage in it, double ones twice."""
        from tantivy import Query

        searcher = self._latest(at)
        found = searcher.search(Query.all_query(), max(1, searcher.num_docs), count=False).hits
        return [int(key) for key in searcher.fast_field_values("key", [address for _, address in found])]

    def differences(self, at: int, entries: Iterable[Sequence[PassageEntry]]) -> tuple[int, int]:
        """How many of `entries` it lacks, and how many others, or once too often, it holds."""
        held = Counter(self.keys(at))
        wanted = Counter(entry.key for page in entries for entry in page)
        return (wanted - held).total(), (held - wanted).total()

    def become(self, other: object) -> None:
        """Makes it empty."""
        del other
        with self._guard:  # a reader that opened it meanwhile would leave the writer an index without a folder
            self._forget()
            rmtree(self._folder, ignore_errors=True)

    def write(self, born: Iterable[Sequence[PassageEntry]], died: Sequence[int], generation: int) -> None:
        """Takes passages in, again if need be, and others out, in one commit."""
        del generation  # whoever reads another generation than before asks for the latest commit
        writer, self._writer = self._writer or self._begin(), None
        with _failures(StoreUnwritable, self._store):
            writer.delete_documents_by_query(_keyed(died))
            for page in born:
                writer.delete_documents_by_query(_keyed([entry.key for entry in page]))
                for entry in page:
                    writer.add_document(_document(entry))
            writer.commit()
        self._writer = writer  # one that failed is not used again, and what it did not commit never was

    def rest(self, published: str) -> None:
        """Ends a run of writes."""
        del published
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.wait_merging_threads()

    def close(self) -> None:
        with self._guard:
            self._forget()

    def _forget(self) -> None:
        self._index = self._searcher = self._writer = None
        self._seen = -1

    def _at(self, generation: int) -> Any:
        with self._guard:
            if self._seen != generation:
                if not self.present():
                    raise StoreDamaged(self._store, f"its folder {self._folder.name} is missing")
                with _failures(StoreDamaged, self._store):
                    index = self._opened()
                    index.reload()
                    self._searcher = index.searcher()
                self._seen = generation
            return self._searcher

    def _latest(self, generation: int) -> Any:
        """The same of the latest commit, from which also that is gone which was swept since."""
        with self._guard:
            self._seen = -1
        return self._at(generation)

    def _opened(self) -> Any:
        if self._index is None:
            from tantivy import Index, TextAnalyzerBuilder, Tokenizer

            self._folder.mkdir(parents=True, exist_ok=True)
            self._index = Index(_schema(), str(self._folder))
            self._index.register_tokenizer("terms", TextAnalyzerBuilder(Tokenizer.whitespace()).build())
            self._index.config_reader("manual")
        return self._index

    def _begin(self) -> Any:
        with self._guard, _failures(StoreUnwritable, self._store):
            return self._opened().writer(HEAP, 1)


def forget_others(store: Path) -> None:
    """Deletes what another analysis wrote."""
    kept = {f"words-{ANALYSIS}{letter}" for letter in "ab"}
    for left in (store / "words").iterdir() if (store / "words").is_dir() else ():
        if left.name not in kept:
            rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)


def _weights(searcher: Any, wanted: Sequence[str]) -> dict[str, float]:
    """The weight of each term of a question, beside its BM25: the root of its rarity.

    nDCG@10 of what is fused, without and with it, by tests/bench/fit_search.py: SciFact .749, .753; MTRAG .457, .461.
    """
    total = searcher.num_docs
    return {term: sqrt(rarity(total, searcher.doc_freq("terms", term))) for term in wanted}


def query_terms(question: str) -> list[str]:
    """The terms to look for, each once: those that carry meaning, or all where none does."""
    found = dict.fromkeys(terms(question))
    return [term for term in found if carries_meaning(term)] or list(found)


def _schema() -> Any:
    from tantivy import SchemaBuilder

    builder = SchemaBuilder()
    builder.add_integer_field("key", indexed=True, fast=True)
    builder.add_integer_field("article", indexed=True)
    builder.add_text_field("terms", tokenizer_name="terms", index_option="freq")
    builder.add_text_field("own_terms", tokenizer_name="terms", index_option="basic")
    for fact in FACTS:
        builder.add_text_field(fact, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    return builder.build()


def _document(entry: PassageEntry) -> Any:
    from tantivy import Document

    document = Document()
    document.add_integer("key", entry.key)
    document.add_integer("article", entry.article)
    for text, times in _found_by(entry):
        for _ in range(times):
            document.add_text("terms", _analysed(text))
    document.add_text("own_terms", _analysed(entry.text))
    for fact in FACTS:
        if value := getattr(entry, fact):
            document.add_text(fact, value)
    if entry.day is not None:
        document.add_integer("day", entry.day)
    return document


def _found_by(entry: PassageEntry) -> list[tuple[str, int]]:
    """The texts that a passage is found by, and how often each counts."""
    neighbours = [(text, NEIGHBOURS) for text in (entry.before, entry.after) if text]
    about = [(text, ABOUT) for text in (entry.title, entry.outlet, entry.author) if text]
    return [(entry.text, OWN), *neighbours, *about]


@lru_cache(maxsize=16)  # a passage is read again as its neighbours' neighbour
def _analysed(text: str) -> str:
    return " ".join(terms(text))


def _keyed(keys: Sequence[int]) -> Any:
    from tantivy import Query

    return Query.term_set_query(_schema(), "key", list(keys))


def rarity(total: int, frequency: int) -> float:
    """The inverse document frequency of BM25: ln(1 + (N - n + 0.5) / (n + 0.5))."""
    return log(1 + (total - min(frequency, total) + 0.5) / (min(frequency, total) + 0.5))


def _query(weights: Mapping[str, float], within: SearchLimits) -> Any:
    """Any of the terms, and all of the limits. Never parsed from what a person wrote."""
    from tantivy import Occur, Query

    schema = _schema()
    either = [
        (Occur.Should, Query.boost_query(Query.term_query(schema, "terms", term, "freq"), weight))
        for term, weight in weights.items()
    ]
    return _all_of(_limiting(within), [Query.boolean_query(either)])


def _limiting(within: SearchLimits) -> list[Any]:
    from tantivy import FieldType, Occur, Query

    schema = _schema()
    limits = {fact: Query.term_set_query(schema, fact, list(values)) for fact, values in within.facts.items()}
    if within.also:
        copied = Query.term_set_query(schema, "article", list(within.also))
        limits["outlet"] = Query.boolean_query([(Occur.Should, limits["outlet"]), (Occur.Should, copied)])
    if within.days != (None, None):
        limits["day"] = Query.range_query(schema, "day", FieldType.Integer, *within.days)
    if within.articles is not None:
        limits["article"] = Query.term_set_query(schema, "article", list(within.articles))
    return list(limits.values())


def _all_of(limits: Sequence[Any], scored: Sequence[Any] = ()) -> Any:
    """The query that meets all queries; only the scored ones count for the order."""
    from tantivy import Occur, Query

    unscored = [Query.const_score_query(limit, 0.0) for limit in limits]
    return Query.boolean_query([(Occur.Must, each) for each in (*scored, *unscored)])


@contextmanager
def _failures(shown: type[ShownError], store: Path) -> Iterator[None]:
    with shown_as(shown, store, ValueError):  # tantivy raises it for all that it finds wrong
        yield
