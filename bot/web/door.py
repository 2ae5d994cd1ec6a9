"""In front of the whole app: proxies that are believed, names that are ours, how much may be sent, and who may come in.

All that is behind it is guarded, Gradio's own routes too, but for the few paths that are named here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from bot.auth.principal import PRINCIPAL
from bot.auth.users import Role
from bot.errors import ShownError
from bot.render.html.words import PageWording
from bot.runtime.rate_limit import RateLimit
from bot.service.middleware import below
from bot.web.access import VISITOR, Access, Visitor, believed
from bot.web.entrance import Entrance
from bot.web.language import LANGUAGE, SCRIPT, WORDS
from bot.web.session import COOKIE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
PROVIDER, BACK = f"{SIGN_IN}/provider", f"{SIGN_IN}/back"  # the way to the provider, and from there
BRING, CHECK = "/library/bring", "/check"  # the paths to which much may be sent
FONTS = ("/font/inter-latin-v20.woff2", "/font/inter-latin-ext-v20.woff2")  # another version, another name
FILES = ("/sheet.js", "/mark.svg", "/font.css", *FONTS)  # of the pages that are open
OPEN = ("/healthz", "/readyz", SIGN_IN, PROVIDER, BACK, LANGUAGE, SCRIPT, *FILES)
OPEN_BELOW = ("/share/",)  # what has a key of its own in its path
UPLOAD = "/gradio_api/upload"  # which nothing on the page uses, and which would fill the disk
LARGEST = 1_000_000  # bytes of any other request
ASKED = 600  # requests a minute that change something, of one person: a wall far behind what the page itself says

THREADS = 4  # in which a database is asked for sessions

_READS = ("GET", "HEAD", "OPTIONS")
_PEER = "byline.peer"  # where a scope holds whether a proxy that is believed sends it
_HIDDEN = "byline.hidden"  # where it holds whether a proxy sends it that does not say for which address
_ADDRESS = b"x-forwarded-for"  # the one header that says so to us
_BY_PROXY = (b"forwarded", b"via", b"x-real-ip", b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-server")


class Proxied:
    """Takes a visitor's address and scheme from the proxies that are believed, and from no others."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

        self._proxies = access.proxies
        self._app: ASGIApp = ProxyHeadersMiddleware(app, list(access.proxies))  # type: ignore[arg-type, assignment]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            scope[_PEER] = believed(_address(scope), self._proxies)
            scope[_HIDDEN] = _hidden({name.lower() for name, _ in scope["headers"]})
        await self._app(scope, receive, send)


class PageGuard:
    """An app that only those reach who may, by a name that is its own, with no more than it takes."""

    def __init__(self, app: ASGIApp, entrance: Entrance, programs: Sequence[str] = ()) -> None:
        """At the paths of `programs`, and below, everybody is let in: what is there has a door of its own. It finds in
        the scope the principal whom this one knows, or None."""
        self._app = app
        self._access = entrance.access
        self._entrance = entrance
        self._programs = programs
        self._pace = RateLimit(ASKED, 60)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="door")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        try:
            status, words, headers = await self._checked(scope)
        except ShownError as error:  # the users file cannot be read: nobody is let in
            status, words, headers = 503, replace(scope[WORDS], plain=True).error(error), []
        if status:
            await refuse(scope, send, status, words, headers)
            return
        await self._app(scope, _counted(receive, self._largest(scope), scope[WORDS]), send)

    async def _checked(self, scope: Scope) -> tuple[int, str, list[tuple[bytes, bytes]]]:
        """Same as `_refusal`. Whoever has a session that a database knows waits for that alone: nobody else does."""
        if self._access.database_url and session_of(scope):
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._refusal, scope)
        return self._refusal(scope)

    def _refusal(self, scope: Scope) -> tuple[int, str, list[tuple[bytes, bytes]]]:
        """Why a request is turned away: its status, words and headers; 0 where it is not."""
        headers, path, words = _headers(scope), scope["path"], scope[WORDS]
        if self._access.hosts and _name(headers.get("host", "")) not in self._access.hosts:
            return 400, words("door.wrong_name"), []
        if scope["type"] == "http" and path.rstrip("/").endswith(UPLOAD):
            return 403, words("door.no_uploads"), []
        found = self._visitor(scope, headers)
        who = found or Visitor(_address(scope), Role.READER)
        scope[VISITOR] = replace(who, words=replace(words, plain=not who.edits))
        if below(path, self._programs):
            scope[PRINCIPAL] = found.principal if found else None
        elif found is None and not (path in OPEN or path.startswith(OPEN_BELOW)):
            return self._sign_in(scope, headers)
        elif scope.get("method", "GET") not in _READS and (seconds := self._pace.take(scope[VISITOR].key)):
            return 429, words("door.too_often", seconds=seconds), [(b"retry-after", str(seconds).encode())]
        if _length(headers) > self._largest(scope):
            return 413, words("door.too_large", bytes=self._largest(scope)), []
        return 0, "", []

    def _visitor(self, scope: Scope, headers: dict[str, str]) -> Visitor | None:
        """Who sends it, where that is known."""
        address = _address(scope)
        if anybody := self._access.anybody(address, hidden=scope.get(_HIDDEN, False)):
            return anybody
        if scope.get(_PEER) and (named := self._access.from_proxy(headers, address)):
            return named
        return self._entrance.visitor(session_of(scope), address)

    def _sign_in(self, scope: Scope, headers: dict[str, str]) -> tuple[int, str, list[tuple[bytes, bytes]]]:
        """Where somebody goes who is not known: a person to the page, a program to its error."""
        words: PageWording = scope[WORDS]
        if not self._entrance.open:
            return 403, words("door.not_through_proxy" if self._access.header else "door.programs_only"), []
        page = scope.get("method") == "GET" and "text/html" in headers.get("accept", "")
        if not page:
            return 401, words("door.not_signed_in"), []
        target = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
        return 303, "", [(b"location", f"{SIGN_IN}?next={quote(target, safe='/')}".encode())]

    def _largest(self, scope: Scope) -> int:
        much = scope["path"] in (BRING, CHECK) or below(scope["path"], self._programs)
        return self._access.largest if much else LARGEST


def session_of(scope: Scope) -> str:
    """The cookie of a browser's session; empty where it sends none. No other cookie beside it can hide it."""
    from starlette.requests import HTTPConnection

    return HTTPConnection(scope).cookies.get(COOKIE, "")


def local(target: str) -> str:
    """Where somebody goes after signing in: a path of this page, whatever was asked for.

    >>> local("/library?page=2"), local("https://evil.example/"), local("//evil.example"), local("/\\\\evil.example")
    ('/library?page=2', '/', '/', '/')
    """
    plain = target.isprintable() and target.startswith("/") and not target.startswith(("//", "/\\"))
    parts = urlsplit(target) if plain else None
    return target if parts and not (parts.scheme or parts.netloc) else "/"


async def refuse(
    scope: Scope, send: Send, status: int, words: str, headers: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    """Says why not: in words for a person, in the form that Gradio's page shows to its own requests."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": brief(words)})
        return
    from starlette.responses import JSONResponse, PlainTextResponse

    asked = "/gradio_api/" in scope["path"]
    response = JSONResponse({"detail": words, "error": words}, status) if asked else PlainTextResponse(words, status)
    response.raw_headers.extend(headers)
    for message in (
        {"type": "http.response.start", "status": status, "headers": response.raw_headers},
        {"type": "http.response.body", "body": response.body},
    ):
        await send(message)


def brief(words: str) -> str:
    """The first part of a sentence that a socket may give for its reason: 123 bytes (RFC 6455)."""
    return words.encode()[:123].decode(errors="ignore")


def _counted(receive: Receive, largest: int, words: PageWording) -> Receive:
    """Takes no more than so many bytes of a body, also where nobody said how many there are."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > largest:
            from starlette.exceptions import HTTPException

            raise HTTPException(413, words("door.too_large", bytes=largest))
        return message

    return counted


def _headers(scope: Scope) -> dict[str, str]:
    """By name. One that stands there twice is joined, so that no second one takes the place of the first."""
    found: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _hidden(names: set[bytes]) -> bool:
    """Whether a proxy sends a request and does not say for whom: then it is not known to come from this machine."""
    return _ADDRESS not in names and not names.isdisjoint(_BY_PROXY)


def _length(headers: dict[str, str]) -> int:
    length = headers.get("content-length", "")
    return int(length[:18]) if length.isascii() and length.isdigit() else 0  # more is too much, whatever it is


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""


def _name(host: str) -> str:
    """The name in a Host header, without its port.

    >>> _name("LocalHost:7860"), _name("[::1]:7860"), _name("127.0.0.1")
    ('localhost', '::1', '127.0.0.1')
    """
    bare = host.strip().casefold()
    return bare[1:].partition("]")[0] if bare.startswith("[") else bare.partition(":")[0]
