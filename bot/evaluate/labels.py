"""Labelled answers, which measure a judge: Byline's own, and public sets of claims with evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, StrictBool, TypeAdapter, ValidationError

from bot.errors import UsageError
from bot.evaluate.rule import Text
from index.invalid import told

# The labels of public sets (SciFact, WiCE, FEVER, entailment), and whether the evidence supports the claim. A partly
# supported claim counts as not supported.
_LABELS = {
    **dict.fromkeys(("support", "supports", "supported", "entailment"), True),
    **dict.fromkeys(("contradict", "contradicts", "contradiction", "refutes", "refuted"), False),
    **dict.fromkeys(("partially_supported", "not_supported", "not_enough_info", "neutral"), False),
}
_SUPPORTED = "Says nothing but what this text says or what follows from it:\n{}"


class LabelsInvalid(UsageError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The labelled answers {path} cannot be read: {reason}.")


class Labelled(BaseModel):
    """An answer, a rubric, and the label: whether the answer meets it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    output: Text
    rubric: Text
    met: StrictBool


class LabelledClaim(BaseModel):
    """A claim, its evidence, and the label of the evidence. Other keys are ignored."""

    claim: Text
    evidence: str | tuple[str, ...]
    label: str

    def labelled(self) -> Labelled | None:
        """The claim as an answer with a rubric; None without evidence. Raises ValueError for an unknown label."""
        met = _LABELS.get(self.label.lower().replace(" ", "_"))
        if met is None:
            raise ValueError(f"the label {self.label!r} is not known; there are {', '.join(_LABELS)}")
        text = self.evidence if isinstance(self.evidence, str) else "\n".join(self.evidence)
        return Labelled(output=self.claim, rubric=_SUPPORTED.format(text), met=met) if text.strip() else None


def read_labels(path: Path) -> tuple[Labelled, ...]:
    """The labelled answers of a file in YAML or JSON Lines, without claims that lack evidence. Raises LabelsInvalid."""
    try:
        found = tuple(each for place, row in enumerate(_rows(path), start=1) if (each := _labelled(place, row)))
    except OSError as error:
        raise LabelsInvalid(path, str(error.strerror)) from error
    except (ValueError, yaml.YAMLError) as error:
        raise LabelsInvalid(path, " ".join(str(error).split())) from error
    if len({each.met for each in found}) < 2:
        raise LabelsInvalid(path, "it needs answers that meet their demand, and answers that do not")
    return found


def _rows(path: Path) -> Iterator[Any]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        yield from (json.loads(line) for line in text.splitlines() if line.strip())
    else:
        rows = yaml.safe_load(text)
        yield from rows if isinstance(rows, list) else [rows]


def _labelled(place: int, row: Any) -> Labelled | None:
    claim = isinstance(row, dict) and "claim" in row
    try:
        return LabelledClaim.model_validate(row).labelled() if claim else TypeAdapter(Labelled).validate_python(row)
    except ValidationError as error:
        raise ValueError(f"entry {place} will not do: {told(error.errors()[0])}") from error
    except ValueError as error:
        raise ValueError(f"entry {place} will not do: {error}") from error
