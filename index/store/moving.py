"""A ledger from the file of a folder into a PostgreSQL database."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from index.errors import StoreMissing
from index.store.backup import snapshot
from index.store.copying import to_server
from index.store.database import FileTables, ServerTables
from index.store.ledger import Ledger
from index.store.lock import writing_there


def move(folder: Path, url: str) -> dict[str, int]:
    """Copies the ledger of a folder into a database that has none: whole, or not at all. Gives the number of rows of
    each table.

    Raises StoreMissing, StoreBusy; DatabaseTaken, CopyIncomplete.
    """
    ledger, target = Ledger(folder), ServerTables(url)
    if not ledger.exists():
        raise StoreMissing(folder)
    with writing_there(target.database), TemporaryDirectory(prefix=".byline-", dir=folder) as temporary:
        target.make()
        snapshot(ledger, Path(temporary))
        ledger.close()
        return to_server(FileTables(Path(temporary)), target)
