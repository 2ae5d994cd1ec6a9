"""The settings, read once by whoever starts Byline: flags, `BYLINE_*` variables, `byline.toml`, defaults, in order.

The only module of the bot that sees the environment.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import parse_qs, urlsplit

from annotated_types import Gt, Interval

from bot.errors import SettingInvalid, SettingsUnreadable
from bot.types import Price
from index.invalid import nearest, reason

FILE = "byline.toml"
PREFIX = "BYLINE_"
SECRETS = frozenset(  # environment only
    {
        *("model_key", "hub_token", "store_token", "embedder_key", "reranker_key", "judge_key", "service_key"),
        *("slack_app_token", "slack_bot_token", "slack_client_id", "slack_client_secret"),
        *("slack_signing_secret", "slack_token_key", "oidc_client_secret"),
    }
)

STRUCTURED = frozenset({"models", "prices"})  # in variables as JSON

STANDARD = {  # variables that other programs read, too; the last one that is set counts, and Byline's own before them
    "hub_token": ("HF_TOKEN",),
    "hub_url": ("HF_ENDPOINT",),
    "otel_endpoint": ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
    "otel_protocol": ("OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"),
}


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting with its default. The secrets are kept out of its `repr`."""

    store: Path = Path("data/store")  # the folder of the index
    store_url: str | None = None  # the address of a Chroma server; without it, Chroma runs in this process
    store_token: str | None = field(default=None, repr=False)  # the token for `store_url`
    database_url: str | None = field(
        default=None, repr=False
    )  # a PostgreSQL database for many servers; by default files
    embedder: str = (
        "all-MiniLM-L6-v2"  # or `multilingual-e5-small`, `provider:model`, a model or folder of sentence-transformers
    )
    embedder_url: str | None = (
        None  # a service that runs the embedder, with OpenAI's form of embeddings; of a provider, its own address
    )
    embedder_key: str | None = field(default=None, repr=False)  # the key for `embedder_url`, or for the provider
    precision: Literal["float32", "bfloat16", "int8"] | None = (
        None  # by default that of the index; for a new one, by the processor
    )
    reranker: str | None = (
        None  # reads the best hits again: a cross-encoder, its folder, or `cohere:MODEL` or `voyage:MODEL`
    )
    reranker_url: str | None = None  # a service that runs the reranker, with its provider's form, or with Cohere's
    reranker_key: str | None = field(default=None, repr=False)  # the key for `reranker_url`, or for the provider
    judge: str | None = (
        None  # `coverage`, or a cross-encoder trained on inference, or its folder; by default the shipped
    )
    judge_url: str | None = None  # a service that runs the judge's model
    judge_key: str | None = field(default=None, repr=False)  # the key for `judge_url`
    service_key: str | None = field(default=None, repr=False)  # the key that `byline model serve` asks for
    model: str | None = None  # by default `local` if it is installed, else `extractive`
    models: tuple[str, ...] = ()  # the models that a person may choose from; the first one, if there is no `model`
    prices: dict[str, Price] = field(
        default_factory=dict  # US dollars for a million tokens of a model: read, written, and read from a cache
    )
    model_url: str | None = None  # the base URL of a server that speaks as OpenAI's does
    model_key: str | None = field(default=None, repr=False)  # the key for `model_url`, or for the provider
    hub_url: str = "https://huggingface.co"  # the model hub that `byline model pull` asks
    hub_token: str | None = field(default=None, repr=False)  # the token for `hub_url`; no other host is sent it
    model_timeout: Annotated[float, Gt(0)] = 60.0  # seconds of silence after which a model server has failed
    writer: Literal["auto", "citing", "small"] = (
        "auto"  # which writer the models are taken for; by default what `byline model check` found, else by their size
    )
    evidence_tokens: Annotated[int, Gt(0)] | None = (
        None  # tokens of passages that a citing model reads; by default 6,000, and 1,500 on this machine
    )
    verify: Literal["model", "judge", "off"] = "model"  # who reads a citing model's sentences and quotes once more
    verify_model: str | None = None  # the model that does, such as a cheaper one; by default the one that wrote
    history_days: Annotated[int, Interval(ge=0, le=36_500)] = (
        90  # days that conversations are kept; 0 keeps no more, and leaves those kept before
    )
    strictness: Annotated[float, Interval(ge=0, le=1)] | None = (
        None  # the probability below which Byline refuses, such as 0.3: higher refuses more; by default fitted
    )
    suggestions: bool | None = None  # whether a model suggests next questions; by default only a local one does
    host: str = "127.0.0.1"  # the address that the page and the server listen on
    port: Annotated[int, Interval(ge=0, le=65535)] = 7860  # their port; 0 takes any free one
    open: bool = False  # whether everybody who reaches the server may ask
    auth: Path | None = None  # the users file; only its users are let in
    auth_header: str | None = None  # the header in which a proxy names the person
    auth_role_header: str | None = None  # the header with the roles, separated by commas; the highest counts
    auth_proxies: str = "127.0.0.0/8, ::1"  # addresses and networks of the proxies that are believed
    behind_proxy: bool = False  # whether all requests come by a proxy, so that nobody is on this machine
    public_url: str | None = None  # the page's address as browsers know it; by default as it is asked for
    oidc_issuer: str | None = None  # the OpenID provider by which people may sign in
    oidc_client_id: str = ""  # Byline's id at the provider
    oidc_client_secret: str | None = field(default=None, repr=False)  # Byline's secret at the provider, if it has one
    oidc_name: str = ""  # the provider's name on the page; by default its host
    oidc_scopes: str = "openid profile email"  # the scopes that the provider is asked for
    oidc_role_claim: str = "groups"  # the claim with a person's groups; `a.b` is `b` inside of `a`
    oidc_readers: str = ""  # the groups of readers, separated by commas
    oidc_editors: str = ""  # the groups of editors
    oidc_admins: str = ""  # the groups of admins
    oidc_default_role: Literal["reader", "editor", "admin"] | None = (
        None  # the role of others; by default they stay out
    )
    oidc_domains: str = ""  # the domains of verified e-mail addresses that are let in, by commas; by default all
    oidc_audience: str | None = None  # the audience of programs' tokens; by default `mcp_url`
    allowed_hosts: str = ""  # the host names of the page, separated by commas
    editing: bool | None = None  # whether the page changes the index; by default for editors, and on this machine alone
    questions_a_minute: Annotated[int, Gt(0)] = (
        20  # questions of one person; a text to check counts as one, and so does a program's search
    )
    answers_at_once: Annotated[int, Gt(0)] = 8  # answers that are made at a time, for people and programs together
    answer_timeout: Annotated[float, Gt(0)] = 600.0  # seconds of one answer or check, for a program
    upload_megabytes: Annotated[int, Gt(0)] = 50  # size of an upload, at most
    metrics_open: bool = False  # whether everybody who reaches the server may read /metrics
    log_json: bool = False  # whether the log is JSON, a line for each request and each answer
    log_questions: bool = False  # whether this log has the texts of questions
    otel_endpoint: str | None = None  # the OpenTelemetry collector that traces are sent to
    otel_protocol: Literal["grpc", "http/protobuf"] = "grpc"  # the form of these traces
    otel_content: bool = False  # whether traces have questions, answers and the titles of found articles
    mcp_url: str | None = None  # the public address of /mcp, if an authorisation server gives out tokens for it
    mcp_authorization_servers: str = ""  # the addresses of these servers, separated by commas
    slack_url: str = "https://slack.com/api/"  # Slack's API; GovSlack has another
    slack_answering: Literal["mentioned", "every", "cited"] = (
        "mentioned"  # when a channel is answered that has not chosen
    )
    slack_collection: str | None = None  # the collection of a channel that has not chosen
    slack_language: Literal["en", "zh", "de", "es", "fr"] | None = (
        None  # the language of Byline's own words; by default that of the question
    )
    slack_ephemeral: bool = False  # whether only the person who asked sees the answer
    slack_channels: str = ""  # the ids of the channels that may ask, separated by commas; by default all
    slack_people: str = ""  # the ids of the people who may ask; by default all
    slack_admins: str = ""  # the ids of the people who may change the settings of channels
    slack_questions_a_minute: Annotated[int, Gt(0)] = 120  # questions of a workspace
    slack_bot_token: str | None = field(default=None, repr=False)  # the bot's token, for one workspace
    slack_app_token: str | None = field(default=None, repr=False)  # the token of Socket Mode
    slack_signing_secret: str | None = field(default=None, repr=False)  # Slack's signature over HTTP
    slack_client_id: str | None = field(default=None, repr=False)  # the app's id, for several workspaces
    slack_client_secret: str | None = field(default=None, repr=False)  # the app's secret, for several workspaces
    slack_token_key: str | None = field(default=None, repr=False)  # the key that encrypts the tokens of workspaces


def read(
    flags: Mapping[str, object] | None = None, environ: Mapping[str, str] | None = None, folder: Path | None = None
) -> Config:
    """The settings in force; a flag that is None and a variable that is empty are not given.

    Raises `SettingInvalid`, which names the setting and where it stands, and `SettingsUnreadable`.
    """
    from pydantic import TypeAdapter, ValidationError

    given = (
        _from_file((folder or Path()) / FILE)
        | _from_environment(os.environ if environ is None else environ)
        | _from_flags(flags or {})
    )
    try:
        return TypeAdapter(Config).validate_python({name: value for name, (_, value) in given.items()})
    except ValidationError as error:
        first = error.errors()[0]
        where, value = given[str(first["loc"][0])]
        raise SettingInvalid(where, f"it {reason(first)}, and it is {value!r}") from error


def misspelt(environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """A sentence for each variable that is no setting and almost one. It would be passed over in silence."""
    known = [each.name.upper() for each in fields(Config)]
    given = (
        each.removeprefix(PREFIX)
        for each in sorted(os.environ if environ is None else environ)
        if each.startswith(PREFIX)
    )
    near = ((each, nearest(each, known)) for each in given if each not in known)
    return tuple(f"{PREFIX}{each} is not known; did you mean {PREFIX}{found}?" for each, found in near if found)


def shipped(name: str) -> Path:
    """The folder `prompts` or `seeds` that comes with Byline: inside the installed package, or in the checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "shipped" / name
    return inside if inside.is_dir() else package.parent / name


Given = dict[str, tuple[str, object]]  # setting -> where it was given, and its value


def _from_file(path: Path) -> Given:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsUnreadable(FILE, str(error)) from error
    known = [each.name for each in fields(Config)]
    for name in table:
        if name in SECRETS:
            variable = (*variables(name), PREFIX + name.upper())[0]
            raise SettingInvalid(f"{name} in {FILE}", f"a secret belongs in the variable {variable}, not in a file")
        if name == "database_url" and _has_password(str(table[name])):
            raise SettingInvalid(f"{name} in {FILE}", "a password belongs in the variable PGPASSWORD, not in a file")
        if name not in known:
            near = nearest(name, known)
            others = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
            raise SettingInvalid(f"{name} in {FILE}", f"there is no such setting; {others}")
    return {name: (f"{name} in {FILE}", value) for name, value in table.items()}


def _has_password(url: str) -> bool:
    with suppress(ValueError):  # what is no address has none; who opens it says so
        parts = urlsplit(url)
        return parts.password is not None or "password" in parse_qs(parts.query)
    return False


def _from_environment(environ: Mapping[str, str]) -> Given:
    found: Given = {}
    for each in fields(Config):
        own = PREFIX + each.name.upper()
        for variable in (*variables(each.name), own):
            if value := environ.get(variable):
                found[each.name] = (variable, _structured(variable, value) if each.name in STRUCTURED else value)
    return found


def _structured(variable: str, value: str) -> object:
    try:
        return json.loads(value)
    except ValueError as error:
        raise SettingInvalid(variable, f"it is no JSON, and it is {value!r}") from error


def variables(setting: str) -> tuple[str, ...]:
    """The variables without Byline's prefix that give a setting, too: those of Slack, of a model, of OpenTelemetry."""
    if setting in SECRETS and setting.startswith(("slack_", "model_")):
        return (setting.upper(),)
    return STANDARD.get(setting, ())


def _from_flags(flags: Mapping[str, object]) -> Given:
    return {name: ("--" + name.replace("_", "-"), value) for name, value in flags.items() if value is not None}
