"""The language model that judges answers, and how well it agrees with labels before it is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from bot.errors import ModelFailed
from bot.evaluate.errors import JudgeBroken
from bot.evaluate.graded import GRADED, PROMPTS, llm_rubric
from bot.evaluate.intervals import Interval, bootstrap
from bot.evaluate.labels import Labelled
from bot.evaluate.types import Agreement, Assertion, Case, Reply, Suite, singles
from bot.prompt import PromptFile, read
from bot.types import Answer, Complete, Status

# What a judge said of a label, 2 * said + met
_NO, _FAILED, _PASSED, _YES = range(4)


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
    return {name: read(folder / f"{name}.md", names) for name, names in PROMPTS.items()}


def agreement(
    judge: Judge, labels: Sequence[Labelled], jobs: int = 1, tell: Callable[[int], None] = lambda _: None
) -> Agreement:
    """How the judge does on labelled answers, so many side by side; `tell` is told how many are done."""
    with ThreadPoolExecutor(jobs) as pool:
        asking = [pool.submit(_verdict, judge, each) for each in labels]
        try:
            for done, _ in enumerate(as_completed(asking), start=1):
                tell(done)
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise
    verdicts = [(each.result(), label.met) for each, label in zip(asking, labels, strict=True)]
    given = tuple(2 * said + met for said, met in verdicts if said is not None)
    return Agreement(
        judge.name,
        right=given.count(_YES) + given.count(_NO),
        passed=given.count(_PASSED),
        failed=given.count(_FAILED),
        errors=len(verdicts) - len(given),
        kappa=bootstrap(given, kappa) if given else Interval(0.0, 0.0, 0.0),
    )


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


def kappa(given: Sequence[float]) -> float:
    """(p - e) / (1 - e), with p the share of agreement, and e what chance alone would give of it; of one or more.

    J. Cohen, 1960, https://doi.org/10.1177/001316446002000104.

    >>> kappa([_YES, _YES, _NO, _PASSED])
    0.5
    """
    total = len(given)
    said = sum(each in (_YES, _PASSED) for each in given) / total
    met = sum(each in (_YES, _FAILED) for each in given) / total
    chance = said * met + (1 - said) * (1 - met)
    agreed = sum(each in (_YES, _NO) for each in given) / total
    return (agreed - chance) / (1 - chance) if chance < 1 else 0.0
