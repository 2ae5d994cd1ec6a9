"""The followers of a ledger. Two of each kind are on this disk: readers use one while the other is written."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event
from time import sleep
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from index.errors import ShownError, StoreDamaged, StoreFollowing, StoreMismatch
from index.store.database import MENDING
from index.store.ledger import Follower, Ledger, Published, ReplicaPosition
from index.store.lexicon import Lexicon, forget_others
from index.store.vectors import SERVER, Address, Copy, Server

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from index.store.ledger import PassageEntry

F = TypeVar("F", bound="_Follower")
# A copy of the vectors that is behind by more than this part of all passages takes the other's files. Writing a passage
# takes Chroma 0.6 ms; copying and opening 100,000 of them takes 0.5 s.
COPYING = 1 / 128
FEW = 64  # passages for which neither is worth while
AWAITED = 50  # tenths of a second that a writer waits at its end for replicas to follow


class _Follower(Protocol):
    name: str
    by_files: bool
    wears: float  # the part of the passages that may have been removed before it is made again

    def present(self) -> bool: ...
    def become(self, other: Any) -> None: ...
    def write(self, born: Iterable[Sequence[PassageEntry]], died: Sequence[int], generation: int) -> None: ...
    def rest(self, published: str) -> None: ...
    def close(self) -> None: ...
    def keys(self, at: int) -> list[int]: ...
    def differences(self, at: int, entries: Iterable[Sequence[PassageEntry]]) -> tuple[int, int]: ...


class FollowerState(Protocol):
    """The place of a folder: what its readers see, and how far the followers are that they use."""

    def published(self) -> Published: ...
    def published_lately(self) -> Published: ...
    def followers(self) -> dict[str, Follower]: ...
    def publish(self, published: Published) -> None: ...
    def show(self, published: Published) -> None: ...
    def follow(self, name: str, state: Follower) -> None: ...
    def unfollow(self, name: str) -> None: ...


class Followers:
    """The vectors and the words that follow a ledger. What changes them is for the holder of the writer's lock."""

    def __init__(
        self, folder: Path, ledger: Ledger, server: Address | None = None, place: FollowerState | None = None
    ) -> None:
        """The place is the ledger itself where it is this folder's own."""
        self._folder = folder  # the store's: a ledger that is being restored lies in another
        self._ledger = ledger
        self._place: FollowerState = ledger if place is None else place
        self._server = server
        self._words = tuple(Lexicon(folder, letter) for letter in "ab")
        self._copies = tuple(Copy(folder, letter, self._place.published_lately) for letter in "ab")
        self._servers: dict[int, Server] = {}
        self._stopped = Event()  # nobody catches up any more

    def vectors(self, now: Published) -> Copy | Server:
        """The vectors that are published."""
        for vectors in self._vectors(now.edition):
            if vectors.name == now.vectors:
                return vectors
        places = ["on this disk", "on a server"]
        stored, asked = places if self._server else reversed(places)
        raise StoreMismatch(self._folder, "its vectors", stored, asked, MENDING)

    def require_answering(self, now: Published) -> None:
        """Raises StoreUnreachable where the vectors that are published are on a server that does not answer."""
        if now.generation and isinstance(vectors := self.vectors(now), Server):
            vectors.require_answering()

    def words(self, now: Published) -> Lexicon:
        """The words that are published."""
        for words in self._words:
            if words.name == now.words:
                return words
        raise StoreMismatch(self._folder, "the word index", now.words, self._words[0].name, MENDING)

    def compare(self, follower: _Follower, now: Published) -> tuple[int, int, int]:
        """How many passages there are, how many a follower lacks or holds otherwise, and how many it has too many."""
        entries = self._ledger.entries(now.edition, 0, now.generation)
        return len(self._ledger.keys(now)), *follower.differences(now.generation, entries)

    def look_whole(self, now: Published) -> bool:
        """Whether what is read on this disk opens, and has as many passages as the ledger."""
        if not now.generation:
            return True
        here: Sequence[Copy | Lexicon] = (*self._copies, *self._words)
        total = len(self._ledger.keys(now))
        try:
            return all(each.count(now.generation) == total for each in here if each.name in (now.vectors, now.words))
        except StoreDamaged:
            return False

    def stop(self) -> None:
        """Whoever catches up gives it up: what is half made then is made anew the next time."""
        self._stopped.set()

    def start(self) -> None:
        """From here on what catches up does so to the end."""
        self._stopped.clear()

    def close(self) -> None:
        for follower in self._opened():
            follower.close()

    def forget_servers(self) -> None:
        """Forgets the servers of a ledger that another has replaced: a server's collection has the ledger's name."""
        self._servers.clear()

    def _opened(self) -> Sequence[_Follower]:
        return (*self._words, *self._copies, *self._servers.values())

    def _vectors(self, edition: int) -> Sequence[Copy | Server]:
        if self._server is None:
            return self._copies
        return [self._servers.setdefault(edition, Server(self._server, self._ledger.store, edition))]

    def _of(self, edition: int) -> Sequence[_Follower]:
        return (*self._words, *self._vectors(edition))

    # Writing

    def publish(self, generation: int, edition: int) -> None:
        """Brings those that readers do not see up to a generation and an edition, and lets readers see them."""
        now = self._place.published()
        vectors, words = _other(self._vectors(edition), now.vectors), _other(self._words, now.words)
        for follower in (vectors, words):
            read = follower.name in (now.vectors, now.words)
            self._follow(follower, edition, generation, self._ledger.horizon().generation if read else generation)
        self._place.publish(Published(generation, edition, vectors.name, words.name))

    def catch_up(self, writing: bool = False) -> None:
        """Brings those of this folder up to what is published for all; those on a server are the writer's.

        Raises StoreMismatch where the last writer did not write to the server, unless this one will. Raises
        StoreFollowing where it is stopped, unless this is a writer. For the holder of the folder's lock.
        """
        now, goal = self._place.published(), self._ledger.published()
        kept: Sequence[_Follower] = (*self._words, *self._copies)
        for follower in kept:
            state = self._place.followers().get(follower.name)
            if state and (_ahead(now, state, goal) or not follower.present()):
                self._place.unfollow(follower.name)
        own = {name for name in (now.vectors, now.words) if not name.startswith(SERVER)}
        if goal[:2] == now[:2] and (not goal.generation or own <= self._place.followers().keys()):
            return
        if not goal.generation:
            self._place.show(goal)
            return
        vectors, words = _other(self._vectors(goal.edition), now.vectors), _other(self._words, now.words)
        if not isinstance(vectors, Server):
            self._follow(vectors, goal.edition, goal.generation, goal.generation, not writing)
        elif not writing and not _up_to(self._place.followers().get(vectors.name), goal):
            raise StoreMismatch(self._folder, "its vectors", "on the disks of others", "on a server", MENDING)
        self._follow(words, goal.edition, goal.generation, goal.generation, not writing)
        self._place.show(Published(goal.generation, goal.edition, vectors.name, words.name))
        for follower in kept:
            if follower.name in self._place.followers():
                self._bring_up(follower, goal, stoppable=not writing)
        forget_others(self._folder)

    def recover(self) -> None:
        """Ends what a crash left undone, and makes again what is lost."""
        now = self._place.published()
        present = {follower.name for follower in self._of(now.edition) if follower.present()}
        for name in self._place.followers().keys() - present:
            if not (self._server and name.startswith(SERVER) and name != f"{SERVER}{now.edition}"):
                self._place.unfollow(name)  # else `tidy` does, once no reader asks for that edition
        lost = now.generation and not {now.vectors, now.words} <= self._place.followers().keys()
        if lost or self._ledger.staged():
            self.publish(self._ledger.published().generation + 1, self._ledger.published().edition)

    def invalidate(self) -> None:
        """Has followers that readers do not see, or that differ from the ledger, made again when they next follow."""
        now = self._place.published()
        for follower in self._of(now.edition):
            if not (follower.name in (now.vectors, now.words) and self._whole(follower, now)):
                self._place.unfollow(follower.name)

    def tidy(self) -> None:
        """Brings all up to what is published, and forgets what nobody asks for any more."""
        now = self._place.published()
        horizon = self._awaited(now)
        if now.generation:
            for follower in self._of(now.edition):
                sweep = horizon.generation if isinstance(follower, Server) else now.generation
                self._bring_up(follower, now, sweep)
        self._forget(now, horizon)
        self._ledger.collect_garbage(horizon)

    def _awaited(self, now: Published) -> ReplicaPosition:
        """The horizon, once replicas that are heard of had a moment to follow: what lies before it no reader sees."""
        for _ in range(AWAITED):
            if self._ledger.horizon() == now[:2]:
                break
            sleep(0.1)
        return self._ledger.horizon()

    def _bring_up(
        self, follower: _Follower, now: Published, sweep: int | None = None, *, stoppable: bool = False
    ) -> None:
        """Brings one up to what is published here, and takes out what died."""
        sweep = now.generation if sweep is None else sweep
        state = self._place.followers().get(follower.name)
        if not (state and state._replace(removed=0) == Follower(now.edition, now.generation, sweep)):
            self._follow(follower, now.edition, now.generation, sweep, stoppable)

    def rest(self) -> None:
        """Ends a run of writes."""
        published = ""
        with suppress(ShownError):  # which has been shown by what failed
            published = self._place.published().vectors if self._ledger.exists() else ""
        for follower in self._opened():
            follower.rest(published)

    def _follow(self, follower: _Follower, edition: int, reach: int, sweep: int, stoppable: bool = False) -> None:
        state = self._prepared(follower, edition)
        self._place.follow(follower.name, state._replace(whole=0))
        died = self._ledger.dead(edition, state.swept, sweep) if state.reached else []
        born = self._ledger.entries(edition, state.reached, reach)
        follower.write(self._until_stopped(born) if stoppable else born, died, reach)
        self._place.follow(follower.name, Follower(edition, reach, sweep, 1, state.removed + len(died)))

    def _until_stopped(self, pages: Iterable[Sequence[PassageEntry]]) -> Iterator[Sequence[PassageEntry]]:
        """Raises StoreFollowing once it is stopped."""
        for page in pages:
            if self._stopped.is_set():
                raise StoreFollowing(self._folder)
            yield page

    def _prepared(self, follower: _Follower, edition: int) -> Follower:
        """A follower's state, after making it again where it is new, or where a crash may have damaged it."""
        states, now = self._place.followers(), self._place.published()
        state = states.get(follower.name)
        if state and follower.name in (now.vectors, now.words):
            return state
        source = self._published_copy(follower, now, edition)
        whole = state and state.whole and state.edition == edition and self._good(follower, state)
        if state and whole and not (source and self._far(state, now.generation)):
            return state
        self._place.unfollow(follower.name)  # from here on it is not what it was
        follower.become(source)
        return states[now.vectors] if source else Follower(edition)

    def _published_copy(self, follower: _Follower, now: Published, edition: int) -> Copy | None:
        """The published copy, where a follower may become the same by copying its files."""
        state = self._place.followers().get(now.vectors)
        if not follower.by_files or edition != now.edition or not state or not self._good(follower, state):
            return None
        return next((copy for copy in self._copies if copy.name == now.vectors != follower.name), None)

    def _good(self, follower: _Follower, state: Follower) -> bool:
        """Whether it is better written to than made again, and can be told of all that died."""
        told = not state.reached or state.swept >= self._ledger.forgotten()
        return told and not self._worn(follower, state)

    def _worn(self, follower: _Follower, state: Follower) -> bool:
        """Whether so much was removed from it that it had better be made anew."""
        return state.removed > max(FEW, self._ledger.size() * follower.wears)

    def _far(self, state: Follower, until: int) -> bool:
        """Whether so much was written since that copying files takes less time than writing it again."""
        return self._ledger.changes(state.reached, until) > max(FEW, self._ledger.size() * COPYING)

    def _whole(self, follower: _Follower, now: Published) -> bool:
        try:
            return self.compare(follower, now)[1:] == (0, 0)
        except StoreDamaged:
            return False

    def _forget(self, now: Published, horizon: ReplicaPosition) -> None:
        """Deletes the followers that nobody asks any more: of another edition, or with another analysis of words."""
        kept = {follower.name for follower in self._of(now.edition)}
        for name in self._place.followers().keys() - kept:
            if name.startswith(SERVER):
                edition = int(name.removeprefix(SERVER))
                if horizon.edition <= edition < now.edition:
                    continue
                self._vectors(edition)[0].become(None)
            self._place.unfollow(name)
        forget_others(self._folder)


def _up_to(state: Follower | None, goal: Published) -> bool:
    """Whether a follower that others write holds what is published."""
    return state is not None and state.edition == goal.edition and state.reached >= goal.generation


def _ahead(now: Published, state: Follower, goal: Published) -> bool:
    """Whether a follower holds what the ledger never had: the database was put back to an earlier state. A writer that
    was killed leaves one that is a single generation ahead."""
    return now.generation > goal.generation or state.reached > goal.generation + 1


def _other(followers: Sequence[F], published: str) -> F:
    """The one that readers do not see, where there are two."""
    return next((each for each in followers if each.name != published), followers[0])
