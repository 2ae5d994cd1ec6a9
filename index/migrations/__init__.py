"""From one format of the tables in PostgreSQL to the next, by alembic. Each step is a module of a folder `versions`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from index.sql import PostgreSQL

if TYPE_CHECKING:
    from collections.abc import Iterable

HERE = Path(__file__).parent
TABLE = "revision_of_tables"  # in the schema that is brought up to date
LOCK = 1_112_101_230  # any number: one process at a time makes tables


def upgrade(database: PostgreSQL, scripts: Path = HERE) -> tuple[str, ...]:
    """Brings a schema to the latest format, in one transaction; it is made where there is none.

    Gives what each step says that it did, in order: nothing where there was nothing to do. Raises DatabaseUnreachable,
    DatabaseUnusable.
    """
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    directory = ScriptDirectory(str(scripts))
    done: list[str] = []

    def steps(revision: object, context: object) -> Iterable[object]:  # noqa: ARG001
        # As `alembic.command.upgrade` does, which would run a file `env.py`.
        found = list(directory._upgrade_revs("head", revision))  # type: ignore[arg-type]
        done.extend(str(step.doc) for step in found)
        return found

    with database.transaction() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")  # an index of many rows takes its time
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {database.schema}")
        with EnvironmentContext(Config(), directory, fn=steps) as environment:
            environment.configure(connection=connection, version_table=TABLE, version_table_schema=database.schema)
            environment.run_migrations()
    return tuple(done)
