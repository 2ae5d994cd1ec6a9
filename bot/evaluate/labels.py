"""Labelled answers, by which a judge is measured before it is believed: our own, and those of sets by others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, StrictBool, TypeAdapter, ValidationError

from bot.errors import UsageError
from bot.evaluate.rule import Text

# What sets of claims with their evidence call a claim that it bears out (SciFact, WiCE, FEVER, entailment), and one
# that it does not. Of a claim that is borne out in part, something is not.
_LABELS = {
    **dict.fromkeys(("support", "supports", "supported", "entailment"), True),
    **dict.fromkeys(("contradict", "contradicts", "contradiction", "refutes", "refuted"), False),
    **dict.fromkeys(("partially_supported", "not_supported", "not_enough_info", "neutral"), False),
}
_BORNE_OUT = "Says nothing but what this text says or what follows from it:\n{}"


class LabelsInvalid(UsageError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"The labelled answers {path} cannot be read: {reason}.")


class Labelled(BaseModel):
    """An answer, a demand, and whether it meets it, as was decided when it was written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    output: Text
    rubric: Text
    met: StrictBool


class Claim(BaseModel):
    """A claim, the sentences that are held against it, and what they are to it. Other keys are passed over."""

    claim: Text
    evidence: str | tuple[str, ...]
    label: str

    def labelled(self) -> Labelled | None:
        """None where there is nothing to hold against it. Raises ValueError for a label that is not known."""
        met = _LABELS.get(self.label.lower().replace(" ", "_"))
        if met is None:
            raise ValueError(f"the label {self.label!r} is not known; there are {', '.join(_LABELS)}")
        text = self.evidence if isinstance(self.evidence, str) else "\n".join(self.evidence)
        return Labelled(output=self.claim, rubric=_BORNE_OUT.format(text), met=met) if text.strip() else None


def read_labels(path: Path) -> tuple[Labelled, ...]:
    """Those of a file of YAML or of JSON Lines; without the claims that have no evidence. Raises LabelsInvalid."""
    try:
        found = tuple(each for place, said in enumerate(_said(path), start=1) if (each := _labelled(place, said)))
    except OSError as error:
        raise LabelsInvalid(path, str(error.strerror)) from error
    except (ValueError, yaml.YAMLError) as error:
        raise LabelsInvalid(path, " ".join(str(error).split())) from error
    if len({each.met for each in found}) < 2:
        raise LabelsInvalid(path, "it needs answers that meet their demand, and answers that do not")
    return found


def _said(path: Path) -> Iterator[Any]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".jsonl":
        yield from (json.loads(line) for line in text.splitlines() if line.strip())
    else:
        said = yaml.safe_load(text)
        yield from said if isinstance(said, list) else [said]


def _labelled(place: int, said: Any) -> Labelled | None:
    claim = isinstance(said, dict) and "claim" in said
    try:
        return Claim.model_validate(said).labelled() if claim else TypeAdapter(Labelled).validate_python(said)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"entry {place} will not do: {where}: {first['msg']}".replace(": : ", ": ")) from error
    except ValueError as error:
        raise ValueError(f"entry {place} will not do: {error}") from error
