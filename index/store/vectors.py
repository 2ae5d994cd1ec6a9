"""The vector index: Chroma.

Embedded, Chroma is not safe beside another process. A reader that opens a folder while another process writes to it
crashes or damages it (chromadb 1.5.9: segmentation faults). And it never sees what others write later. So there are two
copies of it, and a writer touches only the one that is not published. A copy is read under a shared lock and written
under an exclusive one; readers ask for the published copy, so they never wait for a writer.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from math import inf
from pathlib import Path
from shutil import copytree, rmtree
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from index.errors import ShownError, StoreDamaged, StoreUnreachable, StoreUnwritable
from index.quiet import quiet
from index.store.causes import have_memory, shown_as
from index.store.ledger import PAGE, PassageEntry, Published
from index.store.lock import SharedLock

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

COLLECTION = "passages"
SERVER = "server-"
CLOSE = 1e-3  # between numbers up to 1: those of float16 are no nearer to each other near 1
SHARD = 1_000_000  # keys of passages that one collection of a server holds
# Chroma Cloud takes at most 300 records or results in one request, and facts of at most 4,096 bytes.
MOST = 300
LONGEST = 1_000  # characters
# Requests to a server, of all searches of a process together: so many that eight collections are asked for each of
# eight questions. Their threads wait and compute nothing, and only those are begun that are needed at once. No setting:
# whoever has fewer collections or questions has fewer threads, and the server has its own line for what is too much.
AT_ONCE = 64
ANSWERS_WITHIN, FRESH = 2.0, 2.0  # seconds that a server has to say that it is there, and for which that holds
# Passages that a walk through the graph keeps (`ef_search`). Among a million, Chroma's own 100 finds .94 of the nearest
# ten, and this .99 (`python -m tests.bench.million`).
DEPTH = 300
FACTS = ("outlet", "author", "kind", "language", "day")


A = TypeVar("A")
B = TypeVar("B")


class Address(NamedTuple):
    """Where a Chroma server is, and what lets us in. The path of the URL has the tenant and the database, if any."""

    url: str
    token: str | None = None

    @property
    def shown(self) -> str:
        """Without user, password and token."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"

    @property
    def secure(self) -> bool:
        return urlsplit(self.url).scheme == "https"

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or "localhost"

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or (443 if self.secure else 8000)

    @property
    def database(self) -> tuple[str, str]:
        """The tenant and the database; empty where the server's own are meant."""
        tenant, _, database = urlsplit(self.url).path.strip("/").partition("/")
        return tenant, database

    @property
    def headers(self) -> dict[str, str]:
        """The first is for Chroma Cloud, the second for a proxy before a server of one's own."""
        return {"x-chroma-token": self.token, "Authorization": f"Bearer {self.token}"} if self.token else {}

    def __repr__(self) -> str:
        return f"Address({self.shown!r})"


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

    def count(self, at: int) -> int:
        with self._reading(at) as collection:
            return int(collection.count())

    def differences(self, at: int, entries: Iterable[Sequence[PassageEntry]]) -> tuple[int, int]:
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

    def write(self, born: Iterable[Sequence[PassageEntry]], died: Sequence[int], generation: int) -> None:
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
                    client.readers.close()
                    del _clients[self._folder]

    @property
    def _client(self) -> _Client:
        with _lending:
            client = _clients.get(self._folder) or _Client(self._folder)
            client.borrowers.add(self)
            return _clients.setdefault(self._folder, client)

    def _write(self, born: Iterable[Sequence[PassageEntry]], died: Sequence[int], generation: int) -> None:
        _write(self._client.collection, born, died)
        _settle(self._client.collection)
        self._client.generation = generation

    @contextmanager
    def _reading(self, at: int) -> Iterator[Any]:
        client = self._client
        with _failures(StoreDamaged, self._store), client.readers.held() as held:
            now = self._published()
            if not held or (now.generation, now.vectors) != (at, self.name):
                raise Moved
            # From here on nobody writes the folder, and whoever else reads it reads the same generation.
            with client.guard:
                if client.generation != at:
                    self._reopen(at)
            yield client.collection

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
        return ReadWriteLock(_lock_of(self._folder), is_singleton=False)

    def _opening(self) -> Any:
        """Opening a folder writes a little to it, so only one process does so at a time."""
        from filelock import FileLock

        return FileLock(self._folder.with_suffix(".opening"))


class Server:
    """Collections on a Chroma server, named after the store; another edition of the passages has others.

    Each holds the passages of `SHARD` keys, so that one machine of the server can hold it. All are asked at once. No
    request is larger than Chroma Cloud takes.
    """

    by_files = False
    wears = inf  # others read it while it is written, so it is not made again

    def __init__(self, place: Address, store: Callable[[], str], edition: int) -> None:
        self.name = f"{SERVER}{edition}"
        self._edition = edition
        self._place = place
        self._store = store
        self._guard = Lock()
        self._client: Any = None
        self._shards: dict[int, Any] = {}  # collections by their numbers
        self._seen = -1  # the generation at which the server was asked which there are
        self._threads: ThreadPoolExecutor | None = None
        self._asked: tuple[float, str | None] | None = None  # when it was last asked, and why it was not ready

    def require_answering(self) -> None:
        """Raises StoreUnreachable where the server does not answer within `ANSWERS_WITHIN` seconds.

        What it said holds for `FRESH` seconds.
        """
        if self._asked is None or time.monotonic() - self._asked[0] > FRESH:
            reason = _unanswered(self._place)
            self._asked = time.monotonic(), reason
        if reason := self._asked[1]:
            raise StoreUnreachable(self._place.shown, reason)

    def present(self) -> bool:
        with self._failures():
            return bool(self._listed())

    def near(self, at: int, vector: Vector, count: int, among: Sequence[int] | None = None) -> list[int]:
        """The keys of the passages nearest to a vector, at most 300 of each collection, the nearest first."""
        with self._failures():
            asked = [
                (collection, keys) for number, collection in self._opened(at).items() for keys in _parts(among, number)
            ]
            found = self._at_once(lambda one: _distances(one[0], vector, min(count, MOST), one[1]), asked)
            return [key for _, key in sorted(pair for pairs in found for pair in pairs)][:count]

    def keys(self, at: int) -> list[int]:
        with self._failures():
            return [key for collection in self._opened(at).values() for key in _keys_in_pages(collection)]

    def differences(self, at: int, entries: Iterable[Sequence[PassageEntry]]) -> tuple[int, int]:
        """How many of `entries` it lacks or holds otherwise, and how many others it holds."""
        lacks = held = 0
        with self._failures():
            shards = self._opened(at)
            for page in entries:
                for number, part in _sharded(page, lambda entry: entry.key).items():
                    there, other = _compared(shards[number], part) if number in shards else (0, len(part))
                    held, lacks = held + there, lacks + other
            return lacks, sum(self._at_once(lambda one: int(one.count()), list(shards.values()))) - held

    def become(self, other: Copy | None) -> None:
        """Makes it empty."""
        del other
        from chromadb.errors import NotFoundError

        with self._failures():
            for number in self._listed():
                with suppress(NotFoundError):
                    self._connected().delete_collection(self._collection_name(number))
            self._shards, self._seen = {}, -1

    def write(self, born: Iterable[Sequence[PassageEntry]], died: Sequence[int], generation: int) -> None:
        del generation
        with self._failures():
            shards = self._opened(-1)
            for number, keys in _sharded(died, lambda key: key).items():
                if number in shards:
                    _write(shards[number], (), keys)
            for page in born:
                for number, part in _sharded(page, lambda entry: entry.key).items():
                    _write(self._made(number), [part], ())
            if not self._shards:
                self._made(0)  # so that it is present

    def rest(self, published: str) -> None:
        """Nothing to end."""

    def close(self) -> None:
        with self._guard:
            if self._client is not None:
                self._client.close()
            if self._threads is not None:
                self._threads.shutdown()
            self._client, self._threads, self._shards, self._seen = None, None, {}, -1

    def _opened(self, at: int) -> dict[int, Any]:
        """The collections that there are, as the server said at a generation; at -1 it is asked again."""
        if at == -1 or self._seen != at:
            names = self._listed()
            self._shards = {
                number: self._connected().get_collection(self._collection_name(number), embedding_function=None)
                for number in names
            }
            self._seen = at
        return self._shards

    def _made(self, number: int) -> Any:
        if number not in self._shards:
            self._shards[number] = _collection(self._connected(), self._collection_name(number))
        return self._shards[number]

    def _listed(self) -> list[int]:
        """The numbers of the collections that there are."""
        client, names = self._connected(), list[str]()
        while page := [each.name for each in client.list_collections(limit=PAGE, offset=len(names))]:
            names += page
        first = self._collection_name(0)
        return sorted(
            int(name.removeprefix(first)[1:] or 0) for name in names if name == first or name.startswith(f"{first}-")
        )

    def _at_once(self, ask: Callable[[A], B], of: Sequence[A]) -> list[B]:
        if len(of) < 2:
            return [ask(each) for each in of]
        with self._guard:
            self._threads = self._threads or ThreadPoolExecutor(AT_ONCE, thread_name_prefix="chroma")
        return list(self._threads.map(ask, of))

    def _connected(self) -> Any:
        with self._guard:
            if self._client is None:
                self._client = _http(self._place)
            return self._client

    def _collection_name(self, number: int) -> str:
        return f"byline-{self._store()}-{self._edition}{f'-{number}' if number else ''}"

    @contextmanager
    def _failures(self) -> Iterator[None]:
        import httpx
        from chromadb.errors import ChromaError

        try:
            yield
        except (ChromaError, httpx.HTTPError) as error:
            raise StoreUnreachable(self._place.shown, str(error)) from error


class _Client:
    """The one client that this process has on a folder: Chroma shares its state between clients of one path anyway."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.readers = SharedLock(_lock_of(folder))
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


def _http(place: Address) -> Any:
    quiet()
    import chromadb
    from chromadb.config import DEFAULT_DATABASE, DEFAULT_TENANT, Settings

    tenant, database = place.database
    try:
        return chromadb.HttpClient(
            host=place.host,
            port=place.port,
            ssl=place.secure,
            headers=place.headers,
            tenant=tenant or DEFAULT_TENANT,
            database=database or DEFAULT_DATABASE,
            settings=Settings(anonymized_telemetry=False),
        )
    except ValueError as error:  # Chroma's word for a connection refused
        raise StoreUnreachable(place.shown, str(error)) from error


def _unanswered(place: Address) -> str | None:
    """Why a server does not say how many collections there are; None where it does. Chroma's client would wait for a
    server that hangs for ever."""
    import httpx
    from chromadb.config import DEFAULT_DATABASE, DEFAULT_TENANT

    tenant, database = place.database
    origin = f"http{'s' if place.secure else ''}://{_in_brackets(place.host)}:{place.port}"
    path = f"/api/v2/tenants/{tenant or DEFAULT_TENANT}/databases/{database or DEFAULT_DATABASE}/collections_count"
    try:
        reply = httpx.get(origin + path, headers=place.headers, timeout=ANSWERS_WITHIN)
    except httpx.HTTPError as error:
        return str(error)
    return None if reply.is_success else f"{reply.status_code} {reply.reason_phrase}"


def _in_brackets(host: str) -> str:
    """A host as it stands in an address: IPv6 has colons of its own."""
    return f"[{host}]" if ":" in host else host


def _collection(client: Any, name: str) -> Any:
    """The collection to write to. One that was made with another depth gets ours for whoever opens it next.

    One that is there is only looked up: Chroma's `get_or_create_collection` locks its database, and may keep the lock
    for a moment after it has returned. What changes the collection then fails with "database is locked".
    """
    from chromadb.errors import NotFoundError

    hnsw = {"space": "cosine", "ef_search": DEPTH}
    try:
        found = client.get_collection(name, embedding_function=None)
    except NotFoundError:
        return client.get_or_create_collection(name, embedding_function=None, configuration={"hnsw": hnsw})
    now = found.configuration_json.get("hnsw")  # none where the server has another kind of index
    if now and now.get("ef_search") != DEPTH:
        found.modify(configuration={"hnsw": {"ef_search": DEPTH}})
    return found


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


def _distances(collection: Any, vector: Vector, count: int, among: Sequence[int] | None) -> list[tuple[float, int]]:
    """The nearest passages of one collection: how far they are, and their keys."""
    keys = None if among is None else [str(key) for key in among]
    found = collection.query(query_embeddings=[vector], n_results=count, ids=keys, include=["distances"])
    return [(float(far), int(key)) for far, key in zip(found["distances"][0], found["ids"][0], strict=True)]


def _keys_in_pages(collection: Any) -> Iterator[int]:
    read, page = 0, [""]
    while page:
        page = collection.get(include=[], limit=MOST, offset=read)["ids"]
        read += len(page)
        yield from map(int, page)


def _sharded(items: Sequence[A], key_of: Callable[[A], int]) -> dict[int, list[A]]:
    """The items by the numbers of the collections that hold them."""
    shards: dict[int, list[A]] = {}
    for item in items:
        shards.setdefault(key_of(item) // SHARD, []).append(item)
    return shards


def _parts(keys: Sequence[int] | None, shard: int) -> list[Sequence[int] | None]:
    """The keys that one collection holds, so many at a time as may be asked about; None for all."""
    if keys is None:
        return [None]
    own = [key for key in keys if key // SHARD == shard]
    return [own[start : start + MOST] for start in range(0, len(own), MOST)]


def _differences(collection: Any, entries: Iterable[Sequence[PassageEntry]]) -> tuple[int, int]:
    held = other = 0
    for page in entries:
        there, lacking = _compared(collection, page)
        held, other = held + there, other + lacking
    return other, collection.count() - held


def _compared(collection: Any, page: Sequence[PassageEntry]) -> tuple[int, int]:
    """How many of a page a collection holds, and how many it lacks or holds otherwise."""
    found = collection.get(ids=[str(entry.key) for entry in page], include=["embeddings", "metadatas"])
    there = dict(zip(found["ids"], zip(found["embeddings"], found["metadatas"], strict=True), strict=True))
    return len(there), sum(not _same(entry, *there.get(str(entry.key), (None, None))) for entry in page)


def _same(entry: PassageEntry, vector: Vector | None, facts: Mapping[str, Any] | None) -> bool:
    import numpy as np

    return vector is not None and facts == _facts(entry) and np.allclose(vector, _vector(entry), atol=CLOSE)


def _vector(entry: PassageEntry) -> Vector:
    import numpy as np

    return np.frombuffer(entry.vector, dtype="<f2").astype(np.float32)


def _write(collection: Any, born: Iterable[Sequence[PassageEntry]], died: Sequence[int]) -> None:
    for start in range(0, len(died), PAGE):
        collection.delete(ids=[str(key) for key in died[start : start + PAGE]])
    for page in born:
        collection.upsert(
            ids=[str(entry.key) for entry in page],
            embeddings=[_vector(entry) for entry in page],
            metadatas=[_facts(entry) for entry in page],
        )


def _facts(entry: PassageEntry) -> dict[str, str | int]:
    facts = {fact: getattr(entry, fact) for fact in FACTS}
    said = {name: value[:LONGEST] if isinstance(value, str) else value for name, value in facts.items()}
    return {"article": entry.article, **{name: value for name, value in said.items() if value is not None}}


def _lock_of(folder: Path) -> Path:
    return folder.with_suffix(".lock")


@contextmanager
def _failures(shown: type[ShownError], store: Path) -> Iterator[None]:
    from chromadb.errors import ChromaError

    with shown_as(shown, store, ChromaError):
        yield
