"""Evidence to words: by a model that is shown nothing else, or without one, in the articles' own sentences."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Mapping, Sequence
from itertools import groupby

from bot.attribute import day
from bot.stages import Found
from bot.types import Evidence
from index.sentence import sentences
from index.types import Article
from index.words import chinese

_AHEAD = 10  # characters after a sentence that tell whether it has ended there: "at 5 p.m." goes on before "Monday"
_SECOND = 0.9  # a further sentence is given where its score is this share of the best one's
_MARK = re.compile(r"\s*\[\d+(?:\s*,\s*\d+)*\]")
_LIST_SIGN = re.compile(r"\A(?:[-*•]\s+|\d{1,2}[.)]\s+(?=\D))")


def extract(found: Found) -> Generator[str]:
    """The best sentence, and a second one of its article that is nearly as good, verbatim, best first."""
    for sentence in sorted(found.chosen, key=lambda each: -each.score)[:2]:
        first = max(found.chosen, key=lambda each: each.score)
        if sentence.article_id == first.article_id and sentence.score >= _SECOND * first.score:
            yield sentence.text


def best(found: Found) -> Evidence | None:
    """The sentence that answers most likely, by the judge, then by its score."""
    return max(found.chosen, key=lambda each: (found.answers.get(each, 0.0), each.score), default=None)


def written(words: Iterable[str]) -> Generator[str]:
    """The sentences of what is written, each as soon as it has ended, without marks and the signs of lists.

    >>> list(written(["It left [1]. ", "It will", " come back. -"]))
    ['It left.', 'It will come back.']
    """
    unread = ""
    for piece in words:
        unread += piece
        spans = sentences(unread)
        ended = [span for span in spans[:-1] if len(unread) - span.end >= _AHEAD]
        for span in ended:
            yield from _said(unread[span.start : span.end])
        unread = unread[spans[len(ended)].start :] if ended else unread
    for span in sentences(unread):
        yield from _said(unread[span.start : span.end])


def strip_marks(text: str) -> str:
    """`text` without the marks that a model may have written by itself.

    >>> strip_marks("It left [1, 2].")
    'It left.'
    """
    return _MARK.sub("", text)


def _said(sentence: str) -> Generator[str]:
    plain = " ".join(_LIST_SIGN.sub("", strip_marks(sentence).replace("**", "").strip()).split())
    if any(each.isalnum() for each in plain):
        yield plain


def language_of(question: str) -> str:
    """The language to answer in, as a model is told it."""
    return "Chinese" if chinese(question) else "the language of the question"


def excerpts(evidence: Sequence[Evidence], articles: Mapping[str, Article]) -> str:
    """The evidence as a model reads it: each article's facts on a line, its sentences below."""
    parts = []
    for article_id, group in groupby(evidence, key=lambda each: each.article_id):
        parts.append(heading(articles[article_id]) + "\n" + " ".join(each.text for each in group))
    return "\n\n".join(parts)


def heading(article: Article) -> str:
    """Who says it, where and when: `[Opinion by Yang Jin, Global Times, 15 July 2020: "China-Russia ties …"]`."""
    kind = (article.kind or "article").capitalize()
    by = f"{kind} by {article.author}" if article.author else kind
    facts = ", ".join(part for part in (by, article.outlet, day(article.day)) if part)
    return f'[{facts}: "{article.title}"]'
