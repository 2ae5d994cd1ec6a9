"""Refusals and failures as pages of their own, for browsers; programs get them as they are.

A bug is told to both by the reference under which the log has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING

from bot.render.html.sheet import fill, sheet
from bot.render.html.words import PageWording
from bot.service.errors import CaughtError
from bot.service.middleware import below
from bot.web.access import VISITOR
from bot.web.head import bare, head
from bot.web.language import WORDS

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TITLES = {404: "shared.nothing", 500: "door.broken", 503: "shared.not_now"}
_SENTENCES = {404: "door.no_page", 405: "door.no_method"}


class ErrorPages:
    """An app whose errors are pages where a browser asks for one. At `programs`, and below, it changes nothing."""

    def __init__(self, app: ASGIApp, programs: Sequence[str] = ()) -> None:
        self._app = app
        self._programs = programs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.requests import ClientDisconnect

        if scope["type"] != "http" or below(scope["path"], self._programs):
            await self._app(scope, receive, send)
            return
        page = _asks_for_page(scope)
        held, words = _Held(send, from_status=400 if page else 500), scope[WORDS]
        with CaughtError() as mishap, suppress(ClientDisconnect):  # who has left gets no answer
            try:
                await self._app(scope, receive, held)
            except RuntimeError as error:
                if not (held.begun and _is_refusal(error)):
                    raise
                await held.end()
        if mishap.reference and not held.begun:
            await _send(_told(scope, 500, words.error(mishap.error), page), send)
        elif held.start and page:
            await _send(_told(scope, held.status, held.said or _sentence(held.status, words), page), send, held.start)
        else:
            await held.release()


class _Held:
    """Sends a response on, unless it is an error that may be told otherwise: that is kept."""

    def __init__(self, send: Send, from_status: int) -> None:
        self._send = send
        self._from = from_status
        self._body: list[Message] = []
        self.start: Message = {}  # of the response that is kept
        self.begun = False  # whether something was sent on

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] >= self._from and not _is_page(message):
            self.start = message
        elif self.start:
            self._body.append(message)
        else:
            self.begun = True
            await self._send(message)

    @property
    def status(self) -> int:
        status: int = self.start["status"]
        return status

    @property
    def said(self) -> str:
        """The sentence of a refusal of ours. The server's own is no more than the name of its status."""
        text = b"".join(each.get("body", b"") for each in self._body).decode(errors="replace")
        ours = _header(self.start, b"content-type").startswith(b"text/plain") and text != HTTPStatus(self.status).phrase
        return text if ours else ""

    async def end(self) -> None:
        """Ends a response that was sent on in part."""
        await self._send({"type": "http.response.body", "body": b""})

    async def release(self) -> None:
        """Sends what was kept as it is."""
        for each in (self.start, *self._body) if self.start else ():
            await self._send(each)


def _told(scope: Scope, status: int, sentence: str, page: bool) -> Response:
    from starlette.responses import HTMLResponse, JSONResponse

    if not page:
        return JSONResponse({"detail": sentence, "error": sentence}, status)
    words = scope[WORDS]
    above = head(scope[VISITOR]) if VISITOR in scope else bare()
    title = words(_TITLES.get(status, "door.broken" if status >= 500 else "door.refused"))
    return HTMLResponse(sheet(title, fill("failed.html", words, sentence=sentence), words, above), status)


def _sentence(status: int, words: PageWording) -> str:
    return words(_SENTENCES[status]) if status in _SENTENCES else words("door.status", status=str(status))


async def _send(response: Response, send: Send, instead: Message | None = None) -> None:
    """Sends a response, with those headers of the one `instead` of which it comes that are not about its body."""
    kept = [each for each in instead["headers"] if not each[0].lower().startswith(b"content-")] if instead else []
    headers = [*response.raw_headers, *kept]
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


def _is_refusal(error: RuntimeError) -> bool:
    """Whether a response was refused when it had begun. Gradio's streams of events tell a page so that its session is
    gone: it was left while it loaded."""
    from starlette.exceptions import HTTPException

    return isinstance(error.__cause__, HTTPException)


def _asks_for_page(scope: Scope) -> bool:
    accepted = next((value for name, value in scope["headers"] if name.lower() == b"accept"), b"")
    return b"text/html" in accepted and "/gradio_api/" not in scope["path"]


def _is_page(start: Message) -> bool:
    return _header(start, b"content-type").startswith(b"text/html")


def _header(start: Message, name: bytes) -> bytes:
    return next((value for each, value in start["headers"] if each.lower() == name), b"")
