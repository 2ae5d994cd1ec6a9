"""Parallel questions: the same ones about `seeds/` in four languages, most of the articles in English.

`python -m tests.bench.languages [--model local|extractive|…] [--embedder NAME] [--searched]`

Prints for each language how often the right article comes first in the search, and, unless only `--searched`, how often
the answer has the fact with a quote of that article, how often another one, how often it is refused; and of questions
that no article answers, how many are refused. `tests/data/parallel.jsonl` has the questions.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

from bot import Bot
from bot.config import Config, shipped
from bot.model import open_model
from bot.training.sets import rows
from bot.training.table import table
from bot.types import Answer, Status
from index import Index
from index.embed import named
from index.load import read

ROWS = Path(__file__).parents[1] / "data" / "parallel.jsonl"

Figures = dict[str, list[bool]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.languages", description=__doc__)
    parser.add_argument("--model", default="extractive")
    parser.add_argument("--embedder", default=Config().embedder, help="as in byline.toml")
    parser.add_argument("--searched", action="store_true", help="ask nothing, only search")
    given = parser.parse_args()
    found: dict[str, Figures] = defaultdict(lambda: defaultdict(list))
    with TemporaryDirectory() as folder, Index.open(folder, embedder=named(given.embedder)) as index:
        index.add(read([shipped("seeds")]))
        opened = open_model(given.model)
        bot = Bot(index, *opened.models, quotes=opened.quotes)
        asked = list(rows(ROWS))
        for place, row in enumerate(asked, 1):
            for name, holds in _seen(bot, row, given.searched):
                found[row["language"]][name].append(holds)
            sys.stderr.write(f"\r{place}/{len(asked)} questions ")
    sys.stdout.write(f"{_report(found)}\n")


def _seen(bot: Bot, row: dict[str, Any], searched: bool) -> Iterator[tuple[str, bool]]:
    if row["article"]:
        hits = bot.index.search(row["question"], 1)
        yield "right article first", any(hit.passage.article_id == row["article"] for hit in hits)
    if searched:
        return
    answer = bot.answer(row["question"])
    refused = answer.status is Status.REFUSED
    if row["article"] is None:
        yield "refused, of the unanswerable", refused
        return
    right = _right(answer, row["article"], row["facts"])
    yield "answered right", right
    yield "answered otherwise", not right and not refused
    yield "refused", refused


def _right(answer: Answer, article: str, facts: Sequence[str]) -> bool:
    """Whether a quote of the article has one of the facts."""
    return any(each.article_id == article and any(fact in each.quote for fact in facts) for each in answer.citations)


def _report(found: dict[str, Figures]) -> str:
    names = list(dict.fromkeys(name for figures in found.values() for name in figures))
    lines = [
        [language, *(f"{fmean(figures[name]):.2f} of {len(figures[name])}" for name in names)]
        for language, figures in found.items()
    ]
    return table(["questions in", *names], lines)


if __name__ == "__main__":
    main()
