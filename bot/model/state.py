"""What a context of llama.cpp has read, copied out of it and into another one, or back."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model has read."""

    tokens: list[int]
    state: Any  # of its context


def reading(llama: Any) -> Reading:
    """What the model has read, to be taken up again later."""
    return Reading(tokens_read(llama), copied(llama.ctx))


def take_up(llama: Any, earlier: Reading) -> None:
    """The model has read that, and nothing else."""
    put(llama.ctx, earlier.state)
    llama.input_ids[: len(earlier.tokens)] = earlier.tokens
    cut(llama, len(earlier.tokens))


def tokens_read(llama: Any) -> list[int]:
    """The tokens that the model has read."""
    tokens: list[int] = llama.input_ids[: llama.n_tokens].tolist()
    return tokens


def cut(llama: Any, length: int) -> None:
    """Only the first tokens of what was read are kept."""
    llama.n_tokens = length
    llama._ctx.kv_cache_seq_rm(-1, length, -1)
    llama._requires_eval = True  # nothing is known of what follows
