"""The judge: whether a text supports a claim, and whether it answers a question. Names are loaded when first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.judge.judge import Judge as Judge
    from bot.judge.judge import scorer as scorer
    from bot.judge.judgement import Entailment as Entailment
    from bot.judge.judgement import Logits as Logits
    from bot.judge.judgement import Scorer as Scorer

_HOMES = {
    "Judge": "bot.judge.judge",
    "scorer": "bot.judge.judge",
    **dict.fromkeys(("Entailment", "Logits", "Scorer"), "bot.judge.judgement"),
}

__all__ = sorted(_HOMES)  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
