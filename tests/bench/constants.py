"""What each constant of the answer is worth: `python -m tests.bench.constants --data DIR [--n N] [--only NAME ...]`.

Constants are those that are chosen and not fitted. Each is set to other values, one at a time, and what it decides is
measured again: the evidence by the answerable questions of SQuAD 2.0's fitting half, proofs by the pairs of true and
false sentences about the shipped articles (`tests/data/proofs/dev`). The shipped value is marked.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.answering import evidence
from bot.answering.bot import Bot
from bot.answering.decide import far, signals
from bot.answering.flow import BUDGET, Clock
from bot.answering.gather import PASSAGES
from bot.answering.retrieve import find
from bot.answering.write.draft import extract
from bot.judge import Judge
from bot.training.asked import shelves
from bot.training.table import table
from bot.types import State
from index import Index
from index.types import Article
from tests.bench.proofs import SETS, rows, shipped

Measure = Callable[[], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Constant:
    """A value of a module, what else it may be, and what is measured with it."""

    module: str
    name: str
    others: tuple[Any, ...]
    measure: str


MIX = evidence.WEIGHTS
CONSTANTS = (
    Constant(
        "bot.answering.evidence",
        "WEIGHTS",
        (
            replace(MIX, words=1.0, meaning=0.0, passage=0.0),
            replace(MIX, words=0.0, meaning=1.0, passage=0.0),
            replace(MIX, words=1 / 3, meaning=1 / 3, passage=1 / 3),
            replace(MIX, words=0.4, meaning=0.6, passage=0.0),
        ),
        "evidence",
    ),
    Constant("bot.answering.evidence", "JUDGE", (0.0, 0.25, 0.75, 1.0), "evidence"),
    Constant("bot.answering.evidence", "JUDGED", (6, 24), "evidence"),
    Constant("bot.answering.evidence", "_LEAST", (0.0, 0.5), "evidence"),
    Constant("bot.answering.evidence", "NEIGHBOUR", (0.0, 0.8), "evidence"),
    Constant("bot.answering.write.draft", "_SECOND", (0.8, 1.01), "evidence"),
    Constant("bot.answering.decide", "_FAR", (0.1, 0.3), "evidence"),
    Constant("bot.answering.prove", "_SURE", (0.8, 1.01), "proofs"),
    Constant("bot.answering.prove", "_FURTHER", (0.0, 0.6), "proofs"),
    Constant("bot.answering.prove", "_SHARED", (0.0, 0.3), "proofs"),
    Constant("bot.answering.prove", "_FRAGMENT", (2, 6), "proofs"),
    Constant("bot.answering.prove", "READ", (4, 16), "proofs"),
)
HEADS = {
    "evidence": ("in the evidence", "tokens", "quoted", "sentences", "far"),
    "proofs": ("true supported", "false supported"),
}


class Measured:
    """The measures, on what they are made of."""

    def __init__(self, data: Path, number: int, folder: Path) -> None:
        self._data, self._number, self._folder = data, number, folder
        self._judge = Judge.load()

    @cached_property
    def _shelves(self) -> list[tuple[Bot, Sequence[Any]]]:
        found = []
        for place, shelf in enumerate(shelves(self._data, "squad2", self._number, 0, "fit")):
            asked = [each for each in shelf.questions if each.answerable]
            found.append((self._asking(str(place), shelf.articles), asked))
        return found  # type: ignore[return-value]

    def evidence(self) -> tuple[str, ...]:
        """The shares of questions whose answer is in the evidence, and in the quotes; the tokens of the evidence, the
        quoted sentences, and the share of questions that no model would be asked."""
        held, spent, quoted, told, away = [], [], [], [], []
        for bot, asked in self._shelves:
            for question in asked:
                hits = bot.index.search(question.text, PASSAGES)
                found = find(bot.index, question.text, hits, BUDGET, self._judge, Clock())
                quotes = [str(each) for each in extract(found)]
                held.append(_has([each.text for each in found.chosen], question.spans))
                spent.append(sum(evidence.tokens(each.text) for each in found.chosen))
                quoted.append(_has(quotes, question.spans))
                told.append(len(quotes))
                away.append(far(signals(found)))
        return (_share(held), f"{_mean(spent):.0f}", _share(quoted), f"{_mean(told):.2f}", _share(away))

    @cached_property
    def _shipped(self) -> Bot:
        return self._asking("shipped", shipped())

    def _asking(self, name: str, articles: Iterable[Article]) -> Bot:
        index = Index.open(self._folder / name)
        index.add(articles)
        return Bot(index, judge=self._judge)

    def proofs(self) -> tuple[str, ...]:
        """The shares of true and of false sentences that are supported."""
        pairs = rows(SETS / "dev" / "pairs.jsonl")
        return tuple(_share([self._supported(row[truth]) for row in pairs]) for truth in ("true", "false"))

    def _supported(self, sentence: str) -> bool:
        return all(each.state is State.SUPPORTED for each in self._shipped.verify(sentence).sentences)


@contextmanager
def _set(constant: Constant, value: Any) -> Iterator[None]:
    module = import_module(constant.module)
    before = getattr(module, constant.name)
    setattr(module, constant.name, value)
    try:
        yield
    finally:
        setattr(module, constant.name, before)


def _has(texts: Sequence[str], spans: Sequence[str]) -> bool:
    return any(span.casefold() in text.casefold() for text in texts for span in spans)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / max(len(values), 1)


def _share(values: Sequence[bool]) -> str:
    return f"{_mean(values):.3f}"


def _named(value: Any) -> str:
    return f"{value.words:.2f}/{value.meaning:.2f}/{value.passage:.2f}" if isinstance(value, type(MIX)) else str(value)


def measured(constants: Sequence[Constant], measures: dict[str, Measure]) -> Iterator[tuple[str, ...]]:
    """A row for each value of each constant, the shipped one first and marked."""
    base: dict[str, tuple[str, ...]] = {}
    for constant in constants:
        measure = measures[constant.measure]
        shipped_value = getattr(import_module(constant.module), constant.name)
        base.setdefault(constant.measure, measure())
        yield (constant.name, f"{_named(shipped_value)} *", *base[constant.measure])
        for value in constant.others:
            with _set(constant, value):
                yield (constant.name, _named(value), *measure())


def told(found: Measured, only: Sequence[str]) -> None:
    for kind, heads in HEADS.items():
        constants = [each for each in CONSTANTS if each.measure == kind and (not only or each.name in only)]
        if constants:
            rows_of = measured(constants, {"evidence": found.evidence, "proofs": found.proofs})
            sys.stdout.write(table(("constant", "value", *heads), rows_of) + "\n\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--n", type=int, default=120, help="questions")
    parser.add_argument("--only", nargs="*", default=[], help="constants")
    given = parser.parse_args()
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        told(Measured(given.data, given.n, Path(folder)), given.only)


if __name__ == "__main__":
    main()
