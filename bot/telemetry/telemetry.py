"""All that operators see of a server: each answer and each request is told here once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.service.service import Surface
from bot.telemetry.logs import tell
from bot.telemetry.metrics import Metrics
from bot.types import Answer

if TYPE_CHECKING:
    from bot.telemetry.traces import Traces


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Where answers and requests are told."""

    metrics: Metrics = field(default_factory=Metrics)
    traces: Traces | None = None
    log_questions: bool = False  # whether the log has the texts of questions
    log_json: bool = False

    def observe(self, surface: Surface, answer: Answer) -> None:
        """Tells of an answer that has just ended."""
        self.metrics.answered(surface, answer)
        if self.traces:
            self.traces.answered(surface, answer)
        asked = {"question": answer.question} if self.log_questions else {}
        tell(
            "answer", surface=surface, outcome=answer.status, seconds=answer.timings.total, model=answer.model, **asked
        )
