"""llama.cpp in this process: one GGUF file, one context, one caller at a time."""

from __future__ import annotations

import os
import re
import sys
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
from bot.model.line import WaitingLine
from bot.model.meter import Meter
from bot.model.state import Reading, copied, cut, put, reading, reusable, take_up, tokens_read
from bot.model.text import decode, until
from bot.model.tokens import alike, piece, place_of
from bot.types import Cancellation, Usage

Message = Mapping[str, str]  # role and content


@dataclass(frozen=True, slots=True)
class CompletionEnd:
    """How a completion ended, and its tokens."""

    complete: bool  # False: the limit of tokens cut it off
    read: int
    written: int


class Engine:
    """A model that is loaded at its first use.

    Its context keeps the last prompt. A prompt with the same beginning is read from the first different token.
    """

    def __init__(self, path: Path, context: int, threads: int) -> None:
        self.path = path
        self.context = context  # tokens, prompt and answer together
        self.threads = threads
        self.line = WaitingLine()
        self.meter = Meter()
        self._insides: dict[Path, Inside] = {}
        self._idle: Reading | None = None  # the state after the last idle work
        self._guesses = False  # whether drafts pay here; measured on loading

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
    ) -> Generator[str, None, CompletionEnd]:
        """Streams at most `limit` tokens of the answer, which ends before the first of `stops`.

        An adapter is in force from the last occurrence of `words` in the prompt, and for the answer. `idle` work gives
        way to every other caller, and leaves the state of the context as it was. Raises `ModelMissing`, `ModelFailed`
        or `Cancelled`, while it is iterated.
        """
        with self._turn(cancel, idle=idle) as llama, self._idle_state(llama) if idle else nullcontext():
            prompt = self._tokens(llama, messages)
            written: list[int] = []
            room = min(limit, self.context - len(prompt))
            ending = sys.is_finalizing  # held here: the module may be gone by then
            try:
                with self._adapted(llama, prompt, words, adapter, cancel) if adapter else nullcontext(0) as counted:
                    tokens = islice(self._sample(llama, prompt, counted, temperature, cancel), room)
                    yield from until(stops, decode(piece(llama, token) for token in _tee(tokens, written)))
            finally:
                if not ending():  # modules are gone by then
                    self.meter.add(Usage(written=len(written)), cancel)
            return CompletionEnd(len(written) < room, len(prompt), len(written))

    def read(
        self, messages: Sequence[Message], words: str, layer: int, adapter: Path, cancel: Cancellation
    ) -> Sequence[float]:
        """The output of a layer, counted from 0, at the last token of the messages: `(n_embd,)`.

        The adapter is in force from the last occurrence of `words`. The state is kept for an answer with the adapter.
        """
        with self._turn(cancel) as llama:
            prompt = self._tokens(llama, messages)
            first = place_of(llama, prompt, words)
            inside = self._inside(adapter)
            self._read_exactly(llama, prompt[:first], cancel)
            self.meter.add(Usage(read=len(prompt) - first), cancel)
            with stoppable(inside.context, cancel), self._our_errors(llama, cancel):
                return inside.output(layer, prompt, first)

    def tokens(self, messages: Sequence[Message], words: str) -> tuple[list[int], int]:
        """The tokens of the prompt, and the place at which the last occurrence of `words` begins."""
        with self._turn(Cancellation()) as llama:
            prompt = self._tokens(llama, messages)
            return prompt, place_of(llama, prompt, words)

    def words(self, text: str) -> list[int]:
        """The tokens of an answer, with the end token."""
        with self._turn(Cancellation()) as llama:
            return [*llama.tokenize(text.encode(errors="replace"), add_bos=False, special=False), llama.token_eos()]

    @contextmanager
    def _turn(self, cancel: Cancellation, *, idle: bool = False) -> Iterator[Any]:
        """The loaded model during the caller's turn; `cancel` stops it within a computation."""
        with self.line.turn(cancel, idle=idle):
            llama = self._llama
            with stoppable(llama.ctx, cancel):
                yield llama

    @contextmanager
    def _idle_state(self, llama: Any) -> Iterator[None]:
        """Within it, the context has the state of the last idle work; afterwards, its state of before."""
        saved = reading(llama)
        if self._idle:
            take_up(llama, self._idle)
        try:
            yield
        finally:
            self._idle = reading(llama)
            take_up(llama, saved)

    @cached_property
    def _llama(self) -> Any:
        llama = load(self.path, self.context, self.threads)
        self._guesses = pays(llama)
        return llama

    def _inside(self, adapter: Path) -> Inside:
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
        """The tokens of the prompt. Raises ModelFailed if they fill the context.

        Only the template makes control tokens. In a message the same characters are text, so that no article can begin
        a message of another role.
        """
        frame = self._frame([{**each, "content": f"\ue000{place}\ue001"} for place, each in enumerate(messages)])
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

    def _frame(self, messages: Sequence[Message]) -> str:
        """The messages in the chat template of the model, with its reasoning turned off. Raises ModelFailed."""
        from jinja2 import TemplateError

        try:
            return str(self._template(messages=messages, enable_thinking=False).prompt)
        except (ValueError, TemplateError) as error:
            if len(messages) > 1 and messages[0]["role"] == "system":  # some templates refuse this role
                return self._frame(_within_request(messages))
            raise ModelFailed(f"The chat template of {self.path.name} refuses these messages: {error}.") from error

    def _sample(
        self, llama: Any, prompt: list[int], counted: int, temperature: float, cancel: Cancellation
    ) -> Iterator[int]:
        """The tokens of the answer, up to the end token of the model.

        The first `counted` tokens of the prompt are in the `usage` already.
        """
        import llama_cpp

        kept = reusable(llama, prompt)
        self.meter.add(Usage(read=len(prompt) - kept, cached=kept - counted), cancel)
        vocabulary = llama_cpp.llama_model_get_vocab(llama.model)
        with self._our_errors(llama, cancel):
            greedy = likeliest(llama, prompt, guessing=self._guesses)
            for token in llama.generate(prompt, temp=temperature) if temperature else greedy:
                if llama_cpp.llama_vocab_is_eog(vocabulary, token):
                    return
                yield token

    def _read_exactly(self, llama: Any, tokens: list[int], cancel: Cancellation) -> None:
        """Brings the context to exactly these tokens."""
        kept = alike(tokens_read(llama), tokens)
        cut(llama, kept)
        self.meter.add(Usage(read=len(tokens) - kept, cached=kept), cancel)
        if kept < len(tokens):
            with self._our_errors(llama, cancel):
                llama.eval(tokens[kept:])

    @contextmanager
    def _adapted(self, llama: Any, prompt: list[int], words: str, adapter: Path, cancel: Cancellation) -> Iterator[int]:
        """Within it, the adapter is in force from the last occurrence of `words` in the prompt.

        Gives the number of tokens before it. Afterwards the context keeps only these tokens.
        """
        first = place_of(llama, prompt, words)
        inside = self._inside(adapter)
        self._read_exactly(llama, prompt[:first], cancel)
        try:
            if inside.has_read(prompt, first):
                put(llama.ctx, copied(inside.context))
                llama.input_ids[: len(prompt)] = prompt
                cut(llama, len(prompt) - 1)  # the last token is read again, since its logits are not copied
            if switch(llama.ctx, inside.adapter):
                raise unusable(adapter)
            yield first
        finally:
            switch(llama.ctx, None)
            cut(llama, min(first, llama.n_tokens))

    @contextmanager
    def _our_errors(self, llama: Any, cancel: Cancellation) -> Iterator[None]:
        """Turns errors of llama.cpp into ours, and drops the state of a batch that was not completed."""
        try:
            yield
        except RuntimeError as error:
            llama.reset()
            if cancel.is_set():
                raise Cancelled from error
            raise ModelFailed(f"The local model {self.path.stem} failed: {error}. Try again.") from error


_engines: dict[tuple[Path, int, int], Engine] = {}


def engine(path: Path, context: int, threads: int) -> Engine:
    """The engine of this process for the file and its settings, shared by all callers."""
    return _engines.setdefault((path, context, threads), Engine(path, context, threads))


def cores() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _within_request(messages: Sequence[Message]) -> list[Message]:
    """The messages with the standing instructions at the beginning of the first request."""
    system, first, *rest = messages
    return [{**first, "content": f"{system['content']}\n\n{first['content']}"}, *rest]


def _tee(tokens: Iterable[int], into: list[int]) -> Iterator[int]:
    for token in tokens:
        into.append(token)
        yield token
