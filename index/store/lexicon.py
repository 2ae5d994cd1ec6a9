"""The word index: tantivy over the terms of `index.words`, so that one analysis serves everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from threading import Lock
from typing import Any

from index.errors import ShownError, StoreDamaged, StoreUnwritable
from index.store.ledger import Entry
from index.words import carries_meaning, terms

Days = tuple[int | None, int | None]  # ordinals of the first and the last day
# What a term in each field counts for, against one in the passage itself. nDCG@10 of 0.3 words and 0.7 meaning: SciFact
# .723, .728, .735 with titles at 1, 0.5, 0.25; MultiHop-RAG .811, .820, .829 with author and outlet at 0, 0.25, 1.
BOOSTS = {"text": 1.0, "title": 0.25, "author": 1.0, "outlet": 1.0}
FACTS = ("outlet", "author", "kind", "language")
HEAP = 64_000_000  # bytes that the writer may hold before it flushes


class Lexicon:
    """A tantivy index on disk. Its commits are atomic and its snapshots are safe while another process writes."""

    name = "words"
    hidden = False  # readers see what is written before it is published

    def __init__(self, folder: Path) -> None:
        self._store = folder
        self._folder = folder / "words"
        self._guard = Lock()
        self._index: Any = None
        self._searcher: Any = None
        self._seen = -1
        self._writer: Any = None

    def present(self) -> bool:
        """Whether there is anything on the disk."""
        return (self._folder / "meta.json").is_file()

    def matching(
        self, at: int, wanted: Sequence[str], count: int, facts: Mapping[str, Sequence[str]], days: Days
    ) -> dict[int, float]:
        """The keys of the passages with the best BM25, and that BM25."""
        if not wanted:
            return {}
        searcher = self._at(at)
        found = searcher.search(_query(wanted, facts, days), count, count=False).hits
        keys = searcher.fast_field_values("key", [address for _, address in found])
        return {int(key): float(score) for key, (score, _) in zip(keys, found, strict=True)}

    def frequencies(self, at: int, wanted: Sequence[str]) -> tuple[int, list[int]]:
        """How many passages there are, and how many hold each term."""
        searcher = self._at(at)
        return searcher.num_docs, [searcher.doc_freq("text_terms", term) for term in wanted]

    def keys(self, at: int) -> list[int]:
        """The key of every passage in it, double ones twice."""
        from tantivy import Query

        with self._guard:
            self._seen = -1  # what was swept since is gone from the latest commit
        searcher = self._at(at)
        found = searcher.search(Query.all_query(), max(1, searcher.num_docs), count=False).hits
        return [int(key) for key in searcher.fast_field_values("key", [address for _, address in found])]

    def become(self, other: object) -> None:
        """Makes it empty."""
        del other
        self.close()
        rmtree(self._folder, ignore_errors=True)

    def write(self, born: Iterable[Sequence[Entry]], died: Sequence[int], generation: int) -> None:
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


def query_terms(question: str) -> list[str]:
    """The terms to look for, each once: those that carry meaning, or all where none does."""
    found = dict.fromkeys(terms(question))
    return [term for term in found if carries_meaning(term)] or list(found)


def _schema() -> Any:
    from tantivy import SchemaBuilder

    builder = SchemaBuilder()
    builder.add_integer_field("key", indexed=True, fast=True)
    for field in BOOSTS:
        builder.add_text_field(f"{field}_terms", tokenizer_name="terms", index_option="freq")
    for fact in FACTS:
        builder.add_text_field(fact, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", indexed=True, fast=True)
    return builder.build()


def _document(entry: Entry) -> Any:
    from tantivy import Document

    document = Document()
    document.add_integer("key", entry.key)
    for field in BOOSTS:
        document.add_text(f"{field}_terms", " ".join(terms(getattr(entry, field) or "")))
    for fact in FACTS:
        if value := getattr(entry, fact):
            document.add_text(fact, value)
    if entry.day is not None:
        document.add_integer("day", entry.day)
    return document


def _keyed(keys: Sequence[int]) -> Any:
    from tantivy import Query

    return Query.term_set_query(_schema(), "key", list(keys))


def _query(wanted: Sequence[str], facts: Mapping[str, Sequence[str]], days: Days) -> Any:
    """Any of the terms in any field, and all of the limits. Never parsed from what a person wrote."""
    from tantivy import FieldType, Occur, Query

    schema = _schema()
    either = [
        (Occur.Should, Query.boost_query(Query.term_query(schema, f"{field}_terms", term, "freq"), boost))
        for term in wanted
        for field, boost in BOOSTS.items()
    ]
    limits = [Query.term_set_query(schema, fact, list(values)) for fact, values in facts.items()]
    if days != (None, None):
        limits.append(Query.range_query(schema, "day", FieldType.Integer, *days))
    return Query.boolean_query(
        [(Occur.Must, Query.boolean_query(either))]
        + [(Occur.Must, Query.const_score_query(limit, 0.0)) for limit in limits]
    )


@contextmanager
def _failures(shown: type[ShownError], store: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:  # tantivy raises ValueError for all that it finds wrong
        raise shown(store, str(error)) from error
