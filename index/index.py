"""An index of articles: what goes in, what is found, what is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from index.embed import Embedder, MiniLM
from index.errors import ArticleMissing
from index.intake import Intake, take_in
from index.search import fuse, rarity
from index.store.ledger import Settings
from index.store.lexicon import query_terms
from index.store.lock import PATIENCE
from index.store.store import Check, Store
from index.types import Article, Failure, Filters, Hits, IndexReport, Passage
from index.words import chinese

if TYPE_CHECKING:
    from index.embed import Vectors

CHUNK = 200  # word pieces of a passage, at most
POOL = 50  # candidates asked of each of the two indexes, at least; and five for each hit wanted
NO_FILTERS = Filters()


class Index:
    """Articles that can be searched. Opening takes no lock and loads nothing; several threads may search at once."""

    def __init__(self, path: Path, embedder: Embedder, url: str | None = None, patience: float = PATIENCE) -> None:
        self.path = path
        self.embedder = embedder
        self._patience = patience
        self._store = Store(path, url)
        if self._store.exists():
            self._store.agree(embedder.name)

    @classmethod
    def open(
        cls, path: str | Path, *, embedder: Embedder | None = None, url: str | None = None, patience: float = PATIENCE
    ) -> Self:
        """The index at a path. Nothing is made there before the first article is added.

        `url` names a Chroma server for the vectors; `patience` is how many seconds a write waits for another
        writer. Raises StoreMismatch where the index was made with another embedder.
        """
        return cls(Path(path), embedder or MiniLM(), url, patience)

    @staticmethod
    def exists(path: str | Path) -> bool:
        """Whether there is an index at a path."""
        return Store(Path(path)).exists()

    def close(self) -> None:
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Writing

    def add(
        self, articles: Iterable[Article | Failure], *, progress: Callable[[int], None] | None = None
    ) -> IndexReport:
        """Brings articles in; one whose id is known replaces the older one, and costs nothing where it is the same.

        Readers see them batch by batch. `progress` is told how many of `articles` are done. Raises StoreBusy.
        """
        return take_in(articles, Intake(self._store, self.embedder), self._writing, progress)

    def remove(self, article_id: str) -> None:
        """Takes an article out. Raises ArticleMissing, StoreBusy."""
        self.article(article_id)
        with self._writing():
            self._store.put((), (article_id,))

    def mend(self) -> Check:
        """Makes the vectors and the words again where they are not what the ledger says; nothing is embedded for it."""
        if self._store.exists():
            with self._writing():
                self._store.mend()
        return self.check()

    def _writing(self) -> AbstractContextManager[Store]:
        settings = Settings(self.embedder.name, self.embedder.dimension, CHUNK)
        return self._store.writing(settings, self._patience)

    # Searching

    def search(self, question: str, k: int = 10, filters: Filters = NO_FILTERS) -> Hits:
        """The `k` passages that answer a question best, by words and by meaning."""
        question = question.encode(errors="replace").decode()  # half a surrogate pair is no letter
        terms = query_terms(question)
        if not self._store.exists() or not terms or k < 1:
            return Hits((), filters)
        by_words_alone = chinese(question) and not self._reads("zh")
        vector = None if by_words_alone else self.embed([question])[0]
        candidates = self._store.candidates(vector, terms, max(POOL, 5 * k), filters)
        return Hits(fuse(candidates, by_words_alone)[:k], filters)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors `(n, dim)` of length 1, as those of the passages."""
        return self.embedder.embed(texts)

    def rarity(self, terms: Sequence[str]) -> tuple[float, ...]:
        """How much each term of `index.words` tells: its inverse document frequency over the passages, from 0."""
        total, frequencies = self._store.frequencies(terms)
        return tuple(rarity(total, frequency) for frequency in frequencies)

    def _reads(self, language: str) -> bool:
        return self.embedder.languages is None or language in self.embedder.languages

    # Showing

    def __len__(self) -> int:
        return len(self._store.ledger) if self._store.exists() else 0

    def article(self, article_id: str) -> Article:
        """Raises ArticleMissing."""
        found = self._store.ledger.article(article_id) if self._store.exists() else None
        if found is None:
            raise ArticleMissing(article_id)
        return found

    def articles(self) -> Iterator[Article]:
        """Every article in the order of ids, a few of them in memory at a time."""
        return self._store.ledger.articles() if self._store.exists() else iter(())

    def passages(self, article_id: str) -> tuple[Passage, ...]:
        """The passages of an article in order. Raises ArticleMissing."""
        self.article(article_id)
        return self._store.ledger.passages(article_id)

    def check(self) -> Check:
        """What the ledger, the vectors and the words hold, compared."""
        return self._store.check() if self._store.exists() else Check(0, 0, 0, 0, 0, 0)
