"""The errors of the HTTP libraries below the clients of providers."""

from __future__ import annotations

import sys

LIBRARIES = ("httpx", "httpx2")  # a client uses either, by its version


def http_errors(name: str) -> list[type[Exception]]:
    """The error classes of this name, such as `TransportError`, in those libraries that are imported."""
    return [getattr(sys.modules[library], name) for library in LIBRARIES if library in sys.modules]
