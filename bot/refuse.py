"""What is said when the articles do not say: calmly, with what was looked for and the nearest articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.types import Near
from index.types import Article, Hits
from index.words import chinese, content_terms, terms

NEAREST = 3


def nearest(hits: Hits, articles: Mapping[str, Article]) -> tuple[Near, ...]:
    """The articles of the best hits, best first, at most three."""
    found = list(dict.fromkeys(hit.passage.article_id for hit in hits))[:NEAREST]
    return tuple(near(articles[article_id]) for article_id in found)


def sentence(question: str, near: Sequence[Near]) -> str:
    """The refusal in the question's language; the surfaces list the nearest articles below it."""
    if chinese(question):
        return "文章中没有说明。" + ("最接近的文章列在下面。" if near else "")
    return "The articles do not say." + (" The nearest ones are listed below." if near else "")


def silent(absent: Sequence[str]) -> str | None:
    """What an answer says of the questions that the articles do not answer; None where there are none."""
    if not absent:
        return None
    quoted = ("" if chinese(absent[0]) else " ").join(f"“{each}”" for each in absent)
    return f"文章中没有说明：{quoted}" if chinese(absent[0]) else f"The articles do not say: {quoted}"


def reason(question: str, missing: Sequence[str], *, found: bool) -> str | None:
    """Why: the words of the question that were looked for in vain, as they were written. None where it has no word to
    look for, or no article was `found`.

    >>> reason("&&& <b>??", (), found=True), reason("Who left?", (), found=False)
    (None, None)
    """
    if not content_terms(question) or not found:
        return None
    words = missing if chinese(question) else _words(question)  # Chinese terms are words as they were written
    absent = dict.fromkeys(word for word in words if set(terms(word)) & set(missing))
    if chinese(question):
        return (
            f"最接近的文章没有提到：{'、'.join(absent)}。" if absent else "文章提到了这些词，但没有一句话回答这个问题。"
        )
    if absent:
        return f"Not found in the articles nearest to the question: {', '.join(absent)}."
    looked_for = ", ".join(dict.fromkeys(word for word in words if content_terms(word)))
    return f"The nearest articles have the words ({looked_for}), but no sentence that answers the question."


def _words(question: str) -> list[str]:
    return [word.strip("?!.,;:\"'“”‘’()") for word in question.split()]


def near(article: Article) -> Near:
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
