"""The door of the surfaces for programs: whose key a request carries, and refusals in the surface's form."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.auth.keys import PREFIX, Keys, resembles_key
from bot.auth.oidc import NotAdmitted, Person, ProviderTokenRefused, ProviderUnreachable
from bot.auth.principal import PRINCIPAL, Principal
from bot.errors import ShownError
from bot.service.service import BUSY_FOR, Service, Starting, Stopping, TooManyRequests

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger(__name__)

CHALLENGE = 'Bearer realm="Byline"'  # RFC 6750
AWAY = 5  # seconds after which keys that cannot be read may be read again
MOST = 64  # requests of one surface at a time, beside answers: each may wait for a thread

Form = Callable[[int, str], Mapping[str, Any]]  # a refusal's status and sentence -> its JSON
Bearer = Callable[
    [str], Person
]  # a provider's token -> whose it is; raises TokenRefused, NotAdmitted, ProviderUnreachable


class KeyNeeded(ShownError):
    def __init__(self) -> None:
        super().__init__(
            f"This takes a key, as `Authorization: Bearer {PREFIX}_...`. "
            "Whoever runs Byline makes one with `byline keys create NAME`."
        )


class KeyUnknown(ShownError):
    def __init__(self) -> None:
        super().__init__(
            "This key is none of this server's, or no longer, or not whole. Ask whoever runs Byline for another."
        )


class ManyRequests(TooManyRequests):
    def __init__(self, at_once: int) -> None:
        super().__init__(
            f"Byline is at work on {at_once} requests, as many as it takes at once. Ask again in {BUSY_FOR} seconds.",
            BUSY_FOR,
        )


def openai_form(status: int, sentence: str) -> Mapping[str, Any]:
    """An error as OpenAI's API says it, so that its clients raise the error that they have for it."""
    kinds = {401: "authentication_error", 429: "rate_limit_error", 503: "server_error"}
    kind, code = kinds.get(status, "invalid_request_error"), "invalid_api_key" if status == 401 else None
    return {"error": {"message": sentence, "type": kind, "param": None, "code": code}}


def oauth_form(status: int, sentence: str) -> Mapping[str, Any]:
    """An error as OAuth's protected resources say it, which clients of MCP read."""
    later = "temporarily_unavailable"
    errors = {401: "invalid_token", 403: "access_denied", 429: later, 503: later}
    return {"error": errors.get(status, "invalid_request"), "error_description": sentence}


@dataclass(frozen=True, slots=True)
class Program:
    """A surface for programs: an app that finds the whole path of a request, and its principal, in the scope."""

    app: Starlette  # its lifespan runs as long as the server does
    paths: tuple[str, ...]  # its own, with all below them
    form: Form = openai_form
    open: tuple[str, ...] = ()  # those of them that take no key of ours
    begun: tuple[str, ...] = ()  # those that show what was begun, also while the server ends
    listening: tuple[str, ...] = ()  # those whose GET waits for events and takes no thread: it is not counted
    challenge: str = CHALLENGE  # the WWW-Authenticate of a 401


class ProgramGuard:
    """A program that only those reach who may, once the bot is open, and so many at a time.

    A request with neither a key of ours nor a token of the provider has the principal that the door in front knows.
    That is somebody who signed in, or anybody where all may come. Clients of OpenAI's interface always send some token;
    it opens no more than none would, and is no error. A key of ours that was cut is an error. Otherwise its
    program could read more than the key may.
    """

    def __init__(self, program: Program, keys: Keys, service: Service, bearer: Bearer | None = None) -> None:
        """`bearer` knows the tokens of a provider; None where none are taken."""
        self.program = program
        self._keys = keys
        self._bearer = bearer
        self._service = service
        self._most = MOST + service.slots.count
        self._running = 0  # requests; only the event loop counts them
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="keys")  # of their own: nobody waits for answers
        self._asking = ThreadPoolExecutor(2, thread_name_prefix="tokens")  # nor who has a key for the provider

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": "There are no sockets here."})
            return
        if below(scope["path"], self.program.open):
            await self.program.app(scope, receive, send)
            return
        counted = not (scope["method"] == "GET" and below(scope["path"], self.program.listening))
        self._running += counted
        try:
            self._ensure_free(scope["path"])
            principal = await self._principal(scope)
        except ShownError as error:
            await self._refuse(error, scope, receive, send)
        else:
            scope[PRINCIPAL] = principal  # in place: whoever stands outside tells the log
            await self.program.app(scope, receive, send)
        finally:
            self._running -= counted

    def _ensure_free(self, path: str) -> None:
        """Raises Starting, Stopping, ManyRequests."""
        if not self._service.opened():
            raise Starting
        if self._service.slots.closed and not below(path, self.program.begun):
            raise Stopping
        if self._running > self._most:
            raise ManyRequests(self._most)

    async def _principal(self, scope: Scope) -> Principal:
        """Raises KeyNeeded, KeyUnknown; FileUnusable, FileDamaged where the keys cannot be read; and what a provider's
        token does."""
        token, loop = token_of(scope["headers"]), asyncio.get_running_loop()
        if token.startswith(f"{PREFIX}_"):
            found = await loop.run_in_executor(self._threads, self._keys.principal, token)
            if found is None:
                raise KeyUnknown
            return found
        if token and self._bearer:
            return (await loop.run_in_executor(self._asking, self._bearer, token)).principal
        if resembles_key(token):
            raise KeyUnknown
        known: Principal | None = scope.get(PRINCIPAL)
        if known is None:
            raise KeyNeeded
        return known

    async def _refuse(self, error: ShownError, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.responses import JSONResponse

        headers: dict[str, str] = {}
        if isinstance(error, KeyNeeded | KeyUnknown | ProviderTokenRefused):
            status, sentence = 401, str(error)
            known = "" if isinstance(error, KeyNeeded) else ', error="invalid_token"'
            headers["www-authenticate"] = self.program.challenge + known
        elif isinstance(error, NotAdmitted):
            status, sentence = 403, str(error)
        elif isinstance(error, ProviderUnreachable):  # what it says is for whoever reads the log
            status, sentence = 503, "Tokens cannot be checked now. Try again in a minute."
            headers["retry-after"] = "60"
            _log.error("%s", error)
        elif isinstance(error, TooManyRequests):
            status, sentence = 429 if isinstance(error, ManyRequests) else 503, str(error)
            headers["retry-after"] = str(error.seconds)
        else:  # its sentence names a file of this machine
            status, sentence = 503, "The keys cannot be read now. Whoever runs Byline finds the reason in its log."
            headers["retry-after"] = str(AWAY)
            _log.error("%s", error)
        await JSONResponse(self.program.form(status, sentence), status, headers)(scope, receive, send)


class Programs:
    """An app, and before it the programs that have paths of their own."""

    def __init__(self, app: ASGIApp, gates: Sequence[ProgramGuard]) -> None:
        self._app = app
        self._gates = gates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")  # a lifespan has none
        app = next((each for each in self._gates if below(path, each.program.paths)), self._app)
        await app(scope, receive, send)


class Formed:
    """An app that refuses programs in the form of their surface, whatever in front of the gates refused them."""

    def __init__(self, app: ASGIApp, gates: Sequence[ProgramGuard]) -> None:
        self._app = app
        self._programs = [each.program for each in gates]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")  # a lifespan has none
        found = (each for each in self._programs if below(path, each.paths) and not below(path, each.open))
        program = next(found, None)
        await self._app(scope, receive, _Refusals(send, program.form) if program else send)


class _Refusals:
    """Sends responses on. A refusal in plain text is held back until its sentence is known."""

    def __init__(self, send: Send, form: Form) -> None:
        self._send = send
        self._form = form
        self._start: Message = {}
        self._held = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _plain_refusal(message):
            self._start = message
        elif self._start and message["type"] == "http.response.body":
            self._held += message.get("body", b"")
            if not message.get("more_body"):
                await self._refuse(self._held.decode(errors="replace"))
        else:
            await self._send(message)

    async def _refuse(self, sentence: str) -> None:
        body = json.dumps(self._form(self._start["status"], sentence)).encode()
        kept = [each for each in self._start["headers"] if each[0].lower() not in (b"content-type", b"content-length")]
        ours = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await self._send({**self._start, "headers": [*kept, *ours]})
        await self._send({"type": "http.response.body", "body": body})


def _plain_refusal(start: Message) -> bool:
    kinds = (value for name, value in start["headers"] if name.lower() == b"content-type")
    return bool(start["status"] >= 400 and next(kinds, b"").startswith(b"text/plain"))


def token_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The key or token that a request carries; empty without one. Clients send any word to a server without keys.

    >>> token_of([(b"authorization", b"bearer byl_A_b")]), token_of([(b"authorization", b"Basic none")])
    ('byl_A_b', '')
    """
    said = (value.decode("latin-1") for name, value in headers if name.lower() == b"authorization")
    scheme, _, token = next(said, "").partition(" ")
    return token.strip() if scheme.casefold() == "bearer" else ""


def below(path: str, paths: Iterable[str]) -> bool:
    """Whether a path is one of others, or below it.

    >>> below("/v1/ask", ["/v1"]), below("/v1", ["/v1"]), below("/v10", ["/v1"])
    (True, True, False)
    """
    return any(path == each or path.startswith(f"{each}/") for each in paths)
