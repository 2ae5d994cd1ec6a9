"""A store: a ledger and its followers as one. What is written is staged, followed, and published."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from index.errors import StoreDamaged, StoreThere, StoreUnreachable, StoreUnwritable
from index.store.agreement import Agreement
from index.store.catalogue import Catalogue
from index.store.causes import have_memory, shown_as
from index.store.check import Check, check
from index.store.collections import Collections
from index.store.followers import Followers
from index.store.ledger import Draft, Ledger, Published, Settings
from index.store.lexicon import Lexicon
from index.store.limits import Limits
from index.store.lock import PATIENCE, writing
from index.store.names import Names
from index.store.retrieval import Candidate, Retrieval
from index.store.revisions import Revisions
from index.store.scope import Scope
from index.store.sources import Sources
from index.store.syndication import Syndication
from index.store.vectors import Copy, Moved, Server
from index.types import ArticleCollection, Filters, Inventory, Listing, Position, Sought

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

T = TypeVar("T")


class Store:
    """A folder with a ledger and its followers. Makes nothing until it is written to."""

    def __init__(self, folder: Path, url: str | None = None, embedder: str | None = None) -> None:
        self.folder = folder
        self.ledger = Ledger(folder)
        self.syndication = Syndication(folder, self.ledger)
        self.sources = Sources(folder, self.ledger)
        self.revisions = Revisions(folder, self.ledger)
        self.names = Names(folder, self.ledger)
        self.catalogue = Catalogue(folder, self.ledger)
        self.collections = Collections(folder, self.ledger)
        self.followers = Followers(folder, self.ledger, url)
        self._url = url
        self._agreement = Agreement(self.ledger, embedder)
        self._scope = Scope(self.ledger, self.names, self.collections, self.catalogue)
        self._retrieval = Retrieval(self.ledger, self._scope, self.followers, self._agreement)

    def exists(self) -> bool:
        return self.ledger.exists()

    def agree(self) -> None:
        """Raises StoreMismatch where the store was made for another format or embedder."""
        self._agreement.agree()

    def close(self) -> None:
        self.followers.close()
        self.ledger.close()

    # Reading

    def candidates(
        self,
        vector: Vector | Future[Vector] | None,
        terms: Sequence[str],
        count: int,
        filters: Filters,
        narrower: Sequence[Filters] = (),
    ) -> tuple[Candidate, ...]:
        """The `count` passages nearest to a vector, those with the best BM25, and those with the best within each of
        `narrower`, which lie within `filters`; all of one generation. A vector that is still being made is waited for
        after the words were looked for.

        Raises StoreMismatch where another embedder made the passages' vectors; ArticleMissing, CollectionMissing.
        """
        within = filters, *narrower
        return self._steady(lambda now: self._retrieval.candidates(now, vector, terms, count, within))

    def count(self, filters: Filters) -> int:
        """How many of the articles that are searched are within filters. Raises ArticleMissing, CollectionMissing."""
        limits = self._limits(filters)
        return self.catalogue.count(limits) if limits is not None else 0

    def listing(self, sought: Sought, start: int, count: int, after: Position | None = None) -> Listing:
        """As `Index.listing`."""
        limits = self._limits(sought.within) if sought.within else Limits()
        return self.catalogue.listing(sought, start, count, limits, after) if limits is not None else Listing(0, ())

    def inventory(self, filters: Filters) -> Inventory:
        """As `Index.inventory`."""
        limits = self._limits(filters)
        return self.catalogue.inventory(limits) if limits is not None else Inventory()

    def require(self, filters: Filters) -> None:
        """Raises ArticleMissing, CollectionMissing where filters name what is not here."""
        self._scope.articles(filters, self.ledger.published())

    def collection(self, name: str) -> ArticleCollection:
        """As it is now. Raises CollectionMissing."""
        [shown] = self.collections.named((name,)).values()
        ids, rules = self.collections.ids((name,)), self.collections.rules((name,))
        return ArticleCollection(shown, self.count(Filters(collection=(name,))), len(ids), rules)

    def _limits(self, filters: Filters) -> Limits | None:
        return self._scope.limits(filters, self.ledger.published())

    def frequencies(self, terms: Sequence[str]) -> tuple[int, list[int]]:
        """How many passages there are, and how many hold each term."""
        if not self.exists() or not self.ledger.published().generation:
            return 0, [0] * len(terms)
        return self._steady(lambda now: self.followers.words(now).frequencies(now.generation, terms))

    def check(self) -> Check:
        """The followers compared with the ledger, by their keys."""
        return self._steady(lambda now: check(self.ledger, self.followers, now))

    def compare_vectors(self) -> tuple[int, int, int]:
        """How many passages there are, how many the vectors lack or hold otherwise, and how many they have too many."""
        return self._steady(lambda now: self._compared(self.followers.vectors, now))

    def compare_words(self) -> tuple[int, int, int]:
        """The same of the words."""
        return self._steady(lambda now: self._compared(self.followers.words, now))

    def _compared(
        self, published: Callable[[Published], Copy | Server | Lexicon], now: Published
    ) -> tuple[int, int, int]:
        """Where nothing was ever published, which a writer that was killed at its start leaves, nothing follows."""
        if not now.generation:
            return (live := len(self.ledger.keys())), live, 0
        return self.followers.compare(published(now), now)

    def _steady(self, read: Callable[[Published], T]) -> T:
        """What `read` finds in one generation. Where a writer publishes another meanwhile, it looks again."""
        while True:
            now = self.ledger.published()
            try:
                found = read(now)
            except (Moved, StoreDamaged, StoreUnreachable) as error:
                if not isinstance(error, Moved) and self.ledger.published() == now:
                    raise
                time.sleep(0.01)
                continue
            if self.ledger.published() == now:
                return found

    # Writing

    @contextmanager
    def writing(self, settings: Settings, patience: float = PATIENCE, agree: bool = True) -> Iterator[Store]:
        """Holds the writer's lock, ends what a crash left undone, and tidies up when the block ends well.

        A store of an older format is brought to this one. Raises StoreMismatch where the store was made with other
        settings, unless `agree` is false.
        """
        from index.store.migrate import migrate  # what writes is loaded when somebody writes
        from index.store.restore import forget_unfinished

        with shown_as(StoreUnwritable, self.folder):
            have_memory()
        with writing(self.folder, patience):
            forget_unfinished(self.folder)
            migrate(self.ledger.path)
            if not self.exists():
                self.ledger.create(settings)
            self.catalogue.prepare()
            if agree:
                self.agree()
                self._agreement.require(self.ledger.published().generation, settings.dimension)
            try:
                self.followers.recover()
                yield self
                self.followers.tidy()
            except MemoryError as error:
                raise StoreUnwritable(self.folder, "there is not enough memory") from error
            finally:
                self.followers.rest()

    def put(self, drafts: Sequence[Draft], gone: Sequence[str] = ()) -> None:
        """Replaces articles by id, and removes others, for all readers in one moment. Within `writing` only."""
        self.followers.publish(self.ledger.stage(drafts, gone), self.ledger.published().edition)

    def publish(self, edition: int) -> None:
        """Lets readers see another edition, and no longer the one before. Within `writing` only."""
        self.followers.publish(self.ledger.published().generation + 1, edition)

    def mend(self) -> None:
        """Makes the followers that differ from the ledger again. Within `writing` only."""
        self.followers.distrust()
        self.put(())

    def restore(self, file: Path, patience: float = PATIENCE, force: bool = False) -> None:
        """Makes the store what it was when a backup was taken. Until that is done, readers see what was there before.

        Raises StoreThere where there is a store, unless `force`; BackupUnreadable, StoreBusy.
        """
        from index.store.restore import restore

        with writing(self.folder, patience):
            if self.exists() and not force:
                raise StoreThere(self.folder)
            try:
                restore(file, self.ledger, self.followers, self._url)
                self.catalogue.prepare()
                self.followers.tidy()
            finally:
                self.followers.rest()
