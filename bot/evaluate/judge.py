"""The language model that judges answers, and its agreement with labelled answers."""

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
from bot.evaluate.types import Agreement, Assertion, Case, JudgedReply, Suite, singles
from bot.model.prompt import PromptFile, read
from bot.types import Answer, Complete, Status

# The verdict and the label of an answer, as 2 * verdict + label
_NO, _FAILED, _PASSED, _YES = range(4)


@dataclass(frozen=True, slots=True)
class GradingJudge:
    """A language model as a judge, and its prompts by name."""

    name: str
    complete: Complete
    prompts: Mapping[str, PromptFile]

    def ask(self, prompt: str, values: Mapping[str, str]) -> str:
        """The reply to a filled prompt, never empty. Raises JudgeBroken."""
        try:
            reply = "".join(self.complete(self.prompts[prompt].fill(values)))
        except ModelFailed as error:
            raise JudgeBroken(prompt, str(error).rstrip(".")) from error
        if not reply.strip():
            raise JudgeBroken(prompt, "it said nothing")
        return reply


def read_prompts(folder: Path) -> dict[str, PromptFile]:
    """The prompts of a judge, by name. Raises PromptInvalid."""
    return {name: read(folder / f"{name}.md", names) for name, names in PROMPTS.items()}


def agreement(
    judge: GradingJudge, labels: Sequence[Labelled], jobs: int = 1, tell: Callable[[int], None] = lambda _: None
) -> Agreement:
    """The agreement of the judge with labels, with `jobs` calls at a time. `tell` gets the number done."""
    with ThreadPoolExecutor(jobs) as pool:
        asking = [pool.submit(_verdict, judge, each) for each in labels]
        try:
            for done, _ in enumerate(as_completed(asking), start=1):
                tell(done)
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise
    verdicts = [(each.result(), label.met) for each, label in zip(asking, labels, strict=True)]
    given = tuple(2 * verdict + met for verdict, met in verdicts if verdict is not None)
    return Agreement(
        judge.name,
        right=given.count(_YES) + given.count(_NO),
        passed=given.count(_PASSED),
        failed=given.count(_FAILED),
        errors=len(verdicts) - len(given),
        kappa=bootstrap(given, kappa) if given else Interval(0.0, 0.0, 0.0),
    )


def graded(suites: Iterable[Suite]) -> list[tuple[Case, str]]:
    """The cases that need a judge, each with the type of the assertion."""
    return [
        (case, each.type) for suite in suites for case in suite.cases for each in singles(case) if each.type in GRADED
    ]


def _verdict(judge: GradingJudge, labelled: Labelled) -> bool | None:
    answer = Answer("", Status.ANSWERED, labelled.output, "")
    try:
        return llm_rubric(
            JudgedReply(answer, {}, ask=judge.ask), Assertion("llm-rubric", labelled.rubric, False, "")
        ).holds
    except JudgeBroken:
        return None


def kappa(given: Sequence[float]) -> float:
    """Cohen's kappa, at most 1, of one or more verdicts: (p - e) / (1 - e).

    Here p is the share of agreement, and e the share expected by chance.
    J. Cohen, 1960, https://doi.org/10.1177/001316446002000104.

    >>> kappa([_YES, _YES, _NO, _PASSED])
    0.5
    """
    total = len(given)
    passed = sum(each in (_YES, _PASSED) for each in given) / total
    met = sum(each in (_YES, _FAILED) for each in given) / total
    chance = passed * met + (1 - passed) * (1 - met)
    agreed = sum(each in (_YES, _NO) for each in given) / total
    return (agreed - chance) / (1 - chance) if chance < 1 else 0.0
