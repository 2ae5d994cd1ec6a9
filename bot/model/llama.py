"""llama.cpp in this process: one GGUF file, one context, one caller at a time."""

from __future__ import annotations

import codecs
import ctypes
import math
import os
import re
from bisect import bisect_right
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from bot.errors import Cancelled, ModelFailed, ModelMissing
from bot.model.inside import Inside, switch, unusable
from bot.model.line import Line
from bot.model.state import Pages, copied, put
from bot.types import Cancellation
from index.quiet import quiet

BATCH = 128  # tokens read at once: as fast as 512 on a CPU, with smaller buffers
ANSWER = "answer"  # the page of the prompts for answers, see `bot.model.state`
PIECE = 1024  # bytes, more than any token's text

Message = Mapping[str, str]  # role and content


@dataclass(frozen=True, slots=True)
class Ending:
    """How a completion ended, and its tokens."""

    complete: bool  # False: it was cut off by the limit
    read: int
    written: int


class Engine:
    """A model that is loaded at its first use and keeps what it has read, so that a prompt which begins like the one
    before is read from where they part."""

    def __init__(self, path: Path, context: int, threads: int) -> None:
        self.path = path
        self.context = context  # tokens, prompt and answer together
        self.threads = threads
        self.line = Line()
        self._insides: dict[Path, Inside] = {}

    def write(
        self,
        messages: Sequence[Message],
        *,
        limit: int,
        temperature: float,
        stops: Sequence[str],
        cancel: Cancellation,
        adapter: Path | None = None,
        words: str = "",
    ) -> Generator[str, None, Ending]:
        """Streams at most `limit` tokens of the answer, which ends before the first of `stops`. With an adapter, the
        prompt is read with it from where `words` stand last in it, and so is what is written.

        Raises `ModelMissing`, `ModelFailed` or `Cancelled`, as it is iterated.
        """
        with self._turn(cancel) as llama:
            prompt = self._tokens(llama, messages)
            written: list[int] = []
            room = min(limit, self.context - len(prompt))
            tokens = islice(self._sample(llama, prompt, temperature, cancel), room)
            with self._adapted(llama, prompt, words, adapter, cancel) if adapter else nullcontext():
                yield from until(stops, decode(_piece(llama, token) for token in _tee(tokens, written)))
            return Ending(len(written) < room, len(prompt), len(written))

    def probability(
        self, messages: Sequence[Message], yes: Sequence[str], no: Sequence[str], page: str, cancel: Cancellation
    ) -> float:
        """P(yes) / (P(yes) + P(no)) for the first token of the answer; a longer word counts by its first token. What
        was read of another `page` is kept beside."""
        with self._turn(cancel, page) as llama:
            import llama_cpp

            prompt = self._tokens(llama, messages)
            next(self._sample(llama, prompt, 0.0, cancel), None)
            logits = llama_cpp.llama_get_logits_ith(llama.ctx, -1)
            yes_logits, no_logits = ([logits[token] for token in _firsts(llama, words)] for words in (yes, no))
        return share(yes_logits, no_logits)

    def read(
        self, messages: Sequence[Message], words: str, layer: int, adapter: Path, cancel: Cancellation
    ) -> Sequence[float]:
        """The output of a layer, counted from 0, at the last token of the messages, when these are read with the
        adapter from where `words` stand last. What was read is kept, so that an answer with it begins at once."""
        with self._turn(cancel) as llama:
            prompt = self._tokens(llama, messages)
            first = _place(llama, prompt, words)
            inside = self._with(adapter)
            self._reach(llama, prompt[:first], cancel)
            with _stoppable(inside.context, cancel), self._whole(llama, cancel):
                return inside.output(layer, prompt, first)

    def tokens(self, messages: Sequence[Message], words: str) -> tuple[list[int], int]:
        """The tokens of the prompt, and the place of the first one of `words`, where they stand last."""
        with self._turn(Cancellation()) as llama:
            prompt = self._tokens(llama, messages)
            return prompt, _place(llama, prompt, words)

    def words(self, text: str) -> list[int]:
        """The tokens of an answer, with the one that ends it."""
        with self._turn(Cancellation()) as llama:
            return [*llama.tokenize(text.encode(errors="replace"), add_bos=False, special=False), llama.token_eos()]

    @contextmanager
    def _turn(self, cancel: Cancellation, page: str = ANSWER) -> Iterator[Any]:
        """The loaded model, in the caller's turn, with `cancel` able to stop it within a computation, and with what was
        read of that sort of prompt."""
        with self.line.turn(cancel):
            llama = self._llama
            self._pages.open(page)
            with _stoppable(llama.ctx, cancel):
                yield llama

    @cached_property
    def _llama(self) -> Any:
        return _load(self.path, self.context, self.threads)

    def _with(self, adapter: Path) -> Inside:
        if adapter not in self._insides:
            self._insides[adapter] = Inside(self._llama, adapter)
        return self._insides[adapter]

    @cached_property
    def _pages(self) -> Pages:
        return Pages(self._llama)

    @cached_property
    def _template(self) -> Any:
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        llama = self._llama
        template = llama.metadata.get("tokenizer.chat_template")
        if template is None:
            raise ModelFailed(f"{self.path.name} has no chat template. Use a model that was tuned to chat.")
        begin, end = (_piece(llama, token, special=True).decode() for token in (llama.token_bos(), llama.token_eos()))
        return Jinja2ChatFormatter(template=template, eos_token=end, bos_token=begin)

    def _tokens(self, llama: Any, messages: Sequence[Message]) -> list[int]:
        """The tokens of the prompt. Only the template makes control tokens: the same characters in a message are text,
        so that no article can end its part and speak in another's."""
        marked = [{**message, "content": f"\ue000{place}\ue001"} for place, message in enumerate(messages)]
        try:
            frame = self._template(messages=marked).prompt
        except ValueError as error:
            raise ModelFailed(f"The chat template of {self.path.name} refuses these messages: {error}.") from error
        tokens: list[int] = []
        for place, part in enumerate(re.split("\ue000(\\d+)\ue001", frame)):
            text = messages[int(part)]["content"] if place % 2 else part
            tokens += llama.tokenize(text.encode(errors="replace"), add_bos=False, special=place % 2 == 0)
        if len(tokens) >= self.context:
            raise ModelFailed(
                f"The prompt has {len(tokens):,} tokens, and {self.path.stem} reads fewer than {self.context:,}. "
                "Ask a shorter question, or use a model with a larger context."
            )
        return tokens

    def _sample(self, llama: Any, prompt: list[int], temperature: float, cancel: Cancellation) -> Iterator[int]:
        """The tokens of the answer as they are drawn, up to the model's own end."""
        import llama_cpp

        vocabulary = llama_cpp.llama_model_get_vocab(llama.model)
        with self._whole(llama, cancel):
            for token in llama.generate(prompt, temp=temperature):
                if llama_cpp.llama_vocab_is_eog(vocabulary, token):
                    return
                yield token

    def _reach(self, llama: Any, tokens: list[int], cancel: Cancellation) -> None:
        """The model has read these tokens, and nothing else."""
        kept = _alike(llama.input_ids[: llama.n_tokens].tolist(), tokens)
        _cut(llama, kept)
        if kept < len(tokens):
            with self._whole(llama, cancel):
                llama.eval(tokens[kept:])

    @contextmanager
    def _adapted(
        self, llama: Any, prompt: list[int], words: str, adapter: Path, cancel: Cancellation
    ) -> Iterator[None]:
        """What is read and written beyond the prompt's beginning, as far as `words`, is so with the adapter; then it is
        dropped, and only what was read without is kept."""
        first = _place(llama, prompt, words)
        inside = self._with(adapter)
        self._reach(llama, prompt[:first], cancel)
        try:
            if inside.has_read(prompt, first):
                put(llama.ctx, copied(inside.context))
                llama.input_ids[: len(prompt)] = prompt
                _cut(llama, len(prompt) - 1)  # the last one is read again: what follows it was not copied
            if switch(llama.ctx, inside.adapter):
                raise unusable(adapter)
            yield
        finally:
            switch(llama.ctx, None)
            _cut(llama, min(first, llama.n_tokens))

    @contextmanager
    def _whole(self, llama: Any, cancel: Cancellation) -> Iterator[None]:
        """What llama.cpp raises, as ours; of a batch that was left half read nothing is used again."""
        try:
            yield
        except RuntimeError as error:
            llama.reset()
            if cancel.is_set():
                raise Cancelled from error
            raise ModelFailed(f"The local model {self.path.stem} failed: {error}. Try again.") from error


_engines: dict[tuple[Path, int, int], Engine] = {}


def engine(path: Path, context: int, threads: int) -> Engine:
    """The one engine of this process for the file and its settings."""
    return _engines.setdefault((path, context, threads), Engine(path, context, threads))


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def decode(pieces: Iterable[bytes]) -> Iterator[str]:
    """Text of UTF-8 bytes that may break within a character; nothing empty is given."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    for piece in pieces:
        if text := decoder.decode(piece):
            yield text
    if text := decoder.decode(b"", final=True):
        yield text


def until(stops: Sequence[str], pieces: Iterable[str]) -> Iterator[str]:
    """The text before the stop that is first complete. What may be the beginning of a stop is held back.

    >>> list(until(["END"], ["one E", "ach EN", "D two"]))
    ['one ', 'Each ']
    """
    held = ""
    for piece in pieces:
        held += piece
        if found := [(at + len(stop), at) for stop in stops if (at := held.find(stop)) >= 0]:
            if text := held[: min(found)[1]]:
                yield text
            return
        begins = (at for at in range(len(held)) if any(stop.startswith(held[at:]) for stop in stops))
        ready = next(begins, len(held))
        if ready:
            yield held[:ready]
        held = held[ready:]
    if held:
        yield held


def share(yes: Sequence[float], no: Sequence[float]) -> float:
    """The probability of `yes` among `yes` and `no`, of logits.

    >>> share([2.0], [2.0])
    0.5
    """
    top = max(*yes, *no)
    for_yes, for_no = (math.fsum(math.exp(logit - top) for logit in logits) for logits in (yes, no))
    return for_yes / (for_yes + for_no)


def _alike(tokens: Sequence[int], others: Sequence[int]) -> int:
    """How many tokens both begin with."""
    return next(
        (place for place, pair in enumerate(zip(tokens, others, strict=False)) if pair[0] != pair[1]),
        min(len(tokens), len(others)),
    )


def _place(llama: Any, prompt: Sequence[int], words: str) -> int:
    """The place in the prompt of the token in which `words` begin where they stand last. Raises ValueError."""
    pieces = [_piece(llama, token, special=True) for token in prompt]
    return bisect_right(list(accumulate(map(len, pieces))), b"".join(pieces).rindex(words.encode(errors="replace")))


def _cut(llama: Any, length: int) -> None:
    """Only the first tokens of what was read are kept."""
    llama.n_tokens = length
    llama._ctx.kv_cache_seq_rm(-1, length, -1)
    llama._requires_eval = True  # nothing is known of what follows


def _tee(tokens: Iterable[int], into: list[int]) -> Iterator[int]:
    for token in tokens:
        into.append(token)
        yield token


def _firsts(llama: Any, words: Sequence[str]) -> set[int]:
    return {llama.tokenize(word.encode(), add_bos=False, special=False)[0] for word in words}


def _piece(llama: Any, token: int, *, special: bool = False) -> bytes:
    """The bytes of a token. `Llama.detokenize` loses those of more than 32 bytes."""
    import llama_cpp

    if token < 0:
        return b""
    buffer = ctypes.create_string_buffer(PIECE)
    length = llama_cpp.llama_token_to_piece(
        llama_cpp.llama_model_get_vocab(llama.model), token, buffer, PIECE, 0, special
    )
    return buffer.raw[: max(length, 0)]


def _load(path: Path, context: int, threads: int) -> Any:
    quiet()
    try:
        import llama_cpp
    except (ImportError, OSError, RuntimeError) as error:
        raise ModelMissing(
            f"llama-cpp-python cannot be loaded ({error}). Install it with `pip install 'byline[local]'`."
        ) from error
    from jinja2 import TemplateError

    _silence()
    _without_tiles()
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
def _without_tiles() -> None:
    """Keeps an engine that was built with AMX, the matrix tiles of newer Intel processors, from using them.

    It sets up a thread's tiles once (ggml_tile_config_init) and relies on that for ever, while other libraries in the
    process (PyTorch, ONNX Runtime) set up the same tiles for themselves or release them: the process is then killed
    for an illegal instruction, or computes something else. Such an engine also goes without its repacked weights,
    which the same switch turns off; `make local` builds one that has them and no tiles.
    """
    from llama_cpp import llama

    if b"AMX_INT8 = 1" in llama.llama_cpp.llama_print_system_info():
        defaults = llama.llama_cpp.llama_model_default_params

        def without_tiles() -> Any:
            parameters = defaults()
            parameters.use_extra_bufts = False
            return parameters

        llama.llama_cpp.llama_model_default_params = without_tiles


@contextmanager
def _stoppable(context: Any, cancel: Cancellation) -> Iterator[None]:
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
