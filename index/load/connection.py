"""One connection to a web server, within limits of time and size. Its address was looked up once and checked.

Proxies that the environment names are not used: a proxy looks names up by itself, which would undo the check.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import httpcore

from index.load.addresses import MEANT, never, place, refused_port
from index.load.inflate import InflatedTooLarge

Resolve = Callable[[str, int], Sequence[str]]  # a host's name and a port to IP addresses; raises OSError
Dial = Callable[[str, int, float], httpcore.NetworkStream]  # an IP address, a port, seconds until it is given up

_TRIED = 4  # addresses of one name that are tried in turn


class Refused(Exception):
    """Why a connection is not made, or not kept. Another try would end the same way."""


class Broken(Exception):
    """Why a connection failed. Another try may succeed."""


class Budget:
    """The rest of one request's budget: time, and bytes to be received."""

    def __init__(self, clock: Callable[[], float], seconds: float, largest: int) -> None:
        self._clock = clock
        self._seconds = seconds
        self._end = clock() + seconds
        self._left = largest

    def seconds(self, at_most: float | None = None) -> float:
        """The time that is left, `at_most` so many seconds. Raises `Refused` where none is."""
        left = self._end - self._clock()
        if left <= 0:
            raise Refused(f"It was not all here after {self._seconds:g} seconds. Try again later.")
        return left if at_most is None else min(left, at_most)

    def receive(self, size: int) -> None:
        """Counts bytes. Raises `InflatedTooLarge` where they are too many."""
        self._left -= size
        if self._left < 0:
            raise InflatedTooLarge


def resolve(name: str, port: int) -> list[str]:
    """The IP addresses of a host, as the system looks them up, its files and its order included."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def dial(number: str, port: int, seconds: float) -> httpcore.NetworkStream:
    """A connection to an IP address, for which nothing is looked up."""
    return httpcore.SyncBackend().connect_tcp(number, port, timeout=seconds)


class PinnedNetwork(httpcore.NetworkBackend):
    """Connects one request. Each name is looked up once, and all its addresses are checked before one is connected to.

    The server's name stays the same in its certificate and in the request.
    """

    def __init__(
        self, budget: Budget, resolve: Resolve, dial: Dial, *, allow_private: bool, remedy: str = MEANT
    ) -> None:
        self._budget = budget
        self._resolve = resolve
        self._dial = dial
        self._allow_private = allow_private
        self._remedy = remedy  # for whoever means an address that is not fetched from
        self.private = False  # whether it connected to an address that is not the internet's

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 - the signature is the library's
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        numbers = self._looked_up(host, port, timeout)
        self._check(host, port, numbers)
        trouble: Exception | None = None
        for number in numbers[:_TRIED]:
            try:
                stream = _Counted(self._dial(number, port, self._budget.seconds(timeout)), self._budget)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                trouble = error
            else:
                self.private = place(number) is not None
                return stream
        raise trouble or Refused("There is no machine of that name. Check the address.")

    def _check(self, host: str, port: int, numbers: Sequence[str]) -> None:
        """Raises `Refused` where one of a name's addresses is not the internet's: any of them may be connected to."""
        if refused_port(port) and not self._allow_private:
            raise Refused(f"Port {port} is not one of web servers. {self._remedy}")
        for number in numbers:
            leads = f"{host} is" if host == number else f"{host} leads to {number},"
            if never(number):
                raise Refused(f"{leads} an address of {place(number)}, which is never fetched from. Name another.")
            if (what := place(number)) and not self._allow_private:
                raise Refused(f"{leads} an address of {what}, which is not fetched from. {self._remedy}")

    def _looked_up(self, host: str, port: int, timeout: float | None) -> Sequence[str]:
        """In a thread of its own, because the system's look-up knows neither a time limit nor Ctrl-C."""
        answer = SimpleQueue[Sequence[str] | Exception]()

        def look_up() -> None:
            try:
                answer.put(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                answer.put(error)

        Thread(target=look_up, daemon=True).start()
        try:
            found = answer.get(timeout=self._budget.seconds(timeout))
        except Empty:
            raise Broken(f"The name {host} could not be looked up in time") from None
        if isinstance(found, Exception):
            raise _unknown(host, found) from found
        return found


def _unknown(host: str, error: Exception) -> Exception:
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return Broken(f"The name {host} could not be looked up")
    return Refused(f"There is no machine of the name {host}. Check the address, and the network.")


class _Counted(httpcore.NetworkStream):
    """A connection whose time and bytes count."""

    def __init__(self, inner: httpcore.NetworkStream, budget: Budget) -> None:
        self._inner = inner
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            data = self._inner.read(max_bytes, self._budget.seconds(timeout))
        except httpcore.ReadTimeout:
            self._budget.seconds()  # is the request's time over, or has the server only been silent?
            raise
        self._budget.receive(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._budget.seconds(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            inner = self._inner.start_tls(ssl_context, server_hostname, self._budget.seconds(timeout))
        except httpcore.ConnectError as error:
            raise _insecure(error) from error
        return _Counted(inner, self._budget)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _insecure(error: Exception) -> Exception:
    cause = error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Refused(
            f"Its certificate is not trusted: {cause.verify_message.rstrip('.')}. Check the address; for a server of "
            "your own, name its authority's certificate in SSL_CERT_FILE."
        )
    if isinstance(cause, ssl.SSLError):
        return Refused("It offers no secure connection that this machine understands. Try its http:// address.")
    return Broken("The secure connection could not be made")
