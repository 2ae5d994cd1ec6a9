"""The language model that judges answers, and how well it agrees with labels before it is believed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, StrictBool, TypeAdapter

from bot.errors import ModelFailed
from bot.evaluate.errors import JudgeBroken
from bot.evaluate.graded import GRADED, PROMPTS, llm_rubric
from bot.evaluate.rule import Text
from bot.evaluate.types import Agreement, Assertion, Case, Reply, Suite, singles
from bot.prompt import PromptFile, parse
from bot.types import Answer, Complete, Status


class Labelled(BaseModel):
    """An answer, a demand, and whether it meets it, as was decided when it was written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    output: Text
    rubric: Text
    met: StrictBool


@dataclass(frozen=True, slots=True)
class Judge:
    """A model, and the prompts that it is asked by."""

    name: str
    complete: Complete
    prompts: Mapping[str, PromptFile]

    def ask(self, prompt: str, values: Mapping[str, str]) -> str:
        """What it says, never nothing. Raises JudgeBroken."""
        try:
            said = "".join(self.complete(self.prompts[prompt].fill(values)))
        except ModelFailed as error:
            raise JudgeBroken(prompt, str(error).rstrip(".")) from error
        if not said.strip():
            raise JudgeBroken(prompt, "it said nothing")
        return said


def read_prompts(folder: Path) -> dict[str, PromptFile]:
    """Raises PromptInvalid."""
    return {
        name: parse(f"{name}.md", (folder / f"{name}.md").read_text(encoding="utf-8"), names)
        for name, names in PROMPTS.items()
    }


def read_labelled(path: Path) -> tuple[Labelled, ...]:
    return TypeAdapter(tuple[Labelled, ...]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))


def agreement(judge: Judge, labelled: Iterable[Labelled]) -> Agreement:
    """How the judge does on labelled answers."""
    verdicts = [(_verdict(judge, each), each.met) for each in labelled]
    given = [(said, met) for said, met in verdicts if said is not None]
    right = sum(said == met for said, met in given)
    return Agreement(judge.name, right, len(given) - right, len(verdicts) - len(given), _kappa(given))


def graded(suites: Iterable[Suite]) -> list[tuple[Case, str]]:
    """The cases that need a judge, with the types that do."""
    return [
        (case, each.type) for suite in suites for case in suite.cases for each in singles(case) if each.type in GRADED
    ]


def _verdict(judge: Judge, labelled: Labelled) -> bool | None:
    answer = Answer("", Status.ANSWERED, labelled.output, "")
    try:
        return llm_rubric(Reply(answer, {}, ask=judge.ask), Assertion("llm-rubric", labelled.rubric, False, "")).holds
    except JudgeBroken:
        return None


def _kappa(given: list[tuple[bool, bool]]) -> float:
    """(p - e) / (1 - e), with p the share of agreement, and e what chance alone would give of it.

    J. Cohen, 1960, https://doi.org/10.1177/001316446002000104.
    """
    if not given:
        return 0.0
    total = len(given)
    said, met = (sum(pair[side] for pair in given) / total for side in (0, 1))
    chance = said * met + (1 - said) * (1 - met)
    agreed = sum(one == other for one, other in given) / total
    return (agreed - chance) / (1 - chance) if chance < 1 else 0.0
