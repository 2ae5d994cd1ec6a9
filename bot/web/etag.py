"""Entity tags, and requests that name them: what a browser has already is not sent again."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_DIGITS = 16  # of a hash


def known(request: Request, tag: str) -> bool:
    """Whether a browser has what a tag is of. It may name several, and a proxy may have made them weak (RFC 9110)."""
    return tag in request.headers.get("if-none-match", "")


def content_response(request: Request, content: bytes, media_type: str) -> Response:
    """A response that a browser keeps, and asks for again each time: empty where it has this already."""
    from starlette.responses import Response

    tag = f'"{sha256(content).hexdigest()[:_DIGITS]}"'
    headers = {"cache-control": "no-cache", "etag": f"W/{tag}"}  # weak, since it may be compressed on its way
    if known(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)
