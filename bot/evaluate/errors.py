"""What can be wrong with a file of test prompts. Nothing in it is passed over in silence."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.errors import ShownError, UsageError


class SuiteInvalid(UsageError):
    """A file of test prompts that cannot be run as it is written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The test prompts {path} cannot be run: {reason}.")


class AssertionUnknown(SuiteInvalid):
    def __init__(self, path: Path, where: str, name: str, known: Iterable[str]) -> None:
        super().__init__(path, f"{where} has the unknown assertion {name!r}; there are {', '.join(sorted(known))}")


class CodeBroken(ShownError):
    """The code of an assertion that gave no judgement: neither that it holds, nor that it does not."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The code of an assertion gave no judgement: {reason}. Mend it, and ask again.")


class JudgeBroken(ShownError):
    """A judge that gave no verdict: neither that an assertion holds, nor that it does not."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"The judge gave no verdict on `{name}`: {reason}. Ask again, or name another one with --judge."
        )


class NothingSaid(ShownError):
    def __init__(self, model: str) -> None:
        super().__init__(f"The model {model} said nothing. Ask again, or name another one with --target.")


class Unmeasured(ShownError):
    """An assertion of which an answer shows nothing."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"`{name}` cannot be judged. {reason} Leave it out, or ask an index.")
