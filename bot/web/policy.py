"""The policy for what a browser may do with the page: run its own scripts, talk to its own host, and nothing else.

Gradio's page is made of inline scripts. Each is allowed by its hash, so that none which gets into the page later runs,
whatever an article or a model says.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.service.middleware import below
from bot.web.door import brief
from bot.web.language import WORDS

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_READS = ("GET", "HEAD", "OPTIONS")

Headers = Iterable[tuple[bytes, bytes]]


def content_policy(page: str = "") -> str:
    """The Content-Security-Policy of a response; `page` is its HTML, whose inline scripts may run.

    >>> content_policy("<script>1</script>").split("; ")[1]
    "script-src 'self' 'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='"
    """
    hashes = (b64encode(sha256(script.encode()).digest()).decode() for script in _inline_scripts(page))
    return "; ".join(
        (
            "default-src 'self'",
            " ".join(("script-src 'self'", *(f"'sha256-{each}'" for each in dict.fromkeys(hashes)))),
            "style-src 'self' 'unsafe-inline'",  # Gradio's elements have styles of their own
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        )
    )


class Guarded:
    """An app whose responses carry the policy, and which takes what changes something from its own page only.

    At `programs`, and below, other pages reach nothing: there a mere question costs an answer.
    """

    def __init__(self, app: ASGIApp, programs: Sequence[str] = ()) -> None:
        self._app = app
        self._programs = programs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await (_close(send, _foreigner(scope)) if _foreign(scope["headers"]) else self._app(scope, receive, send))
        elif self._refused(scope):
            await _refuse(_Response(send, scope["scheme"]), _foreigner(scope))
        else:
            await self._app(_uncompressed(scope), receive, _Response(send, scope["scheme"]))

    def _refused(self, scope: Scope) -> bool:
        headers = scope["headers"]
        if below(scope["path"], self._programs):
            return _foreign(headers) or _header(headers, b"sec-fetch-site") == b"cross-site"
        return scope["method"] not in _READS and _foreign(headers)


class _Response:
    """Sends a response on with its policy. A page is held back until its scripts are known."""

    def __init__(self, send: Send, scheme: str) -> None:
        self._send = send
        self._secure = _SECURE if scheme == "https" else ()
        self._start: Message = {}
        self._held = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            if not _is_page(message["headers"]):
                await self._begin(_HEADERS)
        elif self._start and message["type"] == "http.response.body":
            self._held += message.get("body", b"")
            if not message.get("more_body"):
                await self._begin([*_headers(self._held.decode(errors="replace")), *_KEPT_NOWHERE])
                await self._send({**message, "body": self._held})
        else:
            await self._send(message)

    async def _begin(self, headers: Headers) -> None:
        start, self._start = self._start, {}
        stated = {name.lower() for name, _ in start["headers"]}
        ours = [(name, value) for name, value in (*headers, *self._secure) if name not in stated]
        await self._send({**start, "headers": [*start["headers"], *ours]})


class _Scripts(HTMLParser):
    """The texts of a page's inline scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and "src" not in dict(attrs)
        if self._inside:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002  (only a script's own end tag can end it)
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data


def _inline_scripts(page: str) -> list[str]:
    parser = _Scripts()
    parser.feed(page.replace("\r\n", "\n"))  # as a browser does before it takes the hash
    parser.close()
    return parser.found


def _headers(page: str = "") -> list[tuple[bytes, bytes]]:
    return [
        (b"content-security-policy", content_policy(page).encode()),
        (b"referrer-policy", b"same-origin"),  # with none, forms of our own would come from nowhere
        (b"x-content-type-options", b"nosniff"),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ]


_SECURE = ((b"strict-transport-security", b"max-age=31536000"),)  # a year, once it was reached by https
_KEPT_NOWHERE = ((b"cache-control", b"no-store"),)  # what a page shows is gone when its reader signs out
_HEADERS = _headers()  # of all that is no page


def _is_page(headers: Headers) -> bool:
    return _header(headers, b"content-type").startswith(b"text/html")


def _uncompressed(scope: Scope) -> Scope:
    """The request for a page without what it says of encodings: in what is compressed no script can be found."""
    if b"text/html" not in _header(scope["headers"], b"accept"):
        return scope
    return {**scope, "headers": [each for each in scope["headers"] if each[0] != b"accept-encoding"]}


def _foreign(headers: Headers) -> bool:
    """Whether a browser says that another page sends this. A proxy may have the name that the browser knows."""
    origin = _header(headers, b"origin")
    own = {_header(headers, b"host"), _header(headers, b"x-forwarded-host")} - {b""}
    return bool(origin) and urlsplit(origin).netloc not in own


def _foreigner(scope: Scope) -> str:
    """The refusal that another page is told."""
    said: str = scope[WORDS]("door.foreign")
    return said


async def _refuse(send: Send, words: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})


async def _close(send: Send, words: str) -> None:
    await send({"type": "websocket.close", "code": 1008, "reason": brief(words)})


def _header(headers: Headers, name: bytes) -> bytes:
    return next((value for each, value in headers if each.lower() == name), b"")
