"""The command that puts scripted test prompts to the bot."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli import terminal
from bot.cli.bring import bring_in
from bot.cli.options import ModelSpec, open_bot
from bot.cli.terminal import say
from bot.config import Config, read, shipped
from bot.errors import ShownError, UsageError

if TYPE_CHECKING:
    from bot.answer import Bot
    from bot.evaluate.cache import AnswerFile, Cache
    from bot.evaluate.compare import Comparison
    from bot.evaluate.judge import Judge
    from bot.evaluate.record import Record
    from bot.evaluate.run import Bench
    from bot.evaluate.target import Target
    from bot.evaluate.types import Agreement, Case, Evaluation, Outcome, Result, Suite
    from bot.types import Cancellation, Model

PASSED, WRONG, WORSE = 0, 1, 4  # exit codes; 2 is for what is called wrongly

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
CacheFile = Annotated[
    Path | None,
    typer.Option("--cache", metavar="FILE", help="Keep the answers in this file, and ask for none that is in it."),
]


def evaluate(
    files: Files = None,
    store: Asked = None,
    model: ModelSpec = None,
    json_file: JsonFile = None,
    junit: JunitFile = None,
    html: HtmlFile = None,
    markdown: MarkdownFile = None,
    baseline: Baseline = None,
    fail_under: Least = None,
    repeat: Repeat = 1,
    jobs: Jobs = 1,
    cache: CacheFile = None,
    judge: JudgeSpec = None,
    labels: LabelFile = None,
    target: TargetSpec = None,
) -> None:
    """Ask scripted test prompts, and say which answers are as they should be."""
    from bot.evaluate.cache import AnswerFile
    from bot.evaluate.compare import compare
    from bot.evaluate.read import read_suite
    from bot.evaluate.record import read_record, record, rivals
    from bot.evaluate.report import to_json
    from bot.evaluate.run import Bench
    from bot.evaluate.types import Evaluation, no_judge

    if labels and not judge:
        raise UsageError("The labelled answers of --labels are for a judge. Name one with --judge.")
    if fail_under is not None and not 0 <= fail_under <= 1:
        raise UsageError(f"The rate {fail_under:g} of --fail-under is no share. Name a number from 0 to 1.")
    if target and (store or model):
        raise UsageError("With --target a model is asked without Byline. Leave out --store and --model.")
    config, judging = settings_of(target, read({"store": store, "model": model}))
    suites = [read_suite(path) for path in files or ()]
    paths = {"json": json_file, "junit": junit, "html": html, "markdown": markdown}
    wanted = {form: path for form, path in paths.items() if path}
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

    started, clock = datetime.now().astimezone(), perf_counter()
    outcomes, stop = ask(config, groups(suites, own=not (store or target)), Manner(repeat, jobs, kept, bench, direct))
    seconds = perf_counter() - clock
    evaluation = Evaluation(outcomes, config.model, started, seconds, repeat, agreed, stopped=stop is not None)
    comparison = compare(before, record(to_json(evaluation))) if before else None
    show(evaluation, comparison)
    for form, path in wanted.items():
        write(path, written(form, evaluation, comparison))
    if stop:
        raise stop
    raise typer.Exit(code(evaluation, comparison, fail_under))


def check_judged(suites: Sequence[Suite], judge: str | None, before: Record | None) -> None:
    """Raises UsageError where a case needs a judge or a baseline that is not named."""
    from bot.evaluate.judge import graded

    for case, type_ in graded(suites):
        if judge is None:
            raise UsageError(f"`{type_}` in {case.suite} needs a judge, and there is none. Name a model with --judge.")
        if type_ == "select-best" and before is None:
            raise UsageError(
                f"`{type_}` in {case.suite} compares with an earlier answer. Name a report with --baseline."
            )


def settings_of(target: str | None, config: Config) -> tuple[Config, Config]:
    """Those of who is asked, and of who judges: an address that a target comes with is not the judge's, and it gets no
    key but that which the settings have for this very address. Raises UsageError."""
    named = re.fullmatch(r"(.+?)@(https?://.+)", target or "")
    if named is None:
        own = replace(config, model=target) if target else config
        return own, own
    spec, url = named.groups()
    if "@" in url:
        raise UsageError("The address of --target has a password in it. Give it as BYLINE_MODEL_KEY instead.")
    key = config.model_key if url == config.model_url else None
    return replace(config, model=spec, model_url=url, model_key=key), replace(config, model=None)


def open_direct(config: Config, suites: Sequence[Suite]) -> Model:
    """The model that is asked by itself; which assertions cannot hold then is said. Raises UsageError."""
    from bot.evaluate.assertions import RULES
    from bot.evaluate.types import singles

    spec = config.model or ""
    model = one_model(spec, (), config)
    if model is None:
        raise UsageError(f"{spec} cannot answer by itself. Name one model with --target, such as provider:name.")
    types = sorted({each.type for suite in suites for case in suite.cases for each in singles(case)})
    if unproven := [each for each in types if RULES[each].proof]:
        say(f"{spec} gives no proof beside its words, so these do not hold: {', '.join(unproven)}.", error=True)
    return model


def open_judge(spec: str, config: Config) -> Judge:
    """The judge; the server and the key of the settings are for the provider that is named first, as in a chain."""
    from bot.evaluate.judge import Judge, read_prompts

    before = [name for name in (config.model or "").split(",") if name.strip() not in ("", "extractive")]
    model = one_model(spec, before, config)
    if model is None:
        raise UsageError(f"{spec} cannot judge. Name one model with --judge, such as local or provider:name.")
    return Judge(spec, model.complete, read_prompts(shipped("prompts") / "judge"))


def measured(judge: Judge, labels: Path | None, jobs: int) -> Agreement:
    """How far the judge agrees with labelled answers: those of the file, or the few that come along."""
    from bot.evaluate.judge import agreement
    from bot.evaluate.labels import read_labels

    found = read_labels(labels or shipped("prompts") / "judge" / "labelled.yaml")
    with terminal.progress() as tell:
        agreed = agreement(judge, found, jobs, lambda done: tell("Measuring the judge", done, len(found)))
    return replace(agreed, labels=labels.name if labels else agreed.labels)


def only_measured(agreed: Agreement | None, reports: Sequence[str]) -> None:
    """Says how far the judge is to be believed, where there is nothing to ask. Raises UsageError."""
    from bot.evaluate.report import agreed as told

    if agreed is None:
        raise UsageError("Missing argument: name files of test prompts, or with --judge a judge to be measured.")
    if reports:
        raise UsageError(f"There are no test prompts for --{reports[0]}. Name files of test prompts.")
    say(told(agreed))


def one_model(spec: str, before: Sequence[str], config: Config) -> Model | None:
    """The model that `spec` names, after those that are named before it; None where it is none or several."""
    from bot.model import open_model

    opened = open_model(
        ",".join([*before, spec]), url=config.model_url, key=config.model_key, timeout=config.model_timeout
    )
    return None if opened.quotes or "," in spec else opened.models[-1]


def check_places(paths: Sequence[Path]) -> None:
    """Raises UsageError where a report cannot be written, before anything is asked."""
    for number, path in enumerate(paths):
        if not path.parent.is_dir():
            raise UsageError(f"The file {path} cannot be written: there is no folder {path.parent}.")
        if path.is_dir():
            raise UsageError(f"The file {path} cannot be written: it is a folder. Name a file.")
        if path.resolve() in [other.resolve() for other in paths[:number]]:
            raise UsageError(f"Two files cannot be written to {path}. Name one for each.")


@dataclass(frozen=True, slots=True)
class Manner:
    """How cases are asked: how often each, how many side by side, where their answers are kept, who judges, and whom
    else than Byline."""

    repeat: int
    jobs: int
    kept: AnswerFile | None
    bench: Bench
    direct: Model | None = None  # asked by itself, without Byline


def ask(
    config: Config, asking: Sequence[tuple[Sequence[Path], Sequence[Suite]]], manner: Manner
) -> tuple[tuple[Outcome, ...], KeyboardInterrupt | None]:
    """What became of every case, and how a person stopped it, if one did: the cases left are then not asked.

    Raises what stands in the way of the first case; later it is the obstacle of the cases that it keeps from being
    asked, since those before it have their results.
    """
    from bot.evaluate.run import not_asked, unreached
    from bot.evaluate.types import Outcome

    outcomes: list[Outcome] = []
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
            outcomes.extend(Outcome((unreached(case, error),)) for case in cases)
            continue
        outcomes.extend(Outcome((not_asked(case),)) for case in cases)
    return tuple(outcomes), stop


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


def groups(suites: Sequence[Suite], own: bool) -> list[tuple[tuple[Path, ...], list[Suite]]]:
    """The suites by the articles that they are asked about; none where they are not asked about their own."""
    found: dict[tuple[Path, ...], list[Suite]] = {}
    for suite in suites:
        found.setdefault(suite.articles if own else (), []).append(suite)
    return list(found.items())


def asked(
    config: Config, articles: Sequence[Path], suites: Sequence[Suite], manner: Manner
) -> tuple[tuple[Outcome, ...], KeyboardInterrupt | None]:
    """What became of the cases of the suites that share `articles`, with a bar on the screen, and how a person stopped
    it, if one did."""
    from bot.evaluate.pool import ask_all
    from bot.evaluate.run import run, skip
    from bot.evaluate.types import Outcome

    if articles and suites[0].missing:
        for suite in suites:
            say(f"{suite.path} is skipped: there is no {suite.missing[0]}. {suite.optional}", error=True)
        return tuple(Outcome((result,)) for suite in suites for result in skip(suite)), None
    cases = [case for suite in suites for case in suite.cases]
    with answering(config, articles, manner) as (target, cache), terminal.progress() as tell:

        def ask(case: Case, time: int, cancel: Cancellation) -> Result:
            return run(case, target, cancel, time=time, cache=cache, bench=manner.bench)

        def told(case: Case, done: int) -> None:
            tell(f"Asking about {case.suite}", done, len(cases))

        told(cases[0], 0)
        return ask_all(cases, ask, told, repeat=manner.repeat, jobs=manner.jobs)


@contextmanager
def answering(config: Config, articles: Sequence[Path], manner: Manner) -> Iterator[tuple[Target, Cache | None]]:
    """Who is asked, and the answers that it gave before, where they are kept."""
    from bot.evaluate.cache import Cache, digest
    from bot.evaluate.target import of_bot, of_model
    from index.embed import named

    if manner.direct:
        asked = ("direct", manner.direct.name, config.model_url or "")
        cache = Cache(manner.kept, digest(asked)) if manner.kept else None
        yield of_model(manner.direct, named(config.embedder, config.precision).embed), cache
        return
    with about(config, articles) as bot:
        cache = cached(manner.kept, config, bot) if manner.kept else None
        with suppress(ShownError):  # what stands in the way is the obstacle of the cases
            bot.warm()  # or the first of them would wait for what is loaded once
        yield of_bot(bot), cache


def cached(kept: AnswerFile, config: Config, bot: Bot) -> Cache:
    """The kept answers of this bot. Where it listens, whom it greets and how long it waits change no answer."""
    from bot.evaluate.cache import Cache, digest, digest_of_articles, digest_of_files, digest_of_models

    own = (config.embedder, config.reranker, config.entailment)
    files = [each.strip().removeprefix("gguf:") for each in (config.model or "").split(",") if "gguf:" in each]
    models = (Path(each).expanduser() for each in (*own, *files) if each)
    settings = (own, bot.index.embedder.precision, config.model, config.model_url, config.strictness, bot.model)
    program = (Path(str(resources.files(package))) for package in ("bot", "index"))
    sources = digest_of_files((*program, shipped("prompts")))
    about = (repr(settings), digest_of_models(models), sources, digest_of_articles(bot.index.articles()))
    return Cache(kept, digest(about))


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
