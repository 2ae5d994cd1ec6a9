"""The parts of the citing prompt that depend on the model and on what the person chose."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bot.errors import PromptInvalid
from bot.types import OFFERED, Length

# The tables of the file and the names that each has to have.
_NAMES = {
    "passages": ("numbered", "native"),
    "proof": ("numbered", "native"),
    "form": ("any", *map(str, OFFERED)),
    "length": tuple(map(str, Length)),
    "history": ("lead",),
}


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts by table and name. A kind of answer without a form of its own has that of `any`."""

    table: Mapping[str, str | Mapping[str, str]]

    @classmethod
    def read(cls, path: Path) -> Self:
        """The parts of a file. Raises PromptInvalid where one is missing or no text."""
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise PromptInvalid(path.name, str(error)) from error
        missing = [f"{name}.{each}" for name, names in _NAMES.items() for each in names if not _text(table, name, each)]
        if missing or not isinstance(table.get("search"), str):
            raise PromptInvalid(path.name, f"it lacks {(missing or ['search'])[0]}")
        return cls(table)

    def __call__(self, name: str, part: str = "") -> str:
        found = self.table[name]
        return found if isinstance(found, str) else found.get(part, found.get("any", ""))


def _text(table: Mapping[str, object], name: str, part: str) -> bool:
    found = table.get(name)
    return isinstance(found, dict) and isinstance(found.get(part), str)
