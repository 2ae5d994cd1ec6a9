"""Cases to results: each question is asked after its history, and its answer is judged."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

from bot.errors import Cancelled, ShownError
from bot.evaluate.assertions import judge
from bot.evaluate.cache import Cache, CachedAnswer
from bot.evaluate.errors import JudgeBroken
from bot.evaluate.target import Target
from bot.evaluate.types import (
    Ask,
    Case,
    CaseOutcome,
    CaseResult,
    JudgedReply,
    Suite,
    Verdict,
    about_all_times,
    no_judge,
)
from bot.types import Answer, Cancellation, Status, Turn
from bot.wording import worded

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bench:
    """A judge (`ask`), and the answers of an earlier run, by suite, history and question."""

    ask: Ask = no_judge
    rivals: Mapping[tuple[str, tuple[str, ...], str], str] = field(default_factory=dict)


def run(
    case: Case,
    target: Target,
    cancel: Cancellation | None = None,
    *,
    time: int = 0,
    cache: Cache | None = None,
    bench: Bench = Bench(),
) -> CaseResult:
    """The result of asking the case in its repetition `time`, counted from 0. A cached answer is used again.

    `settled` adds the assertions about all repetitions. Raises only Cancelled: any other error becomes the result.
    """
    case = case.once
    if case.draft:
        return CaseResult(
            case, obstacle="This is a draft. Read it against its article, then take out `draft`.", skipped=True
        )
    answer, clock = None, perf_counter()
    seconds = None
    try:
        found = cache.find(case, time) if cache else None
        answer = found.answer if found else _last_answer(case, target, cancel)
        seconds = found.seconds if found else perf_counter() - clock
        if cache and found is None and answer.status is not Status.FAILED:
            cache.keep(case, time, CachedAnswer(answer, seconds))
        result = replace(_judged(case, answer, target, bench), kept=found is not None)
    except Cancelled:
        raise
    except Exception as error:  # a bug breaks only its own case; its traceback is in the log
        _log.exception("%s %r broke", "Judging the answer to" if answer else "Answering", case.question)
        name = "" if isinstance(error, ShownError) else f"{type(error).__name__}: "
        result = CaseResult(case, answer, obstacle=f"{name}{error}", unjudged=isinstance(error, JudgeBroken))
    return replace(result, seconds=perf_counter() - clock if seconds is None else seconds)


def settled(case: Case, results: Sequence[CaseResult]) -> CaseOutcome:
    """The outcome of all repetitions of a case; skipped, if some are missing.

    `stable` is judged by all repetitions, and added to the checks of each.
    """
    if len(results) < case.times:
        return CaseOutcome((not_asked(case),))
    if case.times == 1:
        return CaseOutcome(tuple(results))
    verdicts = tuple(each.verdict for each in results)
    return CaseOutcome(tuple(_compared(case, each, verdicts) for each in results))


def skip(suite: Suite) -> Iterator[CaseResult]:
    """The results of a suite whose articles are missing."""
    for case in suite.cases:
        yield CaseResult(case, obstacle=f"There is no {suite.missing[0]}. {suite.optional}", skipped=True)


def not_asked(case: Case) -> CaseResult:
    """The result of a case that was left out by an interrupt."""
    return CaseResult(
        case, obstacle="The run was stopped before this case was asked, or asked often enough.", skipped=True
    )


def unreached(case: Case, error: ShownError) -> CaseResult:
    """The result of a case whose articles or model could not be opened."""
    return CaseResult(case, obstacle=str(error))


def _compared(case: Case, result: CaseResult, verdicts: tuple[Verdict, ...]) -> CaseResult:
    if result.answer is None or result.obstacle is not None:
        return replace(result, case=case)
    reply, single = JudgedReply(result.answer, {}, verdicts=verdicts), iter(result.checks)
    checks = (judge(each, reply) if about_all_times(each) else next(single) for each in case.assertions)
    return replace(result, case=case, checks=tuple(checks))


def _judged(case: Case, answer: Answer, target: Target, bench: Bench) -> CaseResult:
    if answer.status is Status.FAILED:
        return CaseResult(case, answer, obstacle=worded(answer.reason) or "The answer failed.")
    if not answer.text.strip():
        return CaseResult(case, answer, obstacle="The answer has no words.")
    rival = bench.rivals.get((case.suite, case.history, case.question))

    def has(article_id: str) -> bool:
        return target.text(article_id) is not None

    texts = _texts(answer, target)
    reply = JudgedReply(answer, texts, target.embed, bench.ask, has, case.given, rival, proven=target.proves)
    return CaseResult(case, answer, tuple(judge(each, reply) for each in case.assertions))


def _last_answer(case: Case, target: Target, cancel: Cancellation | None) -> Answer:
    """The answer to the case's question, or the first failed answer of its history."""
    turns: list[Turn] = []
    for question in case.history:
        answer = target.answer(question, turns, case.filters, cancel)
        if answer.status is Status.FAILED:
            return answer
        turns.append(Turn.of(question, answer))
    return target.answer(case.question, turns, case.filters, cancel)


def _texts(answer: Answer, target: Target) -> dict[str, str]:
    """The texts of the cited articles that still exist, by id."""
    found = {each.article_id: target.text(each.article_id) for each in answer.citations}
    return {article_id: text for article_id, text in found.items() if text is not None}
