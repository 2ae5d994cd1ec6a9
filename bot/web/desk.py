"""The desk that the page lends to its parts, so that they can change what it shows and wire their own events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.web.conversation import ChatState


@dataclass(frozen=True, slots=True)
class Desk:
    """The page's components, Gradio's, and how a conversation becomes their values."""

    state: Any
    shown: list[Any]
    changes: Callable[[ChatState | None, ChatState], list[Any]]  # values for `shown`; None: everything is new
    notice: Callable[[str], list[Any]]  # values for `shown` that change nothing but the notice
    answers: list[Any]  # the events that answer, to be cancelled
    quietly: dict[str, Any]  # options of events
