"""The commands of the Slack bot: run it, write the app's manifest, make a key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import AsJson, ModelSpec, StoreFolder, Strictness, open_bot, open_history
from bot.cli.output import say, say_json
from bot.config import Config, read
from bot.errors import SettingInvalid
from bot.types import Answer
from index.errors import CollectionMissing
from index.types import Filters

if TYPE_CHECKING:
    from bot.answering.bot import Bot
    from bot.slack.http import Signed
    from bot.slack.service import ClientOf, SlackService

app = typer.Typer(rich_markup_mode=None)

Observe = Callable[[Answer], None]


@app.callback(invoke_without_command=True)
def slack(
    context: typer.Context,
    store: StoreFolder = None,
    model: ModelSpec = None,
    strictness: Strictness = None,
    http: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Take Slack's requests here, instead of in Socket Mode.")
    ] = None,
) -> None:
    """The Slack bot, in Socket Mode or over HTTP. Its tokens are in the environment: see docs/slack.md."""
    if context.invoked_subcommand:
        return
    from bot.slack.logs import hide_secrets

    hide_secrets()
    config = read({"store": store, "model": model, "strictness": strictness})
    with open_bot(config) as bot:
        if http is None:
            _over_a_socket(bot, config)
        else:
            _serve_http(bot, config, http)


@app.command("manifest")
def show_manifest(
    http: Annotated[
        str | None, typer.Option(metavar="URL", help="Where Slack reaches Byline, instead of by Socket Mode.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the manifest that Slack makes the app from."""
    from bot.slack.manifest import manifest, written

    made = manifest(http)
    if as_json:
        say_json(made)
    else:
        say(written(made).rstrip("\n"))


@app.command("key")
def show_key() -> None:
    """Print a new key, for SLACK_TOKEN_KEY."""
    from bot.slack.installs import new_key

    say(new_key())


def _over_a_socket(bot: Bot, config: Config) -> None:
    from bot.slack import socket
    from bot.slack.app import build_app, running
    from bot.slack.clients import client_of_one
    from bot.slack.errors import APP_TOKEN, BOT_TOKEN, checked

    token, app_token = checked(config.slack_bot_token, BOT_TOKEN), checked(config.slack_app_token, APP_TOKEN)
    service = _service(bot, config, client_of_one(token, config.slack_url))
    with running(service) as workers:
        socket.serve(build_app(service, workers, token, base_url=config.slack_url), app_token, say)


def _serve_http(bot: Bot, config: Config, given: str) -> None:
    from bot.slack import http

    host, port = http.address(given)
    with over_http(bot, config) as signed:
        http.serve(signed.app, signed.secret, host, port, ready=say)


@contextmanager
def over_http(bot: Bot, config: Config, observe: Observe = lambda _: None) -> Iterator[Signed]:
    """The app with its workers, which end with it. `observe` is told each answer as it ends.

    One workspace with its bot token, or with the client's ID and secret those that the app is installed in.
    """
    from bot.slack.app import build_app, running
    from bot.slack.clients import client_of_many, client_of_one
    from bot.slack.errors import BOT_TOKEN, CLIENT_ID, CLIENT_SECRET, SIGNING_SECRET, checked
    from bot.slack.http import Signed
    from bot.slack.installs import oauth_flow
    from bot.slack.listeners import forget

    secret = checked(config.slack_signing_secret, SIGNING_SECRET)

    def uninstalled(_enterprise: str | None, team: str | None) -> None:
        forget(service, team or "")

    token, oauth = config.slack_bot_token, None
    if config.slack_client_id or config.slack_client_secret:
        client = checked(config.slack_client_id, CLIENT_ID), checked(config.slack_client_secret, CLIENT_SECRET)
        url, key = config.slack_url, config.slack_token_key
        oauth = oauth_flow(
            config.store, *client, key, base_url=url, uninstalled=uninstalled, database_url=config.database_url
        )
        clients = client_of_many(oauth.settings.installation_store, config.slack_url)
    else:
        clients = client_of_one(checked(token, BOT_TOKEN), config.slack_url)
    service = _service(bot, config, clients, observe)
    with running(service) as workers:
        app = build_app(service, workers, token, signing_secret=secret, oauth=oauth, base_url=config.slack_url)
        yield Signed(app, secret)


def _service(bot: Bot, config: Config, client: ClientOf, observe: Observe = lambda _: None) -> SlackService:
    """The service of Byline that the Slack bot asks."""
    from bot.alerts.watch import Watches, news
    from bot.slack.pace import SlackRateLimit
    from bot.slack.service import SlackService
    from bot.slack.settings import Allowed, usual
    from bot.slack.store import SlackStore
    from bot.suggestions.offers import Offers

    _require_collection(bot, config.slack_collection)
    bot.warm()  # the first acknowledgement has three seconds
    bot.classified("warm up")
    watches = Watches(config.store, url=config.database_url)
    return SlackService(
        stream=bot.stream,
        verify=lambda text, filters, cancel: bot.verify_stream(text, filters, cancel=cancel),
        library=bot.index,
        openers=Offers(bot).to_begin_with,
        client=client,
        history=open_history(config),
        store=SlackStore(config.store, url=config.database_url),
        watches=watches,
        news=lambda watch: news(bot, watches, [watch]),
        pace=SlackRateLimit(config.questions_a_minute, config.slack_questions_a_minute),
        allowed=Allowed.of(config),
        usual=usual(config),
        classify=bot.classified,
        observe=observe,
    )


def _require_collection(bot: Bot, name: str | None) -> None:
    """Else only the first question in a channel would show, to everybody there, that the collection is missing."""
    try:
        bot.index.require(Filters(collection=(name,) if name else ()))
    except CollectionMissing as error:
        reason = f"there is no collection {name!r} here; `byline collection list` lists them"
        raise SettingInvalid("slack_collection", reason) from error
