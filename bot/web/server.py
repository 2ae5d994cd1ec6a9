"""The page on an address: one FastAPI app with the page in it, there before any model is loaded."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING

from bot.errors import UsageError
from bot.history import History
from bot.web import bring, check, library, sign_in, switch
from bot.web.access import Access
from bot.web.arrivals import Arrivals, Read
from bot.web.checks import Checks
from bot.web.door import Door, Proxied
from bot.web.language import Spoken
from bot.web.opening import Opening
from bot.web.pace import Pace
from bot.web.policy import Guarded
from bot.web.session import Sessions
from bot.web.shared import Downloads, add_pages
from index import load
from index.quiet import quiet

if TYPE_CHECKING:
    from fastapi import FastAPI

    from bot.answer import Bot

EVERYBODY = Access()
PATIENCE = 2  # seconds that open connections are given when the server stops

_say = partial(print, flush=True)


class AddressUnusable(UsageError):
    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"The page cannot be served on {host}:{port}: {reason}. Choose another address with `--host` and `--port`."
        )


def serve(
    open_bot: Callable[[], Bot],
    host: str,
    port: int,
    *,
    history: History | None = None,
    access: Access = EVERYBODY,
    ready: Callable[[str], object] = _say,
) -> None:
    """Serves the page until interrupted; `ready` gets one sentence with its address. Port 0 takes any free one.

    `open_bot` is called once by a thread of its own when the page is already there; what it raises ends the server
    and is raised here. The bot is closed at the end. Without a `history`, chats are kept only while this runs. Raises
    `AddressUnusable` at once. Opens no browser.
    """
    quiet()
    import uvicorn

    def give_up() -> None:
        server.should_exit = True

    with closing(_listen(host, port)) as listener:
        opening = Opening(open_bot)
        app = _app(opening, give_up, history, access)
        server = uvicorn.Server(
            uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=PATIENCE, proxy_headers=False)
        )
        ready(f"Byline is on {_url(listener)}. Stop it with Ctrl-C.")
        with suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
    if error := opening.error:
        raise error


def build_app(
    open_bot: Callable[[], Bot], history: History | None = None, access: Access = EVERYBODY, read: Read = load.read
) -> FastAPI:
    """The app with the page at `/`. The bot is opened when the app starts, and closed when it ends.

    What a proxy in front of it says is heeded as `access` says; whoever serves it passes headers on as they came.
    Addresses of articles are read by `read`.
    """
    return _app(Opening(open_bot), lambda: None, history, access, read)


def _app(
    opening: Opening, failed: Callable[[], None], history: History | None, access: Access, read: Read = load.read
) -> FastAPI:
    quiet()
    from fastapi import FastAPI
    from fastapi.responses import JSONResponse, Response
    from gradio import mount_gradio_app
    from starlette.middleware.cors import CORSMiddleware

    from bot.web.page import MARK, SCRIPTS, build_page, dress

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        opening.begin(failed)
        yield
        arrivals.close()
        checks.close()
        opening.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    arrivals, checks = Arrivals(read), Checks()
    pace = Pace(access.questions, 60)  # of questions, and of texts to check
    sessions = Sessions(access.users, access.ended) if access.users else None
    app.add_middleware(CORSMiddleware, allow_origins=())  # without it Gradio lets in every origin
    app.add_middleware(Door, access=access, sessions=sessions)
    app.add_middleware(Guarded)
    app.add_middleware(Spoken)
    app.add_middleware(Proxied, access=access)  # the last is the outermost

    @app.get("/healthz")
    def healthz() -> JSONResponse:
        if opening.error:
            return JSONResponse({"status": "failed"}, status_code=503)
        return JSONResponse({"status": "ready" if opening.warm else "starting"})

    def file(name: str, media_type: str) -> Response:
        content = files("bot.web").joinpath(name).read_bytes()
        return Response(content, media_type=media_type, headers={"cache-control": "no-cache"})

    for script in SCRIPTS:
        app.get(f"/{script}")(partial(file, script, "text/javascript"))
    app.get(f"/{MARK}")(partial(file, MARK, "image/svg+xml"))

    kept, downloads = history or History.in_memory(), Downloads()
    add_pages(app, opening, kept, downloads)
    app.router.routes.extend(switch.routes())
    app.router.routes.extend([*library.routes(opening, kept), *bring.routes(opening, arrivals, access.largest)])
    app.router.routes.extend(check.routes(opening, checks, pace))
    if sessions:
        app.router.routes.extend(sign_in.routes(sessions))
    mount_gradio_app(app, build_page(opening, kept, downloads, pace), "/", **dress())
    return app


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise AddressUnusable(host, port, error.strerror or str(error)) from error


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
