"""Byline in a browser: the chat on the left, the proof on the right. The names are loaded when they are first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.web.access import Access as Access
    from bot.web.server import build_app as build_app
    from bot.web.server import serve as serve

_HOMES = {"Access": "bot.web.access", "build_app": "bot.web.server", "serve": "bot.web.server"}

__all__ = sorted(_HOMES)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
