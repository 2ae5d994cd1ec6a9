"""Sessions: who signed in, in a cookie that nobody can make but whoever has the users file."""

from __future__ import annotations

import hmac
import json
import sqlite3
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_urlsafe
from threading import Lock
from typing import TYPE_CHECKING

from bot.errors import ShownError
from bot.users import normal

if TYPE_CHECKING:
    from bot.users import Users

COOKIE = "byline-session"
LASTS = 7 * 24 * 3600  # seconds
PATIENCE = 10.0  # seconds that one process waits for another


class SessionsUnusable(ShownError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"It is not known who signed out: {path} can be neither read nor written ({reason}). "
            "Nobody is let in before that is mended."
        )


class Ended:
    """Which sessions were signed out before their time: in a file that all processes share, or without one in memory.

    Everything raises SessionsUnusable.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = Lock()
        self._opened: sqlite3.Connection | None = None

    def add(self, session: str, ends: float, now: float) -> None:
        """One that would have ended by itself at a time. Those that have by `now` are forgotten. Seconds since 1970."""
        with self._connection() as connection:
            connection.execute("DELETE FROM ended WHERE ends <= ?", (now,))
            connection.execute("INSERT OR IGNORE INTO ended VALUES (?, ?)", (session, ends))

    def __contains__(self, session: str) -> bool:
        with self._connection() as connection:
            return connection.execute("SELECT 1 FROM ended WHERE session = ?", (session,)).fetchone() is not None

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        path = self._path or Path(":memory:")
        with self._lock:
            try:
                if self._opened is None:
                    self._opened = sqlite3.connect(path, timeout=PATIENCE, check_same_thread=False)
                    self._opened.execute("CREATE TABLE IF NOT EXISTS ended (session TEXT PRIMARY KEY, ends REAL)")
                with self._opened:
                    yield self._opened
            except sqlite3.Error as error:
                raise SessionsUnusable(path, str(error)) from error


class Sessions:
    """The sessions of the users of a file.

    A session ends by itself after `LASTS`, when its user signs out, is taken out, or gets another password.
    """

    def __init__(self, users: Users, ended: Path | None = None, clock: Callable[[], float] = time.time) -> None:
        """In the file `ended` it is kept who signed out; without one, that is known as long as this process lives."""
        self.users = users
        self._clock = clock
        self._ended = Ended(ended)

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
        """Of a cookie that was made here and has not run out: the name, when it ends, and its id."""
        try:
            body, signature = (urlsafe_b64decode(part.encode("ascii")) for part in cookie.split("."))
            name, ends, id_ = json.loads(body)
            if not hmac.compare_digest(signature, self._signature(name, body)):
                return None
        except (ValueError, TypeError, RecursionError):
            return None
        return (name, ends, id_) if ends > self._clock() else None

    def _signature(self, name: str, body: bytes) -> bytes:
        """It changes with the password. For a name that is not there, one that nobody can make."""
        account = self.users.account(name)
        secret = account.password if account else token_urlsafe(32)
        return hmac.digest(self.users.key, f"session {secret} ".encode() + body, "sha256")


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode()
