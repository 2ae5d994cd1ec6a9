"""Where the bot keeps its tables: each group in a SQLite file, or all in one PostgreSQL database.

The statements are the same for both: parameters by name, `ON CONFLICT`, `RETURNING`, numbers for what is true or false.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from bot.tables.sqlite import PATIENCE, Complaint, FileDamaged, FileUnusable, Group, InMemory, SQLiteFile
from index.sql import Connection


class Tables(Protocol):
    """A group of tables. Several threads and processes may use them at once."""

    def exists(self) -> bool:
        """Whether something may be in them."""

    def writing(self) -> AbstractContextManager[Connection]:
        """One transaction, beside which nobody writes: what is read in it is still so when it writes."""

    def reading(self) -> AbstractContextManager[Connection]:
        """One state of the tables, also while others write."""

    def flush(self) -> None:
        """Takes what was deleted off the disk, where that is in Byline's hands. Raises FileHeld."""

    def remove(self) -> None:
        """Removes the tables, which may be damaged, where they are a file."""


def open_tables(
    group: Group,
    path: Path | None,
    url: str | None = None,
    patience: float = PATIENCE,
    unusable: Complaint = FileUnusable,
    damaged: Complaint = FileDamaged,
) -> Tables:
    """The group in the database of a `url`, else in a file, else in memory. Opens nothing yet.

    `patience` is in seconds: so long, one process waits for another.
    """
    if url:
        from bot.tables.postgresql import PostgreSQLTables

        return PostgreSQLTables(group, url, patience)
    return SQLiteFile(path, group, patience, unusable, damaged) if path else InMemory(group)
