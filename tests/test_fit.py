"""Fitting a model again with rows of one's own, and the manifests of what ships."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot.classifiers import comparison, fitted
from bot.classifiers.decomposition import questions
from bot.classifiers.linear import Linear
from bot.training import fits
from bot.training import intent as intents
from bot.training.rows import LANGUAGE, TEXT, TEXTS, TRUTH, read_rows
from index.errors import UsageError
from tests.test_cli import Run, run  # noqa: F401  (a fixture)

FIELDS = {"text": TEXT, "sides": TEXTS, "named": TRUTH, "language": LANGUAGE}
SHIPPED = [
    *(each for name, each in fits.SHIPPED.items() if name not in ("judge", "e5")),
    fits._PACKAGE / "judge" / "calibration.json",
]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_ships_says_on_what_it_was_fitted_and_how_well_it_does(path: Path) -> None:
    manifest = fitted.read(path).manifest
    assert manifest["name"]
    assert manifest["data"]
    assert date.fromisoformat(manifest["date"]) <= date.today()
    assert manifest["figures"]
    assert all(isinstance(each, float) for each in leaves(manifest["threshold"]))


def leaves(value: Any) -> list[Any]:
    return [leaf for each in value.values() for leaf in leaves(each)] if isinstance(value, dict) else [value]


@pytest.mark.parametrize("suffix", [fitted.ARRAYS, fitted.NUMBERS])
def test_what_is_written_is_read_again(tmp_path: Path, suffix: str) -> None:
    path, manifest = tmp_path / f"some{suffix}", {"name": "some", "threshold": 0.1 + 0.2}
    arrays = {"weights": np.arange(6, dtype=np.int8)} if suffix == fitted.ARRAYS else {}
    fitted.write(path, fitted.Fitted(manifest, arrays))
    found = fitted.read(path)
    assert found.manifest == manifest
    assert found.threshold() == 0.1 + 0.2
    assert {name: (each.dtype, each.tolist()) for name, each in found.arrays.items()} == {
        name: (each.dtype, each.tolist()) for name, each in arrays.items()
    }


def test_a_classifier_in_whole_numbers_tells_nearly_the_same() -> None:
    weights = np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32)
    exact = Linear(weights, np.array(1, np.float32), np.zeros(3, np.float32))
    assert exact.small().weights.dtype == np.int8
    assert exact.small().all_odds([1, 2, 3]) == pytest.approx(exact.all_odds([1, 2, 3]), abs=0.1)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2: it is no JSON"),
        ("[1]", "line 2: it is no JSON object"),
        ('{"text": "a"}', "line 2: the field `sides` is missing. A row has `text`, `sides`, `named`, `language`."),
        ('{"text": " ", "sides": [], "named": true, "language": "en"}', "line 2: the field `text` has to be a text"),
        (
            '{"text": "a", "sides": [1], "named": true, "language": "en"}',
            "`sides` has to be a list of texts, and is [1]",
        ),
        ('{"text": "a", "sides": [], "named": 1, "language": "en"}', "`named` has to be true or false, and is 1"),
        ('{"text": "a", "sides": [], "named": true, "language": "it"}', "`language` is 'it', and not one of de, en"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_with_its_line_and_field(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "rows.jsonl"
    good = {"text": "a", "sides": ["b"], "named": False, "language": "en"}
    path.write_text(f"{json.dumps(good)}\n{line}\n", encoding="utf-8")
    with pytest.raises(UsageError) as error:
        read_rows(path, FIELDS)
    assert said in str(error.value)
    assert str(path) in str(error.value)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("fit", "weather"), "There is no fit 'weather'. There are judge, intent"),
        (("fit", "intent"), "intent is fitted on the measuring sets, too. Name their folder with --data DIR."),
        (("fit", "survey", "--rows", "rows.jsonl"), "reads no rows"),
        (("fit", "comparison", "--epochs", "2"), "The fit of comparison has no option '--epochs'."),
        (("fit", "comparison", "--measure"), "comparison is measured while it is fitted"),
        (("fit", "comparison", "--rows", "none.jsonl"), "none.jsonl: the rows cannot be read"),
        (("fit", "comparison", "--rows", "rows.jsonl"), "rows.jsonl, line 1: side 'Mars' is not in the text."),
        (("fit", "comparison", "--out", str(fits.SHIPPED["comparison"])), "ships with Byline. Write it with --ship"),
    ],
)
def test_what_cannot_be_fitted_says_why(run: Run, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:  # noqa: F811
    row = {"text": "Venus or what?", "sides": ["Venus", "Mars"], "language": "en"}
    (tmp_path / "rows.jsonl").write_text(json.dumps(row), encoding="utf-8")
    done = run(*arguments)
    assert done.code == 2
    assert said in done.err


def test_a_fit_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(_: object) -> str:
        raise ModuleNotFoundError("No module named 'sklearn'", name="sklearn")

    monkeypatch.setattr(intents, "train", missing)
    with pytest.raises(fits.TrainMissing, match=r"sklearn is needed\. Install it with .*train"):
        fits.fit("intent", out=tmp_path / "intent.safetensors")


@pytest.mark.slow
def test_a_model_is_fitted_with_a_row_of_ones_own(run: Run, tmp_path: Path) -> None:  # noqa: F811
    before = fits.SHIPPED["decomposition"].read_bytes()
    row = {"questions": ["Who runs the ferry?", "What does a ticket cost?"], "language": "en"}
    (tmp_path / "mine.jsonl").write_text(json.dumps(row), encoding="utf-8")
    done = run("fit", "decomposition", "--rows", "mine.jsonl")
    assert done.code == 0
    assert "two_parts.jsonl, two questions" in done.out
    made = fitted.read(tmp_path / "decomposition.safetensors")
    assert made.manifest["data"].endswith("; 1 rows that were given")
    assert made.manifest["date"] == date.today().isoformat()
    assert made.manifest["figures"]["two_parts.jsonl, two questions"]["divided rightly"] > 0.6
    assert made.arrays["weights"].dtype == np.int8
    asked = "Who runs the ferry, and what does a ticket cost?"
    assert questions(asked, Linear.of(made)) == ["Who runs the ferry", "what does a ticket cost?"]
    assert fits.SHIPPED["decomposition"].read_bytes() == before


def test_each_word_has_a_label_by_the_sides() -> None:
    from bot.training.comparison import LabelledComparison, labels

    row = LabelledComparison("Is New York or Paris older?", ("New York", "Paris"), "en")
    out, begins, goes_on = comparison.OUT, comparison.BEGINS, comparison.GOES_ON
    assert labels(row) == [out, begins, goes_on, out, begins, out, out]
