"""An index of articles: what goes in, what is found, what is shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from datetime import date
from functools import cached_property
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from index.embed import Embedder, MiniLM, as_recorded
from index.errors import ArticleMissing, CollectionMissing, SourceMissing, StoreMismatch, StoreMissing, StoreThere
from index.search.fusion import effective, fuse, varied
from index.search.rerank import Reranker, named_reranker, rerank
from index.store.check import StoreCheck
from index.store.ledger import EditionSettings
from index.store.lexicon import query_terms, rarity
from index.store.lock import PATIENCE
from index.store.store import Store
from index.store.unwritable import copied, unwritable
from index.store.vectors import Address
from index.text.surrogates import without_surrogates
from index.text.words import chinese, latin
from index.types import (
    Article,
    ArticleCollection,
    Filters,
    Hit,
    Hits,
    IndexReport,
    Inventory,
    Listing,
    Passage,
    Position,
    Reading,
    Revision,
    Snapshot,
    Sought,
    Stamp,
    Understood,
)

if TYPE_CHECKING:
    from index.embed import Vectors
    from index.ingest.passages import Made, Recipe
    from index.store.backup import Backup
    from index.store.examine import StoreFinding

# Word pieces of a passage, at most. At 200, 208 and 225, tests/bench/chunking.py finds .861, .881 and .884 of what
# answers, and .058, .058 and .054 of what is found is that; SciFact's nDCG@10 is .752, .745 and .745.
CHUNK = 200
POOL = 50  # candidates asked of each of the two indexes, at least; and five for each hit wanted
AT_ONCE = 32  # questions that are embedded at a time: a service elsewhere takes many, and this machine as it can
NO_FILTERS = Filters()


class Index:
    """Articles that can be searched. Opening takes no lock and loads nothing; several threads may search at once."""

    def __init__(
        self,
        path: Path,
        embedder: Embedder,
        url: str | None = None,
        patience: float = PATIENCE,
        agree: bool = True,
        reranker: Reranker | None = None,
        database_url: str | None = None,
        token: str | None = None,
    ) -> None:
        self.path = path
        self.embedder = embedder
        self.reranker = reranker
        self._patience = patience
        address = Address(url, token) if url else None
        # One that may not be written is read as it is now, by a copy.
        place = copied(path, self) if not database_url and unwritable(path) else path
        self._store = Store(place, address, embedder.name, database_url, path)
        if agree and self._store.exists():
            self._store.agree()
            self._take_precision()

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        embedder: Embedder | None = None,
        url: str | None = None,
        patience: float = PATIENCE,
        agree: bool = True,
        reranker: Reranker | str | None = None,
        database_url: str | None = None,
        token: str | None = None,
    ) -> Self:
        """The index at a path. Nothing is made there before `make`, or before the first article is added.

        `url` names a Chroma server for the vectors, as https://host/tenant/database where it has these, and `token`
        lets us in. `database_url` names a PostgreSQL database for the articles, which all machines share. Then the path
        is this machine's own place for what it makes from them. From the first search until `close`, a thread follows
        what others write. `patience` is how many seconds a write waits for another writer; `reranker` names a
        cross-encoder, its folder, or a provider's model that reads the best hits again.

        A store on a read-only disk is read as it is when it is opened, by a copy among the system's temporary files.

        Raises StoreMismatch where the index was made with another embedder, precision or version of Byline. Where
        `agree` is false, the first search or `add` raises it. `rebuild` or `mend` puts it right.
        """
        return cls(
            Path(path), embedder or MiniLM(), url, patience, agree, named_reranker(reranker), database_url, token
        )

    def _take_precision(self) -> None:
        """Questions are embedded at the precision of the passages. Raises StoreMismatch where another was asked for."""
        stored = self._store.ledger.settings().precision
        self.embedder = as_recorded(self.embedder, stored)
        if self.embedder.precision != stored:
            raise StoreMismatch(self.path, "the precision", stored, self.embedder.precision)

    @staticmethod
    def exists(path: str | Path, database_url: str | None = None) -> bool:
        """Whether there is an index at a path, or in a database."""
        return Store(Path(path), database_url=database_url).exists()

    @staticmethod
    def migrate(database_url: str) -> tuple[str, ...]:
        """Makes the tables of an index in a database, or brings those of an earlier Byline to this one's format.

        Says what was done, in order: nothing where there was nothing to do. Raises DatabaseMismatch where a later
        Byline made them.
        """
        from index.store.database import ServerTables
        from index.store.lock import writing_there

        tables = ServerTables(database_url)
        with writing_there(tables.database):
            return tables.upgrade()

    @staticmethod
    def move(path: str | Path, database_url: str) -> dict[str, int]:
        """Copies the index at a path into a database that has none, whole or not at all; nothing is embedded for it.

        The one at the path stays as it is. Gives the number of rows of each table. Raises StoreMissing, DatabaseTaken.
        """
        from index.store.moving import move

        return move(Path(path), database_url)

    def follow(self) -> None:
        """With a database: from here on, not only from the first search on, what others publish is found here, too."""
        self._store.follow()

    def ready(self) -> None:
        """Raises what keeps the index from being searched at this moment."""
        len(self)
        self._store.require_caught_up(0)
        self._store.require_following()
        if self._store.exists():
            self._store.require_answering()

    def close(self) -> None:
        if threads := self.__dict__.pop("_embedding", None):
            threads.shutdown()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Writing

    def make(self) -> None:
        """Makes the index where there is none: without articles, to be searched and added to. Raises StoreBusy."""
        if not self._store.exists():
            with self._writing():
                pass

    def add(
        self,
        items: Iterable[Reading | Made],
        *,
        prune: bool = False,
        progress: Callable[[int], None] | None = None,
        stopped: Callable[[], bool] | None = None,
    ) -> IndexReport:
        """Brings articles in; one whose id is known replaces the older one, and costs nothing where it is the same.

        One that repeats an article of another outlet is kept as its copy: `article` gives it as it was given, and
        `Article.also` of the other names it. The text is searched only once.

        The articles before a `Visit` came from its source. With `prune`, those that a source gave before and not now
        are removed. At a `Walk`, so are those of the sources that its root has no more. What another source gives
        stays. Without `prune`, all stays. What no source ever gave is never pruned.

        Readers see them batch by batch; what was published when a run is interrupted stays, and the next goes on from
        there. `progress` is told how many articles are done. Where `stopped` says so while passages are embedded, the
        run ends within a moment. Of the last batch nothing is kept. Raises StoreBusy.
        """
        from index.ingest.ingest import take_in  # what reads text is loaded by whoever needs it

        return take_in(
            items, self._store, self.embedder, self._writing, prune=prune, progress=progress, stopped=stopped
        )

    def recipe(self) -> Recipe:
        """How the passages and vectors of this index are made, so that others can make them for `add`."""
        from index.ingest.passages import Recipe

        chunk = self._store.ledger.settings().chunk if self._store.exists() else CHUNK
        return Recipe(self.embedder, chunk)

    def digests(self) -> Iterator[str]:
        """The digests, by `index.fingerprint.digest`, of the articles that are here."""
        return self._store.ledger.all_digests() if self._store.exists() else iter(())

    def known(self, source: str) -> Stamp | None:
        """How a source looked at its last visit, where all that it gave is here; None where it is to be read."""
        return self._store.sources.stamp(source) if self._store.exists() else None

    def remove(self, article_id: str) -> None:
        """Takes an article out, and its history. Its copies become articles like others.

        Its source is read at the next visit even if it did not change, and may give it again. Raises ArticleMissing,
        StoreBusy.
        """
        self.article(article_id)
        with self._writing():
            from index.ingest.ingest import Intake

            Intake(self._store, self.embedder).remove([article_id])
            self._store.sources.release(article_id)

    def add_to_collection(
        self, name: str, article_ids: Sequence[str] = (), rules: Sequence[Filters] = ()
    ) -> ArticleCollection:
        """Puts articles and rules into a collection, which is made where there is none, and gives what it is then.

        A rule is of facts and days alone. The collection has its articles, also those that come later. Raises
        ArticleMissing, and then puts none in; CollectionNameUnusable, RuleUnusable, StoreMissing, StoreBusy.
        """
        self._require_store()
        self.require(Filters(article=tuple(article_ids)))
        with self._writing(agree=False) as store:
            store.collections.add(name, article_ids, rules)
            return store.collection(name)

    def remove_from_collection(self, name: str, article_ids: Sequence[str]) -> ArticleCollection:
        """Takes articles out that were put in. Raises CollectionMissing; NotCollected, and then takes none out;
        StoreMissing, StoreBusy."""
        self._require_store()
        with self._writing(agree=False) as store:
            store.collections.take_out(name, article_ids)
            return store.collection(name)

    def remove_collection(self, name: str) -> None:
        """Removes a collection; its articles stay. Raises CollectionMissing, StoreMissing, StoreBusy."""
        self._require_store()
        with self._writing(agree=False) as store:
            store.collections.remove(name)

    def mend(self) -> StoreCheck:
        """Makes the vectors and the words again where they are not what the ledger says; nothing is embedded for it."""
        if self._store.exists():
            with self._writing(agree=False):
                self._store.mend()
        return self.check()

    def settle(self) -> None:
        """Ends what a crash or an older Byline left undone; nothing is embedded for it."""
        if self._store.exists():
            with self._writing(agree=False):
                pass

    def examine(self) -> Iterator[StoreFinding]:
        """Everything compared with everything, a part at a time. Raises StoreMissing."""
        self._require_store()
        from index.store.examine import examine

        return examine(self._store)

    def rebuild(self, *, progress: Callable[[int], None] | None = None) -> IndexReport:
        """Makes the passages and vectors of every article again, with this embedder and the present settings.

        Readers see the old ones until all are made. What an interrupted run made is not made again. `progress` is told
        how many articles are done. Raises StoreMissing, StoreBusy.
        """
        self._require_store()
        with self._writing(agree=False) as store:
            from index.ingest.rebuild import remake

            return IndexReport(changed=remake(store, self.embedder, self._settings(), progress))

    def backup(self, file: str | Path, *, force: bool = False) -> Backup:
        """Writes all that cannot be made again to one file, also while others read and write.

        Raises BackupThere where there is such a file, unless `force`; StoreMissing, BackupUnwritable.
        """
        self._require_store()
        from index.store.backup import back_up

        return back_up(self._store.ledger, Path(file), force)

    def restore(self, file: str | Path, *, force: bool = False) -> None:
        """Makes the index what it was when `file` was written by `backup`; nothing is embedded for it.

        Readers see what was there before until that is done. Raises StoreThere where there is an index, unless
        `force`; SourceMissing, BackupUnreadable, StoreBusy.
        """
        if not Path(file).is_file():
            raise SourceMissing(str(file))
        if self._store.exists() and not force:
            raise StoreThere(self.path)
        self._store.restore(Path(file), self._patience, force)

    def _require_store(self) -> None:
        if not self._store.exists():
            raise StoreMissing(self.path)

    def _writing(self, agree: bool = True) -> AbstractContextManager[Store]:
        return self._store.writing(self._settings(), self._patience, agree)

    def _settings(self) -> EditionSettings:
        return EditionSettings(self.embedder.name, self.embedder.dimension, CHUNK, self.embedder.precision)

    # Searching

    def search(
        self,
        question: str,
        k: int = 10,
        filters: Filters = NO_FILTERS,
        *,
        ignore: Collection[str] = (),
        understand: bool = True,
        today: date | None = None,
    ) -> Hits:
        """The `k` passages that answer a question best, by words and by meaning.

        Days, outlets, authors and kinds that the question names are understood, and told in the result. Not those that
        `ignore` has by their words or values, nor facts of the `filters`. `understand=False` takes the question as
        plain words. "Last week" is the one before `today`. Raises ArticleMissing and CollectionMissing where the
        filters name what is not here; RerankerMissing, RerankerFailed.
        """
        question = without_surrogates(question)
        from index.search.understand import heeded, in_force, narrower

        terms = query_terms(question)
        if not self._store.exists() or not terms or k < 1:
            self.require(filters)
            return Hits((), filters)
        by_words_alone = not self.reads(question)
        # What needs no vector is done while another thread makes it.
        vector = None if by_words_alone else self._embedding.submit(self._vector, question)
        understood = self._understand(question, today or date.today()) if understand else ()
        understood = heeded(understood, filters, ignore)
        filters = in_force(filters, understood)
        pool, within = max(POOL, 5 * k), narrower(filters, understood)
        candidates = self._store.candidates(vector, terms, pool, filters, within)
        hits = self._reranked(question, fuse(candidates, understood, by_words_alone))
        return Hits(varied(hits, k), filters, effective(understood, candidates))

    @cached_property
    def _embedding(self) -> ThreadPoolExecutor:
        """Threads that are kept: to start one takes a fifth of a search."""
        return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="question")

    def _vector(self, question: str) -> Vectors:
        """(dim,)"""
        vector: Vectors = self.embed([question])[0]
        return vector

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors `(n, dim)` of length 1, as those of the passages."""
        return self.embedder.embed(texts)

    def reads(self, text: str) -> bool:
        """Whether the embedder was made for the script of `text`: if not, its vectors mean nothing."""
        languages = self.embedder.languages
        return languages is None or ("zh" in languages if chinese(text) else latin(text))

    def rarity(self, terms: Sequence[str]) -> tuple[float, ...]:
        """How much each term of `index.text.words` tells: its inverse document frequency over the passages, from 0."""
        total, frequencies = self._store.frequencies(terms)
        return tuple(rarity(total, frequency) for frequency in frequencies)

    def _understand(self, question: str, today: date) -> tuple[Understood, ...]:
        self._store.names.refresh()
        from index.search.understand import understand

        return understand(question, today, self._store.names.meant)

    def _reranked(self, question: str, hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
        return rerank(self.reranker, question, hits) if self.reranker else hits

    # Showing

    def __len__(self) -> int:
        """How many articles are searched: those that are no copies of another."""
        return len(self._store.ledger) if self._store.exists() else 0

    def article(self, article_id: str) -> Article:
        """An article, or a copy of one, as it was given last, with its own copies. Raises ArticleMissing."""
        found = self._store.ledger.article(article_id) if self._store.exists() else None
        if found is None:
            raise ArticleMissing(article_id)
        return found

    def articles(self) -> Iterator[Article]:
        """Every article that is searched, in the order of ids, a few of them in memory at a time."""
        return self._store.ledger.articles() if self._store.exists() else iter(())

    def listing(
        self,
        sought: Sought = Sought(),  # noqa: B008 - frozen
        start: int = 0,
        count: int = 50,
        after: Position | None = None,
    ) -> Listing:
        """A page of the list of articles that are searched, the newest first.

        It begins with the `start`th, or `after` the `next` of another page. No text is read. Raises ArticleMissing,
        CollectionMissing.
        """
        if not self._store.exists():
            self.require(sought.within or NO_FILTERS)
            return Listing(0, ())
        return self._store.listing(sought, start, count, after)

    def inventory(self, filters: Filters = NO_FILTERS) -> Inventory:
        """How many articles within filters there are of each outlet, kind, language and day. No text is read. Raises
        ArticleMissing, CollectionMissing."""
        return self._store.inventory(filters) if self._store.exists() else Inventory()

    def collections(self) -> tuple[ArticleCollection, ...]:
        """The named scopes of articles, by name."""
        found: list[ArticleCollection] = []
        for name in self._store.collections.names() if self._store.exists() else ():
            with suppress(CollectionMissing):  # another process took it out a moment ago
                found.append(self._store.collection(name))
        return tuple(found)

    def collected(self, name: str) -> tuple[str, ...]:
        """The ids of the articles that were put into a collection, in order. Raises CollectionMissing."""
        self.require(Filters(collection=(name,)))
        return self._store.collections.ids((name,))

    def require(self, filters: Filters) -> None:
        """Raises ArticleMissing or CollectionMissing where filters name what is not here."""
        if self._store.exists():
            self._store.require(filters)
        elif filters.article:
            raise ArticleMissing(filters.article[0])
        elif filters.collection:
            raise CollectionMissing(filters.collection[0])

    @property
    def generation(self) -> int:
        """A number that grows whenever what readers see changes."""
        return self._store.published().generation if self._store.exists() else 0

    def count(self, filters: Filters) -> int:
        """How many of the articles that are searched are within filters. Raises ArticleMissing, CollectionMissing."""
        return self._store.count(filters) if self._store.exists() else 0

    def sample(self, count: int) -> tuple[Article, ...]:
        """Up to `count` articles, evenly from all that there are."""
        found = map(self._store.ledger.article, self._store.catalogue.spread(count)) if self._store.exists() else ()
        return tuple(article for article in found if article)

    @property
    def snapshot(self) -> Snapshot:
        """The state that readers see now, by which `arrived` tells later what has come since. Raises StoreMissing."""
        self._require_store()
        self._store.require_caught_up()
        return Snapshot(self._store.ledger.origin(), self._store.published().generation)

    def arrived(self, since: Snapshot) -> tuple[str, ...]:
        """The ids of the articles that came since a snapshot, or whose text is another than then; the latest first.

        None is a copy of another. An article whose facts alone changed did not arrive, nor did one that is a copy no
        longer. All that was restored from a backup counts as of its day. In an index that was made anew since, none
        did: nobody knows which of its articles were in the other. Raises StoreMissing.
        """
        same = self.snapshot.origin == since.origin
        return tuple(self._store.ledger.arrived(since.generation)) if same else ()

    def new_sentences(self, article_id: str, since: Snapshot) -> tuple[str, ...] | None:
        """The sentences that changes since a snapshot brought into the text of an article, the first 1,000 characters
        of each; None for all of them, where it came since or much of it changed. Raises ArticleMissing."""
        from index.ingest.revision import MOST

        self.article(article_id)
        come = self._store.revisions.come(article_id, since.generation)
        if come is None or any(len(each) >= MOST for each in come):
            return None
        return tuple(chain.from_iterable(come))

    def history(self, article_id: str) -> tuple[Revision, ...]:
        """How an article changed since it was first taken in, the latest last. Raises ArticleMissing."""
        self.article(article_id)
        return self._store.revisions.of(article_id)

    def passages(self, article_id: str) -> tuple[Passage, ...]:
        """The passages of an article in order; a copy has none. Raises ArticleMissing."""
        self.article(article_id)
        return self._store.ledger.passages(article_id)

    def check(self) -> StoreCheck:
        """A comparison of what the ledger, the vectors and the words hold."""
        return self._store.check() if self._store.exists() else StoreCheck(0, 0, 0, 0, 0, 0)
