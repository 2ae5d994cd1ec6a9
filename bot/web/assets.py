"""The files of the pages: their scripts, the mark, and the font."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING

from bot.web import bring, library
from bot.web.door import FONTS
from bot.web.etag import content_response

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

FONT_FACES = "font.css"
MARK = "mark.svg"
SCRIPT = "script.js"  # of the chat page
_SCHEME, _UPLOAD = "scheme.js", "upload.js"  # which the chat page and plain pages share
# By their addresses, and the files that each consists of, in their order.
SCRIPTS = {
    "sheet.js": (_SCHEME, "sheet.js"),
    library.SCRIPT: (library.SCRIPT,),
    bring.SCRIPT: (_UPLOAD, bring.SCRIPT),
    SCRIPT: (
        "stream.js",
        "proof.js",
        _SCHEME,
        SCRIPT,
        "keep.js",
        "keys.js",
        "address.js",
        "menu.js",
        "fields.js",
        _UPLOAD,
        "drop.js",
    ),
}

_FOREVER = "public, max-age=31536000, immutable"


def routes() -> list[Route]:
    from starlette.routing import Route

    scripts = [Route(f"/{each}", partial(_files, names, "text/javascript")) for each, names in SCRIPTS.items()]
    fonts = [Route(each, partial(_font, each[1:])) for each in FONTS]
    others = {MARK: "image/svg+xml", FONT_FACES: "text/css"}
    return [*scripts, *fonts, *(Route(f"/{each}", partial(_files, (each,), kind)) for each, kind in others.items())]


async def _files(names: Sequence[str], media_type: str, request: Request) -> Response:
    return content_response(request, b"".join(map(_content, names)), media_type)


async def _font(name: str, _request: Request) -> Response:
    from starlette.responses import Response

    return Response(_content(name), media_type="font/woff2", headers={"cache-control": _FOREVER})


def _content(name: str) -> bytes:
    return files("bot.web").joinpath(name).read_bytes()
