"""The encoder that ships with Byline: MiniLM read as a cross-encoder, in onnxruntime, without torch.

`bot/training/judge.py` trains it. The file holds each matrix as whole numbers in int8 with a scale a row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from bot.errors import Cancelled
from bot.judge.judgement import Logits, Pairs
from bot.types import Cancellation
from index.quiet import quiet

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from tokenizers import Encoding

Pieces = tuple[list[int], list[int]]  # of both texts, and which of the two each is of

FILE = Path(__file__).with_name("encoder.safetensors")
LONGEST = 384  # pieces of a pair; the longer text is cut at its end, so that all of a claim is read
HEADS, LABELS = "heads", 4  # supported, contradicted, not stated; answers
_UNREAD = 0.15  # the share of pieces unknown to the vocabulary from which on a pair is not read
_LETTERS = 1.6  # characters a piece below which a text is spelled, not read: another script than the Latin one


class Encoder:
    """Loaded when it is first used, once a process. Several threads may ask; each pair is read on one processor."""

    name = "byline-encoder"

    def __init__(self, path: Path = FILE) -> None:
        self._path = path

    def entailment(self, pairs: Pairs, cancel: Cancellation | None = None) -> Sequence[Logits | None]:
        return self._read(pairs, cancel, _entailment)

    def answers(self, pairs: Pairs, cancel: Cancellation | None = None) -> Sequence[Logits | None]:
        return self._read(pairs, cancel, lambda logits: Logits(answers=float(logits[3])))

    def _read(
        self, pairs: Pairs, cancel: Cancellation | None, tell: Callable[[Sequence[float]], Logits]
    ) -> list[Logits | None]:
        from index.embed import cores

        network = _loaded(self._path)

        def read(pieces: Pieces | None) -> Logits | None:
            if cancel and cancel.is_set():
                raise Cancelled
            return tell(network.logits(*pieces)) if pieces else None

        found = network.pieces(pairs)
        if len(found) == 1:
            return [read(found[0])]
        with ThreadPoolExecutor(cores()) as pool:
            return list(pool.map(read, found))


_loading = Lock()


def _loaded(path: Path) -> _Network:
    """One for all judges of a process: it takes some 150 MB."""
    with _loading:
        return _network(path)


@lru_cache(maxsize=1)
def _network(path: Path) -> _Network:
    quiet()
    return _Network(path)


class _Network:
    def __init__(self, path: Path) -> None:
        from functools import partial

        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        from index.embed import classifier, minilm_folder, multiplies_bytes, session

        stored = load_file(path)

        def weights(name: str) -> NDArray[np.float32]:
            scale = stored.get(f"{name}.scale")
            return stored[name] if scale is None else stored[name] * scale[:, None]

        self._words = weights("embeddings.word_embeddings.weight")
        self._places = weights("embeddings.position_embeddings.weight")
        self._kinds = weights("embeddings.token_type_embeddings.weight")
        precision: Any = "int8" if multiplies_bytes() else "float32"
        self._session = session(weights, precision, partial(classifier, heads=HEADS, labels=LABELS))
        self._tokenizer = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST, strategy="longest_first")
        self._unknown = self._tokenizer.token_to_id("[UNK]")

    def pieces(self, pairs: Pairs) -> list[Pieces | None]:
        """The pieces of each pair, and which of its texts each is of; None for a language that is not read."""
        found = self._tokenizer.encode_batch(list(pairs))
        return [(each.ids, each.type_ids) if self._reads(each) else None for each in found]

    def _reads(self, encoded: Encoding) -> bool:
        letters = sum(end - start for start, end in encoded.offsets)
        known = sum(piece == self._unknown for piece in encoded.ids) <= _UNREAD * len(encoded.ids)
        return known and letters >= _LETTERS * (len(encoded.ids) - 3)

    def logits(self, pieces: list[int], kinds: list[int]) -> Sequence[float]:
        states = self._words[pieces] + self._places[: len(pieces)] + self._kinds[kinds]
        found: Sequence[float] = self._session.run(None, {"states": states[None]})[0][0]
        return found


def _entailment(logits: Sequence[float]) -> Logits:
    from math import exp, log

    supported, contradicted, not_stated = (float(each) for each in logits[:3])
    against = max(contradicted, not_stated) + log(1 + exp(-abs(contradicted - not_stated)))
    return Logits(supported - against, contradicted - not_stated)
