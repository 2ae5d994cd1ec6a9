"""The page and its script, compressed for those who read that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class Compressed:
    """An app of which what stands at some `paths` is compressed.

    It has to be the same for everybody: the length of what is compressed would tell of a secret in it (BREACH). What is
    sent piece by piece, as streams of events, passes as it is.
    """

    def __init__(self, app: ASGIApp, paths: Sequence[str]) -> None:
        from starlette.middleware.gzip import GZipMiddleware

        self._app = app
        self._compressing = GZipMiddleware(app)
        self._paths = frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._compressing if scope["type"] == "http" and scope["path"] in self._paths else self._app
        await app(scope, receive, send)
