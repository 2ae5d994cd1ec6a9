"""The ways by which programs come: HTTP, in two eras of the protocol on one address, and standard input and output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from bot.auth.principal import PRINCIPAL, Principal
from bot.auth.users import Role
from bot.errors import SettingInvalid
from bot.mcp.server import build
from bot.render.text import address
from bot.service.service import Service

if TYPE_CHECKING:
    from mcp.server.transport_security import TransportSecuritySettings
    from starlette.applications import Starlette
    from starlette.routing import Route
    from starlette.types import ASGIApp, Receive, Scope, Send

PATH = "/mcp"
METADATA = "/.well-known/oauth-protected-resource"  # nobody needs a token for it
LOCAL = ("localhost", "127.0.0.1", "[::1]")
STDIO = "Standard input"  # who asks there; no user's name has a capital letter
SESSIONS = 1_000  # of the era before, at once
IDLE = 600  # seconds after which such a session ends


@dataclass(frozen=True, slots=True)
class Protected:
    """Who gives out the tokens by which programs are let in: RFC 9728's metadata tells them."""

    resource: str  # the address of /mcp as programs know it
    authorization_servers: tuple[str, ...]

    @classmethod
    def of(cls, url: str | None, servers: str) -> Self | None:
        """The value of the settings `mcp_url` and `mcp_authorization_servers`; None where they name no server.

        Raises SettingInvalid.
        """
        named = tuple(each.strip() for each in servers.split(",") if each.strip())
        for wrong in (each for each in named if not address(each)):
            raise SettingInvalid("mcp_authorization_servers", f"{wrong!r} is no web address")
        if named and not address(url):
            raise SettingInvalid("mcp_url", "where a server gives out tokens, it has to be the web address of /mcp")
        return cls(str(url), named) if named else None

    @property
    def challenge(self) -> str:
        """The WWW-Authenticate of a refusal, which leads programs to the metadata.

        >>> Protected("https://byline.example/mcp", ()).challenge
        'Bearer resource_metadata="https://byline.example/.well-known/oauth-protected-resource/mcp"'
        """
        from mcp.server.auth.routes import build_resource_metadata_url
        from pydantic import AnyHttpUrl

        return f'Bearer resource_metadata="{build_resource_metadata_url(AnyHttpUrl(self.resource))}"'


def app(service: Service, hosts: Sequence[str] = LOCAL, protected: Protected | None = None) -> Starlette:
    """The app with /mcp, whose lifespan has to run; each request's scope holds its `Principal` already.

    `hosts` are the names by which it is asked for, with any port; without any, it answers to every name.
    """
    made = build(service).streamable_http_app(
        streamable_http_path=PATH,
        session_idle_timeout=IDLE,
        max_sessions=SESSIONS,
        transport_security=_guard(hosts),
    )
    made.router.routes.extend(_metadata(protected) if protected else ())
    made.add_middleware(Owned)
    return made


def stdio(service: Service) -> None:
    """Answers on standard input and output until the input ends; nothing else is written there."""
    import anyio
    from mcp.server.stdio import stdio_server

    server = build(service, Principal(STDIO, Role.READER))

    async def serve() -> None:
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())

    anyio.run(serve)


class Owned:
    """Tells the SDK who asks, so that a session of the era before belongs to whoever began it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
        from mcp.server.auth.provider import AccessToken

        who: Principal | None = scope.get(PRINCIPAL)  # None for the metadata, which anybody may read
        if scope["type"] == "http" and who:
            owner = AccessToken(token="", client_id=who.owner, scopes=[])
            scope = {**scope, "user": AuthenticatedUser(owner)}
        await self._app(scope, receive, send)


def _guard(hosts: Sequence[str]) -> TransportSecuritySettings:
    """Against pages that reach this server under a name of their own (DNS rebinding)."""
    from mcp.server.transport_security import TransportSecuritySettings

    if not hosts:
        return TransportSecuritySettings(enable_dns_rebinding_protection=False)
    names = [each for host in hosts for each in (host, f"{host}:*")]
    origins = [f"{scheme}://{name}" for scheme in ("http", "https") for name in names]
    return TransportSecuritySettings(allowed_hosts=names, allowed_origins=origins)


def _metadata(protected: Protected) -> list[Route]:
    """RFC 9728's metadata, at the address for /mcp and at the one for the whole server."""
    from mcp.server.auth.routes import create_protected_resource_routes
    from pydantic import AnyHttpUrl
    from starlette.routing import Route

    servers = [AnyHttpUrl(each) for each in protected.authorization_servers]
    [made] = create_protected_resource_routes(AnyHttpUrl(protected.resource), servers, resource_name="Byline")
    return [made, Route(METADATA, made.endpoint, methods=["GET", "OPTIONS"])]
