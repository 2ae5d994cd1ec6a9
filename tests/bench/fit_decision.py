"""The decision to answer or to refuse, fitted again: `python -m tests.bench.fit_decision --data DIR [--n N]`.

Asks questions of the measuring sets with the real pipeline, with the local model and without one, and fits
`bot/probes.json` and `bot/calibration.json` on the half of the questions that `tests.bench.asked` calls `fit`.
Prints how the decision does on both halves. What was read is kept in the cache, and read again only where it is not
there: `--fresh` reads all again, as a change of the evidence, the prompt, the citing or the model needs.

The probe is a logistic regression over the output of a layer of the model, where its answer would begin. It is fitted
on English questions, and sees as well for Chinese ones. What it gives is weighed with the other signals, for each
language; for that, no question has a probe that was fitted on it or on another one about the same paragraph.

English answers that hang on their proof, and are not likely enough with it, are decided once more, from what the model
says of its words beside their quotes, and by the better one of two drafts. That is fitted on the drafts that it would
choose itself, and reported with the questions that were decided before.

The threshold is the one that refuses 12 % of the answerable questions of the fit half. Without a model words and
meaning tell near misses apart so badly (an AUC of .7) that a fit refuses plain questions about the shipped articles:
those weights are set by hand, and only their figures are written.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from bot import calibrate, decide
from bot.answer import BUDGET, Bot
from bot.calibrate import Calibration
from bot.cite import THRESHOLD
from bot.model import open_model
from bot.stages import Clock, Expected
from index import Index
from tests.bench import chinese as chinese_set
from tests.bench.asked import SETS, Half, Shelf, draw, shelves
from tests.bench.retrieval import default_cache, fitted
from tests.bench.table import table

LARGEST = {"squad2": 160, "nomiracl": 35, "clapnq": 15, "multihop_rag": 8, "chinese": 25}  # of a kind, to fit
OTHERS = 0.15  # of those, to report
SEED = 20261124
LOST = 0.12  # of the answerable questions
STRENGTH = 0.3  # of the regression's prior; scikit-learn's C
LAYER = 18  # of the default local model; of 14, 16, 18 and 20 the one whose probe told most, on the fit half
CLOSE = 0.01  # of the probe's prior; of .0001, .001, .01 and .1
FOLDS = 8
ROUNDS = 4  # of choosing drafts and fitting on them; the first chooses none
SIGNALS = {  # of all that were tried, the few that told most on the fit half: more of them ranked no better
    "probed-en": ("probed", "proved"),
    "checked-en": ("probed", "proved", "says"),
    "probed-zh": ("unlikely", "probed"),
}
BY_HAND = ("extractive-en", "extractive-zh")


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one question before the decision."""

    set: str
    id: str
    group: str  # by which it is in a half, and in a fold
    fit: bool
    answerable: bool
    named: dict[str, float]
    output: list[float]  # of the layer
    drafts: list[tuple[float, float]]  # what the model writes: its support, and what the model says of it


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fit_decision", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--n", type=int, default=max(LARGEST.values()), help="questions of a set, kind and half, at most"
    )
    parser.add_argument("--fresh", action="store_true", help="read everything again")
    parser.add_argument("--dry", action="store_true", help="write no file")
    asked = parser.parse_args()
    kept = default_cache() / "decisions.jsonl"
    if asked.fresh:
        kept.unlink(missing_ok=True)
    probe, seen = _probed(list(_seen(asked.data, asked.n, kept)))
    fits: dict[str, dict[str, object]] = {}
    for name in SIGNALS:
        fits[name] = _fit(name, seen, fits)
    fits |= {name: _kept(name, seen) for name in BY_HAND}
    sys.stdout.write("\n".join(_report(name, fit) for name, fit in fits.items()) + "\n")
    if not asked.dry:
        calibrate.FILE.write_text(json.dumps(fits, indent=2) + "\n", encoding="utf-8")
        calibrate.PROBES.write_text(json.dumps({open_model("local").models[0].name: probe}) + "\n", encoding="utf-8")


def _seen(data: Path, number: int, kept: Path) -> Iterator[Seen]:
    """What every question shows, from the file or new; the halves in turn, so that a part of it is of use."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    known = {(each.set, each.id): each for each in _read(kept)}
    model = open_model("local").models[0]
    jobs = list(_jobs(data, number))
    started, done = perf_counter(), 0
    for place, (name, shelf) in enumerate(jobs):
        missing = [each for each in shelf.questions if (name, each.id) not in known]
        with _bot(shelf, model) if missing else _nothing() as bot, kept.open("a", encoding="utf-8") as file:
            for each in missing:
                shown = _shown(bot, each.text)
                found = Seen(name, each.id, each.half_by, fitted(each.half_by), each.answerable, *shown)
                file.write(json.dumps(astuple(found)) + "\n")
                file.flush()
                known[name, each.id] = found
                done += 1
                left = sum(len(later.questions) for _, later in jobs[place:])
                sys.stderr.write(f"\r{name} {done}, {(perf_counter() - started) / done:.1f} s each, up to {left} left ")
        yield from (known[name, each.id] for each in shelf.questions)


def _read(kept: Path) -> Iterator[Seen]:
    if kept.exists():
        with kept.open(encoding="utf-8") as lines:
            yield from (Seen(*json.loads(line)) for line in lines)


def _jobs(data: Path, number: int) -> Iterator[tuple[str, Shelf]]:
    halves: tuple[Half, ...] = ("fit", "other")
    for half in halves:
        for name in SETS:
            yield from ((name, shelf) for shelf in shelves(data, name, _many(name, number, half), SEED, half))
        whole = chinese_set.shelf()
        questions = [each for each in whole.questions if fitted(each.half_by) is (half == "fit")]
        yield "chinese", Shelf(whole.articles, tuple(draw(questions, _many("chinese", number, half), SEED)))


def _many(name: str, number: int, half: Half) -> int:
    largest = min(number, LARGEST[name])
    return largest if half == "fit" else ceil(OTHERS * largest)


@contextmanager
def _bot(shelf: Shelf, model: object) -> Iterator[Bot]:
    with TemporaryDirectory() as folder, Index.open(folder) as index:
        index.add(shelf.articles)
        yield Bot(index, model)  # type: ignore[arg-type]


@contextmanager
def _nothing() -> Iterator[None]:
    yield None


def _shown(bot: Bot, question: str) -> tuple[dict[str, float], list[float], list[tuple[float, float]]]:
    """The signals of a question by name, the output of the layer, and what is seen of each draft; the signals of the
    evidence without a model begin with `alone.`."""
    hits = bot.index.search(question, 10)
    (model,) = bot._models
    found = bot._find(question, hits, model.budget, Clock())
    alone = bot._find(question, hits, BUDGET, Clock())
    assert model.read is not None
    reading = model.read(bot._request(found), question, LAYER)
    named = found.signals(Expected(reading.expected, probed=0.0)).named() | {
        f"alone.{name}": value for name, value in alone.signals(Expected()).named().items()
    }
    words = "".join(model.complete(bot._request(found)))
    silent = decide.declines(words) or not found.chosen
    drafts = () if silent else (bot._draft(found, words), bot._again(found, model))
    assert model.check is not None
    checked = [bot._checked(found, each, model.check) for each in drafts if each]
    return named, [round(value, 3) for value in reading.output], [(each.proved, each.says or 0.0) for each in checked]


def _probed(seen: Sequence[Seen]) -> tuple[dict[str, object], list[Seen]]:
    """The probe, fitted on the English questions of the fit half, and what was seen with the log-odds that it gives;
    those of a question it was fitted on are of a probe that was fitted without it and its group."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    half = _of("probed-en", seen, fit=True)
    outputs, answerable = np.array([each.output for each in half]), np.array([each.answerable for each in half])
    model = make_pipeline(StandardScaler(), LogisticRegression(C=CLOSE, max_iter=1_000))
    without = cross_val_predict(
        *(model, outputs, answerable),
        groups=[each.group for each in half],
        cv=GroupKFold(FOLDS),
        method="decision_function",
    )
    scaler, regression = model.fit(outputs, answerable).named_steps.values()
    weights = regression.coef_[0] / scaler.scale_
    bias = float(regression.intercept_[0] - weights @ scaler.mean_)
    kept = {(each.set, each.id): float(value) for each, value in zip(half, without, strict=True)}
    given = [
        replace(
            each,
            named=each.named | {"probed": kept.get((each.set, each.id), bias + float(weights @ each.output))},
        )
        for each in seen
    ]
    return {"layer": LAYER, "bias": round(bias, 5), "weights": [round(float(each), 5) for each in weights]}, given


def _of(name: str, seen: Sequence[Seen], fit: bool) -> list[Seen]:
    return [each for each in seen if each.fit is fit and (each.set == "chinese") is name.endswith("zh")]


def _named(name: str, each: Seen, draft: int = 0) -> dict[str, float]:
    """The signals of a question with those of a draft; nothing that was written is proved where it declines."""
    if name.startswith("extractive"):
        return {signal.removeprefix("alone."): value for signal, value in each.named.items() if "alone." in signal}
    proved, says = each.drafts[draft] if each.drafts else (0.0, 0.0)
    return each.named | {"proved": proved, "says": decide.log_odds(says)}


def _given(name: str, each: Seen, calibration: Calibration | None) -> dict[str, float]:
    """The signals of the draft that would be given; of the first one where there is no calibration yet."""
    drafts = [_named(name, each, place) for place in range(len(each.drafts))] or [_named(name, each)]
    if name != "checked-en" or calibration is None or len(drafts) == 1:
        return drafts[0]
    first, second = ((draft["proved"] >= THRESHOLD, calibration.confidence(draft)) for draft in drafts)
    return drafts[first < (True, decide.LIKELY) and decide.better(first, second)]


def _fit(name: str, seen: Sequence[Seen], before: Mapping[str, Any]) -> dict[str, object]:
    """`before` are the fits that decide first."""
    half = _of(name, seen, fit=True)
    answerable = [each.answerable for each in half]
    calibration = None
    for _ in range(ROUNDS):
        calibration = _regression(SIGNALS[name], [_given(name, each, calibration) for each in half], answerable)
    assert calibration is not None
    fit: dict[str, object] = {"bias": calibration.bias, "weights": dict(calibration.weights), "threshold": 0.0}
    fit["threshold"] = round(_threshold(_confidences(name, fit, before, half), half), 4)
    fit["fitted on"] = {"questions": len(half), "sets": sorted({each.set for each in half}), "seed": SEED}
    fit["figures"] = _figures(name, fit, before, seen)
    return fit


def _regression(
    signals: Sequence[str], named: Sequence[Mapping[str, float]], answerable: Sequence[bool]
) -> Calibration:
    from sklearn.linear_model import LogisticRegression

    matrix = np.array([[each[signal] for signal in signals] for each in named])
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0) + 1e-9
    model = LogisticRegression(C=STRENGTH).fit((matrix - mean) / spread, answerable)
    weights = model.coef_[0] / spread
    bias = float(model.intercept_[0] - weights @ mean)
    rounded = {signal: round(float(weight), 4) for signal, weight in zip(signals, weights, strict=True)}
    return Calibration(round(bias, 4), rounded, 0.0)


def _kept(name: str, seen: Sequence[Seen]) -> dict[str, object]:
    fit: dict[str, object] = json.loads(calibrate.FILE.read_text(encoding="utf-8"))[name]
    return fit | {"figures": _figures(name, fit, {}, seen)}


def _confidences(name: str, fit: Mapping[str, Any], before: Mapping[str, Any], seen: Sequence[Seen]) -> np.ndarray:
    """How probable an answer is; 0 or 1 of a question that is decided before it is answered, and 0 of an answer that is
    refused for want of a proof."""
    calibration = _calibration(fit)
    first = _calibration(before["probed-en"]) if name == "checked-en" else None
    return np.array([_confidence(name, each, calibration, first) for each in seen])


def _confidence(name: str, each: Seen, calibration: Calibration, first: Calibration | None) -> float:
    given = _given(name, each, calibration)
    confidence = calibration.confidence(given)
    if not first:
        return confidence
    written = _named(name, each)
    foreseen = decide.foreseen_of(written, first)
    if foreseen is None and written["proved"] >= THRESHOLD and first.confidence(written) >= decide.LIKELY:
        return 1.0
    if foreseen is not False and given["proved"] < THRESHOLD and not decide.stands(confidence):
        return 0.0
    return confidence if foreseen is None else float(foreseen)


def _calibration(fit: Mapping[str, Any]) -> Calibration:
    return Calibration(fit["bias"], fit["weights"], fit["threshold"])


def _threshold(confidences: np.ndarray, seen: Sequence[Seen]) -> float:
    """Below it are `LOST` of the answerable."""
    answerable = np.array([each.answerable for each in seen])
    return float(np.quantile(confidences[answerable], LOST))


def _figures(
    name: str, fit: Mapping[str, Any], before: Mapping[str, Any], seen: Sequence[Seen]
) -> dict[str, dict[str, float]]:
    """By half and set: the AUC, and the shares refused of the answerable and of the unanswerable."""
    from sklearn.metrics import roc_auc_score

    figures = {}
    for half in (True, False):
        of_half = _of(name, seen, fit=half)
        for group in [*dict.fromkeys(each.set for each in of_half)]:
            of_set = [each for each in of_half if each.set == group]
            yes = np.array([each.answerable for each in of_set])
            confidences = _confidences(name, fit, before, of_set)
            refused = confidences < fit["threshold"]
            figures[f"{group}, {'fit' if half else 'other'} half"] = {
                "questions": len(of_set),
                "AUC": round(float(roc_auc_score(yes, confidences)), 3) if 0 < yes.sum() < len(yes) else 0.0,
                "refused of the answerable": round(float(refused[yes].mean()), 3) if yes.any() else 0.0,
                "refused of the unanswerable": round(float(refused[~yes].mean()), 3) if not yes.all() else 0.0,
            }
    return figures


def _report(name: str, fit: Mapping[str, Any]) -> str:
    rows = [[group, *figures.values()] for group, figures in fit["figures"].items()]
    head = ["set", "questions", "AUC", "refused of the answerable", "refused of the unanswerable"]
    return f"## {name}\n\n{table(head, rows)}\n"


if __name__ == "__main__":
    main()
