"""Fits what tells whether quotes say a sentence: `make fit-entailment DATA=DIR`, or this module with `--data DIR`.

The default local model reads a text, a claim and the question whether the one says the other (`prompts/entail.md`).
What it would answer tells claims that do not follow from those that do with an AUROC of about .80; a linear probe of
what it holds inside by then, about .95: so a logistic regression is fitted to the output of one of its layers and
written to `bot/entailment.json`. It learns from

- pairs written by hand, in `tests/bench/claims/`: what does not follow differs in one thing, or is the word of another
  clause or sentence; nothing of the pairs `-held` is fitted, and what the probe makes of them is printed;
- sentences of squad2, of the part that models are trained on, with one thing changed, or only shortened;
- what the model itself writes of the sentence that answers a question of squad2, where it is right and its words have
  their proof. (What it writes of the likeliest one where there is no answer does not follow either, or does, and only
  the question asked for another thing: with those, the probe tells the written pairs less well.)

The probability of 1/2 is where `DOUBTED` of the model's own right answers are doubted, with weights fitted to others.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from bot import calibrate, prompt, write
from bot.cite import THRESHOLD, support
from bot.config import shipped
from bot.find import find
from bot.model import Model, open_model
from bot.stages import Clock
from tests.bench.asked import shelves
from tests.bench.fit_decision import opened
from tests.bench.scores import holds
from tests.bench.support import CHANGES, altered, auroc, plain
from tests.bench.table import table

CLAIMS = Path(__file__).with_name("claims")
LAYER = 18  # counted from 0; 16 to 22 do about as well
CLOSE = 0.03  # of the prior; scikit-learn's C
DOUBTED = 0.06
FOLDS = 5
DRAFTS = 140  # of questions
CHANGED = 12  # sentences with each change
SHORTENED = 90
SEED = 7


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim beside a text, and whether the one follows from the other."""

    kind: str
    claim: str
    text: str
    follows: bool


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fit_entailment", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--dry", action="store_true", help="write no file")
    parser.add_argument("--shipped", action="store_true", help="fit nothing: print what the shipped probe tells")
    asked = parser.parse_args()
    (model,) = open_model("local").models
    held = [*written("wrong-held"), *written("right-held")]
    if asked.shipped:
        shipped_probe = calibrate.entailment()[model.name]
        sys.stdout.write(f"{report(held, [shipped_probe.log_odds(each) for each in read(held, model)])}\n")
        return
    pairs = [*written("wrong"), *written("right"), *changed(asked.data), *drafts(asked.data, model)]
    outputs = read([*pairs, *held], model)
    probe = fitted(pairs, outputs[: len(pairs)])
    sys.stdout.write(f"{report(held, outputs[len(pairs) :] @ probe['weights'] + probe['bias'])}\n")
    if not asked.dry:
        calibrate.ENTAILMENT.write_text(json.dumps({model.name: probe}) + "\n", encoding="utf-8")


def written(name: str) -> Iterator[Pair]:
    for line in (CLAIMS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        claim, text = line.split(" | ")
        yield Pair(name, claim, text, follows=name.startswith("right"))


def changed(data: Path) -> Iterator[Pair]:
    random = Random(SEED)
    each = dict.fromkeys(CHANGES, CHANGED) | {"shortened": SHORTENED}
    for label, one, _, claim in altered(plain(data, random, "train"), each, random):
        yield Pair(label, claim, one, label == "shortened")


def drafts(data: Path, model: Model) -> Iterator[Pair]:
    """What the model writes when it is shown one sentence alone, with the one that it leans on."""
    for shelf in shelves(data, "squad2", DRAFTS, SEED, "train"):
        with opened(shelf, model) as bot:
            for asked in (each for each in shelf.questions if each.answerable):
                found = find(bot.index, asked.text, bot.index.search(asked.text, 10), model.budget, Clock())
                own = [each for each in found.chosen if each.article_id == asked.gold and holds(each.text, asked.spans)]
                if own:
                    shown = write.best(found.chosen, own)
                    words = "".join(bot._drafter.words(replace(found, chosen=shown), model)).strip()
                    texts = [each.text for each in shown]
                    if holds(words, asked.spans) and support(words, texts) >= THRESHOLD:
                        yield Pair("draft", words, " ".join(texts), follows=True)


def read(pairs: Sequence[Pair], model: Model) -> Any:
    """The outputs of the layer, a row of numbers for each pair."""
    asks = prompt.read(shipped("prompts") / "entail.md", ("text", "claim"))
    assert model.hidden
    outputs = []
    for place, pair in enumerate(pairs):
        sys.stderr.write(f"\rpair {place + 1} of {len(pairs)} ")
        outputs.append(model.hidden(asks.fill({"text": pair.text, "claim": pair.claim}), LAYER))
    return np.array(outputs)


def fitted(pairs: Sequence[Pair], outputs: Any) -> dict[str, Any]:
    """The probe, as it is written."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    sides = np.array([pair.follows for pair in pairs])
    regression = make_pipeline(StandardScaler(), LogisticRegression(C=CLOSE, max_iter=5_000, class_weight="balanced"))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    unseen = cross_val_predict(regression, outputs, sides, cv=folds, method="decision_function")
    right = [odds for odds, pair in zip(unseen, pairs, strict=True) if pair.kind == "draft" and pair.follows]
    regression.fit(outputs, sides)
    scaler, logistic = (step for _, step in regression.steps)
    weights = logistic.coef_[0] / scaler.scale_
    bias = logistic.intercept_[0] - weights @ scaler.mean_ - np.quantile(right, DOUBTED)
    return {"layer": LAYER, "bias": round(float(bias), 4), "weights": [round(float(each), 5) for each in weights]}


def report(held: Sequence[Pair], odds: Sequence[float]) -> str:
    """How well the log-odds tell the pairs apart, and how many the words prove, alone and where nothing is doubted."""
    ranked = auroc((pair.follows, float(each)) for pair, each in zip(held, odds, strict=True))
    rows = []
    for name in ("wrong-held", "right-held"):
        some = [
            (each < 0, support(pair.claim, [pair.text]))
            for pair, each in zip(held, odds, strict=True)
            if pair.kind == name
        ]
        proved = [doubted for doubted, words in some if words >= THRESHOLD]
        rows.append([name, len(some), sum(doubted for doubted, _ in some), len(proved), proved.count(False)])
    head = ["pairs", "number", "doubted", "proved by the words", "and not doubted"]
    return f"AUROC {ranked:.3f}\n\n{table(head, rows)}"


if __name__ == "__main__":
    main()
