"""The report that continuous integration reads: JUnit XML. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from xml.etree.ElementTree import Element, indent, tostring

from bot.evaluate.markup import element
from bot.evaluate.report import asked, by_suite, example, reasons, times
from bot.evaluate.types import CaseOutcome, Evaluation, Verdict

# To JUnit a failed assertion is a failure, and a case without an answer is an error.
_ELEMENTS = {Verdict.FAILED: "failure", Verdict.BROKEN: "error", Verdict.SKIPPED: "skipped"}


def to_xml(evaluation: Evaluation) -> str:
    """A `testsuite` for each file, a `testcase` for each case with all its repetitions, times in seconds.

    The format: https://github.com/testmoapp/junitxml.
    """
    started = evaluation.started.isoformat(timespec="seconds")
    suites = [_suite(name, each, started) for name, each in by_suite(evaluation.outcomes).items()]
    whole = element("testsuites", *suites, name="byline eval", **_counts(evaluation.outcomes))
    indent(whole)
    return tostring(whole, encoding="unicode", xml_declaration=False) + "\n"


def _suite(name: str, outcomes: Sequence[CaseOutcome], started: str) -> Element:
    return element("testsuite", *map(_case, outcomes), name=name, timestamp=started, **_counts(outcomes))


def _counts(outcomes: Sequence[CaseOutcome]) -> dict[str, str]:
    found = Counter(outcome.verdict for outcome in outcomes)
    return {
        "tests": str(len(outcomes)),
        "failures": str(found[Verdict.FAILED]),
        "errors": str(found[Verdict.BROKEN]),
        "skipped": str(found[Verdict.SKIPPED]),
        "time": f"{sum(map(_seconds, outcomes)):.3f}",
    }


def _case(outcome: CaseOutcome) -> Element:
    case = outcome.case
    kind = f"{case.suite}.{case.kind or 'no kind'}"
    made = element("testcase", name=asked(case), classname=kind, time=f"{_seconds(outcome):.3f}")
    if name := _ELEMENTS.get(outcome.verdict):
        lines = list(reasons(example(outcome)))
        if not outcome.stable:
            lines.append(times(outcome))
        made.append(element(name, "\n".join(lines), message=lines[0]))
    return made


def _seconds(outcome: CaseOutcome) -> float:
    return sum(result.seconds for result in outcome.results)
