"""The files of test prompts that a command is given. A file with code runs only where a person agrees."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from bot.cli.terminal import interactive

if TYPE_CHECKING:
    from bot.evaluate.types import Suite


def read(path: Path, allow_code: bool) -> Suite:
    """The suite in a file; asks at a terminal whether its code may run. Raises SuiteInvalid and its kind."""
    from bot.evaluate.errors import CodeNotAllowed
    from bot.evaluate.read import read_suite

    try:
        return read_suite(path, allow_code=allow_code)
    except CodeNotAllowed:
        if not interactive() or not _agreed(path):
            raise
    return read_suite(path, allow_code=True)


def _agreed(path: Path) -> bool:
    return typer.confirm(
        f"{path} has code, which may do whatever you may. Have you read it, and is it to run?", err=True
    )
