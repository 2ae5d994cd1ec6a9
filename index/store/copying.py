"""All rows of a ledger from SQLite to PostgreSQL, and back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from index.errors import DatabaseTaken
from index.sql import Connection, SQLiteConnection, copy_rows
from index.store.database import FileTables, ServerTables
from index.store.schema import FORMAT, SCHEMA

# Of followers nothing is copied: each place has its own.
TABLES = (
    *("setting", "edition", "published", "article", "passage", "band", "revision", "source", "found", "holding"),
    *("collection", "collected", "collecting"),
)
NUMBERED = {"edition": "number", "article": "number", "passage": "key"}


def to_server(source: FileTables, target: ServerTables, replace: bool = False) -> dict[str, int]:
    """Copies a ledger into tables that are there: whole, or not at all. Gives the number of rows of each table.

    Where there is something already, it is another store from then on, with a later generation. Raises DatabaseTaken
    where there is something, unless `replace`; CopyIncomplete.
    """
    with source.reading() as file, target.database.writing(unlimited=True) as server:
        there = server.execute("SELECT generation, writer FROM published FOR UPDATE").fetchone()
        if there and not replace:
            raise DatabaseTaken(target.database.shown)
        generation, writer = there or (0, 0)
        for table in (*TABLES, "follower", "replica", "tombstone"):
            server.execute(f"DELETE FROM {table}")
        file.execute("BEGIN")
        try:
            rows = _copy(file, server)
        finally:
            file.execute("ROLLBACK")
        _number(server)
        server.execute("UPDATE published SET vectors = '', words = '', writer = :writer", {"writer": writer})
        if there:
            query = "UPDATE published SET generation = greatest(generation, :generation) + 1"
            server.execute(query, {"generation": generation})
            _rename(server)
    return rows


def to_file(source: ServerTables, path: Path) -> dict[str, int]:
    """Copies a ledger as it is at this moment to a new SQLite file. Raises CopyIncomplete."""
    with source.database.reading() as server, closing(sqlite3.connect(path)) as file, file:
        file.executescript(SCHEMA)
        file.execute(f"PRAGMA user_version = {FORMAT}")
        return _copy(server, SQLiteConnection(file))


def _copy(source: Connection, target: Connection) -> dict[str, int]:
    return {table: copy_rows(table, columns, source, target) for table, columns in _columns().items()}


def _columns() -> dict[str, list[str]]:
    """The columns of each table, as the file has them."""
    with closing(sqlite3.connect(":memory:")) as fresh:
        fresh.executescript(SCHEMA)
        return {table: [row[1] for row in fresh.execute(f"PRAGMA table_info({table})")] for table in TABLES}


def _number(server: Connection) -> None:
    """New rows are numbered after those that were copied."""
    for table, column in NUMBERED.items():
        server.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), (SELECT max({column}) FROM {table})) "
            f"WHERE EXISTS (SELECT 1 FROM {table})"
        )


def _rename(server: Connection) -> None:
    """Makes it another store, which remembers what it was."""
    was = "SELECT value FROM setting WHERE name = 'store'"
    server.execute(f"INSERT INTO setting SELECT 'origin', ({was}) ON CONFLICT DO NOTHING")
    server.execute("UPDATE setting SET value = :name WHERE name = 'store'", {"name": uuid4().hex})
