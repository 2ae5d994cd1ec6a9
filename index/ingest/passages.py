"""The passages of articles and their vectors, as one embedder makes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.embed import Embedder
from index.ingest.chunk import split
from index.types import Article, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SLICE = 64  # passages that are embedded between two looks whether the run is to end
TITLE = 40  # word pieces of the title that the embedder reads before each passage, at most


class RunEnded(Exception):
    """The run is to end before its passages are embedded."""


@dataclass(frozen=True, slots=True)
class Made:
    """An article with its passages and their vectors `(n, dim)`, where another process made them."""

    article: Article
    passages: tuple[Passage, ...]
    vectors: NDArray[np.float16]

    def is_of(self, article: Article) -> bool:
        """Whether the same would be made of `article`."""
        mine = self.article
        return (mine.id, mine.title, mine.text) == (article.id, article.title, article.text)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the passages and vectors of an index are made."""

    embedder: Embedder
    chunk: int  # word pieces of a passage, at most

    def passages(self, article: Article) -> tuple[Passage, ...]:
        return passages_of(article, self.embedder, self.chunk)


def passages_of(article: Article, embedder: Embedder, chunk: int) -> tuple[Passage, ...]:
    """The passages of an article, each of at most `chunk` word pieces and with room for the title before it."""
    room = embedder.limit - embedder.count([_heading(article, embedder)])[0]
    return split(article.id, article.text, min(chunk, room), embedder.count)


def vectors_of(
    articles: Sequence[tuple[Article, Sequence[Passage]]],
    embedder: Embedder,
    stopped: Callable[[], bool] | None = None,
) -> NDArray[np.float16]:
    """The vectors `(n, dim)` of the passages of all articles, one after another; titles are read with them.

    `stopped` is asked after every `SLICE` passages; where it says so, this raises RunEnded.
    """
    import numpy as np

    texts = [
        f"{heading}\n{passage.text}"
        for article, passages in articles
        for heading in [_heading(article, embedder)]
        for passage in passages
    ]
    if stopped is None or len(texts) <= SLICE:
        return embedder.embed(texts).astype(np.dtype("<f2"))
    slices = []
    for start in range(0, len(texts), SLICE):
        if start and stopped():
            raise RunEnded
        slices.append(embedder.embed(texts[start : start + SLICE]))
    return np.concatenate(slices).astype(np.dtype("<f2"))


def _heading(article: Article, embedder: Embedder) -> str:
    """The title as the embedder reads it before each passage, cut where it is long."""
    title = article.title
    while title and embedder.count([title])[0] > TITLE:
        title = title[: len(title) * 3 // 4].rstrip()
    return title
