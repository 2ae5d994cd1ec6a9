"""Any other embedding model, as sentence-transformers runs it."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from index.embed.embedder import Precision
from index.embed.processor import multiplies_bfloat16
from index.errors import EmbedderMissing, PrecisionMissing
from index.quiet import quiet

if TYPE_CHECKING:
    from index.embed.embedder import Vectors

BATCH = 32


class SentenceEmbedder:
    """A sentence-transformers model by its name or folder, loaded when it is first used.

    Without a precision it computes in bfloat16 where the processor has instructions for that, else in float32.
    """

    languages: frozenset[str] | None = None

    def __init__(self, name: str, precision: Precision | None = None) -> None:
        if precision not in (None, "float32", "bfloat16"):
            raise PrecisionMissing(name, precision, "float32 or bfloat16")
        self.name = name
        self._asked = precision
        self._loading = Lock()
        self._using = Lock()  # the tokenizer is not made for several threads
        self._model: Any = None

    def __reduce__(self) -> tuple[type[SentenceEmbedder], tuple[str, Precision]]:
        """Same as that of `Carried`."""
        return SentenceEmbedder, (self.name, self.precision)

    @property
    def precision(self) -> Precision:
        return self._asked or ("bfloat16" if multiplies_bfloat16() else "float32")

    def at(self, precision: Precision) -> SentenceEmbedder:
        """The same at another precision, or itself where one was asked for."""
        return self if precision == self.precision or self._asked else SentenceEmbedder(self.name, precision)

    @property
    def dimension(self) -> int:
        return int(self._loaded().get_embedding_dimension())

    @property
    def limit(self) -> int:
        model = self._loaded()
        return int(model.max_seq_length) - int(model.tokenizer.num_special_tokens_to_add())

    def embed(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        model = self._loaded()
        with self._using:
            found = model.encode(list(texts), batch_size=BATCH, show_progress_bar=False)
        vectors = np.asarray(found, dtype=np.float32)
        # In float32 here: at bfloat16 it would give lengths up to 1.005.
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)

    def count(self, texts: Sequence[str]) -> list[int]:
        if not texts:
            return []
        model = self._loaded()
        with self._using:
            read = model.tokenizer(list(texts), add_special_tokens=False, truncation=False, verbose=False)
        return [len(pieces) for pieces in read["input_ids"]]

    def _loaded(self) -> Any:
        with self._loading:
            if self._model is None:
                self._model = self._load()
        return self._model

    def _load(self) -> Any:
        quiet()
        from sentence_transformers import SentenceTransformer

        try:
            return SentenceTransformer(self.name, device="cpu", model_kwargs={"dtype": self.precision})
        except (OSError, ValueError) as error:
            raise EmbedderMissing(self.name, str(error).splitlines()[0]) from error
