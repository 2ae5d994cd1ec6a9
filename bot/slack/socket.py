"""Slack over Socket Mode: Byline makes the connection, and needs no public address."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from bot.runtime.shutdown import terminated_as_interrupted, wait_for_interrupt
from bot.slack.errors import APP_TOKEN, BOT_TOKEN, SlackTokenRefused, SlackUnreachable

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient

_log = logging.getLogger(__name__)


def serve(app: App, app_token: str, ready: Callable[[str], object] = _log.info) -> None:
    """Serves Slack's events until interrupted. `ready` gets one sentence once Slack is connected.

    Raises TokenRefused, SlackUnreachable.
    """
    name = _identity(app.client)
    with connected(app, app_token), suppress(KeyboardInterrupt), terminated_as_interrupted():
        ready(f"Connected to Slack as {name}. Mention it or write to it. Stop with Ctrl-C.")
        wait_for_interrupt()


@contextmanager
def connected(app: App, app_token: str) -> Iterator[None]:
    """Within it, events arrive over Socket Mode. Leaving it completes the accepted events."""
    from slack_bolt.adapter.socket_mode import SocketModeHandler
    from slack_sdk.errors import SlackApiError

    handler = SocketModeHandler(app, app_token)
    try:
        try:
            handler.connect()  # type: ignore[no-untyped-call]
        except SlackApiError as error:
            raise SlackTokenRefused(APP_TOKEN, error.response["error"]) from error
        except OSError as error:
            raise SlackUnreachable(str(error)) from error
        yield
    finally:
        handler.close()  # type: ignore[no-untyped-call]
        app.listener_runner.listener_executor.shutdown()


def _identity(client: WebClient) -> str:
    """The bot's name and workspace. Slack checks the bot token. Raises TokenRefused, SlackUnreachable."""
    from slack_sdk.errors import SlackApiError

    try:
        identity = client.auth_test()
    except SlackApiError as error:
        raise SlackTokenRefused(BOT_TOKEN, error.response["error"]) from error
    except OSError as error:
        raise SlackUnreachable(str(error)) from error
    return f"@{identity['user']} in {identity['team']}"
