"""The settings, read once by whoever starts Byline: flags, `BYLINE_*` variables, `byline.toml`, defaults, in order.

The only module of the bot that sees the environment.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Literal

from annotated_types import Gt, Interval

from bot.errors import SettingInvalid

FILE = "byline.toml"
PREFIX = "BYLINE_"
SECRETS = frozenset(  # environment only, with or without prefix
    {
        *("model_key", "slack_app_token", "slack_bot_token", "slack_client_id", "slack_client_secret"),
        *("slack_signing_secret", "slack_token_key"),
    }
)

STANDARD = {  # variables that other programs read, too; the last one that is set counts, and Byline's own before them
    "otel_endpoint": ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"),
}


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting with its default. The secrets are kept out of its `repr`."""

    store: Path = Path("data/store")
    store_url: str | None = None  # a Chroma server instead of the one embedded
    embedder: str = "all-MiniLM-L6-v2"
    precision: Literal["float32", "bfloat16", "int8"] | None = None  # None: the index's; of a new one, by the processor
    reranker: str | None = None  # a cross-encoder of sentence-transformers, or its folder
    judge: str | None = (
        None  # `coverage`, or a cross-encoder trained on inference, or its folder; None: the shipped one
    )
    model: str | None = None  # None: `local` where it is installed, else `extractive`
    model_url: str | None = None  # the base URL of an OpenAI-compatible server
    model_key: str | None = field(default=None, repr=False)  # for that server, or for the provider where there is none
    model_timeout: Annotated[float, Gt(0)] = 60.0  # seconds
    history_days: Annotated[int, Interval(ge=0, le=36_500)] = 90  # how long conversations are kept; 0: not at all
    strictness: Annotated[float, Interval(ge=0, le=1)] | None = None  # how probable an answer has to be; None: measured
    suggestions: bool | None = None  # a model writes questions to go on with; None: one of this machine does
    host: str = "127.0.0.1"
    port: Annotated[int, Interval(ge=0, le=65535)] = 7860  # 0: any free one
    open: bool = False  # whether everybody may ask who reaches it, where that is not this machine alone
    auth: Path | None = None  # the file of the users who may sign in to the web chat
    auth_header: str | None = None  # in which a proxy that signs people in says who asks
    auth_role_header: str | None = None  # and as what: a role among words with commas
    auth_proxies: str = "127.0.0.0/8, ::1"  # addresses and networks of the proxies that are believed
    allowed_hosts: str = ""  # the names by which the page is asked for, with commas, beside this machine's own
    editing: bool | None = None  # whether the web chat changes the index; None: for editors, or on this machine alone
    questions_a_minute: Annotated[int, Gt(0)] = 20  # of one person
    answers_at_once: Annotated[int, Gt(0)] = 8  # of the web chat and of programs together
    upload_megabytes: Annotated[int, Gt(0)] = 50  # at a time
    metrics_open: bool = False  # whether everybody who reaches the server may read /metrics
    log_json: bool = False  # whether the log is lines of JSON, with one for each request and each answer
    log_questions: bool = False  # whether these lines have the texts of questions
    otel_endpoint: str | None = None  # the collector that traces are sent to, by OTLP over gRPC; None: nowhere
    otel_content: bool = False  # whether traces have questions, answers and the articles that were found
    mcp_url: str | None = None  # the address of /mcp as programs know it, where a server gives out tokens for it
    mcp_authorization_servers: str = ""  # the addresses of such servers, with commas
    slack_url: str = "https://slack.com/api/"  # another one for GovSlack
    slack_answering: Literal["mentioned", "every", "cited"] = "mentioned"  # in a channel that has not chosen
    slack_collection: str | None = None  # of which articles answers are, in a channel that has not chosen
    slack_language: Literal["en", "zh", "de", "es"] | None = None  # of Byline's own words; None: of the question
    slack_ephemeral: bool = False  # whether only the person who asked sees the answer
    slack_channels: str = ""  # the ids of the channels in which Byline may be asked, with commas; empty: all
    slack_people: str = ""  # the ids of those who may ask
    slack_admins: str = ""  # the ids of those who may change the settings of channels
    slack_questions_a_minute: Annotated[int, Gt(0)] = 120  # of a workspace; of a person: `questions_a_minute`
    slack_bot_token: str | None = field(default=None, repr=False)
    slack_app_token: str | None = field(default=None, repr=False)  # for Socket Mode
    slack_signing_secret: str | None = field(default=None, repr=False)  # for HTTP
    slack_client_id: str | None = field(default=None, repr=False)  # this and the next two for several workspaces
    slack_client_secret: str | None = field(default=None, repr=False)
    slack_token_key: str | None = field(default=None, repr=False)  # what their tokens are encrypted with


def read(
    flags: Mapping[str, object] | None = None, environ: Mapping[str, str] | None = None, folder: Path | None = None
) -> Config:
    """The settings in force; a flag that is None and a variable that is empty are not given.

    Raises `SettingInvalid`, which names the setting and where it stands.
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
        message = first["msg"][:1].lower() + first["msg"][1:]
        raise SettingInvalid(where, f"{message}, and it is {value!r}") from error


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
        raise SettingInvalid(FILE, f"it cannot be read ({error})") from error
    known = [each.name for each in fields(Config)]
    for name in table:
        if name in SECRETS:
            raise SettingInvalid(f"{name} in {FILE}", f"a secret belongs in the variable {name.upper()}, not in a file")
        if name not in known:
            raise SettingInvalid(f"{name} in {FILE}", f"there is no such setting; there are {', '.join(known)}")
    return {name: (f"{name} in {FILE}", value) for name, value in table.items()}


def _from_environment(environ: Mapping[str, str]) -> Given:
    found: Given = {}
    for each in fields(Config):
        own = PREFIX + each.name.upper()
        others = (each.name.upper(),) if each.name in SECRETS else STANDARD.get(each.name, ())
        for variable in (*others, own):
            if value := environ.get(variable):
                found[each.name] = (variable, value)
    return found


def _from_flags(flags: Mapping[str, object]) -> Given:
    return {name: ("--" + name.replace("_", "-"), value) for name, value in flags.items() if value is not None}
