"""A call of a tool, the steps of its work, and its result."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from bot.auth.principal import Principal
from bot.mcp.arguments import Arguments
from bot.service.service import Service
from bot.types import Cancellation

Given = TypeVar("Given", bound=Arguments, covariant=True)


@dataclass(frozen=True, slots=True)
class Call(Generic[Given]):
    """Who asks for what, and of whom."""

    service: Service
    principal: Principal
    arguments: Given
    cancel: Cancellation


@dataclass(frozen=True, slots=True)
class Step:
    """How far a call is."""

    done: int  # grows from step to step
    message: str
    total: int | None = None  # None where nobody knows


@dataclass(frozen=True, slots=True)
class CallResult:
    """The result of a call."""

    text: str  # reads well by itself
    json: dict[str, Any]  # of `bot.render.text`
    failed: bool = False


Steps = Generator[Step | CallResult]  # the last one is the result
Run = Callable[[Call[Any]], Steps]
