"""The vector index: Chroma.

Embedded, Chroma is not safe beside another process: a reader that opens a folder while another process writes to it
crashes or damages it (seen with chromadb 1.5.9: segmentation faults), and it never sees what others write later. So
there are two copies of it, and a writer touches only the one that is not published. A copy is read under a shared
lock and written under an exclusive one; readers ask for the published copy, so they never wait for a writer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from math import inf
from pathlib import Path
from shutil import copytree, rmtree
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from index.errors import ShownError, StoreDamaged, StoreUnreachable, StoreUnwritable
from index.quiet import quiet
from index.store.causes import have_memory, shown_as
from index.store.ledger import PAGE, Entry, Published

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

COLLECTION = "passages"
SERVER = "server-"
CLOSE = 1e-3  # between numbers up to 1: those of float16 are no nearer to each other near 1
FACTS = ("outlet", "author", "kind", "language", "day")


class Moved(Exception):
    """The copy is being written, so another is published by now."""


class Copy:
    """One of the two folders of embedded Chroma."""

    by_files = True  # it may become the same as the other by copying its files
    wears = 1.0  # Chroma keeps the place of what was removed

    def __init__(self, folder: Path, name: str, published: Callable[[], Published]) -> None:
        self.name = name
        self._store = folder
        self._published = published
        self._folder = (folder / "vectors" / name).resolve()
        self._begun = False

    def present(self) -> bool:
        """Whether there is anything on the disk."""
        return (self._folder / "chroma.sqlite3").is_file()

    def near(self, at: int, vector: Vector, count: int, among: Sequence[int] | None = None) -> list[int]:
        """The keys of the passages nearest to a vector, the nearest first. Raises `Moved`."""
        with self._reading(at) as collection:
            return _nearest(collection, vector, count, among)

    def keys(self, at: int) -> list[int]:
        with self._reading(at) as collection:
            return _keys(collection)

    def differences(self, at: int, entries: Iterable[Sequence[Entry]]) -> tuple[int, int]:
        """How many of `entries` it lacks or holds otherwise, and how many others it holds."""
        with self._reading(at) as collection:
            return _differences(collection, entries)

    def become(self, other: Copy | None) -> None:
        """Makes it the same as another copy, which is whole and published, or empty."""
        with self._exclusive():
            self._begun = False
            rmtree(self._folder, ignore_errors=True)
            if other is not None:
                with other._opening():
                    copytree(other._folder, self._folder)

    def write(self, born: Iterable[Sequence[Entry]], died: Sequence[int], generation: int) -> None:
        """Takes passages in, again if need be, and others out."""
        if self._begun:
            with self._writing():
                self._write(born, died, generation)
        else:
            with self._exclusive():  # another process may have written since this one last did
                self._folder.mkdir(parents=True, exist_ok=True)
                self._client.open(generation, create=True)
                self._write(born, died, generation)
        self._begun = True

    def rest(self, published: str) -> None:
        """Ends a run of writes. The copy that nobody will read gives its memory back."""
        if self._begun and published != self.name:
            with self._exclusive():
                pass
        self._begun = False

    def close(self) -> None:
        with _lending:
            client = _clients.get(self._folder)
            if client is not None:
                client.borrowers.discard(self)
                if not client.borrowers:
                    client.shut()
                    del _clients[self._folder]

    @property
    def _client(self) -> _Client:
        with _lending:
            client = _clients.setdefault(self._folder, _Client(self._folder))
            client.borrowers.add(self)
            return client

    def _write(self, born: Iterable[Sequence[Entry]], died: Sequence[int], generation: int) -> None:
        _write(self._client.collection, born, died)
        _settle(self._client.collection)
        self._client.generation = generation

    @contextmanager
    def _reading(self, at: int) -> Iterator[Any]:
        from filelock import Timeout

        with _failures(StoreDamaged, self._store):
            lease = self._lock()
            try:
                lease.acquire_read(blocking=False)
            except Timeout as error:
                raise Moved from error
        try:
            now = self._published()
            if (now.generation, now.vectors) != (at, self.name):
                raise Moved
            # From here on nobody writes the folder, and whoever else reads it reads the same generation.
            with _failures(StoreDamaged, self._store):
                with self._client.guard:
                    if self._client.generation != at:
                        self._reopen(at)
                yield self._client.collection
        finally:
            lease.release()
            lease.close()

    def _reopen(self, at: int) -> None:
        if not self.present():
            raise StoreDamaged(self._store, f"its folder {self._folder.name} is missing")
        with self._opening():
            self._client.shut()
            self._client.open(at)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with _failures(StoreUnwritable, self._store):
            lock = self._lock()
        try:
            with _failures(StoreUnwritable, self._store), lock.write_lock():
                yield
        except BaseException:
            self._client.shut()
            raise
        finally:
            lock.close()

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        """Nobody else reads or writes the folder, and this process has no client on it."""
        with self._writing():
            self._client.shut()
            yield

    def _lock(self) -> Any:
        from filelock import ReadWriteLock

        self._folder.parent.mkdir(parents=True, exist_ok=True)
        return ReadWriteLock(self._folder.with_suffix(".lock"), is_singleton=False)

    def _opening(self) -> Any:
        """Opening a folder writes a little to it, so only one process does so at a time."""
        from filelock import FileLock

        return FileLock(self._folder.with_suffix(".opening"))


class Server:
    """A collection on a Chroma server, named after the store; another edition of the passages has another."""

    by_files = False
    wears = inf  # others read it while it is written, so it is not made again

    def __init__(self, url: str, store: Callable[[], str], edition: int) -> None:
        self.name = f"{SERVER}{edition}"
        self._edition = edition
        self._url = url
        self._store = store
        self._guard = Lock()
        self._client: Any = None
        self._collection: Any = None

    def present(self) -> bool:
        from chromadb.errors import NotFoundError

        with self._failures():
            try:
                self._connected().get_collection(self._collection_name(), embedding_function=None)
            except NotFoundError:
                return False
        return True

    def near(self, at: int, vector: Vector, count: int, among: Sequence[int] | None = None) -> list[int]:
        del at  # a server is always up to date
        with self._failures():
            return _nearest(self._opened(), vector, count, among)

    def keys(self, at: int) -> list[int]:
        del at
        with self._failures():
            return _keys(self._opened())

    def differences(self, at: int, entries: Iterable[Sequence[Entry]]) -> tuple[int, int]:
        """How many of `entries` it lacks or holds otherwise, and how many others it holds."""
        del at
        with self._failures():
            return _differences(self._opened(), entries)

    def become(self, other: Copy | None) -> None:
        """Makes it empty."""
        del other
        from chromadb.errors import NotFoundError

        with self._failures():
            with suppress(NotFoundError):
                self._connected().delete_collection(self._collection_name())
            self._collection = None

    def write(self, born: Iterable[Sequence[Entry]], died: Sequence[int], generation: int) -> None:
        del generation
        with self._failures():
            _write(self._opened(), born, died)

    def rest(self, published: str) -> None:
        """Nothing to end."""

    def close(self) -> None:
        with self._guard:
            if self._client is not None:
                self._client.close()
            self._client = self._collection = None

    def _opened(self) -> Any:
        if self._collection is None:
            self._collection = _collection(self._connected(), self._collection_name())
        return self._collection

    def _connected(self) -> Any:
        with self._guard:
            if self._client is None:
                self._client = _http(self._url)
            return self._client

    def _collection_name(self) -> str:
        return f"byline-{self._store()}-{self._edition}"

    @contextmanager
    def _failures(self) -> Iterator[None]:
        import httpx
        from chromadb.errors import ChromaError

        try:
            yield
        except (ChromaError, httpx.HTTPError) as error:
            raise StoreUnreachable(self._url, str(error)) from error


class _Client:
    """The one client that this process has on a folder: Chroma shares its state between clients of one path anyway."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.guard = Lock()
        self.borrowers: set[Copy] = set()
        self.generation = -1  # what it saw when it was opened, or wrote itself
        self.collection: Any = None
        self._client: Any = None

    def open(self, generation: int, create: bool = False) -> None:
        self._client = _embedded(self.folder)
        if create:
            self.collection = _collection(self._client, COLLECTION)
        else:
            self.collection = self._client.get_collection(COLLECTION, embedding_function=None)
        _settle(self.collection)
        self.generation = generation

    def shut(self) -> None:
        if self._client is not None:
            self._client.close()
        self._client = self.collection = None
        self.generation = -1


_clients: dict[Path, _Client] = {}
_lending = Lock()


def _embedded(folder: Path) -> Any:
    quiet()
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    have_memory()
    try:
        return chromadb.PersistentClient(folder, settings=Settings(anonymized_telemetry=False))
    except BaseException:  # Chroma keeps what could not start, and would hand it to the next client of the folder
        SharedSystemClient._identifier_to_system.pop(str(folder), None)
        raise


def _http(url: str) -> Any:
    quiet()
    import chromadb
    from chromadb.config import Settings

    parts = urlsplit(url)
    secure = parts.scheme == "https"
    try:
        return chromadb.HttpClient(
            host=parts.hostname or "localhost",
            port=parts.port or (443 if secure else 8000),
            ssl=secure,
            settings=Settings(anonymized_telemetry=False),
        )
    except ValueError as error:  # Chroma's word for a connection refused
        raise StoreUnreachable(url, str(error)) from error


def _collection(client: Any, name: str) -> Any:
    return client.get_or_create_collection(name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}})


def _settle(collection: Any) -> None:
    """Chroma applies what was written when it is next asked something; this asks."""
    if collection.count():
        collection.peek(1)


def _nearest(collection: Any, vector: Vector, count: int, among: Sequence[int] | None) -> list[int]:
    keys = None if among is None else [str(key) for key in among]
    found = collection.query(query_embeddings=[vector], n_results=count, ids=keys, include=[])
    return [int(key) for key in found["ids"][0]]


def _keys(collection: Any) -> list[int]:
    return [int(key) for key in collection.get(include=[])["ids"]]


def _differences(collection: Any, entries: Iterable[Sequence[Entry]]) -> tuple[int, int]:
    held = other = 0
    for page in entries:
        found = collection.get(ids=[str(entry.key) for entry in page], include=["embeddings", "metadatas"])
        there = dict(zip(found["ids"], zip(found["embeddings"], found["metadatas"], strict=True), strict=True))
        held += len(there)
        other += sum(not _same(entry, *there.get(str(entry.key), (None, None))) for entry in page)
    return other, collection.count() - held


def _same(entry: Entry, vector: Vector | None, facts: Mapping[str, Any] | None) -> bool:
    import numpy as np

    return vector is not None and facts == _facts(entry) and np.allclose(vector, _vector(entry), atol=CLOSE)


def _vector(entry: Entry) -> Vector:
    import numpy as np

    return np.frombuffer(entry.vector, dtype="<f2").astype(np.float32)


def _write(collection: Any, born: Iterable[Sequence[Entry]], died: Sequence[int]) -> None:
    for start in range(0, len(died), PAGE):
        collection.delete(ids=[str(key) for key in died[start : start + PAGE]])
    for page in born:
        collection.upsert(
            ids=[str(entry.key) for entry in page],
            embeddings=[_vector(entry) for entry in page],
            metadatas=[_facts(entry) for entry in page],
        )


def _facts(entry: Entry) -> dict[str, str | int]:
    facts = {fact: getattr(entry, fact) for fact in FACTS}
    return {"article": entry.article, **{fact: value for fact, value in facts.items() if value is not None}}


@contextmanager
def _failures(shown: type[ShownError], store: Path) -> Iterator[None]:
    from chromadb.errors import ChromaError

    with shown_as(shown, store, ChromaError):
        yield
