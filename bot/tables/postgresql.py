"""Tables of the bot in a PostgreSQL database, which several servers share. All of them are in one schema of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.tables.sqlite import PATIENCE, Group, SQLiteFile, empty
from index.errors import DatabaseMismatch, DatabaseTaken
from index.sql import Connection, PostgreSQL, SQLiteConnection, copy_rows, number_of_rows

SCHEMA = "byline"
SCRIPTS = Path(__file__).with_name("migrations")
REVISION = "0001"  # of the tables that this Byline reads and writes: the last of the scripts

_current: set[str] = set()  # the addresses of databases whose tables this process saw to be of that revision


class PostgreSQLTables:
    """A group of tables, which are made with the first write.

    Everything raises DatabaseUnreachable, DatabaseUnusable and DatabaseMismatch.
    """

    def __init__(self, group: Group, url: str, patience: float = PATIENCE) -> None:
        """`patience` is in seconds: so long, one writer waits for another."""
        self._group = group
        self._database = PostgreSQL(url, SCHEMA)
        self._patience = {"patience": f"{int(patience * 1000)}ms"}

    def exists(self) -> bool:
        return _there(self._database)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, beside which no other writes the group: what is read in it is still so when it writes."""
        if not _there(self._database):
            migrate(self._database.url)
        with self._database.writing() as connection:
            connection.execute("SELECT set_config('lock_timeout', :patience, true)", self._patience)
            _hold(connection, self._group)
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One state of the tables, also while others write; where there are none yet, empty ones."""
        if _there(self._database):
            with self._database.reading() as connection:
                yield connection
        else:
            with closing(empty(self._group)) as nothing:
                yield SQLiteConnection(nothing)

    def flush(self) -> None:
        """Does nothing: PostgreSQL takes what was deleted off its disk when it vacuums the tables."""

    def remove(self) -> None:
        """There is no file to be removed."""


def migrate(url: str) -> tuple[str, ...]:
    """Makes the tables, or upgrades those that are there: what was done, in order. Raises
    DatabaseMismatch where a later Byline made them."""
    from index.migrations import upgrade

    database = PostgreSQL(url, SCHEMA)
    if (_revision(database) or REVISION) > REVISION:
        raise DatabaseMismatch(database.shown, later=True)
    return upgrade(database, SCRIPTS)


@contextmanager
def moving(groups: Iterable[Group], folder: Path, url: str) -> Iterator[dict[str, int]]:
    """Copies groups of tables from a folder's files into a database where they are empty.

    Gives the number of rows of each table. They count when the block has ended without an error, all or none. Raises
    DatabaseTaken, CopyIncomplete, FileUnusable, FileDamaged, and what `migrate` raises.
    """
    migrate(url)
    database, rows = PostgreSQL(url, SCHEMA), dict[str, int]()
    with database.writing(unlimited=True) as target:  # the block may take its time
        for group in groups:
            _hold(target, group)
            with SQLiteFile(folder / group.file, group).reading() as source:
                for (table,) in source.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY rowid"):
                    if number_of_rows(target, table):
                        raise DatabaseTaken(database.shown)
                    rows[table] = _copied(table, source, target)
        yield rows


def _copied(table: str, source: Connection, target: Connection) -> int:
    query = "SELECT column_name, is_identity FROM information_schema.columns WHERE table_schema = :schema"
    values = {"schema": SCHEMA, "table": table}
    columns = dict(target.execute(f"{query} AND table_name = :table", values).fetchall())
    rows = copy_rows(table, tuple(columns), source, target)
    for column in [column for column, numbered in columns.items() if numbered == "YES"]:  # the next rows come after
        number = f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), max({column})) FROM {table}"
        target.execute(f"{number} HAVING count(*) > 0")
    return rows


def _hold(connection: Connection, group: Group) -> None:
    """Until the transaction ends, no other writes the group."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtext('byline'), hashtext(:group))", {"group": group.file})


def _there(database: PostgreSQL) -> bool:
    """Whether there are tables. Raises DatabaseMismatch where they are not of this revision."""
    if database.url in _current:
        return True
    found = _revision(database)
    if found is None:
        return False
    if found != REVISION:
        raise DatabaseMismatch(database.shown, later=found > REVISION)
    _current.add(database.url)
    return True


def _revision(database: PostgreSQL) -> str | None:
    from index.migrations import TABLE

    if not database.exists(TABLE):
        return None
    with database.reading() as connection:
        row = connection.execute(f"SELECT version_num FROM {TABLE}").fetchone()
    return str(row[0]) if row else None
