"""In which language a visitor reads the page: the one that they chose, else the first that their browser asks for.

The server knows it of every request, from a cookie that the page's own control sets and from `Accept-Language`, and
makes in it whatever it makes for a visitor: the chat, the proof, the plain pages, and why something is refused. What
stands on the page before anybody comes, such as the names of fields, is the same for all; Gradio's `I18n` carries it in
every language, and the browser chooses. Gradio alone would go by the browser's own language, and knows nothing of a
choice: so the first script of the page is `language.js`, which tells Gradio the language that the server found, and has
the words of the other scripts.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from bot.render.html.words import ENGLISH, LANGUAGES, PageWording

if TYPE_CHECKING:
    from starlette.datastructures import MutableHeaders
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "byline-language"
LANGUAGE = "/language"  # where a choice is sent to
SCRIPT = "/language.js"
WORDS = "byline.words"  # where a request's scope holds its `PageWording`

_HEAD = b"<head>"
_FIRST = b'<head><script src="language.js"></script>'


def preferred(accepted: str) -> PageWording:
    """The first of our languages that an `Accept-Language` header asks for; English where it asks for none.

    Any kind of a language is that language (RFC 4647, lookup), and a range that is written badly is not heeded.

    >>> [preferred(each).language for each in ("ko-KR, zh-TW;q=0.5, en;q=0.3", "en;q=0, zh;q=0.1", "fr-CA", "ko")]
    ['zh', 'zh', 'fr', 'en']
    """
    ranges = [_weighed(each) for each in accepted.split(",")]
    for weight, name in sorted(ranges, key=lambda each: -each[0]):
        if weight > 0 and name in LANGUAGES:
            return PageWording(name)
    return ENGLISH


def spoken(scope: Scope) -> PageWording:
    """In which language whoever sends a request reads."""
    from starlette.requests import HTTPConnection

    connection = HTTPConnection(scope)
    chosen = connection.cookies.get(COOKIE, "")
    return PageWording(chosen) if chosen in LANGUAGES else preferred(connection.headers.get("accept-language", ""))


def script(words: PageWording, largest: int) -> str:
    """The text of `language.js`: what the browser has to know of a language, and what it does with that.

    `largest` is how many bytes of files may be sent at a time.
    """
    upload = {
        "largest": largest,
        "much": words("bring.much", largest=largest // 1_000_000),
        "failed": words("bring.failed"),
        "sent": words("bring.sent"),
    }
    known = {
        "tag": words.tag,
        "others": _names(words),
        "words": words.beginning("script"),
        "upload": upload,
    }
    source = files("bot.web").joinpath("language.js").read_text(encoding="utf-8")
    return f"window.byline = {json.dumps(known)};\n{source}"


class LanguageApp:
    """An app in which every request has its language, and whose chat page begins with `language.js`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            scope[WORDS] = spoken(scope)
        begins = scope["type"] == "http" and scope["path"] == "/"
        await self._app(scope, receive, _Begun(send, scope[WORDS]) if begins else send)


class _Begun:
    """Sends a page on with the script. Gradio's page comes in one piece, since it is held back for its policy."""

    def __init__(self, send: Send, words: PageWording) -> None:
        self._send = send
        self._words = words
        self._start: Message = {}

    async def __call__(self, message: Message) -> None:
        from starlette.datastructures import MutableHeaders

        if message["type"] == "http.response.start":
            self._start = message
            return
        if self._start:
            headers = MutableHeaders(raw=self._start["headers"])
            body = self._changed(message.get("body", b""), headers)
            message = {**message, "body": body}
            await self._send({**self._start, "headers": headers.raw})
            self._start = {}
        await self._send(message)

    def _changed(self, body: bytes, headers: MutableHeaders) -> bytes:
        if not headers.get("content-type", "").startswith("text/html"):
            return body
        body = body.replace(_HEAD, _FIRST, 1).replace(b'lang="en"', f'lang="{self._words.tag}"'.encode(), 1)
        headers["content-length"] = str(len(body))
        return body


def _weighed(ranged: str) -> tuple[float, str]:
    """The weight of a language range and the language it is of; 0 where it is not wanted, or written badly."""
    name, _, weight = ranged.partition(";")
    stated = weight.replace(" ", "").removeprefix("q=") if weight else "1"
    try:
        return float(stated), name.strip().split("-")[0].casefold()
    except ValueError:
        return 0, ""


def _names(words: PageWording) -> list[dict[str, Any]]:
    return [{"language": each.language, "tag": each.tag, "name": each("language.name")} for each in words.others]
