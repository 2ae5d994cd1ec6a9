"""The ledger and its followers as one: what is written is staged, followed, and published."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from index.errors import StoreDamaged, StoreMismatch, StoreUnwritable
from index.store.ledger import FORMAT, Draft, Follower, Found, Ledger, Published, Settings
from index.store.lexicon import Days, Lexicon
from index.store.lock import PATIENCE, writing
from index.store.vectors import Copy, Moved, Server
from index.types import Filters

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from index.store.ledger import Entry

    Vector = NDArray[np.float32]


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
    hidden: bool

    def present(self) -> bool: ...
    def become(self, other: Any) -> None: ...
    def write(self, born: Iterable[Sequence[Entry]], died: Sequence[int], generation: int) -> None: ...
    def rest(self, published: str) -> None: ...
    def close(self) -> None: ...
    def keys(self, at: int) -> list[int]: ...


class Store:
    """A folder with a ledger and its followers. Makes nothing until it is written to."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.folder = folder
        self.ledger = Ledger(folder)
        self.lexicon = Lexicon(folder)
        self._vectors: dict[str, Copy | Server] = (
            {"server": Server(url, self.ledger.store)}
            if url is not None
            else {name: Copy(folder, name, self.ledger.published) for name in ("a", "b")}
        )

    def exists(self) -> bool:
        return self.ledger.exists()

    def agree(self, embedder: str) -> None:
        """Raises StoreMismatch where the store was made for another format or embedder."""
        if (stored := self.ledger.format()) != FORMAT:
            raise StoreMismatch(self.folder, "format", stored, FORMAT)
        if (name := self.ledger.settings().embedder) != embedder:
            raise StoreMismatch(self.folder, "the embedder", name, embedder)

    def candidates(
        self, vector: Vector | None, terms: Sequence[str], count: int, filters: Filters
    ) -> tuple[Candidate, ...]:
        """The passages nearest to a vector or with the best BM25, all of one generation.

        Where a writer publishes another generation meanwhile, it looks again.
        """
        while True:
            now = self.ledger.published()
            try:
                found = self._candidates(now, vector, terms, count, filters)
            except Moved:
                time.sleep(0.01)
                continue
            if self.ledger.published() == now:
                return found

    def _candidates(
        self, now: Published, vector: Vector | None, terms: Sequence[str], count: int, filters: Filters
    ) -> tuple[Candidate, ...]:
        facts = self.ledger.spellings(filters)
        if not now.generation or not all(facts.values()):
            return ()
        days = (_ordinal(filters.since), _ordinal(filters.until))
        matched = self.lexicon.matching(now.generation, terms, count, facts, days)
        near = self._near(now, vector, count, facts, days) if vector is not None else []
        found = self.ledger.found({**matched, **dict.fromkeys(near)}, now.generation)
        return tuple(
            Candidate(each, matched.get(each.key, 0.0), _cosine(vector, each.vector) if vector is not None else 0.0)
            for each in found
        )

    def _near(
        self, now: Published, vector: Vector, count: int, facts: Mapping[str, Sequence[str]], days: Days
    ) -> list[int]:
        return self._copy(now.vectors).near(now.generation, vector, count, _where(facts, days))

    def frequencies(self, terms: Sequence[str]) -> tuple[int, list[int]]:
        """How many passages there are, and how many hold each term."""
        if not self.exists() or not (at := self.ledger.published().generation):
            return 0, [0] * len(terms)
        return self.lexicon.frequencies(at, terms)

    def check(self) -> Check:
        now = self.ledger.published()
        live = self.ledger.keys()
        if not now.generation:
            return Check(0, len(live), 0, 0, len(live), 0)
        vectors, words = self._copy(now.vectors).keys(now.generation), self.lexicon.keys(now.generation)
        return Check(
            articles=len(self.ledger),
            passages=len(live),
            vectors=len(vectors),
            words=len(words),
            missing=len(live - (set(vectors) & set(words))),
            surplus=len((set(vectors) | set(words)) - live) + len(words) - len(set(words)),
        )

    def close(self) -> None:
        for follower in self._followers():
            follower.close()
        self.ledger.close()

    def _copy(self, name: str) -> Copy | Server:
        if name not in self._vectors:
            places = ["on this disk", "on a server"]
            asked, stored = reversed(places) if "server" in self._vectors else places
            raise StoreMismatch(self.folder, "its vectors", stored, asked)
        return self._vectors[name]

    # Writing

    @contextmanager
    def writing(self, settings: Settings, patience: float = PATIENCE) -> Iterator[Store]:
        """Holds the writer's lock, ends what a crash left undone, and tidies up when the block ends well."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnwritable(self.folder, str(error)) from error
        with writing(self.folder, patience):
            if not self.exists():
                self.ledger.create(settings)
            self._require(settings)
            try:
                self._recover()
                yield self
                self._tidy()
            finally:
                for follower in self._followers():
                    follower.rest(self.ledger.published().vectors)

    def put(self, drafts: Sequence[Draft], gone: Sequence[str] = ()) -> None:
        """Replaces articles by id, and removes others, for all readers in one moment. Within `writing` only."""
        self._publish(self.ledger.stage(drafts, gone))

    def mend(self) -> None:
        """Makes the followers that differ from the ledger again. Within `writing` only."""
        now, live = self.ledger.published(), self.ledger.keys()
        for follower in self._followers():
            readable = follower.name == now.vectors or not follower.hidden
            if not (readable and _holds(follower, now.generation, live)):
                self.ledger.unfollow(follower.name)
        self._publish(self.ledger.stage(()))

    def _require(self, settings: Settings) -> None:
        self.agree(settings.embedder)
        stored = self.ledger.settings()
        if stored.dimension != settings.dimension:
            raise StoreMismatch(self.folder, "vectors of", stored.dimension, settings.dimension)

    def _recover(self) -> None:
        present = {follower.name for follower in self._followers() if follower.present()}
        for name in self.ledger.followers().keys() - present:
            self.ledger.unfollow(name)
        now = self.ledger.published()
        lost = now.generation and not {now.vectors, self.lexicon.name} <= self.ledger.followers().keys()
        if lost or self.ledger.staged():
            self._publish(now.generation + 1)

    def _publish(self, generation: int) -> None:
        now = self.ledger.published()
        vectors = next(copy for copy in self._vectors.values() if not copy.hidden or copy.name != now.vectors)
        self._follow(vectors, generation, generation if vectors.hidden else now.generation)
        self._follow(self.lexicon, generation, now.generation)
        self.ledger.publish(Published(generation, vectors.name))

    def _follow(self, follower: _Follower, reach: int, sweep: int) -> None:
        state = self._mended(follower)
        self.ledger.follow(follower.name, state._replace(whole=False))
        follower.write(self.ledger.entries(state.reached, reach), self.ledger.dead(state.swept, sweep), reach)
        self.ledger.follow(follower.name, Follower(reach, sweep, True))

    def _mended(self, follower: _Follower) -> Follower:
        """A follower's state, after making it again where it is new, or where a crash may have damaged it."""
        states = self.ledger.followers()
        state = states.get(follower.name)
        if state and (state.whole or not follower.hidden):
            return state
        published = self._vectors.get(self.ledger.published().vectors)
        if follower.hidden and isinstance(published, Copy) and published.name in states:
            follower.become(published)
            return states[published.name]
        follower.become(None)
        return Follower(0, 0, True)

    def _tidy(self) -> None:
        now = self.ledger.published()
        for follower in self._followers():
            if now.generation and self.ledger.followers().get(follower.name) != (now.generation, now.generation, True):
                self._follow(follower, now.generation, now.generation)
        self.ledger.bury(now.generation)

    def _followers(self) -> tuple[_Follower, ...]:
        return (self.lexicon, *self._vectors.values())


def _holds(follower: _Follower, at: int, live: set[int]) -> bool:
    try:
        return sorted(follower.keys(at)) == sorted(live)
    except StoreDamaged:
        return False


def _ordinal(day: date | None) -> int | None:
    return day.toordinal() if day else None


def _where(facts: Mapping[str, Sequence[str]], days: Days) -> dict[str, Any] | None:
    since, until = days
    limits: list[dict[str, Any]] = [{fact: {"$in": list(values)}} for fact, values in facts.items()]
    limits += [{"day": {"$gte": since}}] if since else []
    limits += [{"day": {"$lte": until}}] if until else []
    if len(limits) > 1:
        return {"$and": limits}
    return limits[0] if limits else None


def _cosine(vector: Vector, stored: bytes) -> float:
    import numpy as np

    return float(vector @ np.frombuffer(stored, dtype="<f2").astype(np.float32))
