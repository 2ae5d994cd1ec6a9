"""Embedders: what an index needs of an embedding model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]  # (n, dim), each row of length 1

Precision = Literal["float32", "bfloat16", "int8"]  # of the numbers that a model multiplies


class Embedder(Protocol):
    """An embedding model. Several threads may call it at once."""

    @property
    def name(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    @property
    def limit(self) -> int:
        """How many word pieces of one text are read, besides the special ones; the rest would be cut silently."""
        ...

    @property
    def languages(self) -> frozenset[str] | None:
        """The ISO 639-1 codes of the languages whose similarity means something, or None for any."""
        ...

    @property
    def precision(self) -> Precision: ...

    def embed(self, texts: Sequence[str]) -> Vectors: ...
    def count(self, texts: Sequence[str]) -> list[int]:
        """The word pieces of each text, special ones not counted."""
        ...
