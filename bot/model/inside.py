"""The hidden states of a model: the output of one of its layers for a prompt.

llama.cpp gives the output of the last layer only. A context can have a callback for every tensor that it computes. In
Python a callback is too slow for a whole prompt. So there are two contexts:

1. The model's own context reads the prompt up to the question, without a callback.
2. Its state is copied into a second context with the callback and the adapter, which reads the rest.
3. For an answer with the adapter, the state is copied back.
"""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path
from typing import Any

from bot.errors import ModelFailed
from bot.model.state import copied, put


class Inside:
    """A second context of a loaded model, with an adapter, which gives the output of a layer.

    It takes as much memory as the state of the first context.
    """

    def __init__(self, llama: Any, adapter: Path) -> None:
        """Raises ModelFailed for an adapter that does not fit the model, or with too little memory."""
        import llama_cpp

        self._llama = llama
        self._wanted, self._output, self._tokens = b"", list[float](), 0
        self._held: tuple[list[int], int] | None = None
        self.adapter = llama_cpp.llama_adapter_lora_init(llama.model, str(adapter).encode())  # freed with the model
        if not self.adapter:  # before there is a context, which nothing would free
            raise unusable(adapter)
        # Kept, since C has only its address.
        self._callback = llama_cpp.ggml_backend_sched_eval_callback(self._on_tensor)
        settings = type(llama.context_params).from_buffer_copy(llama.context_params)
        settings.cb_eval = self._callback
        self.context = llama_cpp.llama_init_from_model(llama.model, settings)
        if not self.context:
            raise ModelFailed("There is too little memory for a second context of the local model.")
        if switch(self.context, self.adapter):
            llama_cpp.llama_free(self.context)
            raise unusable(adapter)

    def output(self, layer: int, prompt: list[int], first: int) -> list[float]:
        """The output of a layer, counted from 0, at the last token of the prompt: `(n_embd,)`.

        The first context has read the tokens before `first`. The others are read here with the adapter. Raises
        ModelFailed without such a layer, RuntimeError if stopped.
        """
        self._held = None
        put(self.context, copied(self._llama.ctx))
        hidden = self._read(layer, prompt[first:])
        self._held = prompt, first
        return hidden

    def has_read(self, prompt: list[int], first: int) -> bool:
        """Whether this prompt was read last, with the adapter from `first` on."""
        return self._held == (prompt, first)

    def _read(self, layer: int, tokens: list[int]) -> list[float]:
        import llama_cpp

        self._wanted, self._output = f"l_out-{layer}".encode(), []
        for start in range(0, len(tokens), self._llama.n_batch):
            batch = tokens[start : start + self._llama.n_batch]
            self._tokens = len(batch)
            given = (llama_cpp.llama_token * len(batch))(*batch)
            if ended := llama_cpp.llama_decode(self.context, llama_cpp.llama_batch_get_one(given, len(batch))):
                raise RuntimeError(f"llama_decode returned {ended}")
        if not self._output:
            raise ModelFailed(f"The output of layer {layer} of the local model cannot be seen.")
        return self._output

    def _on_tensor(self, tensor: int, ask: bool, _: object) -> bool:
        """The callback of ggml: with `ask`, whether a tensor is wanted; else takes the computed tensor.

        False for a computed tensor would end the computation.
        """
        name_of, get = _functions()
        if name_of(tensor) != self._wanted:
            return False
        if not ask:
            values = (ctypes.c_float * self._llama.n_embd())()
            size = ctypes.sizeof(values)
            get(tensor, values, (self._tokens - 1) * size, size)
            self._output = list(values)
        return True


def unusable(adapter: Path) -> ModelFailed:
    return ModelFailed(f"The adapter {adapter} cannot be used with the local model. Install Byline again.")


def switch(context: Any, adapter: Any) -> int:
    """Sets the adapter of a context, or removes it (None). Returns 0 on success."""
    import llama_cpp

    count = 0 if adapter is None else 1
    adapters = (llama_cpp.llama_adapter_lora_p_ctypes * count)(*[adapter] * count)
    failed: int = llama_cpp.llama_set_adapters_lora(context, adapters, count, (ctypes.c_float * count)(*[1.0] * count))
    return failed


@cache
def _functions() -> tuple[Any, Any]:
    """Two functions of ggml: the name of a tensor, and the copy of its values from any device."""
    from llama_cpp._ggml import libggml

    name_of, get = libggml.ggml_get_name, libggml.ggml_backend_tensor_get
    name_of.restype, name_of.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
    get.restype, get.argtypes = None, [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t]
    return name_of, get
