"""The ledger and its followers as one: what is written is staged, followed, and published."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from index.errors import ShownError, StoreDamaged, StoreMismatch, StoreThere, StoreUnreachable, StoreUnwritable
from index.store.backup import replace, unpack
from index.store.catalogue import Catalogue
from index.store.causes import have_memory, shown_as
from index.store.database import MENDING
from index.store.ledger import Draft, Follower, Found, Ledger, Published, Settings
from index.store.lexicon import Lexicon, Limits, forget_others
from index.store.lock import PATIENCE, writing
from index.store.migrate import migrate
from index.store.names import Names
from index.store.nearest import nearest_within
from index.store.revisions import Revisions
from index.store.sources import Sources
from index.store.syndication import Syndication
from index.store.vectors import SERVER, Copy, Moved, Server
from index.types import Filters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    from numpy.typing import NDArray

    from index.store.ledger import Entry

    Vector = NDArray[np.float32]

T = TypeVar("T")
F = TypeVar("F", bound="_Follower")
# A copy of the vectors that is behind by more than this part of all passages takes the other's files. Writing a passage
# takes Chroma 0.6 ms; copying and opening 100,000 of them takes 0.5 s.
COPYING = 1 / 128
WIDER = 2  # a passage that is near has its BM25 where it is among twice the passages asked of the word index
FEW = 64  # passages for which neither is worth while
RESTORING = "restoring"  # the folder of what is not restored yet


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that one of the two indexes found."""

    found: Found
    words: float  # BM25; 0 where the word index did not find it
    meaning: float  # cosine; 0 where there was no vector to compare with


@dataclass(frozen=True, slots=True)
class Check:
    """The passages that the ledger, the vectors and the words hold, and how many differ from the ledger."""

    articles: int
    passages: int
    vectors: int
    words: int
    missing: int  # in the ledger and not in both of the others
    surplus: int  # in one of the others and not in the ledger

    @property
    def sound(self) -> bool:
        return not (self.missing or self.surplus)


class _Follower(Protocol):
    name: str
    by_files: bool
    wears: float  # the part of the passages that may have been removed before it is made again

    def present(self) -> bool: ...
    def become(self, other: Any) -> None: ...
    def write(self, born: Iterable[Sequence[Entry]], died: Sequence[int], generation: int) -> None: ...
    def rest(self, published: str) -> None: ...
    def close(self) -> None: ...
    def keys(self, at: int) -> list[int]: ...
    def differences(self, at: int, entries: Iterable[Sequence[Entry]]) -> tuple[int, int]: ...


class Store:
    """A folder with a ledger and its followers. Makes nothing until it is written to."""

    def __init__(
        self, folder: Path, url: str | None = None, embedder: str | None = None, ledger: Ledger | None = None
    ) -> None:
        self.folder = folder
        self.ledger = ledger or Ledger(folder)
        self.syndication = Syndication(self.ledger.folder, self.ledger)
        self.sources = Sources(self.ledger.folder, self.ledger)
        self.revisions = Revisions(self.ledger.folder, self.ledger)
        self.names = Names(self.ledger.folder, self.ledger)
        self.catalogue = Catalogue(self.ledger.folder, self.ledger)
        self._url = url
        self._embedder = embedder  # that makes the vectors of questions
        self._words = tuple(Lexicon(folder, letter) for letter in "ab")
        self._copies = tuple(Copy(folder, letter, self.ledger.published) for letter in "ab")
        self._servers: dict[int, Server] = {}
        self._agreed = 0, 0  # the generation and the dimension that were found to agree

    def exists(self) -> bool:
        return self.ledger.exists()

    def agree(self) -> None:
        """Raises StoreMismatch where the store was made for another format or embedder."""
        stored = self.ledger.settings().embedder
        if self._embedder not in (None, stored):
            raise StoreMismatch(self.folder, "the embedder", stored, self._embedder)

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

        Raises StoreMismatch where another embedder made the passages' vectors.
        """
        return self._steady(lambda now: self._candidates(now, vector, terms, count, (filters, *narrower)))

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

    def _candidates(
        self,
        now: Published,
        made: Vector | Future[Vector] | None,
        terms: Sequence[str],
        count: int,
        within: Sequence[Filters],
    ) -> tuple[Candidate, ...]:
        limits = [self._limits(filters, now) for filters in within]
        if not now.generation or limits[0] is None:
            return ()
        pool: dict[int, None] = {}
        words: dict[int, float] = {}
        for limit in filter(None, limits):
            matched = self._lexicon(now).matching(now.generation, terms, WIDER * count, *limit)
            pool.update(dict.fromkeys(islice(matched, count)))
            words.update(matched)
        vector = made.result() if isinstance(made, Future) else made
        near = self._near(now, vector, count, limits[0]) if vector is not None else []
        keys, by_outlet = {**pool, **dict.fromkeys(near)}, any(filters.outlet for filters in within[1:])
        found = self.ledger.found(keys, now.generation, now.edition, copies=by_outlet)
        cosines = _cosines(vector, [each.vector for each in found])
        return tuple(
            Candidate(each, words.get(each.key, 0.0), cosine) for each, cosine in zip(found, cosines, strict=True)
        )

    def _limits(self, filters: Filters, now: Published) -> Limits | None:
        """The values in the store, the days and the articles with copies that filters allow; None for nothing."""
        facts = self.names.spelled(filters)
        if not all(facts.values()):
            return None
        also = self.ledger.republished(facts["outlet"], now.generation) if "outlet" in facts else []
        return facts, (_ordinal(filters.since), _ordinal(filters.until)), also

    def _near(self, now: Published, vector: Vector, count: int, limits: Limits) -> list[int]:
        """The keys of at least `count` passages that are alive and within limits, where there are so many."""
        self._require(now.generation, vector.size)
        if not _limited(limits):
            return self._near_alive(now, vector, count)
        vectors, words, at = self._holder(now), self._lexicon(now), now.generation
        return nearest_within(
            vector,
            count,
            words.sizes(at, limits),
            lambda most, among: vectors.near(at, vector, most, among),
            lambda most, among: words.within(at, limits, most, among),
            self.ledger.vectors,
        )

    def _near_alive(self, now: Published, vector: Vector, count: int) -> list[int]:
        """A server's collection also holds what is not published yet, and what died of late; where that takes the
        places of what is alive, more are asked for."""
        vectors, asked = self._holder(now), count
        while True:
            near = vectors.near(now.generation, vector, asked)
            if vectors.by_files or len(near) < asked or len(self._alive(near, now)) >= count:
                return near
            asked *= 2

    def _alive(self, keys: Sequence[int], now: Published) -> Sequence[Found]:
        return self.ledger.found(keys, now.generation, now.edition)

    def count(self, filters: Filters) -> int:
        """How many of the articles that are searched are within filters."""
        limits = self._limits(filters, self.ledger.published())
        return self.catalogue.within(*limits) if limits else 0

    def frequencies(self, terms: Sequence[str]) -> tuple[int, list[int]]:
        """How many passages there are, and how many hold each term."""
        if not self.exists() or not self.ledger.published().generation:
            return 0, [0] * len(terms)
        return self._steady(lambda now: self._lexicon(now).frequencies(now.generation, terms))

    def check(self) -> Check:
        return self._steady(self._check)

    def _check(self, now: Published) -> Check:
        live = self.ledger.keys()
        if not now.generation:
            return Check(0, len(live), 0, 0, len(live), 0)
        vectors, words = self._holder(now).keys(now.generation), self._lexicon(now).keys(now.generation)
        return Check(
            articles=len(self.ledger),
            passages=len(live),
            vectors=len(vectors),
            words=len(words),
            missing=len(live - (set(vectors) & set(words))),
            surplus=len((set(vectors) | set(words)) - live) + len(words) - len(set(words)),
        )

    def compare_vectors(self) -> tuple[int, int, int]:
        """How many passages there are, how many the vectors lack or hold otherwise, and how many they have too many."""
        return self._steady(lambda now: self._compare(self._holder(now), now))

    def compare_words(self) -> tuple[int, int, int]:
        """The same of the words."""
        return self._steady(lambda now: self._compare(self._lexicon(now), now))

    def _compare(self, follower: _Follower, now: Published) -> tuple[int, int, int]:
        entries = self.ledger.entries(now.edition, 0, now.generation)
        return len(self.ledger.keys()), *follower.differences(now.generation, entries)

    def close(self) -> None:
        followers: tuple[_Follower, ...] = (*self._words, *self._copies, *self._servers.values())
        for follower in followers:
            follower.close()
        self.ledger.close()

    # Followers: there are two of each kind that is on this disk, and readers use the one that is published

    def _holder(self, now: Published) -> Copy | Server:
        """The vectors that are published."""
        for vectors in self._vectors(now.edition):
            if vectors.name == now.vectors:
                return vectors
        places = ["on this disk", "on a server"]
        stored, asked = places if self._url else reversed(places)
        raise StoreMismatch(self.folder, "its vectors", stored, asked, MENDING)

    def _lexicon(self, now: Published) -> Lexicon:
        """The words that are published."""
        for words in self._words:
            if words.name == now.words:
                return words
        raise StoreMismatch(self.folder, "the word index", now.words, self._words[0].name, MENDING)

    def _vectors(self, edition: int) -> Sequence[Copy | Server]:
        if self._url is None:
            return self._copies
        return [self._servers.setdefault(edition, Server(self._url, self.ledger.store, edition))]

    def _followers(self, edition: int) -> Sequence[_Follower]:
        return (*self._words, *self._vectors(edition))

    # Writing

    @contextmanager
    def writing(self, settings: Settings, patience: float = PATIENCE, agree: bool = True) -> Iterator[Store]:
        """Holds the writer's lock, ends what a crash left undone, and tidies up when the block ends well.

        A store of an older format is brought to this one. Raises StoreMismatch where the store was made with other
        settings, unless `agree` is false.
        """
        with shown_as(StoreUnwritable, self.folder):
            have_memory()
        with writing(self.folder, patience):
            rmtree(self.folder / RESTORING, ignore_errors=True)
            migrate(self.ledger.path)
            if not self.exists():
                self.ledger.create(settings)
            self.catalogue.prepare()
            if agree:
                self.agree()
                self._require(self.ledger.published().generation, settings.dimension)
            try:
                self._recover()
                yield self
                self._tidy()
            except MemoryError as error:
                raise StoreUnwritable(self.folder, "there is not enough memory") from error
            finally:
                self._rest()

    def put(self, drafts: Sequence[Draft], gone: Sequence[str] = ()) -> None:
        """Replaces articles by id, and removes others, for all readers in one moment. Within `writing` only."""
        self._publish(self.ledger.stage(drafts, gone), self.ledger.published().edition)

    def publish(self, edition: int) -> None:
        """Lets readers see another edition, and no longer the one before. Within `writing` only."""
        self._publish(self.ledger.published().generation + 1, edition)

    def mend(self) -> None:
        """Makes the followers that differ from the ledger again. Within `writing` only."""
        now = self.ledger.published()
        for follower in self._followers(now.edition):
            if not (follower.name in (now.vectors, now.words) and self._whole(follower, now)):
                self.ledger.unfollow(follower.name)
        self._publish(self.ledger.stage(()), now.edition)

    def restore(self, file: Path, patience: float = PATIENCE, force: bool = False) -> None:
        """Makes the store what it was when a backup was taken. Until that is done, readers see what was there before.

        Raises StoreThere where there is a store, unless `force`; BackupUnreadable, StoreBusy.
        """
        with writing(self.folder, patience):
            if self.exists() and not force:
                raise StoreThere(self.folder)
            rmtree(self.folder / RESTORING, ignore_errors=True)
            (self.folder / RESTORING).mkdir()
            try:
                self._take(unpack(file, self.folder / RESTORING))
                self.catalogue.prepare()
                self._tidy()
            finally:
                rmtree(self.folder / RESTORING, ignore_errors=True)
                self._rest()

    def _take(self, ledger: Ledger) -> None:
        """Lets another ledger, which lies in this folder, be followed and published in the place of this one."""
        place, left = self._place(), self._on_server()
        store, edition = Store(self.folder, self._url, ledger=ledger), ledger.published().edition
        try:
            store._publish(ledger.move(place), edition)
        finally:
            store._rest()
            store.close()
        replace(self.ledger, ledger)
        self._servers.clear()
        if left:
            left.become(None)

    def _on_server(self) -> Server | None:
        """The collection of a server that is published."""
        if self._url is None or not self.exists():
            return None
        with suppress(StoreDamaged, StoreMismatch):
            name, edition = self.ledger.store(), self.ledger.published().edition
            return Server(self._url, lambda: name, edition)
        return None

    def _place(self) -> Published:
        """What is published here, and nothing where the ledger is damaged. The followers beside it are forgotten."""
        nothing = Published(0, 0, "", "")
        if not self.exists():
            return nothing
        try:
            migrate(self.ledger.path)
            now = self.ledger.published()
            for name in self.ledger.followers().keys() - {now.vectors, now.words}:
                self.ledger.unfollow(name)
        except (StoreDamaged, StoreMismatch):
            return nothing
        return now

    def _whole(self, follower: _Follower, now: Published) -> bool:
        try:
            return self._compare(follower, now)[1:] == (0, 0)
        except StoreDamaged:
            return False

    def _require(self, generation: int, dimension: int) -> None:
        """Raises StoreMismatch where the vectors of a generation were made by another embedder."""
        if (generation, dimension) == self._agreed:
            return
        self.agree()
        stored = self.ledger.settings().dimension
        if stored != dimension:
            raise StoreMismatch(self.folder, "vectors of", stored, dimension)
        self._agreed = generation, dimension

    def _recover(self) -> None:
        now = self.ledger.published()
        present = {follower.name for follower in self._followers(now.edition) if follower.present()}
        for name in self.ledger.followers().keys() - present:
            self.ledger.unfollow(name)
        lost = now.generation and not {now.vectors, now.words} <= self.ledger.followers().keys()
        if lost or self.ledger.staged():
            self._publish(now.generation + 1, now.edition)

    def _publish(self, generation: int, edition: int) -> None:
        now = self.ledger.published()
        vectors, words = _other(self._vectors(edition), now.vectors), _other(self._words, now.words)
        for follower in (vectors, words):
            read = follower.name in (now.vectors, now.words)
            self._follow(follower, edition, generation, now.generation if read else generation)
        self.ledger.publish(Published(generation, edition, vectors.name, words.name))

    def _follow(self, follower: _Follower, edition: int, reach: int, sweep: int) -> None:
        state = self._prepared(follower, edition)
        self.ledger.follow(follower.name, state._replace(whole=0))
        died = self.ledger.dead(edition, state.swept, sweep) if state.reached else []
        follower.write(self.ledger.entries(edition, state.reached, reach), died, reach)
        self.ledger.follow(follower.name, Follower(edition, reach, sweep, 1, state.removed + len(died)))

    def _prepared(self, follower: _Follower, edition: int) -> Follower:
        """A follower's state, after making it again where it is new, or where a crash may have damaged it."""
        states, now = self.ledger.followers(), self.ledger.published()
        state = states.get(follower.name)
        if state and follower.name in (now.vectors, now.words):
            return state
        twin = self._twin(follower, now, edition)
        whole = state and state.whole and state.edition == edition and not self._worn(follower, state)
        if state and whole and not (twin and self._far(state, now.generation)):
            return state
        self.ledger.unfollow(follower.name)  # from here on it is not what it was
        follower.become(twin)
        return states[now.vectors] if twin else Follower(edition)

    def _twin(self, follower: _Follower, now: Published, edition: int) -> Copy | None:
        """The published copy, where a follower may become the same by copying its files."""
        state = self.ledger.followers().get(now.vectors)
        if not follower.by_files or edition != now.edition or not state or self._worn(follower, state):
            return None
        return next((copy for copy in self._copies if copy.name == now.vectors != follower.name), None)

    def _worn(self, follower: _Follower, state: Follower) -> bool:
        """Whether so much was removed from it that it had better be made anew."""
        return state.removed > max(FEW, self.ledger.size() * follower.wears)

    def _far(self, state: Follower, until: int) -> bool:
        """Whether so much was written since that copying files takes less time than writing it again."""
        return self.ledger.changes(state.reached, until) > max(FEW, self.ledger.size() * COPYING)

    def _tidy(self) -> None:
        now = self.ledger.published()
        even = Follower(now.edition, now.generation, now.generation)
        for follower in self._followers(now.edition):
            state = self.ledger.followers().get(follower.name)
            if now.generation and not (state and state._replace(removed=0) == even):
                self._follow(follower, now.edition, now.generation, now.generation)
        self._forget(now)
        self.ledger.bury(now.generation)

    def _forget(self, now: Published) -> None:
        """Deletes the followers that nobody asks any more: of another edition, or with another analysis of words."""
        kept = {follower.name for follower in self._followers(now.edition)}
        for name in self.ledger.followers().keys() - kept:
            if name.startswith(SERVER):
                self._vectors(int(name.removeprefix(SERVER)))[0].become(None)
            self.ledger.unfollow(name)
        forget_others(self.folder)

    def _rest(self) -> None:
        published = ""
        with suppress(ShownError):  # which has been shown by what failed
            published = self.ledger.published().vectors if self.exists() else ""
        followers: tuple[_Follower, ...] = (*self._words, *self._copies, *self._servers.values())
        for follower in followers:
            follower.rest(published)


def _other(followers: Sequence[F], published: str) -> F:
    """The one that readers do not see, where there are two."""
    return next((each for each in followers if each.name != published), followers[0])


def _ordinal(day: date | None) -> int | None:
    return day.toordinal() if day else None


def _limited(limits: Limits) -> bool:
    facts, days, _ = limits
    return bool(facts) or days != (None, None)


def _cosines(vector: Vector | None, stored: Sequence[bytes]) -> list[float]:
    """The cosine of a vector and each of those stored; 0 where there is none to compare."""
    if vector is None or not stored:
        return [0.0] * len(stored)
    import numpy as np

    vectors = np.frombuffer(b"".join(stored), dtype="<f2").reshape(len(stored), -1).astype(np.float32)
    return [float(cosine) for cosine in vectors @ vector]
