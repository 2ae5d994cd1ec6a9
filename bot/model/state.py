"""What a context of llama.cpp has read, copied out of it and into another one, or back."""

from __future__ import annotations

import ctypes
from typing import Any


def copied(context: Any) -> Any:
    """All that a context has read, as bytes: of the default local model 29 kB a token, copied in milliseconds."""
    import llama_cpp

    size = llama_cpp.llama_state_seq_get_size(context, 0)
    state = (ctypes.c_uint8 * size)()
    llama_cpp.llama_state_seq_get_data(context, state, size, 0)
    return state


def put(context: Any, state: Any) -> None:
    """The context holds that state, and nothing else."""
    import llama_cpp

    llama_cpp.llama_state_seq_set_data(context, state, len(state), 0)


def tokens_read(llama: Any) -> list[int]:
    """The tokens that the model has read."""
    tokens: list[int] = llama.input_ids[: llama.n_tokens].tolist()
    return tokens


def cut(llama: Any, length: int) -> None:
    """Only the first tokens of what was read are kept."""
    llama.n_tokens = length
    llama._ctx.kv_cache_seq_rm(-1, length, -1)
    llama._requires_eval = True  # nothing is known of what follows
