"""The present state of the articles in a kept answer. Its quotes show the words of the answer's day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.types import Answer, Citation, Reason, Sentence
from bot.wording.facts import one_line
from index.errors import ArticleMissing
from index.fingerprint import version
from index.types import Article

GONE = Reason("gone")
ALTERED = Reason("altered")
AROUND = Reason("around")


@dataclass(frozen=True, slots=True)
class KnownChanges:
    """The changes and the languages of the articles of an answer."""

    since: Mapping[int, Reason] = field(default_factory=dict)  # by mark, for changed articles
    languages: Mapping[str, str] = field(default_factory=dict)  # ISO 639-1 by the article's id, as far as known

    def spoken(self, sentence: Sentence, citations: Iterable[Citation]) -> str | None:
        """The language of a sentence that is a quote word for word; None for any other."""
        words = one_line(sentence.text).rstrip(" .。")
        quoted = (each for each in citations if each.mark in sentence.citations and words in one_line(each.quote))
        return next((self.languages.get(each.article_id) for each in quoted), None)


NOTHING = KnownChanges()


def known(answer: Answer, article: Callable[[str], Article]) -> KnownChanges:
    """The state of the cited and the nearest articles. `article` raises ArticleMissing."""
    return known_of(answer.citations, article, [each.article_id for each in answer.nearest])


def known_of(
    citations: Sequence[Citation], article: Callable[[str], Article], near: Iterable[str] = ()
) -> KnownChanges:
    """The state of the cited articles, and of the articles with the ids `near`. `article` raises ArticleMissing."""
    ids = {*(each.article_id for each in citations), *near}
    articles = {each: _article(each, article) for each in ids}
    since = {each.mark: _since(each, articles[each.article_id]) for each in citations}
    return KnownChanges(
        {mark: reason for mark, reason in since.items() if reason},
        {each: found.language for each, found in articles.items() if found and found.language},
    )


def _article(article_id: str, article: Callable[[str], Article]) -> Article | None:
    try:
        return article(article_id)
    except ArticleMissing:
        return None


def _since(citation: Citation, article: Article | None) -> Reason | None:
    if article is None:
        return GONE
    if not citation.version or version(article.text) == citation.version:
        return None
    return AROUND if citation.quote in article.text else ALTERED
