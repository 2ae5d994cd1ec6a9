"""Several workspaces: Slack's OAuth flow, and the encrypted store of their tokens.

Imported inside functions, since its classes derive from the Slack SDK's.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from slack_sdk.oauth import InstallationStore, OAuthStateStore
from slack_sdk.oauth.installation_store import Bot, Installation

from bot.slack.errors import TokenKeyInvalid, TokenKeyMissing, TokenKeyMistaken
from bot.slack.installed import FILE, GROUP
from bot.slack.logs import hide_secrets
from bot.slack.manifest import INSTALL_PATH, REDIRECT_PATH, SCOPES
from bot.tables.tables import open_tables

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet
    from slack_bolt.oauth import OAuthFlow

    from index.sql import Connection

STATE_SECONDS = 600.0  # seconds from the click on “install” to the return from Slack, at most

_OF_BOT = ("bot_token", "bot_id", "bot_user_id", "bot_scopes", "bot_refresh_token", "bot_token_expires_at")
_WORKSPACE = "client = :client AND enterprise = :enterprise AND team = :team"
_BY = ":person IN (person, '')"  # of a person, or of all people
_INSTALL = """
INSERT INTO installation (client, enterprise, team, person, at, sealed)
VALUES (:client, :enterprise, :team, :person, :at, :sealed)
ON CONFLICT (client, enterprise, team, person) DO UPDATE SET at = excluded.at, sealed = excluded.sealed
"""
_PUT = """
INSERT INTO bot (client, enterprise, team, sealed) VALUES (:client, :enterprise, :team, :sealed)
ON CONFLICT (client, enterprise, team) DO UPDATE SET sealed = excluded.sealed
"""

Uninstalled = Callable[[str | None, str | None], object]


def oauth_flow(
    folder: Path,
    client_id: str,
    client_secret: str,
    token_key: str | None,
    *,
    base_url: str,
    uninstalled: Uninstalled | None = None,
    database_url: str | None = None,
) -> OAuthFlow:
    """Installs the app in workspaces and organisations, for `App(oauth_flow=…)`.

    The tokens are kept in the database of `database_url`, else in `folder`.

    `token_key` holds one key, or several with commas. The first one encrypts; tokens of other keys are encrypted anew.
    `base_url` is the address of Slack's API. `uninstalled` gets the ids of an organisation and a workspace after the
    removal of the app. Raises TokenKeyMissing, TokenKeyInvalid, TokenKeyMistaken, FileUnusable, FileDamaged.
    """
    from slack_bolt.authorization.authorize import InstallationStoreAuthorize
    from slack_bolt.oauth import OAuthFlow
    from slack_bolt.oauth.oauth_settings import OAuthSettings
    from slack_sdk import WebClient

    hide_secrets()
    path, client = folder / FILE, WebClient(base_url=base_url)
    installs = Installs(path, client_id, ciphers(token_key), uninstalled, database_url)
    installs.renew()
    settings = OAuthSettings(
        client_id=client_id,
        client_secret=client_secret,
        scopes=list(SCOPES),
        user_scopes=[],
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        authorization_url=urljoin(base_url, "/oauth/v2/authorize"),
        install_page_rendering_enabled=False,  # redirects to Slack's page at once
        installation_store=installs,
        state_store=States(path, url=database_url),
        state_expiration_seconds=int(STATE_SECONDS),
    )
    settings.authorize = InstallationStoreAuthorize(
        logger=logging.getLogger(__name__),
        installation_store=installs,
        client_id=client_id,
        client_secret=client_secret,
        cache_enabled=True,  # by token, so that an event needs no request before its acknowledgement
        client=client,
    )
    return OAuthFlow(client=client, settings=settings)


def new_key() -> str:
    """A key for SLACK_TOKEN_KEY."""
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()


def ciphers(token_key: str | None) -> MultiFernet:
    """The cipher of keys with commas between; the first one encrypts. Raises TokenKeyMissing, TokenKeyInvalid."""
    from cryptography.fernet import Fernet, MultiFernet

    keys = [key.strip() for key in (token_key or "").split(",") if key.strip()]
    if not keys:
        raise TokenKeyMissing
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:  # without the cause, which may show the key
        raise TokenKeyInvalid from None


class Installs(InstallationStore):
    """The installations of an app, for Bolt. Several threads and processes may use them at once.

    A workspace has one bot, and an installation for each person who installed it. Methods raise FileUnusable and
    FileDamaged, and on reading tokens TokenKeyMistaken.
    """

    def __init__(
        self,
        path: Path,
        client_id: str,
        ciphers: MultiFernet,
        uninstalled: Uninstalled | None = None,
        url: str | None = None,
    ) -> None:
        self.path = path
        self._tables = open_tables(GROUP, path, url)
        self._client = client_id
        self._ciphers = ciphers
        self._uninstalled = uninstalled

    def save(self, installation: Installation) -> None:
        values = dict(vars(installation))
        key = self._key(installation.enterprise_id, installation.team_id, installation.is_enterprise_install)
        bot = installation.to_bot() if installation.bot_token else None
        values |= dict.fromkeys(_OF_BOT)
        values["bot_scopes"] = []
        person, at = installation.user_id, installation.installed_at
        row = {**key, "person": person, "at": at, "sealed": self._sealed(values)}
        with self._tables.writing() as connection:
            connection.execute(_INSTALL, row)
            if bot:
                self._put(connection, key, bot)

    def save_bot(self, bot: Bot) -> None:
        with self._tables.writing() as connection:
            self._put(connection, self._key(bot.enterprise_id, bot.team_id, bot.is_enterprise_install), bot)

    def find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        key = self._key(enterprise_id, team_id, is_enterprise_install)
        with self._tables.reading() as connection:
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
        """The person's installation, else the workspace's last one, with the last token of the bot."""
        key = self._key(enterprise_id, team_id, is_enterprise_install)
        with self._tables.reading() as connection:
            row = connection.execute(
                f"SELECT sealed FROM installation WHERE {_WORKSPACE} AND {_BY} ORDER BY at DESC LIMIT 1",
                {**key, "person": user_id or ""},
            ).fetchone()
            bot = connection.execute(f"SELECT sealed FROM bot WHERE {_WORKSPACE}", key).fetchone()
        if row is None:
            return None
        values = self._opened(row[0])
        if bot:
            bot_values = self._opened(bot[0])
            values |= {name: bot_values[name] for name in _OF_BOT}
        return Installation(**values)

    def delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        with self._tables.writing() as connection:
            connection.execute(f"DELETE FROM bot WHERE {_WORKSPACE}", self._key(enterprise_id, team_id))

    def delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Deletes the person's installation; without a `user_id`, all of the workspace."""
        with self._tables.writing() as connection:
            connection.execute(
                f"DELETE FROM installation WHERE {_WORKSPACE} AND {_BY}",
                {**self._key(enterprise_id, team_id), "person": user_id or ""},
            )

    def delete_all(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Deletes all of a workspace. Bolt calls it after the removal of the app."""
        super().delete_all(enterprise_id=enterprise_id, team_id=team_id)
        if self._uninstalled:
            self._uninstalled(enterprise_id, team_id)

    def renew(self) -> None:
        """Encrypts every token with the first key. Raises TokenKeyMistaken if no key decrypts one."""
        with self._tables.writing() as connection:
            for table in ("bot", "installation"):
                query = f"SELECT rowid, sealed FROM {table} WHERE client = :client"
                for number, sealed in connection.execute(query, {"client": self._client}).fetchall():
                    values = {"sealed": self._with_key(partial(self._ciphers.rotate, sealed)), "number": number}
                    connection.execute(f"UPDATE {table} SET sealed = :sealed WHERE rowid = :number", values)

    def _put(self, connection: Connection, key: Mapping[str, str], bot: Bot) -> None:
        connection.execute(_PUT, {**key, "sealed": self._sealed(vars(bot))})

    def _key(self, enterprise: str | None, team: str | None, organisation: bool | None = False) -> dict[str, str]:
        return {"client": self._client, "enterprise": enterprise or "", "team": "" if organisation else team or ""}

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
    """The `state` values of OAuth, which tie the return from Slack to its beginning. Each is valid once."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time, url: str | None = None) -> None:
        """`clock` gives seconds since 1970."""
        self._tables = open_tables(GROUP, path, url)
        self._clock = clock

    def issue(self, *_args: Any, **_kwargs: Any) -> str:
        value, now = secrets.token_urlsafe(32), self._clock()
        with self._tables.writing() as connection:
            connection.execute("DELETE FROM state WHERE until <= :now", {"now": now})
            row = {"value": value, "until": now + STATE_SECONDS}
            connection.execute("INSERT INTO state (value, until) VALUES (:value, :until)", row)
        return value

    def consume(self, state: str) -> bool:
        with self._tables.writing() as connection:
            query = "DELETE FROM state WHERE value = :value RETURNING until"
            taken = connection.execute(query, {"value": state}).fetchone()
        return taken is not None and taken[0] > self._clock()
