"""The command that puts scripted test prompts to the bot: what it is called with, and its steps in their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.evaluate.asking import Manner, ask, groups
from bot.cli.evaluate.files import read
from bot.cli.evaluate.models import check_judged, measured, only_measured, open_direct, open_judge, settings_of
from bot.cli.evaluate.reports import check_places, code, show, write, written
from bot.cli.evaluate.target import check_filters
from bot.cli.options import ModelSpec, taking
from bot.config import Config
from bot.config import read as settings
from bot.errors import UsageError
from bot.runtime.shutdown import terminated_as_interrupted

if TYPE_CHECKING:
    from bot.evaluate.compare import Comparison
    from bot.evaluate.types import Agreement, Evaluation, Suite

Groups = Sequence[tuple[tuple[Path, ...], "list[Suite]"]]
Files = Annotated[
    list[Path] | None, typer.Argument(metavar="FILE...", help="Test prompts in promptfoo's format (YAML, CSV).")
]
Asked = Annotated[
    Path | None,
    typer.Option("--store", metavar="DIR", help="Ask this index, also where a file names its own articles."),
]
JsonFile = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write all results to this file.")]
JunitFile = Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML to this file.")]
HtmlFile = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write a page with every answer and its quotes.")
]
MarkdownFile = Annotated[
    Path | None, typer.Option("--markdown", metavar="FILE", help="Write a table and what did not pass.")
]
Baseline = Annotated[
    Path | None,
    typer.Option(
        "--baseline",
        metavar="FILE",
        help="Compare with an earlier run's --json; end with 4 where a case is worse.",
    ),
]
Least = Annotated[
    float | None,
    typer.Option(
        "--fail-under", metavar="0-1", help="End with 1 where a smaller share passes, not where any case fails."
    ),
]
Repeat = Annotated[int, typer.Option("--repeat", min=1, metavar="N", help="Ask each case so many times.")]
Jobs = Annotated[
    int, typer.Option("--jobs", min=1, max=64, metavar="N", help="Ask so many side by side; answers take longer.")
]
JudgeSpec = Annotated[
    str | None,
    typer.Option(
        "--judge", metavar="SPEC", help="The model that judges llm-rubric and the like, named as for --model."
    ),
]
LabelFile = Annotated[
    Path | None,
    typer.Option(
        "--labels",
        metavar="FILE",
        help="Measure the judge on these labelled answers (JSON Lines, YAML); without FILE... do only that.",
    ),
]
TargetSpec = Annotated[
    str | None,
    typer.Option(
        "--target",
        metavar="SPEC[@URL]",
        help="Ask this model itself, without Byline: provider:name, or openai:NAME@URL of a server like OpenAI's.",
    ),
]
AllowCode = Annotated[
    bool, typer.Option("--allow-code", help="Run what a file has in `python` and `javascript`, as you, without asking.")
]
CacheFile = Annotated[
    Path | None,
    typer.Option("--cache", metavar="FILE", help="Keep the answers in this file, and ask for none that is in it."),
]


def report_files(
    json_file: JsonFile = None, junit: JunitFile = None, html: HtmlFile = None, markdown: MarkdownFile = None
) -> Mapping[str, Path]:
    """The files that are wanted, by their form."""
    paths = {"json": json_file, "junit": junit, "html": html, "markdown": markdown}
    return {form: path for form, path in paths.items() if path}


@taking(report_files, "wanted")
def evaluate(
    files: Files = None,
    store: Asked = None,
    model: ModelSpec = None,
    wanted: Mapping[str, Path] = MappingProxyType({}),
    baseline: Baseline = None,
    fail_under: Least = None,
    repeat: Repeat = 1,
    jobs: Jobs = 1,
    cache: CacheFile = None,
    judge: JudgeSpec = None,
    labels: LabelFile = None,
    target: TargetSpec = None,
    allow_code: AllowCode = False,
) -> None:
    """Ask scripted test prompts, and say which answers are as they should be."""
    from bot.evaluate.cache import AnswerFile
    from bot.evaluate.compare import compare
    from bot.evaluate.record import read_record, record, rivals
    from bot.evaluate.report import to_json
    from bot.evaluate.run import Bench
    from bot.evaluate.types import no_judge

    _check(fail_under, labels, judge)
    if target and (store or model):
        raise UsageError("With --target a model is asked without Byline. Leave out --store and --model.")
    config, judging = settings_of(target, settings({"store": store, "model": model}))
    suites = [read(path, allow_code) for path in files or ()]
    check_places([*wanted.values(), *([cache] if cache else [])])
    before = read_record(baseline) if baseline else None
    kept = AnswerFile(cache) if cache else None
    check_judged(suites, judge, before)
    direct = open_direct(config, suites) if target else None
    panel = open_judge(judge, judging) if judge else None
    agreed = measured(panel, labels, jobs) if panel else None
    if not suites:
        only_measured(agreed, [*wanted, *(["baseline"] if baseline else [])])
        return
    bench = Bench(panel.ask if panel else no_judge, rivals(before) if before else {})
    asking = groups(suites, own=not (store or target))
    if not target:
        check_filters(config, asking)
    evaluation, stop = _asked(config, asking, Manner(repeat, jobs, kept, bench, direct), agreed)
    comparison = compare(before, record(to_json(evaluation))) if before else None
    show(evaluation, comparison)
    _write_all(wanted, evaluation, comparison)
    if stop:
        raise stop
    raise typer.Exit(code(evaluation, comparison, fail_under))


def _asked(
    config: Config, asking: Groups, manner: Manner, agreed: Agreement | None
) -> tuple[Evaluation, KeyboardInterrupt | None]:
    """The results of all cases, and what stopped the run, if it was stopped."""
    from bot.evaluate.types import Evaluation

    started, clock = datetime.now().astimezone(), perf_counter()
    with terminated_as_interrupted():
        outcomes, stop = ask(config, asking, manner)
    seconds = perf_counter() - clock
    return Evaluation(outcomes, config.model, started, seconds, manner.repeat, agreed, stopped=stop is not None), stop


def _write_all(wanted: Mapping[str, Path], evaluation: Evaluation, comparison: Comparison | None) -> None:
    for form, path in wanted.items():
        write(path, written(form, evaluation, comparison))


def _check(rate: float | None, labels: Path | None, judge: str | None) -> None:
    """Raises UsageError for a rate that is none, and for labels without a judge."""
    if labels and not judge:
        raise UsageError("The labelled answers of --labels are for a judge. Name one with --judge.")
    if rate is not None and not 0 <= rate <= 1:
        raise UsageError(f"The rate {rate:g} of --fail-under is no share. Name a number from 0 to 1.")
