"""The transformer of MiniLM and of others of its width as a graph, in float32 or in int8, made from published weights.

BERT, the mean of what it says of each piece, and that at length 1 (arXiv:1810.04805, arXiv:1908.10084).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from index.embed.graph import MICROSOFT, UINT8, Graph

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Weights = Callable[[str], NDArray[np.float32]]  # by their name in the file

LAYERS, HEADS, WIDTH = 6, 12, 384  # of MiniLM
EPSILON = 1e-12
LARGEST = 127  # of an int8 number, either way


class Multiply(Protocol):
    """The linear layers: `read` prepares what several of them are given."""

    def read(self, states: str) -> tuple[str, ...]: ...
    def __call__(self, name: str, read: tuple[str, ...]) -> str: ...


def transformer(weights: Weights, graph: Graph, multiply: Multiply, layers: int = LAYERS) -> bytes:
    """From the sums `states` of the pieces' embeddings, of texts of one length, to the vectors of the texts."""
    mean = graph.step("ReduceMean", encoded(weights, graph, multiply, layers), _axis(graph, 1), keepdims=0)
    vectors = graph.step("LpNormalization", mean, axis=-1, p=2)
    return graph.model({"states": ("texts", "pieces", WIDTH)}, (vectors, ("texts", WIDTH)))


def classifier(weights: Weights, graph: Graph, multiply: Multiply, heads: str, labels: int) -> bytes:
    """From the same sums to the logits (texts, labels) of a linear layer over the first piece and the mean of all."""
    import numpy as np

    states = encoded(weights, graph, multiply)
    mean = graph.step("ReduceMean", states, _axis(graph, 1), keepdims=0)
    first = graph.step("Gather", states, graph.constant(np.array(0, np.int64)), axis=1)
    weight, bias = (graph.constant(weights(f"{heads}.{part}").T) for part in ("weight", "bias"))
    logits = graph.step("Add", graph.step("MatMul", graph.step("Concat", first, mean, axis=-1), weight), bias)
    return graph.model({"states": ("texts", "pieces", WIDTH)}, (logits, ("texts", labels)))


def encoded(weights: Weights, graph: Graph, multiply: Multiply, layers: int = LAYERS) -> str:
    """The name of the states (texts, pieces, width) after the last layer."""

    def norm(name: str, states: str) -> str:
        scale, bias = (graph.constant(weights(f"{name}.{part}")) for part in ("weight", "bias"))
        return graph.step("LayerNormalization", states, scale, bias, axis=-1, epsilon=EPSILON)

    def joined(name: str, states: str, more: str) -> str:
        return norm(f"{name}.LayerNorm", graph.step("Add", states, multiply(f"{name}.dense", multiply.read(more))))

    states = norm("embeddings.LayerNorm", "states")
    for number in range(layers):
        layer = f"encoder.layer.{number}"
        read = multiply.read(states)
        parts = [multiply(f"{layer}.attention.self.{part}", read) for part in ("query", "key", "value")]
        seen = graph.step("MultiHeadAttention", *parts, domain=MICROSOFT, num_heads=HEADS)
        states = joined(f"{layer}.attention.output", states, seen)
        wide = multiply(f"{layer}.intermediate.dense", multiply.read(states))
        states = joined(f"{layer}.output", states, graph.step("Gelu", wide, domain=MICROSOFT))
    return states


class Float32:
    def __init__(self, weights: Weights, graph: Graph) -> None:
        self._weights = weights
        self._graph = graph

    def read(self, states: str) -> tuple[str, ...]:
        return (states,)

    def __call__(self, name: str, read: tuple[str, ...]) -> str:
        weight = self._graph.constant(self._weights(f"{name}.weight").T)
        product = self._graph.step("MatMul", *read, weight)
        return self._graph.step("Add", product, self._graph.constant(self._weights(f"{name}.bias")))


class Int8:
    """Each piece's states, and each column of a weight, are whole numbers from -127 to 127 times a number of its own.

    So a text's vector does not depend on what is embedded beside it, as it would with one range for a whole batch, and
    it is nearer to that of float32: cosine .9978 instead of .9951 on average over passages of SciFact.
    """

    def __init__(self, weights: Weights, graph: Graph, signed: bool) -> None:
        """`signed` changes no result. Without instructions for bytes, signed ones would overflow."""
        import numpy as np

        self._weights = weights
        self._graph = graph
        self._middle = 0 if signed else LARGEST + 1
        self._whole = np.int8 if signed else np.uint8
        self._last = _axis(graph, -1)
        self._largest = graph.constant(np.array(LARGEST, np.float32))
        self._above = graph.constant(np.array(LARGEST + 1.5, np.float32))  # all positive; and a half, to round
        self._unit = graph.constant(np.array(1 / LARGEST, np.float32))
        self._zero = graph.constant(np.array(LARGEST + 1, np.uint8))

    def read(self, states: str) -> tuple[str, ...]:
        step = self._graph.step
        most = step("ReduceMax", step("Abs", states), self._last, keepdims=1)  # never 0 with these weights
        scaled = step("Mul", states, step("Div", self._largest, most))
        return step("Cast", step("Add", scaled, self._above), to=UINT8), most

    def __call__(self, name: str, read: tuple[str, ...]) -> str:
        import numpy as np

        constant, step = self._graph.constant, self._graph.step
        weight = self._weights(f"{name}.weight").T
        most = np.abs(weight).max(axis=0)
        whole = np.round(weight * (LARGEST / most)) + self._middle
        states, each = read
        middle = np.array(self._middle, self._whole)
        columns = (constant(whole.astype(self._whole)), self._unit, constant(most / LARGEST), self._zero)
        product = step("MatMulIntegerToFloat", states, *columns, constant(middle), domain=MICROSOFT)
        return step("Add", step("Mul", product, each), constant(self._weights(f"{name}.bias")))


def _axis(graph: Graph, number: int) -> str:
    import numpy as np

    return graph.constant(np.array([number], np.int64))
