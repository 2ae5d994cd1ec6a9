"""Fits the decision to answer or to refuse: `byline fit calibration --data DIR [--ways quoted,written]`.

Asks questions of the measuring sets with the real search and the real judge. It fits on the questions of the part that
is called `fit`, on which neither the judge nor the probe was trained. There are three ways of answering: `quoted`,
without a model; `written`, by any model, whose part is played by a sentence that holds the gold answer, or by the
likeliest sentence where there is none; `probed`, by the local model, which is slow (`--ways quoted,written` leaves it
as it is) and whose replies are kept. All that was seen is kept in `--cache` and read again (`--fresh`: anew).

No weight may be negative: a better proof is never a reason to refuse (`bot.answering.decide.Decider.best`).
"""

from __future__ import annotations

import argparse
import json
import lzma
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory, gettempdir
from time import perf_counter
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bot.answering.bot import Bot
from bot.answering.decide import Signals, far
from bot.answering.flow import BUDGET, Clock, EvidencePool
from bot.answering.gather import PASSAGES
from bot.answering.prove import claimed
from bot.answering.retrieve import find
from bot.answering.write import draft as write
from bot.answering.write.generate import declines
from bot.answering.write.small import pointed
from bot.classifiers import fitted
from bot.classifiers.calibration import ADAPTER, Calibration
from bot.classifiers.fitted import Fitted
from bot.judge import Judge
from bot.judge.encoder import FILE as ENCODER
from bot.judge.judge import CALIBRATION
from bot.model import open_model
from bot.training import chinese as chinese_set
from bot.training.asked import GoldQuestion, GoldSet, Half, draw, shelves
from bot.training.contrast import CHANGES, NAME
from bot.training.recorded import KeptReplies
from bot.training.spans import holds
from bot.training.table import table
from bot.training.task import Task
from bot.types import Model, State
from index import Index

LARGEST = {  # questions of a kind and set, by way; ClapNQ is left to measure with
    "quoted": {
        "squad2": 100,
        "nomiracl": 40,
        "multihop_rag": 20,
        "elsewhere": 40,
        "renamed": 60,
        "everyday": 40,
        "passages": 80,
        "chinese": 50,
        "chinese elsewhere": 50,
    },
    "written": {
        "squad2": 100,
        "elsewhere": 40,
        "renamed": 60,
        "everyday": 40,
        "passages": 80,
        "chinese": 50,
        "chinese elsewhere": 50,
    },
    "probed": {
        "squad2": 80,
        "passages": 30,
        "everyday": 20,
        "nomiracl": 20,
        "renamed": 20,
        "elsewhere": 15,
        "multihop_rag": 6,
        "chinese": 15,
    },
}
CHINESE = ("cmrc2018", "drcd")  # sets of questions in the training data
REPORTED = ("everyday",)  # near misses that share more words with the articles than what these answer: not fitted on
SIGNALS = {
    "quoted": ("coverage", "together", "found", "answers", "relevant"),
    "written": ("coverage", "together", "answers", "proved", "relevant"),
    "probed": ("probed", "coverage", "answers", "relevant", "added", "repeated"),
}
# The share of the answerable that may be refused, or of a small model said to be of the nearest passage.
LOST = {"quoted": 0.16, "written": 0.03, "probed": 0.16}
UNSURE = {"probed": 0.08}  # the share of them that may be refused where the nearest passage is shown
# The same in languages that the judge does not read: there only the words speak for an answer.
LOST_UNREAD = {"quoted": 0.25, "written": 0.1, "probed": 0.1}
SEED = 20261130
STRENGTH = 1.0  # of the regression's prior; scikit-learn's C
STEP = 0.005  # of the thresholds that are tried
FEW = 40  # questions below which the fit of the other languages is taken


@dataclass(frozen=True, slots=True)
class SeenQuestion:
    """The signals of one question and its draft."""

    way: str
    set: str
    id: str
    readable: bool
    answerable: bool
    named: dict[str, float]


def train(task: Task) -> str:
    """Fits the ways that are asked for, and reports on all."""
    parser = argparse.ArgumentParser(prog="byline fit calibration", add_help=False)
    parser.add_argument("--ways", default="quoted,written,probed")
    parser.add_argument("--n", type=int, default=1000, help="questions of a set and kind, at most")
    parser.add_argument("--fresh", action="store_true", help="read everything again")
    parser.add_argument("--cache", type=Path, default=Path(gettempdir()) / "byline-bench")
    asked = parser.parse_args(task.options)
    ways, cache = asked.ways.split(","), asked.cache
    stamp = crc32(b"".join(each.read_bytes() for each in (ENCODER, CALIBRATION, ADAPTER) if each.exists()))
    kept = cache / f"decisions-{stamp:08x}.jsonl"
    if asked.fresh:
        kept.unlink(missing_ok=True)
    shipped = fitted.load("calibration").manifest
    fits: dict[str, Any] = {
        name: each | {"threshold": shipped["threshold"][name], "figures": shipped["figures"][name]}
        for name, each in shipped["regressions"].items()
    }
    for way in [] if task.measure else ways:
        fits |= _of_way(way, list(_seen(task.sets, way, asked.n, kept)))
    if not task.measure:
        _write(task, fits)
    return "\n".join(_report(name, each) for name, each in fits.items())


def _of_way(way: str, seen: Sequence[SeenQuestion]) -> dict[str, Any]:
    # What is far from the question is refused before a model reads it.
    of_way = [each for each in seen if each.named.keys() >= set(SIGNALS[way])]
    found = {}
    for readable in (True, False):
        own = [each for each in of_way if each.readable is readable]
        lost = (LOST if readable else LOST_UNREAD)[way]
        found[f"{way}-{'read' if readable else 'unread'}"] = _fit(way, own if len(own) >= FEW else of_way, lost)
    return found


def _write(task: Task, fits: Mapping[str, Any]) -> None:
    data = "squad2, nomiracl, multihop_rag, everyday, passages: the part called fit; tests/bench/chinese"
    figures, thresholds = ({name: each[key] for name, each in fits.items()} for key in ("figures", "threshold"))
    plain = {
        name: {key: value for key, value in each.items() if key not in ("figures", "threshold")}
        for name, each in fits.items()
    }
    fitted.write(task.out, Fitted(task.manifest(data, figures, thresholds) | {"regressions": plain}, {}))


def _seen(data: Path, way: str, number: int, kept: Path) -> Iterator[SeenQuestion]:
    """The signals of every question, from the file or new."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    known = {(each.way, each.set, each.id): each for each in _read(kept)}
    model = KeptReplies(open_model("local").models[0], kept.parent / "replies").model() if way == "probed" else None
    judge = Judge.load()
    started, done = perf_counter(), 0
    for name, shelf in _jobs(data, way, number):
        missing = [each for each in shelf.questions if (way, name, each.id) not in known]
        with opened(shelf, model, judge) if missing else _nothing() as bot, kept.open("a", encoding="utf-8") as file:
            for each in missing:
                assert bot
                found = SeenQuestion(way, name, each.id, *_shown(bot, way, each))
                file.write(json.dumps(astuple(found)) + "\n")
                file.flush()
                known[way, name, each.id] = found
                done += 1
                sys.stderr.write(f"\r{way} {name} {done}, {(perf_counter() - started) / done:.1f} s each ")
        yield from (known[way, name, each.id] for each in shelf.questions)


def _read(kept: Path) -> Iterator[SeenQuestion]:
    if kept.exists():
        with kept.open(encoding="utf-8") as lines:
            yield from (SeenQuestion(*json.loads(line)) for line in lines)


def _jobs(data: Path, way: str, number: int, half: Half = "fit") -> Iterator[tuple[str, GoldSet]]:
    for name, largest in LARGEST[way].items():
        if name == "elsewhere":
            yield name, _elsewhere(data, min(number, largest))
        elif name == "renamed":
            yield name, _renamed(data, min(number, largest))
        elif name == "chinese elsewhere":
            yield name, _elsewhere_in_chinese(data, min(number, largest))
        elif name != "chinese":
            yield from ((name, shelf) for shelf in shelves(data, name, min(number, largest), SEED, half))
        else:
            whole = chinese_set.shelf()
            yield name, GoldSet(whole.articles, tuple(draw(whole.questions, min(number, largest), SEED)))


def _elsewhere(data: Path, number: int) -> GoldSet:
    """Questions about news, asked of the articles of squad2, which do not answer them."""
    (articles,) = shelves(data, "squad2", 1, SEED, "fit")
    (news,) = shelves(data, "multihop_rag", number, SEED, "train")
    asked = (replace(each, id=f"elsewhere/{each.id}", answerable=False) for each in news.questions[:number])
    return GoldSet(articles.articles, tuple(asked))


def _elsewhere_in_chinese(data: Path, number: int) -> GoldSet:
    """Questions of other Chinese sets, asked of the articles of ours, which do not answer them."""
    with lzma.open(data / "train" / "answers.jsonl.xz", "rt", encoding="utf-8") as lines:
        found = {row["question"] for row in map(json.loads, lines) if row["source"].startswith(CHINESE)}
    drawn = Random(SEED).sample(sorted(found), number)
    asked = (GoldQuestion(f"chinese elsewhere/{place}", text, answerable=False) for place, text in enumerate(drawn))
    return GoldSet(chinese_set.shelf().articles, tuple(asked))


def _renamed(data: Path, number: int) -> GoldSet:
    """Questions that articles answer, about somebody or something else that they do not tell of."""
    (shelf,) = shelves(data, "squad2", 2 * number, SEED, "fit")
    asked = [each for each in shelf.questions if each.answerable]
    names = sorted({name for each in asked for name in NAME.findall(each.text)})
    chooses = Random(SEED)
    made = ((each, CHANGES["name"](each.text, chooses, names)) for each in asked)
    others = [replace(each, id=f"renamed/{each.id}", text=text, answerable=False) for each, text in made if text]
    return GoldSet(shelf.articles, tuple(others[:number]))


@contextmanager
def opened(shelf: GoldSet, model: Model | None, judge: Judge | None = None) -> Iterator[Bot]:
    """A bot with an index of the shelf's articles."""
    with TemporaryDirectory() as folder, Index.open(folder) as index:
        index.add(shelf.articles)
        yield Bot(index, *([model] if model else []), judge=judge)


@contextmanager
def _nothing() -> Iterator[None]:
    yield None


def _shown(bot: Bot, way: str, question: GoldQuestion) -> tuple[bool, bool, dict[str, float]]:
    """Whether its language is read, whether it is answerable, and its signals by name with those of the draft."""
    model = bot._models[0] if bot._models else None
    asked = bot.begin(question.text).asked
    hits = bot.index.search(question.text, PASSAGES)
    found = find(bot.index, question.text, hits, model.budget if model else BUDGET, bot.pipeline.judge, Clock())
    speaker = bot.pipeline.generator
    seen = speaker.signals(found, model)
    if model and model.small:
        return found.readable, question.answerable, _pointed(bot, model, found, seen).named()
    drafts = list(_drafts(bot, way, question, found))
    proofs = [speaker.shelf(asked, found).prove(each, question.text) for each in drafts]
    right = [(each, proof) for each, proof in zip(drafts, proofs, strict=True) if proof.state is State.SUPPORTED]
    if right:
        sentence, proof = right[0]
        (relevant,) = bot.pipeline.judge.answers(question.text, [claimed(sentence, question.text)])
        seen = seen.of_draft(proof.support, relevant)
    return found.readable, question.answerable, seen.named()


def _pointed(bot: Bot, model: Model, found: EvidencePool, seen: Signals) -> Signals:
    """The signals with those of the first sentence that the draft of a small model points to."""
    if not found.chosen or far(seen):
        return seen
    for sentence in (each.words for each, _ in bot.pipeline.generator.drafted(found, model)):
        if declines(sentence):
            break
        if quote := pointed(sentence, found):
            return bot.pipeline.generator.of_quote(seen, quote, found)
    return seen


def _drafts(bot: Bot, way: str, question: GoldQuestion, found: EvidencePool) -> Iterator[str]:
    """The sentences of the answer that is given in that way."""
    if not found.chosen:
        return
    if way == "written" and crc32(question.id.encode()) % 4 == 0 and not question.answerable:
        yield found.chosen[-1].text  # what answers something else
        return
    if way == "written":
        holding = [each for each in found.sentences if holds(each.text, question.spans)]
        own = max(holding, key=lambda each: each.score, default=None) if question.answerable else write.best(found)
        yield from [own.text] if own else []
        return
    draft = bot.pipeline.generator.drafted(found, bot._models[0] if bot._models else None)
    yield from (sentence.words for sentence, _ in draft)


def _fit(way: str, seen: Sequence[SeenQuestion], lost: float) -> dict[str, Any]:
    """The regression in which each set weighs the same, without what would have a negative weight; and the greatest
    threshold that refuses no more of the answerable than the share that may be `lost`."""
    signals, everything = list(SIGNALS[way]), seen
    seen = [each for each in seen if each.set not in REPORTED]
    answerable = np.array([each.answerable for each in seen])
    counts = {each.set: sum(other.set == each.set for other in seen) for each in seen}
    weights = np.array([1 / counts[each.set] ** 0.5 for each in seen])
    while True:
        calibration = _regression(signals, seen, answerable, weights)
        negative = [name for name, weight in calibration.weights.items() if weight < 0]
        if not negative:
            break
        signals = [name for name in signals if name not in negative]
    confidences = np.array([calibration.confidence(each.named) for each in seen])

    def threshold(refused: float) -> float:
        tried = np.arange(0.95, 0.0, -STEP)
        return round(
            float(next((each for each in tried if np.mean(confidences[answerable] < each) <= refused), 0.0)), 3
        )

    found: dict[str, Any] = {
        "bias": calibration.bias,
        "weights": dict(calibration.weights),
        "threshold": threshold(lost),
    }
    if way in UNSURE:
        found["unsure"] = threshold(UNSURE[way])
    return {**found, "figures": _figures(found, everything)}


def _regression(
    signals: Sequence[str], seen: Sequence[SeenQuestion], answerable: NDArray[Any], weights: NDArray[Any]
) -> Calibration:
    from sklearn.linear_model import LogisticRegression

    matrix = np.array([[each.named.get(signal, 0.0) for signal in signals] for each in seen])
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0) + 1e-9
    model = LogisticRegression(C=STRENGTH).fit((matrix - mean) / spread, answerable, sample_weight=weights)
    slopes = model.coef_[0] / spread
    bias = float(model.intercept_[0] - slopes @ mean)
    rounded = {signal: round(float(slope), 4) for signal, slope in zip(signals, slopes, strict=True)}
    return Calibration(round(bias, 4), rounded, 0.0)


def _figures(fits: Mapping[str, Any], seen: Sequence[SeenQuestion]) -> dict[str, dict[str, float]]:
    """By set: the AUC, and the shares refused, or answered by the nearest passage, of the answerable and of the
    unanswerable."""
    from sklearn.metrics import roc_auc_score

    calibration = Calibration(fits["bias"], fits["weights"], fits["threshold"])
    figures = {}
    for group in dict.fromkeys(each.set for each in seen):
        own = [each for each in seen if each.set == group]
        yes = np.array([each.answerable for each in own])
        confidences = np.array([calibration.confidence(each.named) for each in own])
        refused = confidences < fits.get("unsure", calibration.threshold)
        nearest = ~refused & (confidences < calibration.threshold)
        figures[group] = {
            "questions": len(own),
            "AUC": round(float(roc_auc_score(yes, confidences)), 3) if 0 < yes.sum() < len(yes) else 0.0,
            **{
                f"{what} of the {which}": round(float(told[some].mean()), 3) if some.any() else 0.0
                for what, told in (("refused", refused), ("nearest passage", nearest))
                for which, some in (("answerable", yes), ("unanswerable", ~yes))
            },
        }
    return figures


def _report(name: str, fit: Mapping[str, Any]) -> str:
    figures = fit.get("figures", {})
    head = ["set", *next(iter(figures.values()), {})]
    rows = [[group, *figures.get(group, {}).values()] for group in figures]
    return f"## {name}, from {fit['threshold']}\n\n{table(head, rows)}\n"
