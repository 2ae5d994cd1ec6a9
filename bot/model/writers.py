"""The writer that a model can be: as it is set, else as a check has found, else as it was opened."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from bot.model.files import models_folder
from bot.types import Model

Writer = Literal["auto", "citing", "small"]


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of `byline model check` for one model."""

    model: str
    cites: bool  # the advice: whether it can be a citing writer
    day: date
    figures: tuple[tuple[str, float], ...] = ()  # by name, as the command prints them


def able(
    model: Model, writer: Writer = "auto", evidence_tokens: int | None = None, folder: Path | None = None
) -> Model:
    """The model for a writer. `folder` has the results of checks; by default the folder of the models."""
    found = checked(model.name, folder) if writer == "auto" else None
    cites = found.cites if found else model.cites if writer == "auto" else writer == "citing"
    budget = evidence_tokens if cites and evidence_tokens else model.budget
    return replace(model, cites=cites, budget=budget, small=model.small and not cites)


def checked(model: str, folder: Path | None = None) -> Checked | None:
    """The result that is kept for a model; None without a readable one."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        fields: Any = json.loads(_place(model, folder).read_text(encoding="utf-8"))
        figures = tuple((str(name), float(value)) for name, value in fields["figures"])
        return Checked(str(fields["model"]), bool(fields["cites"]), date.fromisoformat(fields["day"]), figures)
    return None


def keep(result: Checked, folder: Path | None = None) -> Path:
    """Keeps a result beside the models; gives the file. Raises OSError."""
    path = _place(result.model, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**asdict(result), "day": result.day.isoformat()}, indent=1) + "\n", encoding="utf-8")
    return path


def _place(model: str, folder: Path | None) -> Path:
    return (folder or models_folder()) / "checks" / (re.sub(r"[^A-Za-z0-9._-]+", "_", model)[:120] + ".json")
