"""What comes in: articles to drafts in the store, a batch at a time, each exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING

from index.chunk import split
from index.embed import Embedder
from index.fingerprint import digest
from index.store.ledger import Draft
from index.store.store import Store
from index.types import Article, Failure, IndexReport, Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TITLE = 40  # word pieces of the title that the embedder reads before each passage, at most
BATCH = 256  # passages that are embedded and published together


def take_in(
    items: Iterable[Article | Failure],
    run: Intake,
    writing: Callable[[], AbstractContextManager[Store]],
    progress: Callable[[int], None] | None = None,
) -> IndexReport:
    """Runs `items` through `run`. The store is held for writing from the first article on."""
    tell, number = progress or _nobody, 0
    with ExitStack() as stack:
        for number, item in enumerate(items, 1):
            if failure := _failure(item):
                run.failures.append(failure)
            elif isinstance(item, Article):
                if not run.begun:
                    stack.enter_context(writing())
                run.take(item)
            if not run.pending:
                tell(number)
        if run.pending:
            run.flush()
            tell(number)
    return run.report()


class Intake:
    """One run: what waits to be published, and what was done."""

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self.begun = False
        self.failures: list[Failure] = []
        self.pending: dict[str, tuple[Article, str, tuple[Passage, ...]]] = {}
        self._store = store
        self._embedder = embedder
        self._tally = Counter[str]()
        self._waiting = 0  # passages

    def take(self, article: Article) -> None:
        self.begun = True
        if article.id in self.pending:
            self.flush()
        mark, known = digest(article), self._store.ledger.digest(article.id)
        if known == mark:
            self._tally["unchanged"] += 1
            return
        self._tally["changed" if known else "added"] += 1
        passages = self._split(article)
        self.pending[article.id] = (article, mark, passages)
        self._waiting += len(passages)
        if self._waiting >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Embeds and publishes what waits."""
        if not self.pending:
            return
        waiting = list(self.pending.values())
        vectors = self._embed(waiting)
        drafts, done = [], 0
        for article, mark, passages in waiting:
            drafts.append(Draft(article, mark, passages, vectors[done : done + len(passages)]))
            done += len(passages)
        self._store.put(drafts)
        self.pending, self._waiting = {}, 0

    def report(self) -> IndexReport:
        return IndexReport(**self._tally, failures=tuple(self.failures))

    def _split(self, article: Article) -> tuple[Passage, ...]:
        room = self._embedder.limit - self._embedder.count([_heading(article, self._embedder)])[0]
        chunk = self._store.ledger.settings().chunk
        return split(article.id, article.text, min(chunk, room), self._embedder.count)

    def _embed(self, waiting: Sequence[tuple[Article, str, tuple[Passage, ...]]]) -> NDArray[np.float16]:
        import numpy as np

        texts = [
            f"{heading}\n{passage.text}"
            for article, _, passages in waiting
            for heading in [_heading(article, self._embedder)]
            for passage in passages
        ]
        return self._embedder.embed(texts).astype(np.dtype("<f2"))


def _nobody(number: int) -> None:
    """Whom progress is told where nobody asked."""


def _heading(article: Article, embedder: Embedder) -> str:
    """The title as the embedder reads it before each passage, cut where it is long."""
    title = article.title
    while title and embedder.count([title])[0] > TITLE:
        title = title[: len(title) * 3 // 4].rstrip()
    return title


def _failure(item: Article | Failure) -> Failure | None:
    """Why an item cannot be taken in, if it cannot."""
    if isinstance(item, Failure):
        return item
    if not item.id.strip():
        return Failure(item.title, "it has no id")
    if not item.text.strip():
        return Failure(item.id, "it has no text")
    try:
        digest(item)
    except UnicodeEncodeError:
        return Failure(item.id.encode(errors="replace").decode(), "its text is not valid Unicode")
    return None
