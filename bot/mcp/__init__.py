"""Byline for chat programs and agents that speak MCP, the Model Context Protocol: over HTTP and over stdio."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.mcp.transports import LOCAL, METADATA, PATH, Protected, app, stdio

__all__ = ["LOCAL", "METADATA", "PATH", "Protected", "app", "stdio"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("bot.mcp.transports"), name)
