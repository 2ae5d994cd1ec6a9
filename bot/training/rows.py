"""A person's own rows, in JSON Lines, checked line by line."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import UsageError

LANGUAGES = ("en", "zh", "de", "es", "fr")


class RowInvalid(UsageError):
    """A line of a file of rows that cannot be used."""

    def __init__(self, path: Path, line: int, problem: str) -> None:
        super().__init__(f"{path}, line {line}: {problem}")


class RowsUnreadable(UsageError):
    """A file of rows that cannot be read, or that has none."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}")


@dataclass(frozen=True, slots=True)
class Field:
    """The content of one field of a row."""

    kind: type
    choices: Collection[str] = ()  # of a text; any, if empty
    needed: bool = True


TEXT, TRUTH, TEXTS, LANGUAGE = Field(str), Field(bool), Field(list), Field(str, LANGUAGES)
Fields = Mapping[str, Field]
Problem = Callable[[Mapping[str, Any]], str | None]  # the first fault of a row whose fields are right
_NAMES = {str: "a text", bool: "true or false", list: "a list of texts"}


def read_rows(path: Path, fields: Fields, problem: Problem | None = None) -> list[dict[str, Any]]:
    """The rows of a file. Raises RowInvalid with the line and the field, RowsUnreadable for the file."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RowsUnreadable(path, f"the rows cannot be read ({error}).") from error
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    found = [_row(path, number, line, fields) for number, line in numbered]
    for (number, _), row in zip(numbered, found, strict=True):
        if problem and (said := problem(row)):
            raise RowInvalid(path, number, said)
    if not found:
        raise RowsUnreadable(path, "it has no rows. Write one JSON object a line.")
    return found


def _row(path: Path, number: int, line: str, fields: Fields) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise RowInvalid(path, number, f"it is no JSON ({error.msg}).") from error
    if not isinstance(row, dict):
        raise RowInvalid(path, number, "it is no JSON object.")
    for problem in _problems(row, fields):
        raise RowInvalid(path, number, problem)
    return row


def _problems(row: Mapping[str, Any], fields: Fields) -> Iterator[str]:
    for name, field in fields.items():
        if name not in row:
            if field.needed:
                yield f"the field `{name}` is missing. A row has {', '.join(f'`{each}`' for each in fields)}."
            continue
        value = row[name]
        if not _holds(value, field.kind):
            yield f"the field `{name}` has to be {_NAMES[field.kind]}, and is {value!r}."
        elif field.choices and value not in field.choices:
            yield f"the field `{name}` is {value!r}, and not one of {', '.join(sorted(field.choices))}."


def _holds(value: Any, kind: type) -> bool:
    if kind is str:
        return isinstance(value, str) and bool(value.strip())
    if kind is list:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return isinstance(value, kind)
