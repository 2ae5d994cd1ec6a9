"""A linear classifier over hashed features, as all are that read a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from bot.classifiers.fitted import Fitted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGEST = 127  # of an int8 number, either way


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """Weights of one output or of several, kept as whole numbers with a scale."""

    weights: NDArray[Any]  # (buckets,) or (buckets, outputs)
    scale: NDArray[Any]  # () or (outputs,)
    bias: NDArray[Any]  # () or (outputs,)
    threshold: float = 0.0
    rarity: NDArray[np.float64] | None = None  # (buckets,), what each feature's count is weighed by

    @classmethod
    def of(cls, fitted: Fitted) -> Self:
        """The classifier of a file with one threshold."""
        arrays, rarity = fitted.arrays, fitted.arrays.get("rarity")
        weighed = None if rarity is None else rarity.astype(float)
        return cls(arrays["weights"], arrays["scale"], arrays["bias"], fitted.threshold(), weighed)

    def odds(self, buckets: NDArray[np.int64] | Sequence[int], values: NDArray[np.float64] | None = None) -> float:
        """The log-odds of the one output."""
        return float(self.all_odds(buckets, values))

    def all_odds(
        self, buckets: NDArray[np.int64] | Sequence[int], values: NDArray[np.float64] | None = None
    ) -> NDArray[Any]:
        """The log-odds `(outputs,)`. Without `values` each feature counts as 1."""
        weights = self.weights[buckets] * self.scale
        found: NDArray[Any] = self.bias + (weights.sum(axis=0) if values is None else values @ weights)
        return found

    def small(self) -> Self:
        """With weights in int8: one scale for all outputs together, or the scale that is there."""
        import numpy as np

        if self.weights.dtype == np.int8:
            return self
        scale = np.abs(self.weights).max() / LARGEST
        return replace(self, weights=np.round(self.weights / scale).astype(np.int8), scale=np.asarray(scale))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays that `of` reads, without the threshold."""
        import numpy as np

        found = {"weights": self.weights, "scale": self.scale, "bias": self.bias}
        return found if self.rarity is None else found | {"rarity": self.rarity.astype(np.float16)}
