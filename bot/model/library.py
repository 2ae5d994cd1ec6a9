"""The library of llama.cpp in this process: loads models, silences its log, and stops computations."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

from bot.errors import ModelFailed, ModelMissing
from bot.types import Cancellation
from index.extras import installing
from index.quiet import quiet

BATCH = 128  # tokens read at once: as fast as 512 on a CPU, with smaller buffers


def load(path: Path, context: int, threads: int) -> Any:
    """The model of a GGUF file, with a `context` in tokens. Raises `ModelMissing` or `ModelFailed`."""
    quiet()
    try:
        import llama_cpp
    except (ImportError, OSError, RuntimeError) as error:
        raise ModelMissing(
            f"llama-cpp-python cannot be loaded ({error}). Install it with {installing('local')}."
        ) from error
    from jinja2 import TemplateError

    _silence()
    _as_stored()
    try:
        llama = llama_cpp.Llama(
            str(path),
            n_ctx=context,
            n_batch=BATCH,
            n_ubatch=BATCH,
            n_threads=threads,
            n_threads_batch=threads,
            verbose=False,
        )
    except (ValueError, TemplateError) as error:
        raise ModelFailed(f"The model file {path} cannot be used: {error}. Fetch it again, or name another.") from error
    # Kept until the process ends: freed during the shutdown of Python, it can crash a thread that still writes.
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(llama))
    return llama


@contextmanager
def stoppable(context: Any, cancel: Cancellation) -> Iterator[None]:
    """Within it, `cancel` stops the computations of the context."""
    import llama_cpp

    # Local names: during the shutdown of the interpreter the module's names may be gone.
    set_abort, never = llama_cpp.llama_set_abort_callback, llama_cpp.ggml_abort_callback()
    flag = (ctypes.c_char * len(cancel.flag)).from_buffer(cancel.flag)
    set_abort(context, _abort_when_set(), ctypes.addressof(flag))
    try:
        yield
    finally:
        set_abort(context, never, None)


@cache
def _silence() -> None:
    """Drops the log of the library.

    Its own option redirects the output of the whole process while a model loads. Prints of other threads get lost.
    """
    import llama_cpp
    from llama_cpp import _internals, llama

    llama_cpp.llama_log_set(_native("abs", llama_cpp.llama_log_callback), None)  # abs ignores the message
    for module in (llama, _internals):
        module.suppress_stdout_stderr = lambda disable: nullcontext(disable)


@cache
def _as_stored() -> None:
    """Turns off the repacking of weights on processors with AVX512_VNNI.

    With repacking, writing is 1.25 times as fast and reading .7 times. Two cores of an AMD EPYC then read 107 tokens a
    second instead of 151. Most of the time is reading. With AVX2 alone, reading is as fast either way (73 and 75).

    The switch also turns off AMX, the matrix tiles of newer Intel processors. The library configures the tiles of a
    thread once (ggml_tile_config_init). PyTorch and ONNX Runtime, in the same process, configure or release the same
    tiles. Then the process dies of an illegal instruction, or computes wrong values.
    """
    from llama_cpp import llama

    if b"AVX512_VNNI = 1" in llama.llama_cpp.llama_print_system_info():
        defaults = llama.llama_cpp.llama_model_default_params

        def as_stored() -> Any:
            parameters = defaults()
            parameters.use_extra_bufts = False
            return parameters

        llama.llama_cpp.llama_model_default_params = as_stored


@cache
def _abort_when_set() -> Any:
    """The abort callback: true once the flag, a C string, is not empty.

    It is called hundreds of times a token. In Python each call would wait for the interpreter's lock: a busy process
    got a word a second.
    """
    import llama_cpp

    return _native("strlen", llama_cpp.ggml_abort_callback)


def _native(name: str, kind: Any) -> Any:
    """A function of the C library as a callback.

    A callback in Python would need the interpreter's lock, and would crash during the interpreter's shutdown.
    """
    library = ctypes.CDLL("msvcrt" if os.name == "nt" else None)
    return ctypes.cast(library[name], kind)
