"""The seam between what is kept and where: one set of statements for SQLite and for PostgreSQL.

A statement is written in the subset that both understand; `ON CONFLICT`, `RETURNING` and `IS NOT DISTINCT FROM` are
in it. Parameters are `:name`, and `"end"` has quotation marks.
Wherever an order may meet NULL, it says NULLS FIRST or LAST. The few expressions that they write differently are
functions of a `Dialect`. A list is one value, for `among`. All texts in PostgreSQL have the collation "C", so that both
put them into the same order.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from index.errors import (
    CopyIncomplete,
    DatabaseDriverMissing,
    DatabaseUnreachable,
    DatabaseUnusable,
    DatabaseUrlInvalid,
    ShownError,
)
from index.text.surrogates import without_surrogates

if TYPE_CHECKING:
    from sqlalchemy import Connection as Connected
    from sqlalchemy import Engine, TextClause
    from sqlalchemy.engine import URL

T = TypeVar("T")
Values = Mapping[str, Any]
NO_VALUES: Values = {}
POOL, OVERFLOW = 8, 8  # connections of a process that are kept, and made beside them in a rush
PATIENCE = 10  # seconds that a connection of the pool, or a new one, is waited for
PAGE = 500  # rows
LONGEST = 120  # seconds that one statement may take
_LIMITS = ("statement_timeout", "idle_in_transaction_session_timeout")
NUL = "\N{REPLACEMENT CHARACTER}"  # for U+0000, which PostgreSQL keeps in no text: lengths and offsets stay

# Beginnings of SQLSTATE. While a connection is made there is none, and whatever was wrong, it may be right later.
_AWAY = ("08", "57P", "53", "55P03", "40001", "40P01")  # not there, shutting down, full of connections, held too long
# Not allowed, read-only, took too long, too long a name, the disk, damaged.
_UNUSABLE = ("42501", "25006", "57014", "54", "58", "XX")


class Rows(Protocol):
    """The rows that a statement found or changed."""

    @property
    def rowcount(self) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> Any: ...


class Dialect(Protocol):
    """The expressions that each database writes in its own way. The last three choose SQLite's indexes."""

    def among(self, column: str, name: str) -> str:
        """Whether a column is one of the values in the list that is given as a parameter."""

    def position(self, text: str, part: str) -> str:
        """Where a part begins in a text, from 1; 0 where it is not in it."""

    def json_field(self, column: str, field: str) -> str:
        """A field of a JSON object as text; NULL where the column has none, or no JSON that can be read."""

    def json_list(self, column: str) -> str:
        """The values of a group as a JSON array."""

    def unindexed(self, column: str) -> str:
        """A column, but no reason to take an index that begins with it."""

    def by_index(self, table: str, index: str) -> str:
        """A table, read by one of its indexes."""

    def nested_join(self, outer: str, inner: str) -> str:
        """Two tables, the inner one looked up for each row of the outer one, in the outer one's order."""


class SQLiteDialect:
    """
    >>> SQLITE.among("id", "ids")
    'id IN (SELECT value FROM json_each(:ids))'
    """

    def among(self, column: str, name: str) -> str:
        return f"{column} IN (SELECT value FROM json_each(:{name}))"

    def position(self, text: str, part: str) -> str:
        return f"instr({text}, {part})"

    def json_field(self, column: str, field: str) -> str:
        return f"CASE WHEN json_valid({column}) THEN json_extract({column}, '$.{field}') END"

    def json_list(self, column: str) -> str:
        return f"json_group_array({column})"

    def unindexed(self, column: str) -> str:
        return f"+{column}"

    def by_index(self, table: str, index: str) -> str:
        return f"{table} INDEXED BY {index}"

    def nested_join(self, outer: str, inner: str) -> str:
        return f"{outer} CROSS JOIN {inner}"


class PostgreSQLDialect:
    """The dialect of PostgreSQL, whose planner needs no advice.

    >>> POSTGRESQL.among("id", "ids")
    'id = ANY(:ids)'
    """

    def among(self, column: str, name: str) -> str:
        return f"{column} = ANY(:{name})"

    def position(self, text: str, part: str) -> str:
        return f"strpos({text}, {part})"

    def json_field(self, column: str, field: str) -> str:
        # JSON may hold this character, and no text in PostgreSQL.
        return f"CASE WHEN strpos({column}, '\\u0000') = 0 THEN {column}::json ->> '{field}' END"

    def json_list(self, column: str) -> str:
        return f"coalesce(json_agg({column}), '[]')::text"

    def unindexed(self, column: str) -> str:
        return column

    def by_index(self, table: str, index: str) -> str:
        del index
        return table

    def nested_join(self, outer: str, inner: str) -> str:
        return f"{outer} JOIN {inner}"


SQLITE, POSTGRESQL = SQLiteDialect(), PostgreSQLDialect()


class Connection(Protocol):
    """One transaction of a database."""

    @property
    def dialect(self) -> Dialect: ...

    def execute(self, statement: str, values: Values | Sequence[Values] = NO_VALUES, /) -> Rows:
        """Rows are tuples. A sequence of mappings executes the statement once for each of them."""

    def pages(self, statement: str) -> Iterator[Sequence[Any]]:
        """All rows, `PAGE` of them in memory at a time. Within a transaction only."""


class SQLiteConnection:
    """A connection of SQLite. Transactions are for whoever has it."""

    dialect = SQLITE

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.raw = connection

    def execute(self, statement: str, values: Values | Sequence[Values] = NO_VALUES, /) -> sqlite3.Cursor:
        if isinstance(values, Mapping):
            return self.raw.execute(statement, _with_lists(values))
        return self.raw.executemany(statement, map(_with_lists, values))

    def pages(self, statement: str) -> Iterator[Sequence[Any]]:
        cursor = self.raw.execute(statement)
        while page := cursor.fetchmany(PAGE):
            yield page


def _with_lists(values: Values) -> Values:
    if not any(isinstance(value, list | tuple) for value in values.values()):
        return values
    return {name: json.dumps(each) if isinstance(each, list | tuple) else each for name, each in values.items()}


class _PostgreSQLConnection:
    dialect = POSTGRESQL

    def __init__(self, connection: Connected) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Values | Sequence[Values] = NO_VALUES, /) -> Rows:
        if isinstance(values, Mapping):
            return self._connection.execute(_prepared(statement), _without_nul(values))
        many = [_without_nul(each) for each in values]
        return self._connection.execute(_prepared(statement), many) if many else _Nothing()

    def pages(self, statement: str) -> Iterator[Sequence[Any]]:
        streamed = {"stream_results": True, "max_row_buffer": PAGE}
        yield from self._connection.execute(_prepared(statement), execution_options=streamed).partitions(PAGE)


class _Nothing:
    """The empty rows of a statement that is executed for no values."""

    rowcount = 0

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def fetchone(self) -> None:
        return None

    def fetchall(self) -> list[Any]:
        return []


@cache
def _prepared(statement: str) -> TextClause:
    from sqlalchemy import text

    return text(statement)


def _without_nul(values: Values) -> dict[str, Any]:
    return {name: _clean(value) for name, value in values.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return without_surrogates(value).replace("\0", NUL)
    return [_clean(each) for each in value] if isinstance(value, list | tuple) else value


class PostgreSQL:
    """A schema of a PostgreSQL database. Several threads may use it at once.

    Everything raises DatabaseUnreachable where the database is away, and DatabaseUnusable where it does not let us.
    """

    def __init__(self, url: str, schema: str) -> None:
        """`schema` is made of letters and underscores, and need not be there yet."""
        self.url = url
        self.schema = schema
        self.shown = shown(url)

    @contextmanager
    def single(self) -> Iterator[Connection]:
        """For statements that are each by itself: no transaction is begun for them."""
        with self._connection(isolation_level="AUTOCOMMIT") as connection:
            yield _PostgreSQLConnection(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One state of the tables, also while others write."""
        with self._connection(isolation_level="REPEATABLE READ", postgresql_readonly=True) as connection:
            yield _PostgreSQLConnection(connection)

    @contextmanager
    def writing(self, unlimited: bool = False) -> Iterator[Connection]:
        """One transaction. One that is `unlimited` may take its time: it writes much."""
        with self.transaction() as connection:
            writer = _PostgreSQLConnection(connection)
            for limit in _LIMITS if unlimited else ():
                writer.execute(f"SET LOCAL {limit} = 0")
            yield writer

    @contextmanager
    def transaction(self) -> Iterator[Connected]:
        """SQLAlchemy's own connection, for what speaks to it itself."""
        with self._connection(isolation_level="READ COMMITTED") as connection, connection.begin():
            yield connection

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """A connection outside of the pool, without transactions, for what lasts as long as it: a session's lock."""
        from sqlalchemy.pool import NullPool

        engine = _engine_of(self.url, self.schema, poolclass=NullPool)
        with self._shown(), engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield _PostgreSQLConnection(connection)

    def exists(self, table: str) -> bool:
        """Whether a table is there."""
        query = "SELECT to_regclass(:table) IS NOT NULL"
        with self.single() as connection:
            return bool(connection.execute(query, {"table": f"{self.schema}.{table}"}).fetchone()[0])

    @contextmanager
    def _connection(self, **options: Any) -> Iterator[Connected]:
        with self._shown(), engine(self.url, self.schema).connect().execution_options(**options) as connection:
            yield connection

    @contextmanager
    def _shown(self) -> Iterator[None]:
        """Raises errors of the database as a sentence. A mistake of ours stays what it is."""
        from sqlalchemy.exc import DBAPIError
        from sqlalchemy.exc import TimeoutError as PoolEmpty

        try:
            yield
        except PoolEmpty as error:
            raise DatabaseUnreachable(self.shown, "all connections are in use") from error
        except DBAPIError as error:
            meant = _meant(self.shown, error)
            if meant is None:
                raise
            raise meant from error


def _meant(where: str, error: Any) -> ShownError | None:
    """An error of the database as one for a person; None for a mistake of ours."""
    from sqlalchemy.exc import InterfaceError, OperationalError

    state = getattr(error.orig, "sqlstate", None) or ""
    reason = " ".join(str(error.orig).split())
    if error.connection_invalidated or state.startswith(_AWAY):
        return DatabaseUnreachable(where, reason)
    if not state and isinstance(error, OperationalError | InterfaceError):
        return DatabaseUnreachable(where, reason)
    if state.startswith(_UNUSABLE):
        return DatabaseUnusable(where, reason)
    return None


# One pool for each process, URL and schema

_engines: dict[tuple[int, str, str], Engine] = {}
_making = Lock()


def engine(url: str, schema: str) -> Engine:
    """The pool of this process. Raises DatabaseUrlInvalid."""
    key = os.getpid(), url, schema
    with _making:
        if key not in _engines:
            _engines[key] = _engine_of(
                url, schema, pool_size=POOL, max_overflow=OVERFLOW, pool_timeout=PATIENCE, pool_pre_ping=True
            )
        return _engines[key]


def _engine_of(url: str, schema: str, **options: Any) -> Engine:
    parsed = _url(url)
    from sqlalchemy import create_engine

    settings = f"-c search_path={schema} -c statement_timeout={LONGEST}s -c idle_in_transaction_session_timeout=10min"
    connecting = {
        "connect_timeout": PATIENCE,
        "options": settings,
        "application_name": "byline",
        "keepalives_idle": 30,
    }
    return create_engine(parsed, connect_args=connecting, **options)


@cache
def _url(url: str) -> URL:
    """Raises DatabaseUrlInvalid, and DatabaseDriverMissing before anything of it is imported."""
    if not all(map(find_spec, ("sqlalchemy", "psycopg"))):
        raise DatabaseDriverMissing
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise DatabaseUrlInvalid from None  # the cause would name the URL, and it may have a password
    if parsed.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise DatabaseUrlInvalid
    return parsed.set(drivername="postgresql+psycopg")


def shown(url: str) -> str:
    """A database's address without user and password. Raises DatabaseUrlInvalid, DatabaseDriverMissing.

    >>> shown("postgresql://ana:secret@db.example:5432/news")
    'db.example:5432/news'
    """
    parsed = _url(url)
    port = f":{parsed.port}" if parsed.port else ""
    return f"{parsed.host or 'localhost'}{port}/{parsed.database or ''}"


def copy_rows(table: str, columns: Sequence[str], source: Connection, target: Connection) -> int:
    """Copies the rows of a table, and gives their number. Raises CopyIncomplete."""
    names = ", ".join(f'"{column}"' for column in columns)
    insert = f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{column}' for column in columns)})"
    for page in source.pages(f"SELECT {names} FROM {table}"):
        target.execute(insert, [dict(zip(columns, row, strict=True)) for row in page])
    if (rows := number_of_rows(source, table)) != number_of_rows(target, table):
        raise CopyIncomplete(table)
    return rows


def number_of_rows(connection: Connection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def popped(idle: list[T]) -> T | None:
    """Takes the last of a list; None where there is none, or where another thread was quicker."""
    try:
        return idle.pop()
    except IndexError:
        return None


def waited(ready: Callable[[], bool], patience: float, step: float = 0.05) -> bool:
    """Whether something became so within `patience` seconds; it is asked at once, and then every `step` seconds."""
    end = time.monotonic() + patience
    while not ready():
        if time.monotonic() >= end:
            return False
        time.sleep(step)
    return True
