"""Byline's bot: from hits to a cited answer, and the surfaces that show it. Names load when first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.answering.bot import Bot
    from bot.errors import ShownError
    from bot.types import (
        Answer,
        Citation,
        Event,
        Evidence,
        EvidenceReady,
        Report,
        SearchedAgain,
        Sentence,
        Status,
        Turn,
        Verifying,
        Words,
    )

_HOMES = {
    "Bot": "bot.answering.bot",
    "ShownError": "bot.errors",
    **dict.fromkeys(
        (
            "Answer",
            "Citation",
            "Event",
            "Evidence",
            "EvidenceReady",
            "Report",
            "SearchedAgain",
            "Sentence",
            "Status",
            "Turn",
            "Verifying",
            "Words",
        ),
        "bot.types",
    ),
}

__all__ = [
    "Answer",
    "Bot",
    "Citation",
    "Event",
    "Evidence",
    "EvidenceReady",
    "Report",
    "SearchedAgain",
    "Sentence",
    "ShownError",
    "Status",
    "Turn",
    "Verifying",
    "Words",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
