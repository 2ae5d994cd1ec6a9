"""Sessions: who signed in. Each has a cookie that nobody else can make."""

from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from bot.auth.oidc import Person
from bot.auth.users import NOBODY_IN, Role, normal
from bot.errors import ShownError
from bot.runtime.error_log import public
from bot.tables.sqlite import Group
from bot.tables.tables import open_tables

if TYPE_CHECKING:
    from bot.auth.users import Users

COOKIE = "byline-session"
LASTS = 7 * 24 * 3600  # seconds
FILE = "signed-out.sqlite3"  # in the folder of the store

_SCHEMA = """
CREATE TABLE IF NOT EXISTS ended (session TEXT PRIMARY KEY, ends REAL);
CREATE TABLE IF NOT EXISTS begun (session TEXT PRIMARY KEY, rules TEXT, account TEXT, name TEXT, role TEXT, ends REAL);
"""
GROUP = Group(FILE, _SCHEMA, 1, {0: ()})  # a Byline before 2027 gave its file no version


class SessionsUnusable(ShownError):
    plain = NOBODY_IN

    def __init__(self, reason: ShownError) -> None:
        super().__init__(
            f"It is not known who signed out, and nobody is let in before that is mended. {public(reason).text}"
        )


class EndedSessions:
    """The sessions of users of a file that were signed out before their time. Everything raises SessionsUnusable."""

    def __init__(self, path: Path | None = None, url: str | None = None) -> None:
        """In the database of a `url`, else in a file, else in memory."""
        self._tables = open_tables(GROUP, path, url)

    def add(self, session: str, ends: float, now: float) -> None:
        """One that would have ended by itself at a time. Those that have by `now` are forgotten. Seconds since 1970."""
        row = {"session": session, "ends": ends, "now": now}
        with _shown(), self._tables.writing() as connection:
            connection.execute("DELETE FROM ended WHERE ends <= :now", row)
            connection.execute("INSERT INTO ended (session, ends) VALUES (:session, :ends) ON CONFLICT DO NOTHING", row)

    def __contains__(self, session: str) -> bool:
        query = "SELECT 1 FROM ended WHERE session = :session"
        with _shown(), self._tables.reading() as connection:
            return connection.execute(query, {"session": session}).fetchone() is not None


@contextmanager
def _shown() -> Iterator[None]:
    try:
        yield
    except ShownError as error:
        raise SessionsUnusable(error) from error


class Accounts:
    """The sessions of those who signed in by a provider. The tables have hashes, by which nobody can come in.

    A session ends by itself after `LASTS`, when its person signs out, or when the rules are others. Everything raises
    SessionsUnusable.
    """

    def __init__(
        self, rules: str, path: Path | None = None, clock: Callable[[], float] = time.time, url: str | None = None
    ) -> None:
        """`rules` names what decides who is let in as what. In the database of a `url`, else in a file, else in
        memory."""
        self._tables = open_tables(GROUP, path, url)
        self._rules = rules
        self._clock = clock

    def begin(self, person: Person) -> str:
        """A new session, as its cookie says it."""
        cookie, now = token_urlsafe(32), self._clock()
        row = {"session": _hashed(cookie), "rules": self._rules, "account": person.account, "name": person.name}
        times = {"role": str(person.role), "ends": now + LASTS, "now": now}
        with _shown(), self._tables.writing() as connection:
            connection.execute("DELETE FROM begun WHERE ends <= :now", {"now": now})
            connection.execute(
                "INSERT INTO begun (session, rules, account, name, role, ends) "
                "VALUES (:session, :rules, :account, :name, :role, :ends)",
                row | times,
            )
        return cookie

    def person(self, cookie: str) -> Person | None:
        """Whose session a cookie says, where it does."""
        if not cookie:
            return None
        query = "SELECT account, name, role FROM begun WHERE session = :session AND rules = :rules AND ends > :now"
        values = {"session": _hashed(cookie), "rules": self._rules, "now": self._clock()}
        with _shown(), self._tables.reading() as connection:
            row = connection.execute(query, values).fetchone()
        return Person(row[0], row[1], Role(row[2])) if row else None

    def end(self, cookie: str) -> None:
        with _shown(), self._tables.writing() as connection:
            connection.execute("DELETE FROM begun WHERE session = :session", {"session": _hashed(cookie)})


class Sessions:
    """The sessions of the users of a file.

    A session ends by itself after `LASTS`, when its user signs out, is taken out, or gets another password.
    """

    def __init__(
        self,
        users: Users,
        ended: Path | None = None,
        clock: Callable[[], float] = time.time,
        url: str | None = None,
    ) -> None:
        """Who signed out is kept in the database of a `url`, else in the file `ended`, else by this process alone."""
        self.users = users
        self._clock = clock
        self._ended = EndedSessions(ended, url)

    def begin(self, name: str) -> str:
        """A new session, as its cookie says it."""
        body = json.dumps([normal(name), self._clock() + LASTS, token_urlsafe(12)]).encode()
        return f"{_text(body)}.{_text(self._signature(normal(name), body))}"

    def name(self, cookie: str) -> str | None:
        """Whose session a cookie says, where it does."""
        read = self._read(cookie)
        return read[0] if read and read[2] not in self._ended else None

    def end(self, cookie: str) -> None:
        """Raises SessionsUnusable: then the session goes on."""
        if read := self._read(cookie):
            self._ended.add(read[2], read[1], self._clock())

    def _read(self, cookie: str) -> tuple[str, float, str] | None:
        """The content of a cookie that was made here and has not run out: the name, when it ends, and its id."""
        try:
            body, signature = (urlsafe_b64decode(part.encode("ascii")) for part in cookie.split("."))
            name, ends, id_ = json.loads(body)
            if not hmac.compare_digest(signature, self._signature(name, body)):
                return None
        except (ValueError, TypeError, RecursionError):
            return None
        return (name, ends, id_) if ends > self._clock() else None

    def _signature(self, name: str, body: bytes) -> bytes:
        """A signature that changes with the password. For a name that is not there, one that nobody can make."""
        account = self.users.account(name)
        secret = account.password if account else token_urlsafe(32)
        return hmac.digest(self.users.key, f"session {secret} ".encode() + body, "sha256")


def _hashed(cookie: str) -> str:
    return sha256(cookie.encode(errors="replace")).hexdigest()


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode()
