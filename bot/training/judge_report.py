"""Writes the trained encoder, fits the judge's probabilities, and reports on sources that were left out.

Each figure of a source is of weights that were not fitted on it: the encoder has seen none of the sources in
`judge_data.HELD`, and the logistic regression is fitted once more for each of them on all the others.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from statistics import mean
from time import perf_counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.classifiers import fitted
from bot.classifiers.fitted import Fitted
from bot.classifiers.linear import LARGEST
from bot.judge.encoder import HEADS, Encoder
from bot.judge.judge import CALIBRATION, FEATURES, Judge, Shared, features, shared
from bot.judge.judgement import Logits
from bot.judge.reading import answers_of, entailment_of
from bot.training.encoder import shipped
from bot.training.judge_data import OWN, SEED, JudgedPair, abroad, calibrating, held
from bot.training.sets import rows
from bot.training.table import table
from bot.training.task import Task

LOGITS = FEATURES[:2]
# What is weighed beside a model: in a short text, one that is wrong in one place has nearly all of the words, too, and
# the model reads it well.
BESIDE = (*LOGITS, "coverage long", "rarest missing long", "figures missing long", "short")
ALONE = FEATURES[2:]  # what is weighed without a model
KEPT = 0.8  # of our own supported rows that were held back: sentences in other words than the article's
# Their wrong claims and near misses have the words of their texts: a baseline of words would learn to mistrust words.
OF_ITS_WORDS = ("passages", "passages held")
STRICTER = np.arange(0.5, 0.9, 0.05)  # thresholds of support
EACH = 300  # pairs of a source, at most
ABROAD = 200  # pairs of a source in another language


class ReadPair(NamedTuple):
    """A pair as the judge sees it."""

    pair: JudgedPair
    logits: Logits
    words: Shared

    def of(self, head: str) -> tuple[float, ...]:
        return features(getattr(self.logits, head), self.words)


def export(work: Path, out: Path, share: float = 1.0) -> None:
    """The mean of the trained weights, with this share, and those that ship (arXiv:2109.01903), in int8, a scale a row;
    what is one row only stays as it is."""
    import torch
    from safetensors.numpy import save_file

    trained = torch.load(work / "state.pt")["parts"][0]
    before = shipped().state_dict() if share < 1 else trained
    weights = {name: torch.lerp(before[name], each, share).numpy() for name, each in trained.items()}
    stored: dict[str, NDArray[np.generic]] = {}
    for name in [each for each in weights if each.startswith("bert.") and "position_ids" not in each]:
        matrix, plain = weights[name], name.removeprefix("bert.")
        if matrix.ndim == 1 or len(matrix) < 3:
            stored[plain] = matrix.astype(np.float32)
            continue
        scale = np.maximum(np.abs(matrix).max(axis=1), 1e-9) / LARGEST
        stored[plain] = np.round(matrix / scale[:, None]).astype(np.int8)
        stored[f"{plain}.scale"] = scale.astype(np.float32)
    for part in ("weight", "bias"):
        stored[f"{HEADS}.{part}"] = np.concatenate([weights[f"{head}.{part}"] for head in ("entailment", "answers")])
    save_file(stored, out)


def see(pairs: Sequence[JudgedPair], encoder: Encoder) -> list[ReadPair]:
    """The pairs as the encoder and the features tell of them, in order; long texts are read as the judge does."""
    found: dict[int, ReadPair] = {}
    for task, read in (("entailment", entailment_of), ("answers", answers_of)):
        places = [place for place, each in enumerate(pairs) if each.task == task]
        for start in range(0, len(places), 200):
            some = places[start : start + 200]
            texts = [(pairs[place].first, pairs[place].second) for place in some]
            for place, (first, second), logits in zip(some, texts, read(encoder, texts), strict=True):
                claim, text = (second, first) if task == "entailment" else (first, second)
                found[place] = ReadPair(pairs[place], logits or Logits(), shared(claim, text))
            sys.stderr.write(f"\rread {len(found)} of {len(pairs)} ")
    sys.stderr.write("\n")
    return [found[place] for place in range(len(pairs))]


def target(head: str, pair: JudgedPair) -> bool | None:
    """The label of a pair for a head; None where that is not known."""
    if head == "answers":
        return pair.label == "yes" if pair.task == "answers" else None
    if pair.task == "answers":
        return None
    if head == "supported":
        return pair.label == "supported"
    return None if pair.label in ("supported", "not") else pair.label == "contradicted"


def fit(head: str, seen: Sequence[ReadPair], without: str = "", *, baseline: bool = False) -> dict[str, float]:
    """A logistic regression in which every source weighs the same, as do its two answers; and the threshold of the best
    balanced accuracy. The baseline has no logit. What is not weighed gets 0."""
    from sklearn.linear_model import LogisticRegression

    left_out = (without, *(OF_ITS_WORDS if baseline else ()))
    told = [each for each in seen if each.pair.source not in left_out and target(head, each.pair) is not None]
    wants, weights = _wanted(head, told)
    inputs = np.array([each.of(head) for each in told])
    inputs *= [name in (ALONE if baseline else BESIDE) for name in FEATURES]
    model = LogisticRegression(C=1e4, max_iter=2000).fit(inputs, wants, sample_weight=weights)
    found = dict(zip(("bias", *FEATURES), (float(model.intercept_[0]), *map(float, model.coef_[0])), strict=True))
    return {**found, "threshold": _threshold(model.predict_proba(inputs)[:, 1], wants, weights)}


def _wanted(head: str, told: Sequence[ReadPair]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """The label of each pair for a head, and how much that weighs."""
    wants = [bool(target(head, each.pair)) for each in told]
    groups = list(zip((each.pair.source for each in told), wants, strict=True))
    counts = Counter(groups)
    weights = np.array([1 / max(counts[group], 20) for group in groups])
    return np.array(wants), weights * (len(told) / weights.sum())


def _threshold(said: NDArray[np.float64], wants: NDArray[np.bool_], weights: NDArray[np.float64]) -> float:
    """The threshold of the best balanced accuracy."""
    best = max(np.linspace(0.2, 0.9, 71), key=lambda each: balanced(said >= each, wants, weights))
    return round(float(best), 3)


def fit_all(seen: Sequence[ReadPair], *, baseline: bool = False) -> dict[str, dict[str, float]]:
    """All heads. A wrong sentence that is shown as supported is worse than a right one that is not: the threshold of
    support is the greatest that keeps `KEPT`."""
    found = {head: fit(head, seen, baseline=baseline) for head in ("supported", "contradicted", "answers")}
    if not baseline:
        own = [each for each in seen if each.pair.source == "byline" and each.pair.label == "supported"]
        said = shares(found["supported"], own, "supported")
        found["supported"]["threshold"] = round(max(each for each in STRICTER if (said >= each).mean() >= KEPT), 3)
    return found


def balanced(said: NDArray[np.bool_], wants: NDArray[np.bool_], weights: NDArray[np.float64]) -> float:
    """Balanced accuracy."""
    groups = [wants == each for each in (False, True)]
    right = [weights[group & (said == wants)].sum() / weights[group].sum() for group in groups]
    return float(np.mean(right))


def shares(fit_of_head: Mapping[str, float], seen: Sequence[ReadPair], head: str) -> NDArray[np.float64]:
    inputs = np.array([each.of(head) for each in seen])
    odds = fit_of_head["bias"] + inputs @ np.array([fit_of_head[name] for name in FEATURES])
    return np.asarray(1 / (1 + np.exp(-odds)))


def auroc(scores: NDArray[np.float64], wants: NDArray[np.bool_]) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(wants, scores))


def figures(head: str, held_out: Sequence[ReadPair], everything: Sequence[ReadPair]) -> dict[str, dict[str, float]]:
    """By source: how well a fit on all others tells, the baseline beside it."""
    found: dict[str, dict[str, float]] = {}
    for source in dict.fromkeys(each.pair.source for each in held_out):
        own = [each for each in held_out if each.pair.source == source and target(head, each.pair) is not None]
        wants = np.array([bool(target(head, each.pair)) for each in own])
        if len(set(wants)) < 2:
            continue
        row: dict[str, float] = {"pairs": len(own)}
        for name, baseline in (("judge", False), ("coverage", True)):
            own_fit = fit(head, everything, source, baseline=baseline)
            told = shares(own_fit, own, head)
            row[f"{name} AUROC"] = round(auroc(told, wants), 3)
            said = told >= own_fit["threshold"]
            row[f"{name} balanced accuracy"] = round(balanced(said, wants, np.ones(len(own))), 3)
        found[source] = row
    return found


def report(found: Mapping[str, Mapping[str, Mapping[str, float]]], before: Mapping[str, object], own: str) -> str:
    parts = ["# The judge on sources that it has not learnt from\n"]
    for head, sources in found.items():
        names = list(next(iter(sources.values())))
        lines = [
            [source, *(row[name] for name in names), _change(before, head, source, row)]
            for source, row in sources.items()
        ]
        means = [round(mean(row[name] for row in sources.values()), 3) for name in names[1:]]
        lines.append(["mean", "", *means, ""])
        parts.append(f"## {head}\n\n{table(['source', *names, 'AUROC since the last fit'], lines)}\n")
    return "\n".join([*parts, own])


def _change(before: Mapping[str, object], head: str, source: str, row: Mapping[str, float]) -> str:
    known = before.get("figures")
    try:
        return f"{row['judge AUROC'] - known[head][source]['judge AUROC']:+.3f}"  # type: ignore[index]
    except (KeyError, TypeError):
        return "new"


def own_held() -> Iterator[JudgedPair]:
    """The rows of this repository that were held back, but for those of languages that the encoder does not read."""
    for row in rows(OWN / "entailment.jsonl"):
        if row.get("held") and row["language"] == "en":
            yield JudgedPair("entailment", "byline", row["premise"], row["claim"], row["label"], kind=row["kind"])


def own_rows(judge: Judge) -> str:
    """The rows of this repository that were held back, by kind: how many are judged as they are labelled."""
    told: dict[tuple[str, str], list[bool]] = defaultdict(list)
    found = list(own_held())
    said = judge.entail_pairs([(each.first, each.second) for each in found])
    for pair, each in zip(found, said, strict=True):
        supported = each.supported >= judge.thresholds.supported
        told[pair.label, pair.kind].append(supported is (pair.label == "supported"))
    lines = [[*key, len(each), f"{sum(each) / len(each):.2f}"] for key, each in sorted(told.items())]
    return f"## Our own rows that were held back\n\n{table(['label', 'kind', 'rows', 'judged so'], lines)}\n"


def languages(data: Path, judge: Judge) -> str:
    """How well the judge tells in other languages than English, and the coverage of words beside it."""
    by_source: dict[tuple[str, str, str], list[JudgedPair]] = defaultdict(list)
    for each in abroad(data):
        by_source[each.language, each.task, each.source].append(each)
    lines = []
    for (language, task, source), found in sorted(by_source.items()):
        some = Random(SEED).sample(found, min(len(found), ABROAD))
        wants = np.array([each.label in ("supported", "yes") for each in some])
        told = [auroc(np.array(_told(by, task, some)), wants) for by in (judge, Judge())]
        lines.append([language, source, task, len(some), *(f"{each:.3f}" for each in told)])
    head = ["language", "source", "judges", "pairs", "judge AUROC", "coverage AUROC"]
    return f"## Other languages\n\n{table(head, lines)}\n"


def _told(judge: Judge, task: str, pairs: Sequence[JudgedPair]) -> list[float]:
    both = [(each.first, each.second) for each in pairs]
    return judge.answer_pairs(both) if task == "answers" else [each.supported for each in judge.entail_pairs(both)]


def speed(judge: Judge) -> str:
    """Milliseconds a pair of 60 words, in batches of eight."""
    text = "The council voted on Monday to close the old harbour of the town after years of silting and complaint. " * 3
    pairs = [(" ".join(text.split()[:48]), "The council voted to close the old harbour after years of silting.")] * 8
    judge.entail_pairs(pairs)
    started = perf_counter()
    for _ in range(5):
        judge.entail_pairs(pairs)
    return f"A pair of 60 words takes {(perf_counter() - started) / 40 * 1000:.1f} ms.\n"


def sampled(pairs: Sequence[JudgedPair]) -> list[JudgedPair]:
    by_source: dict[tuple[str, str], list[JudgedPair]] = defaultdict(list)
    for each in pairs:
        by_source[each.source, each.label].append(each)
    return [each for group in by_source.values() for each in Random(SEED).sample(group, min(len(group), EACH // 2))]


def calibrated(task: Task) -> str:
    """The report on an encoder; its calibration and the report are written beside it, unless it is only measured."""
    encoder = Encoder() if task.measure else Encoder(task.out)
    held_out = see(sampled([*held(task.sets), *own_held()]), encoder)
    everything = [*held_out, *see(sampled(calibrating(task.sets)), encoder)]
    found = {head: figures(head, held_out, everything) for head in ("supported", "answers")}
    before = fitted.read(CALIBRATION).manifest
    written = None
    if not task.measure:
        written = _fits(everything)
        _write(task, written, found)
    judge = Judge(encoder, written)
    text = report(found, before, "\n".join((own_rows(judge), languages(task.sets, judge), speed(judge))))
    if not task.measure:
        task.out.with_name("report.md").write_text(text, encoding="utf-8")
    return text


def _fits(everything: Sequence[ReadPair]) -> dict[str, dict[str, dict[str, float]]]:
    """By judge and head: the weights and the threshold."""
    plain = dict.fromkeys(FEATURES, 0.0) | dict.fromkeys(LOGITS, 1.0)
    return {
        Encoder.name: fit_all(everything),
        "coverage": fit_all(everything, baseline=True),
        "named": {head: {"bias": 0.0, **plain, "threshold": 0.5} for head in ("supported", "contradicted", "answers")},
    }


def _write(task: Task, fits: Mapping[str, Mapping[str, Mapping[str, float]]], found: Mapping[str, object]) -> None:
    data = "tests/data/entailment.jsonl, answers.jsonl, passages.jsonl; train/, squad2, nomiracl, everyday, curious"
    thresholds = {name: {head: each["threshold"] for head, each in heads.items()} for name, heads in fits.items()}
    plain = {
        name: {head: {key: each[key] for key in each if key != "threshold"} for head, each in heads.items()}
        for name, heads in fits.items()
    }
    manifest = task.manifest(data, found, thresholds) | {"regressions": plain}
    fitted.write(task.out.with_name(CALIBRATION.name), Fitted(manifest, {}))
