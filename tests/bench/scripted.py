"""A perfect model that cites: `python -m tests.bench.scripted --data DIR [--limit N] [--verify WAY] [--show ROW]`.

A model says what people answered to the questions of ClapNQ. It gives each sentence the numbers of the sentences in the
prompt with which it shares most words. These answers are right, so that what Byline drops or refuses is its own loss.
Answers whose passage is not in the prompt are told and not counted.

With `--verify model` the same model takes the second look, and goes by shared words alone: it is no strict reader.
`off` shows what code says, `judge` what the judge says. `tests.bench.perfect` has a model that does not cite.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from bot import Bot
from bot.answering.write.draft import strip_marks
from bot.training.table import table
from bot.types import Answer, Model, Prompt, Sentence, Status, Verify
from bot.wording import worded
from index import Article, Index
from tests.bench.overlap import Writer
from tests.bench.perfect import SEED, Human, Row, read_articles, read_humans

BUDGET = 6_000  # tokens of evidence, as a hosted model has


@dataclass(frozen=True, slots=True)
class Told:
    """A person's answer, and what Byline makes of it."""

    human: Human
    answer: Answer
    present: bool  # whether the passage that it is from was in the prompt

    @property
    def refused(self) -> bool:
        return self.answer.status is Status.REFUSED

    @property
    def lost(self) -> list[str]:
        """The sentences that people do not see as they are."""
        shown = " ".join(strip_marks(self.answer.text).split())
        return [each for each in self.human.sentences if self.refused or " ".join(each.split()) not in shown]


def asked(data: Path, limit: int, verify: Verify) -> Iterator[Told]:
    """Each answer of the first questions of a draw."""
    articles = read_articles(data / "clapnq")
    humans = [human for people in read_humans(data / "clapnq", limit, SEED) for human in people]
    with TemporaryDirectory() as store, Index.open(store) as index:
        index.add(articles.values())
        for human in humans:
            yield ask(index, human, articles, verify)


def ask(index: Index, human: Human, articles: Mapping[str, Article], verify: Verify = "model") -> Told:
    writer = Writer({human.question: human.sentences}, least=0.0)
    model = Model("human", writer.complete, cites=True, remote=True, budget=BUDGET)
    answer = Bot(index, model, verify=verify).answer(human.question)
    return Told(human, answer, any(present(each, articles[human.id], articles) for each in writer.prompts[:1]))


def present(prompt: Prompt, gold: Article, articles: Mapping[str, Article]) -> bool:
    """Whether a prompt has sentences of the article, or of its twin: some are there twice."""
    shown = {sentence.article_id for each in prompt.excerpts for sentence in each.sentences}
    return any(each == gold.id or articles[each].text == gold.text for each in shown)


def rows(told: Sequence[Told]) -> dict[str, Row]:
    """The shares, with what is behind them."""
    found = {
        "kept": Row("sentences kept as they are", "≥ .97"),
        "refused": Row("answers refused", "≤ .02"),
        "supported": Row("sentences shown as supported", ""),
        "absent": Row("answers whose passage is not in the prompt: not counted above", ""),
        "failed": Row("answers failed: not counted above", "≤ 0"),
    }
    for each in told:
        failed = each.answer.status is Status.FAILED
        found["failed"].count(failed, _shown(each, []))
        if failed:
            continue
        found["absent"].count(not each.present, "" if each.present else _shown(each, []))
        if each.present:
            _count(each, found)
    return found


def _count(told: Told, found: Mapping[str, Row]) -> None:
    lost = told.lost
    found["refused"].count(told.refused, _shown(told, []))
    for sentence in told.human.sentences:
        found["kept"].count(sentence not in lost, _shown(told, [sentence]) if sentence in lost else "")
    for shown in told.answer.sentences:
        found["supported"].count(not shown.unproved, _unproved(told, shown) if shown.unproved else "")


def states(told: Sequence[Told]) -> Counter[str]:
    """The sentences that are shown, by state and reason."""
    every = (sentence for each in told if each.present for sentence in each.answer.sentences)
    return Counter(f"{each.state}{f': {each.reason.name}' if each.reason else ''}" for each in every)


def _shown(told: Told, sentences: Sequence[str]) -> str:
    became = worded(told.answer.reason) if told.answer.reason else " / ".join(s.text for s in told.answer.sentences)
    what = " ".join(sentences or told.human.sentences)
    return f"{told.human.question} ({told.human.id})\n  wrote: {what}\n  {told.answer.status}: {became}"


def _unproved(told: Told, sentence: Sentence) -> str:
    quotes = [each.quote for each in told.answer.citations if each.mark in sentence.citations]
    reason = sentence.reason.name if sentence.reason else ""
    lines = [f"{told.human.question} ({told.human.id})", f"  {sentence.state} {reason}: {sentence.text}"]
    return "\n".join([*lines, *(f"    > {each}" for each in quotes)])


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.scripted", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the measuring sets")
    parser.add_argument("--limit", type=int, default=150, help="questions, at most")
    parser.add_argument("--verify", choices=get_args(Verify), default="model", help="who takes the second look")
    parser.add_argument("--show", choices=[*rows([])], action="append", default=[], help="print what is behind a row")
    given = parser.parse_args()
    told = list(asked(given.data, given.limit, given.verify))
    found = rows(told)
    say(table(["what", "number", "share", "95 %", "goal"], (row.cells()[:5] for row in found.values())))
    say(f"\nsentences shown: {', '.join(f'{what} {count}' for what, count in states(told).most_common())}")
    for name in given.show:
        say(f"\n## {name}: {len(found[name].shown)}\n\n" + "\n".join(f"- {each}" for each in found[name].shown))


if __name__ == "__main__":
    main()
