"""The JSON report, read again: what other reports show of this run and of an earlier one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.errors import UsageError
from bot.evaluate.types import Verdict


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True)


class Quote(_Read):
    """A citation, with the facts that are shown beside it."""

    mark: int
    quote: str
    title: str
    author: str | None = None
    outlet: str | None = None
    published: str | None = None
    kind: str | None = None
    url: str | None = None


class Said(_Read):
    """An answer, as far as it is shown."""

    status: str
    text: str
    reason: str | None = None
    citations: tuple[Quote, ...] = ()


class Judged(_Read):
    """An assertion as the file says it, and whether it holds."""

    assertion: str
    holds: bool
    score: float
    reason: str = ""


class Asking(_Read):
    """One time that a case was asked."""

    verdict: Verdict
    obstacle: str | None = None
    checks: tuple[Judged, ...] = ()
    answer: Said | None = None


class Entry(_Read):
    """A case and what became of it."""

    suite: str
    kind: str = ""
    description: str = ""
    history: tuple[str, ...] = ()
    question: str
    verdict: Verdict
    results: tuple[Asking, ...] = Field(min_length=1)

    @property
    def share(self) -> float:
        """How many of the times it passed, in [0, 1]."""
        return sum(asking.verdict is Verdict.PASSED for asking in self.results) / len(self.results)


class Started(_Read):
    model: str | None = None
    started: str


class Record(_Read):
    version: Literal[1, 2]  # which differ in nothing that is read here
    run: Started
    cases: tuple[Entry, ...]


def rivals(earlier: Record) -> dict[tuple[str, tuple[str, ...], str], str]:
    """The answers of a run, the first one to each case, by suite, history and question."""
    found: dict[tuple[str, tuple[str, ...], str], str] = {}
    for entry in earlier.cases:
        answer = entry.results[0].answer
        if answer and answer.text:
            found.setdefault((entry.suite, entry.history, entry.question), answer.text)
    return found


def record(report: Mapping[str, Any]) -> Record:
    return Record.model_validate(report)


def read_record(path: Path) -> Record:
    """The report in a file. Raises UsageError for what is none."""
    try:
        return Record.model_validate_json(path.read_bytes())
    except OSError as error:
        reason = str(error.strerror)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        reason = ": ".join(filter(None, (".".join(map(str, first["loc"])), first["msg"])))
    raise UsageError(
        f"The baseline {path} cannot be read ({reason}). "
        "Name a report that --json of this version of Byline, or of an earlier one, wrote."
    )
