"""Several workspaces: Slack's OAuth flow, and the file that their tokens are kept in, encrypted.

Imported inside functions, since it has classes of the Slack SDK's kinds.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from slack_sdk.oauth import InstallationStore, OAuthStateStore
from slack_sdk.oauth.installation_store import Bot, Installation

from bot.slack.errors import TokenKeyInvalid, TokenKeyMissing, TokenKeyMistaken
from bot.slack.logs import hide_secrets
from bot.slack.manifest import INSTALL_PATH, REDIRECT_PATH, SCOPES
from bot.sqlite import SQLiteFile

if TYPE_CHECKING:
    import sqlite3

    from cryptography.fernet import MultiFernet
    from slack_bolt.oauth import OAuthFlow

FILE = "slack-installs.sqlite3"  # in the store's folder
FORMAT = 1
STATE_SECONDS = 600.0  # from the click on “install” until Slack sends the person back

# A workspace of no organisation has the enterprise ''. An installation in a whole organisation has the team ''.
_SCHEMA = """
CREATE TABLE bot (
    client TEXT NOT NULL,
    enterprise TEXT NOT NULL,
    team TEXT NOT NULL,
    sealed BLOB NOT NULL,     -- JSON of slack_sdk's Bot, encrypted
    PRIMARY KEY (client, enterprise, team)
);
CREATE TABLE installation (
    client TEXT NOT NULL,
    enterprise TEXT NOT NULL,
    team TEXT NOT NULL,
    person TEXT NOT NULL,     -- who installed it
    at REAL NOT NULL,         -- seconds since 1970
    sealed BLOB NOT NULL,     -- JSON of slack_sdk's Installation without the bot's part, encrypted
    PRIMARY KEY (client, enterprise, team, person)
);
CREATE TABLE state (
    value TEXT PRIMARY KEY,
    until REAL NOT NULL       -- seconds since 1970
);
"""
_OF_BOT = ("bot_token", "bot_id", "bot_user_id", "bot_scopes", "bot_refresh_token", "bot_token_expires_at")
_WORKSPACE = "client = ? AND enterprise = ? AND team = ?"

Uninstalled = Callable[[str | None, str | None], object]


def oauth_flow(
    folder: Path,
    client_id: str,
    client_secret: str,
    token_key: str | None,
    *,
    base_url: str,
    uninstalled: Uninstalled | None = None,
) -> OAuthFlow:
    """Installs the app in workspaces and organisations, for `App(oauth_flow=…)`; the tokens are kept in `folder`.

    `token_key` holds one key or several with commas: the first one encrypts. What another one encrypted is encrypted
    anew. `base_url` is that of Slack's API. `uninstalled` is called with the IDs of an organisation and a workspace
    that the app was taken out of. Raises TokenKeyMissing, TokenKeyInvalid, TokenKeyMistaken, FileUnusable, FileDamaged.
    """
    from slack_bolt.authorization.authorize import InstallationStoreAuthorize
    from slack_bolt.oauth import OAuthFlow
    from slack_bolt.oauth.oauth_settings import OAuthSettings
    from slack_sdk import WebClient

    hide_secrets()
    path, client = folder / FILE, WebClient(base_url=base_url)
    installs = Installs(path, client_id, ciphers(token_key), uninstalled)
    installs.renew()
    settings = OAuthSettings(
        client_id=client_id,
        client_secret=client_secret,
        scopes=list(SCOPES),
        user_scopes=[],
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        authorization_url=urljoin(base_url, "/oauth/v2/authorize"),
        install_page_rendering_enabled=False,  # straight to Slack's own page
        installation_store=installs,
        state_store=States(path),
        state_expiration_seconds=int(STATE_SECONDS),
    )
    settings.authorize = InstallationStoreAuthorize(
        logger=logging.getLogger(__name__),
        installation_store=installs,
        client_id=client_id,
        client_secret=client_secret,
        cache_enabled=True,  # by token: an event costs no request to Slack before it is acknowledged
        client=client,
    )
    return OAuthFlow(client=client, settings=settings)


def new_key() -> str:
    """A key for SLACK_TOKEN_KEY."""
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()


def ciphers(token_key: str | None) -> MultiFernet:
    """Encrypts with the first of the keys, which stand with commas. Raises TokenKeyMissing, TokenKeyInvalid."""
    from cryptography.fernet import Fernet, MultiFernet

    keys = [key.strip() for key in (token_key or "").split(",") if key.strip()]
    if not keys:
        raise TokenKeyMissing
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:  # not `from error`, which may show the key
        raise TokenKeyInvalid from None


class Installs(InstallationStore):
    """The installations of one app, as Bolt asks for them. Several threads and processes may use them at once.

    A workspace has one bot, and an installation for each person who installed it. Raises FileUnusable and FileDamaged,
    and TokenKeyMistaken where tokens are read.
    """

    def __init__(
        self, path: Path, client_id: str, ciphers: MultiFernet, uninstalled: Uninstalled | None = None
    ) -> None:
        self.path = path
        self._file = SQLiteFile(path, _SCHEMA, FORMAT)
        self._client = client_id
        self._ciphers = ciphers
        self._uninstalled = uninstalled

    def save(self, installation: Installation) -> None:
        values = dict(vars(installation))
        key = self._key(installation.enterprise_id, installation.team_id, installation.is_enterprise_install)
        bot = installation.to_bot() if installation.bot_token else None
        values |= dict.fromkeys(_OF_BOT)
        values["bot_scopes"] = []
        row = (*key, installation.user_id, installation.installed_at, self._sealed(values))
        with self._file.writing() as connection:
            connection.execute("REPLACE INTO installation VALUES (?, ?, ?, ?, ?, ?)", row)
            if bot:
                self._put(connection, key, bot)

    def save_bot(self, bot: Bot) -> None:
        with self._file.writing() as connection:
            self._put(connection, self._key(bot.enterprise_id, bot.team_id, bot.is_enterprise_install), bot)

    def find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        key = self._key(enterprise_id, team_id, is_enterprise_install)
        with self._file.reading() as connection:
            row = connection.execute(f"SELECT sealed FROM bot WHERE {_WORKSPACE}", key).fetchone()
        return Bot(**self._opened(row[0])) if row else None

    def find_installation(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """The person's installation, or without a `user_id` the workspace's last one; with the bot's last token."""
        key = self._key(enterprise_id, team_id, is_enterprise_install)
        with self._file.reading() as connection:
            row = connection.execute(
                f"SELECT sealed FROM installation WHERE {_WORKSPACE} AND ? IN (person, '') ORDER BY at DESC LIMIT 1",
                (*key, user_id or ""),
            ).fetchone()
            bot = connection.execute(f"SELECT sealed FROM bot WHERE {_WORKSPACE}", key).fetchone()
        if row is None:
            return None
        values = self._opened(row[0])
        if bot:
            found = self._opened(bot[0])
            values |= {name: found[name] for name in _OF_BOT}
        return Installation(**values)

    def delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        with self._file.writing() as connection:
            connection.execute(f"DELETE FROM bot WHERE {_WORKSPACE}", self._key(enterprise_id, team_id))

    def delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """The person's installation, or without a `user_id` all of the workspace."""
        with self._file.writing() as connection:
            connection.execute(
                f"DELETE FROM installation WHERE {_WORKSPACE} AND ? IN (person, '')",
                (*self._key(enterprise_id, team_id), user_id or ""),
            )

    def delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """What Bolt calls when the app was taken out of a workspace."""
        super().delete_all(enterprise_id=enterprise_id, team_id=team_id)
        if self._uninstalled:
            self._uninstalled(enterprise_id, team_id)

    def renew(self) -> None:
        """Encrypts every token with the first key. Raises TokenKeyMistaken where none of the keys fits."""
        with self._file.writing() as connection:
            for table in ("bot", "installation"):
                rows = connection.execute(f"SELECT rowid, sealed FROM {table} WHERE client = ?", (self._client,))
                for number, sealed in rows.fetchall():
                    renewed = self._with_key(partial(self._ciphers.rotate, sealed))
                    connection.execute(f"UPDATE {table} SET sealed = ? WHERE rowid = ?", (renewed, number))

    def _put(self, connection: sqlite3.Connection, key: tuple[str, str, str], bot: Bot) -> None:
        connection.execute("REPLACE INTO bot VALUES (?, ?, ?, ?)", (*key, self._sealed(vars(bot))))

    def _key(self, enterprise: str | None, team: str | None, organisation: bool | None = False) -> tuple[str, str, str]:
        return self._client, enterprise or "", "" if organisation else team or ""

    def _sealed(self, values: dict[str, Any]) -> bytes:
        return self._ciphers.encrypt(json.dumps(values).encode())

    def _opened(self, sealed: bytes) -> dict[str, Any]:
        values: dict[str, Any] = json.loads(self._with_key(partial(self._ciphers.decrypt, sealed)))
        return values

    def _with_key(self, read: Callable[[], bytes]) -> bytes:
        from cryptography.fernet import InvalidToken

        try:
            return read()
        except InvalidToken as error:
            raise TokenKeyMistaken(self.path) from error


class States(OAuthStateStore):
    """The values by which a person who comes back from Slack is known to have begun here. Each serves once."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        """`clock` gives seconds since 1970."""
        self._file = SQLiteFile(path, _SCHEMA, FORMAT)
        self._clock = clock

    def issue(self, *_args: Any, **_kwargs: Any) -> str:
        value, now = secrets.token_urlsafe(32), self._clock()
        with self._file.writing() as connection:
            connection.execute("DELETE FROM state WHERE until <= ?", (now,))
            connection.execute("INSERT INTO state VALUES (?, ?)", (value, now + STATE_SECONDS))
        return value

    def consume(self, state: str) -> bool:
        with self._file.writing() as connection:
            taken = connection.execute("DELETE FROM state WHERE value = ? RETURNING until", (state,)).fetchone()
        return taken is not None and taken[0] > self._clock()
