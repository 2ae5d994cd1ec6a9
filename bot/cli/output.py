"""Text to the standard output, without what a terminal would obey; light to load."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from typing import TextIO

import typer

from bot.errors import ShownError

# What a terminal obeys instead of showing: escape sequences, control characters but line ends and tabs, and the
# characters that turn the direction of reading.
_TURNING = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_OBEYED = re.compile(rf"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f{_TURNING}]")
_OBEYED_IN_JSON = re.compile(rf"[\x7f-\x9f{_TURNING}\ud800-\udfff]")


class OutputUnwritable(ShownError):
    """The output could not be printed."""

    def __init__(self, error: OSError) -> None:
        super().__init__(
            f"The output cannot be written: {error.strerror or error}. Make room, or send it somewhere else."
        )


class _Output(TextIOWrapper):
    """The standard output. It raises OutputUnwritable where it cannot be written, but not where its reader left."""

    def write(self, text: str) -> int:
        if text == "":  # Libraries write an empty text to test the stream, and ignore its errors.
            return 0
        with self._our_errors():
            return super().write(text)

    def flush(self) -> None:
        with self._our_errors():
            super().flush()

    @contextmanager
    def _our_errors(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())  # or Python tries again when it ends
            raise OutputUnwritable(error) from error


def checked_output(stream: TextIO) -> TextIO:
    """The stream; the process's own one then raises OutputUnwritable where it cannot be written."""
    if type(stream) is not TextIOWrapper:
        return stream
    options = {"line_buffering": stream.line_buffering, "write_through": stream.write_through}
    return _Output(stream.buffer, encoding=stream.encoding, errors=stream.errors, newline=None, **options)


def safe(text: str) -> str:
    """`text` without what a terminal would obey.

    >>> safe("plain \\x1b[31mred\\x1b[0m \\x07bell")
    'plain red bell'
    """
    return _OBEYED.sub("", text)


def say(text: str, error: bool = False) -> None:
    typer.echo(safe(text), err=error)


def say_json(value: object, on_one_line: bool = False) -> None:
    """JSON in the letters of the texts; what a terminal would obey is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=None if on_one_line else 2)
    typer.echo(_OBEYED_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def on_screen() -> bool:
    """Whether a person looks at what is printed, and not a file or another program."""
    return sys.stdout is not None and sys.stdout.isatty()
