"""The model in this process as a LangChain chat model."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Sequence
from contextlib import aclosing, closing
from pathlib import Path
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models.chat_models import (
    BaseChatModel,
    agenerate_from_stream,
    generate_from_stream,
)
from langchain_core.messages import AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import Field

from bot.errors import ModelFailed
from bot.model.llama import CompletionEnd, Engine, Message, cores, engine
from bot.model.messages import stream_words, to_messages
from bot.runtime.threads import awaited
from bot.types import Cancellation, Model, Prompt, Usage

ROLES = {"system": "system", "human": "user", "ai": "assistant"}


class LocalChat(BaseChatModel):
    """A GGUF file through llama.cpp: loaded once a process, at its first use; it serves one caller at a time.

    Streams; closing the stream, or setting the `Cancellation` given as `cancel`, stops the work. Text only, no tools.
    """

    path: Path
    n_ctx: int = 4096  # tokens, prompt and answer together
    n_threads: int = Field(default_factory=cores)
    temperature: float = 0.0
    max_tokens: int = 512
    stop: list[str] = Field(default_factory=list)

    @property
    def model_name(self) -> str:
        return self.path.stem

    @property
    def _llm_type(self) -> str:
        return "llama.cpp"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"path": str(self.path), "n_ctx": self.n_ctx, "temperature": self.temperature}

    @property
    def _engine(self) -> Engine:
        return engine(self.path.resolve(), self.n_ctx, self.n_threads)

    def waiting(self) -> int:
        """How many calls are in line, the served one included."""
        return len(self._engine.line)

    def ahead(self, cancel: Cancellation) -> int:
        """How many calls come before the call with this cancellation."""
        return self._engine.line.ahead(cancel)

    def usage(self, cancel: Cancellation | None = None, /) -> Usage:
        """The tokens of the calls with this cancellation; None: of all in this process with the same file and
        settings."""
        return self._engine.meter.usage(cancel)

    def read(
        self, messages: Sequence[BaseMessage], words: str, layer: int, adapter: Path, *, cancel: Cancellation
    ) -> Sequence[float]:
        """The output of a layer, counted from 0, at the last token of the messages: `(n_embd,)`.

        The adapter is in force from the last occurrence of `words` in the messages.
        """
        return self._engine.read(plain(messages), words, layer, adapter, cancel)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002  (LangChain itself reports each chunk)
        *,
        cancel: Cancellation | None = None,
        adapter: Path | None = None,
        words: str = "",
        idle: bool = False,
        **_: Any,
    ) -> Generator[ChatGenerationChunk]:
        """An adapter is in force from the last occurrence of `words` in the messages, and for the answer.

        An `idle` call gives way to every other call.
        """
        written = self._engine.write(
            plain(messages),
            limit=self.max_tokens,
            temperature=self.temperature,
            stops=[each for each in (*self.stop, *(stop or ())) if each],
            cancel=cancel or Cancellation(),
            adapter=adapter,
            words=words,
            idle=idle,
        )
        ending = yield from _chunks(written)
        yield ChatGenerationChunk(
            message=AIMessageChunk(
                content="",
                usage_metadata=UsageMetadata(
                    input_tokens=ending.read, output_tokens=ending.written, total_tokens=ending.read + ending.written
                ),
                response_metadata={"model_name": self.model_name},
                chunk_position="last",
            ),
            generation_info={"finish_reason": "stop" if ending.complete else "length"},
        )

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002  (as above)
        *,
        cancel: Cancellation | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        """Same as `_stream`, in a thread. The cancellation of the task stops the work too."""
        cancel = cancel or Cancellation()
        async with aclosing(awaited(self._stream(messages, stop, cancel=cancel, **kwargs), cancel)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return await agenerate_from_stream(self._astream(messages, stop, run_manager, **kwargs))


# The least size of a file, in bytes, of a model whose own sentences are shown. One of 3 B parameters has 1.9 GB with 4
# bits a weight (Q4_K_M).
LARGE = 1_700_000_000


IN_FULL = 1_500  # tokens of whole passages that a large one reads, in about a minute on two cores


def open_local(path: Path) -> Model:
    """The GGUF file as a model. Loads nothing."""
    chat = LocalChat(path=path)
    before = chat.usage()

    def complete(prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str, None, None]:
        cancel = cancel or Cancellation()
        return stream_words(chat, prompt, cancel, cancel=cancel)

    def read(
        prompt: Prompt, question: str, layer: int, adapter: Path, cancel: Cancellation | None = None, /
    ) -> Sequence[float]:
        return chat.read(to_messages(prompt), question, layer, adapter, cancel=cancel or Cancellation())

    def reply(
        prompt: Prompt, question: str, adapter: Path, cancel: Cancellation | None = None, /
    ) -> Generator[str, None, None]:
        cancel = cancel or Cancellation()
        return stream_words(chat, prompt, cancel, cancel=cancel, adapter=adapter, words=question)

    def idle(prompt: Prompt, cancel: Cancellation | None = None, /) -> Generator[str, None, None]:
        cancel = cancel or Cancellation()
        return stream_words(chat, prompt, cancel, cancel=cancel, idle=True)

    def usage(cancel: Cancellation | None = None, /) -> Usage:
        return chat.usage(cancel) if cancel else chat.usage() - before

    return Model(
        chat.model_name,
        complete,
        chat.waiting,
        chat.ahead,
        read=read,
        reply=reply,
        idle=idle,
        usage=usage,
        **_able(path.stat().st_size),
    )


def _able(size: int) -> dict[str, Any]:
    """The abilities of a model by the size of its file, in bytes."""
    return {"small": True} if size < LARGE else {"cites": True, "budget": IN_FULL}


def _chunks(words: Generator[str, None, CompletionEnd]) -> Generator[ChatGenerationChunk, None, CompletionEnd]:
    with closing(words):
        while True:
            try:
                text = next(words)
            except StopIteration as end:
                ending: CompletionEnd = end.value
                return ending
            yield ChatGenerationChunk(message=AIMessageChunk(content=text))


def plain(messages: Sequence[BaseMessage]) -> list[Message]:
    """The messages in the format of the engine. Raises ModelFailed for other types than `ROLES` has."""
    for message in messages:
        if message.type not in ROLES:
            raise ModelFailed(f"The local model reads no messages of the type {message.type!r}.")
    return [{"role": ROLES[message.type], "content": str(message.text)} for message in messages]
