"""The state of a context of llama.cpp (its key-value cache): saved, restored, copied and cut."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.model.tokens import alike


def copied(context: Any) -> Any:
    """The state of a context as bytes: 29 kB a token for the default local model, copied in milliseconds."""
    import llama_cpp

    size = llama_cpp.llama_state_seq_get_size(context, 0)
    state = (ctypes.c_uint8 * size)()
    llama_cpp.llama_state_seq_get_data(context, state, size, 0)
    return state


def put(context: Any, state: Any) -> None:
    """Replaces the state of a context."""
    import llama_cpp

    llama_cpp.llama_state_seq_set_data(context, state, len(state), 0)


@dataclass(frozen=True, slots=True)
class Reading:
    """The tokens in the context of a model, and their state."""

    tokens: list[int]
    state: Any  # as of `copied`


def reading(llama: Any) -> Reading:
    """Saves the context of a model, for `take_up`."""
    return Reading(tokens_read(llama), copied(llama.ctx))


def take_up(llama: Any, earlier: Reading) -> None:
    """Restores a saved context."""
    put(llama.ctx, earlier.state)
    llama.input_ids[: len(earlier.tokens)] = earlier.tokens
    cut(llama, len(earlier.tokens))


def tokens_read(llama: Any) -> list[int]:
    """The tokens in the context of a model."""
    tokens: list[int] = llama.input_ids[: llama.n_tokens].tolist()
    return tokens


def rewinds(llama: Any) -> bool:
    """Whether the model can drop its last tokens. A recurrent model, such as Mamba, cannot."""
    import llama_cpp

    return not (llama_cpp.llama_model_is_recurrent(llama.model) or llama_cpp.llama_model_is_hybrid(llama.model))


def reusable(llama: Any, prompt: Sequence[int]) -> int:
    """How many of the prompt's first tokens are in the context. The last token is always read, for its logits."""
    same = min(alike(tokens_read(llama), prompt), len(prompt) - 1)
    return same if same == llama.n_tokens or rewinds(llama) else 0


def cut(llama: Any, length: int) -> None:
    """Keeps only the first `length` tokens of the context."""
    llama.n_tokens = length
    llama._ctx.kv_cache_seq_rm(-1, length, -1)
    llama._requires_eval = True  # the logits after the last token are gone
