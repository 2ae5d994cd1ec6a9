"""A store: a ledger and its followers as one. What is written is staged, followed, and published."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from index.errors import (
    LedgerDamaged,
    ShownError,
    StoreBusy,
    StoreDamaged,
    StoreFollowing,
    StoreThere,
    StoreUnreachable,
    StoreUnwritable,
)
from index.sql import waited
from index.store.agreement import StoreAgreement
from index.store.catalogue import Catalogue
from index.store.causes import have_memory, shown_as
from index.store.check import StoreCheck, check
from index.store.collections import Collections
from index.store.database import ServerTables
from index.store.followers import Followers
from index.store.following import Following
from index.store.ledger import ArticleDraft, EditionSettings, Ledger, Published
from index.store.lexicon import Lexicon
from index.store.limits import SearchLimits
from index.store.lock import PATIENCE, writing, writing_there
from index.store.names import Names
from index.store.replica import Replica
from index.store.retrieval import Candidate, Retrieval
from index.store.revisions import Revisions
from index.store.rows import without_nul
from index.store.scope import Scope
from index.store.sources import SourceTables
from index.store.syndication import Syndication
from index.store.vectors import Address, Copy, Moved, Server
from index.types import Article, ArticleCollection, Filters, Inventory, Listing, Position, Sought

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

T = TypeVar("T")
FIRST = 60.0  # seconds that the first search waits for the replica's own part of the index
AFRESH = 5.0  # seconds that a later one waits for it, where all of it has to be made anew
DAMAGED = "damaged"  # the file that says that a reader found a part so
HEARTBEAT = 10.0  # seconds after which the ledger is told again that the replica is there


class Store:
    """A folder with a ledger and its followers. Makes nothing until it is written to."""

    def __init__(
        self,
        folder: Path,
        server: Address | None = None,
        embedder: str | None = None,
        database_url: str | None = None,
        written: Path | None = None,
    ) -> None:
        """With a database, the folder has only what this replica makes for itself. It is `written` that a writer holds,
        where the folder is only a copy to read."""
        self.folder = folder
        self._written = written or folder
        self.ledger = Ledger(folder, url=database_url)
        self.replica = Replica(folder, self.ledger) if database_url else None
        self._place = self.replica or self.ledger
        self.syndication = Syndication(folder, self.ledger)
        self.sources = SourceTables(folder, self.ledger)
        self.revisions = Revisions(folder, self.ledger)
        self.names = Names(folder, self.ledger)
        self.catalogue = Catalogue(folder, self.ledger)
        self.collections = Collections(folder, self.ledger)
        self.followers = Followers(folder, self.ledger, server, self._place)
        self._server = server
        self._following: Following | None = None
        self._heartbeat: Following | None = None
        self._agreement = StoreAgreement(self.ledger, embedder)
        self._scope = Scope(self.ledger, self.names, self.collections, self.catalogue)
        self._retrieval = Retrieval(self.ledger, self._scope, self.followers, self._agreement)

    def exists(self) -> bool:
        return self.ledger.exists()

    def agree(self) -> None:
        """Raises StoreMismatch where the store was made for another format or embedder."""
        self._agreement.agree()

    def close(self) -> None:
        threads = [thread for thread in (self._following, self._heartbeat) if thread]
        for thread in threads:
            thread.end()
        self.followers.stop()
        for thread in threads:
            thread.close()
        self._following = self._heartbeat = None
        if self.replica and self.replica.registered:
            with suppress(ShownError):
                self.replica.unregister()
        self.followers.close()
        self.ledger.close()

    # Following, where the ledger is in a database

    def follow(self) -> None:
        """From here on what others publish is found here, too."""
        if self.replica and not self._following:
            self.followers.start()
            self._heartbeat = Following(self._beat, HEARTBEAT)  # of its own: making a part anew takes minutes
            self._following = Following(self._look)

    def published(self) -> Published:
        """The state that is searched here."""
        return self._place.published()

    def require_caught_up(self, patience: float = FIRST) -> None:
        """Raises StoreFollowing where the replica has not made its own part yet, and what keeps it from that."""
        self.follow()
        if self._following and not (
            self._following.caught_up(patience) and waited(self._somewhere, min(patience, AFRESH))
        ):
            raise StoreFollowing(self.folder)

    def require_following(self) -> None:
        """Raises what has kept the replica from following for some time, or from saying so to the ledger."""
        for thread in (self._following, self._heartbeat):
            if thread:
                thread.require_running()

    def require_answering(self) -> None:
        """Raises StoreUnreachable where a Chroma server has the vectors, and does not answer."""
        self.followers.require_answering(self.published())

    def _somewhere(self) -> bool:
        """Whether the replica has a place in the ledger's generations.

        It has none in a ledger that took the place of another, or where its file is lost.
        """
        lately = self._place.published_lately().generation
        return bool(lately or not self.ledger.exists() or not self.ledger.published().generation)

    @property
    def _replica(self) -> Replica:
        assert self.replica is not None
        return self.replica

    def _look(self) -> None:
        """Catches up with what is published, unless another process does so in this folder."""
        if self.ledger.exists() and self._behind():
            try:
                with writing(self.folder, 0):
                    self._catch_up()
            except StoreBusy:
                if self._behind():
                    raise

    def _beat(self) -> None:
        """Tells the ledger that the replica is there, and what it still needs."""
        if self.ledger.exists():
            self._replica.register()

    def _behind(self) -> bool:
        return self.published()[:2] != self.ledger.published()[:2]

    def _catch_up(self) -> None:
        try:
            self.followers.catch_up()
        finally:
            self.followers.rest()

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
        """Same as `Index.listing`."""
        limits = self._limits(sought.within) if sought.within else SearchLimits()
        return self.catalogue.listing(sought, start, count, limits, after) if limits is not None else Listing(0, ())

    def inventory(self, filters: Filters) -> Inventory:
        """Same as `Index.inventory`."""
        limits = self._limits(filters)
        return self.catalogue.inventory(limits) if limits is not None else Inventory()

    def require(self, filters: Filters) -> None:
        """Raises ArticleMissing, CollectionMissing where filters name what is not here."""
        self._scope.articles(filters, self.ledger.published())

    def collection(self, name: str) -> ArticleCollection:
        """The collection as it is now. Raises CollectionMissing."""
        [shown] = self.collections.named((name,)).values()
        ids, rules = self.collections.ids((name,)), self.collections.rules((name,))
        return ArticleCollection(shown, self.count(Filters(collection=(name,))), len(ids), rules)

    def _limits(self, filters: Filters) -> SearchLimits | None:
        return self._scope.limits(filters, self.ledger.published())

    def frequencies(self, terms: Sequence[str]) -> tuple[int, list[int]]:
        """How many passages there are, and how many hold each term."""
        if not self.exists() or not self.ledger.published().generation:
            return 0, [0] * len(terms)
        return self._steady(lambda now: self.followers.words(now).frequencies(now.generation, terms))

    def check(self) -> StoreCheck:
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
            return (live := len(self.ledger.keys(now))), live, 0
        return self.followers.compare(published(now), now)

    def _steady(self, read: Callable[[Published], T]) -> T:
        """The result of `read` in one generation. Where a writer publishes another meanwhile, it looks again."""
        while True:
            self.require_caught_up()
            now = self._place.published_lately()
            if self.replica and not now.generation and not self._somewhere():
                continue
            try:
                found = read(now)
            except (Moved, StoreDamaged, StoreUnreachable) as error:
                if not isinstance(error, Moved) and self.published() == now:
                    self._note(error)
                    raise
                time.sleep(0.01)
                continue
            if self.published() == now:
                return found

    def _note(self, error: ShownError) -> None:
        """Has the next writer make damaged parts again; the articles it cannot."""
        if isinstance(error, StoreDamaged) and not isinstance(error, LedgerDamaged):
            with suppress(OSError):
                (self.folder / DAMAGED).touch()

    # Writing

    @contextmanager
    def writing(self, settings: EditionSettings, patience: float = PATIENCE, agree: bool = True) -> Iterator[Store]:
        """Holds the writer's lock, ends what a crash left undone, and tidies up when the block ends well.

        A store of an older format is brought to this one. Raises StoreMismatch where the store was made with other
        settings, unless `agree` is false.
        """
        from index.store.restore import forget_unfinished

        with shown_as(StoreUnwritable, self.folder):
            have_memory()
        with self._held(patience):
            forget_unfinished(self.folder)
            self._make(settings)
            self.catalogue.prepare()
            if agree:
                self.agree()
                self._agreement.require(self.ledger.published().generation, settings.dimension)
            try:
                if self.replica:
                    self.followers.catch_up(writing=True)
                self.followers.recover()
                self._make_good()
                yield self
                self.followers.tidy()
            except MemoryError as error:
                raise StoreUnwritable(self.folder, "there is not enough memory") from error
            finally:
                self.followers.rest()

    @contextmanager
    def _held(self, patience: float) -> Iterator[None]:
        """The writer's lock: of the folder, and of the database before it. Whoever follows takes that of the folder."""
        with ExitStack() as locks:
            if isinstance(self.ledger.tables, ServerTables):
                locks.enter_context(writing_there(self.ledger.tables.database, patience))
            locks.enter_context(writing(self._written, patience))
            if self._written != self.folder:
                raise StoreUnwritable(self._written, "permission denied for some of its files")
            yield

    def _make(self, settings: EditionSettings) -> None:
        """Brings the ledger to this format, and makes it where there is none."""
        tables = self.ledger.tables
        if isinstance(tables, ServerTables):
            tables.make()
        else:
            from index.store.migrate import migrate  # what writes is loaded when somebody writes

            migrate(self.ledger.path)
        if not self.exists():
            self.ledger.create(settings)
        if isinstance(tables, ServerTables):
            tables.take_over()

    def storable(self, article: Article) -> Article:
        """The article as the ledger can keep it."""
        return without_nul(article) if self.replica else article

    def put(self, drafts: Sequence[ArticleDraft], gone: Sequence[str] = ()) -> None:
        """Replaces articles by id, and removes others, for all readers in one moment. Within `writing` only."""
        self.followers.publish(self.ledger.stage(drafts, gone), self.published().edition)

    def publish(self, edition: int) -> None:
        """Lets readers see another edition, and no longer the one before. Within `writing` only."""
        self.followers.publish(self.published().generation + 1, edition)

    def _make_good(self) -> None:
        """Mends what a reader found damaged."""
        if (self.folder / DAMAGED).exists():
            self.mend()
            (self.folder / DAMAGED).unlink(missing_ok=True)

    def look(self) -> None:
        """Mends what is damaged at first sight. Within `writing` only."""
        if not self.followers.look_whole(self.published()):
            self.mend()

    def mend(self) -> None:
        """Makes the followers that differ from the ledger again. Within `writing` only."""
        self.followers.invalidate()
        self.put(())

    def restore(self, file: Path, patience: float = PATIENCE, force: bool = False) -> None:
        """Makes the store what it was when a backup was taken. Until that is done, readers see what was there before.

        Raises StoreThere where there is a store, unless `force`; BackupUnreadable, StoreBusy.
        """
        from index.store.restore import restore

        with self._held(patience):
            if self.exists() and not force:
                raise StoreThere(self.folder)
            try:
                restore(file, self.ledger, self.followers, self._server)
                self.catalogue.prepare()
                if self.replica:
                    self.followers.catch_up(writing=True)
                    self.followers.recover()
                self.followers.tidy()
            finally:
                self.followers.rest()
