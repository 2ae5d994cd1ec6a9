"""Another edition of an index: the passages and vectors of its articles made again, with other settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from index.embed import Embedder
from index.ingest.passages import passages_of, vectors_of
from index.store.ledger import EditionSettings
from index.store.store import Store
from index.types import Article, Passage

BATCH = 256  # passages that are embedded and kept together

Made = tuple[int, Article, tuple[Passage, ...]]  # an article with its number in the ledger and its passages


def remake(
    store: Store, embedder: Embedder, settings: EditionSettings, progress: Callable[[int], None] | None = None
) -> int:
    """Makes and publishes the edition of `settings`, and gives the number of its articles.

    Readers see the edition in force until this one is complete. What an interrupted run made with the same settings is
    not made again. `store` is held for writing.
    """
    edition, total = store.ledger.begin(settings), len(store.ledger)
    done = total - store.ledger.lacks(edition)
    cut = (
        (number, article, passages_of(article, embedder, settings.chunk))
        for number, article in store.ledger.lacking(edition)
    )
    for batch in _batches(cut):
        vectors = vectors_of([(article, passages) for _, article, passages in batch], embedder)
        rows, start = [], 0
        for number, _, passages in batch:
            rows.append((number, passages, vectors[start : start + len(passages)]))
            start += len(passages)
        store.ledger.fill(edition, rows)
        done += len(batch)
        if progress:
            progress(done)
    store.publish(edition)
    return total


def _batches(cut: Iterable[Made]) -> Iterator[Sequence[Made]]:
    batch: list[Made] = []
    for made in cut:
        batch.append(made)
        if sum(len(passages) for _, _, passages in batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
