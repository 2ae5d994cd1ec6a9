"""One format and one loader for all that is fitted.

A fitted model is a safetensors file of arrays, or a JSON file of named numbers. Either holds its manifest: `name`, the
`data` it was fitted on, the `date`, the `figures` on what was held out, and the `threshold` (one, or several by name).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDER = Path(__file__).parent
ARRAYS, NUMBERS = ".safetensors", ".json"  # the two suffixes
MANIFEST = "manifest"  # the key of the metadata of a safetensors file


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted model: its manifest, and its arrays by name. Named numbers stand in the manifest."""

    manifest: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]

    @property
    def regressions(self) -> Mapping[str, Any]:
        """The named numbers, by the name of each regression."""
        found: Mapping[str, Any] = self.manifest["regressions"]
        return found

    def threshold(self, name: str | None = None) -> float:
        """The one threshold, or the one of a name."""
        found = self.manifest["threshold"]
        return float(found if name is None else found[name])


@cache
def load(name: str) -> Fitted:
    """The model of a name that ships with the classifiers, read once a process.

    >>> load("decomposition").manifest["name"]
    'decomposition'
    """
    return read(place(name))


def place(name: str) -> Path:
    """The file of a model that ships with the classifiers."""
    arrays = FOLDER / f"{name}{ARRAYS}"
    return arrays if arrays.exists() else arrays.with_suffix(NUMBERS)


def read(path: Path) -> Fitted:
    """The model of a file."""
    if path.suffix == NUMBERS:
        return Fitted(json.loads(path.read_text(encoding="utf-8")), {})
    from safetensors import safe_open

    with safe_open(path, "numpy") as file:
        return Fitted(json.loads(file.metadata()[MANIFEST]), {name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118


def write(path: Path, fitted: Fitted) -> None:
    """Writes a model to a file that `read` reads."""
    if path.suffix == NUMBERS:
        path.write_text(json.dumps(fitted.manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return
    from safetensors.numpy import save

    path.write_bytes(save(dict(fitted.arrays), {MANIFEST: json.dumps(fitted.manifest, ensure_ascii=False)}))
