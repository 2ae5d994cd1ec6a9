"""A store from a backup. Its ledger is unpacked beside the one that is there, followed, and put in its place."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from shutil import rmtree

from index.errors import StoreDamaged, StoreMismatch
from index.store.backup import replace, unpack
from index.store.copying import to_server
from index.store.database import FileTables, ServerTables
from index.store.followers import Followers
from index.store.ledger import Ledger, Published
from index.store.migrate import migrate
from index.store.vectors import Address, Server

RESTORING = "restoring"  # the folder, in the store's, of what is not restored yet


def restore(file: Path, ledger: Ledger, followers: Followers, server: Address | None) -> None:
    """Makes the ledger of a store what it was when the backup was taken. For the holder of the writer's lock.

    Raises BackupUnreadable and StoreMismatch, as `unpack` does; then nothing is changed.
    """
    forget_unfinished(ledger.folder)
    folder = ledger.folder / RESTORING
    folder.mkdir()
    try:
        _take_over(unpack(file, folder), ledger, followers, server)
    finally:
        forget_unfinished(ledger.folder)


def forget_unfinished(folder: Path) -> None:
    """Removes from a store's folder what was not restored to the end."""
    rmtree(folder / RESTORING, ignore_errors=True)


def _take_over(restored: Ledger, ledger: Ledger, followers: Followers, server: Address | None) -> None:
    """Lets another ledger, which lies in the folder of this one, be followed and published in its place.

    In a database it is another store from the same moment for all; the replicas follow it from there.
    """
    if isinstance(ledger.tables, ServerTables) and isinstance(restored.tables, FileTables):
        ledger.tables.make()
        to_server(restored.tables, ledger.tables, replace=True)
        restored.close()
        followers.forget_servers()
        ledger.tables.take_over()
        return
    place, left = _place(ledger), _on_server(ledger, server)
    following, edition = Followers(ledger.folder, restored, server), restored.published().edition
    try:
        following.publish(restored.move(place), edition)
    finally:
        following.rest()
        following.close()
        restored.close()
    replace(ledger, restored)
    followers.forget_servers()
    if left:
        left.become(None)


def _on_server(ledger: Ledger, server: Address | None) -> Server | None:
    """The collection of a server that is published."""
    if server is None or not ledger.exists():
        return None
    with suppress(StoreDamaged, StoreMismatch):
        name, edition = ledger.store(), ledger.published().edition
        return Server(server, lambda: name, edition)
    return None


def _place(ledger: Ledger) -> Published:
    """The state that is published here, and none where the ledger is damaged. The followers beside it are forgotten."""
    nothing = Published(0, 0, "", "")
    if not ledger.exists():
        return nothing
    try:
        migrate(ledger.path)
        now = ledger.published()
        for name in ledger.followers().keys() - {now.vectors, now.words}:
            ledger.unfollow(name)
    except (StoreDamaged, StoreMismatch):
        return nothing
    return now
