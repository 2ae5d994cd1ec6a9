"""Agreement of what a store is asked and written with, and what it was made with."""

from __future__ import annotations

from index.errors import StoreMismatch
from index.store.ledger import Ledger


class StoreAgreement:
    """Whether the embedder at hand is the one that made the vectors of a ledger."""

    def __init__(self, ledger: Ledger, embedder: str | None) -> None:
        self._ledger = ledger
        self._embedder = embedder  # that makes the vectors of questions
        self._agreed = 0, 0  # the generation and the dimension that were found to agree

    def agree(self) -> None:
        """Raises StoreMismatch where the store was made for another format or embedder."""
        stored = self._ledger.settings().embedder
        if self._embedder not in (None, stored):
            raise StoreMismatch(self._ledger.folder, "the embedder", stored, self._embedder)

    def require(self, generation: int, dimension: int) -> None:
        """Raises StoreMismatch where the vectors of a generation were made by another embedder."""
        if (generation, dimension) == self._agreed:
            return
        self.agree()
        stored = self._ledger.settings().dimension
        if stored != dimension:
            raise StoreMismatch(self._ledger.folder, "vectors of", stored, dimension)
        self._agreed = generation, dimension
