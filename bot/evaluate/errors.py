"""The errors of a file of test prompts, its code, its judge and its target."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from bot.errors import ShownError, UsageError, ended
from index import invalid

MOST = 10  # reasons of one file, at most
_NEAR = 0.8  # the least ratio of difflib for a misspelt name: containz for contains has 0.88


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is almost this one: test prompts have many short names.

    >>> nearest("containz", ["contains", "cites"]), nearest("pi", ["contains"])
    ('contains', None)
    """
    return invalid.nearest(name, known, _NEAR)


class SuiteInvalid(UsageError):
    """A file of test prompts with one or more errors."""

    def __init__(self, path: Path, *reasons: str) -> None:
        self.reasons = reasons
        told, more = [ended(each) for each in reasons[:MOST]], len(reasons) - MOST
        if more > 0:
            told.append(f"and {more} more.")
        listed = f" {told[0]}" if len(told) == 1 else "".join(f"\n- {each}" for each in told)
        super().__init__(f"The test prompts {path} cannot be run:{listed}")


class AssertionUnknown(SuiteInvalid):
    def __init__(self, path: Path, where: str, name: str, known: Collection[str]) -> None:
        near = nearest(name, (*known, *(f"not-{each}" for each in known)))
        others = f"did you mean {near!r}?" if near else f"there are {', '.join(sorted(known))}"
        super().__init__(path, f"{where} has the unknown assertion {name!r}; {others}")


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
