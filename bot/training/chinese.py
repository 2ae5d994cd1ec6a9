"""The small Chinese set of `tests/bench/chinese`, read."""

from __future__ import annotations

from datetime import date

from bot.training.asked import GoldQuestion, GoldSet
from bot.training.sets import BENCH, rows
from index import Article

HERE = BENCH / "chinese"


def shelf() -> GoldSet:
    """All articles as one index, and all questions about them."""
    articles = (
        Article(row["_id"], row["title"], row["text"], outlet=row["source"], published=date.fromisoformat(row["date"]))
        for row in rows(HERE / "articles.jsonl")
    )
    questions = (
        GoldQuestion(
            row["_id"],
            row["text"],
            row["answerable"],
            tuple(row["answers"]),
            row["article"] if row["answerable"] else None,
            row["article"],
        )
        for row in rows(HERE / "questions.jsonl")
    )
    return GoldSet(tuple(articles), tuple(questions))
