"""Facts of articles by what people call them: the names of outlets, authors, kinds and languages."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from index.store.database import Database
from index.types import Filters

FACTS = ("outlet", "author", "kind", "language")
_AND = re.compile(r" and |[&;、，]")
# Of "BBC News - World", "The Roar | Blogs", "Live Science: Articles" and "Example.com" people say what stands first.
_TAIL = re.compile(r"(?:\s+[-–—|·]\s+|\s*[:|：]\s+).*|\.(?:com|org|net|info|co\.[a-z]{2})$")

Spellings = dict[str, frozenset[str]]  # a name with case folded -> the values in the ledger that it may mean


class Names(Database):
    """The names in a ledger. It reads what was added since it last looked, so that many thousand authors cost once.

    What was removed since may still be among them.
    """

    def __init__(self, folder: Path, beside: Database) -> None:
        super().__init__(folder, beside)
        self._guard = Lock()
        self._forget("")

    def _forget(self, store: str) -> None:
        self._seen: tuple[str, int] = (store, -1)
        self._last: int = 0  # the number of the last article that was read
        self._whole: dict[str, Spellings] = {fact: {} for fact in FACTS}
        self._short: Spellings = {}

    def spelled(self, filters: Filters) -> dict[str, list[str]]:
        """For each fact that a filter names, the values in the ledger that are meant.

        Case does not matter, and an author may be one of several.
        """
        asked = {"outlet": filters.outlet, "author": filters.author, "kind": filters.kind, "language": filters.language}
        if any(asked.values()):
            self.refresh()
        return {
            fact: sorted({value for name in names for value in self._whole[fact].get(folded(name), ())})
            for fact, names in asked.items()
            if names
        }

    def meant(self, fact: str, name: str) -> tuple[str, ...]:
        """The values of a fact that a folded name may mean; an outlet's also without "The", or by its head.

        As of the last `refresh`.
        """
        found = self._whole[fact].get(name) or (self._short.get(name) if fact == "outlet" else None)
        return tuple(sorted(found)) if found else ()

    def refresh(self) -> None:
        """Looks for names that are new."""
        query = "SELECT setting.value, generation FROM setting, published WHERE name = 'store'"
        store, generation = self._one(query)
        with self._guard:
            if self._seen == (store, generation):
                return
            if self._seen[0] != store:
                self._forget(store)
            after, self._last = self._last, self._one("SELECT coalesce(max(number), 0) FROM article")[0]
            for fact in FACTS:
                self._learn(fact, self._new(fact, after))
            self._seen = (store, generation)

    def _new(self, fact: str, after: int) -> Iterable[str]:
        """The values of a fact in the articles after a number. The first time all are read, from the index alone."""
        source = "article" if after else self.dialect.by_index("article", f"article_{fact}")
        query = f"SELECT DISTINCT {fact} FROM {source} WHERE number > :after AND {fact} IS NOT NULL"
        return (value for (value,) in self._all(query, {"after": after}))

    def _learn(self, fact: str, values: Iterable[str]) -> None:
        for value in values:
            whole = folded(value)
            for name in {whole, *(name.strip() for name in _AND.sub(",", whole).split(","))}:
                _add(self._whole[fact], name, value)
            if fact == "outlet":
                for name in _short(whole):
                    _add(self._short, name, value)


def _add(spellings: Spellings, name: str, value: str) -> None:
    """Never changes a set that another thread may be reading."""
    spellings[name] = spellings.get(name, frozenset()) | {value}


def folded(name: str) -> str:
    """A name as names are compared: with case folded and single spaces."""
    return " ".join(name.casefold().split())


def _short(name: str) -> set[str]:
    """The other names of an outlet."""
    head = _TAIL.sub("", name)
    return {short for short in (head, head.removeprefix("the "), name.removeprefix("the ")) if len(short) > 1} - {name}
