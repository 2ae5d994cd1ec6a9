"""The models that a run of test prompts names: the one that is asked by itself, and the judge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli import terminal
from bot.cli.output import say
from bot.config import Config, shipped
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.evaluate.judge import GradingJudge
    from bot.evaluate.record import EvaluationRecord
    from bot.evaluate.types import Agreement, Suite
    from bot.types import Model


def settings_of(target: str | None, config: Config) -> tuple[Config, Config]:
    """The settings of who is asked, and of who judges: an address that comes with a target is not the judge's, and gets
    no key but that which the settings have for this very address. Raises UsageError."""
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


def check_judged(suites: Sequence[Suite], judge: str | None, before: EvaluationRecord | None) -> None:
    """Raises UsageError where a case needs a judge or a baseline that is not named."""
    from bot.evaluate.judge import graded

    for case, type_ in graded(suites):
        if judge is None:
            raise UsageError(f"`{type_}` in {case.suite} needs a judge, and there is none. Name a model with --judge.")
        if type_ == "select-best" and before is None:
            raise UsageError(
                f"`{type_}` in {case.suite} compares with an earlier answer. Name a report with --baseline."
            )


def open_judge(spec: str, config: Config) -> GradingJudge:
    """The judge; the server and the key of the settings are for the provider that is named first, as in a chain."""
    from bot.evaluate.judge import GradingJudge, read_prompts

    before = [name for name in (config.model or "").split(",") if name.strip() not in ("", "extractive")]
    model = one_model(spec, before, config)
    if model is None:
        raise UsageError(f"{spec} cannot judge. Name one model with --judge, such as local or provider:name.")
    return GradingJudge(spec, model.complete, read_prompts(shipped("prompts") / "judge"))


def measured(judge: GradingJudge, labels: Path | None, jobs: int) -> Agreement:
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
    from bot.answering.configured import open_configured

    *_, opened = open_configured([*before, spec], config)
    return None if opened.quotes or "," in spec else opened.models[-1]
