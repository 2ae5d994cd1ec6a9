"""The socket that a server listens on, and its address."""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_address

from bot.errors import UsageError

# For documents alone (RFC 5737, RFC 3849). The way there begins where that to any other machine does.
_ELSEWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
_LOOPBACK = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}


def listen(host: str, port: int, unusable: Callable[[str, int, str], UsageError]) -> socket.socket:
    """A socket on an address; port 0 takes any free one. Raises what `unusable` makes of the address and the reason."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise unusable(host, port, error.strerror or str(error)) from error


def address_of(listener: socket.socket) -> str:
    """The address of a socket, as a browser takes it. One that listens on every address gets that of this machine."""
    host, port = listener.getsockname()[:2]
    if ip_address(host).is_unspecified:
        host = address_in_network(listener.family)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def address_in_network(family: int, elsewhere: str | None = None) -> str:
    """The address by which this machine reaches others, such as `elsewhere`; without a network that of the loopback.

    Nothing is sent.
    """
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((elsewhere or _ELSEWHERE[socket.AddressFamily(family)], 9))
        except OSError:
            return _LOOPBACK[socket.AddressFamily(family)]
        host: str = probe.getsockname()[0]
        return host
