"""The decision to answer or to refuse, fitted again: `make fit-decision DATA=DIR`, or this module with `--data DIR`.

Asks questions of the measuring sets with the real search and the real judge, and fits
`bot/classifiers/calibration.json` on the questions that `tests.bench.asked` calls `fit`, on which neither the judge nor
the probe was trained. There are three ways of answering: `quoted`, without a model; `written`, by any model, whose part
is played by a sentence that holds the gold answer, or by the likeliest sentence where there is none; `probed`, by the
local model, which is slow (`--ways quoted,written` leaves it as it is) and whose replies are kept. What was seen is
kept beside the cache and read again (`--fresh`: anew).

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
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from zlib import crc32

import numpy as np

from bot.answering.bot import PASSAGES, Bot
from bot.answering.decide import Signals, far
from bot.answering.flow import BUDGET, Clock, Found
from bot.answering.prove import claimed
from bot.answering.retrieve import find
from bot.answering.write import draft as write
from bot.answering.write.generate import declines
from bot.answering.write.small import pointed
from bot.classifiers import calibration as calibrate
from bot.classifiers.calibration import Calibration
from bot.judge import Judge
from bot.judge.encoder import FILE as ENCODER
from bot.judge.judge import CALIBRATION
from bot.model import open_model
from bot.types import Model, State
from index import Index
from tests.bench import chinese as chinese_set
from tests.bench.asked import Asked as Question
from tests.bench.asked import Half, Shelf, draw, shelves
from tests.bench.contrast import CHANGES, NAME
from tests.bench.recorded import Recording
from tests.bench.retrieval import default_cache
from tests.bench.scores import holds
from tests.bench.table import table

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
class Seen:
    """What was seen of one question and its draft."""

    way: str
    set: str
    id: str
    readable: bool
    answerable: bool
    named: dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fit_decision", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--ways", default="quoted,written,probed")
    parser.add_argument("--n", type=int, default=1000, help="questions of a set and kind, at most")
    parser.add_argument("--fresh", action="store_true", help="read everything again")
    parser.add_argument("--dry", action="store_true", help="write no file")
    asked = parser.parse_args()
    ways = asked.ways.split(",")
    stamp = crc32(b"".join(each.read_bytes() for each in (ENCODER, CALIBRATION, calibrate.ADAPTER) if each.exists()))
    kept = default_cache() / f"decisions-{stamp:08x}.jsonl"
    if asked.fresh:
        kept.unlink(missing_ok=True)
    seen = [each for way in ways for each in _seen(asked.data, way, asked.n, kept)]
    fits: dict[str, Any] = json.loads(calibrate.FILE.read_text(encoding="utf-8"))
    for way in ways:
        # What is far from the question is refused before a model reads it.
        of_way = [each for each in seen if each.way == way and each.named.keys() >= set(SIGNALS[way])]
        for readable in (True, False):
            own = [each for each in of_way if each.readable is readable]
            fits[f"{way}-{'read' if readable else 'unread'}"] = _fit(
                way, own if len(own) >= FEW else of_way, (LOST if readable else LOST_UNREAD)[way]
            )
    sys.stdout.write("\n".join(_report(name, fit) for name, fit in fits.items()) + "\n")
    if not asked.dry:
        calibrate.FILE.write_text(json.dumps(fits, indent=2) + "\n", encoding="utf-8")


def _seen(data: Path, way: str, number: int, kept: Path) -> Iterator[Seen]:
    """What every question shows, from the file or new."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    known = {(each.way, each.set, each.id): each for each in _read(kept)}
    model = Recording(open_model("local").models[0], default_cache() / "replies").model() if way == "probed" else None
    judge = Judge.load()
    started, done = perf_counter(), 0
    for name, shelf in _jobs(data, way, number):
        missing = [each for each in shelf.questions if (way, name, each.id) not in known]
        with opened(shelf, model, judge) if missing else _nothing() as bot, kept.open("a", encoding="utf-8") as file:
            for each in missing:
                found = Seen(way, name, each.id, *_shown(bot, way, each))
                file.write(json.dumps(astuple(found)) + "\n")
                file.flush()
                known[way, name, each.id] = found
                done += 1
                sys.stderr.write(f"\r{way} {name} {done}, {(perf_counter() - started) / done:.1f} s each ")
        yield from (known[way, name, each.id] for each in shelf.questions)


def _read(kept: Path) -> Iterator[Seen]:
    if kept.exists():
        with kept.open(encoding="utf-8") as lines:
            yield from (Seen(*json.loads(line)) for line in lines)


def _jobs(data: Path, way: str, number: int, half: Half = "fit") -> Iterator[tuple[str, Shelf]]:
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
            yield name, Shelf(whole.articles, tuple(draw(whole.questions, min(number, largest), SEED)))


def _elsewhere(data: Path, number: int) -> Shelf:
    """Questions about news, asked of the articles of squad2, which do not answer them."""
    (articles,) = shelves(data, "squad2", 1, SEED, "fit")
    (news,) = shelves(data, "multihop_rag", number, SEED, "train")
    asked = (replace(each, id=f"elsewhere/{each.id}", answerable=False) for each in news.questions[:number])
    return Shelf(articles.articles, tuple(asked))


def _elsewhere_in_chinese(data: Path, number: int) -> Shelf:
    """Questions of other Chinese sets, asked of the articles of ours, which do not answer them."""
    with lzma.open(data / "train" / "answers.jsonl.xz", "rt", encoding="utf-8") as lines:
        found = {row["question"] for row in map(json.loads, lines) if row["source"].startswith(CHINESE)}
    drawn = Random(SEED).sample(sorted(found), number)
    asked = (Question(f"chinese elsewhere/{place}", text, answerable=False) for place, text in enumerate(drawn))
    return Shelf(chinese_set.shelf().articles, tuple(asked))


def _renamed(data: Path, number: int) -> Shelf:
    """Questions that articles answer, about somebody or something else that they do not tell of."""
    (shelf,) = shelves(data, "squad2", 2 * number, SEED, "fit")
    asked = [each for each in shelf.questions if each.answerable]
    names = sorted({name for each in asked for name in NAME.findall(each.text)})
    chooses = Random(SEED)
    made = ((each, CHANGES["name"](each.text, chooses, names)) for each in asked)
    others = [replace(each, id=f"renamed/{each.id}", text=text, answerable=False) for each, text in made if text]
    return Shelf(shelf.articles, tuple(others[:number]))


@contextmanager
def opened(shelf: Shelf, model: Model | None, judge: Judge | None = None) -> Iterator[Bot]:
    """A bot with an index of the shelf's articles."""
    with TemporaryDirectory() as folder, Index.open(folder) as index:
        index.add(shelf.articles)
        yield Bot(index, *([model] if model else []), judge=judge)


@contextmanager
def _nothing() -> Iterator[None]:
    yield None


def _shown(bot: Bot, way: str, question: Question) -> tuple[bool, bool, dict[str, float]]:
    """Whether its language is read, whether it is answerable, and its signals by name with those of the draft."""
    model = bot._models[0] if bot._models else None
    asked = bot.begin(question.text).asked
    hits = bot.index.search(question.text, PASSAGES)
    found = find(bot.index, question.text, hits, model.budget if model else BUDGET, bot._judge, Clock())
    speaker = bot._speaker
    seen = speaker.signals(found, model)
    if model and model.small:
        return found.readable, question.answerable, _pointed(bot, model, found, seen).named()
    drafts = list(_drafts(bot, way, question, found))
    proofs = [speaker.shelf(asked, found).prove(each, question.text) for each in drafts]
    right = [(each, proof) for each, proof in zip(drafts, proofs, strict=True) if proof.state is State.SUPPORTED]
    if right:
        sentence, proof = right[0]
        (relevant,) = bot._judge.answers(question.text, [claimed(sentence, question.text)])
        seen = seen.of_draft(proof.support, relevant)
    return found.readable, question.answerable, seen.named()


def _pointed(bot: Bot, model: Model, found: Found, seen: Signals) -> Signals:
    """The signals with those of the first sentence that the draft of a small model points to."""
    if not found.chosen or far(seen):
        return seen
    for sentence in (each.words for each, _ in bot._speaker.drafted(found, model)):
        if declines(sentence):
            break
        if quote := pointed(sentence, found):
            return bot._speaker.of_quote(seen, quote, found)
    return seen


def _drafts(bot: Bot, way: str, question: Question, found: Found) -> Iterator[str]:
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
    draft = bot._speaker.drafted(found, bot._models[0] if bot._models else None)
    yield from (sentence.words for sentence, _ in draft)


def _fit(way: str, seen: Sequence[Seen], lost: float) -> dict[str, Any]:
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

    fitted = {"bias": calibration.bias, "weights": dict(calibration.weights), "threshold": threshold(lost)}
    if way in UNSURE:
        fitted["unsure"] = threshold(UNSURE[way])
    return {**fitted, "figures": _figures(fitted, everything)}


def _regression(
    signals: Sequence[str], seen: Sequence[Seen], answerable: np.ndarray, weights: np.ndarray
) -> Calibration:
    from sklearn.linear_model import LogisticRegression

    matrix = np.array([[each.named.get(signal, 0.0) for signal in signals] for each in seen])
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0) + 1e-9
    model = LogisticRegression(C=STRENGTH).fit((matrix - mean) / spread, answerable, sample_weight=weights)
    slopes = model.coef_[0] / spread
    bias = float(model.intercept_[0] - slopes @ mean)
    rounded = {signal: round(float(slope), 4) for signal, slope in zip(signals, slopes, strict=True)}
    return Calibration(round(bias, 4), rounded, 0.0)


def _figures(fitted: Mapping[str, Any], seen: Sequence[Seen]) -> dict[str, dict[str, float]]:
    """By set: the AUC, and the shares refused, or answered by the nearest passage, of the answerable and of the
    unanswerable."""
    from sklearn.metrics import roc_auc_score

    calibration = Calibration(fitted["bias"], fitted["weights"], fitted["threshold"])
    figures = {}
    for group in dict.fromkeys(each.set for each in seen):
        own = [each for each in seen if each.set == group]
        yes = np.array([each.answerable for each in own])
        confidences = np.array([calibration.confidence(each.named) for each in own])
        refused = confidences < fitted.get("unsure", calibration.threshold)
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


if __name__ == "__main__":
    main()
