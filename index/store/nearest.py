"""The passages nearest to a vector, within limits.

Chroma's own filters look at the facts of every passage. Among 100,000, a filter on an outlet and days takes 90 ms of a
processor's time; the search itself takes 2 ms (chromadb 1.5.9). The word index knows in under a millisecond how many
passages lie within the limits, and which. So of many the nearest are asked for without limits and those outside are
left out; few are compared one by one; and for what is between, Chroma is told which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

# Milliseconds of a processor: comparing 2,500 vectors of the ledger 10, the 2,000 nearest of Chroma 16, the 50 nearest
# of those named 15 to 19 for 2,500 to 10,000 names, 37 for 500 and 89 for 50.
FEW = 2_500  # passages within the limits that are compared one by one
MOST = 2_000  # passages that are asked for so that enough of them lie within the limits
SPARE = 1.5  # times as many as would do if those within were spread evenly

Near = Callable[[int, Sequence[int] | None], list[int]]  # a number, and the keys to look among -> keys, nearest first
Within = Callable[[int, Sequence[int] | None], list[int]]  # a number, and the keys that are asked about -> those within
Vectors = Callable[[Sequence[int]], Mapping[int, bytes]]


def nearest_within(
    vector: Vector, count: int, sizes: tuple[int, int], near: Near, within: Within, vectors: Vectors
) -> list[int]:
    """The keys of the `count` nearest passages, or of all within the limits where there are fewer.

    `sizes` are the number of all passages and of those within.
    """
    total, size = sizes
    if size <= max(FEW, count):
        return _compared(vector, vectors(within(size, None)))[:count]
    asked = int(SPARE * count * total / size)
    if asked <= MOST:
        found = near(asked, None)
        inside = set(within(asked, found))
        kept = [key for key in found if key in inside]
        if len(kept) >= count:
            return kept[:count]
    return near(count, within(size, None))


def _compared(vector: Vector, stored: Mapping[int, bytes]) -> list[int]:
    """The keys, those of the nearest vectors first."""
    import numpy as np

    if not stored:
        return []
    keys = list(stored)
    vectors = np.frombuffer(b"".join(stored.values()), dtype="<f2").reshape(len(keys), -1).astype(np.float32)
    return [keys[place] for place in np.argsort(-(vectors @ vector), kind="stable")]
