"""The tokens of a loaded model and their text."""

from __future__ import annotations

import ctypes
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

PIECE = 1024  # bytes, more than any token's text


def piece(llama: Any, token: int, *, special: bool = False) -> bytes:
    """The bytes of a token. `Llama.detokenize` loses tokens of more than 32 bytes."""
    import llama_cpp

    if token < 0:
        return b""
    buffer = ctypes.create_string_buffer(PIECE)
    length = llama_cpp.llama_token_to_piece(
        llama_cpp.llama_model_get_vocab(llama.model), token, buffer, PIECE, 0, special
    )
    return buffer.raw[: max(length, 0)]


def place_of(llama: Any, prompt: Sequence[int], words: str) -> int:
    """The place of the token in which the last occurrence of `words` begins. Raises ValueError without any."""
    pieces = [piece(llama, token, special=True) for token in prompt]
    return bisect_right(list(accumulate(map(len, pieces))), b"".join(pieces).rindex(words.encode(errors="replace")))


def alike(tokens: Sequence[int], others: Sequence[int]) -> int:
    """The length of the common beginning, in tokens."""
    return next(
        (place for place, pair in enumerate(zip(tokens, others, strict=False)) if pair[0] != pair[1]),
        min(len(tokens), len(others)),
    )
