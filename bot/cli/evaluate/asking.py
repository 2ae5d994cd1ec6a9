"""Test prompts put to whom they test: group by group, with a bar on the screen, until a person stops it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli import terminal
from bot.cli.evaluate.target import answering
from bot.cli.output import say
from bot.config import Config
from bot.errors import ShownError

if TYPE_CHECKING:
    from bot.evaluate.cache import AnswerFile
    from bot.evaluate.run import Bench
    from bot.evaluate.types import Case, CaseOutcome, CaseResult, Suite
    from bot.types import Cancellation, Model


@dataclass(frozen=True, slots=True)
class Manner:
    """How cases are asked: how often each, how many side by side, where their answers are kept, who judges, and whom
    else than Byline."""

    repeat: int
    jobs: int
    kept: AnswerFile | None
    bench: Bench
    direct: Model | None = None  # asked by itself, without Byline


def groups(suites: Sequence[Suite], own: bool) -> list[tuple[tuple[Path, ...], list[Suite]]]:
    """The suites by the articles that they are asked about; none where they are not asked about their own."""
    found: dict[tuple[Path, ...], list[Suite]] = {}
    for suite in suites:
        found.setdefault(suite.articles if own else (), []).append(suite)
    return list(found.items())


def ask(
    config: Config, asking: Sequence[tuple[Sequence[Path], Sequence[Suite]]], manner: Manner
) -> tuple[tuple[CaseOutcome, ...], KeyboardInterrupt | None]:
    """The outcomes of all cases, and how a person stopped it, if one did: the cases left are then not asked.

    Raises what stands in the way of the first case; later it is the obstacle of the cases that it keeps from being
    asked, since those before it have their results.
    """
    from bot.evaluate.run import not_asked, unreached
    from bot.evaluate.types import CaseOutcome

    outcomes: list[CaseOutcome] = []
    stop = None
    for articles, suites in asking:
        cases = [case for suite in suites for case in suite.cases]
        try:
            if stop is None:
                found, stop = asked(config, articles, suites, manner)
                outcomes.extend(found)
                continue
        except KeyboardInterrupt as pressed:
            stop = pressed
        except ShownError as error:
            if not outcomes:
                raise
            say(str(error), error=True)
            outcomes.extend(CaseOutcome((unreached(case, error),)) for case in cases)
            continue
        outcomes.extend(CaseOutcome((not_asked(case),)) for case in cases)
    return tuple(outcomes), stop


def asked(
    config: Config, articles: Sequence[Path], suites: Sequence[Suite], manner: Manner
) -> tuple[tuple[CaseOutcome, ...], KeyboardInterrupt | None]:
    """The outcomes of the cases of the suites that share `articles`, with a bar on the screen, and how a person stopped
    it, if one did."""
    from bot.evaluate.pool import ask_all
    from bot.evaluate.run import run, skip
    from bot.evaluate.types import CaseOutcome

    if articles and suites[0].missing:
        for suite in suites:
            say(f"{suite.path} is skipped: there is no {suite.missing[0]}. {suite.optional}", error=True)
        return tuple(CaseOutcome((result,)) for suite in suites for result in skip(suite)), None
    cases = [case for suite in suites for case in suite.cases]
    with answering(config, articles, manner.kept, manner.direct) as (target, cache), terminal.progress() as tell:

        def ask(case: Case, time: int, cancel: Cancellation) -> CaseResult:
            return run(case, target, cancel, time=time, cache=cache, bench=manner.bench)

        def told(case: Case, done: int) -> None:
            tell(f"Asking about {case.suite}", done, len(cases))

        told(cases[0], 0)
        return ask_all(cases, ask, told, repeat=manner.repeat, jobs=manner.jobs)
