"""What is found in the Chinese set without a model, and what is answered: `python -m tests.bench.chinese [--show]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory

from bot.answering.bot import Bot
from bot.training.asked import GoldQuestion, GoldSet
from bot.training.chinese import shelf
from bot.training.sets import in_fitting_half
from bot.training.table import table
from bot.types import Answer, Evidence, Status
from index import Index


@dataclass(frozen=True, slots=True)
class Found:
    """A question and what came of it."""

    asked: GoldQuestion
    answer: Answer

    @property
    def article_first(self) -> bool:
        return bool(self.answer.hits) and self.answer.hits[0].passage.article_id == self.asked.gold

    @property
    def in_evidence(self) -> bool:
        return any(self._answers(each) for each in self.answer.evidence)

    @property
    def in_best(self) -> bool:
        """Whether the best sentence of the evidence holds the answer."""
        return bool(self.answer.evidence) and self._answers(max(self.answer.evidence, key=lambda each: each.score))

    @property
    def answered(self) -> bool:
        return self.answer.status in (Status.ANSWERED, Status.PARTIAL)

    def _answers(self, sentence: Evidence) -> bool:
        return sentence.article_id == self.asked.gold and any(span in sentence.text for span in self.asked.spans)


MEASURES: dict[str, Callable[[Found], bool]] = {
    "its article is the first hit": lambda found: found.article_first,
    "the answer is in the evidence": lambda found: found.in_evidence,
    "the answer is in the best sentence": lambda found: found.in_best,
    "answered": lambda found: found.answered,
}


def ask(articles_and_questions: GoldSet, store: Path) -> list[Found]:
    with Index.open(store) as index:
        index.add(articles_and_questions.articles)
        bot = Bot(index)
        return [Found(asked, bot.answer(asked.text)) for asked in articles_and_questions.questions]


def report(found: Sequence[Found]) -> str:
    head = ["of the answerable", "fit half", "other half", "all"]
    with_answer, without = ([each for each in found if each.asked.answerable is kind] for kind in (True, False))
    lines = [[name, *_shares(with_answer, measure)] for name, measure in MEASURES.items()]
    refused = [["refused", *_shares(without, lambda each: not each.answered)]]
    return f"{table(head, lines)}\n\n{table(['of the unanswerable', *head[1:]], refused)}"


def shown(found: Sequence[Found]) -> Iterator[str]:
    """The questions whose answer is not in the best sentence, each with that sentence."""
    for each in found:
        if each.asked.answerable and not each.in_best:
            best = max(each.answer.evidence, key=lambda sentence: sentence.score, default=None)
            where = "in other evidence" if each.in_evidence else "not in the evidence"
            yield f"{each.asked.id} {each.asked.text} {each.asked.spans[0]} ({where})"
            yield f"    {best.article_id}: {best.text}" if best else "    no evidence"


def _shares(found: Sequence[Found], measure: Callable[[Found], bool]) -> list[str]:
    halves = [[each for each in found if in_fitting_half(each.asked.half_by) is half] for half in (True, False)]
    return [f"{mean(map(measure, part)):.3f}" for part in (*halves, found)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.chinese", description=__doc__)
    parser.add_argument("--show", action="store_true", help="the questions whose answer is not in the best sentence")
    given = parser.parse_args()
    with TemporaryDirectory() as store:
        found = ask(shelf(), Path(store))
    sys.stdout.write(report(found) + "\n")
    if given.show:
        sys.stdout.write("\n" + "\n".join(shown(found)) + "\n")


if __name__ == "__main__":
    main()
