"""How what tells whether quotes say a sentence is fitted, of numbers made up here."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bot.calibrate import entailment
from bot.errors import PromptInvalid
from bot.prompt import read
from tests.bench import fit_entailment
from tests.bench.fit_entailment import DOUBTED, Pair, fitted, report, written


def pairs(kind: str, number: int, *, follows: bool) -> list[Pair]:
    return [Pair(kind, f"It was {place}.", f"In {place} it was.", follows) for place in range(number)]


def test_the_probe_tells_what_follows_and_doubts_few_right_drafts(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    some = [*pairs("wrong", 200, follows=False), *pairs("right", 200, follows=True), *pairs("draft", 200, follows=True)]
    outputs = random.normal(size=(600, 8))
    outputs[:, 2] += [3.0 * pair.follows + 50 for pair in some]
    file = tmp_path / "entailment.json"
    file.write_text(json.dumps({"some-model": fitted(some, outputs)}))
    probe = entailment(file)["some-model"]
    odds = np.array([probe.log_odds(output) for output in outputs])
    assert probe.layer == fit_entailment.LAYER
    assert np.argmax(np.abs(probe.weights)) == 2
    assert (odds[:200] < 0).mean() > 0.7
    assert (odds[400:] < 0).mean() == pytest.approx(DOUBTED, abs=0.03)


def test_what_is_held_out_is_reported_and_shares_no_pair_with_what_is_fitted() -> None:
    held = [*pairs("wrong-held", 4, follows=False), *pairs("right-held", 2, follows=True)]
    told = report(held, [-2.0, -1.0, -1.0, 1.0, 2.0, -0.5])
    assert told.startswith("AUROC 0.875")
    assert "| wrong-held | 4 | 3 |" in told
    assert "| right-held | 2 | 1 |" in told
    kinds = {name: {(pair.claim, pair.text) for pair in written(name)} for name in ("wrong", "right")}
    for name in kinds:
        assert len(kinds[name]) > 200
        assert not kinds[name] & {(pair.claim, pair.text) for pair in written(f"{name}-held")}


def test_the_examples_of_a_prompt_stand_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "asks.md"
    file.write_text("Be strict.\n## Request\nIs $claim so?")
    assert not read(file, ("claim",)).examples
    (tmp_path / "asks.examples.json").write_text('[{"claim": "it", "reply": "No"}]')
    assert read(file, ("claim",)).examples == (("Is it so?", "No"),)
    with pytest.raises(PromptInvalid):
        read(file, ("text",))
