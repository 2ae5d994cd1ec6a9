"""Byline in a browser: the chat on the left, the proof on the right. The names are loaded when they are first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.web.server import build_app as build_app
    from bot.web.server import serve as serve

__all__ = ["build_app", "serve"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("bot.web.server"), name)
