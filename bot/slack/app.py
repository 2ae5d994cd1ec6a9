"""The Bolt app: its listeners, by event, action and form. Listeners are quick; workers do long work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.slack.answering import Answerer
from bot.slack.errors import CredentialsConflict, SlackMissing
from bot.slack.listeners import Listeners
from bot.slack.manifest import CHECK, COMMAND
from bot.slack.news import Notifier
from bot.slack.service import SlackService
from bot.slack.workers import WORKERS, Workers

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_bolt.oauth import OAuthFlow

Listener = Callable[..., None]

LATER = 2  # threads for long work other than answers
LISTENERS = 16  # threads: with Bolt's five, a few slow calls to Slack would make a command miss its three seconds


@contextmanager
def running(service: SlackService, count: int = WORKERS) -> Iterator[Workers]:
    """Within it, jobs are done, and news of standing questions posted. Leaving it completes the begun answers."""
    with Workers(service.store, Answerer(service).do, count) as workers, Notifier(service):
        yield workers


def build_app(
    service: SlackService,
    workers: Workers,
    token: str | None = None,
    *,
    signing_secret: str = "",
    oauth: OAuthFlow | None = None,
    base_url: str,
) -> App:
    """The app of a service; `workers` do its jobs. Makes no request by itself.

    One workspace needs a bot token; several need `oauth` instead. HTTP needs the signing secret. Raises SlackMissing,
    CredentialsConflict.
    """
    try:
        from slack_bolt import App
    except ImportError as error:
        raise SlackMissing from error

    app = App(
        name="byline",
        token=token,
        token_verification_enabled=False,
        signing_secret=signing_secret,
        oauth_flow=oauth,
        listener_executor=ThreadPoolExecutor(LISTENERS, "slack-listener"),
    )
    if app.oauth_flow is not oauth or (token and oauth):
        raise CredentialsConflict
    if oauth:
        app.enable_token_revocation_listeners()  # first: Bolt runs the first listener of an event
    app.client.base_url = base_url
    later = ThreadPoolExecutor(LATER, "slack-later")
    _register(app, Listeners(service, workers.wake, workers.look, later.submit))
    return app


def _register(app: App, listeners: Listeners) -> None:
    app.error(listeners.failed)
    app.middleware(listeners.take)
    app.command(COMMAND)(listeners.ask)
    app.shortcut(CHECK)(listeners.check)
    events: dict[str, Listener] = {
        "agent_session_stopped": listeners.stopped,
        "app_home_opened": listeners.opened,
        "reaction_added": listeners.reaction,
        "app_uninstalled": listeners.uninstalled,
        "tokens_revoked": listeners.revoked,
    }
    actions: dict[str, Listener] = {
        "quote": listeners.quote,
        "feedback": listeners.feedback,
        "share": listeners.share,
        "home_ask": listeners.home_ask,
        "open_settings": listeners.settings,
        "watch_pause": listeners.watch,
        "watch_resume": listeners.watch,
        "watch_delete": listeners.watch,
    }
    forms: dict[str, Listener] = {
        "feedback": listeners.reasons,
        "settings_channel": listeners.channel,
        "settings": listeners.choose,
    }
    for kind, named in ((app.event, events), (app.action, actions), (app.view, forms)):
        for name, listener in named.items():
            kind(name)(listener)
