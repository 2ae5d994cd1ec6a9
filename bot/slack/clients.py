"""The clients of the Slack API, by workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.slack.service import ClientOf

if TYPE_CHECKING:
    from slack_sdk import WebClient
    from slack_sdk.http_retry import RetryHandler
    from slack_sdk.oauth import InstallationStore


RETRIES = 3  # of a call that Slack answers with 429 or 5xx


def client_of_one(token: str, base_url: str) -> ClientOf:
    """The clients for a bot token, which has one workspace."""

    def client(_team: str, _enterprise: str, retry: bool = True) -> WebClient:
        return _client(token, base_url, retry)

    return client


def client_of_many(installs: InstallationStore, base_url: str) -> ClientOf:
    """The clients of all workspaces with the app installed."""

    def client(team: str, enterprise: str, retry: bool = True) -> WebClient | None:
        for is_enterprise in (False, True) if enterprise else (False,):
            found = installs.find_bot(
                enterprise_id=enterprise or None, team_id=team, is_enterprise_install=is_enterprise
            )
            if found and found.bot_token:
                return _client(found.bot_token, base_url, retry)
        return None

    return client


def retries() -> list[RetryHandler]:
    """The handlers of retries: for lost connections, rate limits, and errors of the server."""
    from slack_sdk.http_retry.builtin_handlers import (
        ConnectionErrorRetryHandler,
        RateLimitErrorRetryHandler,
        ServerErrorRetryHandler,
    )

    return [ConnectionErrorRetryHandler(), RateLimitErrorRetryHandler(RETRIES), ServerErrorRetryHandler(RETRIES)]


def _client(token: str, base_url: str, retry: bool) -> WebClient:
    from slack_sdk import WebClient

    return WebClient(token=token, base_url=base_url, retry_handlers=retries() if retry else None)
