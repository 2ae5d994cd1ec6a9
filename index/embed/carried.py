"""Base of the embedders whose weights a package carries: their precision, and that they are loaded once."""

from __future__ import annotations

from threading import Lock
from typing import Generic, Self, TypeVar

from index.embed.embedder import Precision
from index.embed.processor import multiplies_bytes
from index.errors import PrecisionMissing
from index.quiet import quiet

Network = TypeVar("Network")


class Carried(Generic[Network]):
    """Without a precision it computes in int8 where the processor multiplies bytes quickly, else in float32."""

    name: str

    def __init__(self, precision: Precision | None = None) -> None:
        if precision not in (None, "float32", "int8"):
            raise PrecisionMissing(self.name, precision, "float32 or int8")
        self._asked = precision
        self._loading = Lock()
        self._model: Network | None = None

    def __reduce__(self) -> tuple[type[Self], tuple[Precision]]:
        """Another process loads the weights itself, and computes at this one's precision whatever its processor."""
        return type(self), (self.precision,)

    @property
    def precision(self) -> Precision:
        return self._asked or ("int8" if multiplies_bytes() else "float32")

    def at(self, precision: Precision) -> Self:
        """The same at another precision, or itself where one was asked for."""
        return self if precision == self.precision or self._asked else type(self)(precision)

    def _loaded(self) -> Network:
        with self._loading:
            if self._model is None:
                quiet()
                self._model = self._load()
            return self._model

    def _load(self) -> Network:
        raise NotImplementedError
