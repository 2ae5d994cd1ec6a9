"""Questions of two parts, and follow-ups, without a language model: `python -m tests.bench.two_parts [--show]`.

Asks the questions of `tests/data/two_parts.jsonl` of all its articles together. Beside them stand single questions that
join two things by a conjunction: they should not get more sentences. A follow-up is asked after its earlier question,
without an answer.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory

from bot import Bot
from bot.training.sets import rows
from bot.training.table import table
from bot.types import Answer, Turn
from index import Article, Index
from tests.bench.scores import share

ROWS = Path(__file__).parents[1] / "data" / "two_parts.jsonl"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, the article and the sentences that answer each of its parts, and its language."""

    text: str
    article: Article
    sentences: tuple[tuple[str, ...], ...]  # by part
    language: str
    after: str | None = None  # the question before a follow-up


@dataclass(frozen=True, slots=True)
class Reply:
    asked: Asked
    answer: Answer

    @property
    def told(self) -> list[bool]:
        """Of each part, whether a sentence that answers it is quoted."""
        quotes = {each.quote for each in self.answer.citations}
        return [bool(quotes.intersection(part)) for part in self.asked.sentences]

    @property
    def beside(self) -> int:
        """How many sentences are given that answer no part."""
        right = {each for part in self.asked.sentences for each in part}
        return sum(each.quote not in right for each in self.answer.citations)


def read() -> Iterator[Asked]:
    for place, row in enumerate(rows(ROWS)):
        article = Article(
            f"two parts/{place}",
            row["title"],
            " ".join(row["sentences"]),
            published=date.fromisoformat(row["day"]),
            language=row["language"],
        )
        for each in row["questions"]:
            sentences = tuple(tuple(row["sentences"][by] for by in part) for part in each["by"])
            yield Asked(each["text"], article, sentences, row["language"], each.get("after"))


def replies(asked: Sequence[Asked]) -> list[Reply]:
    with TemporaryDirectory() as folder, Index.open(folder) as index:
        index.add(list({each.article.id: each.article for each in asked}.values()))
        bot = Bot(index)
        return [Reply(each, bot.answer(each.text, [Turn(each.after)] if each.after else [])) for each in asked]


def report(found: Sequence[Reply]) -> str:
    two = [each for each in found if len(each.asked.sentences) > 1]
    lines = []
    for name, some in {
        "two parts": two,
        "in English": [each for each in two if each.asked.language == "en"],
        "in other languages": [each for each in two if each.asked.language != "en"],
        "single": [each for each in found if len(each.asked.sentences) == 1 and not each.asked.after],
        "follow-ups": [each for each in found if each.asked.after],
    }.items():
        lines.append(
            [
                name,
                str(len(some)),
                str(share(all(each.told) for each in some)),
                str(share(any(each.told) for each in some)),
                f"{fmean(len(each.answer.citations) for each in some):.2f}",
                f"{fmean(each.beside for each in some):.2f}",
                str(share(each.answer.status == "partial" for each in some)),
            ]
        )
    head = ["questions", "number", "all parts quoted", "one part or more", "quotes", "of these beside", "partial"]
    return table(head, lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.two_parts", description=__doc__)
    parser.add_argument("--show", action="store_true", help="print the answers that miss a part")
    given = parser.parse_args()
    found = replies(list(read()))
    sys.stdout.write(f"{report(found)}\n")
    for each in found if given.show else []:
        if not all(each.told) or each.beside:
            sys.stdout.write(f"\n{each.asked.text} {each.told}\n  {each.answer.status}: {each.answer.text}\n")


if __name__ == "__main__":
    main()
