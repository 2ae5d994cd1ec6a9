"""Sessions: who signed in, in a cookie that nobody can make but whoever has the users file."""

from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from bot.users import normal

if TYPE_CHECKING:
    from bot.users import Users

COOKIE = "byline-session"
LASTS = 7 * 24 * 3600  # seconds


class Sessions:
    """The sessions of the users of a file.

    A session ends by itself after `LASTS`, when its user signs out, is taken out, or gets another password. That one
    was ended by signing out is known as long as this process lives.
    """

    def __init__(self, users: Users, clock: Callable[[], float] = time.time) -> None:
        self.users = users
        self._clock = clock
        self._ended: dict[str, float] = {}  # the ids of those that were signed out, and when they would have ended

    def begin(self, name: str) -> str:
        """A new session, as its cookie says it."""
        body = json.dumps([normal(name), self._clock() + LASTS, token_urlsafe(12)]).encode()
        return f"{_text(body)}.{_text(self._signature(normal(name), body))}"

    def name(self, cookie: str) -> str | None:
        """Whose session a cookie says, where it does."""
        read = self._read(cookie)
        return read[0] if read and read[2] not in self._ended else None

    def end(self, cookie: str) -> None:
        now = self._clock()
        self._ended = {each: ends for each, ends in self._ended.items() if ends > now}
        if read := self._read(cookie):
            self._ended[read[2]] = read[1]

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
