"""The errors of a file of test prompts, its code, its judge and its target."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bot.errors import ShownError, UsageError


class SuiteInvalid(UsageError):
    """A file of test prompts with an error."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The test prompts {path} cannot be run: {reason}.")


class AssertionUnknown(SuiteInvalid):
    def __init__(self, path: Path, where: str, name: str, known: Iterable[str]) -> None:
        super().__init__(path, f"{where} has the unknown assertion {name!r}; there are {', '.join(sorted(known))}")


class CodeNotAllowed(SuiteInvalid):
    """A file with code as assertions, which the person has not allowed to run."""

    def __init__(self, path: Path, where: str, name: str) -> None:
        super().__init__(
            path,
            f"{where} runs code (`{name}`), which may do whatever you may. "
            "Read the file, and allow its code with `--allow-code` (pytest: `--byline-allow-code`)",
        )


class CodeBroken(ShownError):
    """The code of an assertion failed to judge: neither a pass nor a failure."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The code of an assertion gave no judgement: {reason}. Mend it, and ask again.")


class JudgeBroken(ShownError):
    """A judge gave no verdict: neither a pass nor a failure."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(
            f"The judge gave no verdict on `{name}`: {reason}. Ask again, or name another one with --judge."
        )


class NothingSaid(ShownError):
    def __init__(self, model: str) -> None:
        super().__init__(f"The model {model} said nothing. Ask again, or name another one with --target.")


class Unmeasured(ShownError):
    """An assertion about something that the answer does not show."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"`{name}` cannot be judged. {reason} Leave it out, or ask an index.")
