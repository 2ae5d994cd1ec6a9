"""Slack over HTTP: the ASGI app for its requests, and a server.

The signature of a request is verified before its content is parsed. Bolt runs on threads, and never blocks the event
loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from bot.errors import ShownError
from bot.runtime.listening import address_of, listen
from bot.runtime.shutdown import terminated_as_interrupted
from bot.slack.errors import AddressInvalid, SlackAddressUnusable
from bot.slack.manifest import EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH

if TYPE_CHECKING:
    from slack_bolt import App, BoltRequest, BoltResponse
    from slack_sdk.signature import SignatureVerifier
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

LARGEST = 1_000_000  # bytes of a request, at most; requests of Slack are far smaller
THREADS = 32  # requests at a time; each may take three seconds until its acknowledgement
PATIENCE = 5  # seconds for open connections to finish when the server stops
TIMESTAMP_DIGITS = 12

_PRIVATE = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-content-type-options": "nosniff"}
_NOT_INSTALLED = "The app could not be installed. Whoever runs Byline finds the reason in its log. Then try again."

_log = logging.getLogger(__name__)

Handle = Callable[["BoltRequest"], "BoltResponse"]


@dataclass(frozen=True, slots=True)
class Signed:
    """A Bolt app, and the secret by which Slack signs requests."""

    app: App
    secret: str


def serve(app: App, signing_secret: str, host: str, port: int, *, ready: Callable[[str], object] = _log.info) -> None:
    """Serves Slack's requests until interrupted, then completes accepted ones. Port 0 is any free port.

    `ready` gets one sentence with the address. Raises AddressUnusable at once.
    """
    import uvicorn

    with closing(listen(host, port, SlackAddressUnusable)) as listener:
        config = uvicorn.Config(
            asgi(app, signing_secret),
            log_level="warning",
            access_log=False,  # addresses contain OAuth codes
            timeout_graceful_shutdown=PATIENCE,
            proxy_headers=False,
        )
        ready(f"Taking Slack's requests at {address_of(listener)}{EVENTS_PATH}. Stop with Ctrl-C.")
        with suppress(KeyboardInterrupt), terminated_as_interrupted():
            uvicorn.Server(config).run(sockets=[listener])


def asgi(app: App, signing_secret: str) -> Starlette:
    """The routes of a Bolt app: events, and with an OAuth flow the installation.

    An app that mounts it has to enter `.router.lifespan_context(…)`. Leaving it completes the accepted requests.
    """
    from slack_sdk.signature import SignatureVerifier
    from starlette.applications import Starlette
    from starlette.routing import Route

    threads = ThreadPoolExecutor(THREADS, thread_name_prefix="slack-http")

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(app.listener_runner.listener_executor.shutdown)
        threads.shutdown()

    verifier = SignatureVerifier(signing_secret)
    routes = [Route(EVENTS_PATH, _events(app.dispatch, verifier, threads), methods=["POST"])]
    if flow := app.oauth_flow:
        routes.append(Route(INSTALL_PATH, _page(flow.handle_installation, threads), methods=["GET"]))
        routes.append(Route(REDIRECT_PATH, _page(flow.handle_callback, threads), methods=["GET"]))
    return Starlette(routes=routes, lifespan=lifespan)


def address(given: str) -> tuple[str, int]:
    """The host and port of `HOST:PORT`. Raises AddressInvalid.

    >>> address("127.0.0.1:3000"), address("[::1]:0")
    (('127.0.0.1', 3000), ('::1', 0))
    """
    try:
        parts = urlsplit(f"//{given}")
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressInvalid(given) from error
    if not host or port is None or parts.netloc != given or "@" in given:
        raise AddressInvalid(given)
    return host, port


def _events(
    handle: Handle, verifier: SignatureVerifier, threads: ThreadPoolExecutor
) -> Callable[[Request], Awaitable[Response]]:
    from starlette.responses import JSONResponse, Response

    async def take(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return JSONResponse({"error": "too large"}, 413)
        if _is_ssl_check(body):
            return Response()
        if not _is_signed(verifier, body, request.headers):
            return JSONResponse({"error": "invalid request"}, 401)
        return await _handled(handle, request, body, threads)

    return take


def _page(handle: Handle, threads: ThreadPoolExecutor) -> Callable[[Request], Awaitable[Response]]:
    from starlette.responses import PlainTextResponse

    async def show(request: Request) -> Response:
        try:
            response = await _handled(handle, request, b"", threads)
        except (ShownError, OSError) as error:
            _log.error("Installing the Slack app failed: %s", error)
            response = PlainTextResponse(_NOT_INSTALLED, 502)
        response.headers.update(_PRIVATE)
        return response

    return show


async def _handled(handle: Handle, request: Request, body: bytes, threads: ThreadPoolExecutor) -> Response:
    from slack_bolt.adapter.starlette.handler import to_bolt_request, to_starlette_response

    def handled() -> BoltResponse:
        return handle(to_bolt_request(request, body))

    return to_starlette_response(await asyncio.get_running_loop().run_in_executor(threads, handled))


async def _body(request: Request) -> bytes | None:
    """The body of a request; None if it is too large. Reads at most `LARGEST` bytes and a piece."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            return None
    return bytes(body)


def _is_ssl_check(body: bytes) -> bool:
    """Whether the request is Slack's check of the certificate, which is unsigned and has no effect."""
    return len(body) < 1_000 and parse_qs(body.decode("latin-1")).get("ssl_check") == ["1"]


def _is_signed(verifier: SignatureVerifier, body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether Slack signed the request. The SDK would raise errors for malformed headers."""
    timestamp, signature = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= TIMESTAMP_DIGITS):
        return False
    try:
        return signature.isascii() and verifier.is_valid(body, timestamp, signature)
    except UnicodeDecodeError:
        return False
