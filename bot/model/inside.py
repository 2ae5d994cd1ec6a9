"""What a model holds inside when it reads: the output of one of its layers.

llama.cpp gives the output of the last layer only. It does call back for every tensor that it computes in a context that
was made with a callback; in Python that is too slow for a whole prompt, which would also wait for whatever else Python
does. So the prompt for an answer is read without, in the model's own context; what was read before the question is
copied into a second one that has the callback and the adapter, and the rest is read there. From there it is copied back
where an answer is to be written with the adapter.
"""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path
from typing import Any

from bot.errors import ModelFailed
from bot.model.state import copied, put


class Inside:
    """A further context of a loaded model, in which it reads with an adapter and the output of a layer is seen. It
    holds as much memory as the first one keeps of what it has read."""

    def __init__(self, llama: Any, adapter: Path) -> None:
        """Raises ModelFailed where there is no such adapter for the model, or too little memory."""
        import llama_cpp

        self._llama = llama
        self._wanted, self._seen, self._tokens = b"", list[float](), 0
        self._held: tuple[list[int], int] | None = None
        self.adapter = llama_cpp.llama_adapter_lora_init(llama.model, str(adapter).encode())  # freed with the model
        if not self.adapter:  # before there is a context, which nothing would free
            raise unusable(adapter)
        self._callback = llama_cpp.ggml_backend_sched_eval_callback(self._see)  # kept, since C has only its address
        settings = type(llama.context_params).from_buffer_copy(llama.context_params)
        settings.cb_eval = self._callback
        self.context = llama_cpp.llama_init_from_model(llama.model, settings)
        if not self.context:
            raise ModelFailed("There is too little memory for a second context of the local model.")
        if switch(self.context, self.adapter):
            llama_cpp.llama_free(self.context)
            raise unusable(adapter)

    def output(self, layer: int, prompt: list[int], first: int) -> list[float]:
        """The output of a layer, counted from 0, at the last token of the prompt, as many numbers as the model is wide.
        The model has read all before the place `first`, and the rest is read here with the adapter. Raises ModelFailed
        where it has no such layer, and RuntimeError where it was stopped."""
        self._held = None
        put(self.context, copied(self._llama.ctx))
        seen = self._read(layer, prompt[first:])
        self._held = prompt, first
        return seen

    def has_read(self, prompt: list[int], first: int) -> bool:
        """Whether that was read last."""
        return self._held == (prompt, first)

    def _read(self, layer: int, tokens: list[int]) -> list[float]:
        import llama_cpp

        self._wanted, self._seen = f"l_out-{layer}".encode(), []
        for start in range(0, len(tokens), self._llama.n_batch):
            batch = tokens[start : start + self._llama.n_batch]
            self._tokens = len(batch)
            given = (llama_cpp.llama_token * len(batch))(*batch)
            if ended := llama_cpp.llama_decode(self.context, llama_cpp.llama_batch_get_one(given, len(batch))):
                raise RuntimeError(f"llama_decode returned {ended}")
        if not self._seen:
            raise ModelFailed(f"The output of layer {layer} of the local model cannot be seen.")
        return self._seen

    def _see(self, tensor: int, ask: bool, _: object) -> bool:
        """Asked of every tensor whether it is wanted, and told of those that are once they are computed: False ends the
        computation there."""
        name_of, get = _functions()
        if name_of(tensor) != self._wanted:
            return False
        if not ask:
            values = (ctypes.c_float * self._llama.n_embd())()
            size = ctypes.sizeof(values)
            get(tensor, values, (self._tokens - 1) * size, size)
            self._seen = list(values)
        return True


def unusable(adapter: Path) -> ModelFailed:
    return ModelFailed(f"The adapter {adapter} cannot be used with the local model. Install Byline again.")


def switch(context: Any, adapter: Any) -> int:
    """The context computes with the adapter, or with none, from now on. Not 0 where it cannot."""
    import llama_cpp

    count = 0 if adapter is None else 1
    adapters = (llama_cpp.llama_adapter_lora_p_ctypes * count)(*[adapter] * count)
    failed: int = llama_cpp.llama_set_adapters_lora(context, adapters, count, (ctypes.c_float * count)(*[1.0] * count))
    return failed


@cache
def _functions() -> tuple[Any, Any]:
    """Two of ggml's: what a tensor is called, and the copy of its values from wherever it is computed."""
    from llama_cpp._ggml import libggml

    name_of, get = libggml.ggml_get_name, libggml.ggml_backend_tensor_get
    name_of.restype, name_of.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
    get.restype, get.argtypes = None, [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t]
    return name_of, get
