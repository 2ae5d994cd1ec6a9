"""Replicas: what the readers of one folder see of a ledger in PostgreSQL, and how far its own followers are.

The ledger is one for all. The words, and the vectors where there is no Chroma server, are each folder's own. They
follow the ledger: what was born and what died since they last did. So each folder has a place of its own in the
ledger's generations, kept in a file. It tells the ledger of that place. So a writer knows what others still need.
"""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from secrets import token_hex
from threading import Lock
from typing import Any

from index.errors import StoreUnwritable
from index.store.ledger import Follower, Ledger, Published, ReplicaPosition
from index.store.vectors import SERVER

FILE = "replica.json"
NOWHERE = Published(0, 0, "", "")


class Replica:
    """The place of a folder. Several threads and processes may use it; one that changes it holds the folder's lock."""

    def __init__(self, folder: Path, ledger: Ledger) -> None:
        self.folder = folder
        # Of this process alone: a command in a server's folder must not take the server off the list when it ends.
        self.name = f"{socket.gethostname()}-{token_hex(4)}"
        self.registered = False
        self._ledger = ledger
        self._path = folder / FILE
        self._guard, self._registering = Lock(), Lock()
        self._store = ""  # the ledger's name, as it was last read
        self._read: tuple[tuple[int, int], dict[str, Any]] | None = None  # what the file says, and which file said it

    def published(self) -> Published:
        """The position that the readers of this folder see; nothing where it follows another ledger, or none."""
        return _published(self._said())

    def published_lately(self) -> Published:
        """The same, if the ledger was not restored since its name was last read: without asking the database. For a
        reader that looks with `published` when it is done."""
        said = self._file()
        return _published(said) if said.get("store") == self._store else self.published()

    def followers(self) -> dict[str, Follower]:
        """The folder's own, and those on a Chroma server, which all share."""
        own = {name: Follower(*state) for name, state in self._said().get("followers", {}).items()}
        shared = {name: state for name, state in self._ledger.followers().items() if name.startswith(SERVER)}
        return own | shared

    def follow(self, name: str, state: Follower) -> None:
        if name.startswith(SERVER):
            self._ledger.follow(name, state)
        else:
            own = self._said().get("followers", {})
            self._say(self.published(), own | {name: state})

    def unfollow(self, name: str) -> None:
        if name.startswith(SERVER):
            self._ledger.unfollow(name)
        else:
            own = self._said().get("followers", {})
            self._say(self.published(), {each: state for each, state in own.items() if each != name})

    def publish(self, published: Published) -> None:
        """For the readers of all folders, and of this one first among them. For the holder of the writer's lock."""
        self._ledger.publish(published)
        self.show(published)

    def show(self, published: Published) -> None:
        """For the readers of this folder alone."""
        self._say(published, self._said().get("followers", {}))
        self.register()

    def register(self) -> None:
        """Tells the ledger that it is there, and where."""
        with self._registering:  # so that the last one to tell it does not tell what was before
            now = self.published()
            self._ledger.register(self.name, ReplicaPosition(now.generation, now.edition))
            self.registered = True

    def unregister(self) -> None:
        """No writer waits for it any more."""
        self._ledger.unregister(self.name)
        self.registered = False

    def _said(self) -> dict[str, Any]:
        said, self._store = self._file(), self._ledger.store()
        return said if said.get("store") == self._store else {}

    def _file(self) -> dict[str, Any]:
        try:
            stat = self._path.stat()
        except OSError:
            return {}
        with self._guard:
            mark = stat.st_ino, stat.st_mtime_ns
            if self._read is None or self._read[0] != mark:
                self._read = mark, _parsed(self._path)
            return self._read[1]

    def _say(self, published: Published, followers: dict[str, Any]) -> None:
        """On the disk before anything goes on: a follower must never know less than the file says."""
        said = json.dumps({"store": self._ledger.store(), "published": published, "followers": followers})
        making = self._path.with_suffix(".making")
        try:
            with making.open("w", encoding="utf-8") as file:
                file.write(said)
                file.flush()
                os.fsync(file.fileno())
            making.replace(self._path)
        except OSError as error:
            raise StoreUnwritable(self.folder, str(error)) from error


def _published(said: dict[str, Any]) -> Published:
    return Published(*said["published"]) if said else NOWHERE


def _parsed(path: Path) -> dict[str, Any]:
    """The content of a file. One that cannot be read says nothing, so that all is made again from the ledger."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
