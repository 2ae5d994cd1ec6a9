"""What is said when the articles do not say: calmly, with what was looked for and the nearest articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.types import Near
from index.types import Article, Hits
from index.words import chinese, terms

NEAREST = 3


def nearest(hits: Hits, articles: Mapping[str, Article]) -> tuple[Near, ...]:
    """The articles of the best hits, best first, at most three."""
    found = list(dict.fromkeys(hit.passage.article_id for hit in hits))[:NEAREST]
    return tuple(_near(articles[article_id]) for article_id in found)


def sentence(question: str, near: Sequence[Near]) -> str:
    """The refusal in the question's language; the surfaces list the nearest articles below it."""
    if chinese(question):
        return "文章中没有说明。" + ("最接近的文章列在下面。" if near else "")
    return "The articles do not say." + (" The nearest ones are listed below." if near else "")


def reason(question: str, missing: Sequence[str]) -> str:
    """Why: the words of the question that were looked for in vain, as they were written."""
    absent = [word for word in _words(question) if set(terms(word)) & set(missing)]
    if not absent:
        return "No sentence answers the question." if not chinese(question) else "没有一句话回答这个问题。"
    listed = ", ".join(dict.fromkeys(absent))
    return (
        f"最接近的文章没有提到：{listed}。"
        if chinese(question)
        else f"Not found in the articles nearest to the question: {listed}."
    )


def _words(question: str) -> list[str]:
    return [word.strip("?!.,;:\"'“”‘’()？！。，、") for word in question.split()]


def _near(article: Article) -> Near:
    return Near(
        article.id,
        article.title,
        article.author,
        article.outlet,
        article.published,
        article.as_of,
        article.kind,
        article.url,
    )
