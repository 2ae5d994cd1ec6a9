"""The commands that serve until they are stopped: the web chat alone, or with the surfaces for programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.auth.keys import Keys
from bot.auth.users import Role, Users
from bot.cli.bring import bring_in
from bot.cli.oidc import provider_of
from bot.cli.options import Flags, ModelSpec, StoreFolder, Strictness, new_index, open_bot, open_history, taking
from bot.cli.output import say
from bot.config import Config, read, shipped
from bot.errors import ShownError, UsageError
from bot.service.service import Surface
from index.extras import installing

if TYPE_CHECKING:
    from bot.answering.bot import Bot
    from bot.service.middleware import Program
    from bot.telemetry.telemetry import Telemetry
    from bot.web import Access

LOCAL = ("localhost", "127.0.0.1", "::1")

Host = Annotated[str | None, typer.Option(metavar="HOST", help="Where to listen; default 127.0.0.1.")]
Port = Annotated[int | None, typer.Option(metavar="PORT", help="Default 7860.")]
UsersFile = Annotated[
    Path | None, typer.Option("--auth", metavar="FILE", help="Let in only the users of this file: see `byline users`.")
]
Header = Annotated[
    str | None,
    typer.Option("--auth-header", metavar="NAME", help="Let in whom a proxy names in this header, X-Forwarded-User."),
]
Everybody = Annotated[
    bool | None, typer.Option("--open", help="Let in everybody who reaches it, on whatever address that is.")
]
Empty = Annotated[
    bool, typer.Option("--empty", help="Where there is no index yet, begin with an empty one: bring no articles in.")
]


class ServingMissing(ShownError):
    def __init__(self) -> None:
        super().__init__(f"Serving programs is not installed. Install it with {installing('serve')}.")


class Unguarded(UsageError):
    def __init__(self, config: Config) -> None:
        reached = config.allowed_hosts if on_loopback(config.host) else config.host
        super().__init__(
            f"Everybody who reaches {reached} could ask about the articles and read them. Let in only whom you know: "
            "people with `--auth FILE` (`byline users add NAME --file FILE`) or by a provider (`oidc_issuer`), "
            "programs with `byline serve` and a key (`byline keys create NAME`). If everybody may, say `--open`."
        )


def flags_of(
    store: StoreFolder = None,
    model: ModelSpec = None,
    host: Host = None,
    port: Port = None,
    strictness: Strictness = None,
    auth: UsersFile = None,
    auth_header: Header = None,
    everybody: Everybody = None,
) -> Flags:
    """The options of every command that serves, by the names of their settings."""
    flags = {"store": store, "model": model, "host": host, "port": port, "strictness": strictness}
    return {**flags, "auth": auth, "auth_header": auth_header, "open": everybody}


@taking(flags_of)
def chat(flags: Flags, empty: Empty = False) -> None:
    """The web chat. Where there is no index yet, it makes one of the articles that come with Byline."""
    from bot.web import serve

    config = read(flags)
    access = access_of(config)
    if access.closed:
        raise Unguarded(config)
    _ensure_store(config, empty)
    serve(
        lambda: open_bot(config),
        config.host,
        config.port,
        history=open_history(config),
        access=access,
        at_once=config.answers_at_once,
    )


@taking(flags_of)
def serve_all(
    flags: Flags,
    empty: Empty = False,
    log_json: Annotated[
        bool | None, typer.Option("--log-json", help="Log lines of JSON, one for each request and each answer.")
    ] = None,
) -> None:
    """One server: the web chat, /v1 for programs, MCP at /mcp, and Slack where its secrets are set."""
    from bot.cli.surfaces import gates, metrics_program
    from bot.mcp import Protected
    from bot.web import serve

    require_serving()
    config = read({**flags, "log_json": log_json})
    access, keys = access_of(config), Keys(config.store, config.database_url)
    if access.closed and not keys.list():
        raise Unguarded(config)
    _ensure_store(config, empty)
    with _telemetry(config) as telemetry, _slack(config, telemetry) as (opened, slack):
        metrics = metrics_program(telemetry.metrics, local=access.only_local, open=config.metrics_open)
        tokens_from = config.mcp_authorization_servers or (config.mcp_url and config.oidc_issuer) or ""
        protected = Protected.of(config.mcp_url, tokens_from)
        bearer = access.provider.bearer if access.provider and access.provider.settings.audience else None
        serve(
            opened,
            config.host,
            config.port,
            history=open_history(config),
            access=access,
            at_once=config.answers_at_once,
            seconds=config.answer_timeout,
            gates=gates(keys, protected, metrics, *slack, bearer=bearer),
            telemetry=telemetry,
        )


def require_serving() -> None:
    """Raises ServingMissing where the extra `serve` is not installed."""
    if not find_spec("mcp"):
        raise ServingMissing


def access_of(config: Config) -> Access:
    """Who may come to the web chat, and do what. Raises UsersUnusable, SettingInvalid, OidcMissing."""
    from bot.web import Access
    from bot.web.session import FILE as SIGNED_OUT

    users = Users(config.auth) if config.auth else None
    if users:
        users.accounts()
    listens = on_loopback(config.host)
    named = tuple(name.strip().casefold() for name in config.allowed_hosts.split(",") if name.strip())
    local = listens and not (named or config.open or config.behind_proxy)  # a proxy asks for a name of its own
    everybody = Role.EDITOR if local or config.editing else Role.READER
    return Access(
        users=users,
        provider=provider_of(config),
        ended=config.store / SIGNED_OUT,
        database_url=config.database_url,
        header=config.auth_header,
        role_header=config.auth_role_header,
        proxies=tuple(each.strip() for each in config.auth_proxies.split(",") if each.strip()),
        hosts=(*named, *LOCAL, config.host.casefold()) if listens or named else (),
        editing=config.editing is not False,
        open_to=everybody if local or config.open else None,
        only_local=local,
        questions=config.questions_a_minute,
        largest=config.upload_megabytes * 1_000_000,
    )


def on_loopback(host: str) -> bool:
    """Whether nobody but this machine's own users come by such an address.

    >>> on_loopback("127.0.0.1"), on_loopback("localhost"), on_loopback("0.0.0.0"), on_loopback("byline.example")
    (True, True, False, False)
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _ensure_store(config: Config, empty: bool) -> None:
    from index import Index

    if Index.exists(config.store, config.database_url):
        if empty:
            say(f"There is an index at {config.store} already; it stays as it is.", error=True)
    elif empty:
        say(f"No index at {config.store} yet: beginning with an empty one.", error=True)
        with new_index(config) as index:
            index.make()
    else:
        say(f"No index at {config.store} yet: indexing the articles that come with Byline.", error=True)
        bring_in(config, [str(shipped("seeds"))])


@contextmanager
def _telemetry(config: Config) -> Iterator[Telemetry]:
    """The telemetry that operators see of the server. Raises TracesUnavailable."""
    from bot.telemetry.logs import log_json
    from bot.telemetry.telemetry import Telemetry

    if config.log_json:
        log_json()
    made = Telemetry(log_questions=config.log_questions, log_json=config.log_json)
    if config.otel_endpoint is None:
        yield made
        return
    from bot.telemetry.traces import Traces

    with closing(Traces(config.otel_endpoint, config.otel_protocol, content=config.otel_content)) as traces:
        yield replace(made, traces=traces)


@contextmanager
def _slack(config: Config, telemetry: Telemetry) -> Iterator[tuple[Callable[[], Bot], tuple[Program, ...]]]:
    """The opener of the bot, and Slack over HTTP where its secret is set: then the bot is open before anything is
    served."""
    if not config.slack_signing_secret:
        yield (lambda: open_bot(config)), ()
        return
    from bot.cli.slack import over_http
    from bot.cli.surfaces import slack_program
    from bot.slack.logs import hide_secrets

    hide_secrets()
    bot = open_bot(config)
    with over_http(bot, config, partial(telemetry.observe, Surface.SLACK)) as signed:
        yield (lambda: bot), (slack_program(signed),)
