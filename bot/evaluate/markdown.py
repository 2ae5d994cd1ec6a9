"""The report as Markdown, for a comment on a change or a page of a wiki. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.evaluate import compare
from bot.evaluate.compare import Comparison
from bot.evaluate.markup import fit
from bot.evaluate.report import (
    WRONG,
    Tally,
    asked,
    bounds,
    by_kind,
    by_suite,
    example,
    models,
    percent,
    reasons,
    summary,
    tally,
    times,
)
from bot.evaluate.types import CaseOutcome, Evaluation, Verdict


def to_markdown(evaluation: Evaluation, comparison: Comparison | None = None) -> str:
    """Tables of the suites and the kinds, the changes since the baseline, and the failed cases with their reasons."""
    return "\n".join(_lines(evaluation, comparison)) + "\n"


def code(text: str) -> str:
    """`text` as a code span on one line: no part of it is a link, a mention or markup.

    >>> code("a ![x](http://example.org) b")
    '`a ![x](http://example.org) b`'
    >>> code("one ` two `` three")
    '``` one ` two `` three ```'
    """
    line = fit(" ".join(text.split())) or " "
    longest = max(map(len, re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {line} {fence}" if longest else f"{fence}{line}{fence}"


def _lines(evaluation: Evaluation, comparison: Comparison | None) -> Iterator[str]:
    whole = tally(evaluation.outcomes)
    yield f"# Byline: {percent(whole.rate.value)} of {whole.cases} cases passed"
    yield ""
    yield f"Model {code(models(evaluation))}, {evaluation.started.isoformat(timespec='seconds')}."
    yield ""
    yield from _table("suite", by_suite(evaluation.outcomes))
    yield _row("**all**", whole)
    yield ""
    yield from _table("kind", by_kind(evaluation.outcomes))
    notes = [line.strip() for line in summary(evaluation)]
    if notes:
        yield ""
        yield from (f"- {code(line)}" for line in notes)
    if comparison:
        yield from _compared(comparison)
    wrong = [outcome for outcome in evaluation.outcomes if outcome.verdict in WRONG]
    if wrong:
        yield "\n## Not passed\n"
    for outcome in wrong:
        often = "" if outcome.stable else f", {times(outcome)}"
        yield f"- **{outcome.verdict}**{often}, {code(outcome.case.suite)}: {code(asked(outcome.case))}"
        yield from (f"  - {code(reason)}" for reason in reasons(example(outcome)))


def _compared(comparison: Comparison) -> Iterator[str]:
    yield "\n## Since the baseline\n"
    yield f"{compare.counted(comparison)}. {compare.meaning(comparison)}"
    if comparison.regressions:
        yield ""
    for pair in comparison.regressions:
        if pair.now:
            asking = code(compare.asked(pair.now))
            yield f"- **worse**, {code(pair.now.suite)}: {asking} ({compare.verdicts(pair)})"


def _table(name: str, groups: Mapping[str, Sequence[CaseOutcome]]) -> Iterator[str]:
    yield f"| {name} | {' | '.join(Verdict)} | cases | rate | 95 % interval |"
    yield f"|---|{'--:|' * (len(Verdict) + 3)}"
    for group, outcomes in groups.items():
        yield _row(_cell(group), tally(outcomes))


def _row(name: str, counted: Tally) -> str:
    counts = " | ".join(str(counted.counts[verdict]) for verdict in Verdict)
    return f"| {name} | {counts} | {counted.cases} | {percent(counted.rate.value)} | {bounds(counted.rate)} |"


def _cell(text: str) -> str:
    return code(text).replace("|", "\\|")
