"""llama.cpp in this process: one GGUF file, one context, one caller at a time."""

from __future__ import annotations

import os
import re
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from bot.errors import Cancelled, ModelFailed
from bot.model.greedy import likeliest, pays
from bot.model.inside import Inside, switch, unusable
from bot.model.library import load, stoppable
from bot.model.line import Line
from bot.model.state import Reading, copied, cut, put, reading, take_up, tokens_read
from bot.model.text import decode, until
from bot.model.tokens import alike, piece, place_of
from bot.types import Cancellation, Usage

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
        self._prompts, self._written = Usage(), 0  # tokens of all calls so far
        self._insides: dict[Path, Inside] = {}
        self._idle: Reading | None = None  # what was read for the work that is done while nobody asks
        self._guesses = False  # measured when it is loaded

    @property
    def usage(self) -> Usage:
        """Of all calls so far."""
        return self._prompts + Usage(written=self._written)

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
        idle: bool = False,
    ) -> Generator[str, None, Ending]:
        """Streams at most `limit` tokens of the answer, which ends before the first of `stops`. With an adapter, the
        prompt is read with it from where `words` stand last in it, and so is what is written. What is `idle` gives way
        to every other caller, and costs them nothing of what the model has read for them.

        Raises `ModelMissing`, `ModelFailed` or `Cancelled`, as it is iterated.
        """
        with self._turn(cancel, idle=idle) as llama, self._apart(llama) if idle else nullcontext():
            prompt = self._tokens(llama, messages)
            written: list[int] = []
            room = min(limit, self.context - len(prompt))
            try:
                with self._adapted(llama, prompt, words, adapter, cancel) if adapter else nullcontext(0) as counted:
                    tokens = islice(self._sample(llama, prompt, counted, temperature, cancel), room)
                    yield from until(stops, decode(piece(llama, token) for token in _tee(tokens, written)))
            finally:
                self._written += len(written)  # a plain number: this may run when Python is half gone
            return Ending(len(written) < room, len(prompt), len(written))

    def read(
        self, messages: Sequence[Message], words: str, layer: int, adapter: Path, cancel: Cancellation
    ) -> Sequence[float]:
        """The output of a layer, counted from 0, at the last token of the messages, when these are read with the
        adapter from where `words` stand last. What was read is kept, so that an answer with it begins at once."""
        with self._turn(cancel) as llama:
            prompt = self._tokens(llama, messages)
            first = place_of(llama, prompt, words)
            inside = self._with(adapter)
            self._reach(llama, prompt[:first], cancel)
            self._prompts += Usage(read=len(prompt) - first)
            with stoppable(inside.context, cancel), self._whole(llama, cancel):
                return inside.output(layer, prompt, first)

    def tokens(self, messages: Sequence[Message], words: str) -> tuple[list[int], int]:
        """The tokens of the prompt, and the place of the first one of `words`, where they stand last."""
        with self._turn(Cancellation()) as llama:
            prompt = self._tokens(llama, messages)
            return prompt, place_of(llama, prompt, words)

    def words(self, text: str) -> list[int]:
        """The tokens of an answer, with the one that ends it."""
        with self._turn(Cancellation()) as llama:
            return [*llama.tokenize(text.encode(errors="replace"), add_bos=False, special=False), llama.token_eos()]

    @contextmanager
    def _turn(self, cancel: Cancellation, *, idle: bool = False) -> Iterator[Any]:
        """The loaded model, in the caller's turn, with `cancel` able to stop it within a computation."""
        with self.line.turn(cancel, idle=idle):
            llama = self._llama
            with stoppable(llama.ctx, cancel):
                yield llama

    @contextmanager
    def _apart(self, llama: Any) -> Iterator[None]:
        """The model goes on from what it has read in here before, and then has read again what it had read."""
        before = reading(llama)
        if self._idle:
            take_up(llama, self._idle)
        try:
            yield
        finally:
            self._idle = reading(llama)
            take_up(llama, before)

    @cached_property
    def _llama(self) -> Any:
        llama = load(self.path, self.context, self.threads)
        self._guesses = pays(llama)
        return llama

    def _with(self, adapter: Path) -> Inside:
        if adapter not in self._insides:
            self._insides[adapter] = Inside(self._llama, adapter)
        return self._insides[adapter]

    @cached_property
    def _template(self) -> Any:
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        llama = self._llama
        template = llama.metadata.get("tokenizer.chat_template")
        if template is None:
            raise ModelFailed(f"{self.path.name} has no chat template. Use a model that was tuned to chat.")
        begin, end = (piece(llama, token, special=True).decode() for token in (llama.token_bos(), llama.token_eos()))
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

    def _sample(
        self, llama: Any, prompt: list[int], counted: int, temperature: float, cancel: Cancellation
    ) -> Iterator[int]:
        """The tokens of the answer as they are drawn, up to the model's own end. The first `counted` tokens of the
        prompt are in the `usage` already."""
        import llama_cpp

        kept = min(alike(tokens_read(llama), prompt), len(prompt) - 1)  # the last one is always read
        self._prompts += Usage(read=len(prompt) - kept, cached=kept - counted)
        vocabulary = llama_cpp.llama_model_get_vocab(llama.model)
        with self._whole(llama, cancel):
            greedy = likeliest(llama, prompt, guessing=self._guesses)
            for token in llama.generate(prompt, temp=temperature) if temperature else greedy:
                if llama_cpp.llama_vocab_is_eog(vocabulary, token):
                    return
                yield token

    def _reach(self, llama: Any, tokens: list[int], cancel: Cancellation) -> None:
        """The model has read these tokens, and nothing else."""
        kept = alike(tokens_read(llama), tokens)
        cut(llama, kept)
        self._prompts += Usage(read=len(tokens) - kept, cached=kept)
        if kept < len(tokens):
            with self._whole(llama, cancel):
                llama.eval(tokens[kept:])

    @contextmanager
    def _adapted(self, llama: Any, prompt: list[int], words: str, adapter: Path, cancel: Cancellation) -> Iterator[int]:
        """What is read and written beyond the prompt's beginning, as far as `words`, is so with the adapter; then it is
        dropped, and only what was read without is kept. Gives the length of that beginning."""
        first = place_of(llama, prompt, words)
        inside = self._with(adapter)
        self._reach(llama, prompt[:first], cancel)
        try:
            if inside.has_read(prompt, first):
                put(llama.ctx, copied(inside.context))
                llama.input_ids[: len(prompt)] = prompt
                cut(llama, len(prompt) - 1)  # the last one is read again: what follows it was not copied
            if switch(llama.ctx, inside.adapter):
                raise unusable(adapter)
            yield first
        finally:
            switch(llama.ctx, None)
            cut(llama, min(first, llama.n_tokens))

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


def _tee(tokens: Iterable[int], into: list[int]) -> Iterator[int]:
    for token in tokens:
        into.append(token)
        yield token
