"""The one truth: SQLite with every article, passage and vector, and what of them readers may see.

An article row was born in one generation and may have died in a later one. Readers see the rows alive in the
*published* generation. A writer stages rows of the next generation, brings the followers (Chroma, tantivy) up to it,
and then publishes it in one transaction. Followers hold nothing that cannot be made again from here.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from index.errors import ShownError, StoreDamaged, StoreUnwritable
from index.fingerprint import version
from index.types import Article, Filters, Kind, Passage, Source

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FORMAT = 1
PAGE = 256  # passages read at a time
TEXTS = 16  # articles read at a time
_OUTSIDE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_READONLY,
}  # what the machine did, not the file
_SCHEMA = """
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE published (generation INTEGER NOT NULL, vectors TEXT NOT NULL);
CREATE TABLE follower (
    name TEXT PRIMARY KEY,
    reached INTEGER NOT NULL,  -- holds every passage born until then
    swept INTEGER NOT NULL,    -- holds no passage that died until then
    whole INTEGER NOT NULL     -- 0 from before it is written until after
);
CREATE TABLE article (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    born INTEGER NOT NULL,
    died INTEGER,
    digest TEXT NOT NULL,
    version TEXT NOT NULL,
    day INTEGER,
    id TEXT NOT NULL,
    title TEXT NOT NULL,
    url TEXT,
    author TEXT,
    outlet TEXT,
    published TEXT,
    modified TEXT,
    as_of TEXT,
    kind TEXT,
    language TEXT,
    fetched TEXT,
    sources TEXT NOT NULL,
    text TEXT NOT NULL         -- last: a list of articles does not read it
);
CREATE INDEX article_id ON article (id);
CREATE INDEX article_born ON article (born, died);
CREATE INDEX article_died ON article (died) WHERE died IS NOT NULL;
CREATE INDEX article_outlet ON article (outlet);
CREATE INDEX article_author ON article (author);
CREATE INDEX article_kind ON article (kind);
CREATE INDEX article_language ON article (language);
CREATE TABLE passage (
    key INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used twice: followers may still hold a dead one
    article INTEGER NOT NULL,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    text TEXT NOT NULL,        -- a copy, so that a hit does not read the whole article
    vector BLOB NOT NULL       -- float16, little-endian
);
CREATE INDEX passage_article ON passage (article);
"""
_FACTS = "id, title, url, author, outlet, published, modified, as_of, kind, language, fetched, sources"
_ALIVE = "born <= :at AND (died IS NULL OR died > :at)"
_NOW = _ALIVE.replace(":at", "(SELECT generation FROM published)")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the passages and vectors of a store were made with."""

    embedder: str
    dimension: int
    chunk: int  # word pieces of a passage, at most


class Published(NamedTuple):
    generation: int
    vectors: str  # the follower whose vectors are to be searched


class Follower(NamedTuple):
    reached: int
    swept: int
    whole: bool


class Draft(NamedTuple):
    """An article that is to be written, with its passages and their vectors (n, dim)."""

    article: Article
    digest: str
    passages: Sequence[Passage]
    vectors: NDArray[np.float16]


class Entry(NamedTuple):
    """A passage as the followers take it in."""

    key: int
    article: int
    text: str
    vector: bytes
    title: str
    author: str | None
    outlet: str | None
    kind: str | None
    language: str | None
    day: int | None


class Found(NamedTuple):
    """A passage as a search needs it."""

    key: int
    passage: Passage
    vector: bytes


class Ledger:
    """One SQLite file. Methods may be called from several threads; writing ones by the holder of the writer's lock."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "ledger.sqlite"
        self._idle: list[sqlite3.Connection] = []

    def exists(self) -> bool:
        return self.path.is_file()

    def create(self, settings: Settings) -> None:
        """Makes the file complete or not at all: it is moved into place when it is done."""
        making = self.path.with_suffix(".making")
        making.unlink(missing_ok=True)
        connection = sqlite3.connect(making)
        with connection:
            connection.executescript(_SCHEMA)
            connection.execute(f"PRAGMA user_version = {FORMAT}")
            values = {"store": uuid4().hex, **{name: str(getattr(settings, name)) for name in Settings.__slots__}}
            connection.executemany("INSERT INTO setting VALUES (?, ?)", values.items())
            connection.execute("INSERT INTO published VALUES (0, '')")
        connection.close()
        making.replace(self.path)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    # Settings and state

    def format(self) -> int:
        return int(self._one("PRAGMA user_version")[0])

    def settings(self) -> Settings:
        values = self._settings()
        return Settings(values["embedder"], int(values["dimension"]), int(values["chunk"]))

    def store(self) -> str:
        """A name for this store that no other has."""
        return self._settings()["store"]

    def published(self) -> Published:
        return Published(*self._one("SELECT generation, vectors FROM published"))

    def followers(self) -> dict[str, Follower]:
        rows = self._all("SELECT name, reached, swept, whole FROM follower")
        return {name: Follower(reached, swept, bool(whole)) for name, reached, swept, whole in rows}

    def staged(self) -> bool:
        """Whether there are rows of a generation that is not published yet."""
        at = {"at": self.published().generation}
        query = (
            "SELECT EXISTS (SELECT 1 FROM article WHERE born > :at) OR EXISTS (SELECT 1 FROM article WHERE died > :at)"
        )
        return bool(self._one(query, at)[0])

    # Articles

    def __len__(self) -> int:
        return int(self._one(f"SELECT count(*) FROM article WHERE {_NOW}")[0])

    def article(self, article_id: str) -> Article | None:
        rows = self._all(f"SELECT {_FACTS}, text FROM article WHERE id = :id AND {_NOW}", {"id": article_id})
        return _article(rows[0]) if rows else None

    def articles(self) -> Iterator[Article]:
        """Every article by id, read a page at a time."""
        query = f"SELECT {_FACTS}, text FROM article WHERE id > :after AND {_NOW} ORDER BY id LIMIT {TEXTS}"
        after = ""
        while rows := self._all(query, {"after": after}):
            yield from map(_article, rows)
            after = rows[-1][0]

    def digest(self, article_id: str) -> str | None:
        rows = self._all(f"SELECT digest FROM article WHERE id = :id AND {_NOW}", {"id": article_id})
        return rows[0][0] if rows else None

    def passages(self, article_id: str) -> tuple[Passage, ...]:
        query = (
            "SELECT start, end, passage.text FROM passage JOIN article ON article = number "
            f"WHERE id = :id AND {_NOW} ORDER BY start"
        )
        return tuple(Passage(article_id, *row) for row in self._all(query, {"id": article_id}))

    # What a search asks

    def found(self, keys: Iterable[int], at: int) -> list[Found]:
        """The passages of `keys` that are alive in a generation, with their vectors."""
        query = (
            "SELECT key, id, start, end, passage.text, vector FROM passage JOIN article ON article = number "
            f"WHERE key IN (SELECT value FROM json_each(:keys)) AND {_ALIVE}"
        )
        rows = self._all(query, {"keys": json.dumps(list(keys)), "at": at})
        return [Found(key, Passage(*passage), vector) for key, *passage, vector in rows]

    def spellings(self, filters: Filters) -> dict[str, list[str]]:
        """For each fact that a filter names, its values in the store that are meant: letters' case does not matter,
        and an author may be one of several."""
        asked = {"outlet": filters.outlet, "author": filters.author, "kind": filters.kind, "language": filters.language}
        return {fact: self._spelled(fact, values) for fact, values in asked.items() if values}

    def _spelled(self, fact: str, asked: Sequence[str]) -> list[str]:
        wanted = {_folded(value) for value in asked}
        stored = self._all(f"SELECT DISTINCT {fact} FROM article WHERE {fact} IS NOT NULL")
        return sorted(value for (value,) in stored if wanted & _names(value))

    # What a follower asks

    def entries(self, after: int, until: int) -> Iterator[list[Entry]]:
        """The passages born after one generation that are alive in another, in pages. Keys grow with generations."""
        first = (
            "SELECT coalesce(min(key), 0) FROM passage "
            "WHERE article >= (SELECT min(number) FROM article WHERE born > ?)"
        )
        query = (
            "SELECT key, number, passage.text, vector, title, author, outlet, kind, language, day "
            "FROM passage CROSS JOIN article ON article = number "
            f"WHERE key > :key AND {_ALIVE} ORDER BY key LIMIT {PAGE}"
        )
        key = self._one(first, (after,))[0] - 1
        while key >= 0 and (rows := self._all(query, {"at": until, "key": key})):
            yield [Entry(*row) for row in rows]
            key = rows[-1][0]

    def dead(self, after: int, until: int) -> list[int]:
        """The keys of the passages that died after one generation and until another."""
        query = "SELECT key FROM article JOIN passage ON article = number WHERE died > ? AND died <= ? ORDER BY key"
        return [key for (key,) in self._all(query, (after, until))]

    def keys(self) -> set[int]:
        query = f"SELECT key FROM article JOIN passage ON article = number WHERE {_NOW}"
        return {key for (key,) in self._all(query)}

    # Writing

    def stage(self, drafts: Iterable[Draft], gone: Iterable[str] = ()) -> int:
        """Adds a generation that readers do not see yet, and gives its number."""
        with self._connection() as connection, connection:
            at = connection.execute("SELECT generation FROM published").fetchone()[0]
            for draft in drafts:
                _bury(connection, draft.article.id, at)
                _insert(connection, draft, at + 1)
            for article_id in gone:
                _bury(connection, article_id, at)
        return int(at) + 1

    def publish(self, published: Published) -> None:
        self._write("UPDATE published SET generation = ?, vectors = ?", published)

    def follow(self, name: str, state: Follower) -> None:
        self._write("INSERT OR REPLACE INTO follower VALUES (?, ?, ?, ?)", (name, *state))

    def unfollow(self, name: str) -> None:
        self._write("DELETE FROM follower WHERE name = ?", (name,))

    def bury(self, until: int) -> None:
        """Forgets the rows that died until a generation: no follower holds them any more."""
        with self._connection() as connection, connection:
            dead = "SELECT number FROM article WHERE died <= ?"
            connection.execute(f"DELETE FROM passage WHERE article IN ({dead})", (until,))
            connection.execute("DELETE FROM article WHERE died <= ?", (until,))

    # Connections: a statement takes an idle one or makes one, so that threads never share one

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._idle.pop() if self._idle else self._connect()
            yield connection
        except sqlite3.OperationalError as error:
            raise self._shown(error) from error
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:
                raise  # a mistake of ours
            raise StoreDamaged(self.folder, str(error)) from error
        self._idle.append(connection)

    def _shown(self, error: sqlite3.OperationalError) -> ShownError:
        if error.sqlite_errorcode & 0xFF in _OUTSIDE:
            return StoreUnwritable(self.folder, str(error))
        return StoreDamaged(self.folder, str(error))

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.resolve().as_uri()}?mode=rw", uri=True, timeout=30, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a follower must never know more than the ledger
        connection.execute("PRAGMA secure_delete = ON")  # what was removed is gone from the file
        return connection

    def _all(self, query: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
        with self._connection() as connection:
            return connection.execute(query, values).fetchall()

    def _one(self, query: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> tuple[Any, ...]:
        return self._all(query, values)[0]

    def _write(self, query: str, values: Sequence[Any]) -> None:
        with self._connection() as connection, connection:
            connection.execute(query, values)

    def _settings(self) -> dict[str, str]:
        return dict(self._all("SELECT name, value FROM setting"))


def _bury(connection: sqlite3.Connection, article_id: str, at: int) -> None:
    connection.execute("UPDATE article SET died = ? WHERE id = ? AND died IS NULL", (at + 1, article_id))


def _insert(connection: sqlite3.Connection, draft: Draft, born: int) -> None:
    values = (born, draft.digest, version(draft.article.text), *_row(draft.article))
    marks = ", ".join("?" * len(values))
    number = connection.execute(
        f"INSERT INTO article (born, digest, version, day, {_FACTS}, text) VALUES ({marks})", values
    ).lastrowid
    connection.executemany(
        "INSERT INTO passage (article, start, end, text, vector) VALUES (?, ?, ?, ?, ?)",
        (
            (number, passage.start, passage.end, passage.text, vector.tobytes())
            for passage, vector in zip(draft.passages, draft.vectors, strict=True)
        ),
    )


def _row(article: Article) -> tuple[Any, ...]:
    return (
        article.day and article.day.toordinal(),
        article.id,
        article.title,
        article.url,
        article.author,
        article.outlet,
        article.published and article.published.isoformat(),
        article.modified and article.modified.isoformat(),
        article.as_of and article.as_of.isoformat(),
        article.kind,
        article.language,
        article.fetched and article.fetched.isoformat(),
        json.dumps([astuple(source) for source in article.sources], ensure_ascii=False),
        article.text,
    )


def _article(row: Sequence[Any]) -> Article:
    id_, title, url, author, outlet, published, modified, as_of, kind, language, fetched, sources, text = row
    return Article(
        id_,
        title,
        text,
        url=url,
        author=author,
        outlet=outlet,
        published=_moment(published),
        modified=_moment(modified),
        as_of=as_of and date.fromisoformat(as_of),
        kind=kind and Kind(kind),
        language=language,
        fetched=fetched and datetime.fromisoformat(fetched),
        sources=tuple(Source(*source) for source in json.loads(sources)),
    )


def _moment(iso: str | None) -> datetime | date | None:
    if iso is None:
        return None
    return datetime.fromisoformat(iso) if "T" in iso else date.fromisoformat(iso)


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def _names(value: str) -> set[str]:
    """A fact's value and, where it names several people, each of them, with case folded."""
    whole = _folded(value)
    for comma in (" and ", "&", ";", "、", "，"):
        whole = whole.replace(comma, ",")
    return {_folded(value), *(name.strip() for name in whole.split(","))}
