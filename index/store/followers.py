"""The followers of a ledger: two of each kind on this disk, so that readers use one while the other is written."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from index.errors import ShownError, StoreDamaged, StoreMismatch
from index.store.database import MENDING
from index.store.ledger import Follower, Ledger, Published
from index.store.lexicon import Lexicon, forget_others
from index.store.vectors import SERVER, Copy, Server

if TYPE_CHECKING:
    from collections.abc import Iterable

    from index.store.ledger import Entry

F = TypeVar("F", bound="_Follower")
# A copy of the vectors that is behind by more than this part of all passages takes the other's files. Writing a passage
# takes Chroma 0.6 ms; copying and opening 100,000 of them takes 0.5 s.
COPYING = 1 / 128
FEW = 64  # passages for which neither is worth while


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


class Followers:
    """The vectors and the words that follow a ledger. What changes them is for the holder of the writer's lock."""

    def __init__(self, folder: Path, ledger: Ledger, url: str | None = None) -> None:
        self._folder = folder  # the store's: a ledger that is being restored lies in another
        self._ledger = ledger
        self._url = url
        self._words = tuple(Lexicon(folder, letter) for letter in "ab")
        self._copies = tuple(Copy(folder, letter, ledger.published) for letter in "ab")
        self._servers: dict[int, Server] = {}

    def vectors(self, now: Published) -> Copy | Server:
        """The vectors that are published."""
        for vectors in self._vectors(now.edition):
            if vectors.name == now.vectors:
                return vectors
        places = ["on this disk", "on a server"]
        stored, asked = places if self._url else reversed(places)
        raise StoreMismatch(self._folder, "its vectors", stored, asked, MENDING)

    def words(self, now: Published) -> Lexicon:
        """The words that are published."""
        for words in self._words:
            if words.name == now.words:
                return words
        raise StoreMismatch(self._folder, "the word index", now.words, self._words[0].name, MENDING)

    def compare(self, follower: _Follower, now: Published) -> tuple[int, int, int]:
        """How many passages there are, how many a follower lacks or holds otherwise, and how many it has too many."""
        entries = self._ledger.entries(now.edition, 0, now.generation)
        return len(self._ledger.keys()), *follower.differences(now.generation, entries)

    def close(self) -> None:
        for follower in self._opened():
            follower.close()

    def forget_servers(self) -> None:
        """Those of a ledger that another has replaced: a server's collection has the ledger's name."""
        self._servers.clear()

    def _opened(self) -> Sequence[_Follower]:
        return (*self._words, *self._copies, *self._servers.values())

    def _vectors(self, edition: int) -> Sequence[Copy | Server]:
        if self._url is None:
            return self._copies
        return [self._servers.setdefault(edition, Server(self._url, self._ledger.store, edition))]

    def _of(self, edition: int) -> Sequence[_Follower]:
        return (*self._words, *self._vectors(edition))

    # Writing

    def publish(self, generation: int, edition: int) -> None:
        """Brings those that readers do not see up to a generation and an edition, and lets readers see them."""
        now = self._ledger.published()
        vectors, words = _other(self._vectors(edition), now.vectors), _other(self._words, now.words)
        for follower in (vectors, words):
            read = follower.name in (now.vectors, now.words)
            self._follow(follower, edition, generation, now.generation if read else generation)
        self._ledger.publish(Published(generation, edition, vectors.name, words.name))

    def recover(self) -> None:
        """Ends what a crash left undone, and makes again what is lost."""
        now = self._ledger.published()
        present = {follower.name for follower in self._of(now.edition) if follower.present()}
        for name in self._ledger.followers().keys() - present:
            self._ledger.unfollow(name)
        lost = now.generation and not {now.vectors, now.words} <= self._ledger.followers().keys()
        if lost or self._ledger.staged():
            self.publish(now.generation + 1, now.edition)

    def distrust(self) -> None:
        """Those that readers do not see, or that differ from the ledger, are made again when they next follow."""
        now = self._ledger.published()
        for follower in self._of(now.edition):
            if not (follower.name in (now.vectors, now.words) and self._whole(follower, now)):
                self._ledger.unfollow(follower.name)

    def tidy(self) -> None:
        """Brings all up to what is published, and forgets what nobody asks for any more."""
        now = self._ledger.published()
        even = Follower(now.edition, now.generation, now.generation)
        for follower in self._of(now.edition):
            state = self._ledger.followers().get(follower.name)
            if now.generation and not (state and state._replace(removed=0) == even):
                self._follow(follower, now.edition, now.generation, now.generation)
        self._forget(now)
        self._ledger.bury(now.generation)

    def rest(self) -> None:
        """Ends a run of writes."""
        published = ""
        with suppress(ShownError):  # which has been shown by what failed
            published = self._ledger.published().vectors if self._ledger.exists() else ""
        for follower in self._opened():
            follower.rest(published)

    def _follow(self, follower: _Follower, edition: int, reach: int, sweep: int) -> None:
        state = self._prepared(follower, edition)
        self._ledger.follow(follower.name, state._replace(whole=0))
        died = self._ledger.dead(edition, state.swept, sweep) if state.reached else []
        follower.write(self._ledger.entries(edition, state.reached, reach), died, reach)
        self._ledger.follow(follower.name, Follower(edition, reach, sweep, 1, state.removed + len(died)))

    def _prepared(self, follower: _Follower, edition: int) -> Follower:
        """A follower's state, after making it again where it is new, or where a crash may have damaged it."""
        states, now = self._ledger.followers(), self._ledger.published()
        state = states.get(follower.name)
        if state and follower.name in (now.vectors, now.words):
            return state
        twin = self._twin(follower, now, edition)
        whole = state and state.whole and state.edition == edition and not self._worn(follower, state)
        if state and whole and not (twin and self._far(state, now.generation)):
            return state
        self._ledger.unfollow(follower.name)  # from here on it is not what it was
        follower.become(twin)
        return states[now.vectors] if twin else Follower(edition)

    def _twin(self, follower: _Follower, now: Published, edition: int) -> Copy | None:
        """The published copy, where a follower may become the same by copying its files."""
        state = self._ledger.followers().get(now.vectors)
        if not follower.by_files or edition != now.edition or not state or self._worn(follower, state):
            return None
        return next((copy for copy in self._copies if copy.name == now.vectors != follower.name), None)

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

    def _forget(self, now: Published) -> None:
        """Deletes the followers that nobody asks any more: of another edition, or with another analysis of words."""
        kept = {follower.name for follower in self._of(now.edition)}
        for name in self._ledger.followers().keys() - kept:
            if name.startswith(SERVER):
                self._vectors(int(name.removeprefix(SERVER)))[0].become(None)
            self._ledger.unfollow(name)
        forget_others(self._folder)


def _other(followers: Sequence[F], published: str) -> F:
    """The one that readers do not see, where there are two."""
    return next((each for each in followers if each.name != published), followers[0])
