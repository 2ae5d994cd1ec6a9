"""Keys of programs, kept in a file of the store's folder or in a database.

A key is a name, a role, what may be read, and a hash of the secret. A secret is 256 random bits, which nobody finds by
trying. So one round of SHA-256 hides it; slow hashes are for passwords that people choose.
"""

from __future__ import annotations

import json
import re
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from typing import Any

from bot.auth.principal import Principal
from bot.auth.users import LONGEST_NAME, Role
from bot.errors import UsageError
from bot.tables.sqlite import FileUnusable, Group
from bot.tables.tables import open_tables
from index.errors import DatabaseUnreachable, DatabaseUnusable

FILE = "keys.sqlite3"  # in the folder of the store
PREFIX = "byl"  # what a secret begins with, so that scanners of published code find it
LONGEST_SECRET = 100  # characters that are looked at
_ALIKE = re.compile(rf"{PREFIX}_|[0-9A-F]{{10}}_", re.IGNORECASE)  # a secret's beginning, or the end of its id

_SCHEMA = """
CREATE TABLE key (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    collections TEXT NOT NULL,  -- a list in JSON; empty: all articles
    questions INTEGER,          -- a minute; NULL: as the server has it
    hash TEXT NOT NULL,         -- of the whole secret
    made TEXT NOT NULL,         -- a day
    used TEXT                   -- the last day
);
"""
GROUP = Group(FILE, _SCHEMA)
_COLUMNS = "id, name, role, collections, questions, made, used"
_CREATE = """
INSERT INTO key (id, name, role, collections, questions, hash, made)
VALUES (:id, :name, :role, :collections, :questions, :hash, :made)
"""


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret, which nobody can show again."""

    id: str
    name: str
    role: Role
    collections: tuple[str, ...]  # the only ones that may be read; empty: all articles
    questions_a_minute: int | None  # None: as the server has it
    made: date
    used: date | None  # the last day; None: never

    @property
    def principal(self) -> Principal:
        return Principal(self.name, self.role, self.collections, self.id, self.questions_a_minute)


class KeyMissing(UsageError):
    def __init__(self, key_id: str) -> None:
        super().__init__(f"There is no key {key_id!r} here. `byline keys list` lists them.")


class KeyNameUnusable(UsageError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name!r} cannot be the name of a key. Take 1 to {LONGEST_NAME} characters on one line.")


class KeyTooWide(UsageError):
    def __init__(self, role: Role) -> None:
        super().__init__(
            f"A key that is limited to collections only reads; it cannot be of the role {role}. "
            "Leave out the role, or the collections."
        )


class Keys:
    """The keys of a store. Several threads and processes may use them; a revoked key ends at once.

    Everything raises FileUnusable, FileDamaged and DatabaseUnreachable.
    """

    def __init__(self, store: Path, url: str | None = None) -> None:
        """In the database of a `url`, else in a file, which is not made before there is a key."""
        self._tables = open_tables(GROUP, store / FILE, url)

    def create(
        self,
        name: str,
        role: Role = Role.READER,
        collections: tuple[str, ...] = (),
        questions_a_minute: int | None = None,
    ) -> tuple[Key, str]:
        """A new key and its secret, which is told this once. Raises KeyNameUnusable, KeyTooWide."""
        name = name.strip()
        if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
            raise KeyNameUnusable(name)
        if collections and role is not Role.READER:
            raise KeyTooWide(role)
        key = Key(secrets.token_hex(5).upper(), name, role, collections, questions_a_minute, _today(), None)
        secret = f"{PREFIX}_{key.id}_{secrets.token_urlsafe(32)}"
        row = {
            "id": key.id,
            "name": name,
            "role": str(role),
            "collections": json.dumps(collections),
            "questions": questions_a_minute,
            "hash": _hashed(secret),
            "made": key.made.isoformat(),
        }
        with self._tables.writing() as connection:
            connection.execute(_CREATE, row)
        return key, secret

    def list(self) -> tuple[Key, ...]:
        """The keys, the oldest first."""
        with self._tables.reading() as connection:
            return tuple(map(_key_of, connection.execute(f"SELECT {_COLUMNS} FROM key ORDER BY made, rowid")))

    def revoke(self, key_id: str) -> Key:
        """Ends a key, which is given. Raises KeyMissing."""
        with self._tables.writing() as connection:
            values = {"id": key_id.upper()}
            row = connection.execute(f"DELETE FROM key WHERE id = :id RETURNING {_COLUMNS}", values).fetchone()
        if row is None:
            raise KeyMissing(key_id)
        return _key_of(row)

    def principal(self, secret: str) -> Principal | None:
        """Whose secret it is; None for one that is none, or no longer."""
        if not secret.isascii():
            return None
        key_id = secret[:LONGEST_SECRET].removeprefix(f"{PREFIX}_").partition("_")[0]
        with self._tables.reading() as connection:
            row = connection.execute(f"SELECT hash, {_COLUMNS} FROM key WHERE id = :id", {"id": key_id}).fetchone()
        if row is None or not compare_digest(row[0], _hashed(secret)):
            return None
        key = _key_of(row[1:])
        if key.used != _today():
            self._note(key)
        return key.principal

    def _note(self, key: Key) -> None:
        """Notes that a key was used today. It works also where that cannot be written."""
        with suppress(FileUnusable, DatabaseUnreachable, DatabaseUnusable), self._tables.writing() as connection:
            connection.execute("UPDATE key SET used = :day WHERE id = :id", {"day": _today().isoformat(), "id": key.id})


def resembles_key(token: str) -> bool:
    """Whether a token is like a secret that was cut or copied with more around it.

    >>> resembles_key("yl_0A1B2C3D4E_x"), resembles_key('"byl_0A1B'), resembles_key("sk-none")
    (True, True, False)
    """
    return _ALIKE.search(token) is not None


def _key_of(row: Any) -> Key:
    key_id, name, role, collections, questions, made, used = row
    days = date.fromisoformat(made), date.fromisoformat(used) if used else None
    return Key(key_id, name, Role(role), tuple(json.loads(collections)), questions, *days)


def _hashed(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _today() -> date:
    return datetime.now(UTC).date()
