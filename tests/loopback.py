"""Servers on the loopback address: an app of ASGI on one of its own, and parts of files by HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from threading import Thread
from time import sleep
from typing import Any

PAUSE = 0.05  # seconds between two looks: a server that is asked without one is slow to start


@contextmanager
def running(app: Any, **options: Any) -> Iterator[str]:
    """The address of the app, without a slash at its end. The options are uvicorn's."""
    import uvicorn

    settings: dict[str, Any] = {"port": 0, "log_level": "warning", "timeout_graceful_shutdown": 1, **options}
    server = uvicorn.Server(uvicorn.Config(app, **settings))
    thread = Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.02)
            assert thread.is_alive()
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join()


def begin_file(handler: BaseHTTPRequestHandler, content: bytes, asked: str | None) -> bytes:
    """Sends the head of a file, or of the rest of it that a `Range` of the form `bytes=N-` asks for; gives the body."""
    start = int(asked.removeprefix("bytes=").removesuffix("-")) if asked else 0
    handler.send_response(206 if start else 200)
    handler.send_header("Content-Length", str(len(content) - start))
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
    handler.end_headers()
    return content[start:]


def wait_until_ready(client: Any, alive: Callable[[], bool] = lambda: True) -> None:
    """Until the server of a client of HTTP may be asked about the articles."""
    while client.get("/readyz").status_code != 200:
        assert alive()
        sleep(PAUSE)
