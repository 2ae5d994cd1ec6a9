"""What became of the articles that a kept answer quotes. The answer shows their words of its day."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.types import Answer, Citation
from index.errors import ArticleMissing
from index.fingerprint import version
from index.types import Article

GONE = "The article is no longer in the index. This is what it said."
ALTERED = "The article has changed since, and no longer says this in these words. This is what it said."
AROUND = "The article has changed since, and still says this."


def since(answer: Answer, article: Callable[[str], Article]) -> Mapping[int, str]:
    """A sentence by mark for each quote whose article is not as it was. `article` raises ArticleMissing."""
    found = {each.mark: _since(each, article) for each in answer.citations}
    return {mark: sentence for mark, sentence in found.items() if sentence}


def _since(citation: Citation, article: Callable[[str], Article]) -> str | None:
    try:
        text = article(citation.article_id).text
    except ArticleMissing:
        return GONE
    if not citation.version or version(text) == citation.version:
        return None
    return AROUND if citation.quote in text else ALTERED
