"""The models that can be fitted again, and one fit of one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

from bot.classifiers import fitted
from bot.errors import ShownError, UsageError
from bot.training.rows import read_rows
from bot.training.sets import DATA
from bot.training.task import Task
from index.extras import installing

_PACKAGE = Path(__file__).parents[1]
SHIPPED: Mapping[str, Path] = {  # by the name of a fit, the file that ships
    "judge": _PACKAGE / "judge" / "encoder.safetensors",
    **{name.replace("_", "-"): fitted.place(name) for name in ("intent", "injection", "follow_up", "comparison")},
    **{name: fitted.place(name) for name in ("decomposition", "calibration", "survey", "gaps")},
    "probe": fitted.place("probes"),
    "e5": _PACKAGE.parent / "index" / "embed" / "e5_means.npz",
}
FOLDED = ("comparison", "survey", "gaps", "e5")  # have no measuring apart from the fit


class FitUnknown(UsageError):
    """A name of no model that can be fitted."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no fit {name!r}. There are {', '.join(SHIPPED)}.")


class TrainMissing(ShownError):
    """A library that fits and is not installed."""

    def __init__(self, library: str | None) -> None:
        super().__init__(f"To fit a model {library} is needed. Install it with {installing('train')}.")


class ShippedRowsMissing(ShownError):
    """A package without the rows that the shipped models were fitted on."""

    def __init__(self) -> None:
        super().__init__("The rows that models are fitted on are in Byline's repository, not in its package. Clone it.")


class RowsUnused(UsageError):
    """A fit that reads no rows of a person."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is fitted on questions that are asked anew, and reads no rows. Leave out --rows.")


class MeasureUnknown(UsageError):
    """A fit whose figures are of folds of its rows, so that what ships has no rows to be measured on."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is measured while it is fitted, on folds of its rows. Leave out --measure.")


class OptionsUnknown(UsageError):
    """Options that a fit does not have."""

    def __init__(self, name: str, options: Sequence[str]) -> None:
        super().__init__(f"The fit of {name} has no option {options[0]!r}.")


class OutShipped(UsageError):
    """A file to write that ships with Byline."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} ships with Byline. Write it with --ship, or name another file with --out.")


def fit(
    name: str,
    rows: Path | None = None,
    data: Path | None = None,
    out: Path | None = None,
    options: Sequence[str] = (),
    *,
    ship: bool = False,
    measure: bool = False,
) -> tuple[str, Path]:
    """The report of a fit, and the file that it wrote. Raises ShownError."""
    if name not in SHIPPED:
        raise FitUnknown(name)
    place = SHIPPED[name] if ship else out or Path(SHIPPED[name].name)
    if not (ship or measure) and place.resolve() == SHIPPED[name].resolve():
        raise OutShipped(place)
    if not DATA.is_dir():
        raise ShippedRowsMissing
    module = _module(name)
    if options and not hasattr(module, "argparse"):
        raise OptionsUnknown(name, options)
    if measure and name in FOLDED:
        raise MeasureUnknown(name)
    if rows and not hasattr(module, "FIELDS"):
        raise RowsUnused(name)
    own = read_rows(rows, module.FIELDS, getattr(module, "problem", None)) if rows else ()
    task = Task(name.replace("-", "_"), place, data, own, options, measure)
    try:
        return module.train(task), place
    except ModuleNotFoundError as error:
        raise TrainMissing(error.name) from error


def _module(name: str) -> ModuleType:
    try:
        return import_module(f"bot.training.{name.replace('-', '_')}")
    except ModuleNotFoundError as error:
        raise TrainMissing(error.name) from error
