"""How well a text is checked: `python -m tests.bench.verify --data DIR [--n N]`.

The sentences are those that people wrote about the 300 articles of ClapNQ, and the same made wrong in one place, as in
`tests.bench.perfect`. Each is checked after the sentence before it, without any question. A sentence that people wrote
is true; one that was made wrong is not. A share is printed with its 95 % interval (Wilson).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean as mean
from tempfile import TemporaryDirectory
from time import perf_counter

from bot import Bot
from bot.training.table import table
from bot.types import Sentence, State
from index import Index
from tests.bench.perfect import CHANGES, SEED, Human, interval, read_articles, read_humans, words, wrong


@dataclass
class Row:
    """The states of the sentences of one kind."""

    what: str
    states: list[State] = field(default_factory=list)

    def cells(self) -> list[str]:
        shares = (self._share(each) for each in (State.SUPPORTED, State.CONTRADICTED, State.UNSUPPORTED))
        return [self.what, str(len(self.states)), *shares]

    def _share(self, state: State) -> str:
        if not self.states:
            return ""
        count, number = self.states.count(state), len(self.states)
        low, high = interval(count, number)
        return f"{count / number:.3f} ({low:.3f}–{high:.3f})"


def new_rows() -> dict[str, Row]:
    return {"true": Row("as people wrote them"), **{name: Row(kind.what) for name, kind in CHANGES.items()}}


def states(bot: Bot, before: str, sentence: str, seconds: list[float]) -> Iterator[State]:
    """Those of the parts of a sentence after the one before it: what is one sentence here may be two there. Adds the
    seconds that a sentence took."""
    begin = len(before) + 1 if before else 0
    started = perf_counter()
    report = bot.verify(f"{before} {sentence}".strip())
    seconds.append((perf_counter() - started) / report.total)
    yield from (each.state for each in report.sentences if _counted(each, begin))


def worst(found: list[State]) -> State:
    """The state of a sentence that was read as several: it is supported where all are.

    >>> str(worst([State.SUPPORTED, State.UNSUPPORTED]))
    'unsupported'
    """
    order = (State.CONTRADICTED, State.UNSUPPORTED, State.SUPPORTED)
    return min(found, key=order.index)


def count(data: Path, number: int, seed: int, found: dict[str, Row], seconds: list[float]) -> None:
    """Checks everything, one sentence after another, and fills the rows and the seconds that a sentence took."""
    articles = read_articles(data / "clapnq")
    humans = [human for some in read_humans(data / "clapnq", number, seed) for human in some]
    todo = [("true", human, place, sentence) for human in humans for place, sentence in human.counted()]
    for kind in CHANGES:
        made = wrong(kind, humans, articles, seed)
        todo += [(kind, each.human, each.place, each.changed.text) for each in made]
    with TemporaryDirectory() as store, Index.open(store) as index:
        index.add(articles.values())
        bot = Bot(index)
        for done, (kind, human, place, sentence) in enumerate(todo, start=1):
            told = list(states(bot, _before(human, place), sentence, seconds))
            found[kind].states.append(worst(told))
            if done % 20 == 0 or done == len(todo):
                sys.stderr.write(f"{done} of {len(todo)}\n")


def _before(human: Human, place: int) -> str:
    return human.sentences[place - 1] if place else ""


def _counted(sentence: Sentence, begin: int) -> bool:
    return sentence.end > begin and bool(words(sentence.text))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.verify", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the measuring sets")
    parser.add_argument("--n", type=int, default=50, help="questions whose answers are checked, at most")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    found = new_rows()
    seconds: list[float] = []
    with suppress(KeyboardInterrupt):  # Ctrl-C prints what was counted so far
        count(asked.data, asked.n, asked.seed, found, seconds)
    head = ["sentences", "number", "supported", "contradicted", "not found"]
    sys.stdout.write(f"\n{table(head, (row.cells() for row in found.values()))}\n")
    if seconds:
        sys.stdout.write(f"\n{mean(seconds):.2f} s a sentence\n")


if __name__ == "__main__":
    main()
