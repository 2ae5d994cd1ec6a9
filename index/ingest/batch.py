"""The articles that are published together, and which of them are copies of which."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from index.store.syndication import Syndication
from index.text.copies import bands, repeats
from index.types import Article, Passage, Revision


@dataclass(frozen=True, slots=True)
class Waiting:
    """An article that is to be written. A copy has no passages and no bands: it is found by its original."""

    article: Article
    digest: str
    revision: Revision | None = None
    bands: tuple[int, ...] = ()
    copy_of: str | None = None
    passages: tuple[Passage, ...] = ()


class Batch:
    """Articles that wait, on top of what is published: it decides as if each had been published before the next."""

    def __init__(self, syndication: Syndication, split: Callable[[Article], tuple[Passage, ...]]) -> None:
        self.waiting: dict[str, Waiting] = {}
        self.gone: set[str] = set()
        self._syndication = syndication
        self._split = split

    def __bool__(self) -> bool:
        return bool(self.waiting or self.gone)

    def size(self) -> int:
        """How many passages wait; a copy, which has none, counts as one."""
        return sum(max(1, len(each.passages)) for each in self.waiting.values())

    def clear(self) -> None:
        self.waiting, self.gone = {}, set()

    def add(self, given: Waiting, known: bool) -> Waiting:
        """Takes an article in: as a copy of another, or for itself, with others as its copies.

        Of two that say the same, the one that says more is the original, whichever came first: a copy is not searched.
        """
        article_id = given.article.id
        copies = self._copies_of(article_id) if known else []
        homeless = self._place(given)
        if self.waiting[article_id].copy_of is None:
            copies = [copy for copy in copies if not repeats(copy.article, given.article)]
        self._settle([*homeless, *copies])
        return self.waiting[article_id]

    def drop(self, article_ids: Iterable[str]) -> None:
        """Takes articles out. Their copies, those that are not taken out, too, become articles like others."""
        gone = list(dict.fromkeys(article_ids))
        homeless = [copy for article_id in gone for copy in self._copies_of(article_id)]
        for article_id in gone:
            self.waiting.pop(article_id, None)
            self.gone.add(article_id)
        self._settle([copy for copy in homeless if copy.article.id not in self.gone])

    def _settle(self, homeless: list[Waiting]) -> None:
        """Places articles anew whose original is none any more.

        It ends: one gives way to a longer one only, and is homeless again only when that gives way itself.
        """
        while homeless:
            each = homeless.pop(0)
            if self.waiting.get(each.article.id, each) is each:  # else it has its place already
                homeless += self._place(each)

    def _place(self, each: Waiting) -> list[Waiting]:
        """Keeps an article as a copy of the nearest that it repeats, or for itself; then shorter ones that repeat it
        are its copies, and what were theirs is homeless."""
        marked = replace(each, bands=bands(each.article.text) if each.article.outlet else ())
        candidates = self._candidates(marked)
        for original in candidates:
            if repeats(each.article, original.article):
                self._put(replace(each, copy_of=original.article.id, bands=(), passages=()))
                return []
        self._put(replace(marked, copy_of=None, passages=self._split(each.article)))
        return [copy for other in candidates for copy in self._give_way(other, each.article)]

    def _give_way(self, other: Waiting, article: Article) -> list[Waiting]:
        if len(other.article.text) >= len(article.text) or not repeats(other.article, article):
            return []
        homeless = self._copies_of(other.article.id)
        self._put(replace(other, copy_of=article.id, bands=(), passages=()))
        return homeless

    def _put(self, each: Waiting) -> None:
        self.waiting.pop(each.article.id, None)  # so that they stand in the order of their coming
        self.waiting[each.article.id] = each

    def _copies_of(self, article_id: str) -> list[Waiting]:
        """The copies of an article, the first that came first."""
        published = [
            Waiting(known.article, known.digest, copy_of=article_id)
            for known in self._syndication.of(article_id)
            if not self._overtaken(known.article.id)
        ]
        return published + [each for each in self.waiting.values() if each.copy_of == article_id]

    def _candidates(self, each: Waiting) -> list[Waiting]:
        """The articles, no copies themselves, that may say the same, those with most bands in common first."""
        published = [
            (known.shared, Waiting(known.article, known.digest, bands=each.bands))
            for known in self._syndication.candidates(each.bands)
            if not self._overtaken(known.article.id)
        ]
        mine = set(each.bands)
        here = [(len(mine & set(other.bands)), other) for other in self.waiting.values()] if mine else []
        nearest = sorted(published + here, key=lambda one: -one[0])
        return [other for shared, other in nearest if shared and other.article.id != each.article.id]

    def _overtaken(self, article_id: str) -> bool:
        return article_id in self.waiting or article_id in self.gone
