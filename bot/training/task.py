"""A fit: what is given to it, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.errors import UsageError


class SetsMissing(UsageError):
    """A fit needs the measuring sets, and their folder was not named."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is fitted on the measuring sets, too. Name their folder with --data DIR.")


@dataclass(frozen=True, slots=True)
class Task:
    """One fit, as it was asked for."""

    name: str
    out: Path  # the file to write
    data: Path | None = None  # the folder of the measuring sets
    rows: Sequence[Mapping[str, Any]] = ()  # a person's own, checked
    options: Sequence[str] = ()  # of this model alone
    measure: bool = False  # measure what ships, and write nothing

    @property
    def sets(self) -> Path:
        """The folder of the measuring sets. Raises SetsMissing."""
        if self.data is None:
            raise SetsMissing(self.name)
        return self.data

    def manifest(self, data: str, figures: Mapping[str, Any], threshold: object) -> dict[str, Any]:
        """The manifest of what was fitted today on the shipped data, and on the rows that were given."""
        own = f"; {len(self.rows)} rows that were given" if self.rows else ""
        today = date.today().isoformat()
        return {"name": self.name, "data": data + own, "date": today, "figures": figures, "threshold": threshold}
