"""A ledger from the file of a folder into a PostgreSQL database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from index.errors import StoreMissing, StoreUnwritable
from index.store.backup import snapshot
from index.store.causes import shown_as
from index.store.copying import to_server
from index.store.database import FileTables, ServerTables
from index.store.ledger import Ledger
from index.store.lock import writing_there
from index.store.unwritable import copy_ledger, unwritable


def move(folder: Path, url: str) -> dict[str, int]:
    """Copies the ledger of a folder into a database that has none: whole, or not at all. Gives the number of rows of
    each table.

    Raises StoreMissing, StoreBusy; DatabaseTaken, CopyIncomplete.
    """
    if not Ledger(folder).exists():
        raise StoreMissing(folder)
    target = ServerTables(url)
    with writing_there(target.database), _snapshot(folder) as source:
        target.make()
        return to_server(source, target)


@contextmanager
def _snapshot(folder: Path) -> Iterator[FileTables]:
    """The ledger of a folder by itself; among the system's temporary files where the folder may not be written."""
    readonly = unwritable(folder)
    with ExitStack() as stack:
        with shown_as(StoreUnwritable, folder):
            made = TemporaryDirectory(prefix=".byline-", dir=None if readonly else folder)
            place, source = Path(stack.enter_context(made)), folder
            if readonly:
                source = place / "copy"
                source.mkdir()
                copy_ledger(folder, source)
        with closing(Ledger(source)) as ledger:
            snapshot(ledger, place)
        yield stack.enter_context(closing(FileTables(place)))
