"""A web server on the loopback address, which answers what a test tells it to, and keeps what it was asked."""

from __future__ import annotations

import socket
import ssl
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server sends. Its chunks are sent one by one as they come, its head is completed by its length."""

    body: bytes | Iterable[bytes] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None  # all that is sent, where it is not an answer as it should be


Reply = Answer | Callable[["Asked"], Answer]


@dataclass(frozen=True, slots=True)
class Asked:
    path: str
    headers: Mapping[str, str]  # their names in lower case
    times: int  # how often this path was asked for, this time among them


def page(body: str, kind: str = "text/html; charset=utf-8", status: int = 200, **headers: str) -> Answer:
    """A page; the names of headers are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(body.encode(), status, {"Content-Type": kind, **named})


def moved(to: str, status: int = 302) -> Answer:
    return Answer(b"", status, {"Location": to})


def lasting(answer: Answer) -> Callable[[Asked], Answer]:
    """The answer with an ETag, and 304 for who has it already."""
    assert isinstance(answer.body, bytes)
    etag = f'"{sha256(answer.body).hexdigest()[:12]}"'

    def reply(asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == etag:
            return Answer(b"", 304, {"ETag": etag})
        return Answer(answer.body, answer.status, {**answer.headers, "ETag": etag})

    return reply


class NewsServer:
    """The server; `replies` may be changed while it runs. What is not among them is answered 404."""

    def __init__(self, server: ThreadingHTTPServer, scheme: str) -> None:
        self.replies = dict[str, Reply]()
        self.asked = list[tuple[str, int]]()  # a path, and the status it was answered with
        self.requests = list[Asked]()
        self.port = int(server.server_address[1])
        self.address = f"{scheme}://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        """What was asked for, without robots.txt."""
        return [path for path, _ in self.asked if path != "/robots.txt"]

    def statuses(self) -> Counter[int]:
        """The statuses of what was asked for, without robots.txt."""
        return Counter(status for path, status in self.asked if path != "/robots.txt")

    def reply(self, path: str, headers: Mapping[str, str]) -> Answer:
        times = 1 + sum(asked == path for asked, _ in self.asked)
        asked = Asked(path, headers, times)
        found = self.replies.get(path, Answer(b"Nothing is here.", 404, {"Content-Type": "text/plain"}))
        answer = found if isinstance(found, Answer) else found(asked)
        self.asked.append((path, answer.status))
        self.requests.append(asked)
        return answer


@contextmanager
def serving(host: str = "127.0.0.1", port: int = 0, trust: ssl.SSLContext | None = None) -> Iterator[NewsServer]:
    """A running server, over TLS with the certificate of `trust`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer = news.reply(self.path, {name.lower(): value for name, value in self.headers.items()})
            self.close_connection = True
            with suppress(OSError):  # the client has had enough
                self._send(answer)

        def _send(self, answer: Answer) -> None:
            if answer.raw is not None:
                self.wfile.write(answer.raw)
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if isinstance(answer.body, bytes) and "Content-Length" not in answer.headers:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            for chunk in [answer.body] if isinstance(answer.body, bytes) else answer.body:
                self.wfile.write(chunk)

        def log_message(self, format: str, *arguments: object) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Says nothing: clients that leave are part of the tests."""

    server = Server((host, port), Handler)
    if trust:
        server.socket = trust.wrap_socket(server.socket, server_side=True)
    news = NewsServer(server, "https" if trust else "http")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield news
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def dripping(data: bytes, at_once: int, every: float = 0.02) -> Iterator[str]:
    """The address of a server that sends `data` a byte at a time after the first `at_once`, and then nothing more,
    and closes no connection."""
    listener, ended, connections = socket.create_server(("127.0.0.1", 0)), Event(), list[socket.socket]()

    def drip(connection: socket.socket) -> None:
        with suppress(OSError):  # the client has had enough
            connection.sendall(data[:at_once])
            for byte in data[at_once:]:
                if ended.wait(every):
                    return
                connection.sendall(bytes([byte]))

    def serve() -> None:
        with suppress(OSError):  # closed
            while True:
                connection, _ = listener.accept()
                connections.append(connection)
                Thread(target=drip, args=[connection], daemon=True).start()

    Thread(target=serve, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        ended.set()
        listener.shutdown(socket.SHUT_RDWR)
        for each in (listener, *connections):
            each.close()
