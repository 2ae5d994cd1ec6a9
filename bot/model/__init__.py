"""Language models: in this process, by a provider, or none. The names are loaded when they are first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.model.spec import Opened as Opened
    from bot.model.spec import open_model as open_model
    from bot.model.spec import open_models as open_models
    from bot.types import Model as Model

_HOMES = {
    "Model": "bot.types",
    "Opened": "bot.model.spec",
    "open_models": "bot.model.spec",
    "open_model": "bot.model.spec",
}

__all__ = ["Model", "Opened", "open_model", "open_models"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
