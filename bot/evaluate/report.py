"""Results to what people and programs read of them. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot import render
from bot.evaluate.types import Result, Verdict

Counts = Mapping[Verdict, int]
_LONGEST = 240  # characters of an answer that are shown


def by_kind(results: Iterable[Result]) -> dict[str, Counts]:
    """How many of each kind passed and so on, in the order in which the kinds come."""
    found: dict[str, Counter[Verdict]] = {}
    for result in results:
        found.setdefault(result.case.kind or "no kind", Counter())[result.verdict] += 1
    return dict(found)


def table(results: Sequence[Result]) -> Iterator[str]:
    """A line a kind, and one for all. The last column is what was submitted: what passed is a share of that."""
    counts = by_kind(results)
    width = max(len(kind) for kind in (*counts, "all"))
    yield f"{'':{width}}  " + "  ".join(f"{verdict:>7}" for verdict in Verdict) + "    cases"
    for kind, each in (*counts.items(), ("all", Counter(result.verdict for result in results))):
        row = "  ".join(f"{each[verdict]:>7}" for verdict in Verdict)
        yield f"{kind:{width}}  {row}  {sum(each.values()):>7}"


def told(result: Result) -> Iterator[str]:
    """What did not pass, why, and what was answered instead."""
    case = result.case
    asked = " / ".join((*case.history, case.question))
    yield f"{result.verdict.upper()} {case.suite}, {case.kind or 'no kind'}: {asked}"
    if result.obstacle:
        yield f"    {result.obstacle}"
    yield from (f"    not so: {check.written}" for check in result.checks if not check.holds)
    if result.verdict is Verdict.FAILED and result.answer:
        text = " ".join((result.answer.text or result.answer.reason or "").split())
        yield f"    {result.answer.status}: {text[:_LONGEST]}{'…' if len(text) > _LONGEST else ''}"


def to_json(results: Sequence[Result], model: str | None, started: str) -> dict[str, Any]:
    """All of it. What differs between two runs of the same thing stands under `run` and `timing`."""
    counts = by_kind(results)
    return {
        "run": {"model": model, "started": started},
        "kinds": {kind: {str(verdict): each[verdict] for verdict in Verdict} for kind, each in counts.items()},
        "cases": [_case(result) for result in results],
    }


def _case(result: Result) -> dict[str, Any]:
    answer = render.to_json(result.answer) if result.answer else {}
    timing = answer.pop("seconds", None)
    return {
        "suite": result.case.suite,
        "kind": result.case.kind,
        "description": result.case.description,
        "history": list(result.case.history),
        "question": result.case.question,
        "verdict": str(result.verdict),
        "obstacle": result.obstacle,
        "checks": [{"assertion": check.written, "holds": check.holds} for check in result.checks],
        "answer": answer or None,
        "timing": timing,
    }
