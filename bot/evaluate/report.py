"""The counts of an evaluation: lines for a terminal, and the JSON report. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean, median
from typing import Any

from bot.evaluate.intervals import Interval, bootstrap, wilson
from bot.evaluate.types import Agreement, AssertionCheck, Case, CaseOutcome, CaseResult, Evaluation, Verdict
from bot.render import text as render
from bot.wording import worded

VERSION = 2  # of the JSON report; docs/evaluation.md describes each
WRONG = (Verdict.FAILED, Verdict.BROKEN)
_LONGEST = 600  # characters of an answer in a line, at most


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of cases by verdict, and the pass rate among all submitted cases, skipped ones included."""

    counts: Mapping[Verdict, int]
    rate: Interval

    @property
    def cases(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from a question to the end of its answer; the mean over the repetitions of a case."""

    answers: int  # cases with an answer, two or more
    mean: Interval
    median: Interval


def tally(outcomes: Sequence[CaseOutcome]) -> Tally:
    passed = sum(outcome.share for outcome in outcomes)
    return Tally(Counter(outcome.verdict for outcome in outcomes), wilson(float(passed), len(outcomes)))


def by_suite(outcomes: Iterable[CaseOutcome]) -> dict[str, list[CaseOutcome]]:
    return _grouped(outcomes, lambda case: case.suite)


def by_kind(outcomes: Iterable[CaseOutcome]) -> dict[str, list[CaseOutcome]]:
    return _grouped(outcomes, lambda case: case.kind or "no kind")


def latency(outcomes: Iterable[CaseOutcome]) -> Latency | None:
    """The latency of the cases with an answer; None for fewer than two. Broken results do not count."""
    seconds = tuple(each for each in map(seconds_to_answer, outcomes) if each is not None)
    if len(seconds) < 2:
        return None
    return Latency(len(seconds), bootstrap(seconds, fmean), bootstrap(seconds, median))


def seconds_to_answer(outcome: CaseOutcome) -> float | None:
    found = [
        result.answer.timings.total
        for result in outcome.results
        if result.answer and result.obstacle is None and result.answer.timings.total is not None
    ]
    return fmean(found) if found else None


def table(outcomes: Sequence[CaseOutcome]) -> Iterator[str]:
    """A line for each kind and a line for all cases. The rate is of all submitted cases."""
    rows = {**{kind: tally(each) for kind, each in by_kind(outcomes).items()}, "all": tally(outcomes)}
    width = max(map(len, rows))
    yield f"{'':{width}}  " + "  ".join(f"{verdict:>7}" for verdict in Verdict) + "    cases     rate  95 % interval"
    for name, each in rows.items():
        counts = "  ".join(f"{each.counts[verdict]:>7}" for verdict in Verdict)
        yield f"{name:{width}}  {counts}  {each.cases:>7}  {percent(each.rate.value):>7}  {bounds(each.rate)}"


def summary(evaluation: Evaluation) -> Iterator[str]:
    """Notes below the table: an interrupt, kept answers, the judge, unstable cases, and the latency."""
    outcomes = evaluation.outcomes
    if evaluation.stopped:
        skipped = tally(outcomes).counts[Verdict.SKIPPED]
        yield f"Stopped: {skipped} of {len(outcomes)} cases were not asked, and count among the skipped ones."
    if from_cache := kept(evaluation):
        yield f"Of the answers, {from_cache} were kept from an earlier run; their seconds are those of then."
    if judge := evaluation.judge:
        yield agreed(judge)
    if unjudged := _unjudged(evaluation):
        yield f"The judge gave no verdict in {unjudged} answers, which count as broken."
    unstable = [outcome for outcome in outcomes if not outcome.stable]
    if evaluation.repeat > 1:
        stable = f"{len(unstable)} of {len(outcomes)} cases not stable" if unstable else "all cases stable"
        yield f"Asked {evaluation.repeat} times each; {stable}."
    yield from (f"    {times(outcome)}: {asked(outcome.case)} ({outcome.case.suite})" for outcome in unstable)
    if taken := latency(outcomes):
        yield (
            f"Seconds to the answer, over {taken.answers} cases: mean {_seconds(taken.mean)},"
            f" median {_seconds(taken.median)}."
        )


def agreed(judge: Agreement) -> str:
    """The agreement of a judge with labels, in a sentence."""
    rate, kappa = _agreed(judge), judge.kappa
    return (
        f"The judge {judge.judge} agrees with {judge.right} of {judge.labelled} labels ({judge.labels}):"
        f" {percent(rate.value)} ({bounds(rate)}), kappa {kappa.value:.2f} ({kappa.low:.2f} to {kappa.high:.2f});"
        f" it passed {judge.passed} wrongly, failed {judge.failed} wrongly, and gave {judge.errors} of them no verdict."
    )


def told(outcome: CaseOutcome) -> Iterator[str]:
    """A case that did not pass, with the reasons of its first such result, a line each."""
    case = outcome.case
    often = "" if outcome.stable else f" ({times(outcome)})"
    yield f"{outcome.verdict.upper()} {case.suite}, {case.kind or 'no kind'}: {asked(case)}{often}"
    yield from (f"    {reason}" for reason in reasons(example(outcome)))


def reasons(result: CaseResult) -> Iterator[str]:
    """Why a case did not pass: the obstacle, or the failed assertions and the answer."""
    if result.obstacle:
        yield result.obstacle
    for check in result.checks:
        if not check.holds:
            yield f"not so: {check.told}"
    if result.verdict is Verdict.FAILED and result.answer:
        text = " ".join((result.answer.text or worded(result.answer.reason) or "").split())
        yield f"{result.answer.status}: {text[:_LONGEST]}{'…' if len(text) > _LONGEST else ''}"


def example(outcome: CaseOutcome) -> CaseResult:
    """The first result with the verdict of the outcome."""
    return next(result for result in outcome.results if result.verdict is outcome.verdict)


def asked(case: Case) -> str:
    """The description, if any, then the history and the question."""
    questions = " / ".join((*case.history, case.question))
    return f"{case.description}: {questions}" if case.description else questions


def times(outcome: CaseOutcome) -> str:
    """The share of repetitions that passed, as words."""
    passed = sum(result.once.verdict is Verdict.PASSED for result in outcome.results)
    return f"passed {passed} of {len(outcome.results)} times"


def kept(evaluation: Evaluation) -> int:
    """How many answers come from an earlier run."""
    return sum(result.kept for outcome in evaluation.outcomes for result in outcome.results)


def models(evaluation: Evaluation) -> str:
    """The models of the answers; without answers, the requested model."""
    answers = [result.answer for outcome in evaluation.outcomes for result in outcome.results]
    spoke = dict.fromkeys(answer.model for answer in answers if answer)
    return ", ".join(spoke) or evaluation.model or "of the settings"


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def bounds(rate: Interval) -> str:
    return f"{100 * rate.low:.1f} to {100 * rate.high:.1f} %"


def to_json(evaluation: Evaluation) -> dict[str, Any]:
    """The JSON report. Only `run` and `timing` depend on the clock."""
    outcomes = evaluation.outcomes
    return {
        "version": VERSION,
        "run": {
            "model": evaluation.model,
            "started": evaluation.started.isoformat(timespec="seconds"),
            "stopped": evaluation.stopped,
            "kept": kept(evaluation),
        },
        "timing": _timing(evaluation),
        "repeat": evaluation.repeat,
        "judge": _judge(evaluation),
        "all": _tally(tally(outcomes)),
        "suites": {suite: _tally(tally(each)) for suite, each in by_suite(outcomes).items()},
        "kinds": {kind: _tally(tally(each)) for kind, each in by_kind(outcomes).items()},
        "cases": [_case(outcome) for outcome in outcomes],
    }


def _unjudged(evaluation: Evaluation) -> int:
    """How many answers lack a verdict of the judge."""
    return sum(result.unjudged for outcome in evaluation.outcomes for result in outcome.results)


def _agreed(judge: Agreement) -> Interval:
    """The share of labels that the judge agrees with; a missing verdict disagrees."""
    return wilson(judge.right, judge.labelled)


def _judge(evaluation: Evaluation) -> dict[str, Any] | None:
    judge = evaluation.judge
    if judge is None:
        return None
    return {**asdict(judge), "rate": asdict(_agreed(judge)), "no_verdict": _unjudged(evaluation)}


def _grouped(outcomes: Iterable[CaseOutcome], name: Callable[[Case], str]) -> dict[str, list[CaseOutcome]]:
    """The outcomes by name, in order of first occurrence."""
    groups: dict[str, list[CaseOutcome]] = {}
    for outcome in outcomes:
        groups.setdefault(name(outcome.case), []).append(outcome)
    return groups


def _seconds(estimate: Interval) -> str:
    return f"{estimate.value:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"


def _tally(counted: Tally) -> dict[str, Any]:
    counts = {str(verdict): counted.counts[verdict] for verdict in Verdict}
    return {**counts, "cases": counted.cases, "rate": asdict(counted.rate)}


def _timing(evaluation: Evaluation) -> dict[str, Any]:
    taken = latency(evaluation.outcomes)
    return {
        "seconds": evaluation.seconds,
        "latency": asdict(taken) if taken else None,
        "cases": [[_times(result) for result in outcome.results] for outcome in evaluation.outcomes],
    }


def _times(result: CaseResult) -> dict[str, Any]:
    answer = render.to_json(result.answer)["seconds"] if result.answer else None
    return {"seconds": result.seconds, "answer": answer}


def _case(outcome: CaseOutcome) -> dict[str, Any]:
    case = outcome.case
    return {
        "suite": case.suite,
        "kind": case.kind,
        "description": case.description,
        "history": list(case.history),
        "question": case.question,
        "verdict": str(outcome.verdict),
        "passes": outcome.passes,
        "stable": outcome.stable,
        "results": [_result(result) for result in outcome.results],
    }


def _result(result: CaseResult) -> dict[str, Any]:
    answer = render.to_json(result.answer) if result.answer else None
    if answer:
        del answer["seconds"]  # stands under `timing`
    return {
        "verdict": str(result.verdict),
        "obstacle": result.obstacle,
        "checks": [_check(check) for check in result.checks],
        "answer": answer,
    }


def _check(check: AssertionCheck) -> dict[str, Any]:
    return {"assertion": check.written, "holds": check.holds, "score": check.score, "reason": check.reason}
