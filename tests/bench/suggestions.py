"""Questions to go on with: `python -m tests.bench.suggestions [--model SPEC] [--answers SPEC] [--n COUNT]`.

Asks questions about the shipped articles, then has the model write what to ask next. Prints what is offered, for a
person to read, and what it takes: sentences tried, the share of questions that were answered beforehand by their
article, tokens, seconds.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from time import perf_counter

from bot import Bot
from bot.config import shipped
from bot.model import open_model
from bot.model.chain import first_line
from bot.suggestions.follow_ups import follow_ups
from bot.training.table import table
from bot.types import Answer, Complete, Intent, Prompt, Status, Usage
from index import Index
from index.load import read

QUESTIONS = (
    "How many warheads did SIPRI count in China in January 2020?",
    "When did New START enter into force?",
    "How many deployed warheads does New START allow each side?",
    "Who led the Russian delegation at the Vienna talks of June 2020?",
    "Why did the United States leave the INF Treaty?",
    "Tell me about russia",
    "What's happening with Huawei in Britain?",
    "Give me an overview of the US-China phase one trade deal",
    "When does all Huawei equipment have to be gone from British networks?",
    "How many Indian soldiers were killed in the Galwan valley?",
    "And how did China explain its own losses?",
    "Who announced the closing of the consulate in Houston?",
    "What did China do in return for the closed consulate?",
    "How long is the Power of Siberia pipeline?",
    "Who paid for Nord Stream 2?",
    "Why does the US sanction Nord Stream 2?",
    "What is the Open Skies Treaty?",
    "When did Russia leave the Open Skies Treaty?",
    "how many soldiers marched in the moscow parade",
    "Which countries sent troops to Moscow's Victory Parade?",
    "Summarise what the articles say about New START",
    "What did the World Health Assembly ask for?",
    "Why did Trump want to leave the WHO?",
    "Who reversed the US withdrawal from the WHO?",
    "What does the 2001 treaty between China and Russia say about attacks on one of them?",
    "By how long was the China-Russia treaty extended?",
    "What did Yang Jin argue?",
    "How often did Xi and Putin talk on the phone in 2020?",
    "What does the Hong Kong security law punish?",
    "What did Pompeo say about the South China Sea?",
    "List the sanctions that are in force against Russia",
    "Compare New START and the INF Treaty",
    "What happened to relations between India and China in 2020?",
    "How much of the promised goods did China buy?",
    "When was the phase one deal signed?",
    "How many nuclear warheads does the Pentagon say China has?",
    "Is there anything about the war anniversary disputes?",
    "新削减战略武器条约延长到什么时候？",
    "美国什么时候正式退出世界卫生组织？",
    "Does Russia still keep to the limits of New START?",
)


@dataclass(slots=True)
class Offered:
    """A question, what a model wrote after its answer, what was asked beforehand, and what was offered."""

    question: str
    written: list[str] = field(default_factory=list)
    tried: list[Answer] = field(default_factory=list)
    suggestions: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0


def offered(answer: Answer, index: Index, complete: Complete, quoting: Bot) -> Offered:
    """What is offered after an answer."""
    found = Offered(answer.question)

    def write(prompt: Prompt) -> Generator[str]:
        with closing(complete(prompt)) as words:
            found.written.append(first_line(words))
        yield found.written[-1]

    def answers(question: str) -> Answer:
        found.tried.append(quoting.answer(question, request=Intent.SHORT))
        return found.tried[-1]

    began = perf_counter()
    found.suggestions = tuple(follow_ups(answer, [], index, write, answers))
    found.seconds = perf_counter() - began
    return found


def shown(found: Offered) -> str:
    """What was written, each with what became of it: offered, asked beforehand, or dropped before that."""
    tried = {each.question: each for each in found.tried}
    lines = []
    for each in found.written:
        said = f"{tried[each].status}: {tried[each].text}" if each in tried else "not asked"
        lines.append(f"  {'+' if each in found.suggestions else '-'} {each}\n      {said}")
    return "\n".join([found.question, *lines])


def figures(found: list[Offered]) -> str:
    tried = [each for one in found for each in one.tried]
    answered = sum(each.status is Status.ANSWERED for each in tried)
    usage = sum((each.usage for each in found), Usage())
    count = len(found)
    rows = [
        ["answers", count],
        ["suggestions", sum(len(each.suggestions) for each in found)],
        ["answers without any", sum(not each.suggestions for each in found)],
        ["questions written", sum(len(each.written) for each in found)],
        ["asked beforehand", len(tried)],
        ["of these answered", f"{answered / max(len(tried), 1):.0%}"],
        ["tokens read, an answer", round(usage.read / count)],
        ["tokens from the cache, an answer", round(usage.cached / count)],
        ["tokens written, an answer", round(usage.written / count)],
        ["seconds, an answer", f"{fmean(each.seconds for each in found):.1f}"],
    ]
    return table(["", ""], rows)  # type: ignore[arg-type]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.suggestions", description=__doc__)
    parser.add_argument("--model", default="local", help="what writes the suggestions")
    parser.add_argument("--answers", default="extractive", help="what writes the answers")
    parser.add_argument("--n", type=int, default=len(QUESTIONS), help="how many questions")
    asked = parser.parse_args()
    writer = open_model(asked.model).models[0]
    with TemporaryDirectory() as folder, Index.open(Path(folder) / "store") as index:
        index.add(read([str(shipped("seeds"))]))
        opened = open_model(asked.answers)
        bot, found = Bot(index, *opened.models, quotes=opened.quotes), list[Offered]()
        for question in QUESTIONS[: asked.n]:
            answer, before = bot.answer(question), writer.usage()
            if answer.status in (Status.ANSWERED, Status.PARTIAL):
                found.append(offered(answer, index, writer.idle or writer.complete, bot.quoting()))
                found[-1].usage = writer.usage() - before
                sys.stdout.write(f"{shown(found[-1])}\n")
                sys.stdout.flush()
        sys.stdout.write(f"\n{figures(found)}\n")


if __name__ == "__main__":
    main()
