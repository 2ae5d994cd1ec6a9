"""`pytest --byline`: scripted test prompts as tests, an item a case.

It is loaded by every pytest beside which Byline is installed, so it imports what it needs when it is asked for it.

The model and the index are those of the settings, such as BYLINE_MODEL; a file that names articles has its own index.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bot.answering.bot import Bot
    from bot.evaluate.types import Case, CaseResult, Suite

PLACE = "prompts/eval/*.yaml"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("byline")
    group.addoption(
        "--byline-allow-code",
        action="store_true",
        help="Run what test prompts have in `python` and `javascript` assertions, as you.",
    )
    group.addoption(
        "--byline",
        action="store_true",
        help=f"Collect scripted test prompts for Byline: {PLACE}, and named files.",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_OPEN] = _Open()


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_OPEN].close()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> SuiteFile | None:
    named = parent.session.isinitpath(file_path) and file_path.suffix in (".yaml", ".csv")
    if parent.config.getoption("--byline") and (named or file_path.match(PLACE)):
        return SuiteFile.from_parent(parent, path=file_path)
    return None


class SuiteFile(pytest.File):
    """A file of test prompts."""

    def collect(self) -> Iterator[CaseItem]:
        from bot.errors import ShownError
        from bot.evaluate.read import read_suite
        from bot.evaluate.report import asked

        try:
            suite = read_suite(self.path, allow_code=self.config.getoption("--byline-allow-code"))
        except ShownError as error:
            raise self.CollectError(str(error)) from error
        for case in suite.cases:
            yield CaseItem.from_parent(self, name=asked(case), suite=suite, case=case)


class NotPassed(Exception):
    """A case that failed or broke."""

    def __init__(self, result: CaseResult) -> None:
        super().__init__(result)
        self.result = result


class CaseItem(pytest.Item):
    """One case: it is asked once, or as often as its `stable` says."""

    def __init__(self, *, suite: Suite, case: Case, **facts: Any) -> None:
        super().__init__(**facts)
        self.suite, self.case = suite, case

    def runtest(self) -> None:
        from bot.evaluate.report import example
        from bot.evaluate.run import run, settled
        from bot.evaluate.target import of_bot
        from bot.evaluate.types import Verdict

        if self.suite.missing:
            pytest.skip(f"there is no {self.suite.missing[0]}. {self.suite.optional}")
        target = of_bot(self.config.stash[_OPEN].bot(self.suite.articles))
        outcome = settled(self.case, [run(self.case, target, time=time) for time in range(self.case.times)])
        result = example(outcome)
        if result.verdict is Verdict.SKIPPED:
            pytest.skip(str(result.obstacle))
        if result.verdict is not Verdict.PASSED:
            raise NotPassed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        from bot.errors import ShownError
        from bot.evaluate.report import reasons

        if isinstance(excinfo.value, NotPassed):
            return "\n".join((f"{excinfo.value.result.verdict}: {self.name}", *reasons(excinfo.value.result)))
        return str(excinfo.value) if isinstance(excinfo.value, ShownError) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.name


class _Open:
    """The bots that were opened, by the articles that they know. They are closed at the end."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._bots: dict[tuple[Path, ...], Bot] = {}

    def bot(self, articles: tuple[Path, ...]) -> Bot:
        from bot.cli.evaluate.target import about
        from bot.config import read

        if articles not in self._bots:
            self._bots[articles] = self._stack.enter_context(about(read(), articles))
        return self._bots[articles]

    def close(self) -> None:
        self._stack.close()


_OPEN = pytest.StashKey[_Open]()
