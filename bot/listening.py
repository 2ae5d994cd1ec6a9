"""The socket that a server listens on, and its address."""

from __future__ import annotations

import socket
from collections.abc import Callable

from bot.errors import UsageError


def listen(host: str, port: int, unusable: Callable[[str, int, str], UsageError]) -> socket.socket:
    """A socket on an address; port 0 takes any free one. Raises what `unusable` makes of the address and the reason."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise unusable(host, port, error.strerror or str(error)) from error


def address_of(listener: socket.socket) -> str:
    """The address of a socket, as a browser takes it."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
