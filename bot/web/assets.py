"""The files of the plain pages: their scripts, and the font that the chat page has, too."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING

from bot.web import bring, library
from bot.web.door import FONTS

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

FONT_FACES = "font.css"
SCHEME = "scheme.js"  # which the chat page has, too
# By their addresses, and the files that each consists of.
SCRIPTS = {"sheet.js": (SCHEME, "sheet.js"), library.SCRIPT: (library.SCRIPT,), bring.SCRIPT: (bring.SCRIPT,)}

_FOREVER = "public, max-age=31536000, immutable"
_ASKED = "no-cache"


def routes() -> list[Route]:
    from starlette.routing import Route

    found = [Route(f"/{each}", partial(_files, names, "text/javascript", _ASKED)) for each, names in SCRIPTS.items()]
    fonts = [Route(each, partial(_files, (each[1:],), "font/woff2", _FOREVER)) for each in FONTS]
    return [*found, *fonts, Route(f"/{FONT_FACES}", partial(_files, (FONT_FACES,), "text/css", _ASKED))]


async def _files(names: Sequence[str], media_type: str, cache: str, _request: Request) -> Response:
    from starlette.responses import Response

    content = b"".join(files("bot.web").joinpath(name).read_bytes() for name in names)
    return Response(content, media_type=media_type, headers={"cache-control": cache})
