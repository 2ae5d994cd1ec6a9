"""The one truth: SQLite with every article, passage and vector, and what of them readers may see.

An article row was born in one generation and may have died in a later one. Readers see the rows alive in the
*published* generation. A writer stages rows of the next generation and brings the followers (Chroma, tantivy) up to it.
Then it publishes the generation in one transaction. Followers hold nothing that cannot be made again from here.

Passages and their vectors belong to an *edition*: what was made with one embedder and one size of passages. Readers see
those of the published edition; another is made beside it, an article at a time, and published when it is complete.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from index.errors import StoreUnwritable
from index.fingerprint import version
from index.sql import Connection, SQLiteConnection
from index.store.causes import shown_as
from index.store.collections import release_gone
from index.store.database import Database, ServerTables
from index.store.revisions import insert_coming, insert_revision, unchanged
from index.store.rows import ALIVE, FACTS, NOW, alive, article_of, republication_of, row_of
from index.store.schema import FORMAT, SCHEMA
from index.store.syndication import insert_bands
from index.types import Article, Passage, Republication, Revision

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

HEARD = 60.0  # seconds in which a replica that runs is heard of
PAGE = 256  # passages read at a time
TEXTS = 16  # articles read at a time
_NONE = "'[]'"
_IN_FORCE = "(SELECT edition FROM published)"
# The name that the store was made with: restoring gives it another, and keeps that.
_ORIGIN = "SELECT value FROM setting WHERE name IN ('origin', 'store') ORDER BY name LIMIT 1"
# Of an article that was there after a generation and is written anew since, the version of its text in that generation.
_VERSION_THEN = (
    "SELECT before FROM revision WHERE article_id = article.id AND generation > :after ORDER BY generation LIMIT 1"
)
_FORGET_REVISIONS = """
DELETE FROM revision WHERE article_id IN (
    SELECT id FROM article AS dead WHERE died <= :generation
    AND NOT EXISTS (SELECT 1 FROM article WHERE article.id = dead.id AND died IS NULL)
)
"""
_LACKING = (
    f"{NOW} AND copy_of IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM passage WHERE passage.article = number AND edition = :edition)"
)
_ROW = f"born, digest, version, copy_of, day, {FACTS}, text"
_FOLLOW = """
INSERT INTO follower (name, edition, reached, swept, whole, removed)
VALUES (:name, :edition, :reached, :swept, :whole, :removed)
ON CONFLICT (name) DO UPDATE SET edition = excluded.edition, reached = excluded.reached, swept = excluded.swept,
    whole = excluded.whole, removed = excluded.removed
"""
# Followers that have not been heard of for a week are made again, and so are those that were not told of what died.
_TOMBSTONES = (
    """
    UPDATE published SET forgotten = greatest(forgotten, (
        SELECT coalesce(max(died), 0) FROM tombstone WHERE at < now() - interval '7 days'
    ))
    """,
    "DELETE FROM tombstone WHERE died <= (SELECT forgotten FROM published)",
    "DELETE FROM replica WHERE seen < now() - interval '7 days'",
    """
    INSERT INTO tombstone (key, edition, died)
    SELECT key, edition, died FROM article JOIN passage ON article = number WHERE died <= :generation
    ON CONFLICT DO NOTHING
    """,
)
_REGISTER = """
INSERT INTO replica VALUES (:name, :generation, :edition, now())
ON CONFLICT (name) DO UPDATE SET generation = excluded.generation, edition = excluded.edition, seen = excluded.seen
"""
_PASSAGE = """
INSERT INTO passage (article, edition, start, "end", text, vector)
VALUES (:article, :edition, :start, :end, :text, :vector)
"""


def named(columns: str) -> str:
    """The parameters that have the names of columns.

    >>> named("id, title")
    ':id, :title'
    """
    return ", ".join(f":{column}" for column in columns.split(", "))


_INSERT = f"INSERT INTO article ({_ROW}) VALUES ({named(_ROW)}) RETURNING number"
_SETTINGS = "embedder, dimension, chunk, precision"


@dataclass(frozen=True, slots=True)
class EditionSettings:
    """The settings that the passages and vectors of an edition were made with."""

    embedder: str
    dimension: int
    chunk: int  # word pieces of a passage, at most
    precision: str = "float32"  # of the numbers that the embedder computed with: float32, bfloat16 or int8


class Published(NamedTuple):
    generation: int
    edition: int
    vectors: str  # the follower whose vectors are to be searched
    words: str  # the follower whose words are to be searched


class ReplicaPosition(NamedTuple):
    """Where the readers of a replica are."""

    generation: int
    edition: int


class Follower(NamedTuple):
    edition: int
    reached: int = 0
    swept: int = 0
    whole: int = 1  # or 0
    removed: int = 0  # passages that were taken out of it since it was empty


class ArticleDraft(NamedTuple):
    """An article that is to be written, with its passages and their vectors (n, dim)."""

    article: Article
    digest: str
    passages: Sequence[Passage]
    vectors: NDArray[np.float16]
    bands: Sequence[int] = ()  # by which its copies are found
    copy_of: str | None = None  # the article whose text it repeats; then there are no passages
    revision: Revision | None = None  # of an article that was known


class PassageEntry(NamedTuple):
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
    before: str | None  # the text of the passage before it in the article
    after: str | None


class StatedFacts(NamedTuple):
    """The facts that an article states of itself, as a question may name them."""

    outlet: str | None = None
    author: str | None = None
    kind: str | None = None
    day: int | None = None
    copies: str = "[]"  # the outlets of its copies, as JSON, where they were looked up

    @property
    def outlets(self) -> set[str | None]:
        return {self.outlet, *json.loads(self.copies)}


class FoundPassage(NamedTuple):
    """A passage as a search needs it."""

    key: int
    passage: Passage
    vector: bytes
    facts: StatedFacts = StatedFacts()


class Ledger(Database):
    """All tables. Methods may be called from several threads; writing ones by the holder of the writer's lock."""

    def create(self, settings: EditionSettings) -> None:
        """Makes it complete or not at all."""
        if isinstance(self.tables, ServerTables):
            with self.tables.database.writing() as connection:
                _begin(connection, settings)
        else:
            self._create_file(settings)

    def _create_file(self, settings: EditionSettings) -> None:
        """The file is moved into place when it is done. Raises StoreUnwritable."""
        making = self.path.with_suffix(".making")
        with shown_as(StoreUnwritable, self.folder, sqlite3.Error):
            making.unlink(missing_ok=True)
            with closing(sqlite3.connect(making)) as connection, connection:
                connection.executescript(SCHEMA)
                connection.execute(f"PRAGMA user_version = {FORMAT}")
                _begin(SQLiteConnection(connection), settings)
            making.replace(self.path)

    # Settings and state

    def settings(self) -> EditionSettings:
        """The settings of the published edition."""
        query = f"SELECT {_SETTINGS} FROM edition WHERE number = {_IN_FORCE}"
        return EditionSettings(*self._one(query))

    def store(self) -> str:
        """A name for this store that no other has."""
        return str(self._one("SELECT value FROM setting WHERE name = 'store'")[0])

    def published(self) -> Published:
        return Published(*self._one("SELECT generation, edition, vectors, words FROM published"))

    def published_lately(self) -> Published:
        """The same: see `Replica`."""
        return self.published()

    def origin(self) -> str:
        """The name that the store was made with."""
        return str(self._one(_ORIGIN)[0])

    def followers(self) -> dict[str, Follower]:
        rows = self._all("SELECT name, edition, reached, swept, whole, removed FROM follower")
        return {name: Follower(*state) for name, *state in rows}

    def staged(self) -> bool:
        """Whether there are rows of a generation that is not published yet."""
        at = {"at": self.published().generation}
        query = (
            "SELECT EXISTS (SELECT 1 FROM article WHERE born > :at) OR EXISTS (SELECT 1 FROM article WHERE died > :at)"
        )
        return bool(self._one(query, at)[0])

    # Replicas, of a ledger in PostgreSQL

    def register(self, name: str, at: ReplicaPosition) -> None:
        """Notes where a replica is; this alone is written without the writer's lock."""
        assert isinstance(self.tables, ServerTables)
        with self.tables.database.writing() as connection:
            connection.execute(_REGISTER, {"name": name, **at._asdict()})

    def unregister(self, name: str) -> None:
        """No writer waits for it any more."""
        assert isinstance(self.tables, ServerTables)
        with self.tables.database.writing() as connection:
            connection.execute("DELETE FROM replica WHERE name = :name", {"name": name})

    def replicas(self, within: float) -> dict[str, ReplicaPosition]:
        """The replicas that were heard of in so many seconds, by their names."""
        if not isinstance(self.tables, ServerTables):
            return {}
        query = "SELECT name, generation, edition FROM replica WHERE seen > now() - make_interval(secs => :within)"
        return {name: ReplicaPosition(*at) for name, *at in self._all(query, {"within": within})}

    def seen(self) -> list[tuple[str, int, float]]:
        """The replicas, by name: what generation their readers see, and seconds since they were heard of."""
        query = "SELECT name, generation, extract(epoch FROM now() - seen)::float8 FROM replica ORDER BY name"
        return [(str(name), int(at), float(ago)) for name, at, ago in self._all(query)]

    def horizon(self) -> ReplicaPosition:
        """The horizon: what died before its generation, and the editions before its edition, no reader sees."""
        now = self.published()
        reading = [at for at in self.replicas(HEARD).values() if at.generation]
        known = [ReplicaPosition(now.generation, now.edition), *reading]
        return ReplicaPosition(min(each.generation for each in known), min(each.edition for each in known))

    def forgotten(self) -> int:
        """The last generation whose dead passages followers can no longer be told of."""
        if not isinstance(self.tables, ServerTables):
            return 0
        return int(self._one("SELECT forgotten FROM published")[0])

    # Articles

    def __len__(self) -> int:
        """The number of articles that are no copies."""
        return int(self._one(f"SELECT count(*) FROM article WHERE copy_of IS NULL AND {NOW}")[0])

    def article(self, article_id: str) -> Article | None:
        """An article as it was given, with its copies."""
        rows = self._all(f"SELECT {FACTS}, text FROM article WHERE id = :id AND {NOW}", {"id": article_id})
        return self._with_copies(rows)[0] if rows else None

    def articles(self) -> Iterator[Article]:
        """Every article that is no copy, by id, with its copies, read a page at a time."""
        query = (
            f"SELECT {FACTS}, text FROM article WHERE id > :after AND copy_of IS NULL AND {NOW} "
            f"ORDER BY id LIMIT {TEXTS}"
        )
        after = ""
        while rows := self._all(query, {"after": after}):
            yield from self._with_copies(rows)
            after = rows[-1][0]

    def _with_copies(self, rows: Sequence[Sequence[Any]]) -> list[Article]:
        query = (
            "SELECT copy_of, id, outlet, url, published FROM article "
            f"WHERE {self.dialect.among('copy_of', 'ids')} AND {NOW} ORDER BY id"
        )
        also: dict[str, list[Republication]] = {}
        for original, *copy in self._all(query, {"ids": [row[0] for row in rows]}):
            also.setdefault(original, []).append(republication_of(copy))
        return [article_of(row, also.get(row[0], ())) for row in rows]

    def arrived(self, after: int) -> list[str]:
        """The ids of the articles, no copies, that came after a generation or whose text is not that of then; the
        latest first."""
        query = (
            f"SELECT id FROM article WHERE born > :after AND copy_of IS NULL AND {NOW} "
            f"AND version IS DISTINCT FROM ({_VERSION_THEN}) ORDER BY number DESC"
        )
        return [article_id for (article_id,) in self._all(query, {"after": after})]

    def digests(self, ids: Sequence[str]) -> dict[str, str]:
        """The digests of those of the articles that are here, by their ids."""
        query = f"SELECT id, digest FROM article WHERE {self.dialect.among('id', 'ids')} AND {NOW}"
        return dict(self._all(query, {"ids": list(ids)}))

    def all_digests(self) -> Iterator[str]:
        """The digests of all articles that are here, copies too."""
        query = f"SELECT digest FROM article WHERE {NOW}"
        return (digest for (digest,) in self._all(query))

    def numbers(self, ids: Sequence[str], at: int) -> dict[str, int]:
        """The numbers of those of the articles that are alive in a generation, by their ids; of a copy, that of the
        article whose text it repeats."""
        query = (
            "SELECT article.id, coalesce(original.number, article.number) FROM article "
            f"LEFT JOIN article AS original ON original.id = article.copy_of AND {_alive('original')} "
            f"WHERE {self.dialect.among('article.id', 'ids')} AND {_alive('article')}"
        )
        return dict(self._all(query, {"ids": list(ids), "at": at}))

    def passages(self, article_id: str) -> tuple[Passage, ...]:
        query = (
            'SELECT start, "end", passage.text FROM passage JOIN article ON article = number '
            f"WHERE id = :id AND {NOW} AND edition = {_IN_FORCE} ORDER BY start"
        )
        return tuple(Passage(article_id, *row) for row in self._all(query, {"id": article_id}))

    # What a search asks

    def found(self, keys: Iterable[int], at: int, edition: int, copies: bool = False) -> list[FoundPassage]:
        """The passages of `keys` that are alive in a generation and edition, with their vectors.

        The outlets of their articles' copies are looked up only where asked: that takes as long as all the rest.
        """
        outlets = (
            f"(SELECT {self.dialect.json_list('copy.outlet')} FROM article AS copy "
            f"WHERE copy.copy_of = article.id AND {_alive('copy')})"
        )
        query = (
            'SELECT key, vector, id, start, "end", passage.text, outlet, author, kind, day, '
            f"{outlets if copies else _NONE} FROM passage JOIN article ON article = number "
            f"WHERE {self.dialect.among('key', 'keys')} AND {ALIVE} AND edition = :edition"
        )
        rows = self._all(query, {"keys": list(keys), "at": at, "edition": edition})
        return [FoundPassage(key, Passage(*rest[:4]), vector, StatedFacts(*rest[4:])) for key, vector, *rest in rows]

    def vectors(self, keys: Iterable[int]) -> dict[int, bytes]:
        """The vectors of the passages of `keys`."""
        query = f"SELECT key, vector FROM passage WHERE {self.dialect.among('key', 'keys')}"
        return dict(self._all(query, {"keys": list(keys)}))

    def republished(self, outlets: Sequence[str], at: int) -> list[int]:
        """The numbers of the articles of which one of `outlets` has a copy in a generation."""
        query = (
            "SELECT DISTINCT original.number FROM article JOIN article AS original ON original.id = article.copy_of "
            f"WHERE article.copy_of IS NOT NULL AND {self.dialect.among('article.outlet', 'outlets')} "
            f"AND {_alive('article')} AND {_alive('original')} ORDER BY original.number"
        )
        return [number for (number,) in self._all(query, {"outlets": list(outlets), "at": at})]

    # What a follower asks

    def entries(self, edition: int, after: int, until: int) -> Iterator[list[PassageEntry]]:
        """The passages of an edition born after one generation that are alive in another, in pages.

        Of what was born later in one edition, the keys are greater.
        """
        first = (
            "SELECT coalesce(min(key), 0) FROM passage "
            "WHERE article >= (SELECT min(number) FROM article WHERE born > :after)"
        )
        query = (
            "SELECT key, number, passage.text, vector, title, author, outlet, kind, language, day, "
            f"{_beside('- 1')}, {_beside('+ 1')} "
            f"FROM {self.dialect.nested_join('passage', 'article')} ON article = number "
            f"WHERE key > :key AND {ALIVE} AND edition = :edition ORDER BY key LIMIT {PAGE}"
        )
        key = self._one(first, {"after": after})[0] - 1
        while key >= 0 and (rows := self._all(query, {"at": until, "key": key, "edition": edition})):
            yield [PassageEntry(*row) for row in rows]
            key = rows[-1][0]

    def dead(self, edition: int, after: int, until: int) -> list[int]:
        """The keys of the passages of an edition that died after one generation and until another, in order."""
        query = (
            "SELECT key FROM article JOIN passage ON article = number "
            "WHERE died > :after AND died <= :until AND edition = :edition"
        )
        if isinstance(self.tables, ServerTables):
            tombstones = "SELECT key FROM tombstone WHERE died > :after AND died <= :until AND edition = :edition"
            query = f"{query} UNION {tombstones}"
        values = {"after": after, "until": until, "edition": edition}
        return [key for (key,) in self._all(f"{query} ORDER BY key", values)]

    def changes(self, after: int, until: int) -> int:
        """How many passages were born or died after one generation and until another."""
        query = (
            "SELECT count(*) FROM article JOIN passage ON article = number "
            "WHERE born > :after AND born <= :until OR died > :after AND died <= :until"
        )
        return int(self._one(query, {"after": after, "until": until})[0])

    def size(self) -> int:
        """How many passages there are, also those that readers do not see."""
        return int(self._one("SELECT count(*) FROM passage")[0])

    def keys(self, now: Published) -> set[int]:
        """The keys of the passages that are alive in what is published now, here or for all."""
        query = f"SELECT key FROM article JOIN passage ON article = number WHERE {ALIVE} AND edition = :edition"
        return {key for (key,) in self._all(query, {"at": now.generation, "edition": now.edition})}

    # Writing

    def begin(self, settings: EditionSettings) -> int:
        """The edition that is being made with `settings`: one that was begun before, or a new one."""
        with self.tables.writing(unlimited=True) as connection:
            begun = connection.execute(f"SELECT number, {_SETTINGS} FROM edition WHERE number > {_IN_FORCE}").fetchall()
            for number, *made in begun:
                if EditionSettings(*made) == settings:
                    return int(number)
            connection.execute(f"DELETE FROM passage WHERE edition > {_IN_FORCE}")
            connection.execute(f"DELETE FROM edition WHERE number > {_IN_FORCE}")
            query = f"INSERT INTO edition ({_SETTINGS}) VALUES ({named(_SETTINGS)}) RETURNING number"
            return int(connection.execute(query, asdict(settings)).fetchall()[0][0])

    def lacks(self, edition: int) -> int:
        """How many articles have no passages in an edition yet."""
        return int(self._one(f"SELECT count(*) FROM article WHERE {_LACKING}", {"edition": edition})[0])

    def lacking(self, edition: int) -> Iterator[tuple[int, Article]]:
        """The articles that have no passages in an edition yet, with their numbers, a page at a time."""
        query = (
            f"SELECT number, {FACTS}, text FROM article WHERE number > :after AND {_LACKING} "
            f"ORDER BY number LIMIT {TEXTS}"
        )
        after = 0
        while rows := self._all(query, {"after": after, "edition": edition}):
            yield from ((number, article_of(row)) for number, *row in rows)
            after = rows[-1][0]

    def fill(self, edition: int, made: Iterable[tuple[int, Sequence[Passage], NDArray[np.float16]]]) -> None:
        """Adds the passages of articles, by their numbers, to an edition that readers do not see yet."""
        with self.tables.writing() as connection:
            for number, passages, vectors in made:
                _insert_passages(connection, number, passages, vectors, edition)

    def stage(self, drafts: Iterable[ArticleDraft], gone: Iterable[str] = ()) -> int:
        """Adds a generation that readers do not see yet, and gives its number."""
        with self.tables.writing() as connection:
            at, edition = connection.execute("SELECT generation, edition FROM published").fetchone()
            for draft in drafts:
                before = _mark_dead(connection, draft.article.id, at)
                _insert(connection, draft, at + 1, edition)
                _revise(connection, draft, at + 1, before)
            for article_id in gone:
                _mark_dead(connection, article_id, at)
                release_gone(connection, article_id)
        return int(at) + 1

    def publish(self, published: Published) -> None:
        """From here on readers see this, and no other."""
        query = "UPDATE published SET generation = :generation, edition = :edition, vectors = :vectors, words = :words"
        self._write(query, published._asdict())

    show = publish  # readers of the one folder that a file belongs to are all readers

    def follow(self, name: str, state: Follower) -> None:
        self._write(_FOLLOW, {"name": name, **state._asdict()})

    def unfollow(self, name: str) -> None:
        self._write("DELETE FROM follower WHERE name = :name", {"name": name})

    def copy_to(self, path: Path) -> None:
        """Writes all that is in it at this moment to a new file."""
        if isinstance(self.tables, ServerTables):
            from index.store.copying import to_file

            to_file(self.tables, path)
            return
        with self.tables.reading() as connection:
            connection.execute("VACUUM INTO :path", {"path": str(path)})

    def detach(self) -> None:
        """Makes it a ledger without followers: what is staged is published, as after a crash."""
        with self.tables.writing() as connection:
            query = "SELECT max(generation, coalesce(max(born), 0), coalesce(max(died), 0)) FROM published, article"
            at = connection.execute(query).fetchone()[0]
            connection.execute("UPDATE published SET generation = :at, vectors = '', words = ''", {"at": at})
            connection.execute("DELETE FROM follower")
            connection.execute(f"DELETE FROM passage WHERE edition <> {_IN_FORCE}")
            connection.execute(f"DELETE FROM edition WHERE number <> {_IN_FORCE}")
        self.collect_garbage(ReplicaPosition(at, self.published().edition))

    def drop(self, index: str) -> None:
        """Takes one of SQLite's indexes out."""
        self._write(f"DROP INDEX IF EXISTS {index}")

    def move(self, place: Published) -> int:
        """Makes it another store, to be published where `place` is; gives the generation that follows both."""
        with self.tables.writing() as connection:
            connection.execute(f"INSERT INTO setting VALUES ('origin', ({_ORIGIN})) ON CONFLICT DO NOTHING")
            connection.execute("UPDATE setting SET value = :name WHERE name = 'store'", {"name": uuid4().hex})
            query = "UPDATE published SET generation = max(generation, :generation), vectors = :vectors, words = :words"
            connection.execute(query, place._asdict())
        return self.published().generation + 1

    def collect_garbage(self, until: ReplicaPosition) -> None:
        """Forgets the rows that died until a generation, and the editions before one: no reader sees them any more."""
        with self.tables.writing(unlimited=True) as connection:
            values = until._asdict()
            if connection.execute("DELETE FROM edition WHERE number < :edition", values).rowcount:
                connection.execute("DELETE FROM passage WHERE edition < :edition", values)
            if isinstance(self.tables, ServerTables):
                for statement in _TOMBSTONES:
                    connection.execute(statement, values)
            dead = "SELECT number FROM article WHERE died <= :generation"
            for statement in (
                f"DELETE FROM passage WHERE article IN ({dead})",
                f"DELETE FROM band WHERE article IN ({dead})",
                _FORGET_REVISIONS,
                "DELETE FROM article WHERE died <= :generation",
            ):
                connection.execute(statement, values)


def _begin(connection: Connection, settings: EditionSettings) -> None:
    """The first rows of an empty ledger."""
    connection.execute("INSERT INTO setting VALUES ('store', :name)", {"name": uuid4().hex})
    connection.execute(f"INSERT INTO edition ({_SETTINGS}) VALUES ({named(_SETTINGS)})", asdict(settings))
    query = "INSERT INTO published (generation, edition, vectors, words) SELECT 0, number, '', '' FROM edition"
    connection.execute(query)


def _mark_dead(connection: Connection, article_id: str, at: int) -> tuple[int, str] | None:
    """When the row that dies was born, and its version, where there is one."""
    query = "UPDATE article SET died = :died WHERE id = :id AND died IS NULL RETURNING born, version"
    return next(iter(connection.execute(query, {"died": at + 1, "id": article_id}).fetchall()), None)


def _insert(connection: Connection, draft: ArticleDraft, born: int, edition: int) -> None:
    values = (born, draft.digest, version(draft.article.text), draft.copy_of, *row_of(draft.article))
    row = dict(zip(_ROW.split(", "), values, strict=True))
    [(number,)] = connection.execute(_INSERT, row).fetchall()
    _insert_passages(connection, number, draft.passages, draft.vectors, edition)
    insert_bands(connection, number, draft.bands)


def _revise(connection: Connection, draft: ArticleDraft, generation: int, before: tuple[int, str] | None) -> None:
    """A row that is written in place of another has a revision. By it `arrived` tells it from a new one."""
    article_id = draft.article.id
    if before is None:
        connection.execute("DELETE FROM revision WHERE article_id = :id", {"id": article_id})
        return
    insert_coming(connection, article_id, *before)
    insert_revision(connection, article_id, generation, draft.revision or unchanged(version(draft.article.text)))


def _insert_passages(
    connection: Connection,
    number: int,
    passages: Sequence[Passage],
    vectors: NDArray[np.float16],
    edition: int,
) -> None:
    rows = [
        {
            "article": number,
            "edition": edition,
            "start": passage.start,
            "end": passage.end,
            "text": passage.text,
            "vector": vector.tobytes(),
        }
        for passage, vector in zip(passages, vectors, strict=True)
    ]
    connection.execute(_PASSAGE, rows)


def _beside(step: str) -> str:
    """The text of the passage before or after: an article's passages of one edition are written one after the other."""
    return (
        f"(SELECT other.text FROM passage AS other WHERE other.key = passage.key {step} "
        "AND other.article = number AND other.edition = passage.edition)"
    )


def _alive(table: str) -> str:
    return alive(f"{table}.born", f"{table}.died")
