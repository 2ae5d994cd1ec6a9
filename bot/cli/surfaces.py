"""The surfaces for programs, joined to one server: each behind a gate that knows their keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.auth.keys import Keys
from bot.service.middleware import CHALLENGE, Bearer, Program, ProgramGuard, oauth_form
from bot.service.service import Service

if TYPE_CHECKING:
    from bot.mcp import Protected
    from bot.slack.http import Signed
    from bot.telemetry.metrics import Metrics

BEGUN = ("/v1/streams", "/v1/jobs")  # answers and jobs on their way, which are in memory


def gates(
    keys: Keys, protected: Protected | None = None, *others: Program, bearer: Bearer | None = None
) -> Callable[[Service], tuple[ProgramGuard, ...]]:
    """The maker of gates for a service; `protected` says who gives out tokens for MCP, `bearer` knows them, `others`
    need no service."""

    def made(service: Service) -> tuple[ProgramGuard, ...]:
        return tuple(
            ProgramGuard(program, keys, service, bearer) for program in (*programs(service, protected), *others)
        )

    return made


def programs(service: Service, protected: Protected | None = None) -> tuple[Program, ...]:
    """The API and MCP. Names and origins of requests are checked by the door in front of all of the server."""
    from bot import api, mcp

    challenge = protected.challenge if protected else CHALLENGE
    tools = mcp.app(service, (), protected)
    return (
        Program(api.app(service), ("/v1",), begun=BEGUN, listening=BEGUN),
        Program(
            tools,
            (mcp.PATH, mcp.METADATA),
            oauth_form,
            open=(mcp.METADATA,),
            listening=(mcp.PATH,),
            challenge=challenge,
        ),
    )


def slack_program(signed: Signed) -> Program:
    """Slack over HTTP. Its requests are signed by Slack, and carry no key of ours."""
    from bot.slack import http
    from bot.slack.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH

    paths = (EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH)
    return Program(http.asgi(signed.app, signed.secret), paths, open=paths)


def metrics_program(metrics: Metrics, *, local: bool, open: bool) -> Program:
    """The figures, for admins: with `local` for anybody where nobody has to say who they are, with `open` for all."""
    from bot.telemetry.metrics import PATH, app

    return Program(app(metrics, local=local, open=open), (PATH,), open=(PATH,) if open else ())
