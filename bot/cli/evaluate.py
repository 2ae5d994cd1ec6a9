"""The command that puts scripted test prompts to the bot."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import terminal
from bot.cli.bring import bring_in
from bot.cli.options import ModelSpec, open_bot
from bot.cli.terminal import say
from bot.config import Config, read
from bot.errors import ShownError, UsageError

if TYPE_CHECKING:
    from bot.answer import Bot
    from bot.evaluate.types import Result, Suite

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Test prompts in promptfoo's format (YAML).")]
Asked = Annotated[
    Path | None,
    typer.Option("--store", metavar="DIR", help="Ask this index, also where a file names its own articles."),
]
ReportFile = Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write all results to this file.")]


def evaluate(files: Files, store: Asked = None, model: ModelSpec = None, report: ReportFile = None) -> None:
    """Ask scripted test prompts, and say which answers are as they should be."""
    from bot.evaluate import report as reports
    from bot.evaluate.read import read_suite
    from bot.evaluate.types import Verdict

    config = read({"store": store, "model": model})
    suites = [read_suite(path) for path in files]
    if report and not report.parent.is_dir():
        raise UsageError(f"The report {report} cannot be written: there is no folder {report.parent}.")
    started = datetime.now().astimezone().isoformat(timespec="seconds")
    results = [result for each in groups(suites, store) for result in asked(config, *each)]
    wrong = [result for result in results if result.verdict in (Verdict.FAILED, Verdict.BROKEN)]
    for line in (*(line for result in wrong for line in reports.told(result)), *reports.table(results)):
        say(line)
    if report:
        write(report, reports.to_json(results, config.model, started))
    raise typer.Exit(1 if wrong else 0)


def groups(suites: Sequence[Suite], store: Path | None) -> Iterator[tuple[tuple[Path, ...], list[Suite]]]:
    """The suites by the articles that they are asked about; none where they ask an index that is there."""
    found: dict[tuple[Path, ...], list[Suite]] = {}
    for suite in suites:
        found.setdefault(() if store else suite.articles, []).append(suite)
    yield from found.items()


def asked(config: Config, articles: Sequence[Path], suites: Sequence[Suite]) -> Iterator[Result]:
    """The results of the suites that share `articles`, with a bar on the screen."""
    from bot.evaluate.run import run, skip

    if articles and suites[0].missing:
        for suite in suites:
            say(f"{suite.path} is skipped: there is no {suite.missing[0]}. {suite.optional}", error=True)
            yield from skip(suite)
        return
    cases = [case for suite in suites for case in suite.cases]
    with about(config, articles) as bot, terminal.progress() as tell:
        for done, case in enumerate(cases):
            tell(f"Asking about {case.suite}", done, len(cases))
            yield run(case, bot)


@contextmanager
def about(config: Config, articles: Sequence[Path]) -> Iterator[Bot]:
    """A bot that knows these articles and no others, in an index that is gone afterwards; without articles, the bot of
    the settings."""
    if not articles:
        with open_bot(config) as bot:
            yield bot
        return
    with TemporaryDirectory(prefix="byline-eval-") as folder:
        own = replace(config, store=Path(folder) / "store", store_url=None)
        brought = bring_in(own, [str(path) for path in articles])
        if brought.failed:
            raise ShownError(f"The articles of the test prompts cannot be read. {brought.failures[0].reason}")
        with open_bot(own) as bot:
            yield bot


def write(path: Path, report: object) -> None:
    try:
        path.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise ShownError(f"The report {path} cannot be written ({error.strerror}). Name another file.") from error
