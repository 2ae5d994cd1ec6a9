"""Who may sign in to the web chat: a file of names, roles and hashed passwords."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import unicodedata
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from hmac import compare_digest
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from typing import TYPE_CHECKING, Any

from bot.errors import Reason, ShownError, UsageError
from index.text.surrogates import without_surrogates

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 10  # characters of a password
LONGEST = 1_000
LONGEST_NAME = 64
_BEFORE = "scrypt$"  # the hashes of a Byline before 2026-12; each is renewed when its user signs in
_MEMORY_BEFORE = 128 * 1024 * 1024  # bytes that such a hash may take
_REMEDY = "Make one with `byline users add NAME --file FILE`."


class Role(StrEnum):
    """The rights of a user; each role may do all that the roles before it may."""

    READER = "reader"
    EDITOR = "editor"  # may also bring articles in and take them out
    ADMIN = "admin"  # may also see what readers said of answers, and what others began

    def includes(self, role: Role) -> bool:
        """Whether somebody of this role may do what one of another may.

        >>> Role.ADMIN.includes(Role.EDITOR), Role.READER.includes(Role.EDITOR)
        (True, False)
        """
        ranks = tuple(Role)
        return ranks.index(self) >= ranks.index(role)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who was let in."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Account:
    """A line of the file."""

    role: Role
    password: str  # its hash: see `hashed`


NOBODY_IN = Reason("nobody_in", text="Nobody can sign in just now. Whoever runs Byline finds the reason in its log.")


class UsersUnusable(ShownError):
    plain = NOBODY_IN

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The users file {path} cannot be used: {reason}. {_REMEDY}")


class UserMissing(UsageError):
    def __init__(self, name: str, path: Path) -> None:
        super().__init__(f"There is no user {name!r} in {path}. `byline users list --file {path}` lists them.")


class UserNameUnusable(UsageError):
    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} cannot be a name. Take 1 to {LONGEST_NAME} letters, figures and signs without spaces."
        )


class PasswordUnusable(UsageError):
    def __init__(self) -> None:
        super().__init__(f"A password has {SHORTEST} to {LONGEST:,} characters. Choose another, such as four words.")


class Users:
    """The users of a file. It is read again when it has changed, so that who was taken out is out at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._looked: tuple[int, int] | None = None
        self._key = b""
        self._accounts: Mapping[str, Account] = {}

    @property
    def key(self) -> bytes:
        """The key that sessions are signed with. Raises UsersUnusable."""
        self._refresh()
        return self._key

    def accounts(self) -> Mapping[str, Account]:
        """By name. Raises UsersUnusable."""
        self._refresh()
        return self._accounts

    def account(self, name: str) -> Account | None:
        return self.accounts().get(normal(name))

    def check(self, name: str, password: str) -> User | None:
        """The user of a name and password. A name that is not there takes as long as one that is.

        A hash that is no longer made so is made anew.
        """
        account = self.account(name)
        matches = verified(password, account.password if account else _nobodys())
        if not account or not matches:
            return None
        if outdated(account.password):
            self._renew(normal(name), account, password)
        return User(normal(name), account.role)

    def put(self, name: str, role: Role, password: str | None = None) -> None:
        """Adds a user or changes one; without a password, one keeps theirs.

        Raises NameUnusable, PasswordUnusable, UserMissing, UsersUnusable.
        """
        name = normal(name)
        if not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or any(map(str.isspace, name)):
            raise UserNameUnusable(name)
        accounts = dict(self.accounts()) if self.path.exists() else {}
        if password is None and name not in accounts:
            raise UserMissing(name, self.path)
        accounts[name] = Account(role, accounts[name].password if password is None else hashed(password))
        self._write(accounts)

    def remove(self, name: str) -> None:
        """Raises UserMissing, UsersUnusable."""
        accounts = dict(self.accounts())
        if accounts.pop(normal(name), None) is None:
            raise UserMissing(name, self.path)
        self._write(accounts)

    def _renew(self, name: str, account: Account, password: str) -> None:
        """Where the file cannot be written, the old hash stays, and serves."""
        with suppress(UsersUnusable):
            self._write({**self.accounts(), name: Account(account.role, hashed(password))})

    def _refresh(self) -> None:
        with self._lock:
            try:
                found = self.path.stat()
                if self._looked == (found.st_mtime_ns, found.st_ino):
                    return
                self._key, self._accounts = _read(json.loads(self.path.read_bytes()))
            except OSError as error:
                raise UsersUnusable(self.path, error.strerror or str(error)) from error
            except json.JSONDecodeError as error:
                raise UsersUnusable(self.path, "it is no JSON") from error
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise UsersUnusable(self.path, f"it is none of Byline's ({error})") from error
            self._looked = found.st_mtime_ns, found.st_ino

    def _write(self, accounts: Mapping[str, Account]) -> None:
        """The file, whole and for nobody else to read, before anybody sees it."""
        key = self._key or secrets.token_bytes(32)
        lines = {name: {"role": each.role, "password": each.password} for name, each in sorted(accounts.items())}
        text = json.dumps({"key": key.hex(), "users": lines}, ensure_ascii=False, indent=2)
        try:
            with NamedTemporaryFile("w", encoding="utf-8", dir=self.path.parent, delete=False) as made:
                made.write(text + "\n")
            os.replace(made.name, self.path)  # noqa: PTH105 - the one is a name, the other a path
        except OSError as error:
            raise UsersUnusable(self.path, error.strerror or str(error)) from error


def normal(name: str) -> str:
    """A name as names are kept: what looks alike is alike.

    >>> normal(" Ａda "), normal("ADA")
    ('ada', 'ada')
    """
    return unicodedata.normalize("NFKC", name).strip().casefold()


def hashed(password: str) -> str:
    """The hash of a password with its cost and salt, by Argon2id. Raises PasswordUnusable."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordUnusable
    return _hasher().hash(_written(password))


def verified(password: str, kept: str) -> bool:
    """Whether a password is the one whose hash is kept; takes as long either way."""
    from argon2.exceptions import VerificationError

    if kept.startswith(_BEFORE):
        return _verified_before(password, kept)
    try:
        return _hasher().verify(kept, _written(password))
    except VerificationError:
        return False


def outdated(kept: str) -> bool:
    """Whether a hash was made by another method, or with another cost, than one would be made with today."""
    return kept.startswith(_BEFORE) or _hasher().check_needs_rehash(kept)


@cache
def _hasher() -> PasswordHasher:
    """With the costs that the library recommends: RFC 9106's second choice, 64 MiB."""
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys() -> str:
    """A hash to compare the password of an unknown name with."""
    return hashed(secrets.token_urlsafe())


def _verified_before(password: str, kept: str) -> bool:
    """Same as `verified`, by the hash of a Byline before 2026-12: scrypt's n, r and p, the salt and the digest."""
    _, n, r, p, salt, digest = kept.split("$")
    cost = {"n": int(n), "r": int(r), "p": int(p), "maxmem": _MEMORY_BEFORE, "dklen": 32}
    made = hashlib.scrypt(_written(password).encode(errors="replace"), salt=b64decode(salt), **cost)
    return compare_digest(made, b64decode(digest))


def _written(password: str) -> str:
    """A password in one way of writing it, whatever keyboard it came from."""
    return without_surrogates(unicodedata.normalize("NFKC", password[:LONGEST]))


def _read(found: Any) -> tuple[bytes, dict[str, Account]]:
    key, accounts = bytes.fromhex(found["key"]), dict[str, Account]()
    if len(key) < 32:
        raise ValueError("its key is too short")
    for name, each in found["users"].items():
        if not str(each["password"]).startswith((_BEFORE, "$argon2")):
            raise ValueError(f"the password of {name} is no hash")
        accounts[normal(name)] = Account(Role(each["role"]), str(each["password"]))
    return key, accounts
