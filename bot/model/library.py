"""The library of llama.cpp in this process: how a model is loaded, quietly and safely beside other libraries, and how
what it computes is stopped."""

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
from index.quiet import quiet

BATCH = 128  # tokens read at once: as fast as 512 on a CPU, with smaller buffers


def load(path: Path, context: int, threads: int) -> Any:
    """The model of a GGUF file, with a context of that many tokens. Raises `ModelMissing` or `ModelFailed`."""
    quiet()
    try:
        import llama_cpp
    except (ImportError, OSError, RuntimeError) as error:
        raise ModelMissing(
            f"llama-cpp-python cannot be loaded ({error}). Install it with `pip install 'byline[local]'`."
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
    # Kept until the process ends: freed while Python shuts down, it complains, or crashes a thread that still writes.
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(llama))
    return llama


@contextmanager
def stoppable(context: Any, cancel: Cancellation) -> Iterator[None]:
    """`cancel` stops what the context computes."""
    import llama_cpp

    # By names of this function's own: when the interpreter ends, the module may lose its own first.
    set_abort, never = llama_cpp.llama_set_abort_callback, llama_cpp.ggml_abort_callback()
    flag = (ctypes.c_char * len(cancel.flag)).from_buffer(cancel.flag)
    set_abort(context, _abort_when_set(), ctypes.addressof(flag))
    try:
        yield
    finally:
        set_abort(context, never, None)


@cache
def _silence() -> None:
    """Drops the library's notes.

    Its own way redirects the output of the whole process while a model loads, and so swallows what other threads print.
    """
    import llama_cpp
    from llama_cpp import _internals, llama

    llama_cpp.llama_log_set(_native("abs", llama_cpp.llama_log_callback), None)  # which looks at a number: no effect
    for module in (llama, _internals):
        module.suppress_stdout_stderr = lambda disable: nullcontext(disable)


@cache
def _as_stored() -> None:
    """Has an engine for processors with AVX512_VNNI compute with the weights as they are stored, not repacked.

    Repacked, an answer is written 1.25 times as fast, but what is read is read .7 times as fast (151 and 107 tokens a
    second on two cores of an AMD EPYC), and most of the time it reads. Where there is AVX2 alone, it reads both as fast
    (73 and 75).

    The same switch turns off AMX, the matrix tiles of newer Intel processors, which have AVX512_VNNI too. An engine
    that was built with it sets up a thread's tiles once (ggml_tile_config_init) and relies on that for ever, while
    other libraries in the process (PyTorch, ONNX Runtime) set up the same tiles for themselves or release them: the
    process is then killed for an illegal instruction, or computes something else.
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
    """A function that is true once the flag is set: the length of the string there. It is asked hundreds of times a
    token: in Python, where each call waits for the interpreter's lock, a busy process got a word a second."""
    import llama_cpp

    return _native("strlen", llama_cpp.ggml_abort_callback)


def _native(name: str, kind: Any) -> Any:
    """A function of the C library as a callback. One in Python would need the interpreter's lock, and crash when it is
    called while the interpreter ends."""
    library = ctypes.CDLL("msvcrt" if os.name == "nt" else None)
    return ctypes.cast(library[name], kind)
