"""Coverage of broad requests: `python -m tests.bench.broad [--model SPEC] [--show]`.

`tests/data/broad.jsonl` has requests about the shipped articles with the facts that a good answer has, read from the
articles. A fact is covered when a supported sentence cites one of the sentences that state it. Beside it: the sentences
without support, the citations of articles that state none of the facts, the articles cited, and the facts in the four
passages that a stock chain gives its model, which is the most that its answer can state. With `--data DIR` the requests
are questions of multihop_rag that compare articles or times, asked as comparisons and timelines, with their evidence
for facts.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from statistics import fmean
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, NamedTuple

from bot import Bot
from bot.config import shipped
from bot.model import open_model
from bot.training.sets import articles as articles_of
from bot.training.sets import rows
from bot.training.survey import ROWS, states
from bot.training.table import table
from bot.types import Answer, Citation, Evidence, Intent, State
from index import Article, Index
from index.load import read
from tests.bench.stock import Given, Passages

Span = Citation | Evidence | Given  # of an article
NUMBER, SEED = 60, 20261201  # questions of multihop_rag
AS = {"comparison_query": Intent.COMPARISON, "temporal_query": Intent.TIMELINE}


class Covered(NamedTuple):
    """A request, and what became of it."""

    asked: dict[str, Any]
    answer: Answer
    facts: list[bool]
    stock: list[bool]
    seconds: float


def covered(
    asked: dict[str, Any], answer: Answer, articles: dict[str, Article], stock: Sequence[Span], seconds: float
) -> Covered:
    supported = {mark for each in answer.sentences if each.state is State.SUPPORTED for mark in each.citations}
    quotes = [each for each in answer.citations if each.mark in supported]
    told, given = ([_stated(fact, some, articles) for fact in asked["facts"]] for some in (quotes, stock))
    return Covered(asked, answer, told, given, seconds)


def of_multihop_rag(data: Path) -> tuple[list[Article], list[dict[str, Any]]]:
    """Its articles, each of one fact, and questions in the form of `tests/data/broad.jsonl`."""
    found = list(articles_of(data, "multihop_rag"))
    by_text = {each.text: each.id for each in found}
    asked = [row for row in rows(data / "multihop_rag" / "queries.jsonl") if row["question_type"] in AS]
    return found, [_row(each, by_text) for each in Random(SEED).sample(asked, NUMBER)]


def _row(asked: dict[str, Any], by_text: dict[str, str]) -> dict[str, Any]:
    facts = [{"article": by_text[each["fact"]], "text": each["fact"]} for each in asked["evidence"]]
    return {
        "request": asked["text"],
        "kind": str(AS[asked["question_type"]]),
        "language": "en",
        "facts": [{"fact": each["text"], "quotes": [each]} for each in facts],
    }


def _stated(fact: dict[str, Any], quotes: Sequence[Span], articles: dict[str, Article]) -> bool:
    return any(states(fact, quote, articles) for quote in quotes)


def report(found: Sequence[Covered]) -> str:
    groups: dict[str, list[Covered]] = defaultdict(list)
    for each in found:
        for group in ("all", each.asked["kind"], each.asked["language"]):
            groups[group].append(each)
    head = [
        "requests",
        "number",
        "facts covered",
        "in a stock chain's passages",
        "unsupported",
        "of other articles",
        "sentences",
        "articles",
        "understood",
        "seconds",
    ]
    return table(head, [[name, *_figures(some)] for name, some in groups.items()])


def _figures(found: Sequence[Covered]) -> Iterator[object]:
    sentences = [one for each in found for one in each.answer.sentences]
    loose = sum(one.state is State.UNSUPPORTED for one in sentences)
    yield len(found)
    yield f"{fmean(sum(each.facts) / len(each.facts) for each in found):.3f}"
    yield f"{fmean(sum(each.stock) / len(each.stock) for each in found):.3f}"
    yield f"{loose / max(len(sentences), 1):.3f}"
    strange = [one.article_id not in _articles(each) for each in found for one in each.answer.citations]
    yield f"{fmean(strange) if strange else 0.0:.3f}"
    yield f"{fmean(len(each.answer.sentences) for each in found):.1f}"
    yield f"{fmean(len({one.article_id for one in each.answer.citations}) for each in found):.1f}"
    yield f"{fmean(each.answer.request == each.asked['kind'] for each in found):.2f}"
    yield f"{fmean(each.seconds for each in found):.1f}"


def _articles(found: Covered) -> frozenset[str]:
    """The articles that state a fact of the request, by their ids here."""
    return frozenset(quote["article"] for fact in found.asked["facts"] for quote in fact["quotes"])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.broad", description=__doc__)
    parser.add_argument("--model", default="extractive")
    parser.add_argument("--data", type=Path, help="of the measuring sets: ask questions of multihop_rag")
    parser.add_argument("--show", action="store_true", help="print the answers, and the facts that they lack")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder, Index.open(Path(folder) / "store") as index:
        given, requests = of_multihop_rag(asked.data) if asked.data else (read([str(shipped("seeds"))]), rows(ROWS))
        index.add(given)
        articles = {each.id if asked.data else Path(each.id).stem: each for each in index.articles()}
        opened = open_model(asked.model)
        bot = Bot(index, *opened.models, quotes=opened.quotes)
        with closing(Passages(list(articles.values()))) as stock:
            found = [_asked(bot, row, articles, stock, wanted=asked.data is not None) for row in requests]
    if asked.show:
        sys.stdout.writelines(map(_shown, found))
    sys.stdout.write(f"{report(found)}\n")


def _asked(bot: Bot, row: dict[str, Any], articles: dict[str, Article], stock: Passages, *, wanted: bool) -> Covered:
    """What becomes of a request; its kind is given to the bot where it is `wanted`."""
    began = perf_counter()
    answer = bot.answer(row["request"], request=Intent(row["kind"]) if wanted else None)
    seconds = perf_counter() - began
    return covered(row, answer, articles, stock.near(row["request"]), seconds)


def _shown(found: Covered) -> str:
    lacking = [fact["fact"] for fact, told in zip(found.asked["facts"], found.facts, strict=True) if not told]
    head = f"\n## {found.asked['request']} ({found.answer.request}, {sum(found.facts)} of {len(found.facts)})\n"
    return f"{head}{found.answer.text}\nlacking: {' | '.join(lacking)}\n"


if __name__ == "__main__":
    main()
