"""Kept conversations: their turns, their links, and the feedback of readers."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.history.conversations import Conversation as Conversation
    from bot.history.conversations import ConversationMissing as ConversationMissing
    from bot.history.conversations import History as History
    from bot.history.conversations import Owner as Owner
    from bot.history.conversations import Place as Place
    from bot.history.conversations import Record as Record
    from bot.history.conversations import RecordMissing as RecordMissing
    from bot.history.conversations import record_of as record_of

__all__ = [
    "Conversation",
    "ConversationMissing",
    "History",
    "Owner",
    "Place",
    "Record",
    "RecordMissing",
    "record_of",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("bot.history.conversations"), name)
