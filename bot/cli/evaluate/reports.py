"""Results of a run of test prompts: on the screen, as the exit code, and in the files that were asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.output import say
from bot.errors import ShownError, UsageError

if TYPE_CHECKING:
    from bot.evaluate.compare import Comparison
    from bot.evaluate.types import Evaluation

PASSED, WRONG, WORSE = 0, 1, 4  # exit codes; 2 is for what is called wrongly


def check_places(paths: Sequence[Path]) -> None:
    """Raises UsageError where a report cannot be written, before anything is asked."""
    for number, path in enumerate(paths):
        if not path.parent.is_dir():
            raise UsageError(f"The file {path} cannot be written: there is no folder {path.parent}.")
        if path.is_dir():
            raise UsageError(f"The file {path} cannot be written: it is a folder. Name a file.")
        if path.resolve() in [other.resolve() for other in paths[:number]]:
            raise UsageError(f"Two files cannot be written to {path}. Name one for each.")


def show(evaluation: Evaluation, comparison: Comparison | None) -> None:
    from bot.evaluate import compare, report

    for outcome in evaluation.outcomes:
        if outcome.verdict in report.WRONG:
            for line in report.told(outcome):
                say(line)
    for line in (*report.table(evaluation.outcomes), *report.summary(evaluation)):
        say(line)
    for line in compare.told(comparison) if comparison else ():
        say(line)


def code(evaluation: Evaluation, comparison: Comparison | None, fail_under: float | None) -> int:
    """The exit code. Regressions come first: they are told from failures that were there before."""
    from bot.evaluate import report

    if comparison and comparison.regressions:
        return WORSE
    counted = report.tally(evaluation.outcomes)
    if fail_under is not None:
        return WRONG if counted.rate.value < fail_under else PASSED
    wrong = any(counted.counts[verdict] for verdict in report.WRONG)
    return PASSED if counted.rate.value and not wrong else WRONG  # where nothing was asked, nothing passed


def written(form: str, evaluation: Evaluation, comparison: Comparison | None) -> str:
    """The report as json, junit, html or markdown."""
    from bot.evaluate import compare, junit, markdown, page, report
    from bot.evaluate.record import record

    match form:
        case "junit":
            return junit.to_xml(evaluation)
        case "markdown":
            return markdown.to_markdown(evaluation, comparison)
        case "html":
            return page.to_html(evaluation, record(report.to_json(evaluation)), comparison)
    compared = {"comparison": compare.to_json(comparison)} if comparison else {}
    return json.dumps({**report.to_json(evaluation), **compared}, ensure_ascii=False, indent=2) + "\n"


def write(path: Path, text: str) -> None:
    """The whole report or none of it: whoever reads the file never finds a half. A pipe is written to as it is."""
    place = path.resolve()
    try:
        if place.exists() and not place.is_file():
            place.write_text(text, encoding="utf-8", errors="replace")
            return
        part = place.with_name(f"{place.name}.part")
        try:
            part.write_text(text, encoding="utf-8", errors="replace")
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise ShownError(f"The report {path} cannot be written ({error.strerror}). Name another file.") from error
