"""Where the control for the language leads: it keeps what was chosen, and goes back to the page that it stands on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.render.html.words import LANGUAGES
from bot.web.access import visitor
from bot.web.door import local
from bot.web.language import COOKIE, LANGUAGE, SCRIPT, script

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

KEPT = 365 * 24 * 3600  # seconds


def routes(largest: int) -> list[Route]:
    """`largest` is how many bytes of files may be sent at a time."""
    from starlette.routing import Route

    return [Route(LANGUAGE, _choose, methods=["POST"]), Route(SCRIPT, partial(_script, largest))]


async def _choose(request: Request) -> Response:
    from starlette.responses import RedirectResponse

    async with request.form() as given:
        chosen = str(given.get("to", ""))
    response = RedirectResponse(_back(request.headers.get("referer", "")), 303)
    if chosen in LANGUAGES:
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, chosen, max_age=KEPT, httponly=True, samesite="lax", secure=secure)
    return response


async def _script(largest: int, request: Request) -> Response:
    from starlette.responses import Response

    headers = {"cache-control": "no-store"}  # another language, another script
    return Response(script(visitor(request).words, largest), media_type="text/javascript", headers=headers)


def _back(referer: str) -> str:
    """The page that was left, of this server whatever is claimed.

    >>> _back("https://news.example/library?page=2"), _back("https://news.example//evil.example"), _back("")
    ('/library?page=2', '/', '/')
    """
    try:
        parts = urlsplit(referer)
    except ValueError:
        return "/"
    return local(parts.path + (f"?{parts.query}" if parts.query else ""))
