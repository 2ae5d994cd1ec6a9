"""The page on an address: one FastAPI app with the page in it, there before any model is loaded."""

from __future__ import annotations

import logging
from asyncio import get_running_loop
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from bot.errors import ShownError, UsageError
from bot.history import History
from bot.runtime.listening import address_of, listen
from bot.runtime.shutdown import terminated_as_interrupted
from bot.service.jobs import Jobs, Read
from bot.service.middleware import Formed, ProgramGuard, Programs
from bot.service.service import LONGEST, Service, Slots, Surface, pace_of, unobserved
from bot.web import assets, bring, check, library, sign_in, switch
from bot.web.access import Access
from bot.web.checks import Checks
from bot.web.compressed import Compressed
from bot.web.connections import CONNECTIONS, HEADERS, KEEP_ALIVE, bounded_http
from bot.web.door import PageGuard, Proxied
from bot.web.entrance import Entrance
from bot.web.error_page import ErrorPages
from bot.web.language import LanguageApp
from bot.web.opening import Opening
from bot.web.policy import Guarded
from bot.web.running import Running
from bot.web.shared import Downloads, add_pages
from index import load
from index.errors import DatabaseUnreachable, DatabaseUnusable, StoreFollowing, StoreUnreachable
from index.quiet import quiet

if TYPE_CHECKING:
    from types import FrameType

    from fastapi import FastAPI
    from uvicorn import Server

    from bot.answering.bot import Bot
    from bot.telemetry.telemetry import Telemetry

EVERYBODY = Access()
AT_ONCE = 8  # answers, of all surfaces
PATIENCE = 2  # seconds that open connections are given when the server stops
FINISHING = 60.0  # seconds before that, in which the answers that were begun may end

_log = logging.getLogger(__name__)
_say = partial(print, flush=True)

Gates = Callable[[Service], Sequence[ProgramGuard]]  # the surfaces for programs that are served beside the page


class ListenAddressUnusable(UsageError):
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
    at_once: int = AT_ONCE,
    seconds: float = LONGEST,
    gates: Gates = lambda _: (),
    telemetry: Telemetry | None = None,
    ready: Callable[[str], object] = _say,
) -> None:
    """Serves the page until interrupted; `ready` gets one sentence with its address. Port 0 takes any free one.

    `open_bot` is called once by a thread of its own when the page is already there; what it raises ends the server
    and is raised here. The bot is closed at the end. Without a `history`, chats are kept only while this runs. No more
    than `at_once` answers are made at a time; one for a program takes `seconds` at most. Interrupted, it finishes them
    and begins no others; interrupted again, it ends at once. `telemetry` is told of each answer and each request.
    Raises `ListenAddressUnusable` at once. Opens no browser.
    """
    quiet()
    import uvicorn

    def give_up() -> None:
        server.should_exit = True

    with closing(listen(host, port, ListenAddressUnusable)) as listener:
        opening = Opening(open_bot)
        service = _service(opening, history, access, at_once, telemetry=telemetry, seconds=seconds)
        app = _app(opening, service, access, failed=give_up, gates=gates(service), telemetry=telemetry)
        server_log: Any = None if telemetry and telemetry.log_json else uvicorn.config.LOGGING_CONFIG
        config = uvicorn.Config(
            app,
            http=bounded_http(),
            h11_max_incomplete_event_size=HEADERS,
            limit_concurrency=CONNECTIONS,
            timeout_keep_alive=KEEP_ALIVE,
            log_config=server_log,
            log_level="warning",
            timeout_graceful_shutdown=PATIENCE,
            proxy_headers=False,
        )
        server = uvicorn.Server(config)
        _finish_first(server, service.slots)
        ready(f"Byline is on {address_of(listener)}. Stop it with Ctrl-C.")
        with suppress(KeyboardInterrupt), terminated_as_interrupted():
            server.run(sockets=[listener])
    if error := opening.error:
        raise error


def build_app(
    open_bot: Callable[[], Bot],
    history: History | None = None,
    access: Access = EVERYBODY,
    read: Read = load.read,
    at_once: int = AT_ONCE,
    gates: Gates = lambda _: (),
    telemetry: Telemetry | None = None,
) -> FastAPI:
    """The app with the page at `/`. The bot is opened when the app starts, and closed when it ends.

    What a proxy in front of it says is heeded as `access` says; whoever serves it passes headers on as they came.
    Addresses of articles are read by `read`.
    """
    opening = Opening(open_bot)
    service = _service(opening, history, access, at_once, read, telemetry)
    return _app(opening, service, access, gates=gates(service), telemetry=telemetry)


def _service(
    opening: Opening,
    history: History | None,
    access: Access,
    at_once: int,
    read: Read = load.read,
    telemetry: Telemetry | None = None,
    seconds: float = LONGEST,
) -> Service:
    kept, pace = history or History.in_memory(), pace_of(access.questions)
    counted = telemetry.metrics.counting(pace) if telemetry else pace
    observe = telemetry.observe if telemetry else unobserved
    service = Service(
        opening.bot, kept, counted, Slots(at_once), Jobs(read), access.largest, observe, lambda: opening.done, seconds
    )
    if telemetry:
        telemetry.metrics.watch(service)
    return service


def _finish_first(server: Server, slots: Slots) -> None:
    """The first signal to end lets the answers end that were begun, the second one nothing."""
    stop, heard = server.handle_exit, Event()

    def finish(sig: int, frame: FrameType | None) -> None:
        slots.close(FINISHING)
        stop(sig, frame)

    def handle(sig: int, frame: FrameType | None) -> None:
        if heard.is_set():
            stop(sig, frame)
        else:
            heard.set()
            Thread(target=finish, args=(sig, frame), name="finishing", daemon=True).start()

    server.handle_exit = handle  # type: ignore[method-assign]


def _app(
    opening: Opening,
    service: Service,
    access: Access,
    failed: Callable[[], None] = lambda: None,
    gates: Sequence[ProgramGuard] = (),
    telemetry: Telemetry | None = None,
) -> FastAPI:
    quiet()
    from fastapi import FastAPI
    from gradio import mount_gradio_app

    from bot.web.page import build_page, dress

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        opening.begin(failed)
        async with AsyncExitStack() as entered:
            for gate in gates:
                await entered.enter_async_context(gate.program.app.router.lifespan_context(gate.program.app))
            yield
        running.close()
        service.jobs.close()
        checks.close()
        opening.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    checks = Checks()
    running = Running(
        service.slots,
        partial(service.observe, Surface.WEB),
        ahead=lambda cancel: opening.bot().ahead(cancel) if opening.done and not opening.error else 0,
    )
    entrance = Entrance(access)
    _add_middleware(app, entrance, access, gates, telemetry)
    _add_health(app, opening, service.slots)
    kept, downloads = service.history, Downloads()
    add_pages(app, opening, kept, downloads)
    app.router.routes.extend([*switch.routes(access.largest), *assets.routes()])
    app.router.routes.extend([*library.routes(opening, kept), *bring.routes(opening, service.jobs, access.largest)])
    app.router.routes.extend(check.routes(opening, checks, service.pace))
    if entrance.open:
        app.router.routes.extend(sign_in.routes(entrance))
    mount_gradio_app(app, build_page(opening, service, downloads, running), "/", **dress())
    return app


def _add_middleware(
    app: FastAPI, entrance: Entrance, access: Access, gates: Sequence[ProgramGuard], telemetry: Telemetry | None
) -> None:
    """Adds what each request passes through before the routes, the innermost first."""
    from starlette.middleware.cors import CORSMiddleware

    app.add_middleware(Programs, gates=gates)
    app.add_middleware(CORSMiddleware, allow_origins=())  # without it Gradio lets in every origin
    programs = tuple(path for gate in gates for path in gate.program.paths)
    app.add_middleware(PageGuard, entrance=entrance, programs=programs)
    app.add_middleware(ErrorPages, programs=programs)
    closed = tuple(path for gate in gates for path in gate.program.paths if path not in gate.program.open)
    app.add_middleware(Guarded, programs=closed)
    app.add_middleware(Formed, gates=gates)
    app.add_middleware(LanguageApp)
    app.add_middleware(Compressed, paths=("/", f"/{assets.SCRIPT}"))
    app.add_middleware(Proxied, access=access)  # the last is the outermost
    if telemetry:
        from bot.telemetry.requests import Requests

        app.add_middleware(Requests, telemetry=telemetry)


def _add_health(app: FastAPI, opening: Opening, slots: Slots) -> None:
    from fastapi.responses import JSONResponse

    looking = ThreadPoolExecutor(1, thread_name_prefix="readyz")  # of its own: it waits for nobody's answer

    @app.api_route("/healthz", methods=["GET", "HEAD"])
    async def healthz() -> JSONResponse:
        if opening.error:
            return JSONResponse({"status": "failed"}, status_code=503)
        return JSONResponse({"status": "ready" if opening.warm else "starting"})

    @app.api_route("/readyz", methods=["GET", "HEAD"])
    async def readyz() -> JSONResponse:
        reason = await get_running_loop().run_in_executor(looking, _unready, opening, slots)
        return JSONResponse({"status": reason or "ready"}, status_code=503 if reason else 200)


_NOT_READY: tuple[tuple[tuple[type[ShownError], ...], str], ...] = (
    ((DatabaseUnreachable, DatabaseUnusable), "the database cannot be reached"),
    ((StoreUnreachable,), "the Chroma server cannot be reached"),
    ((StoreFollowing,), "the replica is making its part of the index"),
)


def _unready(opening: Opening, slots: Slots) -> str:
    """Why no question should be sent here now; empty where it may be."""
    if slots.closed:
        return "stopping"
    if opening.error:
        return "failed"
    if not opening.warm:
        return "starting"
    try:
        opening.bot().index.ready()
    except ShownError as error:  # its sentence is for whoever reads the log
        _log.error("%s", error)
        return next((reason for kinds, reason in _NOT_READY if isinstance(error, kinds)), "the index cannot be read")
    return ""
