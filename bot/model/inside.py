"""What a model holds inside while it reads: the output of one of its layers, seen in a second context of it.

llama.cpp gives the output of the last layer only. It does call back for every tensor that it computes in a context that
was made with a callback; in Python that is too slow for a prompt, which would also wait for whatever else Python does.
So the prompt is read without, what was read is copied, and its last token alone is read again with a callback.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

from bot.errors import ModelFailed
from bot.model.state import copied, put


class Inside:
    """A second context of a loaded model. It holds as much memory as the first one keeps of what it has read."""

    def __init__(self, llama: Any) -> None:
        import llama_cpp

        self._llama = llama
        self._wanted, self._seen = b"", list[float]()
        self._callback = llama_cpp.ggml_backend_sched_eval_callback(self._see)  # kept, since C has only its address
        settings = type(llama.context_params).from_buffer_copy(llama.context_params)
        settings.cb_eval = self._callback
        self._context = llama_cpp.llama_init_from_model(llama.model, settings)
        if not self._context:
            raise ModelFailed("There is too little memory for a second context of the local model.")

    def output(self, layer: int) -> list[float]:
        """The output of a layer, counted from 0, at the last token that the model has read: as many numbers as it is
        wide. Raises ModelFailed where it has no such layer."""
        import llama_cpp

        last = self._llama.n_tokens - 1
        self._wanted, self._seen = f"l_out-{layer}".encode(), []
        put(self._context, copied(self._llama.ctx))
        llama_cpp.llama_memory_seq_rm(llama_cpp.llama_get_memory(self._context), 0, last, -1)
        token = (llama_cpp.llama_token * 1)(int(self._llama.input_ids[last]))
        if llama_cpp.llama_decode(self._context, llama_cpp.llama_batch_get_one(token, 1)) or not self._seen:
            raise ModelFailed(f"The output of layer {layer} of the local model cannot be seen.")
        return self._seen

    def _see(self, tensor: int, ask: bool, _: object) -> bool:
        """Asked of every tensor whether it is wanted, and told of those that are once they are computed."""
        name_of, get = _functions()
        if name_of(tensor) != self._wanted:
            return False
        if not ask:
            values = (ctypes.c_float * self._llama.n_embd())()
            get(tensor, values, 0, ctypes.sizeof(values))
            self._seen = list(values)
        return True


@cache
def _functions() -> tuple[Any, Any]:
    """Two of ggml's: what a tensor is called, and the copy of its values from wherever it is computed."""
    from llama_cpp._ggml import libggml

    name_of, get = libggml.ggml_get_name, libggml.ggml_backend_tensor_get
    name_of.restype, name_of.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
    get.restype, get.argtypes = None, [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t]
    return name_of, get
