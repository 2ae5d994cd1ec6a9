"""What a context of llama.cpp has read, copied out of it and into another one, or back."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
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


def tokens_read(llama: Any) -> list[int]:
    """The tokens that the model has read."""
    tokens: list[int] = llama.input_ids[: llama.n_tokens].tolist()
    return tokens


def cut(llama: Any, length: int) -> None:
    """Only the first tokens of what was read are kept."""
    llama.n_tokens = length
    llama._ctx.kv_cache_seq_rm(-1, length, -1)
    llama._requires_eval = True  # nothing is known of what follows


@dataclass(frozen=True, slots=True)
class Page:
    """What was read of one prompt, and its tokens."""

    state: Any
    tokens: Sequence[int]


class Pages:
    """Prompts that take turns in a context, each of which is read on from where it was left: the one for an answer and
    the one for its check begin each time with their own instructions."""

    def __init__(self, llama: Any) -> None:
        self._llama = llama
        self._open: str | None = None
        self._kept: dict[str, Page] = {}

    def open(self, name: str) -> None:
        """The context holds what was read of the prompt of that name, and nothing where none was."""
        if name == self._open:
            return
        llama = self._llama
        if self._open is not None:
            self._kept[self._open] = Page(copied(llama.ctx), tokens_read(llama))
        llama.reset()
        llama._ctx.kv_cache_clear()
        if page := self._kept.pop(name, None):
            put(llama.ctx, page.state)
            llama.input_ids[: len(page.tokens)] = page.tokens
            llama.n_tokens = len(page.tokens)
        self._open = name
