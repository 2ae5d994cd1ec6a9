"""The JSON report as values, of this run or an earlier one, for the other reports."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import UsageError
from bot.evaluate.types import Verdict
from index.invalid import told


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True)


class Quote(_Read):
    """A citation and its facts, as far as reports show them."""

    mark: int
    quote: str
    title: str
    author: str | None = None
    outlet: str | None = None
    published: str | None = None
    kind: str | None = None
    url: str | None = None


class RecordedAnswer(_Read):
    """An answer, as far as reports show it."""

    status: str
    text: str
    reason: str | None = None
    citations: tuple[Quote, ...] = ()


class Judged(_Read):
    """An assertion in the words of the file, and its judgement."""

    assertion: str
    holds: bool
    score: float
    reason: str = ""


class RecordedRun(_Read):
    """One repetition of a case."""

    verdict: Verdict
    obstacle: str | None = None
    checks: tuple[Judged, ...] = ()
    answer: RecordedAnswer | None = None


class RecordedCase(_Read):
    """A case and its results."""

    suite: str
    kind: str = ""
    description: str = ""
    history: tuple[str, ...] = ()
    question: str
    verdict: Verdict
    results: tuple[RecordedRun, ...] = Field(min_length=1)

    @property
    def assertions(self) -> tuple[str, ...] | None:
        """The assertions in the words of the file; None where nothing was judged."""
        judged = (asking.checks for asking in self.results if asking.checks)
        return next((tuple(check.assertion for check in checks) for checks in judged), None)

    @property
    def texts(self) -> frozenset[str]:
        """The texts of the answers."""
        return frozenset(asking.answer.text for asking in self.results if asking.answer)

    @property
    def share(self) -> float:
        """The share of repetitions that passed, in [0, 1]."""
        return sum(asking.verdict is Verdict.PASSED for asking in self.results) / len(self.results)


class Started(_Read):
    model: str | None = None
    started: str


class EvaluationRecord(_Read):
    version: Literal[1, 2]  # equal in all fields that are read here
    run: Started
    cases: tuple[RecordedCase, ...]


def rivals(earlier: EvaluationRecord) -> dict[tuple[str, tuple[str, ...], str], str]:
    """The first answer to each case of a run, by suite, history and question."""
    found: dict[tuple[str, tuple[str, ...], str], str] = {}
    for entry in earlier.cases:
        answer = entry.results[0].answer
        if answer and answer.text:
            found.setdefault((entry.suite, entry.history, entry.question), answer.text)
    return found


def record(report: Mapping[str, Any]) -> EvaluationRecord:
    return EvaluationRecord.model_validate(report)


def read_record(path: Path) -> EvaluationRecord:
    """The report in a file. Raises UsageError for other files."""
    try:
        return EvaluationRecord.model_validate_json(path.read_bytes())
    except OSError as error:
        reason = str(error.strerror)
    except ValidationError as error:
        reason = told(error.errors()[0])
    raise UsageError(
        f"The baseline {path} cannot be read ({reason}). "
        "Name a report that --json of this version of Byline, or of an earlier one, wrote."
    )
