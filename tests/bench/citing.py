"""What right answers cite, and how often two sides are told where there are none: SQuAD 2.0, without search or model.

Each question is answered by its gold span, put as a sentence by rule and bare, from the sentences of the ten paragraphs
of its article that have most of its words. The paragraphs are given a day and an outlet each, so that any two could
disagree; none of them does.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bot.cite import Cited, cite
from bot.entailment.support import Piece, shared
from bot.language.claim import read
from bot.types import Evidence, State
from index import Article
from index.sentence import sentences
from tests.bench.scores import holds, share
from tests.bench.support import answered, rows
from tests.bench.table import table

NEAR, CHOSEN = 10, 7  # paragraphs that are found, and sentences of them that are chosen


def report(data: Path) -> str:
    questions = [row for row in rows(data / "squad2" / "questions.jsonl") if row["answerable"]]
    answers: dict[str, Callable[[dict[str, Any]], str]] = {
        "as a sentence": lambda row: answered(row["text"], row["answers"][0]),
        "bare": lambda row: f"{row['answers'][0]}.",
    }
    articles = _articles(data)
    counted = {
        name: Counter[str]([each for row in questions for each in _counted(row, form(row), articles)])
        for name, form in answers.items()
    }
    head = [
        "right answers",
        "supported",
        "cite the gold paragraph",
        "with the span",
        "citations into it",
        "two sides told",
    ]
    return "## Citing\n\n" + table(head, [[name, *_cells(found)] for name, found in counted.items()])


def _cells(found: Counter[str]) -> Iterator[str]:
    for part, whole in (
        ("supported", "asked"),
        ("gold", "supported"),
        ("span", "supported"),
        ("into gold", "citations"),
        ("two sides", "asked"),
    ):
        yield str(share([True] * found[part] + [False] * (found[whole] - found[part])))


def _counted(row: dict[str, Any], words: str, articles: dict[str, dict[str, Article]]) -> Iterator[str]:
    answer = _cited(row, words, articles[row["paragraph"].rpartition("#")[0]])
    yield "asked"
    if any(each.text.startswith("As of ") for each in answer.sentences):
        yield "two sides"
    if not any(each.state is State.SUPPORTED for each in answer.sentences):
        return
    gold = [each for each in answer.citations if each.article_id == row["paragraph"]]
    yield "supported"
    yield from ["citations"] * len(answer.citations)
    yield from ["into gold"] * len(gold)
    if gold:
        yield "gold"
    if any(holds(each.quote, row["answers"]) for each in gold):
        yield "span"


def _cited(row: dict[str, Any], words: str, articles: dict[str, Article]) -> Cited:
    asked = read(row["text"])
    found = [
        Evidence(article.id, span.start, span.end, article.text[span.start : span.end])
        for article in articles.values()
        for span in sentences(article.text)
    ]
    scored = [replace(each, score=shared(asked, Piece(read(each.text)))) for each in found]
    ordered = sorted(scored, key=lambda each: -each.score)
    near = {row["paragraph"], *list(dict.fromkeys(each.article_id for each in ordered))[:NEAR]}
    kept = [each for each in ordered if each.article_id in near]
    there = {name: articles[name] for name in near}
    return cite(words, row["text"], kept[:CHOSEN], kept[CHOSEN:], there)


def _articles(data: Path) -> dict[str, dict[str, Article]]:
    """The paragraphs of each article, each of a day and an outlet of its own."""
    found: dict[str, dict[str, Article]] = defaultdict(dict)
    for number, row in enumerate(rows(data / "squad2" / "corpus.jsonl")):
        day = date(2000, 1, 1) + timedelta(days=97 * number % 7000)
        title = row["_id"].rpartition("#")[0]
        found[title][row["_id"]] = Article(
            row["_id"], row["title"], row["text"], outlet=f"Outlet {number}", published=day
        )
    return found
