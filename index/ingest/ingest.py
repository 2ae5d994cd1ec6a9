"""Intake: articles to drafts in the store, a batch at a time, each exactly once; and what is gone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from datetime import UTC, datetime

from index.embed import Embedder
from index.fingerprint import digest
from index.ingest.batch import Batch, Waiting
from index.ingest.passages import Made, RunEnded, passages_of, vectors_of
from index.ingest.revision import revise
from index.store.ledger import ArticleDraft
from index.store.sources import Taken
from index.store.store import Store
from index.text.surrogates import without_surrogates
from index.types import Article, Failure, IndexReport, Outcome, Passage, Reading, Visit, Walk

BATCH = 256  # passages that are embedded and published together
AHEAD = 1_000_000  # characters of articles that are looked up together
VISITS = 512  # that are noted together, where nothing waits to be published
PAUSE = 5.0  # seconds after which what is done is published and noted, so that a run that is killed keeps it


Given = Reading | Made


def take_in(
    items: Iterable[Given],
    store: Store,
    embedder: Embedder,
    writing: Callable[[], AbstractContextManager[Store]],
    *,
    prune: bool = False,
    progress: Callable[[int], None] | None = None,
    stopped: Callable[[], bool] | None = None,
) -> IndexReport:
    """Brings `items` in. The store is held for writing from the first of them on that is to be kept."""
    tell = progress or _nobody
    with ExitStack() as stack, suppress(RunEnded):
        run = Intake(store, embedder, lambda: stack.enter_context(writing()), stopped)
        for together in _together(items):
            for _ in run.take(together):
                if not run.waiting:
                    tell(run.done)
        run.flush()
        tell(run.done)
        if prune and store.exists():
            run.begin()
            run.prune()
    return run.report()


class Intake:
    """One run: what waits to be published, and what was done. `hold` is called once, before anything is written."""

    def __init__(
        self,
        store: Store,
        embedder: Embedder,
        hold: Callable[[], object] = lambda: None,
        stopped: Callable[[], bool] | None = None,
    ) -> None:
        self.done = 0  # articles and failures
        self._store = store
        self._embedder = embedder
        self._hold = hold
        self._stopped = stopped
        self._held = False
        self._run = time.time_ns()
        self._kept = time.monotonic()  # when all that was done was last published
        self._batch = Batch(store.syndication, self._split)
        self._visits: list[Taken] = []
        self._walked: list[str] = []
        self._given: list[str] = []  # since the visit before
        self._whole = True
        self._ids: list[str] = []  # of the articles at hand
        self._known: dict[str, str] | None = None  # their digests, where they are here
        self._made: dict[str, Made] = {}  # elsewhere, of articles that wait
        self._tally = Counter[str]()
        self._batch_tally = Counter[str]()  # of what waits
        self._failures: list[Failure] = []

    @property
    def waiting(self) -> bool:
        """Whether articles wait to be published."""
        return bool(self._batch)

    def take(self, items: Sequence[Given]) -> Iterator[None]:
        """Takes items in, one at each step."""
        self._ids, self._known = [article.id for item in items if (article := _article(item))], None
        for item in items:
            match item:
                case Article():
                    self._take(item)
                case Made():
                    self._take(item.article, item)
                case Failure():
                    self._fail(item)
                case Visit():
                    self._end(item)
                case Walk():
                    self._walked.append(item.root)
            if time.monotonic() - self._kept >= PAUSE:
                self.flush()
            yield

    def begin(self) -> None:
        """Holds the store for writing, if it is not held yet. What is damaged at first sight is mended."""
        if not self._held:
            self._hold()
            self._held = True
            self._store.look()

    def flush(self) -> None:
        """Embeds and publishes what waits, and only then notes the visits that it came from."""
        self._publish()
        self.note()
        self._kept = time.monotonic()

    def note(self) -> None:
        """Keeps the visits, of which all articles are published."""
        if self._visits:
            same = [each.visit.source for each in self._visits if each.visit.outcome is Outcome.UNCHANGED]
            unchanged = self._store.sources.given(same)
            self._tally["unchanged"] += unchanged
            self.done += unchanged
            self._store.sources.record(self._visits, self._run)
            self._visits = []

    def prune(self) -> None:
        """Takes out what sources do not give any more, once all is read: an article may move from one to another."""
        sources = self._store.sources
        for root in self._walked:
            lost = sources.lost(root, self._run)
            self.remove(sources.orphans(lost))
            sources.forget(lost)
            sources.leave(root, self._run)
        self.remove(sources.dropped(self._run))
        sources.forget_dropped(self._run)

    def remove(self, article_ids: Sequence[str]) -> None:
        """Takes articles out, those that are here."""
        here = list(self._store.ledger.digests(article_ids))
        self._batch.drop(here)
        self._publish()
        self._tally["removed"] += len(here)

    def report(self) -> IndexReport:
        return IndexReport(**self._tally, failures=tuple(self._failures))

    def _take(self, article: Article, made: Made | None = None) -> None:
        article = self._store.storable(article)
        if isinstance(mark := checked(article), Failure):
            self._fail(mark)
            return
        self.begin()
        self.done += 1
        self._given.append(article.id)
        if article.id in self._batch.waiting:
            self.flush()
        known = self._replaced(article.id, mark)
        if known == mark:
            self._tally["unchanged"] += 1
            return
        old = self._store.ledger.article(article.id) if known else None
        revision = revise(old, article, datetime.now(UTC)) if old else None
        if made:
            self._made[article.id] = made
        placed = self._batch.add(Waiting(article, mark, revision), old is not None)
        self._batch_tally["changed" if old else "duplicate" if placed.copy_of else "added"] += 1
        if self._batch.size() >= BATCH:
            self.flush()

    def _replaced(self, article_id: str, mark: str) -> str | None:
        """The digest of an article that was here before, when the store is held."""
        if self._known is None:
            self._known = self._store.ledger.digests(self._ids)
        known, self._known[article_id] = self._known.get(article_id), mark
        return known

    def _fail(self, failure: Failure) -> None:
        self.done += 1
        self._whole = False
        self._failures.append(failure)

    def _end(self, visit: Visit) -> None:
        taken = Taken(visit, self._given, self._whole)
        self._given, self._whole = [], True
        if not self._held and not self._store.exists():
            return
        self.begin()
        self._visits.append(taken)
        if not self._batch and len(self._visits) >= VISITS:
            self.note()

    def _publish(self) -> None:
        if not self._batch:
            return
        waiting = list(self._batch.waiting.values())
        self._store.put(list(self._drafts(waiting)), list(self._batch.gone))
        self._batch.clear()
        self._made.clear()
        self._tally += self._batch_tally
        self._batch_tally.clear()

    def _drafts(self, waiting: Sequence[Waiting]) -> Iterable[ArticleDraft]:
        here = [(each.article, each.passages) for each in waiting if not self._made_of(each.article)]
        vectors, done = vectors_of(here, self._embedder, self._stopped), 0
        for each in waiting:
            if made := self._made_of(each.article):
                own = made.vectors[: len(each.passages)]  # a copy has none
            else:
                own = vectors[done : done + len(each.passages)]
                done += len(each.passages)
            yield ArticleDraft(each.article, each.digest, each.passages, own, each.bands, each.copy_of, each.revision)

    def _made_of(self, article: Article) -> Made | None:
        """The passages and vectors made of exactly this article elsewhere."""
        made = self._made.get(article.id)
        return made if made and made.is_of(article) else None

    def _split(self, article: Article) -> tuple[Passage, ...]:
        if made := self._made_of(article):
            return made.passages
        return passages_of(article, self._embedder, self._store.ledger.settings().chunk)


def _article(item: Given) -> Article | None:
    match item:
        case Article():
            return item
        case Made():
            return item.article
    return None


def _together(items: Iterable[Given]) -> Iterator[Sequence[Given]]:
    """The items, so many at a time as are looked up at once: an end of a source ends them, too, and so does `PAUSE`."""
    together: list[Given] = []
    size, begun = 0, time.monotonic()
    for item in items:
        together.append(item)
        size += len(article.text) if (article := _article(item)) else AHEAD
        if size >= AHEAD or len(together) >= BATCH or time.monotonic() - begun >= PAUSE:
            yield together
            together, size, begun = [], 0, time.monotonic()
    yield together


def _nobody(number: int) -> None:
    """Whom progress is told where nobody asked."""


def checked(article: Article) -> str | Failure:
    """The digest of an article, or why it cannot be taken in."""
    if not article.id.strip():
        return Failure(article.title, "it has no id")
    if not article.text.strip():
        return Failure(article.id, "it has no text")
    try:
        return digest(article)
    except UnicodeEncodeError:
        return Failure(without_surrogates(article.id), "its text is not valid Unicode")
